"""A Windows computer under Wine: one model, and copies of it that share nothing with each other, or with anybody."""

from __future__ import annotations

import os
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import CannotRunError
from mfa_guide.clients.wine import kept, prefix, programs
from tests.support.readers import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Computer:
    """A Windows computer."""

    folder: Path

    def run(self, *words: str) -> str:
        """Run a program on it, and return its output."""
        # Whoever runs the tests has another name.
        variables = prefix.environment(self.folder, os.environ | {"USER": "somebody", "LOGNAME": "somebody"})
        return subprocess.run(
            ["wine", *words], env=variables, capture_output=True, text=True, timeout=120, check=False
        ).stdout


@pytest.fixture(scope="module")
def computers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Computer, Computer]]:
    """Two computers."""
    folder = tmp_path_factory.mktemp("computers")
    both = Computer(folder / "one"), Computer(folder / "other")
    with ExitStack() as stack:
        for each, release in zip(both, ("bookworm", "sid"), strict=True):
            prefix.copy(each.folder, release)
            stack.callback(prefix.end, each.folder)
        yield both


@pytest.mark.windows
def test_the_programs_are_found_by_their_names_where_their_installer_puts_them(
    computers: tuple[Computer, Computer],
) -> None:
    for computer, release in zip(computers, ("bookworm", "sid"), strict=True):
        found = computer.run("cmd", "/c", "for %i in (plink.exe) do @echo %~$PATH:i")
        assert found.strip() == r"C:\Program Files\PuTTY\plink.exe"
        assert computer.run("plink", "-V").startswith(f"plink: Release {programs.version(release)}")


@pytest.mark.windows
def test_what_is_changed_on_one_is_not_changed_on_another(computers: tuple[Computer, Computer]) -> None:
    for computer, word in zip(computers, ("first", "second"), strict=True):
        computer.run("reg", "add", r"HKCU\Software\Test", "/v", "word", "/d", word, "/f")
    for computer, word in zip(computers, ("first", "second"), strict=True):
        assert computer.run("reg", "query", r"HKCU\Software\Test").split()[-1] == word


@pytest.mark.windows
def test_its_user_is_the_reader_whose_folders_are_those_of_nobody_else(computers: tuple[Computer, Computer]) -> None:
    computer, _ = computers
    assert computer.run("cmd", "/c", "echo %USERNAME% %USERPROFILE%").split() == ["reader", r"C:\users\reader"]
    for name in ("Desktop", "Documents", "Downloads"):
        computer.run("cmd", "/c", rf"echo x > C:\users\reader\{name}\x.txt")
        assert (computer.folder / "drive_c" / "users" / "reader" / name / "x.txt").is_file()


@pytest.mark.windows
def test_it_has_a_taskbar_fonts_and_what_puttys_installer_writes_down(computers: tuple[Computer, Computer]) -> None:
    computer, _ = computers
    size = computer.run("reg", "query", r"HKCU\Software\Wine\Explorer\Desktops", "/v", "shell").split()[-1]
    assert size == "1280x900"
    assert "shell" in computer.run("reg", "query", r"HKCU\Software\Wine\Explorer", "/v", "Desktop").split()
    for name in ("tahoma.ttf", "tahomabd.ttf", "marlett.ttf"):
        assert (computer.folder / "drive_c" / "windows" / "Fonts" / name).is_file()
    assert "PuTTY Private Key File" in computer.run("reg", "query", r"HKCR\PPK_Assoc_ProgId")


@pytest.mark.windows
def test_it_is_small_and_belongs_to_whoever_made_it(computers: tuple[Computer, Computer]) -> None:
    computer, _ = computers
    everything = [computer.folder, *computer.folder.rglob("*")]
    assert {path.lstat().st_uid for path in everything} == {os.getuid()}
    # Wine's own are 700 megabytes.
    assert sum(path.lstat().st_size for path in everything) < 20_000_000


@pytest.mark.windows
def test_what_is_written_through_its_links_reaches_no_file_of_this_computer(
    computers: tuple[Computer, Computer],
) -> None:
    computer, _ = computers
    links = [path for path in computer.folder.rglob("*") if path.is_symlink() and path.parent.name != "dosdevices"]
    assert len(links) > 100, "most of it is links"
    assert [path for path in links if not path.resolve(strict=True).is_relative_to(kept.KEPT.resolve())] == []


@pytest.mark.windows
def test_nothing_of_it_is_left_when_it_has_ended(tmp_path: Path) -> None:
    prefix.copy(tmp_path / "prefix", "trixie")
    said = tmp_path / "said"
    with said.open("w") as output:
        waits = subprocess.Popen(
            ["wine", "cmd", "/c", "pause"],
            env=prefix.environment(tmp_path / "prefix"),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
        )
    wait_until(lambda: "Press any key" in said.read_text())
    # Others may have theirs beside it.
    server = Path("/tmp", (tmp_path / "prefix" / "wineserver").read_text().strip())
    assert server.is_dir()
    prefix.end(tmp_path / "prefix")
    assert waits.wait(60) is not None
    assert not server.exists()


@pytest.fixture
def set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model and programs that are made of little, with a Wine that is hardly one."""
    monkeypatch.setattr(kept, "KEPT", tmp_path / "kept")
    (tmp_path / "bin").mkdir()
    says(tmp_path, "libwine 8.0 fonts-wine 8.0")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    make(prefix.model().parent, prefix._MADE_BY, prefix._wine(), "model/system.reg")
    make(programs.folder("sid"), programs._how(), "putty", *(f"{name}.exe" for name in programs.PROGRAMS))
    return tmp_path


def make(folder: Path, how: str, what: str, *names: str) -> None:
    """Make a folder with small files."""

    def fill(new: Path) -> str:
        for name in names:
            (new / name).parent.mkdir(exist_ok=True)
            (new / name).write_text(name)
        return what

    kept.make(folder, how, fill)


def says(folder: Path, versions: str) -> None:
    """Have Debian's packages of Wine these versions."""
    query = folder / "bin" / "dpkg-query"
    query.write_text(f"#!/bin/sh\necho {versions}\n")
    query.chmod(0o755)


def test_a_copy_is_a_computer_and_no_model(set_up: Path) -> None:
    prefix.copy(set_up / "copy", "sid")
    assert sorted(path.relative_to(set_up / "copy").as_posix() for path in (set_up / "copy").rglob("*.*")) == [
        *(f"drive_c/Program Files/PuTTY/{name}.exe" for name in sorted(programs.PROGRAMS)),
        "system.reg",
    ]


def test_a_model_made_of_another_wine_is_not_copied(set_up: Path) -> None:
    says(set_up, "libwine 10.0 fonts-wine 10.0")
    with pytest.raises(CannotRunError, match=r"no model .* for the Wine that is here: \./run windows makes it"):
        prefix.copy(set_up / "copy", "sid")
    assert not (set_up / "copy").exists()


def test_without_wine_it_says_so(set_up: Path) -> None:
    (set_up / "bin" / "dpkg-query").write_text("#!/bin/sh\necho 'no packages found matching libwine' >&2\nexit 1\n")
    with pytest.raises(CannotRunError, match=r"^could not get Wine: dpkg-query says no packages found"):
        prefix.make(print)


def test_a_wine_that_does_not_start_is_one_line_and_leaves_nothing(set_up: Path) -> None:
    says(set_up, "libwine 10.0 fonts-wine 10.0")
    wine = set_up / "bin" / "wine"
    wine.write_text("#!/bin/sh\necho 'no room' >&2\nexit 1\n")
    wine.chmod(0o755)
    said: list[str] = []
    with pytest.raises(CannotRunError, match=r"^could not make a Windows computer: wineboot says no room$"):
        prefix.make(said.append)
    assert said == ["making a Windows computer (once, some seconds)"]
    assert sorted(path.name for path in kept.KEPT.iterdir()) == ["prefix", "programs"]
