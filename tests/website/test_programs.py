"""The programs that build the guide: none is waited for without end, and all that one says is told when it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import CannotRunError, GuideError
from mfa_guide.website import programs
from mfa_guide.website.serve import build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_one_that_does_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "BUILT_WITHIN", 0.1)
    with pytest.raises(CannotRunError, match=r"^sleep 1000 has not ended after 0.1 s$"):
        programs.run(["sleep", "1000"], tmp_path, {})


def test_a_build_that_does_not_end_is_killed_and_the_guide_is_as_it_was(
    small_guide: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "BUILT_WITHIN", 0.1)
    before = tmp_path / "html"
    before.mkdir()
    with pytest.raises(CannotRunError, match=r"^the build of the guide has not ended after 0.1 s$"):
        build(small_guide({"docs/index.md": "# Only page\n"}), before, "http://127.0.0.1:8000/")
    assert before.is_dir()


def test_one_that_fails_says_why(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(GuideError, match=r"^this failed, and says why above: sh -c "):
        programs.run(["sh", "-c", "pwd; echo $WORD; echo err >&2; exit 1"], tmp_path, {"WORD": "word"})
    assert capfd.readouterr().err == f"{tmp_path}\nword\nerr\n"
    programs.run(["sh", "-c", "echo all is well >&2"], tmp_path, {})
    assert capfd.readouterr() == ("", "")
