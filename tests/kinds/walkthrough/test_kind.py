"""Walkthroughs are done on the desktop that the reader has, whatever machine it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mfa_guide.checking.carrying_out import Way, on_machine
from tests.support.guides import write_guide
from tests.support.machines import LocalMachine

if TYPE_CHECKING:
    from pathlib import Path

PAGE = '``` walkthrough\n--8<-- "w.yml"\n```\n'
STEPS = "window: ssh-askpass\nsteps:\n  - press: OK\n"


class _Desktop:
    """Does steps by noting them."""

    def __init__(self) -> None:
        self.done: list[Any] = []
        self.pictures: dict[int, str] = {}
        self.link: str | None = None

    def carry_out(self, walkthrough: Any, bound: Any, *, link: str | None) -> Any:
        self.done += walkthrough.steps
        return bound


def test_a_machine_is_not_asked_whether_it_is_a_desktop(tmp_path: Path) -> None:
    page, desktop = write_guide(tmp_path, PAGE, w_yml=STEPS), _Desktop()
    (result,) = on_machine(page, "", LocalMachine(tmp_path), Way(), desktop=desktop)  # type: ignore[arg-type]
    assert result.outcome == "holds", result.failures
    assert [step.press for step in desktop.done] == ["OK"]


def test_without_a_desktop_no_window_opens(tmp_path: Path) -> None:
    page = write_guide(tmp_path, PAGE, w_yml=STEPS)
    (result,) = on_machine(page, "", LocalMachine(tmp_path), Way())
    assert "no program can open a window here" in result.failures[0].message
