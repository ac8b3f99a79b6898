"""The browser of the reader's machine, with a real Chromium and a page of a few controls."""

from __future__ import annotations

import contextlib
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from playwright.sync_api import Error

from mfa_guide.base.errors import CannotRunError
from mfa_guide.clients import browser as browser_of_the_machine
from mfa_guide.expecting.failure import Failure
from mfa_guide.kinds.walkthrough.steps import parse_walkthrough
from mfa_guide.kinds.walkthrough.walker import Browser
from tests.support.machines import LocalMachine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from playwright.sync_api import Page

PAGE = """\
<!doctype html>
<title>Controls</title>
<h1>All set
  up!</h1>
<p>You are <b>vsc98765</b> from [2001:db8::1]:50123. You may close this page.</p>
<p hidden>Hidden words</p> <p hidden>You said yes.</p>
<label>Home organization <select onchange="chosen.textContent = 'You chose ' + this.value + '.'">
  <option>UGent</option><option>KU Leuven Association</option></select></label>
<p id="chosen"></p>
<label>Public key
  <input type="file" onchange="this.files[0].text().then(t => sent.textContent = 'You sent ' + t)"></label>
<p id="sent"></p>
<label><input type="checkbox" onchange="ticked.textContent = this.checked ? 'It is ticked.' : ''"> Delete</label>
<label><input type="checkbox" checked> Keep</label>
<p id="ticked"></p>
<button onclick="answer.textContent = 'You said yes.'">Yes</button> <button>No</button>
<button>Twice</button> <button>Twice</button>
<a href="#" onclick="answer.textContent = 'You followed the link.'; return false">More</a>
<a href="other.html">Next</a>
<p id="answer"></p>
<p id="before"></p>
<script>
  before.textContent = localStorage.here ? "You were here before." : "You are new here.";
  localStorage.here = 1;
</script>
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    (home / "page.html").write_text(PAGE)
    (home / "other.html").write_text("<h1>Another page</h1>")
    (home / "key.pub").write_text("ssh-rsa AAAA\n")
    return home


@pytest.fixture(scope="module")
def browser(home: Path) -> Iterator[Browser]:
    browser = Browser(LocalMachine(home))
    yield browser
    browser.close()


def do(browser: Browser, home: Path, *steps: str, bound: Mapping[str, str] | None = None) -> Mapping[str, str]:
    text = "\n".join(["window: browser", "steps:", "- open: link", *steps])
    return browser.carry_out(parse_walkthrough(text), bound or {}, link=f"file://{home}/page.html")


def test_does_every_kind_of_step(browser: Browser, home: Path) -> None:
    do(
        browser,
        home,
        "- see: All set up!",
        "- see: You are vsc98765 from [2001:db8::1]:49859. You may close …",
        "- choose: KU Leuven Association\n  in: Home organization",
        "- see: You chose KU Leuven Association.",
        "- upload: ~/key.pub\n  into: Public key",
        "- see: You sent ssh-rsa AAAA",
        "- tick: Delete",
        "- see: It is ticked.",
        "- press: Yes",
        "- see: You said yes.",
        "- press: More",
        "- see: You followed the link.",
        "- press: Next",
        "- see: Another page",
    )


def test_a_private_window_remembers_nothing(browser: Browser, home: Path) -> None:
    do(browser, home, "- open: link", "- see: You were here before.", "- private: link", "- see: You are new here.")


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ("- press: Yess", "no button or link is called “Yess”; the nearest is “Yes”"),
        ("- press: yes", "the nearest is “Yes”"),
        ("- press: Home organization", "no button or link"),
        ("- press: Twice", "more than one button or link is called “Twice”"),
        ("- choose: KU Leuven\n  in: Home organization", "no option “KU Leuven”; .* “KU Leuven Association”"),
        ("- choose: UGent\n  in: Home organisation", "no drop-down is called .* nearest is “Home organization”"),
        ("- upload: ~/key.pub\n  into: Public keys", "no field for files is called “Public keys”; .* “Public key”"),
        ("- upload: ~/none.pub\n  into: Public key", "~/none.pub does not exist"),
        ("- tick: Delete it", "no check box is called “Delete it”; the nearest is “Delete”"),
        ("- tick: Keep", "“Keep” is ticked already"),
        ("- see: All set up", "does not show “All set up”; the nearest is “All set up!”"),
        ("- see: all set up!", "the nearest is “All set up!”"),
        ("- see: Hidden words", "does not show “Hidden words”"),
        ("- see: You are vsc98766 from [2001:db8::1]:49859. You may …", "the nearest is “You are vsc98765"),
        ("- open: file:///none.html", "ERR_FILE_NOT_FOUND"),
    ],
)  # fmt: skip
def test_what_is_not_there_fails_with_the_nearest(home: Path, impatient: Browser, step: str, says: str) -> None:
    with pytest.raises(Failure, match=says) as failure:
        do(impatient, home, step)
    assert failure.value.line == 4
    assert failure.value.detail


@pytest.fixture(scope="module")
def impatient(home: Path) -> Iterator[Browser]:
    """A browser that waits for a second only: what these tests look for never comes."""

    class Impatient(LocalMachine):
        def argv(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
            code = "from mfa_guide.clients import browser; browser.TIMEOUT = 1; browser.main()"
            assert list(command)[1:] == ["-m", "mfa_guide.clients.browser"]
            return super().argv([sys.executable, "-c", code])

    browser = Browser(Impatient(home))
    yield browser
    browser.close()


def test_samples_are_the_same_as_in_the_terminal(browser: Browser, home: Path) -> None:
    sample, real = "Ab3dEf6hIj9kLm2nOp5", "Zz9Yy8Xx7Ww6Vv5Uu4"
    (home / "page.html").write_text(f"<p>https://a.be/{real}</p>")
    try:
        assert do(browser, home, f"- see: https://a.be/{sample}") == {sample: real}
        with pytest.raises(Failure, match="stood for something else"):
            do(browser, home, f"- see: https://a.be/{sample}", bound={sample: "another"})
    finally:
        (home / "page.html").write_text(PAGE)


def test_without_a_link_in_the_terminal(browser: Browser) -> None:
    walkthrough = parse_walkthrough("window: browser\nsteps:\n- open: link\n")
    with pytest.raises(Failure, match="no terminal shows a login link"):
        browser.carry_out(walkthrough, {}, link=None)


def test_a_browser_that_ends_is_one_clear_line(home: Path) -> None:
    class Brief(LocalMachine):
        def argv(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
            return ["sh", "-c", """echo '{"version": "1"}'; echo 'out of memory' >&2"""]

    browser = Browser(Brief(home))
    with pytest.raises(CannotRunError, match="has ended: out of memory"):
        do(browser, home)
    browser.close()


def test_no_browser_is_one_clear_line(home: Path) -> None:
    class Bare(LocalMachine):
        def argv(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
            return ["env", "PATH=/nowhere", *command]

    with pytest.raises(CannotRunError, match="chromium is not installed"):
        Browser(Bare(home))


@pytest.mark.parametrize(
    ("says", "opened"), [("net::ERR_NETWORK_CHANGED at https://a.test/", 2), ("net::ERR_CONNECTION_REFUSED", 1)]
)
def test_a_line_that_has_just_come_up_is_no_failure_of_the_page(says: str, opened: int) -> None:
    """Chromium gives up what is under way then, and a reader presses Reload; any other error is one."""
    tried: list[str] = []

    def goto(address: str) -> None:
        tried.append(address)
        if len(tried) == 1:
            raise Error(f"Page.goto: {says}")

    with contextlib.suppress(Error) if opened == 1 else contextlib.nullcontext():
        browser_of_the_machine._open(cast("Page", SimpleNamespace(goto=goto)), {"open": "https://a.test/"})
    assert tried == ["https://a.test/"] * opened
