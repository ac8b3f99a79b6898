"""OpenSSH: a `Host` block of `~/.ssh/config`, as ssh_config(5) describes it."""

from __future__ import annotations

import shlex

from mfa_guide.clients.profiles.settings import Settings

IMPORTING = (
    "Add this to ~/.ssh/config, above any Host * there.",
    "It counts for the name after Host only, typed exactly like this: ssh {host}",
)
HOLDS_KEY = True
TAKES_AGENT_ALONG = True
_PORT = 22


def write(settings: Settings, notes: tuple[str, ...]) -> bytes:
    """Return the profile.

    Args:
        settings: what it says.
        notes: its comment, a line each.
    """
    options = {
        "Port": "" if settings.port == _PORT else str(settings.port),
        "User": settings.user,
        "IdentityFile": _quote(settings.key),
        "ForwardAgent": "yes" if settings.takes_agent_along else "",
        "PubkeyAuthentication": "yes",
        "PreferredAuthentications": "publickey,keyboard-interactive",
    }
    lines = [*(f"# {note}" for note in notes), f"Host {settings.host}"]
    lines += [f"    {name} {value}" for name, value in options.items() if value]
    return "".join(f"{line}\n" for line in lines).encode()


def read(content: bytes) -> Settings:
    """Return what a profile says.

    Raises:
        ValueError: it is none, or says too little.
    """
    options: dict[str, str] = {}
    for line in content.decode().splitlines():
        name, *values = shlex.split(line, comments=True) or [""]
        options |= {name: " ".join(values)}
    try:
        return Settings(
            host=options["Host"],
            port=int(options.get("Port", _PORT)),
            user=options["User"],
            key=options.get("IdentityFile", ""),
            takes_agent_along=options.get("ForwardAgent") == "yes",
        )
    except KeyError as error:
        raise ValueError(f"it has no {error.args[0]}") from None


def _quote(path: str) -> str:
    # ssh, like a shell, takes \\ for \ and parts words at spaces.
    escaped = path.replace("\\", "\\\\")
    return f'"{escaped}"' if " " in path else escaped
