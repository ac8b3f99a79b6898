"""`mfa-guide verify`: a person tries a program on the practice site, and is told what it showed on the wire.

The practice site goes by the newest policy, whatever the guide's is: so are the words in `programs.toml`.
"""

from __future__ import annotations

import asyncio
import platform
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from threading import Thread
from typing import TYPE_CHECKING, cast

from mfa_guide.base.errors import GuideError
from mfa_guide.by_hand import programs, records
from mfa_guide.by_hand.attempts import Attempt
from mfa_guide.by_hand.findings import SEEN, Cause, Step, judge
from mfa_guide.policy import NEWEST, load
from mfa_guide.practice.hosting import loopback
from mfa_guide.practice.rules.audit import plain
from mfa_guide.practice.ssh import signs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path, PurePath

    from mfa_guide.by_hand.programs import Program, System
    from mfa_guide.policy import Policy
    from mfa_guide.practice.hosting.loopback import Loopback
    from mfa_guide.practice.ssh.signs import Sign

SKIP, YES, NO = "s", "y", "n"
"""What is typed to go on to the next step, and to answer a question."""
OTHERWISE = "otherwise"
"""What is kept of a look that showed something else than what was asked for."""

_SKIPPED = "skipped"

_TITLES: dict[Step, str] = {
    "login": "log in with your browser",
    "certificate": "let a certificate into your agent",
    "again": "log in again, without the browser",
    "files": "open your files, without the browser",
}
_PAGE_FIRST = (
    "Open {entrance} in your browser, log in there if it asks, and keep the page open. “{confirmed}” is its end."
)
# The client's version comes from a step that is done with the program itself: the certificate may come by another.
_OWN_STEPS: tuple[Step, ...] = ("login", "again", "files", "certificate")


def verify(project: Path, client: str, state: Path, *, ssh_port: int, web_port: int) -> int:
    """Lead a person through the steps, and keep what became of them.

    Args:
        project: the folder with `mkdocs.yml`, where the evidence is kept.
        client: the program, as `programs.toml` names it.
        state: the folder of the practice site's state.
        ssh_port: the port for ssh; 0 for any free one.
        web_port: the port for the web pages; 0 for any free one.

    Returns:
        0 when every step that was tried has passed, else 1.

    Raises:
        UsageError: there is no such client.
        GuideError: nothing was tried; or the practice site cannot start, or the evidence cannot be written.
    """
    system = programs.here()
    program = programs.find(client, system)
    # A list that cannot be read is to be known before the work, not after.
    records.read(project, records.Verified)
    # On Windows the usual loop is another one, to which `Listener` means nothing.
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        verified = runner.run(_run(load(NEWEST), client, program, system, state, ssh_port, web_port))
    path = records.add(project, verified)
    print(f"\nWritten to {path}, for a maintainer to commit. It says neither who you are nor where.")
    return 1 if verified.failed else 0


async def _run(
    policy: Policy, client: str, program: Program, system: System, state: Path, ssh_port: int, web_port: int
) -> records.Verified:
    async with loopback.run(policy, state, ssh_port=ssh_port, web_port=web_port) as site:
        trial = Trial(program, site, system)
        Thread(target=trial.listen, args=(asyncio.get_running_loop(),), daemon=True).start()
        results = await trial.run()
    version = next((trial.versions[step] for step in _OWN_STEPS if step in trial.versions), "")
    if not version and any(results[look] != _SKIPPED for look in program.looks):
        version = platform.platform(terse=True)
    if not version:
        raise GuideError("nothing was tried, so there is nothing to keep")
    return records.Verified(client=client, version=version, date=datetime.now(UTC).date(), steps=results)


def quoted(path: PurePath, system: System) -> str:
    """Return a path as one types it in a command."""
    return subprocess.list2cmdline([str(path)]) if system == "windows" else shlex.quote(str(path))


class Trial:
    """One person's way through the steps."""

    def __init__(self, program: Program, site: Loopback, system: System) -> None:
        text = site.site.service.policy.text
        doors = {door.role.host: door for door in site.site.gateway.doors}
        self._program = program
        self._account = text("account")
        self._values = {
            "host": "127.0.0.1",
            "port": site.ssh_port,
            "firewall_port": doors[text("firewall_host")].port,
            "account": self._account,
            "key": quoted(site.site.installation.user_key, system),
            "config": quoted(site.config, system),
            "terminal": "Command Prompt" if system == "windows" else "a terminal",
            "login_host": text("login_host"),
            "firewall_host": text("firewall_host"),
            "entrance": site.entrance,
            "confirmed": text("confirmed_title"),
        }
        self._attempts: dict[int, Attempt] = {}
        self._heard: asyncio.Queue[Sign | str] = asyncio.Queue()
        self.versions: dict[Step, str] = {}
        """By which words the program introduced itself, in each step that was tried."""
        site.site.gateway.on_sign = self._heard.put_nowait

    def listen(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hear what the person types, on any system, until there is no more."""
        for line in sys.stdin:
            loop.call_soon_threadsafe(self._heard.put_nowait, line.strip().lower())

    def fill(self, text: str) -> str:
        """Return a text of `programs.toml` with what stands in it in braces."""
        return text.format(**self._values)

    async def run(self) -> dict[str, str]:
        """Go through all steps and looks, and return what became of each."""
        print(f"The practice site waits for {self._program.title}. Type {SKIP} and Enter to skip a step.")
        if not self._program.checked:
            print("Nobody has checked the names of its menus and options here: they may be other ones.")
        steps, looks = self._program.steps, self._program.looks
        titles: dict[str, str] = {**{step: _TITLES[step] for step in steps}, **{look: look for look in looks}}
        results: dict[str, str] = {}
        for number, (name, title) in enumerate(titles.items(), start=1):
            print(f"\nStep {number} of {len(titles)}: {title}")
            if name in looks:
                results[name] = await self._look(looks[name])
            else:
                step = cast("Step", name)
                self._tell((_PAGE_FIRST, *steps[step]))
                results[name] = await self._carry_out(step)
        print("\nSummary")
        for name, result in results.items():
            print(f"  {titles[name]}: {result}")
        return results

    def _tell(self, lines: Sequence[str]) -> None:
        for line in lines:
            print(f"  - {self.fill(line)}")

    async def _look(self, lines: Sequence[str]) -> str:
        """Ask the person what is to be seen, and return what became of it."""
        *todo, question = lines
        self._tell(todo)
        print(f"  {self.fill(question)} Type {YES}, {NO} or {SKIP}, and Enter.")
        while True:
            sys.stdout.flush()
            heard = await self._heard.get()
            if not isinstance(heard, str):
                # Logging in may be a part of it.
                self._attempt(heard).see(heard)
                print(f"    {_words(heard)}")
            elif heard == YES:
                return self._passed()
            elif heard in (NO, SKIP):
                return f"failed: {OTHERWISE}" if heard == NO else _SKIPPED
            else:
                print(f"  Type {YES}, {NO} or {SKIP}, and Enter.")

    async def _carry_out(self, step: Step) -> str:
        """Wait for the attempt that passes the step, or for the person to skip it; return what became of it."""
        cause: Cause | None = None
        # Earlier attempts may pass this step too, but say nothing against it.
        earlier, judged = list(self._attempts.values()), set[int]()
        if any(self._passes(step, attempt) for attempt in earlier):
            return self._passed()
        while True:
            sys.stdout.flush()
            heard = await self._heard.get()
            if isinstance(heard, str):
                if heard == SKIP:
                    return f"failed: {cause}" if cause else _SKIPPED
                continue
            attempt = self._attempt(heard)
            attempt.see(heard)
            print(f"    {_words(heard)}")
            if self._passes(step, attempt):
                return self._passed()
            verdict = judge(step, attempt, self._account)
            if verdict and verdict.cause and not any(attempt is old for old in earlier) and heard.port not in judged:
                judged.add(heard.port)
                cause = verdict.cause
                self._note_version(step, attempt)
                setting = self.fill(self._program.setting(cause))
                print(f"  Not passed. {SEEN[cause]}\n  The setting: {setting}\n  Try again, or type {SKIP} and Enter.")

    def _attempt(self, sign: Sign) -> Attempt:
        attempt = self._attempts.get(sign.port)
        if attempt is None or attempt.ended:
            attempt = self._attempts[sign.port] = Attempt()
        return attempt

    def _passes(self, step: Step, attempt: Attempt) -> bool:
        verdict = judge(step, attempt, self._account)
        if verdict is None or not verdict.passed:
            return False
        self._note_version(step, attempt)
        return True

    def _note_version(self, step: Step, attempt: Attempt) -> None:
        if attempt.client:
            self.versions[step] = plain(attempt.client).strip("“”")

    def _passed(self) -> str:
        print("  Passed.")
        return "passed"


def _words(sign: Sign) -> str:
    """Return what a sign means, in a few words."""
    match sign.shown:
        case signs.AddressRefused():
            return f"{plain(sign.client)} names the account {plain(sign.account)}, and is sent away: no page is open"
        case signs.MethodTried("none"):
            return f"{plain(sign.client)} names the account {plain(sign.account)}, and asks by which methods it may try"
        case signs.MethodTried(method):
            return f"tries {plain(method)}"
        case signs.KeyOffered(kind, fits):
            return f"offers a key {plain(kind)}" + (": it fits" if fits else ": refused")
        case signs.CertificateOffered(fits):
            return "offers a certificate" + (": it fits" if fits else ": refused")
        case signs.KeyProved():
            return "has proved the key"
        case signs.LinkSent():
            return "was sent a link, and waits"
        case signs.LinkAnswered(outcome):
            return f"the link was {outcome.value}"
        case signs.In(means):
            return f"is in, by {means}"
        case signs.SessionOpened(kind, agent):
            return f"opened {kind}, " + ("with an agent" if agent else "without an agent")
        case signs.AgentAnswered(took):
            return f"the agent took {'a certificate' if took else 'no certificate'}"
        case signs.Ended():
            return "has ended the connection"
