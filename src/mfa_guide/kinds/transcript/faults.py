"""What is amiss with the transcripts of a page, as far as nobody has to type them to know."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from mfa_guide.clients import suites
from mfa_guide.expecting.failure import Failure
from mfa_guide.expecting.shapes import LOGIN_LINK
from mfa_guide.kinds.transcript import by_version
from mfa_guide.kinds.transcript.reading import parse_transcript

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mfa_guide.guide.page import Instruction, Page
    from mfa_guide.kinds.kind import Instructed
    from mfa_guide.kinds.transcript.reading import Transcript

_NOBODY_WAITS = (
    "begins with output, but no command waits in this terminal: the fence before it needs `waits`, "
    "or a command here has lost its `$ `"
)


def of(page: Page, kind: Instructed[Any]) -> Iterator[tuple[int, str]]:
    """Yield what is amiss with the transcripts of a page: the line of a fence, and what to do.

    Args:
        page: the page.
        kind: that of transcripts, which reads their options.
    """
    yield from _differences(page, kind)
    yield from _anything(page, kind)
    for label in page.labels:
        for known in suites.everywhere().values():
            run = [each for each in page.run(label) if each.kind == kind.name and page.is_for(each, known)]
            yield from _waiting(page, run, kind)


def _waiting(page: Page, run: Sequence[Instruction], kind: Instructed[Any]) -> Iterator[tuple[int, str]]:
    """A command that is left waiting is continued in the same terminal, and nothing else; each has its own link."""
    waiting: dict[str, int] = {}
    links: dict[str, str] = {}
    for instruction in run:
        try:
            options = kind.read(instruction.options)
        except ValueError:
            # It is named elsewhere.
            continue
        left = waiting.pop(options.window, None)
        if options.waits:
            waiting[options.window] = instruction.line
        transcript = _read(page, instruction)
        if transcript and transcript.continuation and left is None:
            yield instruction.line, _NOBODY_WAITS
        for line in transcript.lines if transcript and options.waits else ():
            here = f"{instruction.source}:{line.number}"
            for link in LOGIN_LINK.findall(line.text):
                if link in links:
                    yield (
                        instruction.line,
                        f"{here}: this link is that of {links[link]} already: each login has one of its own",
                    )
                links.setdefault(link, here)
    for line_waiting in waiting.values():
        yield line_waiting, "`waits`, but no later transcript in this terminal goes on: show how the command ends"


def _anything(page: Page, kind: Instructed[Any]) -> Iterator[tuple[int, str]]:
    """Of what a command shows, something is compared."""
    for instruction in page.instructions:
        if instruction.kind == kind.name and (transcript := _read(page, instruction)):
            for number in transcript.anything():
                where = f"{instruction.source}:{number}"
                yield instruction.line, f"{where}: `…` alone stands for anything: show a line of what is seen"


def _read(page: Page, instruction: Instruction) -> Transcript | None:
    """Return a transcript; None when it cannot be read, which is named elsewhere."""
    with contextlib.suppress(Failure, OSError, UnicodeDecodeError):
        return parse_transcript(page.snippet(instruction).read_text(encoding="utf-8"))
    return None


def _differences(page: Page, kind: Instructed[Any]) -> Iterator[tuple[int, str]]:
    """What other versions show has its place in the snippet, and there is a suite with such a version."""
    for instruction in page.instructions:
        path = page.snippet(instruction)
        if not by_version.file_of(path).is_file() or not path.is_file():
            continue
        try:
            if instruction.kind != kind.name:
                yield instruction.line, "only a transcript has other wordings for other versions"
                continue
            for known in suites.everywhere().values():
                by_version.variant(path, path.read_text(encoding="utf-8"), known)
            for difference in by_version.read_differences(path):
                if not difference.requirement.suites():
                    where = f"{by_version.file_of(path).relative_to(page.project).as_posix()}:{difference.line}"
                    words = difference.requirement.in_words()
                    yield instruction.line, f"{where}: no suite has {words}: it is never met"
        except Failure as failure:
            where = (failure.file or path).relative_to(page.project).as_posix()
            yield instruction.line, f"{where}:{failure.line or 1}: {failure.message}"
        except (OSError, UnicodeDecodeError):
            # Carrying it out says so.
            continue
