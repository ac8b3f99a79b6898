"""Reading a page of the guide: its front matter, its blocks, and the instructions among them."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from markdown_it import MarkdownIt

from mfa_guide.base.reading import read_text
from mfa_guide.clients.requirement import Requirement
from mfa_guide.clients.suites import WINE
from mfa_guide.guide import front_matter
from mfa_guide.guide.anchors import anchors
from mfa_guide.guide.layout import FlatLine, flatten
from mfa_guide.problems import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from markdown_it.token import Token

    from mfa_guide.guide.front_matter import FrontMatter, Practice
    from mfa_guide.guide.guide import Guide
    from mfa_guide.guide.layout import Tab

DOCS = "docs"
WINDOWS = "Windows"
"""The label of the tabs that are followed at a computer with Windows; all others are followed at one with Linux."""
SNIPPETS = "snippets"
NOTEBOOKS = "notebooks"

_INCLUDE = re.compile(r'--8<-- "(?P<snippet>[^":]+)"\n')
# Jinja, which fills the pages, takes any blanks here, and either quotation mark.
_PROBLEM = re.compile(r"""\{\{-?\s*problem\(\s*(?P<mark>["'])(?P<id>[^"']*)(?P=mark)\s*\)\s*-?\}\}""")
# Within a paragraph it is words.
_WRITTEN = re.compile(r"(?:\A|\n[ \t]*\n)[ \t]*\{\{-?\s*(?!problem\()\w+\(|\n#+ [^\n]*\{\{")
"""A part of a page that the website alone knows, which may have headings; or a heading that it fills."""


@dataclass(frozen=True)
class Block:
    """A part of a page that is not prose: a fence, indented code, HTML."""

    kind: Literal["fence", "indented", "html"]
    line: int
    """Its first line on the page, counted from 1."""
    info: str
    """What stands after the back-ticks of a fence."""
    content: str
    closed: bool = True
    """Whether a fence has its closing line."""
    tabs: tuple[Tab, ...] = ()
    """The tabs in which it stands, the outermost first."""
    folded: bool = False
    """Whether it is out of sight until the reader opens what it stands in."""

    @property
    def language(self) -> str:
        """The first word after the back-ticks."""
        return self.info.split(maxsplit=1)[0] if self.info else ""

    @property
    def snippet(self) -> str | None:
        """The snippet that the fence embeds, when it embeds one whole file and has nothing else in it."""
        match = _INCLUDE.fullmatch(self.content)
        return match["snippet"] if match else None

    def given(self) -> dict[str, str | None]:
        """Return what stands after the language: `word` (None) or `word="value"`.

        Raises:
            ValueError: a quotation mark is left open.
        """
        return {
            name: value if equals else None
            for name, equals, value in (word.partition("=") for word in shlex.split(self.info)[1:])
        }

    @property
    def readable(self) -> bool:
        """Whether what stands after the language can be read."""
        try:
            self.given()
        except ValueError:
            return False
        return True


@dataclass(frozen=True)
class Instruction:
    """One thing that a page tells the reader to do, with what the reader should then see."""

    page: str
    """The page, relative to docs/."""
    line: int
    """The line of its fence on the page, counted from 1."""
    kind: str
    """The name of its kind, for `mfa_guide.kinds.KINDS`."""
    snippet: str
    """Its text, relative to snippets/."""
    given: tuple[tuple[str, str | None], ...] = ()
    """What stands after its kind: `word` (None) or `word="value"`."""
    label: str = ""
    """The label of the tabs that the reader follows in this run; empty on a page without tabs."""
    where: str = field(default="", compare=False)
    """What it is called for people: as `id`, with the file of the page, relative to the project."""
    source: str = field(default="", compare=False)
    """The file with its text, relative to the project."""

    @property
    def id(self) -> str:
        """What the instruction is called in evidence."""
        return f"{self.page}:{self.line}" + (f"[{self.label}]" if self.label else "")

    @property
    def options(self) -> dict[str, str | None]:
        """What stands after its kind, by name."""
        return dict(self.given)

    def option(self, name: str) -> str:
        """Return the value of an option; nothing when it has none, or is not given."""
        return self.options.get(name) or ""


@dataclass(frozen=True)
class Link:
    """A link or a picture in the prose of a page."""

    line: int
    target: str


@dataclass(frozen=True)
class Words:
    """A piece of prose that has one style and one line."""

    line: int
    text: str
    code: bool
    """Whether it is in code style."""
    tried: bool = True
    """Whether something is carried out that may show it: below an entry of the catalogue there may be nothing."""


@dataclass(frozen=True)
class Page:
    """A page of the guide."""

    guide: Guide = field(compare=False, repr=False)
    name: str
    """Its path relative to docs/, with forward slashes."""
    front_matter: FrontMatter = field(compare=False, repr=False)
    blocks: tuple[Block, ...]
    links: tuple[Link, ...]
    anchors: frozenset[str] | None
    """What a link to the page may name behind `#`; None where the website writes parts of the page."""
    includes: tuple[int, ...]
    """Every line on which a snippet is embedded."""
    tabs: tuple[Tab, ...]
    """Every tab, in order."""
    words: tuple[Words, ...]
    """Its prose, in order; that of the catalogue of problems comes after its own."""
    problems: tuple[tuple[int, str], ...]
    """The entries of the catalogue of problems that it shows, each with its line."""
    unkept: tuple[int, ...]
    """The lines on which prose ends in a colon, and nothing follows that it could announce."""
    folded_headings: tuple[int, ...]
    """The lines of headings that are out of sight until the reader opens what they stand in."""

    @property
    def practice(self) -> Practice:
        """Where and on which machine it is carried out."""
        return self.front_matter.practice

    @property
    def title(self) -> str:
        """What it is called; its path where it does not say."""
        return str(self.front_matter.values.get("title") or self.name)

    @property
    def project(self) -> Path:
        """The folder with `mkdocs.yml`."""
        return self.guide.project

    @property
    def path(self) -> Path:
        """Its file."""
        return self.guide.edition.file(f"{DOCS}/{self.name}")

    @property
    def where(self) -> str:
        """What to call its file in messages: its path, relative to the project."""
        return self.guide.edition.where(self.path)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels for which the page is carried out, once each, the one for Windows last.

        An empty one is for a page without tabs.
        """
        holding = {tab.group for block in self._checked for tab in block.tabs}
        labels = dict.fromkeys(tab.label for tab in self.tabs if tab.group in holding)
        return tuple(_windows_last(label for label in labels if label not in self.practice.labels)) or ("",)

    @cached_property
    def instructions(self) -> tuple[Instruction, ...]:
        """The instructions of all runs. A fence that the gate reports may be missing here."""
        return tuple(instruction for label in self.labels for instruction in self.run(label))

    def run(self, label: str) -> tuple[Instruction, ...]:
        """Return what a reader carries out who follows the tabs with a label, in order.

        In a group of tabs without that label the reader sees the first that is carried out at all.
        """
        return tuple(
            self._instruction(block, block.snippet, label)
            for block in self._checked
            if block.snippet and all(self._followed(tab, label) for tab in block.tabs)
        )

    def _instruction(self, block: Block, snippet: str, label: str) -> Instruction:
        return Instruction(
            self.name,
            block.line,
            block.language,
            snippet,
            tuple(block.given().items()),
            label,
            where=f"{self.where}:{block.line}" + (f"[{label}]" if label else ""),
            source=self.guide.edition.where(self.snippet_file(snippet)),
        )

    def followed(self, label: str) -> str:
        """Return the label that a reader follows here who follows `label` on a later page."""
        return label if label in self.labels else self.labels[0]

    def is_for(self, instruction: Instruction, versions: Mapping[str, str]) -> bool:
        """Tell whether an instruction of the page is for these versions of the clients.

        What an instruction says that nobody can read is the gate's business: it is for all.
        """
        if (instruction.label == WINDOWS) != (WINE in versions):
            return False
        if not all(requirement.met_by(versions) for requirement in self.practice.only):
            return False
        try:
            return not instruction.option("with") or Requirement.parse(instruction.option("with")).met_by(versions)
        except ValueError:
            return True

    @property
    def _checked(self) -> list[Block]:
        """The fences with an instruction whose options can be read."""
        return [block for block in self.blocks if block.language in self.guide.kinds and block.readable]

    def _followed(self, tab: Tab, label: str) -> bool:
        group = [other.label for other in self.tabs if other.group == tab.group]
        carried_out = _windows_last(other for other in group if other not in self.practice.labels)
        return tab.label == (label if label in group else next(iter(carried_out), None))

    def snippet(self, instruction: Instruction) -> Path:
        """Return the file that holds the text of an instruction."""
        return self.snippet_file(instruction.snippet)

    def snippet_file(self, snippet: str) -> Path:
        """Return the file of a snippet, named relative to snippets/."""
        return self.guide.edition.file(f"{SNIPPETS}/{snippet}")


def _windows_last(labels: Iterable[str]) -> list[str]:
    return sorted(labels, key=WINDOWS.__eq__)


def read_page(guide: Guide, name: str) -> Page:
    """Read a page; `Guide.page` does it once for each.

    Args:
        guide: the guide of which it is a page.
        name: its path, relative to docs/.

    Raises:
        GuideError: it is not text, its front matter cannot be read, or it shows a problem that is not in the catalogue.
    """
    path = guide.edition.file(f"{DOCS}/{name}")
    where = guide.edition.where(path)
    text = read_text(path, where)
    said, text = front_matter.split(where, text)
    # Python-Markdown takes a tab for four columns.
    lines = text.expandtabs(4).splitlines()
    flat = list(flatten(lines))
    tokens = _parse("\n".join(line.text for line in flat) + "\n")
    problems = [
        (number, match["id"]) for number, line in enumerate(lines, start=1) for match in _PROBLEM.finditer(line)
    ]
    told = [(number, _parse(catalogue.stated(catalogue.find(id, guide.policy.version)))) for number, id in problems]
    blocks = tuple(_blocks(tokens, flat))
    ends = [number for number, _ in problems[1:]] + [len(lines) + 1]
    tried = {
        number
        for (number, _), end in zip(problems, ends, strict=False)
        if any(number < block.line < end and block.language in guide.kinds for block in blocks)
    }
    return Page(
        guide,
        name,
        said,
        blocks,
        (*_links(tokens), *(Link(number, link.target) for number, text in told for link in _links(text))),
        None if _WRITTEN.search(text) else anchors([*tokens, *(token for _, text in told for token in text)]),
        tuple(number for number, line in enumerate(lines, start=1) if re.search(r"-+8<-+", line)),
        tuple(dict.fromkeys(tab for line in flat for tab in line.tabs)),
        (
            *_words(tokens),
            *(
                Words(number, words.text, words.code, number in tried)
                for number, text in told
                for words in _words(text)
            ),
        ),
        tuple(problems),
        tuple(_unkept(tokens, flat)),
        tuple(
            token.map[0] + 1
            for token in tokens
            if token.type == "heading_open" and token.map and flat[token.map[0]].folded
        ),
    )


def _parse(markdown: str) -> list[Token]:
    return MarkdownIt("commonmark").parse(markdown)


def links_in(markdown: str) -> list[Link]:
    """Return the links and pictures in a text, each with its line, counted from 1."""
    return [*_links(_parse(markdown))]


def _blocks(tokens: list[Token], lines: list[FlatLine]) -> Iterator[Block]:
    for token in tokens:
        if token.map is None:
            continue
        first, end = token.map
        if token.type == "fence":
            last = lines[min(end, len(lines)) - 1].text.lstrip("> ").rstrip()
            closed = end - first > 1 and set(last) == {token.markup[0]} and len(last) >= len(token.markup)
            at = lines[first]
            yield Block("fence", first + 1, token.info.strip(), token.content, closed, at.tabs, at.folded)
        elif token.type == "code_block":
            yield Block("indented", first + 1, "", token.content)
        elif token.type == "html_block":
            yield Block("html", first + 1, "", token.content)
        for line, child in _children(token):
            if child.type == "html_inline":
                yield Block("html", line, "", child.content)


def _links(tokens: list[Token]) -> Iterator[Link]:
    for token in tokens:
        for line, child in _children(token):
            target = child.attrGet("href") if child.type == "link_open" else child.attrGet("src")
            if isinstance(target, str):
                yield Link(line, target)


def _words(tokens: list[Token]) -> Iterator[Words]:
    for token in tokens:
        for line, child in _children(token):
            if child.type in ("text", "code_inline"):
                yield Words(line, child.content, child.type == "code_inline")


# Tables and pictures are paragraphs to CommonMark, and so is what the site writes itself.
_NO_PROSE = ("|", "![", "{{")


def _unkept(tokens: list[Token], lines: list[FlatLine]) -> Iterator[int]:
    for at, token in enumerate(tokens):
        if token.type != "inline" or token.map is None or not token.content.endswith(":"):
            continue
        end = token.map[1]
        following = next((other for other in tokens[at + 1 :] if other.nesting >= 0), None)
        if following is None or following.map is None:
            yield end
            continue
        line = lines[following.map[0]]
        prose = following.type == "paragraph_open" and not line.text.lstrip().startswith(_NO_PROSE)
        into_tab = len(line.tabs) > len(lines[end - 1].tabs)
        if (prose and not into_tab) or following.type in ("heading_open", "list_item_open"):
            yield end


def _children(token: Token) -> Iterator[tuple[int, Token]]:
    """The parts of a piece of prose, each with its line on the page."""
    line = token.map[0] + 1 if token.map else 0
    for child in token.children or []:
        yield line, child
        line += child.type in ("softbreak", "hardbreak")
