"""Taking out of a log what is nobody's business: accounts, addresses, names of people and machines, keys, links.

What is taken out is replaced by what it was, such as `<account>`. The guide's own lines go through the same, so that
they can be laid over the log. Where in doubt a word is taken out, unless the guide itself shows it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

PROMPT = "$ "
TOKEN, OTHER_TOKEN = "<token>", "<other token>"
"""What stands for a link's token, and for one of another shape than the guide's."""

_LONG = ("<fingerprint>", TOKEN, OTHER_TOKEN, "<key>", "<secret>")
# How long a name must be to be looked for in the middle of words, too.
_LEAST = 6
# How narrow a terminal may be whose broken lines are recognised, in columns.
_NARROWEST = 20

# Where a line may be broken, by a terminal or in the text that PuTTY shows.
_BREAK = r"(?:\n(?:[|>] ?)?)?"
_WORD = re.compile(r"[\w.-]+")
_PROGRAM = r"(?:ssh|sftp|scp|plink|psftp|pscp|putty)(?:\.exe)? "
# After a prompt, or at the beginning of a line with an account. What was taken out of the prompt has a `>` itself.
_COMMAND = re.compile(
    rf"(?:(?:<[a-z ]+>|[^<$%#>\n])*[$%#>](?: +(?=.*\b{_PROGRAM})|(?={_PROGRAM}))|(?={_PROGRAM}.*@))(?P<words>.+)"
)


@dataclass(frozen=True)
class Public:
    """What the guide itself shows: that is no secret."""

    text: str

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(word.lower().strip(".") for word in _WORD.findall(self.text))

    def shows(self, word: str) -> bool:
        """Tell whether the guide shows a word."""
        return word.lower().strip(".") in self._words


@dataclass(frozen=True)
class _Found:
    """Something that is taken out."""

    start: int
    end: int
    instead: str
    names: tuple[str, ...] = ()
    """What it gives away, and is taken out wherever else it stands."""


_Finder = Callable[[str, Public], Iterator[_Found]]


def redact(lines: list[str], public: Public, questions: Mapping[str, str]) -> list[str]:
    """Return the lines without what is nobody's business. A line that was broken inside it becomes whole.

    Args:
        lines: what stood on a screen.
        public: what the guide shows.
        questions: questions that the guide shows, redacted, with the answers that it shows; any other answer is
            taken out.
    """
    text = "\n".join(lines)
    found = [
        _Found(places[each.start], places[each.end - 1] + 1, each.instead, each.names)
        for view, places in ((text, range(len(text))), _glue(text))
        for finder in _FINDERS
        for each in finder(view, public)
        if each.start < each.end
    ]
    text = _replace(text, [*_answers(text, questions), *(_to_the_end(each, text, public) for each in found)])
    names = {name for each in found for name in each.names if name and not public.shows(name)}
    for name in sorted(names, key=len, reverse=True):
        pattern = _BREAK.join(map(re.escape, name))
        if len(name) < _LEAST:
            pattern = rf"(?<!\w){pattern}(?!\w)"
        text = re.sub(pattern, "<name>", text, flags=re.IGNORECASE)
    return [_command(line, public) for line in text.split("\n")]


def _glue(text: str) -> tuple[str, list[int]]:
    """Return the text without the line breaks that a terminal seems to have made, and the place of each character."""
    lines = text.split("\n")
    widest = max(map(len, lines))
    glued: list[str] = []
    places: list[int] = []
    begin = 0
    for line in lines:
        kept = line if len(line) == widest >= _NARROWEST else f"{line}\n"
        glued.append(kept)
        places += range(begin, begin + len(kept))
        begin += len(line) + 1
    return "".join(glued), places


def _to_the_end(found: _Found, text: str, public: Public) -> _Found:
    """Stretch a long secret that ends with its line, if the next line seems to begin with the rest of it."""
    rest = re.compile(r"\n(?:[|>] )?(\w[\w+/=-]*)").match(text, found.end)
    if rest is None or not found.instead.endswith(_LONG) or public.shows(rest[1]):
        return found
    return _Found(found.start, rest.end(), found.instead, found.names)


def _replace(text: str, found: list[_Found]) -> str:
    parts: list[str] = []
    at = 0
    # Of those that overlap the first and longest says what it was; what any of them covers is gone.
    for each in sorted(found, key=lambda each: (each.start, -each.end)):
        if each.start >= at:
            parts += [text[at : each.start], each.instead]
        at = max(at, each.end)
    return "".join(parts) + text[at:]


def _command(line: str, public: Public) -> str:
    """Return a command without the prompt, and with no word that the guide does not show."""
    command = _COMMAND.fullmatch(line)
    if command is None:
        return line
    return PROMPT + " ".join(_if_public(word, public) for word in command["words"].split())


def _if_public(word: str, public: Public) -> str:
    pieces = re.findall(r"<[^<>]*>|[\w.-]+", word)
    return word if all(piece.startswith("<") or public.shows(piece) for piece in pieces) else "<word>"


def _answers(text: str, questions: Mapping[str, str]) -> Iterator[_Found]:
    """Find what was typed at a question, where it could be seen, and is not what the guide says."""
    lines = text.split("\n")
    widest = max(map(len, lines))
    for question, answer in questions.items():
        for match in re.finditer(_BREAK.join(map(re.escape, question.rstrip())) + r"[ \n]?", text):
            number = text.count("\n", 0, match.end())
            end = len("\n".join(lines[: number + 1]))
            typed = text[match.end() : end]
            # As long as the line is full, the next one may go on with it.
            while len(lines[number]) == widest and number + 1 < len(lines):
                number += 1
                end += 1 + len(lines[number])
            if typed.strip() not in ("", answer):
                yield _Found(match.end(), end, "<typed>", (typed.strip(),))


# -- what is looked for ------------------------------------------------------------------------------------------------


def _all(pattern: str, instead: str, flags: int = 0) -> _Finder:
    """Find a pattern, or its first group where it has one; what is found is taken out elsewhere, too."""
    compiled = re.compile(pattern, flags)

    def find(text: str, _: Public) -> Iterator[_Found]:
        for match in compiled.finditer(text):
            group = min(1, compiled.groups)
            yield _Found(*match.span(group), instead, (match[group].replace("\n", ""),))

    return find


_LINK = re.compile(r"https?://([\w.-]+)(?::\d+)?(/[^\s'\"<>]*[^\s'\"<>.,;:)])?")


def _links(text: str, public: Public) -> Iterator[_Found]:
    for match in _LINK.finditer(text):
        host, path = match[1], (match[2] or "").strip("/")
        if not public.shows(host):
            yield _Found(*match.span(), "<link>", (host, path))
        elif path:
            token = TOKEN if re.fullmatch("[A-Za-z0-9]{16,24}", path) else OTHER_TOKEN
            yield _Found(*match.span(), f"https://{host}/{token}", (path,))


_AT = re.compile(r"([\w.+%-]+)@(\w[\w-]*(?:\.[\w-]+)*|\[?[0-9A-Fa-f:.]+\]?)")


def _people(text: str, public: Public) -> Iterator[_Found]:
    for match in _AT.finditer(text):
        who, where = match[1], match[2]
        if public.shows(where):
            yield _Found(*match.span(1), "<account>", (who,))
        else:
            yield _Found(*match.span(), "<somebody>", (who, where, where.partition(".")[0]))


_ADDRESS = re.compile(
    r"(?<![\w:.])\[?(?P<address>(?:\d{1,3}\.){3}\d{1,3}"
    r"|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?::?(?:\d{1,3}\.){3}\d{1,3})?)(?:%\w+)?\]?"
    r"(?:(?::| port )\d{1,5})?(?![\w:]|\.\d)"
)


def _addresses(text: str, _: Public) -> Iterator[_Found]:
    for match in _ADDRESS.finditer(text):
        try:
            ipaddress.ip_address(match["address"])
        except ValueError:
            # A time, or a number of a version.
            continue
        yield _Found(*match.span(), "<address>", (match["address"],))


_HOST = re.compile(r"(?<![\w.@-])(?:[A-Za-z0-9][A-Za-z0-9-]*\.)+(?:[a-z]{2,}|[A-Z]{2,})(?![\w-])")


def _hosts(text: str, public: Public) -> Iterator[_Found]:
    for match in _HOST.finditer(text):
        host = match[0]
        if not public.shows(host) and not all(map(public.shows, host.split("."))):
            yield _Found(*match.span(), "<host>", (host, host.partition(".")[0]))


_HOME = re.compile(r"(?:home|Users)[/\\]+([^/\\\n'\"]+)")
_PATH = re.compile(r"(?<![\w/:.<])/(?:[\w.@+~-]+/)+[\w.@+~-]*|(?<![\w/])~[\w.-]*/[^\s'\"]*|\b[A-Za-z]:\\[^\n'\"<>|?*]*")


def _paths(text: str, _: Public) -> Iterator[_Found]:
    for match in _PATH.finditer(text):
        yield _Found(*match.span(), "<path>", tuple(_HOME.findall(match[0])))


def _quoted(text: str, public: Public) -> Iterator[_Found]:
    for match in re.finditer(r'"([^"\n]+)"', text):
        if match[1] not in public.text:
            yield _Found(*match.span(1), "<text>", (match[1],))


_FINDERS: tuple[_Finder, ...] = (
    _all(r"-----BEGIN [^-\n]*-----.*?(?:-----END [^-\n]*-----|\Z)", "<key>", re.DOTALL),
    # A fingerprint, drawn.
    _all(r"^\+-+\[.*\]-*\+\n(?:\|.*\n)*\+-+(?:\[.*\])?-*\+", "<fingerprint>", re.MULTILINE),
    _links,
    _all(r"SHA256:([A-Za-z0-9+/]+=*)", "<fingerprint>"),
    _all(r"(?<![0-9a-z])(?:[0-9a-f]{2}:){5,}[0-9a-f]{2}(?![0-9a-f])", "<fingerprint>", re.IGNORECASE),
    _all(r"AAAA[A-Za-z0-9+/]{16,}={0,3}", "<key>"),
    _people,
    _all(r"\bvsc\d{3,}\b", "<account>", re.IGNORECASE),
    _all(r"Logging in as (\S+) from", "<account>"),
    _all(r'Using username "([^"\n]+)"', "<account>"),
    _all(r"login as: (\S+)", "<account>"),
    _all(r"(?:public key|for key) \"([^\"\n]*)\"", "<comment>"),
    _all(r"for key '([^'\n]*)'", "<path>"),
    _all(r"(?:password|passphrase|pin|code)\b[^:\n]*: *(\S.*)", "<typed>", re.IGNORECASE),
    _addresses,
    _paths,
    _hosts,
    _quoted,
    _all(r"(?<![\w+/=])(?=[A-Za-z+/=]*\d)(?=[\d+/=]*[A-Za-z])[A-Za-z0-9+/=]{16,}(?![\w+/=])", "<secret>"),
)
