"""The field for the reader's own account, which docs/assets/guide.js writes into the page."""

from __future__ import annotations

import re
from html import escape

from mfa_guide import policy


def field(html: str) -> str:
    """Return the field as HTML; nothing for a page that has no command with the account in it.

    Args:
        html: the page.
    """
    example = policy.load().text("account")
    if 'class="copy"' not in html or example not in html:
        return ""
    # The letters of the example, and as many digits.
    shape = re.sub(r"\d", "[0-9]", example)
    return (
        f'<p class="account"><label>Your account: <input type="text" placeholder="{escape(example)}" '
        f'pattern="{shape}" autocomplete="off" autocapitalize="none" spellcheck="false"></label> '
        "This page then writes it into every command. It stays in this browser.</p>"
    )
