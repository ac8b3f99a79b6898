"""Clients of other Debian releases: fetched beside the system's, and made to run here."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from mfa_guide.base.errors import CannotRunError
from mfa_guide.clients import fetching

# It stands in for apt, and notes with which configuration it was called.
APT = """#!/bin/sh
echo "$*" >>LOG
case "$*" in
*indextargets*) echo http://mirror.test/debian/ ;;
*)
    folder=$(dirname "$APT_CONFIG")
    cp "$APT_CONFIG" "$folder/sources.list" SEEN/
    [ -e SEEN/fails ] && { echo "W: it is late" >&2; echo "E: no such place" >&2; exit 100; }
    case "$*" in
    *print-uris*) cat SEEN/packages ;;
    *download-only*) cp SEEN/*.deb "$folder/cache/archives/" ;;
    esac ;;
esac
"""


@dataclass
class Mirror:
    """A mirror with one package, which has a program of the name `ssh`."""

    seen: Path
    log: Path

    def has(self, version: str) -> None:
        """Offer a version of the package."""
        (self.seen / "packages").write_text(f"'http://mirror.test/openssh-client_{version}_amd64.deb' 1\n")
        for old in self.seen.glob("*.deb"):
            old.unlink()
        root = self.seen / "content"
        shutil.rmtree(root, ignore_errors=True)
        program = root / "usr" / "bin" / "ssh"
        program.parent.mkdir(parents=True)
        shutil.copy("/bin/cat", program)
        needed = subprocess.run(["ldd", "/bin/cat"], capture_output=True, text=True, check=True).stdout
        for library in (Path(word) for word in needed.split() if word.startswith("/")):
            # As Debian has it, whatever it is called on this machine.
            place = root / "usr" / "lib" / "x86_64-linux-gnu" / library.name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library.resolve(), place)
        for name in ("filezilla", "doc"):
            (root / "usr" / "share" / name).mkdir(parents=True)
        (root / "DEBIAN").mkdir()
        (root / "DEBIAN" / "control").write_text(
            f"Package: openssh-client\nVersion: {version}\nArchitecture: amd64\nMaintainer: x\nDescription: x\n"
        )
        package = self.seen / f"openssh-client_{version}_amd64.deb"
        subprocess.run(["dpkg-deb", "-b", str(root), str(package)], check=True, capture_output=True)

    def fails(self) -> None:
        """Be unreachable from now on."""
        (self.seen / "fails").touch()

    def calls(self) -> list[str]:
        """Return how apt was called."""
        return self.log.read_text().splitlines()


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mirror:
    programs, seen, log = tmp_path / "programs", tmp_path / "seen", tmp_path / "log"
    programs.mkdir()
    seen.mkdir()
    apt = programs / "apt-get"
    apt.write_text(APT.replace("LOG", str(log)).replace("SEEN", str(seen)))
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    return Mirror(seen, log)


def test_a_program_runs_with_the_libraries_that_came_with_it(mirror: Mirror, tmp_path: Path) -> None:
    mirror.has("1.0")
    folder = tmp_path / "suites" / "sid"
    assert fetching.fetch("sid", folder)
    assert fetching.is_there(folder)
    program = folder / fetching.PROGRAMS / "ssh"
    maps = subprocess.run([program, "/proc/self/maps"], capture_output=True, text=True, check=True).stdout
    libraries = {line.split()[-1] for line in maps.splitlines() if ".so" in line}
    assert libraries
    assert [library for library in libraries if not library.startswith(str(folder))] == []
    assert str(program) in maps, "it is itself, and no loader that runs it"
    assert [path.name for path in folder.parent.iterdir()] == ["sid"], "nothing else is left there"


def test_apt_uses_nothing_of_the_system_but_its_mirror_and_keys(mirror: Mirror, tmp_path: Path) -> None:
    mirror.has("1.0")
    fetching.fetch("sid", tmp_path / "sid")
    config = (mirror.seen / "apt.conf").read_text()
    for own in ("Dir::State ", "Dir::State::Lists ", "Dir::State::Status ", "Dir::Cache "):
        assert f'{own}"{tmp_path}/sid-' in config
    for nothing in ("Dir::Etc::SourceParts", "Dir::Etc::Preferences", "Dir::Etc::PreferencesParts"):
        assert f'{nothing} "/dev/null";' in config
    for dangerous in ("Insecure", "Weak", "allow-unauthenticated"):
        assert dangerous not in config
    sources = (mirror.seen / "sources.list").read_text()
    assert sources.startswith("deb [signed-by=/usr/share/keyrings/debian-archive-keyring.")
    assert sources.endswith("] http://mirror.test/debian/ sid main\n")


def test_what_is_there_in_the_same_versions_is_not_fetched_again(mirror: Mirror, tmp_path: Path) -> None:
    folder = tmp_path / "sid"
    mirror.has("1.0")
    fetching.fetch("sid", folder)
    before = len([call for call in mirror.calls() if "download-only" in call])
    assert not fetching.fetch("sid", folder)
    mirror.has("1.1")
    assert fetching.fetch("sid", folder)
    downloads = len([call for call in mirror.calls() if "download-only" in call])
    assert (before, downloads) == (1, 2)


def test_what_is_there_stays_when_nothing_can_be_fetched(mirror: Mirror, tmp_path: Path) -> None:
    folder = tmp_path / "sid"
    mirror.has("1.0")
    fetching.fetch("sid", folder)
    mirror.fails()
    with pytest.raises(CannotRunError, match=r"Debian sid: apt-get says E: no such"):
        fetching.fetch("sid", folder)
    assert subprocess.run([folder / fetching.PROGRAMS / "ssh", "/dev/null"], check=False).returncode == 0


def test_set_up_says_what_could_not_be_fetched_in_one_line(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fetching, "FETCHED", tmp_path / "suites")
    monkeypatch.setattr("sys.argv", ["fetching", "bullseye", "sid"])
    mirror.fails()
    with pytest.raises(SystemExit) as ended:
        fetching.main()
    assert ended.value.code
    assert capsys.readouterr().out.splitlines() == [
        line
        for name in ("bullseye", "sid")
        for line in (
            f"run: fetching the clients of Debian {name}",
            f"run: could not get the clients of Debian {name}: apt-get says E: no such place. "
            "Tests that need them will say so.",
        )
    ]


def test_without_apt_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotRunError, match="fetched with apt-get, which is not here"):
        fetching.fetch("sid", tmp_path / "sid")
