"""PuTTY for Windows: built of the newest source, once; what is damaged, or built in another way, is built anew."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import CannotRunError
from mfa_guide.clients.wine import kept, prefix, programs

if TYPE_CHECKING:
    from pathlib import Path

# They stand in for apt and for cmake, which takes minutes.
APT = """#!/bin/sh
echo "apt-get $*" >>SEEN/log
case "$*" in
*indextargets*) [ -e SEEN/none ] || echo http://mirror.test/debian/ ;;
*)
    cp "$(dirname "$APT_CONFIG")/sources.list" SEEN/
    [ -e SEEN/fails ] && { echo "E: no such place" >&2; echo "E: nothing could be had" >&2; exit 100; }
    case "$*" in
    *print-uris*) cat SEEN/source ;;
    *download-only*) cp SEEN/*.orig.tar.gz . ;;
    esac ;;
esac
"""
CMAKE = """#!/bin/sh
echo "cmake $*" >>SEEN/log
[ -e SEEN/broken ] && { echo "it does not compile" >&2; exit 2; }
case "$1" in
-S) [ -e "$2/version.h" ] && mkdir "$4" ;;
--build)
    cd "$2" || exit 1
    for name in putty puttygen pageant plink pscp psftp; do cp ../version.h $name.exe; done ;;
esac
"""


@dataclass
class Mirror:
    """A mirror with one source, and a compiler that is fast."""

    seen: Path

    def has(self, version: str) -> None:
        """Offer a version of the source."""
        for old in self.seen.glob("*.orig.tar.gz"):
            old.unlink()
        name = f"putty_{version}.orig.tar.gz"
        (self.seen / "version.h").write_text(version)
        subprocess.run(
            ["tar", "-C", self.seen, "--transform=s,^,putty/,", "-czf", self.seen / name, "version.h"], check=True
        )
        self.seen.joinpath("source").write_text(f"'http://mirror.test/{name}' {name} 300 SHA256:{version}\n")

    def does(self, what: str) -> None:
        """From now on: `fails` (it cannot be reached), `none` (there is no mirror), `broken` (nothing compiles)."""
        (self.seen / what).touch()

    def calls(self, word: str) -> list[str]:
        """Return the calls with a word in them, in their order."""
        return [call for call in (self.seen / "log").read_text().splitlines() if word in call]


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mirror:
    seen, here = tmp_path / "seen", tmp_path / "here"
    for folder in (seen, here):
        folder.mkdir()
    for name, script in (("apt-get", APT), ("cmake", CMAKE)):
        (here / name).write_text(script.replace("SEEN", str(seen)))
        (here / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{here}:{os.environ['PATH']}")
    monkeypatch.setattr(kept, "KEPT", tmp_path / "kept")
    return Mirror(seen)


@pytest.fixture
def said() -> list[str]:
    return []


def after(seconds: float) -> None:
    """Have the programs of sid looked after so long ago."""
    then = (programs.folder("sid") / kept._STAMP).stat().st_mtime - seconds
    os.utime(programs.folder("sid") / kept._STAMP, (then, then))


def test_the_programs_are_built_once_and_tell_their_version(mirror: Mirror, said: list[str]) -> None:
    mirror.has("0.85")
    programs.build("sid", said.append)
    assert said == ["building PuTTY 0.85 for Windows (once, two minutes or more)"]
    assert programs.version("sid") == "0.85"
    assert {path.stem for path in programs.folder("sid").glob("*.exe")} == set(programs.PROGRAMS)
    assert [path.name for path in kept.KEPT.iterdir()] == ["programs"], "nothing else is left there"
    assert [path.name for path in (kept.KEPT / "programs").iterdir()] == ["sid"]
    before = len(mirror.calls(""))
    programs.build("sid", said.append)
    assert len(mirror.calls("")) == before


def test_only_the_signed_source_is_fetched_from_the_mirror_of_this_machine(mirror: Mirror, said: list[str]) -> None:
    mirror.has("0.85")
    programs.build("sid", said.append)
    sources = (mirror.seen / "sources.list").read_text()
    assert sources.startswith("deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.")
    assert sources.endswith("] http://mirror.test/debian/ sid main\n")
    assert all("--tar-only" in call for call in mirror.calls(" source "))


@pytest.mark.parametrize("damage", ["changed", "missing", "half built"])
def test_what_is_damaged_is_built_anew(mirror: Mirror, said: list[str], damage: str) -> None:
    mirror.has("0.85")
    programs.build("sid", said.append)
    plink = programs.folder("sid") / "plink.exe"
    match damage:
        case "changed":
            plink.write_text("0.00")
        case "missing":
            plink.unlink()
        case _:
            (programs.folder("sid") / kept._STAMP).unlink()
    programs.build("sid", said.append)
    assert len(mirror.calls("--build")) == 2
    assert plink.read_text() == "0.85"


def test_what_was_built_in_another_way_is_not_taken(
    mirror: Mirror, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror.has("0.85")
    programs.build("sid", said.append)
    monkeypatch.setattr(programs, "_CONFIGURED", ("-DOTHER",))
    with pytest.raises(CannotRunError, match=r"PuTTY for Windows of Debian sid is not here: \./run windows builds it"):
        programs.version("sid")
    programs.build("sid", said.append)
    assert programs.version("sid") == "0.85"


def test_after_a_week_a_newer_source_is_looked_for(mirror: Mirror, said: list[str]) -> None:
    mirror.has("0.85")
    programs.build("sid", said.append)
    after(6 * 86_400)
    programs.build("sid", said.append)
    assert len(mirror.calls("update")) == 1
    after(2 * 86_400)
    programs.build("sid", said.append)
    assert len(mirror.calls("update")) == 2
    assert len(mirror.calls("--build")) == 1, "it is the same"
    mirror.has("0.86")
    programs.build("sid", said.append)
    assert programs.version("sid") == "0.85", "it was looked for just now"
    after(8 * 86_400)
    programs.build("sid", said.append)
    assert programs.version("sid") == "0.86"


def test_what_is_here_stays_when_nobody_can_be_asked(mirror: Mirror, said: list[str]) -> None:
    mirror.has("0.85")
    programs.build("sid", said.append)
    after(8 * 86_400)
    mirror.does("fails")
    programs.build("sid", said.append)
    assert programs.version("sid") == "0.85"
    assert said[1:] == [
        "not looked whether there is a newer one "
        "(could not get the source of PuTTY in Debian sid: apt-get says E: no such place)"
    ]


@pytest.mark.parametrize(
    ("trouble", "message"),
    [
        ("fails", "could not get the source of PuTTY in Debian sid: apt-get says E: no such place"),
        ("none", "come from the mirror of Debian that a machine uses: this has none"),
        ("broken", "could not get PuTTY 0.85 for Windows: cmake says it does not compile"),
    ],
)
def test_what_cannot_be_built_is_one_line_and_leaves_nothing(
    mirror: Mirror, said: list[str], trouble: str, message: str
) -> None:
    mirror.has("0.85")
    mirror.does(trouble)
    with pytest.raises(CannotRunError) as raised:
        programs.build("sid", said.append)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)
    assert [path for path in kept.KEPT.rglob("*") if path.name != "programs"] == []


def test_of_a_release_that_is_not_built_nothing_is_known() -> None:
    with pytest.raises(CannotRunError, match="no PuTTY for Windows of Debian bullseye: choose bookworm, trixie, sid"):
        programs.version("bullseye")


@pytest.mark.windows
@pytest.mark.parametrize("release", programs.RELEASES)
def test_the_programs_of_each_release_are_what_they_are_called(release: str, tmp_path: Path) -> None:
    prefix.copy(tmp_path / "prefix", release)
    variables = prefix.environment(tmp_path / "prefix")
    try:
        said = [
            subprocess.run(["wine", program, "-V"], env=variables, capture_output=True, text=True, timeout=120).stdout
            for program in ("plink", "pscp", "psftp")
        ]
    finally:
        prefix.end(tmp_path / "prefix")
    number = programs.version(release)
    assert [text.splitlines()[0] for text in said] == [
        f"{program}: Release {number}" for program in ("plink", "pscp", "psftp")
    ]
    assert len({programs.version(each) for each in programs.RELEASES}) == len(programs.RELEASES)
