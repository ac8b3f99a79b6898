"""NX (NoMachine): an `.nxs` file.

NoMachine documents the options of the connection and four values of `System login method` (its article DT11R00186);
none of them is the agent, which the user therefore chooses in the window. `Private key` and `Forward SSH
authentication` stand in files that others have published, and are not documented.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from mfa_guide.clients.profiles import xml_files
from mfa_guide.clients.profiles.settings import Settings, Traits

TRAITS = Traits(
    importing=(
        "Save this with a name that ends in .nxs, in the folder NoMachine of your Documents.",
        "With an agent, right-click it in NoMachine, choose Edit connection > Configuration,",
        "and choose: Use key-based authentication with a SSH agent.",
    ),
    host="nx_host",
    holds_key=True,
    takes_agent_along=True,
)

_ROOT = "NXClientSettings"
_CONNECTION = {"Connection service": "ssh", "Server authentication method": "system"}


def write(settings: Settings, notes: tuple[str, ...]) -> bytes:
    """Return the profile.

    Args:
        settings: what it says.
        notes: its comment, a line each.
    """
    groups = {
        "General": {
            "Connection service": "ssh",
            "Server host": settings.host,
            "Server port": str(settings.port),
        },
        "Login": {
            "Server authentication method": "system",
            "System login method": "privatekey",
            "Private key": settings.key,
            "User": settings.user,
            "Forward SSH authentication": "true" if settings.takes_agent_along else "false",
        },
    }
    root = Element(_ROOT, version="2.3", application="nxclient")
    for name, options in groups.items():
        group = SubElement(root, "group", name=name)
        for key, value in options.items():
            SubElement(group, "option", key=key, value=value)
    return xml_files.render(root, notes, declaration=f"<!DOCTYPE {_ROOT}>")


def read(content: bytes) -> Settings:
    """Return what a profile says.

    Raises:
        ValueError: it is none, or says something that no profile of the guide says.
    """
    root = xml_files.parse(content, _ROOT)
    options = {option.get("key", ""): option.get("value", "") for option in root.iterfind("group/option")}
    for name, expected in _CONNECTION.items():
        if options.get(name) != expected:
            raise ValueError(f"its {name} is not {expected}")
    try:
        return Settings(
            host=options["Server host"],
            port=int(options["Server port"]),
            user=options["User"],
            key=options.get("Private key", ""),
            takes_agent_along=options.get("Forward SSH authentication") == "true",
        )
    except KeyError as error:
        raise ValueError(f"it has no {error.args[0]}") from None
