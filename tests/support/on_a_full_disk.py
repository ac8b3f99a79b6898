"""A practice site whose disk is full, and then is not: run by `tests/practice/real_clients/test_full_disk.py`.

    unshare --user --map-root-user --mount -- python -m tests.support.on_a_full_disk FOLDER

In namespaces of its own, for the disk is a small one that it makes at FOLDER.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from pathlib import Path

import asyncssh
import httpx2

from mfa_guide.practice.hosting.control import Refusal
from tests.support.connecting import connect
from tests.support.loopback_site import LoopbackSite, read_link
from tests.support.walking import form_of

FULL = "he practice site cannot write down what happens: its disk is full. Nothing was changed; try again later"


def fill(path: Path) -> None:
    """Write a file until no room is left."""
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(512))


def answer_in_browser(link: str) -> httpx2.Response:
    """Open a link, log in as the owner, answer Yes; return the page that comes then."""
    with httpx2.Client(follow_redirects=True) as browser:
        page = browser.get(link)
        for action, field in [
            ("/log-in", {"institution": "KU Leuven Association"}),
            ("/log-in", {"person": "owner-of-vsc98765"}),
            ("/" + link.rsplit("/", 1)[1], {"answer": "yes"}),
        ]:
            form = form_of(page, action)
            page = browser.post(form.address, data=form.fields | field)
        return page


async def log_in_by_certificate(site: LoopbackSite) -> str:
    try:
        async with connect(site):
            return "in"
    except asyncssh.DisconnectError as error:
        return f"{error.code}: {error.reason}"


def main() -> None:
    """Fill the disk while a login waits, try everything, and make room again."""
    folder = Path(sys.argv[1])
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", folder], check=True)
    # By the rules by which most is written down: of early 2024.
    site = LoopbackSite.start(folder, policy="2024")
    waits = site.ssh("whoami")
    link = read_link(waits)
    filler = folder / "filler"
    fill(filler)

    refused = site.ssh("whoami")
    assert f"14: T{FULL}" in refused.communicate(timeout=60)[1]
    assert refused.returncode == 255
    told = asyncio.run(log_in_by_certificate(site))
    assert told == f"14: T{FULL}", told
    try:
        site.approve(link)
    except Refusal as refusal:
        assert str(refusal) == f"t{FULL}"
    else:
        raise AssertionError("it was approved")
    command = site.run("practice", "clock", "+1s")
    assert (command.returncode, command.stderr) == (1, f"mfa-guide: t{FULL}\n")
    page = answer_in_browser(link)
    assert page.status_code == 503
    assert f"T{FULL}." in page.text
    assert waits.poll() is None

    filler.unlink()
    page = answer_in_browser(link)
    assert page.status_code == 200, page.text
    assert waits.communicate(timeout=60)[0] == "vsc98765\n"
    assert asyncio.run(log_in_by_certificate(site)) == "in"
    events = [event for event, _ in site.events()]
    assert [events.count(event) for event in ("link shown", "link approved", "logged in")] == [1, 1, 2]
    # What happened by itself meanwhile: the first key, that of the refused login; and two visits of a browser.
    assert events.count("key accepted") == 2
    assert events.count("logged in at institution") == 2
    assert site.stop() == 0
    assert site.process.complaints == ""
    print("done")


if __name__ == "__main__":
    main()
