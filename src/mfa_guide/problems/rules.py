"""The rules by which something pasted is compared with the catalogue: written once, for Python and for the browser.

`finding` has them from here, and the finder of the guide (website/theme/assets/finder.js) from an attribute of its
page. A regular expression means the same to Python and, with the flag `u`, to JavaScript: it has no `\\s`, `\\d`, `^`
or `$`.
"""

from __future__ import annotations

from typing import TypedDict


class Rules(TypedDict):
    """What is compared, and how much of it; texts are counted in characters of Unicode."""

    longest: int
    """How much of a text is looked at: its end. What went wrong stands there."""
    most: int
    """How many entries are found at most: more help nobody."""
    far: int
    """How long what `…` stands for may be, without what `plain` takes away."""
    few: int
    """Up to so many words are taken for words that somebody remembers, when they are no message."""
    fitting: tuple[int, int]
    """How many of them must fit, of how many."""
    plain: list[tuple[str, str]]
    """What makes a text plain, in this order: regular expressions, and what takes the place of what they match."""
    capitals: str
    """The letters that have a small one."""
    private_key: str
    """What a private key has when it is plain, and in small letters."""
    word: str
    """What is a word, in small letters."""
    little: list[str]
    """Words that say nothing by themselves."""


# Colours and titles of terminals.
_ESCAPES = r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)"
# What ends a line for anybody; word processors have their own.
_ENDS_OF_LINES = r"[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]"
# What mail programs, PuTTY and those who quote put before a line.
_QUOTED = r"(?<![^\n])[ \t>|]+"
# A log is wrapped anywhere, a message may have been pasted through a word processor: no spaces, no kind of quote.
_DROPPED = (
    r"[\x00-\x20\x7f-\xa0\xad\u1680\u2000-\u200f\u2028\u2029\u202f\u205f\u3000\ufeff"
    "\"'`´‘’‚‛“”„‟«»"
    "]+"
)
_DASHES = r"[\-\u2010-\u2015\u2212]+"
# JavaScript counts these twice.
_RARE = "[\U00010000-\U0010ffff]"

RULES = Rules(
    longest=1_000_000,
    most=5,
    far=160,
    few=8,
    fitting=(2, 3),
    plain=[
        (_ESCAPES, ""),
        (_ENDS_OF_LINES, "\n"),
        (_QUOTED, ""),
        (_DROPPED, ""),
        ("…", "..."),
        (_DASHES, "-"),
        (_RARE, "\ufffd"),
    ],
    capitals="[A-ZÀ-ÖØ-Þ]+",
    # Its first and last line, the first of PuTTY's, and how the text between begins in OpenSSH's.
    private_key="-(?:begin|end)[a-z0-9]{0,20}privatekey-|putty-user-key-file-[0-9]|b3blbnnzac1rzxk",
    word="[a-z0-9]+",
    little=["a", "an", "and", "at", "do", "does", "i", "in", "is", "it", "me", "my", "of", "on", "the", "there", "to"],
)
