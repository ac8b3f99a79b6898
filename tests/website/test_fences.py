"""The fences of a page, as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup, Tag
from markdown import Markdown
from pymdownx.superfences import SuperFencesException

from mfa_guide.website import fences
from tests.support import GUIDE
from tests.support.html import one

if TYPE_CHECKING:
    from mfa_guide.guide.guide import Guide


def render(source: str, language: str, header: str = "", guide: Guide = GUIDE) -> Tag:
    """Return what a page shows for a fence, by way of the extension that the guide uses."""
    markdown = Markdown(
        extensions=["pymdownx.superfences"],
        extension_configs={"pymdownx.superfences": {"custom_fences": fences.custom_fences(guide)}},
    )
    return BeautifulSoup(markdown.convert(f"``` {language} {header}\n{source}\n```"), "html.parser")


LOGIN = """\
$ ssh -i ~/.ssh/id_rsa_vsc 'a"b' <x>
Are you sure (yes/no)? «yes»
Press Enter: «»

two  spaces & more …"""


def test_transcript_shows_every_character() -> None:
    shown = one(render(LOGIN, "transcript"), "pre").get_text()
    assert shown == LOGIN.replace("«yes»", "yes").replace("«»", "Enter") + "\n"


def test_transcript_marks_what_is_typed() -> None:
    assert [kbd.get_text() for kbd in render(LOGIN, "transcript").select(".transcript__output kbd")] == ["yes", "Enter"]


def test_copy_button_copies_the_command_and_nothing_else() -> None:
    (button,) = render(LOGIN, "transcript").select("button")
    assert button["data-copy"] == "ssh -i ~/.ssh/id_rsa_vsc 'a\"b' <x>"


def test_transcript_can_be_reached_with_the_keyboard_and_has_a_name() -> None:
    pre = one(render(LOGIN, "transcript", 'terminal="second"'), "pre")
    assert (pre["tabindex"], pre["aria-label"]) == ("0", "The second terminal")
    assert one(render(LOGIN, "transcript", 'machine="server"'), "pre")["aria-label"] == "Not you: root, at the server"


def test_waiting_transcript_shows_a_cursor() -> None:
    assert render(LOGIN, "transcript", "waits").select(".transcript--waits")
    assert not render(LOGIN, "transcript").select(".transcript--waits")


@pytest.mark.parametrize(
    ("source", "language", "header", "complaint"),
    [
        ("$ true", "transcript", "wait", "`transcript` has no option `wait`"),
        ("a «b» c", "transcript", "", "typed input"),
        ("a -> b: c", "sequence", "", "`sequence` needs the option `title="),
        ("a => b: c", "sequence", 'title="x"', "'A -> B: text'"),
        ("x", "file", "append", "a file says where it is in the reader"),
        ("x", "file", 'path="~/x" mode="6000"', "the mode of a file is one of 400, 600"),
        ("x", "unchecked", 'why="y"', "an unchecked block says when to look at it again"),
        ("window: browser\nsteps:\n  - pres: x", "walkthrough", "", "a step has exactly one of"),
    ],
)
def test_what_cannot_be_shown_ends_the_build(source: str, language: str, header: str, complaint: str) -> None:
    with pytest.raises(SuperFencesException, match=complaint):
        render(source, language, header)


def test_walkthrough_is_a_list_of_sentences_with_the_labels_of_the_window() -> None:
    steps = """\
window: browser
steps:
  - open: link
    says: Copy it with the **mouse**.
  - open: https://firewall.vscentrum.be/
  - choose: UGent
    in: Home organization
  - press: Yes
  - upload: ~/.ssh/id_rsa_vsc.pub
    into: Public key file
  - see: All set up!"""
    shown = render(steps, "walkthrough")
    assert [" ".join(item.get_text(" ", strip=True).split()) for item in shown.select("li")] == [
        "Open the link that you copied. Copy it with the mouse .",
        "Open https://firewall.vscentrum.be/ .",
        "Under Home organization , choose UGent .",
        "Press Yes .",
        "Under Public key file , choose the file ~/.ssh/id_rsa_vsc.pub .",
        "You see: All set up!",
    ]
    assert [label.get_text() for label in shown.select("b")][:3] == ["Home organization", "UGent", "Yes"]


def test_what_the_real_service_has_comes_before_the_step_of_the_practice_site() -> None:
    steps = """\
window: browser
steps:
  - press: The owner of vsc98765
    real: Log in with your **own** name.
    says: Be quick."""
    item = one(render(steps, "walkthrough"), "li")
    assert " ".join(item.get_text(" ").split()) == (
        "Log in with your own name. On the practice site: press The owner of vsc98765 . Be quick."
    )
    grey = [paragraph.get_text() for paragraph in item.select("p")]
    assert grey == ["On the practice site: press The owner of vsc98765.", "Be quick."]


def test_what_readers_have_of_their_own_is_an_example_that_no_button_copies() -> None:
    steps = """\
window: putty
steps:
  - type: correct horse
    own: passphrase
    into: "Key passphrase:"
  - type: correct horse
    own: passphrase
  - type: vsc
    into: Key comment"""
    shown = render(steps, "walkthrough")
    assert [item.get_text() for item in shown.select("li")] == [
        "In the box Key passphrase, type your own passphrase, not this example: correct horse.",
        "Type your own passphrase, not this example: correct horse, and press Enter.",
        "In the box Key comment, type vsc.",
    ]
    assert [button["data-copy"] for button in shown.select(".copy")] == ["vsc"]


def test_samples_are_examples_and_not_as_loud_as_what_everybody_sees() -> None:
    link = "https://firewall.vscentrum.be/8dK2nWq7VbTz4pLmXhR"
    letters = "SHA256:p4Xo9GdKv2LmT6wYzR1cNfBhU8sJqE3iA5tVnWkQe0D"
    steps = f"""\
window: putty
steps:
  - see: ssh-ed25519 255 {letters}
  - see: Please open {link} to complete log
  - copy: {link}
  - see: https://firewall.vscentrum.be/"""
    shown = render(steps, "walkthrough")
    assert [item.get_text() for item in shown.select("li")] == [
        f"You see, for example: ssh-ed25519 255 {letters}",
        f"You see, for example: Please open {link} to complete log",
        f"Drag over the link with the mouse, for example: {link}. This copies it.",
        "You see: https://firewall.vscentrum.be/",
    ]
    assert [sample.get_text() for sample in shown.select(".example")] == [letters, link, link]
    assert [label.get_text() for label in shown.select("b")] == [
        "ssh-ed25519 255 ",
        "Please open ",
        " to complete log",
        "https://firewall.vscentrum.be/",
    ]


def test_only_an_address_that_everybody_can_open_is_a_link() -> None:
    steps = "window: browser\nsteps:\n  - open: https://firewall.vscentrum.be/\n  - open: https://firewall.vscentrum.be/Kd5tQn8X"
    first, second = render(steps, "walkthrough").select("li")
    assert first.select("a")
    assert second.get_text() == "Open https://firewall.vscentrum.be/Kd5tQn8X."
    assert not second.select("a")


def test_steps_in_windows_say_where_a_reader_presses_and_over_what_they_type() -> None:
    steps = """\
window: puttygen
steps:
  - type: "4096"
    into: "Number of bits in a generated key:"
    over: "2048"
  - move: "Key passphrase:"
  - press: Browse...
    beside: "Private key file:"
  - sign: Saved Sessions > VSC
  - window-menu: Event Log
  - right-click: $
  - copy-all: ssh-ed25519 255 …
  - close: PuTTY Event Log"""
    shown = render(steps, "walkthrough")
    assert [" ".join(item.get_text().split()) for item in shown.select("li")] == [
        "In the box Number of bits in a generated key, drag over 2048, and type 4096 over it.",
        "Move the mouse over the window until you see: Key passphrase",
        "Beside the box Private key file, press Browse....",
        "Press the program's sign beside the clock with the right mouse button, and then Saved Sessions › VSC.",
        "Press the sign at the left of the window's title, and then Event Log.",
        "Click with the right mouse button on $.",
        "Drag over all of the text in this box with the mouse, and press Ctrl+C. This copies it.",
        "Close the window PuTTY Event Log with the cross at its upper right.",
    ]


def test_a_file_says_where_it_goes_and_who_may_read_it() -> None:
    shown = render("Host *\n    A <b>", "file", 'path="~/.ssh/config" mode="600" append')
    (where, rights) = shown.select(".file > p")
    assert where.get_text() == "At the end of ~/.ssh/config, add:"
    assert rights.get_text() == "Only you may read and change it. (chmod 600 ~/.ssh/config)"
    assert one(shown, "pre").get_text() == one(shown, "button")["data-copy"] == "Host *\n    A <b>\n"


def test_a_file_is_coloured_by_its_name() -> None:
    shown = render("import os", "file", 'path="~/a.py"')
    assert shown.select(".file .highlight pre .kn")
    assert one(shown, ".file > p").get_text() == "In ~/a.py:"
    assert len(shown.select(".file > p")) == 1


def test_unchecked_says_why_and_until_when() -> None:
    shown = render("x < y", "unchecked", 'why="It needs a Mac." review="2027-06-01"').get_text()
    assert "x < y" in shown
    assert "Not checked: It needs a Mac. To be looked at again before 2027-06-01." in shown
