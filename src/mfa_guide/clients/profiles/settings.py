"""What a profile says, whatever its format, and what may be written into one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfa_guide.base.errors import UsageError

if TYPE_CHECKING:
    from mfa_guide.policy import Policy

NAME = "VSC-profile"
"""What the profile is called in the client's own list.

No page has its reader call something so: it takes the place of nothing. To Windows' registry, and to file systems that
readers have, capital and small letters are the same: `vsc` would take that of the session `VSC`.
"""

# From a root or the home to a file. Letters of any script, and no character that means something to a shell, to XML, to
# an INI file or to one of the clients: none of their ways to quote is needed, and none can go wrong.
_KEY = re.compile(r"(?:~/|/|[A-Za-z]:[\\/])(?:[\w .~@+-]+[\\/])*[\w .~@+-]*[\w~@+-]")


@dataclass(frozen=True)
class Settings:
    """What a profile says."""

    host: str
    port: int
    user: str
    key: str = ""
    """The file of the private key; empty where an agent offers it."""
    takes_agent_along: bool = False
    """Whether the agent is forwarded, so that the certificate can be put into it."""
    firewall: str = ""
    """The machine to which the agent is taken for a certificate, and to no other; empty where there is one host."""


@dataclass(frozen=True)
class Traits:
    """What a client's profile is like."""

    importing: tuple[str, ...]
    """What the user does with it, a line each, with `{host}` and `{firewall}` where they belong."""
    key_needed: tuple[str, ...] = ()
    """What the user does besides where a login takes a key, with `{key}` where it belongs."""
    no_key_needed: tuple[str, ...] = ()
    """What the user does besides where it takes none."""
    host: str = "login_host"
    """The fact that states the machine that it is for."""
    holds_key: bool = False
    """Whether it names the key: where the client needs that even beside an agent."""
    takes_agent_along: bool = False
    """Whether it forwards the agent."""
    has_part_for_firewall: bool = False
    """Whether it can say of the firewall alone that the agent is taken there."""


def check_account(text: str, policy: Policy) -> str:
    """Return the name of an account.

    Args:
        text: what the user gave.
        policy: has the account that shows the form of all.

    Raises:
        UsageError: it does not have that form.
    """
    example = policy.text("account")
    letters = example.rstrip("0123456789")
    if not re.fullmatch(rf"{letters}[0-9]{{{len(example) - len(letters)}}}", text):
        raise UsageError(f"{text!r} is no VSC account: --user takes a name like {example}")
    return text


def check_key(text: str, policy: Policy) -> str:
    """Return the path of a private key, which may be on another computer: nothing looks whether it is there.

    Args:
        text: what the user gave.
        policy: has the key that shows what a path looks like.

    Raises:
        UsageError: it is no whole path, has a character that no profile can take, or names a public key.
    """
    example = policy.text("key_file")
    if not _KEY.fullmatch(text):
        raise UsageError(
            rf"{text!r} cannot be the key: --key takes a whole path like {example} or C:\keys\id_rsa_vsc.ppk, "
            "of letters, digits, spaces and . _ - ~ @ +"
        )
    if text.lower().endswith(".pub"):
        raise UsageError(f"{text} is the public half: --key takes the private one, the file without .pub")
    return text
