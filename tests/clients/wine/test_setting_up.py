"""What `./run windows` begins with: one line where it cannot be done, and nothing to do the second time."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from mfa_guide.base.errors import CannotRunError
from mfa_guide.clients.wine import kept, ours, prefix, setting_up

if TYPE_CHECKING:
    from pathlib import Path


def test_two_do_not_set_up_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "KEPT", tmp_path)
    with FileLock(tmp_path / "lock"), pytest.raises(CannotRunError, match=r"wait for that \./run windows$"):
        setting_up.set_up()


def test_what_cannot_be_had_is_one_line_and_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(kept, "KEPT", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    killed = tmp_path / "source-1"
    killed.mkdir()
    with pytest.raises(SystemExit) as ended:
        setting_up.main()
    assert not killed.exists()
    assert ended.value.code == CannotRunError.exit_code
    assert capsys.readouterr().err.splitlines() == [
        "run: could not get the helper that uses windows under Wine: there is no x86_64-w64-mingw32-gcc"
    ]


@pytest.mark.windows
def test_the_second_time_nothing_is_done(tmp_path: Path) -> None:
    for name in ("apt-get", "cmake", "wine", "x86_64-w64-mingw32-gcc"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {name} is called >&2\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    command = [sys.executable, "-m", "mfa_guide.clients.wine.setting_up"]
    variables = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.windows
def test_the_helper_and_the_model_are_made_anew_when_they_are_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "KEPT", tmp_path)
    said: list[str] = []
    for _ in range(2):
        ours.build()
        prefix.make(said.append)
    assert len(said) == 1
    helper, registry = ours.helper(), prefix.model() / "system.reg"
    for path in (helper, registry):
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
    ours.build()
    prefix.make(said.append)
    assert len(said) == 2
    assert helper.read_bytes()[:2] == b"MZ"
    assert kept.is_whole(helper.parent)
    assert b"PPK_Assoc_ProgId" in registry.read_bytes()


@pytest.mark.windows
def test_the_compiler_has_nothing_to_say_about_the_helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "KEPT", tmp_path)
    monkeypatch.setattr(ours, "_COMPILED", (*ours._COMPILED, "-Wall", "-Wextra", "-Werror"))
    ours.build()
    assert (ours.helper().parent / "inside.dll").is_file()


def test_a_helper_of_another_source_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "KEPT", tmp_path / "kept")
    compiler = tmp_path / "x86_64-w64-mingw32-gcc"
    compiler.write_text('#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done\necho program >"$2"\n')
    compiler.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    source = tmp_path / "helper.c"
    source.write_text("int main;")
    monkeypatch.setattr(ours, "_SOURCES", tmp_path)
    ours.build()
    assert ours.helper().read_text() == "program\n"
    source.write_text("int changed;")
    with pytest.raises(CannotRunError, match=r"is not here: \./run windows builds it$"):
        ours.helper()
