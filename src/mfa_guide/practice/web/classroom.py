"""The trainer's pages: who is where in the login, the audit log, the participants' sheets and keys.

They need no log-in but the entrance: whoever has it can pick any person on the other pages too.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

from starlette.responses import FileResponse, StreamingResponse
from starlette.routing import Route

from mfa_guide.base.errors import GuideError
from mfa_guide.practice.rules.audit import AuditLog
from mfa_guide.practice.rules.progress import Progress
from mfa_guide.practice.web.pages import Problem, as_sentence
from mfa_guide.practice.web.sessions import address_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from mfa_guide.practice.web.bell import Bell
    from mfa_guide.practice.web.pages import Pages
    from mfa_guide.practice.web.shared import Shared
    from mfa_guide.practice.web.sso.reception import Reception

GATHERED = 0.3
"""For how long what happens is gathered before the page hears of it, in seconds. Ours."""
SILENCE = 15
"""After how many seconds without news the page is sent a sign of life: only then one notices that it is gone. Ours."""

PUTTY_SUFFIX = ".ppk"


class Participants(Protocol):
    """What the pages ask about the participants of a classroom."""

    @property
    def accounts(self) -> Sequence[str]:
        """Their accounts."""
        ...

    @property
    def fingerprints(self) -> Mapping[str, str]:
        """The fingerprint of each host key, under its kind."""
        ...

    @property
    def converts(self) -> bool:
        """Whether keys in PuTTY's format can be made."""
        ...

    @property
    def needs_key(self) -> bool:
        """Whether they log in with a key."""
        ...

    @property
    def ssh_port(self) -> int:
        """Where the login host listens, on 127.0.0.1."""
        ...

    def command(self, account: str, /) -> str:
        """Return the command with which an account logs in, for the user who runs the practice site."""
        ...

    def own_command(self, account: str) -> str:
        """Return the command with which a participant logs in with a key that was downloaded."""
        ...

    def key_name(self, account: str) -> str:
        """Return what a participant's key is called where it was downloaded to."""
        ...

    async def key(self, account: str) -> Path:
        """Return the file with the private key of an account; raises `GuideError` where there can be none."""
        ...

    async def putty_key(self, account: str) -> Path:
        """Return the same in PuTTY's format; raises `GuideError` where there can be none."""
        ...


class _News(StreamingResponse):
    """An answer that has a place at the bell for as long as it goes on, also before its first word is sent."""

    def __init__(self, bell: Bell, news: AsyncIterator[str]) -> None:
        super().__init__(news, media_type="text/event-stream")
        self._bell = bell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Nothing else happens between the question and the taking.
        if not self._bell.may_wait:
            raise Problem(503, "Too many pages are open", "Close some of them.")
        with self._bell.place():
            await super().__call__(scope, receive, send)


class ClassroomPages:
    """The trainer's pages, on the firewall's host."""

    def __init__(self, reception: Reception, shared: Shared, participants: Participants, pages: Pages) -> None:
        """Follow what happens from now on.

        Args:
            reception: knows which browsers may come in.
            shared: what all pages share.
            participants: their keys and commands.
            pages: makes the pages.
        """
        service = shared.service
        self._reception = reception
        self._participants = participants
        self._accounts = service.accounts
        self._access = service.access
        self._clock = service.clock
        self._bell = shared.bell
        self._base = shared.addresses.firewall
        self._entrance = shared.entrance
        self._pages = pages
        self._progress = Progress(service.accounts, service.state)
        self._log = AuditLog(service.state, service.accounts)

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
        self._reception.admit(request)
        return self._pages.page("classroom", **self._now())

    async def _news(self, request: Request) -> Response:
        """Send what the overview shows, each time that something has happened, as server-sent events."""
        self._reception.admit(request)
        return _News(self._bell, self._stream())

    async def _stream(self) -> AsyncIterator[str]:
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
        self._reception.admit(request)
        disposition = {"Content-Disposition": 'attachment; filename="practice-audit-log.txt"'}
        return StreamingResponse(self._parts(), media_type="text/plain", headers=disposition)

    async def _parts(self) -> AsyncIterator[str]:
        for part in self._log.parts():
            yield part
            await asyncio.sleep(0)

    async def _sheets(self, request: Request) -> Response:
        self._reception.admit(request)
        return self._pages.page(
            "sheets",
            participants=self._participants,
            owners=[self._accounts.owner(account) for account in self._participants.accounts],
            keys=f"{self._base}/classroom/keys",
            entrance=self._entrance.address,
            # They sit at the trainer's computer.
            page=self._base if self._access.is_closed(address_of(request)) else "",
        )

    async def _key(self, request: Request) -> Response:
        self._reception.admit(request)
        name: str = request.path_params["name"]
        account, putty = name.removesuffix(PUTTY_SUFFIX), name.endswith(PUTTY_SUFFIX)
        if account not in self._participants.accounts:
            raise Problem(404, "There is no such participant", "Look for the right address on the sheet.", "nothing")
        try:
            key = await (self._participants.putty_key if putty else self._participants.key)(account)
        except GuideError as error:
            raise Problem(503, "There is no such key yet", as_sentence(str(error)), "nothing") from None
        download = self._participants.key_name(account) + PUTTY_SUFFIX * putty
        return FileResponse(key, filename=download, media_type="application/octet-stream")
