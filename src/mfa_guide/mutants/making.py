"""Mutants of the guide: the same pages with one thing wrong in them, each of which a check should notice."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from pydantic import ValidationError

from mfa_guide.base.errors import GuideError
from mfa_guide.clients import suites
from mfa_guide.guide.page import WINDOWS
from mfa_guide.kinds import instructed
from mfa_guide.kinds.changes import other_text, replaced
from mfa_guide.policy import naming

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from mfa_guide.guide.guide import Guide
    from mfa_guide.guide.page import Block, Instruction, Page
    from mfa_guide.policy import Fact, Policy
    from mfa_guide.policy.stated import Stated


@dataclass(frozen=True)
class Mutant:
    """A guide with one thing wrong in it."""

    edition: str
    """The edition of the guide."""
    pages: tuple[str, ...]
    """The pages of it on which it could be noticed, relative to docs/."""
    place: str
    """Where the reader meets it: the page and the line."""
    file: str
    """The file that is changed, relative to the project; `policy` when it is a fact or a rule of the practice site."""
    line: int
    """The line of the change, counted from 1."""
    source: str
    """That line as it stands; for a fact or a rule, its name."""
    change: str
    """What is changed, in words."""
    text: str
    """What the file has instead; for the practice site, its policy in JSON."""
    suites: tuple[str, ...]
    """The suites of clients that can notice it."""
    anywhere: bool
    """Whether all clients of computers with Linux can, also those that are none of the suites."""
    snippet: tuple[str, str] | None = None
    """The snippet that it is about, relative to the project, and its kind; None when it is about something else."""

    @property
    def id(self) -> str:
        """What it is called: the same in every run, as long as its line is not edited."""
        return f"{self.edition}: {self.file}:{self.line}: {self.source.strip()}: {self.change}"


def of_guide(guide: Guide, pages: Sequence[Page]) -> list[Mutant]:
    """Return all mutants of pages: of their snippets, their fences, and the facts and rules that they speak of.

    Args:
        guide: the guide.
        pages: those of its pages that are to be changed.
    """
    found: dict[str, Mutant] = {}
    mentions = _mentions(pages, guide.policy)
    for page in pages:
        for mutant in (*_of_snippets(page, pages), *_of_fences(page)):
            found.setdefault(mutant.id, mutant)
    for mutant in (*_of_facts(pages, mentions, guide.policy), *_of_rules(pages, mentions, guide.policy)):
        found.setdefault(mutant.id, mutant)
    return list(found.values())


def _of_snippets(page: Page, pages: Sequence[Page]) -> Iterator[Mutant]:
    for instruction in page.instructions:
        path = page.snippet(instruction)
        showing = [
            (other, each) for other in pages for each in other.instructions if each.snippet == instruction.snippet
        ]
        everybody, suites_of = _who(showing)
        for change in instructed(instruction.kind).changes(path.read_text(encoding="utf-8"), path):
            file = change.file or path
            yield Mutant(
                page.guide.edition.name,
                tuple(dict.fromkeys(other.name for other, _ in showing)),
                f"{page.where}:{instruction.line}",
                file.relative_to(page.project).as_posix(),
                change.line,
                file.read_text(encoding="utf-8").splitlines()[change.line - 1],
                change.what,
                "".join(f"{line}\n" for line in change.lines),
                change.suites or suites_of,
                everybody and not change.suites,
                (path.relative_to(page.project).as_posix(), instruction.kind),
            )


def _of_fences(page: Page) -> Iterator[Mutant]:
    lines = page.path.read_text(encoding="utf-8").splitlines()
    carried_out = {instruction.line for instruction in page.instructions}
    blocks = [block for block in page.blocks if block.line in carried_out]
    for block, following in zip_longest(blocks, blocks[1:]):
        first = lines[block.line - 1]
        option_changes = instructed(block.language).option_changes(first)
        texts = [(change, replaced(lines, block.line, changed)) for change, changed in option_changes]
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
        of_block = [instruction for instruction in page.instructions if instruction.line == block.line]
        everybody, suites_of = _who([(page, each) for each in of_block])
        _, without = _who([(page, replace(each, given=())) for each in of_block])
        if block.given().get("with"):
            texts.append((_FOR_ALL, replaced(lines, block.line, re.sub(r' with="[^"]*"', "", lines[block.line - 1]))))
        for change, changed in texts:
            place = f"{page.where}:{block.line}"
            text = "\n".join(changed) + "\n"
            # The snippet tells fences apart that begin with the same words.
            source = f"{lines[block.line - 1].strip()} {block.snippet}"
            # That it is for all versions is noticed by the others; whatever else is wrong with it, by its own.
            noticing = tuple(name for name in without if (name in suites_of) != (change == _FOR_ALL))
            file = page.where
            edition = page.guide.edition.name
            yield Mutant(edition, (page.name,), place, file, block.line, source, change, text, noticing, everybody)


_FOR_ALL = "`with` dropped"


def _who(instructions: Sequence[tuple[Page, Instruction]]) -> tuple[bool, tuple[str, ...]]:
    """Return whether whatever clients a computer with Linux has carry out one of these, and the suites that do.

    Args:
        instructions: each with its page.
    """
    everybody = any(not each.option("with") and each.label != WINDOWS for _, each in instructions)
    noticing = [
        name
        for name, known in suites.everywhere().items()
        if any(page.is_for(each, known) for page, each in instructions)
    ]
    return everybody, tuple(noticing)


def _end(block: Block) -> int:
    return block.line + block.content.count("\n") + 1


def _of_facts(pages: Sequence[Page], mentions: Mapping[str, Mapping[str, int]], policy: Policy) -> Iterator[Mutant]:
    for name, mentioning in mentions.items():
        fact = policy.fact(name)
        value = _other_value(fact)
        other = policy.model_copy(update={"facts": {**policy.facts, name: fact.model_copy(update={"value": value})}})
        change = f"the practice site has “{value}” for “{fact}”"
        yield from _of_policy(pages, mentioning, name, change, other)


def _of_rules(pages: Sequence[Page], mentions: Mapping[str, Mapping[str, int]], policy: Policy) -> Iterator[Mutant]:
    """Yield what differs in a rule, for the pages that speak of the machines for which it is."""
    everywhere = {host for role in policy.roles.values() for host in role.hosts}
    for place in policy.address.closed:
        left = tuple(each for each in policy.address.closed if each != place)
        # Only somebody who is there can notice.
        there = [page for page in pages if page.practice.place == place]
        yield from _of_rule(there, mentions, policy, everywhere, ("address", "closed"), left, f"{place} is open")
    # And only somebody whose computer is managed, what comes of that.
    managed = [page for page in pages if page.practice.managed]
    named: list[tuple[tuple[str, ...], Stated, Sequence[Page], set[str]]] = [
        (("address",), policy.address, managed, everywhere),
        *((("roles", name), role, pages, {*role.hosts}) for name, role in policy.roles.items()),
    ]
    for where, rule, noticing, hosts in named:
        for name, value in rule:
            if isinstance(value, bool):
                change = f"{name} is {str(not value).lower()}"
                yield from _of_rule(noticing, mentions, policy, hosts, (*where, name), not value, change)


def _of_rule(
    pages: Sequence[Page],
    mentions: Mapping[str, Mapping[str, int]],
    policy: Policy,
    hosts: Collection[str],
    where: Sequence[str],
    value: object,
    change: str,
) -> Iterator[Mutant]:
    told = policy.model_dump()
    rule = told
    for name in where[:-1]:
        rule = rule[name]
    rule[where[-1]] = value
    try:
        other = policy.model_validate(told)
    except ValidationError:
        # By such rules there can be no site.
        return
    speaking = {name: line for host in hosts for name, line in mentions[host].items()}
    yield from _of_policy(pages, speaking, ".".join(where), f"the practice site's rule: {change}", other)


def _of_policy(
    pages: Sequence[Page], speaking: Mapping[str, int], name: str, change: str, other: Policy
) -> Iterator[Mutant]:
    """Yield another policy, if a page speaks of what is another one there.

    Args:
        pages: all that are to be changed.
        speaking: the names of those that speak of it, each with its line.
        name: the fact or the rule.
        change: what is changed, in words.
        other: the policy.
    """
    of = [page for page in pages if page.name in speaking]
    if of:
        everybody, suites_of = _who([(page, each) for page in of for each in page.instructions])
        yield Mutant(
            of[0].guide.edition.name,
            tuple(page.name for page in of),
            f"{of[0].where}:{speaking[of[0].name]}",
            "policy",
            1,
            name,
            change,
            other.model_dump_json(),
            suites_of,
            everybody,
        )


def _mentions(pages: Sequence[Page], policy: Policy) -> dict[str, dict[str, int]]:
    """Return, for each fact by its name, the pages that mention it, each with the first line on which one does.

    A page mentions a fact when it names it, or shows a snippet with its value.
    """
    found: dict[str, dict[str, int]] = {name: {} for name in policy.facts}
    for page in pages:
        lines = page.path.read_text(encoding="utf-8").splitlines()
        named = [(number, name) for number, line in enumerate(lines, start=1) for name in naming.named(line)]
        shown = [(each.line, page.snippet(each).read_text(encoding="utf-8")) for each in page.instructions]
        for name, fact in policy.facts.items():
            values = _texts(fact)
            saying = [line for line, text in shown if any(_says(text, value) for value in values)]
            if places := [number for number, other in named if other == name] or saying:
                found[name][page.name] = places[0]
    return found


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
    if (other := other_text(value)) is None:
        raise GuideError(f"the fact “{value}” has no word to change")
    return other
