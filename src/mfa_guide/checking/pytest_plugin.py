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

_GUIDE = pytest.StashKey["Guide"]()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the pages below docs/, and the notebooks."""
    project = parent.config.rootpath
    if file_path.suffix == ".md" and file_path.is_relative_to(project / "docs") and _is_guide(project):
        return PageFile.from_parent(parent, path=file_path)
    if file_path.suffix == ".ipynb" and file_path.parent == project / "notebooks" and _is_guide(project):
        return NotebookFile.from_parent(parent, path=file_path)
    return None


@cache
def _is_guide(folder: Path) -> bool:
    from mfa_guide.base.project import is_guide

    return (folder / "mkdocs.yml").is_file() and is_guide(folder)


def _guide(config: pytest.Config) -> Guide:
    """Return the guide of the project, each of whose pages is read once."""
    from mfa_guide.kinds import open_guide

    if _GUIDE not in config.stash:
        config.stash[_GUIDE] = open_guide(config.rootpath)
    return config.stash[_GUIDE]


class DoesNotHoldError(GuideError):
    """Something on a page does not hold; the message says all there is to say."""


class PageFile(pytest.File):
    """A page. It is carried out once, as far as its tests need."""

    page: Page
    run: Run

    def collect(self) -> Iterator[pytest.Item]:
        """Return the tests of the page, all for one worker of pytest-xdist."""
        from mfa_guide.checking.carrying_out import Way
        from mfa_guide.checking.run import Run

        try:
            self.page = _guide(self.config).page_at(self.path)
        except GuideError as error:
            raise self.CollectError(str(error)) from None
        self.run = Run(self.page, Way(keep_going=True))
        items: list[pytest.Item] = [GateItem.from_parent(self, name="gate")]
        self._ours = self._for_us()
        for instruction in self._ours:
            items.append(InstructionItem.from_parent(self, name=instruction.id, instruction=instruction))
        for item in items:
            if self.config.pluginmanager.hasplugin("xdist"):
                item.add_marker(pytest.mark.xdist_group(self.page.name))
            yield item

    def _for_us(self) -> list[Instruction]:
        """Return the instructions that are for the versions of the clients here; the others are for other suites."""
        from mfa_guide.clients.versions import Here, Versions

        versions = Versions(Here())
        return [each for each in self.page.instructions if self.page.is_for(each, versions)]

    def teardown(self) -> None:
        """Close the page's session, and keep the evidence if it is about the whole page."""
        if self._ours and all(map(self.run.reached, self._ours)):
            # What is left is for other versions.
            for instruction in self.page.instructions:
                self.run.result(instruction)
        self.run.keep()
        self.run.close()


class _Item(pytest.Item):
    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """Say what does not hold in the words of the report, without a traceback."""
        if isinstance(excinfo.value, GuideError):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))


class GateItem(_Item):
    """That nothing on the page escapes the check."""

    def runtest(self) -> None:
        """Look for what escapes."""
        from mfa_guide.gate.on_page import findings

        assert isinstance(self.parent, PageFile)
        if found := findings(self.parent.page):
            raise DoesNotHoldError("\n".join(str(finding) for finding in found))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where the test is, and what it is called in the report."""
        return self.path, 0, f"{self.path.relative_to(self.config.rootpath)} gate"


class InstructionItem(_Item):
    """That an instruction holds."""

    def __init__(self, *, instruction: Instruction, **rest: Any) -> None:
        super().__init__(**rest)
        self.instruction = instruction

    def runtest(self) -> None:
        """Carry it out."""
        from mfa_guide.checking.report import explanation

        assert isinstance(self.parent, PageFile)
        result = self.parent.run.result(self.instruction)
        if result.failures:
            raise DoesNotHoldError(explanation(result).plain.rstrip())

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where the test is, and what it is called in the report."""
        return self.path, self.instruction.line - 1, f"docs/{self.instruction.id}"


class NotebookFile(pytest.File):
    """A notebook."""

    def collect(self) -> Iterator[pytest.Item]:
        """Return its only test."""
        yield NotebookItem.from_parent(self, name="outputs")


class NotebookItem(_Item):
    """That a notebook comes to its end, and prints what it stores."""

    def runtest(self) -> None:
        """Run it."""
        from mfa_guide.checking.report import notebook_explanation
        from mfa_guide.expecting.failure import Failure
        from mfa_guide.kinds.notebook import check_notebook

        name = self.path.relative_to(self.config.rootpath).as_posix()
        try:
            check_notebook(_guide(self.config), self.path)
        except Failure as failure:
            raise DoesNotHoldError(notebook_explanation(name, failure).plain.rstrip()) from None

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where the test is, and what it is called in the report."""
        return self.path, 0, f"{self.path.relative_to(self.config.rootpath)}"
