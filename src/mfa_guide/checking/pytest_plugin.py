"""Collects the guide as tests: of a page each instruction, and what escapes the check; of the notebooks each one.

Installed with the package, so pytest always loads it; it does nothing in a project whose `mkdocs.yml` does not name
the plugin `mfa-guide`, and imports what it needs when it needs it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from mfa_guide.base.errors import GuideError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mfa_guide.checking.run import Run
    from mfa_guide.guide.guide import Guide
    from mfa_guide.guide.page import Instruction, Page

_BY_FILE = pytest.StashKey[dict["Path", list["Guide"]]]()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the pages below docs/, the notebooks, and those of older editions."""
    if file_path.suffix in (".md", ".ipynb") and _is_guide(parent.config.rootpath):
        try:
            guides = _by_file(parent.config).get(file_path)
        except GuideError as error:
            raise pytest.UsageError(str(error)) from None
        if guides:
            kind = PageFile if file_path.suffix == ".md" else NotebookFile
            return kind.from_parent(parent, path=file_path, guides=guides)
    return None


@cache
def _is_guide(folder: Path) -> bool:
    from mfa_guide.base.project import is_guide

    return (folder / "mkdocs.yml").is_file() and is_guide(folder)


def _by_file(config: pytest.Config) -> dict[Path, list[Guide]]:
    """Return, for each page and notebook, the editions that it is a part of, today's first; each page is read once."""
    from mfa_guide.kinds import open_guides

    if _BY_FILE not in config.stash:
        found: dict[Path, list[Guide]] = {}
        for guide in open_guides(config.rootpath):
            for file in (*guide.files(), *guide.notebooks()):
                found.setdefault(file, []).append(guide)
        config.stash[_BY_FILE] = found
    return config.stash[_BY_FILE]


class DoesNotHoldError(GuideError):
    """Something on a page does not hold; the message says all there is to say."""


class _File(pytest.File):
    """A file of the guide, with the editions that it is a part of."""

    def __init__(self, *, guides: list[Guide], **rest: Any) -> None:
        super().__init__(**rest)
        self.guides = guides

    def of(self, guide: Guide) -> str:
        """Return what is said of the edition behind the name of a test: nothing of the first, which may be the only."""
        return "" if guide is self.guides[0] else f" ({guide.edition.name})"


class PageFile(_File):
    """A page. It is carried out once by each edition, as far as its tests need."""

    def collect(self) -> Iterator[pytest.Item]:
        """Return the tests of the page, all for one worker of pytest-xdist."""
        from mfa_guide.checking.carrying_out import Way
        from mfa_guide.checking.run import Run

        self.runs: list[Run] = []
        for guide in self.guides:
            try:
                run = Run(guide.page_at(self.path), Way(keep_going=True))
            except GuideError as error:
                raise self.CollectError(str(error)) from None
            self.runs.append(run)
            of = self.of(guide)
            items: list[pytest.Item] = [GateItem.from_parent(self, name=f"gate{of}", page=run.page)]
            for instruction in _for_us(run.page):
                name = f"{instruction.id}{of}"
                items.append(InstructionItem.from_parent(self, name=name, run=run, instruction=instruction))
            for item in items:
                if self.config.pluginmanager.hasplugin("xdist"):
                    item.add_marker(pytest.mark.xdist_group(f"{run.page.where}{of}"))
                yield item

    def teardown(self) -> None:
        """Close the page's sessions, and keep the evidence that is about the whole page."""
        for run in self.runs:
            ours = _for_us(run.page)
            if ours and all(map(run.reached, ours)):
                # What is left is for other versions.
                for instruction in run.page.instructions:
                    run.result(instruction)
            run.keep()
            run.close()


def _for_us(page: Page) -> list[Instruction]:
    """Return the instructions that are for the versions of the clients here; the others are for other suites."""
    from mfa_guide.clients.versions import Here, Versions

    versions = Versions(Here())
    return [each for each in page.instructions if page.is_for(each, versions)]


class _Item(pytest.Item):
    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """Say what does not hold in the words of the report, without a traceback."""
        if isinstance(excinfo.value, GuideError):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))


class GateItem(_Item):
    """That nothing on the page escapes the check."""

    def __init__(self, *, page: Page, **rest: Any) -> None:
        super().__init__(**rest)
        self.page = page

    def runtest(self) -> None:
        """Look for what escapes."""
        from mfa_guide.gate.on_page import findings

        if found := findings(self.page):
            raise DoesNotHoldError("\n".join(str(finding) for finding in found))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where the test is, and what it is called in the report."""
        return self.path, 0, f"{self.path.relative_to(self.config.rootpath)} gate"


class InstructionItem(_Item):
    """That an instruction holds."""

    def __init__(self, *, run: Run, instruction: Instruction, **rest: Any) -> None:
        super().__init__(**rest)
        self.run = run
        self.instruction = instruction

    def runtest(self) -> None:
        """Carry it out."""
        from mfa_guide.checking.report import explanation

        result = self.run.result(self.instruction)
        if result.failures:
            raise DoesNotHoldError(explanation(result).plain.rstrip())

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where the test is, and what it is called in the report."""
        return self.path, self.instruction.line - 1, self.instruction.where


class NotebookFile(_File):
    """A notebook."""

    def collect(self) -> Iterator[pytest.Item]:
        """Return its only test, by each edition."""
        for guide in self.guides:
            yield NotebookItem.from_parent(self, name=f"outputs{self.of(guide)}", guide=guide)


class NotebookItem(_Item):
    """That a notebook comes to its end, and prints what it stores."""

    def __init__(self, *, guide: Guide, **rest: Any) -> None:
        super().__init__(**rest)
        self.guide = guide

    def runtest(self) -> None:
        """Run it."""
        from mfa_guide.checking.report import notebook_explanation
        from mfa_guide.expecting.failure import Failure
        from mfa_guide.kinds.notebook import check_notebook

        name = self.path.relative_to(self.config.rootpath).as_posix()
        try:
            check_notebook(self.guide, self.path)
        except Failure as failure:
            raise DoesNotHoldError(notebook_explanation(name, failure).plain.rstrip()) from None

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where the test is, and what it is called in the report."""
        return self.path, 0, f"{self.path.relative_to(self.config.rootpath)}"
