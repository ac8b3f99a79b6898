"""The trainer's pages: who is where in the login, the audit log, the participants' sheets and keys.

They need no log-in but the entrance: whoever has it can pick any person on the other pages too.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from starlette.responses import FileResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route

from mfa_guide.base.errors import GuideError
from mfa_guide.practice.rules.audit import AuditLog
from mfa_guide.practice.rules.progress import Progress
from mfa_guide.practice.web.pages import Problem, as_sentence

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response

    from mfa_guide.practice.hosting.classroom import Classroom
    from mfa_guide.practice.rules.accounts import Accounts
    from mfa_guide.practice.rules.clock import Clock
    from mfa_guide.practice.rules.state import State
    from mfa_guide.practice.web.bell import Bell
    from mfa_guide.practice.web.pages import Pages
    from mfa_guide.practice.web.service import Service

GATHERED = 0.3
"""For how long what happens is gathered before the page hears of it, in seconds. Ours."""
SILENCE = 15
"""After how many seconds without news the page is sent a sign of life: only then one notices that it is gone. Ours."""

PUTTY_SUFFIX = ".ppk"


class ClassroomPages:
    """The trainer's pages, on the firewall's host."""

    def __init__(
        self,
        service: Service,
        classroom: Classroom,
        *,
        accounts: Accounts,
        state: State,
        clock: Clock,
        bell: Bell,
        base: str,
        entrance_address: str,
        pages: Pages,
    ) -> None:
        """Follow what happens from now on.

        Args:
            service: knows which browsers may come in.
            classroom: the participants' keys and commands.
            accounts: the participants.
            state: tells what happens.
            clock: the practice site's clock.
            bell: rings when something happens.
            base: the firewall's address.
            entrance_address: the address that lets a browser in, for the sheets.
            pages: makes the pages.
        """
        self._service = service
        self._classroom = classroom
        self._accounts = accounts
        self._clock = clock
        self._bell = bell
        self._base = base
        self._entrance_address = entrance_address
        self._pages = pages
        self._progress = Progress(accounts, state)
        self._log = AuditLog(state, accounts)

    @property
    def routes(self) -> list[Route]:
        """The routes of the trainer's pages."""
        return [
            Route("/classroom", self._overview),
            Route("/classroom/news", self._news),
            Route("/classroom/log.txt", self._text),
            Route("/classroom/sheets", self._sheets),
            Route("/classroom/keys/{name}", self._key),
        ]

    async def _overview(self, request: Request) -> Response:
        self._service.admit(request)
        return self._pages.page("classroom", **self._now())

    async def _news(self, request: Request) -> Response:
        """Send what the overview shows, each time that something has happened, as server-sent events."""
        self._service.admit(request)
        if not self._bell.may_wait:
            raise Problem(503, "Too many pages are open", "Close some of them.")
        return StreamingResponse(self._stream(), media_type="text/event-stream")

    async def _stream(self) -> AsyncIterator[str]:
        with self._bell.place():
            heard = self._bell.rung
            # At once, for something may have happened since the page was made.
            yield self._message()
            while not self._bell.ended:
                if self._bell.rung == heard:
                    await self._bell.wait(SILENCE)
                if self._bell.rung == heard:
                    yield ": still here\n\n"
                    continue
                await asyncio.sleep(GATHERED)
                heard = self._bell.rung
                yield self._message()

    def _message(self) -> str:
        html = bytes(self._pages.page("classroom_now", **self._now()).body).decode()
        return "".join(f"data: {line}\n" for line in html.splitlines()) + "\n"

    def _now(self) -> dict[str, Any]:
        return {"steps": self._progress.steps(), "now": self._clock.now(), "lines": self._log.newest()}

    async def _text(self, request: Request) -> Response:
        self._service.admit(request)
        disposition = {"Content-Disposition": 'attachment; filename="practice-audit-log.txt"'}
        return PlainTextResponse(self._log.text(), headers=disposition)

    async def _sheets(self, request: Request) -> Response:
        self._service.admit(request)
        return self._pages.page(
            "sheets",
            classroom=self._classroom,
            owners=[self._accounts.owner(account) for account in self._classroom.accounts],
            keys=f"{self._base}/classroom/keys",
            entrance=self._entrance_address,
        )

    async def _key(self, request: Request) -> Response:
        self._service.admit(request)
        name: str = request.path_params["name"]
        account, putty = name.removesuffix(PUTTY_SUFFIX), name.endswith(PUTTY_SUFFIX)
        if account not in self._classroom.accounts:
            raise Problem(404, "There is no such participant", "Look for the right address on the sheet.", "nothing")
        try:
            key = await (self._classroom.putty_key if putty else self._classroom.key)(account)
        except GuideError as error:
            raise Problem(503, "There is no such key yet", as_sentence(str(error)), "nothing") from None
        download = self._classroom.key_name(account) + PUTTY_SUFFIX * putty
        return FileResponse(key, filename=download, media_type="application/octet-stream")
