"""Pages that must fail: each is stale in one way, and is caught there; its twin, which is not, passes.

tests/fixtures/stale/NAME/good is a whole guide; stale/ beside it holds the one file that is different.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from mfa_guide.checking.command import Wish, check

STALE = Path(__file__).parents[1] / "fixtures" / "stale"

CAUGHT = {
    "wrong-flag": "docs/page.md:3 (snippets/key.txt:2): expected “4096 SHA256:.* saw “.* is not a certificate",
    "changed-message": "docs/page.md:3 (snippets/agent.txt:2): .* saw “Could not open a connection to your auth",
    "missing-step": "docs/page.md:3 (snippets/protect.txt:1): .*: chmod: cannot access .*: No such file",
    "swapped-steps": "docs/page.md:3 (snippets/add.txt:2): .* saw “Could not open a connection",
    "typo-in-output": "docs/page.md:3 (snippets/name.txt:2): expected “This is labtop.* saw “This is laptop",
    "wrong-file-mode": "docs/page.md:3 (snippets/mode.txt:4): .* saw “Bad owner or permissions on",
    "dead-link": "docs/page.md:3: the link goes to another.md, which does not exist; the nearest is “other.md”",
    "dead-anchor": "docs/page.md:3: the link goes to #other-page, which is not in other.md; .* “another-page”",
    "prompt-nobody-answers": "docs/page.md:3 (snippets/ask.txt:1): .*Enter passphrase.* waits for input",
    "wrong-label": "docs/page.md:3 (snippets/open.yml:6): no button or link .* the nearest is “Confirm”",
    "click-path-of-older-putty": "docs/page.md:5 (snippets/key.yml:5): nothing is called “Private key file for",
    "click-path-without-ssh": "docs/page.md:5 (snippets/agent.yml:4): no item is at “Connection > Auth”; "
    "the nearest is “Connection > SSH > Auth”",
    "unchecked-block": "docs/page.md:7: a fence is one of .*, not `bash`",
    "link-in-other-words": "docs/page.md:7 (snippets/login.txt:3): expected “Please visit .* saw “Please open ",
    "broken-example": "docs/page.md:3 (snippets/example.py:3): the example ends with exit status 1",
}


def guide(name: str, folder: Path, *, stale: bool) -> Path:
    """Lay out a guide below a folder."""
    shutil.copytree(STALE / name / "good", folder, dirs_exist_ok=True)
    if stale:
        shutil.copytree(STALE / name / "stale", folder, dirs_exist_ok=True)
    (folder / "mkdocs.yml").touch()
    return folder


def test_every_stale_page_has_its_test() -> None:
    assert {path.name for path in STALE.iterdir()} == set(CAUGHT)


@pytest.mark.parametrize("name", CAUGHT)
def test_a_stale_page_is_caught_at_its_line(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = guide(name, tmp_path, stale=True)
    assert check(project, Wish([project / "docs"])) == 1
    place, says = CAUGHT[name].split(": ", 1)
    report = capsys.readouterr().out
    assert re.search(rf"^{re.escape(place)}: {says}", report, re.MULTILINE), report


@pytest.mark.parametrize("name", CAUGHT)
def test_its_twin_passes(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = guide(name, tmp_path, stale=False)
    assert check(project, Wish()) == 0, capsys.readouterr().out
