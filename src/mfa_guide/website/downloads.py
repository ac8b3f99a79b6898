"""The profile for PuTTY on Windows, made in the reader's browser: `{{ putty_profile() }}`.

The page holds what `mfa-guide profile putty-reg` writes for the account of the examples, and theme/assets/download.js
puts the reader's own account into it: whoever has Windows needs neither Linux nor the files of this guide.
"""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from mfa_guide.clients.profiles import make, putty_registry
from mfa_guide.website import account

if TYPE_CHECKING:
    from mfa_guide.policy import Policy

KEY = "~/Documents/id_rsa_vsc.ppk"
"""Where the page about PuTTY has its reader save the key; a comment in the profile names it."""


def putty_profile(policy: Policy) -> str:
    """Return the field for the account and the button, as HTML.

    Args:
        policy: the facts that the profile says.
    """
    name = f"{putty_registry.NAME}.reg"
    content = make("putty-reg", policy.text("account"), KEY, policy).content
    # With its byte order mark, which is a character of the text like any other.
    text = json.dumps(content.decode("utf-16-le"))
    return (
        f'<div class="download" data-name="{name}" data-content="{escape(text)}">'
        f"{account.in_its_own_place(policy)}"
        f'<p><button type="button" class="md-button">Download {name}</button>'
        ' <span class="download__said" role="status"></span></p></div>'
    )
