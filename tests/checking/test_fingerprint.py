"""The fingerprint: whatever evidence depends on is in it. With any of that changed, it is another page's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import mfa_guide
from mfa_guide.checking import fingerprint as fingerprints
from mfa_guide.checking.carrying_out import Way
from mfa_guide.checking.evidence import PageEvidence, read_all, write_evidence
from mfa_guide.checking.fingerprint import clients_of, fingerprint, hash_of_code
from mfa_guide.checking.run import Run
from mfa_guide.clients import fetching, suites
from mfa_guide.clients.versions import Here, Versions
from mfa_guide.guide.edition import Edition
from mfa_guide.guide.guide import Guide
from mfa_guide.kinds import instructions, open_guide
from mfa_guide.kinds.transcript.by_version import file_of
from tests.support import POLICY
from tests.support.guides import THREE_SNIPPETS, THREE_STEPS, write_guide

PAGE = """\
---
practice:
  from: home
  after: first.md
---
# A page

After [the first](first.md).

``` file path="~/.ssh/config" mode="600"
--8<-- "f.conf"
```

=== "Linux"

    ``` transcript terminal="second" waits
    --8<-- "a.txt"
    ```

=== "macOS"

    Words.
"""
FIRST = '---\npractice:\n  machine: ready\n---\n# First\n\n``` transcript\n--8<-- "b.txt"\n```\n'
SNIPPETS = {"f_conf": "Host one\n", "a": "$ sleep 9\n", "b": "$ true\n", "c": "$ true\n"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_guide(tmp_path, PAGE, **SNIPPETS)
    (tmp_path / "docs" / "first.md").write_text(FIRST)
    return tmp_path


def of(project: Path) -> str:
    return fingerprint(open_guide(project).page("page.md"))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("docs/page.md", "~/.ssh/config", "~/.ssh/confug"),
        ("docs/page.md", 'mode="600"', 'mode="644"'),
        ("docs/page.md", ' mode="600"', ""),
        ("docs/page.md", 'mode="600"', 'mode="600" append'),
        ("docs/page.md", 'terminal="second"', 'terminal="third"'),
        ("docs/page.md", " waits", ""),
        ("docs/page.md", " waits", ' waits with="OpenSSH >=9"'),
        ("docs/page.md", 'waits\n    --8<-- "a.txt"', 'waits\n    --8<-- "c.txt"'),
        ("docs/page.md", "``` file", "``` python"),
        ("docs/page.md", "from: home", "from: abroad"),
        ("docs/page.md", "from: home", "desktop: true"),
        ("docs/page.md", "  after: first.md\n", ""),
        ("docs/page.md", "macOS", "Windows"),
        ("docs/first.md", "ready", "new"),
        ("docs/first.md", "b.txt", "c.txt"),
        ("docs/first.md", "``` transcript", "``` transcript waits"),
        ("snippets/f.conf", "one", "two"),
        ("snippets/a.txt", "9", "8"),
        ("snippets/b.txt", "true", "false"),
    ],
)
def test_a_change_makes_another_page_of_it(project: Path, file: str, old: str, new: str) -> None:
    before = of(project)
    text = (project / file).read_text()
    assert old in text
    (project / file).write_text(text.replace(old, new))
    if "abroad" in new:
        # The pages that come before are at the same place.
        first = project / "docs" / "first.md"
        first.write_text(first.read_text().replace("machine", "from: abroad\n  machine"))
    assert of(project) != before


def test_what_other_versions_show_belongs_to_it(project: Path) -> None:
    before = of(project)
    file_of(project / "snippets" / "a.txt").write_text("- for: OpenSSH >=10\n  after: x\n  shows: y\n")
    assert of(project) != before


def test_prose_does_not(project: Path) -> None:
    before = of(project)
    page = project / "docs" / "page.md"
    page.write_text(page.read_text().replace("# A page\n", "# Another title\n\nA word, and so all lines are others.\n"))
    assert of(project) == before


def test_another_policy_makes_another_page_of_it(project: Path) -> None:
    fact = POLICY.fact("key_delay")
    other = POLICY.model_copy(update={"facts": {**POLICY.facts, "key_delay": fact.model_copy(update={"value": 45})}})
    changed = Guide(Edition(project, other), instructions()).page("page.md")
    assert fingerprint(changed) != of(project)
    # What it says about the edition before is for readers.
    of_words = POLICY.model_copy(update={"changes": ()})
    assert POLICY.changes
    assert fingerprint(Guide(Edition(project, of_words), instructions()).page("page.md")) == of(project)


@pytest.mark.parametrize(
    "file",
    ["practice/rules/access.py", "practice/web/templates/base.html", "kinds/transcript/typist.py", "base/child.py"],
)
def test_other_code_makes_another_page_of_it(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    before = of(project)
    package = shutil.copytree(Path(mfa_guide.__file__).parent, tmp_path / "package")
    monkeypatch.setattr(mfa_guide, "__file__", str(package / "__init__.py"))
    hash_of_code.cache_clear()
    try:
        assert of(project) == before
        (package / "website" / "badges.py").write_text("# This has no part in it.\n")
        # Nor has the policy of another edition.
        (package / "policy" / "2024.toml").write_text("")
        hash_of_code.cache_clear()
        assert of(project) == before
        (package / file).write_text((package / file).read_text() + "\n")
        hash_of_code.cache_clear()
        assert of(project) != before
    finally:
        hash_of_code.cache_clear()


def test_other_libraries_make_another_page_of_it(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_guide(project).page("page.md")
    before = fingerprint(page)
    # It is not asked twice.
    monkeypatch.setattr(fingerprints, "_libraries", lambda: ("asyncssh 0",))
    assert fingerprint(page) != before


def test_evidence_of_clients_that_were_exchanged_since_is_about_nothing(project: Path) -> None:
    page = open_guide(project).page("page.md")
    clients = {"OpenSSH": Versions(Here())["OpenSSH"]}
    evidence = PageEvidence(page=page.name, about=fingerprint(page), clients=clients, instructions=())
    write_evidence(evidence, project)
    assert [*read_all(page)] == [suites.own()]
    write_evidence(evidence.model_copy(update={"clients": {"OpenSSH": "1.2p3"}}), project)
    assert [*read_all(page)] == []


def test_evidence_of_a_suite_that_was_fetched_anew_with_other_packages_is_about_nothing(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their versions alone do not tell: Debian mends a program without giving it another one."""
    monkeypatch.setattr(fetching, "FETCHED", tmp_path / "suites")
    name = next(name for name in suites.VERSIONS if name != suites.own())
    suite = suites.Suite(name)
    made_of = tmp_path / "suites" / name / "packages"
    made_of.parent.mkdir(parents=True)
    made_of.write_text("putty_0.83-3.deb")
    page = open_guide(project).page("page.md")
    for way, its in ((Way(suite=suite), name), (Way(), suites.own())):
        write_evidence(Run(page, way).evidence, project, its)
    known = clients_of(name)
    assert sorted(read_all(page)) == sorted([name, suites.own()])
    made_of.write_text("putty_0.83-4.deb")
    assert [*read_all(page)] == [suites.own()]
    assert clients_of(name) != known, "mutants that were tried with it are tried again"
    made_of.unlink()
    assert name in read_all(page), "where it is not, as where the website is built, nobody knows better"


def test_the_clients_of_this_machine_are_told_by_their_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    known = clients_of("")
    monkeypatch.setattr("mfa_guide.checking.fingerprint._versions", lambda: {"OpenSSH": "1.2p3"})
    assert clients_of("") != known


def test_a_text_that_was_edited_while_it_ran_was_not_carried_out(tmp_path: Path) -> None:
    page = write_guide(tmp_path, THREE_STEPS, **THREE_SNIPPETS)
    run = Run(page, Way())
    for number, result in enumerate(run.results()):
        assert result.outcome == "holds"
        if number == 1:
            (tmp_path / "snippets" / "b.txt").write_text("$ echo another\nanother\n")
    run.keep()
    assert read_all(open_guide(tmp_path).page(page.name)) == {}
    (tmp_path / "snippets" / "b.txt").write_text(THREE_SNIPPETS["b"])
    assert [*read_all(open_guide(tmp_path).page(page.name))] == [suites.own()]
