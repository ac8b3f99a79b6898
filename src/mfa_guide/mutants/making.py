"""Mutants of the guide: the same pages with one thing wrong in them, each of which a check should notice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from mfa_guide.base.errors import GuideError
from mfa_guide.clients import suites
from mfa_guide.clients.requirement import Requirement
from mfa_guide.expecting.shapes import ANY, pieces
from mfa_guide.guide.page import DOCS, SNIPPETS
from mfa_guide.kinds.transcript import by_version
from mfa_guide.kinds.transcript.reading import PROMPT, parse_transcript
from mfa_guide.kinds.walkthrough.steps import parse_walkthrough

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mfa_guide.guide.page import Block, Instruction, Page
    from mfa_guide.policy import Fact, Policy

# What one reads as a word: a name, a number, an address, a path.
_WORD = re.compile(r"\w[\w.:/~+-]*\w|\w")
# What is done, seen or proved in a window; what is only said has no check.
_VALUE = re.compile(r"^[- ]*(?!says|picture|window)[a-z-]+: (?P<value>.*)$")


@dataclass(frozen=True)
class Mutant:
    """A guide with one thing wrong in it."""

    pages: tuple[str, ...]
    """The pages on which it could be noticed, relative to docs/."""
    place: str
    """Where the reader meets it: the page and the line."""
    file: str
    """The file that is changed, relative to the project; `policy` when it is a fact of the practice site."""
    line: int
    """The line of the change, counted from 1."""
    source: str
    """That line as it stands; for a fact, its name."""
    change: str
    """What is changed, in words."""
    text: str
    """What the file has instead; for a fact of the practice site, its value in JSON."""
    suites: tuple[str, ...] = ()
    """The suites of clients that can notice it; empty when any can."""

    @property
    def id(self) -> str:
        """What it is called: the same in every run, as long as its line is not edited."""
        return f"{self.file}:{self.line}: {self.source.strip()}: {self.change}"


Change = tuple[int, str, list[str]]
"""A line counted from 1, what is changed in words, and all lines with the change."""


def of_pages(pages: Sequence[Page], policy: Policy) -> list[Mutant]:
    """Return all mutants of these pages: of their snippets, their fences, and the facts that they mention."""
    found: dict[str, Mutant] = {}
    for page in pages:
        for mutant in (*_of_snippets(page, pages), *_of_fences(page), *_of_facts(page, pages, policy)):
            found.setdefault(mutant.id, mutant)
    return list(found.values())


def _of_snippets(page: Page, pages: Sequence[Page]) -> Iterator[Mutant]:
    for instruction in page.instructions:
        lines = page.snippet(instruction).read_text(encoding="utf-8").splitlines()
        only = tuple(Requirement.parse(instruction.only).suites()) if instruction.only else ()
        showing = tuple(
            other.name for other in pages if any(each.snippet == instruction.snippet for each in other.instructions)
        )
        for number, change, changed in _changes(instruction, lines):
            yield Mutant(
                showing,
                f"{DOCS}/{page.name}:{instruction.line}",
                f"{SNIPPETS}/{instruction.snippet}",
                number,
                lines[number - 1],
                change,
                "\n".join(changed) + "\n",
                only,
            )
        yield from _of_differences(page, instruction, showing)


def _of_differences(page: Page, instruction: Instruction, showing: tuple[str, ...]) -> Iterator[Mutant]:
    """Change what other versions show, and leave each difference out."""
    path = by_version.file_of(page.snippet(instruction))
    differences = by_version.read_differences(page.snippet(instruction))
    lines = path.read_text(encoding="utf-8").splitlines() if differences else []
    for difference, part in zip(differences, _parts(lines, [each.line for each in differences]), strict=True):
        shows = next(number for number in part if lines[number - 1].lstrip("- ").startswith("shows:"))
        changes = [(part.start, "dropped", [*lines[: part.start - 1], *lines[part.stop - 1 :]])]
        for number in range(shows, part.stop):
            line = lines[number - 1]
            value = line.partition("shows:")[2] if number == shows else line
            for change, other in _shown_words(value):
                changes.append((number, change, _with(lines, number, line.removesuffix(value) + other)))
        for number, change, changed in changes:
            yield Mutant(
                showing,
                f"{DOCS}/{page.name}:{instruction.line}",
                path.relative_to(page.project).as_posix(),
                number,
                lines[number - 1],
                change,
                "".join(f"{line}\n" for line in changed),
                tuple(difference.requirement.suites()),
            )


def _changes(instruction: Instruction, lines: list[str]) -> Iterator[Change]:
    match instruction.kind:
        case "transcript":
            transcript = parse_transcript("\n".join(lines))
            starts = [command.line.number for command in transcript.commands]
            for number, line in enumerate(lines, start=1):
                words = _command_words if number in starts else _shown_words
                for change, other in words(line):
                    yield number, change, _with(lines, number, other)
            yield from _moved(lines, _parts(lines, starts))
            for number, change, changed in _moved(lines, _parts(lines), starts):
                # Beside a line of `…` alone it may be one of those that stand there: without it, nothing wrong is said.
                if change != "dropped" or ANY not in (_shown(lines, number - 1), _shown(lines, number + 1)):
                    yield number, change, changed
        case "walkthrough":
            for number, line in enumerate(lines, start=1):
                if value := _VALUE.match(line):
                    for change, other in _words(value["value"]):
                        yield number, change, _with(lines, number, line[: value.start("value")] + other)
            steps = [step.line for step in parse_walkthrough("\n".join(lines)).steps]
            proves = next((number for number, line in enumerate(lines, start=1) if line.startswith("proves:")), None)
            shown = lines[: proves - 1] if proves else lines
            for number, change, changed in _moved(shown, _parts(shown, steps)):
                yield number, change, changed + lines[len(shown) :]
        case "file" | "python":
            for number, line in enumerate(lines, start=1):
                for change, other in _words(line):
                    yield number, change, _with(lines, number, other)
            yield from _moved(lines, _parts(lines))


def _parts(lines: list[str], starts: Sequence[int] | None = None) -> list[range]:
    """Return the parts that begin at these lines, each as far as the next; every line by itself when not given."""
    starts = range(1, len(lines) + 1) if starts is None else starts
    ends = [*starts, len(lines) + 1][1:]
    return [range(start, end) for start, end in zip(starts, ends, strict=True)]


def _shown(lines: list[str], number: int) -> str:
    return lines[number - 1].strip() if 0 < number <= len(lines) else ""


def _with(lines: list[str], number: int, changed: str) -> list[str]:
    return [*lines[: number - 1], changed, *lines[number:]]


def _moved(lines: list[str], parts: Sequence[range], besides: Sequence[int] = ()) -> Iterator[Change]:
    """Drop each part, and swap it with the next; parts that begin at `besides` are dealt with elsewhere."""
    for part, following in zip_longest(parts, parts[1:]):
        if part.start in besides or not lines[part.start - 1].strip():
            continue
        before, itself = lines[: part.start - 1], lines[part.start - 1 : part.stop - 1]
        yield part.start, "dropped", [*before, *lines[part.stop - 1 :]]
        if following and following.start not in besides:
            other = lines[following.start - 1 : following.stop - 1]
            if other != itself and other[0].strip():
                yield (
                    part.start,
                    "swapped with what follows",
                    [*before, *other, *itself, *lines[following.stop - 1 :]],
                )


def _command_words(line: str) -> Iterator[tuple[str, str]]:
    for match in re.finditer(r"\S+", line.removeprefix(PROMPT)):
        start, end = (at + len(PROMPT) for at in match.span())
        if match[0].startswith("-"):
            yield f"“{match[0]}” dropped", line[:start].rstrip() + line[end:]
    yield from _words(line)


def _shown_words(line: str) -> Iterator[tuple[str, str]]:
    at = 0
    for piece in pieces(line):
        if piece.shape is None and piece.text != ANY:
            for change, changed in _words(piece.text):
                yield change, line[:at] + changed + line[at + len(piece.text) :]
        elif piece.text == ANY and line.strip() != ANY:
            yield "“…” dropped", line[:at] + line[at + len(piece.text) :]
        at += len(piece.text)


def _words(text: str) -> Iterator[tuple[str, str]]:
    for match in _WORD.finditer(text):
        other = other_word(match[0])
        yield f"“{match[0]}” becomes “{other}”", text[: match.start()] + other + text[match.end() :]


def other_word(word: str) -> str:
    """Return a word that is almost the same: another digit if it has one, or else another last letter."""
    if digits := re.search(r"\d", word):
        return word[: digits.start()] + str((int(digits[0]) + 1) % 10) + word[digits.end() :]
    return word[:-1] + ("e" if word[-1] == "x" else "x")


def _of_fences(page: Page) -> Iterator[Mutant]:
    lines = page.path.read_text(encoding="utf-8").splitlines()
    carried_out = {instruction.line for instruction in page.instructions}
    blocks = [block for block in page.blocks if block.line in carried_out]
    for block, following in zip_longest(blocks, blocks[1:]):
        changes = list(_options(lines[block.line - 1]))
        texts = [(change, _with(lines, block.line, changed)) for change, changed in changes]
        end = _end(block)
        texts.append(("dropped", [*lines[: block.line - 1], *lines[end:]]))
        if following and following.tabs == block.tabs:
            swapped = list(lines)
            # Each holds one line.
            swapped[block.line - 1 : end], swapped[following.line - 1 : _end(following)] = (
                lines[following.line - 1 : _end(following)],
                lines[block.line - 1 : end],
            )
            texts.append(("swapped with what follows", swapped))
        suites_of = _suites_of(block)
        if suites_of != [*suites.VERSIONS]:
            texts.append((_FOR_ALL, _with(lines, block.line, re.sub(r' with="[^"]*"', "", lines[block.line - 1]))))
        for change, changed in texts:
            place = f"{DOCS}/{page.name}:{block.line}"
            text = "\n".join(changed) + "\n"
            # The snippet tells fences apart that begin with the same words.
            source = f"{lines[block.line - 1].strip()} {block.snippet}"
            # That it is for all versions is noticed by the others; whatever else is wrong with it, by its own.
            noticing = [name for name in suites.VERSIONS if (name in suites_of) != (change == _FOR_ALL)]
            told = tuple(noticing) if suites_of != [*suites.VERSIONS] else ()
            yield Mutant((page.name,), place, f"{DOCS}/{page.name}", block.line, source, change, text, told)


_FOR_ALL = "`with` dropped"


def _suites_of(block: Block) -> list[str]:
    """Return the suites that carry out a fence."""
    only = block.options().get("with")
    return Requirement.parse(only).suites() if only else [*suites.VERSIONS]


def _end(block: Block) -> int:
    return block.line + block.content.count("\n") + 1


def _options(line: str) -> Iterator[tuple[str, str]]:
    for word in ("waits", "append"):
        if re.search(rf"\b{word}\b", line):
            yield f"`{word}` dropped", re.sub(rf" {word}\b", "", line)
    for old, new in (("600", "644"), ("644", "600"), ("700", "755"), ("755", "700"), ("400", "600")):
        if f'mode="{old}"' in line:
            yield f"mode {old} becomes {new}", line.replace(f'mode="{old}"', f'mode="{new}"')
    if path := re.search(r'path="(.*?)"', line):
        yield "another path", line.replace(path[0], f'path="{other_word(path[1])}"')


def _of_facts(page: Page, pages: Sequence[Page], policy: Policy) -> Iterator[Mutant]:
    for name, fact in policy.facts.items():
        mentioning = {other.name: line for other in pages if (line := _mention(other, name, fact))}
        if page.name not in mentioning:
            continue
        value = _other_value(fact)
        yield Mutant(
            tuple(mentioning),
            f"{DOCS}/{page.name}:{mentioning[page.name]}",
            "policy",
            1,
            name,
            f"the practice site has “{value}” for “{fact}”",
            fact.model_copy(update={"value": value}).model_dump_json(),
        )


def _mention(page: Page, name: str, fact: Fact) -> int | None:
    """Return the first line on which a page, or a snippet that it shows, mentions a fact."""
    for number, line in enumerate(page.path.read_text(encoding="utf-8").splitlines(), start=1):
        if re.search(rf"\bfacts\.{name}\b", line):
            return number
    for instruction in page.instructions:
        text = page.snippet(instruction).read_text(encoding="utf-8")
        if any(_says(text, value) for value in _texts(fact)):
            return instruction.line
    return None


def _says(text: str, value: str) -> bool:
    pattern = "[^\n]+?".join(re.escape(part) for part in re.split(r"\{\w+\}", value))
    return re.search(rf"(?<!\w){pattern}(?!\w)", text) is not None


def _texts(fact: Fact) -> tuple[str, ...]:
    match fact.value:
        case str():
            return (fact.value,)
        case tuple():
            return fact.value
        case _:
            # A bare number in a snippet is seldom this fact.
            return ()


def _other_value(fact: Fact) -> str | int | tuple[str, ...]:
    match fact.value:
        case int():
            return fact.value + 1
        case tuple():
            return tuple(_other_text(value) for value in fact.value)
        case str():
            return _other_text(fact.value)


def _other_text(value: str) -> str:
    """Change the first word that is not one of the names in braces."""
    for match in _WORD.finditer(value):
        if value[match.start() - 1 : match.start()] != "{":
            return value[: match.start()] + other_word(match[0]) + value[match.end() :]
    raise GuideError(f"the fact “{value}” has no word to change")
