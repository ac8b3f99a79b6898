"""The rules by which something pasted is compared with the catalogue: written once, for Python and for the browser.

`finding` has them from here, and the finder of the guide (website/theme/assets/finder.js) from an attribute of its
page. A regular expression means the same to Python and, with the flag `u`, to JavaScript: it has no `\\s`, `\\d`,
`\\w`, `\\b`, `^` or `$`.
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
    """How long what `…` stands for may be, and what `before` is of, without what `plain` and `space` take away."""
    often: int
    """How many times a message is looked for in one text."""
    few: int
    """Up to so many words are taken for words that somebody remembers, when they are no message."""
    fitting: tuple[int, int]
    """How much of them must fit, of how much; a word counts the more, the fewer entries have it."""
    strange: int
    """How much a word counts that no entry has."""
    plain: list[tuple[str, str]]
    """What makes a text plain, in this order: regular expressions, and what takes the place of what they match."""
    space: str
    """What is between words, and between lines, in a plain text: it counts for nothing in a message."""
    capitals: str
    """The letters that have a small one."""
    letter: str
    """What words are made of; the first and the last letter of a message are not in the middle of a word."""
    before: str
    """All that may stand on a line before a hint, and before a general message: small letters, without spaces."""
    after: str
    """All that may stand behind a hint, up to the end of its line."""
    chatter: str
    """What a line has, in small letters, that tells what goes on: it is not what went wrong."""
    trouble: str
    """What a line has, in small letters, that may tell what went wrong."""
    personal: str
    """What a line has, in small letters, that somebody wrote who asks for help: no program did."""
    foreign: str
    """Words that are not English, in small letters."""
    many_foreign: int
    """A text with so many of them is in another language."""
    private_key: str
    """How a line of a private key begins, in small letters and without spaces."""
    word: str
    """What is a word, in small letters."""
    endings: str
    """What a word may end in, and means the same without."""
    little: list[str]
    """Words that say nothing by themselves."""
    message: str
    """What a message of a program has, and words that somebody remembers do not."""


# Colours and titles of terminals.
_ESCAPES = r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)"
# What ends a line for anybody; word processors have their own.
_ENDS_OF_LINES = r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]"
# What mail programs, PuTTY and those who quote put before a line.
_QUOTED = r"(?<![^\n])[ \t>|]+"
# A message may have been pasted through a word processor: no kind of quote, nothing that takes no room.
_DROPPED = "[\"'`´‘’‚‛“”„‟«»\xad\u200b-\u200f\ufeff]+"
_DASHES = r"[\-\u2010-\u2015\u2212]+"
# JavaScript counts these twice.
_RARE = "[\U00010000-\U0010ffff]"
_LETTER = "[0-9a-zà-öø-ÿ]"


def _words(alternatives: str) -> str:
    """Return a regular expression for one of these as whole words."""
    return f"(?<!{_LETTER})(?:{alternatives})(?!{_LETTER})"


RULES = Rules(
    longest=200_000,
    most=3,
    far=160,
    often=200,
    few=8,
    fitting=(2, 3),
    strange=2,
    plain=[
        (_ESCAPES, ""),
        (_ENDS_OF_LINES, "\n"),
        (_QUOTED, ""),
        (_DROPPED, ""),
        ("…", "..."),
        (_DASHES, "-"),
        # A path of Windows is said in several ways.
        (r"\\+", "/"),
        (_RARE, "\ufffd"),
    ],
    space=r"[\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+",
    capitals="[A-ZÀ-ÖØ-Þ]+",
    letter=_LETTER,
    # A time, the level or name of a program's log, a prompt, who logs in where, and the programs that speak of a login.
    before=(
        r"(?:\[[^\[\]]*\][$%#]?|[0-9:.,+>|*-]|[0-9]t(?=[0-9])|[0-9]z|debug[1-3]:|gotstderrfromssh:"
        r"|[a-z0-9._/\-]+@[a-z0-9._\-]+(?::|:?[~/][a-z0-9._/~\-]*[$%#])"
        # A system's log, but for that of its sshd, which speaks of everybody's logins.
        r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[0-9:]+[a-z0-9._\-]+(?<!sshd)\[[0-9]+\]:"
        r"|(?:ssh|scp|sftp|sshfs|rsync|putty|plink|pscp|psftp|fatal|error|fatalerror|putty(?:fatal)?error|networkerror"
        r"|warning|info|status|trace|critical|stderr|fout|erreur|fehler|errore|msg|[a-z.]*(?:exception|error)):|[a-z_]+[.])*"
    ),
    after=r"[.!:]*",
    chatter=_words("debug[1-3]") + ":",
    # Quotes are dropped: can't is cant.
    trouble=_words(
        "errors?|fail(?:s|ed|ure|ing)?|fatal|critical|denied|refused|reject(?:s|ed)?|cannot|cant|couldnt|could not"
        "|unable|wont|doesnt|didnt|isnt|invalid|illegal|unknown|unexpected(?:ly)?|unsupported|unrecogni[sz]ed|unreachable"
        "|not (?:found|permitted|allowed|supported|accessible|recogni[sz]ed|known|available|responding|valid|a)"
        "|no such|no [a-z]+ (?:found|available|left|given)|bad|too (?:many|long|open|short|large|big|new|old)"
        "|mismatch|corrupt(?:ed)?|expired|timed out|timeout|closed|reset|broken|abort(?:ed)?|terminat(?:ed|ing)"
        "|exception|traceback|missing|disconnect(?:ed)?|prohibited|forbidden|unauthorized|exceeded|incorrect|wrong"
        "|disabled|lost|killed|overflow|undefined|exited|stopped|down|locked|busy|conflict(?:s|ing)?"
        "|wordt niet|kan niet|kon niet|mislukt|geweigerd|fout|erreur|echou[eé]|impossible|fehler|fehlgeschlagen"
        "|verweigert|errore|impossibile|[a-z]*(?:exception|error)"
    ),
    personal=_words(
        "i [a-z]+|im|ive|my|tells me|it says|hello|hi|dear|thanks|regards"
        "|(?:does not|doesnt|do not|dont|wont|not) work(?:s|ing)?"
        "|ik|mijn|hallo|beste|groeten|je ne|bonjour|merci|ich|meine?"
    ),
    foreign=_words(
        "de|het|een|niet|geen|wordt|werd|kan|kon|voor|van|met|als|verbinding|naar|der|die|das|den|ist|nicht|kein|keine"
        "|wurde|eine|von|mit|zu|verbindung|le|la|les|du|des|est|pas|une|avec|dans|sur|connexion|il|lo|del|della|non"
        "|con|per|una|stata|el|los|las|se|ha|por|para|que|conexi[oó]n|connessione"
    ),
    many_foreign=2,
    # Its first and last line, the first of PuTTY's, and how the text between begins in OpenSSH's.
    private_key="-(?:begin|end)[a-z0-9]{0,20}privatekey-|putty-user-key-file-[0-9]:|b3blbnnzac1rzxk",
    word="[a-z0-9]+",
    endings=r"(?<=[a-z]{3})(?:ing|ed|es|s|e)(?![a-z0-9])",
    little=[
        *("a", "all", "an", "and", "as", "at", "be", "by", "can", "do", "does", "for", "from", "get", "have", "how"),
        *("i", "in", "is", "it", "me", "my", "of", "on", "or", "please", "the", "then", "there", "this", "to", "what"),
        *("when", "why", "with", "you", "your"),
    ],
    message=r"[:/(){}=@\\\[\]]",
)
