"""Pages that need an earlier one, and what pages leave behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import GuideError
from mfa_guide.checking.carrying_out import Way, in_lab
from mfa_guide.checking.leftovers import Leftovers
from mfa_guide.gate.on_page import findings
from tests.support.guides import write_guide

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mfa_guide.guide.page import Page

BEFORE = '---\npractice:\n  machine: new\n---\n``` transcript\n--8<-- "before.txt"\n```\n'
AFTER = '---\npractice:\n  after: first.md\n---\nSee [first](first.md).\n\n``` transcript\n--8<-- "after.txt"\n```\n'
SNIPPETS = {
    "before": "$ mkdir ~/.ssh\n$ word=gone\n$ echo hello > ~/.ssh/word\n",
    "after": '$ ls -A ~/.ssh\nword\n$ echo "$(cat ~/.ssh/word) $word"\nhello\n',
}


def guide(folder: Path, before: str = BEFORE, after: str = AFTER, **snippets: str) -> Page:
    page = write_guide(folder, after, **{**SNIPPETS, **snippets})
    (folder / "docs" / "first.md").write_text(before)
    return page


def test_the_earlier_page_is_carried_out_first_on_the_same_machine_and_in_other_terminals(tmp_path: Path) -> None:
    page = guide(tmp_path)
    assert findings(page) == []
    (result,) = in_lab(page, page.labels[0], Way())
    assert (result.instruction.id, result.failure) == ("page.md:7", None)


def test_when_the_earlier_page_does_not_hold_this_one_is_not_reached(tmp_path: Path) -> None:
    (result,) = in_lab(guide(tmp_path, BEFORE.replace("before.txt", "false.txt"), false="$ false\n"), "", Way())
    assert result.outcome == "not reached"
    assert result.failure is not None
    assert result.failure.message == (
        "not reached: docs/first.md:5, which comes first, does not hold: "
        "the command says nothing and fails: exit status 1"
    )


def test_a_chain_is_followed_to_its_beginning(tmp_path: Path) -> None:
    page = guide(tmp_path, before=BEFORE.replace("machine: new", "after: zero.md"))
    (tmp_path / "docs" / "zero.md").write_text("# Zero\n")
    assert [earlier.name for earlier in page.guide.before(page)] == ["zero.md", "first.md"]
    assert page.guide.before(page.guide.page("zero.md")) == []


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (BEFORE, AFTER.replace("after: first", "after: none"), "docs/none.md does not exist"),
        (BEFORE.replace("machine: new", "after: page.md"), AFTER, "docs/page.md needs this page itself"),
        (BEFORE.replace("machine: new", "from: campus"), AFTER, "the reader of docs/first.md is at another place"),
        (BEFORE, AFTER.replace("(first.md)", "(page.md)"), "needs first.md first, and has no link to it"),
    ],
)
def test_what_cannot_come_first_is_named(tmp_path: Path, before: str, after: str, says: str) -> None:
    page = guide(tmp_path, before=before, after=after)
    there = [finding for finding in findings(page) if finding.line == page.practice.line("after")]
    assert [says in finding.message for finding in there] in ([True], [True, False])
    if "link" not in says:
        with pytest.raises(GuideError, match=says):
            list(in_lab(page, page.labels[0], Way()))


LEAVING = '{}``` transcript\n--8<-- "a.txt"\n```\n\n``` file path="~/notes.txt"\n--8<-- "notes.txt"\n```\n'
AGENT = "$ ssh-agent > ~/.ssh/agent-env\n"


@pytest.mark.parametrize(
    ("commands", "allowed", "left"),
    [
        (AGENT, "", r"ssh-agent \(process \d+\)"),
        (AGENT, "ssh-agent: the next page ends it", ""),
        (AGENT + "$ . ~/.ssh/agent-env > ~/.ssh/x; ssh-agent -k > ~/.ssh/x\n", "", ""),
        ("$ (setsid sleep 99 > ~/.ssh/x 2>&1 &)\n", "", r"sleep \(process \d+\)"),
        ("$ sleep 99 &\n[1] …\n", "", ""),
        ("$ n=o; touch ~/fo$n\n", "", "the file ~/foo"),
        ("$ n=o; touch ~/fo$n\n", '"~/foo": it is needed later', ""),
        ("$ touch foo\n", "", ""),
    ],
)
def test_what_a_page_leaves_behind_is_a_failure(tmp_path: Path, commands: str, allowed: str, left: str) -> None:
    front = f"---\npractice:\n  leaves:\n    {allowed}\n---\n" if allowed else ""
    page = write_guide(tmp_path, LEAVING.format(front), a=commands, notes="hello\n")
    results = list(in_lab(page, page.labels[0], Way()))
    assert [result.outcome for result in results] == ["holds", "fails" if left else "holds"], results
    if left:
        failure = results[-1].failure
        assert failure is not None
        with pytest.raises(Exception, match=rf"^the page leaves behind: {left}; show how the reader ends it$"):
            raise failure


def test_a_login_that_is_still_open_is_left_behind(tmp_path: Path) -> None:
    page = write_guide(
        tmp_path,
        "---\npractice:\n  managed: true\n---\n"
        '``` transcript waits\n--8<-- "a.txt"\n```\n\n``` walkthrough\n--8<-- "w.yml"\n```\n\n'
        '``` transcript\n--8<-- "b.txt"\n```\n',
        a="$ ssh vsc98765@login.hpc.kuleuven.be\n…\nPlease open …\n",
        w_yml="""\
window: browser
steps:
  - open: link
  - choose: KU Leuven Association
    in: Home organization
  - press: Confirm
  - press: The owner of vsc98765
  - press: "Yes"
""",
        b="…\n",
    )
    results = list(in_lab(page, page.labels[0], Way()))
    failure = results[-1].failure
    assert failure is not None
    assert failure.message == "the page leaves behind: a login in the first terminal; show how the reader ends it"


def test_a_program_that_began_another_in_its_place_was_there_before(tmp_path: Path) -> None:
    class Machine:
        programs = "/proc/2/comm:sh"

        def argv(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
            return ["echo", self.programs if "comm" in command[-1] else ""]

    machine = Machine()
    leftovers = Leftovers(machine)
    machine.programs = "/proc/2/comm:sleep"
    assert leftovers.find(guide(tmp_path), []) == []
    machine.programs += "\n/proc/3/comm:sleep"
    assert leftovers.find(guide(tmp_path), []) == ["sleep (process 3)"]
