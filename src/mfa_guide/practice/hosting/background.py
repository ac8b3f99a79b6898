"""What goes on for as long as a practice site runs: when it fails, the site ends, and says why."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from mfa_guide.base.errors import GuideError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine


class Background:
    """The jobs of a practice site: see `background`."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self._tasks = tasks
        self._started: set[asyncio.Task[None]] = set()

    def start(self, job: Coroutine[None, None, None], what: str) -> asyncio.Task[None]:
        """Start a job.

        Args:
            job: the job; it may end by itself.
            what: what it does, in a few words, for when it fails.
        """
        task = self._tasks.create_task(_loudly(job, what))
        self._started.add(task)
        task.add_done_callback(self._started.discard)
        return task

    def cancel(self) -> None:
        """End all of them."""
        for task in self._started:
            task.cancel()


@contextlib.asynccontextmanager
async def background() -> AsyncIterator[Background]:
    """Let jobs go on for as long as the context lasts; the first that fails ends the context.

    Raises:
        GuideError: a job failed; the message is one line that says which and why.
    """
    try:
        async with asyncio.TaskGroup() as tasks:
            jobs = Background(tasks)
            yield jobs
            jobs.cancel()
    except BaseExceptionGroup as failed:
        # The first is the cause; the others are what came of it.
        raise failed.exceptions[0] from None


async def _loudly(job: Coroutine[None, None, None], what: str) -> None:
    try:
        await job
    except GuideError:
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".rstrip(": ")
        raise GuideError(f"the practice site has ended, for {what} failed: {reason}") from error
