"""The finder of the guide in a browser, asked about many texts at once, beside what `mfa-guide explain` finds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mfa_guide.problems import finding
from tests.support.answers import known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Page

_LISTEN = """texts => {
    const finder = document.querySelector(".finder"), box = finder.querySelector("textarea");
    return texts.map((text) => {
        box.value = text;
        box.dispatchEvent(new Event("input"));
        const items = [...finder.querySelectorAll(".finder__found > li")];
        const found = items.map((item) => [...item.querySelectorAll("a")].at(-1).hash.slice(1));
        return [found, finder.querySelector(".finder__count").textContent.split(/[.:]/)[0]];
    });
}"""


def asked(page: Page, texts: Sequence[str]) -> list[Any]:
    """Return what the finder of a page shows for each text: the entries, and what it says first."""
    shown: list[Any] = page.evaluate(_LISTEN, texts)
    return shown


def explained(text: str, edition: str) -> list[object]:
    """Return what it should show, as `mfa-guide explain` finds it."""
    # A text field has one kind of end of line.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if finding.has_private_key(text):
        return [[], "This is a private key"]
    answer = finding.answer(text, known(edition))
    found = [each.id for each in answer.found]
    fitting = "1 entry fits" if len(found) == 1 else f"{len(found)} entries fit, the best first"
    return [found, re.split(r"[.:]", answer.preface or fitting)[0]]


def differing(texts: Sequence[str], shown: Sequence[Any], edition: str) -> list[tuple[str, Any, list[object]]]:
    """Return the texts for which the two are not the same, with both."""
    return [
        (text, one, other) for text, one in zip(texts, shown, strict=True) if one != (other := explained(text, edition))
    ]
