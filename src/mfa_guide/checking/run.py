"""A run: a page, carried out as far as somebody asks. The command, pytest and the mutants all use this."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_guide.checking import screenshots
from mfa_guide.checking.carrying_out import in_lab
from mfa_guide.checking.evidence import collect, write_evidence
from mfa_guide.checking.fingerprint import fingerprint
from mfa_guide.clients import suites

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from mfa_guide.checking.carrying_out import Way
    from mfa_guide.checking.evidence import PageEvidence
    from mfa_guide.checking.result import Result
    from mfa_guide.guide.page import Instruction, Page


class Run:
    """A page that is carried out: for each label of its tabs by a reader of their own, in a lab of its own.

    Args:
        page: the page.
        way: how.

    Raises:
        GuideError: a page that it needs cannot be read.
    """

    def __init__(self, page: Page, way: Way) -> None:
        self.page = page
        self._way = way
        self._going: dict[str, Generator[Result]] = {}
        self._ended: dict[str, Exception] = {}
        self._results: dict[Instruction, Result] = {}
        # What is edited while it runs was not carried out.
        self._about = fingerprint(page)
        self._packages = way.suite.packages if way.suite else ""

    def results(self, wanted: Sequence[Instruction] | None = None) -> Iterator[Result]:
        """Carry the page out, and yield each result as soon as it is there.

        Args:
            wanted: the instructions that are wanted; what stands before them prepares them, and what stands behind the
                last is left. All when not given.

        Raises:
            GuideError: a page that it needs cannot be read.
            CannotRunError: there can be no lab on this computer, or a client is missing.
        """
        for label in self.page.labels:
            run = self.page.run(label)
            last = max((run.index(each) for each in wanted if each in run), default=-1) if wanted else len(run) - 1
            for instruction in run[: last + 1]:
                yield self.result(instruction)
            self.close(label)

    def result(self, instruction: Instruction) -> Result:
        """Return the result of an instruction; what stands before it on the page is carried out first.

        Raises:
            GuideError: a page that it needs cannot be read.
            CannotRunError: there can be no lab on this computer, or a client is missing; each time it is asked for.
        """
        label = instruction.label
        if label in self._ended:
            raise self._ended[label]
        going = self._going.setdefault(label, in_lab(self.page, label, self._way))
        try:
            while instruction not in self._results:
                result = next(going)
                self._results[result.instruction] = result
            if instruction == self.page.run(label)[-1]:
                # What is open is closed at once.
                for _ in going:
                    raise AssertionError("nothing comes after the last instruction")
        except Exception as error:
            self._ended[label] = error
            raise
        return self._results[instruction]

    @property
    def evidence(self) -> PageEvidence:
        """What has come of the page so far, as evidence about it as it was at the beginning."""
        return self._collect([*self._results.values()])

    def reached(self, instruction: Instruction) -> bool:
        """Tell whether the result of an instruction is there."""
        return instruction in self._results

    def close(self, label: str | None = None) -> None:
        """Close what is open of one label, or of all."""
        for name, going in self._going.items():
            if label in (None, name):
                going.close()

    @property
    def complete(self) -> bool:
        """Whether the whole page was carried out, or as much of it as can be."""
        return bool(self._results) and len(self._results) == len(self.page.instructions)

    def keep(self) -> None:
        """Keep what was seen as evidence, if it is about the whole page: half a page is no evidence for the page.

        Raises:
            GuideError: it cannot be written.
        """
        if not self.complete:
            return
        in_order = [self._results[instruction] for instruction in self.page.instructions]
        suite = self._way.suite
        write_evidence(self._collect(in_order), self.page.project, suite.name if suite else None)
        if suite is None or suite.name == suites.PICTURED:
            screenshots.keep(self.page, in_order, self._about)

    def _collect(self, results: Sequence[Result]) -> PageEvidence:
        return collect(self.page, results, self._about, self._packages)
