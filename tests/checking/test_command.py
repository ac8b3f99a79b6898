"""The command `mfa-guide check`, in the lab."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING

import pexpect
import pytest

from mfa_guide.base.errors import UsageError
from mfa_guide.checking import command
from mfa_guide.checking.choosing import choose
from mfa_guide.checking.command import Wish
from mfa_guide.checking.evidence import evidence_file, read_evidence
from mfa_guide.kinds import open_guide, open_guides
from tests.support.editions import write_editions
from tests.support.guides import THREE_SNIPPETS, THREE_STEPS, write_guide

if TYPE_CHECKING:
    from pathlib import Path


WALKTHROUGH = """\
window: browser
steps:
  - open: link
  - choose: KU Leuven Association
    in: Home organization
  - press: Confirm
  - press: The owner of vsc98765
  - press: "Yes"
  - see: All set up!
"""


def run_check(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["mfa-guide", "check", *arguments], cwd=project, capture_output=True, text=True, check=False)


def chosen_files(project: Path, *paths: Path) -> list[Path]:
    """Return what is chosen by its names in a guide of one edition."""
    return [file for each in choose([open_guide(project)], paths) for file in each.files]


def test_what_holds_is_reported_with_evidence(tmp_path: Path) -> None:
    write_guide(tmp_path, THREE_STEPS, **THREE_SNIPPETS)
    done = run_check(tmp_path, "--json", "out.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 holds" in done.stdout
    assert "\x1b" not in done.stdout
    (page,) = json.loads((tmp_path / "out.json").read_text())["pages"]
    assert [entry["result"] for entry in page["instructions"]] == ["holds"] * 3
    evidence = read_evidence(tmp_path, "page.md")
    assert evidence is not None
    assert evidence.model_dump(mode="json") == page


def test_what_does_not_hold_is_shown_with_its_place(tmp_path: Path) -> None:
    write_guide(
        tmp_path,
        THREE_STEPS + "\n```bash\nls\n```\n",
        **{**THREE_SNIPPETS, "b": "$ echo $word\nhallo\n", "c": "$ ssh -V\nOpenSSL_…\n"},
        unused="$ true\n",
    )
    done = run_check(tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    for shown in (
        "docs/page.md:7 (snippets/b.txt:2): expected “hallo”, saw “hello”\n",
        "    - hallo\n    + hello\n\n  ✗",
        "docs/page.md:11 (snippets/c.txt:2): expected “OpenSSL_…”, saw “OpenSSH_",
        "    carried out with OpenSSH ",
        "docs/page.md:15: a fence is one of",
        "snippets/unused.txt:1: no page shows this snippet",
        "1 holds, 2 fails, 2 escaping the check",
    ):
        assert shown in done.stdout


@pytest.mark.parametrize("word", ["page.md:7", "b.txt", "$word"])
def test_a_word_chooses_instructions_and_what_prepares_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    write_guide(tmp_path, THREE_STEPS, **{**THREE_SNIPPETS, "c": "$ false\n"})
    assert command.check(tmp_path, Wish(keyword=word)) == 0
    assert "2 holds" in capsys.readouterr().out
    assert not evidence_file(tmp_path, "page.md").exists()


def test_a_shell_opens_in_the_state_of_the_first_failure(tmp_path: Path) -> None:
    write_guide(tmp_path, THREE_STEPS, a="$ echo here > ~/.ssh/state\n", b="$ false\n", c="$ true\n")
    with pexpect.spawn("mfa-guide", ["check", "--shell"], cwd=str(tmp_path), encoding="utf-8", timeout=60) as child:
        child.expect(r"docs/page\.md:7 .*exit status 1")
        child.expect("`exit` ends it")
        child.sendline("cat ~/.ssh/state | tr e E; exit")
        child.expect("hErE")
        child.expect("1 holds, 1 fails")
        child.expect(pexpect.EOF)
    assert child.exitstatus == 1


def test_a_shell_needs_a_terminal(tmp_path: Path) -> None:
    write_guide(tmp_path, THREE_STEPS, **THREE_SNIPPETS)
    done = subprocess.run(
        ["mfa-guide", "check", "--shell"], cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (2, "mfa-guide: --shell needs a terminal to type in\n")


def test_update_makes_what_does_not_hold_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_guide(tmp_path, THREE_STEPS, **{**THREE_SNIPPETS, "b": "$ echo $word\nhallo\n"})
    assert command.check(tmp_path, Wish(update=True)) == 0
    assert "rewritten" in capsys.readouterr().out
    assert (tmp_path / "snippets" / "b.txt").read_text() == THREE_SNIPPETS["b"]
    assert command.check(tmp_path, Wish()) == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["docs/none.md"], "mfa-guide: docs/none.md does not exist\n"),
        (
            ["x"],
            "mfa-guide: x is neither a page nor a notebook below docs/ or notebooks/, nor a folder with them\n",
        ),
        (["snippets/unused.txt"], "mfa-guide: no page shows snippets/unused.txt\n"),
        (["-k", "nowhere"], "mfa-guide: no instruction has the word 'nowhere'\n"),
    ],
)
def test_wrong_usage_is_one_line(tmp_path: Path, arguments: list[str], says: str) -> None:
    write_guide(tmp_path, THREE_STEPS, **THREE_SNIPPETS, unused="$ true\n")
    (tmp_path / "x").touch()
    done = run_check(tmp_path, *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", says)


def test_a_report_that_cannot_be_written_is_one_line_before_anything_is_carried_out(tmp_path: Path) -> None:
    write_guide(tmp_path, THREE_STEPS, **THREE_SNIPPETS)
    done = run_check(tmp_path, "--json", "none/out.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "mfa-guide: cannot write none/out.json: No such file or directory\n"


def test_files_are_pages_below_docs_and_notebooks(tmp_path: Path) -> None:
    page = write_guide(tmp_path, "# A page\n").path
    notebook = tmp_path / "notebooks" / "a.ipynb"
    notebook.parent.mkdir()
    notebook.touch()
    (tmp_path / "docs" / "sub").mkdir()
    other = tmp_path / "docs" / "sub" / "other.md"
    other.touch()
    assert chosen_files(tmp_path) == [page, other, notebook]
    assert chosen_files(tmp_path, other.parent, other, notebook) == [other, notebook]
    with pytest.raises(UsageError, match="neither a page"):
        chosen_files(tmp_path, tmp_path / "mkdocs.yml")


def test_who_names_a_snippet_means_the_pages_that_show_it(tmp_path: Path) -> None:
    page = write_guide(tmp_path, THREE_STEPS, **THREE_SNIPPETS).path
    other = page.with_name("other.md")
    other.write_text('``` transcript\n--8<-- "c.txt"\n```\n')
    snippets = tmp_path / "snippets"
    differences = snippets / "b.versions.yml"
    differences.write_text("[]\n")
    assert chosen_files(tmp_path, snippets / "b.txt") == [page]
    assert chosen_files(tmp_path, differences) == [page]
    assert chosen_files(tmp_path, snippets / "c.txt") == [other, page]
    assert chosen_files(tmp_path, snippets) == [other, page]
    # A page that cannot be read is none of them.
    other.write_text("---\npractice: 1\n---\n")
    assert chosen_files(tmp_path, snippets / "c.txt") == [page]


def test_what_the_gate_finds_is_told_before_what_fails_because_of_it(tmp_path: Path) -> None:
    write_guide(tmp_path, THREE_STEPS.replace('"b.txt"\n```', '"b.txt"'), **{**THREE_SNIPPETS, "c": "$ false\n"})
    done = run_check(tmp_path)
    assert done.stdout.count("docs/page.md:7: a checked fence holds exactly one line") == 1
    assert done.stdout.index("docs/page.md:7: ") < done.stdout.index("✓    3  snippets/a.txt")
    assert "1 holds, 3 escaping the check" in done.stdout


def test_of_a_page_that_is_named_it_is_told_whether_anything_leads_to_it(tmp_path: Path) -> None:
    page = write_guide(tmp_path, THREE_STEPS, **THREE_SNIPPETS, unused="$ true\n").path
    page.with_name("other.md").write_text("# Other\n")
    with (tmp_path / "mkdocs.yml").open("a") as configuration:
        configuration.write("nav: [index.md]\n")
    done = run_check(tmp_path, "docs/page.md")
    assert done.stdout.splitlines()[-2:] == [
        "docs/page.md:1: the navigation in mkdocs.yml does not lead to this page",
        "3 holds, 1 escaping the check",
    ]
    page.with_name("other.md").write_text("---\npractice: 1\n---\n")
    assert run_check(tmp_path, "docs/page.md").stdout.splitlines()[-1] == "3 holds"


def test_what_the_pages_say_is_not_checked_is_counted_apart(tmp_path: Path) -> None:
    unchecked = '\n``` unchecked why="it needs Windows" review="2030-01-01"\ndir\n```\n\n=== "macOS"\n\n    Words.\n'
    not_checked = '---\npractice:\n  labels:\n    macOS: "not checked: it needs a Mac; review 2030-01-01"\n---\n'
    write_guide(tmp_path, not_checked + THREE_STEPS + unchecked, **THREE_SNIPPETS)
    done = run_check(tmp_path)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "3 holds, 2 not checked, as the pages say")
    assert run_check(tmp_path, "-k", "b.txt").stdout.splitlines()[-1] == "2 holds"


def test_watch_repeats_a_page_when_it_or_its_snippet_is_saved(tmp_path: Path) -> None:
    page = write_guide(tmp_path, THREE_STEPS, **THREE_SNIPPETS)
    other = tmp_path / "docs" / "other.md"
    other.write_text('``` transcript\n--8<-- "d.txt"\n```\n')
    (tmp_path / "snippets" / "d.txt").write_text("$ true\n")
    snippet = tmp_path / "snippets" / "b.txt"
    # As a job in the background of a script begins, and what it starts.
    words = ["--ignore-signal=INT", "mfa-guide", "check", "--watch"]
    with pexpect.spawn("env", words, cwd=str(tmp_path), encoding="utf-8", timeout=60) as child:
        child.expect("4 holds")
        child.expect("Waiting for you to save")
        snippet.write_text("$ echo $word\nhallo\n")
        # Of the other page nothing was saved.
        child.expect(r"1 of 1")
        child.expect(r"snippets/b\.txt:2\): expected “hallo”")
        child.expect("2 holds, 1 fails")
        child.expect("Waiting for you to save")
        snippet.write_text(THREE_SNIPPETS["b"])
        child.expect("3 holds")
        child.expect("Waiting for you to save")
        page.path.write_text(page.path.read_text() + "\n    code\n")
        child.expect("3 holds, 1 escaping the check")
        child.expect("Waiting for you to save")
        child.sendintr()
        child.expect(pexpect.EOF)
    assert child.exitstatus == 1


def test_update_shows_what_it_writes_and_asks_whoever_sits_there(tmp_path: Path) -> None:
    stale = {**THREE_SNIPPETS, "b": "$ echo $word\nhallo\n"}
    for answer, text in (("n", stale["b"]), ("", stale["b"]), ("y", THREE_SNIPPETS["b"])):
        write_guide(tmp_path, THREE_STEPS, **stale)
        with pexpect.spawn(
            "mfa-guide", ["check", "--update"], cwd=str(tmp_path), encoding="utf-8", timeout=60
        ) as child:
            child.expect("-hallo")
            child.expect(r"\+hello")
            child.expect("Write this?")
            child.sendline(answer) if answer else child.sendeof()
            child.expect(pexpect.EOF)
            assert "Traceback" not in (child.before or "")
        assert (child.exitstatus, (tmp_path / "snippets" / "b.txt").read_text()) == (int(answer != "y"), text)
        # What was not written does not hold as it stands.
        if answer != "y":
            evidence = read_evidence(tmp_path, "page.md")
            assert evidence is not None
            assert [entry.result for entry in evidence.instructions] == ["holds", "fails", "holds"]


def test_update_gets_there_in_one_run_in_the_order_in_which_pages_build_up(tmp_path: Path) -> None:
    """What comes later in the alphabet comes first here, and the words of the page are those of the snippet then."""
    write_guide(
        tmp_path,
        '---\npractice:\n  after: zero.md\n---\n[Zero](zero.md) says `hello`.\n\n``` transcript\n--8<-- "a.txt"\n```\n',
        a="$ cat ~/.ssh/said\nhallo\n",
        z="$ echo hello | tee ~/.ssh/said\nhallo\n",
    )
    (tmp_path / "docs" / "zero.md").write_text('Is `hello`.\n\n``` transcript\n--8<-- "z.txt"\n```\n')
    done = run_check(tmp_path, "--update")
    assert done.returncode == 0, done.stdout
    assert done.stdout.index("docs/zero.md  1 of 2") < done.stdout.index("docs/page.md  2 of 2")
    assert run_check(tmp_path).returncode == 0


def test_why_a_page_is_not_reached_is_said_where_it_is_carried_out_alone(tmp_path: Path) -> None:
    write_guide(
        tmp_path,
        "---\npractice:\n  after: zero.md\n---\n[Zero](zero.md) comes first.\n\n"
        '``` transcript\n--8<-- "a.txt"\n```\n\n``` transcript\n--8<-- "b.txt"\n```\n',
        a="$ echo a\na\n",
        b="$ echo b\nb\n",
        z="…\n",
    )
    (tmp_path / "docs" / "zero.md").write_text('``` transcript\n--8<-- "z.txt"\n```\n')
    done = run_check(tmp_path, "docs/page.md")
    assert done.stdout.count("not reached: docs/zero.md:1, which comes first, does not hold: ") == 1, done.stdout
    assert "2 not reached" in done.stdout


def test_what_the_practice_site_cannot_do_is_never_stored(tmp_path: Path) -> None:
    text = "$ ssh vsc98765@login.hpc.kuleuven.be\n"
    rest = "…\n$ mkdir new\n$ exit\n…\n"
    write_guide(
        tmp_path,
        '---\npractice:\n  managed: true\n---\n\n``` transcript waits\n--8<-- "a.txt"\n```\n\n'
        '``` walkthrough\n--8<-- "w.yml"\n```\n\n``` transcript\n--8<-- "b.txt"\n```\n',
        a=text,
        b=rest,
        w_yml=WALKTHROUGH,
    )
    done = run_check(tmp_path, "--update")
    assert "the practice site knows no `mkdir`" in done.stdout, done.stdout
    assert (tmp_path / "snippets" / "b.txt").read_text() == rest
    # What the login shows was learnt, up to its link.
    assert "Please open https://" in (tmp_path / "snippets" / "a.txt").read_text()


def test_a_login_without_waits_is_told_what_is_missing(tmp_path: Path) -> None:
    write_guide(
        tmp_path,
        '---\npractice:\n  managed: true\n---\n``` transcript\n--8<-- "a.txt"\n```\n',
        a="$ ssh vsc98765@login.hpc.kuleuven.be hostname\n",
    )
    done = run_check(tmp_path, "--update")
    assert "the command waits for the browser: mark the fence `waits`" in done.stdout, done.stdout


def test_a_page_that_cannot_be_read_does_not_keep_the_others_from_being_carried_out(tmp_path: Path) -> None:
    write_guide(tmp_path, THREE_STEPS, **THREE_SNIPPETS)
    (tmp_path / "docs" / "bad.md").write_text("---\npractice:\n  after: [x]\n---\n")
    done = run_check(tmp_path)
    assert done.returncode == 1
    assert "docs/bad.md:3: " in done.stdout
    assert "3 holds, 1 cannot be carried out" in done.stdout


def test_all_editions_are_carried_out_or_one(tmp_path: Path) -> None:
    write_editions(tmp_path)
    done = run_check(tmp_path)
    assert done.returncode == 0, done.stdout
    heads = re.findall(r"^(\S+\.md)  edition (\d+)", done.stdout, re.MULTILINE)
    assert heads == [
        ("docs/other.md", "2026"),
        ("docs/page.md", "2026"),
        ("editions/2024/docs/other.md", "2024"),
        ("docs/page.md", "2024"),
    ]
    assert "4 holds" in done.stdout
    assert "2 holds" in run_check(tmp_path, "--edition", "2024").stdout
    done = run_check(tmp_path, "--edition", "2020")
    assert (done.returncode, done.stderr) == (
        2,
        "mfa-guide: there is no edition '2020' of this guide: choose of 2026, 2024\n",
    )


def test_who_names_a_file_means_the_editions_that_show_it(tmp_path: Path) -> None:
    project = write_editions(tmp_path)
    guides = open_guides(project)

    def chosen(*paths: str) -> list[tuple[str, list[str]]]:
        found = choose(guides, [project / path for path in paths])
        return [(each.guide.edition.name, [file.name for file in each.files]) for each in found]

    assert chosen("docs/page.md") == [("2026", ["page.md"]), ("2024", ["page.md"])]
    assert chosen("docs/other.md") == [("2026", ["other.md"])]
    assert chosen("editions/2024/docs/other.md") == [("2024", ["other.md"])]
    assert chosen("snippets/b.txt") == [("2026", ["other.md"]), ("2024", ["other.md"])]
    assert chosen("editions/2024/snippets/a.txt") == [("2024", ["page.md"])]
