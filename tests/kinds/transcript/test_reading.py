"""Reading transcripts."""

import pytest

from mfa_guide.expecting.failure import Failure
from mfa_guide.kinds.transcript.reading import Command, Line, Transcript, parse_transcript


def test_reads_commands_with_what_they_show() -> None:
    assert parse_transcript("$ pwd\n/home/reader\n$ true\n$ ls\na\n\nb\n") == Transcript(
        (),
        (
            Command(Line(1, "$ pwd"), (Line(2, "/home/reader"),)),
            Command(Line(3, "$ true"), ()),
            Command(Line(4, "$ ls"), (Line(5, "a"), Line(6, ""), Line(7, "b"))),
        ),
    )
    assert parse_transcript("$ pwd\n").commands[0].text == "pwd"


def test_output_at_the_top_continues_an_earlier_transcript() -> None:
    assert parse_transcript("Welcome\n$ hostname\nlogin\n") == Transcript(
        (Line(1, "Welcome"),), (Command(Line(2, "$ hostname"), (Line(3, "login"),)),)
    )


@pytest.mark.parametrize("typed", ["yes", "", "two words"])
def test_typed_input_stands_where_it_is_typed(typed: str) -> None:
    transcript = parse_transcript(f"$ read\nSure (yes/no)? «{typed}»\n")
    assert transcript.commands[0].expected == (Line(2, "Sure (yes/no)? ", typed),)


@pytest.mark.parametrize("wrong", ["Sure? «yes» ok", "Sure? «yes", "yes»", "«a»«b»"])
def test_typed_input_elsewhere_is_refused(wrong: str) -> None:
    with pytest.raises(Failure, match="at the end of its line") as failure:
        parse_transcript(f"$ read\n{wrong}\n")
    assert failure.value.line == 2


@pytest.mark.parametrize("nothing", ["", "\n\n"])
def test_nothing_is_not_a_transcript(nothing: str) -> None:
    with pytest.raises(Failure, match=r"the transcript is empty: write what is typed, behind `\$ `"):
        parse_transcript(nothing)
