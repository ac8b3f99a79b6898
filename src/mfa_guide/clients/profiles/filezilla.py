"""FileZilla: a site of its Site Manager, as `sitemanager.xml` of FileZilla 3.63 holds it."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from mfa_guide.clients.profiles import xml_files
from mfa_guide.clients.profiles.settings import NAME, Settings, Traits

TRAITS = Traits(
    importing=(
        "In FileZilla, choose File > Import, and choose this file.",
        f"The site is called {NAME}: choose it in File > Site Manager.",
    ),
    key_needed=("FileZilla takes your key from the agent: start that first, and add your key to it.",),
    no_key_needed=("To answer once a day only, get a certificate into your agent before you start FileZilla.",),
    # FileZilla cannot.
    takes_agent_along=False,
)

_SFTP = "1"
_INTERACTIVE = "3"
_ONE_CONNECTION = "1"
"""Of every further one the login asks anew: with one, FileZilla copies through that in which it shows the folders."""
_TAKES_CERTIFICATES = {"Name": "allow_agent_keys_of_unknown_type"}
"""Without it FileZilla since 3.71 uses no certificate of an agent; older ones do, and do not know it."""


def write(settings: Settings, notes: tuple[str, ...]) -> bytes:
    """Return the profile.

    Args:
        settings: what it says.
        notes: its comment, a line each.
    """
    root = Element("FileZilla3")
    server = SubElement(SubElement(root, "Servers"), "Server")
    for name, value in {
        "Host": settings.host,
        "Port": str(settings.port),
        "Protocol": _SFTP,
        "Type": "0",
        "User": settings.user,
        "Logontype": _INTERACTIVE,
        "MaximumMultipleConnections": _ONE_CONNECTION,
        "Name": NAME,
    }.items():
        SubElement(server, name).text = value
    SubElement(server, "Parameter", _TAKES_CERTIFICATES).text = "1"
    return xml_files.render(root, notes, declaration='<?xml version="1.0" encoding="UTF-8"?>')


def read(content: bytes) -> Settings:
    """Return what a profile says.

    Raises:
        ValueError: it is none, or says something that no profile of the guide says.
    """
    server = xml_files.parse(content, "FileZilla3").find("Servers/Server")
    if server is None:
        raise ValueError("it has no site")
    values = {element.tag: element.text or "" for element in server}
    if (values.get("Protocol"), values.get("Logontype")) != (_SFTP, _INTERACTIVE):
        raise ValueError("its protocol is not SFTP, or its logon type is not Interactive")
    try:
        return Settings(host=values["Host"], port=int(values["Port"]), user=values["User"])
    except KeyError as error:
        raise ValueError(f"it has no {error.args[0]}") from None
