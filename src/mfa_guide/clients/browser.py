"""The browser of the reader's machine: does the steps of walkthroughs in a real Chromium, by accessible role and name.

Runs in that machine (`python -m mfa_guide.clients.browser`) and is spoken to in lines of JSON. It first tells its
version, `{"version": "…"}`. A request is a step of a walkthrough, `{"press": "Confirm"}`; with `"picture": true`, a
picture of the page is made, too. The answer is `{"seen": "…"}` with the text that `see` found, `{}` for other steps,
with `picture` in it (PNG in base64); or `{"failed": "…", "shows": "…"}` with what the page shows.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Error, sync_playwright

from mfa_guide.expecting.nearest import nearest
from mfa_guide.expecting.shapes import browser_pattern

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Locator, Page, Playwright

TIMEOUT = 10.0
"""How long a step waits for what it needs on the page, in seconds."""
LOADS_WITHIN = 30.0
"""How long an address that is opened may take, in seconds."""
_LINE_CAME_UP = "net::ERR_NETWORK_CHANGED"
"""What Chromium says when an address of the computer was new, and it gave up what was under way: the reader presses
*Reload*."""
_OUTLINE = "3px solid #d32f2f"
_SET_OUTLINE = "(element, outline) => { element.style.outline = outline }"


class StepFailed(Exception):
    """The page has not what the step needs; the message says what it has instead."""


def main() -> None:
    """Answer requests from standard input until it ends."""
    with sync_playwright() as playwright:
        try:
            browser = _launch(playwright)
        except (StepFailed, Error) as error:
            _say(failed=f"the browser does not start: {_first_line(error)}", shows="")
            return
        page = _window(browser)
        _say(version=browser.version)
        for request in sys.stdin:
            step: dict[str, str] = json.loads(request)
            picture = bool(step.pop("picture", None))
            if private := step.pop("private", None):
                page, step = _window(browser), {"open": private}
            try:
                _say(**_carry_out(page, step, picture=picture))
            except (StepFailed, Error) as error:
                _say(failed=_first_line(error), shows=_shown(page))


@dataclass(frozen=True)
class _Found:
    """What a step needs on the page."""

    control: Locator | None = None
    act: Callable[[], object] | None = None
    """What is then done."""
    seen: str = ""
    leaves: bool = False
    """Whether the page may be another one afterwards."""


def _carry_out(page: Page, step: dict[str, str], *, picture: bool) -> dict[str, str]:
    found = _STEPS[next(iter(step))](page, step)
    answer = {"seen": found.seen} if found.seen else {}
    if picture and found.leaves:
        answer["picture"] = _picture(page, found.control)
    if found.act:
        found.act()
    if picture and not found.leaves:
        answer["picture"] = _picture(page, found.control)
    return answer


def _picture(page: Page, control: Locator | None) -> str:
    """Return a picture of what the page shows, with a control outlined."""
    if control is None:
        return base64.b64encode(page.screenshot()).decode()
    control.scroll_into_view_if_needed()
    before = control.evaluate("e => e.style.outline")
    control.evaluate(_SET_OUTLINE, _OUTLINE)
    picture = page.screenshot()
    control.evaluate(_SET_OUTLINE, before)
    return base64.b64encode(picture).decode()


def _launch(playwright: Playwright) -> Browser:
    chromium = shutil.which("chromium")
    if chromium is None:
        raise StepFailed("chromium is not installed")
    arguments = ["--no-first-run"]
    # The practice site's certificate is no public one: its key, and only its, is trusted.
    if key := os.environ.get("MFA_GUIDE_SPKI"):
        arguments.append(f"--ignore-certificate-errors-spki-list={key}")
    return playwright.chromium.launch(executable_path=chromium, args=arguments, chromium_sandbox=False)


def _window(browser: Browser) -> Page:
    """Open a window that knows nothing of others; it lives as long as the reader stays on the page of the guide."""
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(TIMEOUT * 1000)
    context.set_default_navigation_timeout(LOADS_WITHIN * 1000)
    return context.new_page()


def _say(**answer: str) -> None:
    print(json.dumps(answer), flush=True)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _open(page: Page, step: dict[str, str]) -> _Found:
    try:
        page.goto(step["open"])
    except Error as error:
        if _LINE_CAME_UP not in str(error):
            raise
        page.goto(step["open"])
    return _Found()


def _choose(page: Page, step: dict[str, str]) -> _Found:
    box = _control(page, step["in"], "combobox")
    options = [option.inner_text().strip() for option in box.locator("option").all()]
    if step["choose"] not in options:
        raise StepFailed(f"“{step['in']}” has no option “{step['choose']}”{nearest(step['choose'], options)}")
    return _Found(box, lambda: box.select_option(label=step["choose"]))


def _press(page: Page, step: dict[str, str]) -> _Found:
    control = _control(page, step["press"], "button", "link")
    return _Found(control, control.click, leaves=True)


def _upload(page: Page, step: dict[str, str]) -> _Found:
    # Such a field has no role of its own.
    field = page.get_by_label(step["into"], exact=True).and_(page.locator("input[type=file]"))
    try:
        field.wait_for()
    except Error:
        labels = [label.strip() for label in page.locator("label").all_inner_texts()]
        raise StepFailed(f"no field for files is called “{step['into']}”{nearest(step['into'], labels)}") from None
    # A file of Windows is named from the folder of its user.
    name = step["upload"]
    file = Path.home() / name.replace("\\", "/") if "\\" in name else Path(name).expanduser()
    if not file.is_file():
        raise StepFailed(f"{step['upload']} does not exist")
    return _Found(field, lambda: field.set_input_files(file))


def _tick(page: Page, step: dict[str, str]) -> _Found:
    box = _control(page, step["tick"], "checkbox")
    if box.is_checked():
        raise StepFailed(f"“{step['tick']}” is ticked already")
    return _Found(box, box.check)


def _see(page: Page, step: dict[str, str]) -> _Found:
    there = page.get_by_text(re.compile(browser_pattern(step["see"]))).filter(visible=True).first
    try:
        there.wait_for()
    except Error:
        lines = page.locator("body").inner_text().splitlines()
        raise StepFailed(f"the page does not show “{step['see']}”{nearest(step['see'], lines)}") from None
    return _Found(there, seen=" ".join(there.inner_text().split()))


_STEPS: dict[str, Callable[[Page, dict[str, str]], _Found]] = {
    "open": _open,
    "choose": _choose,
    "press": _press,
    "upload": _upload,
    "tick": _tick,
    "see": _see,
}


def _control(page: Page, label: str, *roles: str) -> Locator:
    """Find the one control that has this label."""
    what = " or ".join({"combobox": "drop-down", "checkbox": "check box"}.get(role, role) for role in roles)
    found, *others = [page.get_by_role(role, name=label, exact=True) for role in roles]  # type: ignore[arg-type]
    for other in others:
        found = found.or_(other)
    try:
        found.first.wait_for()
    except Error:
        tree = page.locator("body").aria_snapshot()
        labels = re.findall(rf'\b(?:{"|".join(roles)}) "((?:[^"\\]|\\.)*)"', tree)
        raise StepFailed(f"no {what} is called “{label}”{nearest(label, labels)}") from None
    if found.count() > 1:
        raise StepFailed(f"more than one {what} is called “{label}”")
    return found


def _shown(page: Page) -> str:
    lines = [line for line in page.locator("body").inner_text().splitlines() if line.strip()]
    return "\n".join([page.url, *lines])


if __name__ == "__main__":
    main()
