"""Screenshots: kept by a check, and found again by the text that they are about."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from mfa_guide.checking import screenshots
from tests.support.guides import keep_picture, write_guide

if TYPE_CHECKING:
    from pathlib import Path

PAGE = '# A page\n\n``` walkthrough\n--8<-- "a.yml"\n```\n'
STEPS = """\
window: browser
steps:
  - open: https://account.vscentrum.be/
  - see: Account page
    picture: The page that asks for the institution
"""


@pytest.mark.parametrize(
    "command", [["mfa_guide", "check"], ["pytest", "-p", "no:cacheprovider", "docs"]], ids=" ".join
)
def test_a_check_keeps_the_pictures_of_what_holds(tmp_path: Path, command: list[str]) -> None:
    page = write_guide(tmp_path, PAGE, a_yml=STEPS)
    assert screenshots.of_walkthrough(page, "a.yml") is None
    done = subprocess.run([sys.executable, "-m", *command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    found = screenshots.of_walkthrough(page, "a.yml")
    assert found is not None
    assert found.client.startswith("Chromium ")
    (picture,) = found.pictures.values()
    assert found.pictures == {2: picture}
    assert (tmp_path / "build" / picture.file).read_bytes().startswith(b"\x89PNG")
    assert (picture.width, picture.height) == (1280, 720)


def test_pictures_are_about_a_page_as_it_was_and_the_last_check(tmp_path: Path) -> None:
    page = write_guide(tmp_path, PAGE, a_yml=STEPS)
    keep_picture(page, 2, 40, 30)
    keep_picture(page, 1, 50, 20)
    found = screenshots.of_walkthrough(page, "a.yml")
    assert found is not None
    (file,) = (tmp_path / "build").rglob("*.png")
    assert {step: (each.file, each.width, each.height) for step, each in found.pictures.items()} == {
        1: (file.relative_to(tmp_path / "build").as_posix(), 50, 20)
    }
    for changed, steps in (
        (PAGE, STEPS.replace("Account", "account")),
        ("---\npractice:\n  from: abroad\n---\n" + PAGE, STEPS),
    ):
        assert screenshots.of_walkthrough(write_guide(tmp_path, changed, a_yml=steps), "a.yml") is None
    again = write_guide(tmp_path, PAGE, a_yml=STEPS)
    assert screenshots.of_walkthrough(again, "a.yml") is not None
    file.unlink()
    assert screenshots.of_walkthrough(again, "a.yml") is None
