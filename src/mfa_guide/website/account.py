"""The field for the reader's own account, which theme/assets/guide.js writes into the page."""

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
        '<p class="account"><label for="account">Your account:</label> '
        f'<input type="text" id="account" placeholder="{escape(example)}" pattern="{shape}" '
        'aria-describedby="account-shape" autocomplete="off" autocapitalize="none" spellcheck="false"> '
        '<strong class="account__shape" id="account-shape">'
        f"It looks like {escape(example)}, with your digits.</strong> "
        "This page then writes it wherever it is needed. It stays in this browser.</p>"
    )
