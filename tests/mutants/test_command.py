"""Mutants: every thing that a reader relies on is wrong in one of them; those that nothing notices are reported."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from mfa_guide.base.errors import GuideError
from mfa_guide.clients import suites
from mfa_guide.guide.edition import todays
from mfa_guide.kinds.changes import other_word
from mfa_guide.mutants import accepted, command, making
from mfa_guide.policy import Policy
from tests.support.guides import write_guide

if TYPE_CHECKING:
    from mfa_guide.guide.page import Page

PAGE = """\
``` transcript waits
--8<-- "a.txt"
```

``` walkthrough
--8<-- "w.yml"
```

``` file path="~/.ssh/config" mode="600" append
--8<-- "f.conf"
```

On {{ facts.login_host }}.
"""
SNIPPETS = {
    "a": "$ ssh -v vsc98765@other\nPort 22 …: SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDLPE2gI9Zs3ZzqGdM\n"
    "…\nName: «reader»\n$ exit\n",
    "w_yml": "window: browser\nsteps:\n  - open: link\n    says: Free words.\n  - press: Confirm\n",
    "f_conf": "Host one\n    User two\n",
}


def changes(page: Page, file: str) -> list[tuple[int, str]]:
    found = making.of_guide(page.guide, [page])
    return [(mutant.line, mutant.change) for mutant in found if mutant.file == file]


def test_a_transcript_has_one_for_each_thing_that_can_be_wrong(tmp_path: Path) -> None:
    assert changes(write_guide(tmp_path, PAGE, **SNIPPETS), "snippets/a.txt") == [
        (1, "“-v” dropped"),
        (1, "“ssh” becomes “ssx”"),
        (1, "“v” becomes “x”"),
        (1, "“vsc98765” becomes “vsc08765”"),
        (1, "“other” becomes “othex”"),
        (2, "“Port” becomes “Porx”"),
        (2, "“22” becomes “32”"),
        (2, "“…” dropped"),
        (2, "“SHA256” becomes “SHA356”"),
        (4, "“Name” becomes “Namx”"),
        (4, "“reader” becomes “readex”"),
        (5, "“exit” becomes “exix”"),
        (1, "dropped"),
        (1, "swapped with what follows"),
        (5, "dropped"),
        (2, "swapped with what follows"),
        (3, "dropped"),
        (3, "swapped with what follows"),
    ]


def test_a_walkthrough_has_them_but_for_free_words(tmp_path: Path) -> None:
    assert changes(write_guide(tmp_path, PAGE, **SNIPPETS), "snippets/w.yml") == [
        (3, "“link” becomes “linx”"),
        (5, "“Confirm” becomes “Confirx”"),
        (3, "dropped"),
        (3, "swapped with what follows"),
        (5, "dropped"),
    ]


def test_a_file_has_them(tmp_path: Path) -> None:
    assert changes(write_guide(tmp_path, PAGE, **SNIPPETS), "snippets/f.conf") == [
        (1, "“Host” becomes “Hosx”"),
        (1, "“one” becomes “onx”"),
        (2, "“User” becomes “Usex”"),
        (2, "“two” becomes “twx”"),
        (1, "dropped"),
        (1, "swapped with what follows"),
        (2, "dropped"),
    ]


def test_the_fences_of_a_page_have_them(tmp_path: Path) -> None:
    assert changes(write_guide(tmp_path, PAGE, **SNIPPETS), "docs/page.md") == [
        (1, "`waits` dropped"),
        (1, "dropped"),
        (1, "swapped with what follows"),
        (5, "dropped"),
        (5, "swapped with what follows"),
        (9, "`append` dropped"),
        (9, "mode 600 becomes 644"),
        (9, "another path"),
        (9, "dropped"),
    ]


def test_a_fact_that_a_page_mentions_is_changed_on_the_side_of_the_practice_site(tmp_path: Path) -> None:
    page = write_guide(tmp_path, PAGE, **{**SNIPPETS, "a": "$ true\nPlease open https://a.b/c to complete logon.\n"})
    of_policy = [mutant for mutant in making.of_guide(page.guide, [page]) if mutant.file == "policy"]
    found = [mutant for mutant in of_policy if "." not in mutant.source]
    assert [(mutant.source, mutant.place) for mutant in found] == [
        ("login_host", "docs/page.md:13"),
        ("link_text", "docs/page.md:1"),
    ]
    changed = [Policy.model_validate_json(mutant.text) for mutant in found]
    assert changed[0].fact("login_host").value == "login.hpc.kuleuven.bx"
    assert changed[1].fact("link_text").value == "Pleasx open {link} to complete logon."


def test_a_rule_is_changed_for_pages_that_speak_of_its_machines(tmp_path: Path) -> None:
    page = write_guide(tmp_path, PAGE, **SNIPPETS)
    found = {
        f"{mutant.source}: {mutant.change}": Policy.model_validate_json(mutant.text)
        for mutant in making.of_guide(page.guide, [page])
        if mutant.file == "policy" and "." in mutant.source
    }
    assert {name.partition(":")[0] for name in found} == {
        "address.closed",
        # The page names the login host, and not sofia's nor the firewall's.
        *(f"roles.login.{rule}" for rule in ("needs_key", "certificates", "links", "ed25519", "shell")),
    }
    assert found["roles.login.needs_key: the practice site's rule: needs_key is true"].roles["login"].needs_key
    # The reader of the page is at home: nobody would notice at another place.
    assert "home" not in found["address.closed: the practice site's rule: home is open"].address.closed
    of_managed = write_guide(tmp_path, f"---\npractice:\n  managed: true\n---\n{PAGE}")
    assert "address.managed_are_open" in {mutant.source for mutant in making.of_guide(of_managed.guide, [of_managed])}
    # By such rules there can be no site: whoever rides has a key, and white-lists need their lifetime.
    assert not [name for name in found if "rides" in name or "whitelists" in name]


def test_what_pages_mention_is_read_once_however_many_mutants_come_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of twice as many pages all is read twice as often, and no more: it was once for each page and fact."""
    reads: list[Path] = []
    read = Path.read_text

    def read_and_note(self: Path, *arguments: Any, **options: Any) -> str:
        reads.append(self)
        return read(self, *arguments, **options)

    def reads_of(number: int) -> int:
        (tmp_path / str(number)).mkdir()
        guide = write_guide(tmp_path / str(number), PAGE, **SNIPPETS).guide
        for other in range(1, number):
            (tmp_path / str(number) / "docs" / f"{other}.md").write_text(f"{PAGE}\n{{{{ facts.link_lifetime }}}}\n")
        pages = [guide.page(name) for name in ("page.md", *(f"{other}.md" for other in range(1, number)))]
        assert all(page.instructions is page.instructions for page in pages)
        reads.clear()
        making.of_guide(guide, pages)
        return len(reads)

    monkeypatch.setattr(Path, "read_text", read_and_note)
    assert 0 < reads_of(12) <= 2 * reads_of(6)


def test_a_mutant_is_one_thing(tmp_path: Path) -> None:
    page = write_guide(tmp_path, PAGE, **SNIPPETS)
    found = making.of_guide(page.guide, [page])
    assert len({mutant.id for mutant in found}) == len(found)
    for mutant in found:
        if mutant.file != "policy":
            assert mutant.text != (tmp_path / mutant.file).read_text(), mutant.id
            assert "swapped" in mutant.change or "dropped" in mutant.change or len(mutant.text) == len(
                (tmp_path / mutant.file).read_text()
            ), mutant.id  # fmt: skip


OTHERS = """\
# comment
- for: OpenSSH >=10.0
  instead of: two
  shows: "other 2"
- for: OpenSSH <=8.4
  after: two
  shows: |-
    one
    …
"""


def test_what_other_versions_show_has_them(tmp_path: Path) -> None:
    page = write_guide(tmp_path, SMALL, a=TEXT)
    (tmp_path / "snippets" / "a.versions.yml").write_text(OTHERS)
    found = [m for m in making.of_guide(page.guide, [page]) if m.file == "snippets/a.versions.yml"]
    assert [(mutant.line, mutant.change, mutant.suites) for mutant in found] == [
        (2, "dropped", ("trixie", "sid")),
        (4, "“other” becomes “othex”", ("trixie", "sid")),
        (4, "“2” becomes “3”", ("trixie", "sid")),
        (5, "dropped", ("bullseye",)),
        (8, "“one” becomes “onx”", ("bullseye",)),
    ]


def test_a_fence_for_some_versions_is_noticed_by_these_and_that_it_is_for_all_by_the_others(tmp_path: Path) -> None:
    page = write_guide(tmp_path, SMALL.replace("transcript", 'transcript with="OpenSSH >=10.3"'), a=TEXT)
    noticing = {mutant.change: mutant.suites for mutant in making.of_guide(page.guide, [page])}
    assert noticing.pop("`with` dropped") == ("bullseye", "bookworm", "trixie")
    assert set(noticing.values()) == {("sid",)}


@pytest.mark.parametrize(("word", "other"), [("rsa", "rsx"), ("box", "boe"), ("vsc9", "vsc0"), ("a", "x"), ("x", "e")])
def test_another_word(word: str, other: str) -> None:
    assert other_word(word) == other


SMALL = '``` transcript\n--8<-- "a.txt"\n```\n'
TEXT = "$ : one; echo two\ntwo\n"
ENTRY = """\
- file: snippets/a.txt
  source: "$ : one; echo two"
  changes: ["“one” becomes “onx”"]
  why: a colon does nothing with what follows it
"""


def mutate(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["mfa-guide", "mutate", *arguments], cwd=project, capture_output=True, text=True, check=False)


def test_what_nothing_notices_is_reported_at_its_place_or_accepted(tmp_path: Path) -> None:
    write_guide(tmp_path, SMALL, a=TEXT)
    done = mutate(tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert "docs/page.md:1 (snippets/a.txt:1): nothing notices: “one” becomes “onx”\n    $ : one" in done.stdout
    assert "becomes “twx”" not in done.stdout
    survivors = done.stdout.count("nothing notices")
    (log,) = (tmp_path / "build" / "mutate").iterdir()
    known = log.read_text()
    # The same guide again: all is known.
    assert mutate(tmp_path).stdout == done.stdout
    assert log.read_text() == known
    # What an interrupted call has left is carried on with.
    log.write_text("".join(known.splitlines(keepends=True)[:-1]) + '{"id": "cut')
    assert mutate(tmp_path, "--json", "out.json").returncode == 1
    again = mutate(tmp_path, "--json", "again.json")
    assert (again.returncode, again.stderr) == (1, "")
    assert (tmp_path / "again.json").read_text() == (tmp_path / "out.json").read_text()
    results = json.loads((tmp_path / "out.json").read_text())["mutants"]
    assert sum(each["caught"] is None for each in results) == survivors
    assert any("expected “two”, saw “twx”" in (each["caught"] or "") for each in results)


@pytest.mark.parametrize("other", ["clients_of", "hash_of_code", "fingerprint"])
def test_what_was_tried_with_other_clients_code_or_pages_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    page = write_guide(tmp_path, SMALL, a=TEXT)
    mutants = making.of_guide(page.guide, [page])
    noticing = {mutant.id: [""] for mutant in mutants}
    before = command.keys_of([page], mutants, noticing)
    assert command.keys_of([page], mutants, noticing) == before
    monkeypatch.setattr(command, other, lambda *_: "another")
    after = command.keys_of([page], mutants, noticing)
    assert after.keys() == before.keys()
    assert not {*after.values()} & {*before.values()}


def test_what_cannot_be_reported_is_known_before_anything_is_carried_out(tmp_path: Path) -> None:
    write_guide(tmp_path, SMALL, a=TEXT)
    done = mutate(tmp_path, "--json", "none/out.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "mfa-guide: cannot write none/out.json: No such file or directory\n"
    assert not (tmp_path / "build" / "mutate").exists()


def test_accepted_ones_are_named_when_they_do_not_survive_any_more(tmp_path: Path) -> None:
    write_guide(tmp_path, SMALL, a="$ echo two\ntwo\n")
    (tmp_path / "snippets" / "accepted-mutants.yml").write_text(ENTRY)
    done = mutate(tmp_path)
    assert done.returncode == 1, done.stdout
    assert "snippets/accepted-mutants.yml: nothing survives of snippets/a.txt: $ : one" in done.stdout


def test_an_entry_covers_what_it_names(tmp_path: Path) -> None:
    page = write_guide(tmp_path, SMALL, a=TEXT)
    (tmp_path / "snippets" / "accepted-mutants.yml").write_text(ENTRY)
    (entry,) = accepted.read(todays(tmp_path))
    found = making.of_guide(page.guide, [page])
    assert {mutant.change for mutant in found if entry.covers(mutant)} == set(entry.changes)
    (tmp_path / "snippets" / "accepted-mutants.yml").write_text(ENTRY.replace("/a.txt", "/*.txt").replace("one;", "*;"))
    (wider,) = accepted.read(todays(tmp_path))
    assert [wider.covers(mutant) for mutant in found] == [entry.covers(mutant) for mutant in found]
    (tmp_path / "snippets" / "accepted-mutants.yml").write_text(ENTRY.replace("/a.txt", "/*.yml"))
    assert not any(accepted.read(todays(tmp_path))[0].covers(mutant) for mutant in found)
    (tmp_path / "snippets" / "accepted-mutants.yml").write_text(ENTRY.replace("why: ", "why: short #"))
    with pytest.raises(GuideError, match=r"^snippets/accepted-mutants.yml:4: `why`: "):
        accepted.read(todays(tmp_path))


def test_a_page_that_does_not_hold_is_one_line(tmp_path: Path) -> None:
    write_guide(tmp_path, SMALL, a="$ false\n")
    done = mutate(tmp_path, "--sample", "1")
    assert done.returncode == 1
    assert done.stderr.startswith("mfa-guide: docs/page.md does not hold as it is: docs/page.md:1 (snippets/a.txt:1): ")
    assert done.stderr.count("\n") == 1


def test_a_snippet_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    write_guide(tmp_path, SMALL)
    done = mutate(tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("mfa-guide: the guide does not hold as it is: docs/page.md:1: ")
    assert done.stderr.count("\n") == 1


def test_a_sample_is_drawn_by_the_content_of_the_guide(tmp_path: Path) -> None:
    write_guide(tmp_path, SMALL, a=TEXT)
    first = mutate(tmp_path, "--sample", "2", "--json", "1.json")
    second = mutate(tmp_path, "--sample", "2", "--json", "2.json")
    assert first.returncode == second.returncode
    assert "of 2 caught" in first.stdout
    assert (tmp_path / "1.json").read_text() == (tmp_path / "2.json").read_text()


def test_mutants_of_what_other_versions_show_are_judged_by_these(tmp_path: Path) -> None:
    own, old = (
        subprocess.run([ssh, "-V"], capture_output=True, text=True, check=True).stderr
        for ssh in ("ssh", str(suites.named("bullseye").program("ssh")))
    )
    write_guide(tmp_path, SMALL, a=f"$ ssh -V\n{own}")
    differences = [{"for": "OpenSSH <=8.4", "instead of": own.rstrip("\n"), "shows": old.rstrip("\n")}]
    (tmp_path / "snippets" / "a.versions.yml").write_text(yaml.safe_dump(differences))
    done = mutate(tmp_path, "--json", "out.json")
    assert not done.stderr, done.stdout + done.stderr
    judged = json.loads((tmp_path / "out.json").read_text())["mutants"]
    others = [mutant for mutant in judged if mutant["file"] == "snippets/a.versions.yml"]
    assert {mutant["change"] for mutant in others} >= {"dropped", "“OpenSSH_8.4p1” becomes “OpenSSH_9.4p1”"}
    assert all(mutant["caught"] for mutant in others)


TABS = """\
=== "Windows"

    ``` transcript
    --8<-- "windows.txt"
    ```

=== "Linux"

    ``` transcript
    --8<-- "a.txt"
    ```
"""


def test_with_one_suite_only_what_it_can_notice_is_tried(tmp_path: Path) -> None:
    write_guide(tmp_path, TABS, a="$ echo two\ntwo\n", windows="$ echo one\none\n")
    done = mutate(tmp_path, "--suite", "bullseye", "--json", "out.json")
    assert not done.stderr, done.stdout + done.stderr
    judged = json.loads((tmp_path / "out.json").read_text())["mutants"]
    assert {each["file"] for each in judged} == {"docs/page.md", "snippets/a.txt"}
    assert all(each["caught"] for each in judged if "becomes" in each["change"])
    assert {each["line"] for each in judged if each["file"] == "docs/page.md"} == {9}


def test_a_suite_that_there_is_not_is_one_line(tmp_path: Path) -> None:
    write_guide(tmp_path, SMALL, a=TEXT)
    done = mutate(tmp_path, "--suite", "buzz")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("mfa-guide: there is no suite 'buzz': choose bullseye")
    assert done.stderr.count("\n") == 1


def test_what_a_copy_lacks_is_not_taken_for_what_notices_a_mutant(tmp_path: Path) -> None:
    """The gate looks at files that a page only links to, and so does whoever carries a mutant out."""
    page = f"[A picture](assets/a.svg), and [the next page](other.md#there).\n\n{SMALL}"
    write_guide(tmp_path, page, a="$ : one; echo two\ntwo\n")
    (tmp_path / "docs" / "assets").mkdir()
    (tmp_path / "docs" / "assets" / "a.svg").write_text("<svg/>")
    (tmp_path / "docs" / "other.md").write_text("# There\n")
    done = mutate(tmp_path, "docs/page.md")
    assert not done.stderr
    assert "nothing notices: “one” becomes “onx”" in done.stdout
