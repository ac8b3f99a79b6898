"""Drift of words: what prose has in code style, and facts that it states, are known to a check or to the policy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mfa_guide.base.errors import GuideError
from mfa_guide.expecting.shapes import ANY
from mfa_guide.gate.amounts import amounts, size
from mfa_guide.kinds import instructed
from mfa_guide.policy.naming import filled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_guide.guide.page import Page

_HOST = re.compile(r"\b[\w-]+(?:\.[\w-]+)*\.(?:be|eu)\b")


def drifting(page: Page) -> Iterator[tuple[int, str]]:
    """Yield a line and what to do for every word that no check and no fact stands behind.

    On pages without instructions, and in problems for which nothing is carried out, only literal facts are looked for.

    Raises:
        GuideError: the pages that this one needs cannot be read.
    """
    stated_facts = page.guide.policy.facts
    facts: dict[object, str] = {}
    for name, fact in stated_facts.items():
        if fact.unit is None:
            facts[str(fact)] = f"{{{{ facts.{name} }}}}"
        elif isinstance(fact.value, int):
            facts[size(fact.value, fact.unit)] = f"{{{{ facts.{name} }}}} {{{{ facts.{name}.unit }}}}"
    allowed = page.practice.words
    known = "\n".join([*_known(page), *map(str, stated_facts.values())])
    met: set[str] = set()
    for words in page.words:
        try:
            filled(words.text, page.guide.policy)
        except GuideError as error:
            yield words.line, str(error)
            continue
        told = list(amounts(words.text))
        in_words = {amount.text for amount in told if not amount.in_digits}
        sizes = {amount.text: size(amount.number, amount.unit) for amount in told}
        for stated in [*sizes, *_HOST.findall(words.text)]:
            if macro := facts.get(sizes.get(stated, stated)):
                yield words.line, f"“{stated}” is a fact of the policy: write {macro}"
            # In words an amount is rough, unless it is a fact.
            elif page.instructions and words.tried and stated not in in_words and not _occurs(stated, known):
                met.add(stated)
                if stated not in allowed:
                    yield words.line, f"nothing checks “{stated}”: show it in an instruction, or name it in {_HOW}"
        if words.code and words.tried and page.instructions:
            text = filled(words.text, page.guide.policy)
            if not _occurs(text, known):
                met.add(words.text)
                if words.text not in allowed:
                    yield words.line, f"no instruction here shows `{words.text}`: show it, or name it in {_HOW}"
    for word in allowed.keys() - met:
        yield 1, f"front matter, `practice.words`: “{word}” needs no reason: it is checked, or not on the page"


_HOW = "`practice: words:` with the reason"


def _known(page: Page) -> Iterator[str]:
    """What is carried out on this page, on those that come before it, and on those to which it sends its reader."""
    guide = page.guide
    linked = {(page.path.parent / link.target.partition("#")[0]).resolve() for link in page.links}
    others = [guide.page_at(path) for path in guide.files() if path.resolve() in linked]
    for each in (*guide.before(page), page, *others):
        for block in each.blocks:
            if block.snippet and block.language in guide.kinds:
                for path in instructed(block.language).files(each.snippet_file(block.snippet)):
                    if path.is_file():
                        yield path.read_text(encoding="utf-8", errors="replace")
            yield block.info


def _occurs(text: str, known: str) -> bool:
    # As whole words; `…` stands for something, as it does in a transcript.
    pattern = ".+?".join(re.escape(part) for part in text.split(ANY))
    before, after = (r"(?<!\w)" if text[:1].isalnum() else "", r"(?!\w)" if text[-1:].isalnum() else "")
    return re.search(before + pattern + after, known) is not None
