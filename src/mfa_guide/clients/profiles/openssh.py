"""OpenSSH: a `Host` block of `~/.ssh/config`, as ssh_config(5) describes it."""

from __future__ import annotations

import shlex

from mfa_guide.clients.profiles.settings import Settings, Traits

ALIAS = "vsc.kuleuven"
"""The short name of the login node: the VSC's own page on ssh_config has it since February 2026."""
TRAITS = Traits(
    importing=("Add this to ~/.ssh/config, above any Host * there.",),
    key_needed=("It counts for the name after Host only, typed exactly like this: ssh {host}",),
    no_key_needed=(
        f"It counts for the names after Host only, typed exactly like this: ssh {ALIAS}",
        "To answer once a day only, start an agent, and get a certificate into it: ssh {firewall}",
    ),
    holds_key=True,
    takes_agent_along=True,
    has_part_for_firewall=True,
)
_PORT = 22
_YES = "yes"


def write(settings: Settings, notes: tuple[str, ...]) -> bytes:
    """Return the profile.

    Args:
        settings: what it says; with a firewall, the login node has a short name, and nothing is said of how to log in.
        notes: its comment, a line each.
    """
    login = {
        "HostName": settings.host if settings.firewall else "",
        "Port": "" if settings.port == _PORT else str(settings.port),
        "User": settings.user,
        "IdentityFile": _quote(settings.key),
        "ForwardAgent": _YES if settings.takes_agent_along else "",
    }
    if settings.firewall:
        firewall = {"User": settings.user, "ForwardAgent": _YES}
        blocks = [*_block(f"{ALIAS} {settings.host}", login), "", *_block(settings.firewall, firewall)]
    else:
        blocks = _block(
            settings.host,
            login | {"PubkeyAuthentication": _YES, "PreferredAuthentications": "publickey,keyboard-interactive"},
        )
    return "".join(f"{line}\n" for line in (*(f"# {note}" for note in notes), *blocks)).encode()


def read(content: bytes) -> Settings:
    """Return what a profile says.

    Raises:
        ValueError: it is none, or says too little, or something that no profile of the guide says.
    """
    blocks: list[dict[str, str]] = []
    for line in content.decode().splitlines():
        name, *values = shlex.split(line, comments=True) or [""]
        if name == "Host":
            blocks.append({})
        if name and not blocks:
            raise ValueError(f"it begins with {name}, and not with Host")
        if name:
            blocks[-1][name] = " ".join(values)
    if not blocks:
        raise ValueError("it has no Host")
    login, *others = blocks
    try:
        settings = Settings(
            host=login.get("HostName", login["Host"]),
            port=int(login.get("Port", _PORT)),
            user=login["User"],
            key=login.get("IdentityFile", ""),
            takes_agent_along=login.get("ForwardAgent") == _YES,
            firewall=others[0]["Host"] if others else "",
        )
    except KeyError as error:
        raise ValueError(f"it has no {error.args[0]}") from None
    firewall = {"Host": settings.firewall, "User": settings.user, "ForwardAgent": _YES}
    if others and (others != [firewall] or login["Host"] != f"{ALIAS} {settings.host}"):
        raise ValueError("it names other machines than the login node and the firewall, or otherwise")
    return settings


def _block(names: str, options: dict[str, str]) -> list[str]:
    """Return the lines for the machines with these names; options without a value are left out."""
    return [f"Host {names}", *(f"    {name} {value}" for name, value in options.items() if value)]


def _quote(path: str) -> str:
    # ssh, like a shell, takes \\ for \ and parts words at spaces.
    escaped = path.replace("\\", "\\\\")
    return f'"{escaped}"' if " " in path else escaped
