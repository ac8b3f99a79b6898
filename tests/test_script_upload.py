"""The guide's script that copies, where it does not get in: it ends by itself, and says what to do."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.firewall_page import open_firewall_page

SCRIPT = Path(__file__).parents[1] / "snippets" / "openssh" / "script-upload.sh"
WHAT_TO_DO = "Open https://firewall.vscentrum.be, and get a certificate: ssh -A vsc98765@firewall.vscentrum.be\n"


@pytest.mark.lab
@pytest.mark.parametrize(("opened", "why"), [(True, "Permission denied"), (False, "Connection timed out")])
def test_a_script_that_does_not_get_in_says_what_to_do(*, opened: bool, why: str) -> None:
    # A page that another test has opened counts no more.
    subprocess.run(["mfa-guide", "practice", "clock", "+5m"], check=True)
    if opened:
        open_firewall_page()
    done = subprocess.run(["sh", str(SCRIPT)], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, WHAT_TO_DO)
    assert why in done.stderr
