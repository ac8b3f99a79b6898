"""Profiles that a reader downloads, made in the browser: `{{ profile("putty-reg") }}`.

The page holds what `mfa-guide profile` writes for the account of the examples, and theme/assets/download.js puts the
reader's own account into it: whoever has Windows needs neither Linux nor the files of this guide.
"""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from mfa_guide.base.errors import GuideError
from mfa_guide.clients.profiles import make
from mfa_guide.clients.profiles.settings import NAME
from mfa_guide.website import account

if TYPE_CHECKING:
    from mfa_guide.policy import Policy

KEY = "~/Documents/id_rsa_vsc.ppk"
"""Where a login takes a key: where the page about PuTTY has its reader save it; a comment in the profile names it."""
ENDINGS = {"putty-reg": "reg", "mobaxterm": "mxtsessions", "filezilla": "xml", "winscp": "ini"}
"""How the names of the files end, by the format."""
_WIDE = {"putty-reg": "utf-16-le"}
"""The formats whose characters are of two bytes."""


def profile(policy: Policy, client: str) -> str:
    """Return the field for the account and the button, as HTML.

    Args:
        policy: the facts that the profile says.
        client: one of `ENDINGS`.

    Raises:
        GuideError: it is none.
    """
    if client not in ENDINGS:
        raise GuideError(f"there is no download for {client!r}: choose {', '.join(ENDINGS)}")
    name = f"{NAME}.{ENDINGS[client]}"
    encoding = _WIDE.get(client, "ascii")
    # With its byte order mark, which is a character of the text like any other.
    key = KEY if policy.needs_key else None
    text = json.dumps(make(client, policy.text("account"), key, policy).content.decode(encoding))
    return (
        f'<div class="download" data-name="{name}" data-encoding="{encoding}" data-content="{escape(text)}">'
        f"{account.in_its_own_place(policy)}"
        f'<p><button type="button" class="md-button">Download {name}</button>'
        ' <span class="download__said" role="status"></span></p></div>'
    )
