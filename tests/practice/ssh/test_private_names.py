"""asyncssh's private names: two modules use them and are read anew with each release, no other does."""

from __future__ import annotations

import ast
import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import mfa_guide
from mfa_guide.practice.ssh.private_names import MOST_UNSENT, until_sent
from tests.support.connecting import run

SOURCE = Path(mfa_guide.__file__).parent / "practice"
MAY = {"ssh/partial_success.py", "ssh/private_names.py"}


def private_names(path: Path) -> set[str]:
    """Return the private names in a module that it has not given itself."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and is_own(node)}
    own |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__")
    } - own


def is_own(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")


def test_no_other_module_uses_them() -> None:
    about = {path: str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.py")}
    found = {name: private for path, name in about.items() if (private := private_names(path))}
    assert found.keys() == MAY, found


class Taker:
    """A client that takes what it was sent when it is told to."""

    def __init__(self) -> None:
        self.unsent = [0, 0]
        self.closing = False
        transport = SimpleNamespace(get_write_buffer_size=lambda: self.unsent[0])
        self.channel: Any = SimpleNamespace(
            get_write_buffer_size=lambda: self.unsent[1],
            is_closing=lambda: self.closing,
            get_connection=lambda: SimpleNamespace(_transport=transport),
        )


def test_more_is_made_when_the_client_has_taken_what_there_was() -> None:
    """Whether it waits in the channel (the client's window is closed) or in the connection (nobody reads it)."""

    async def take() -> None:
        for place in (0, 1):
            taker = Taker()
            taker.unsent[place] = MOST_UNSENT + 1
            waiting = asyncio.create_task(until_sent(taker.channel))
            for _ in range(10):
                await asyncio.sleep(0)
            assert not waiting.done()
            taker.unsent[place] = MOST_UNSENT
            await asyncio.wait_for(waiting, 30)
            taker.unsent[place] = MOST_UNSENT + 1
            taker.closing = True
            await asyncio.wait_for(until_sent(taker.channel), 30)

    run(take())
