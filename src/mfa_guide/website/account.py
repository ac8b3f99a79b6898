"""The field for the reader's own account, which theme/assets/guide.js writes into the page."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mfa_guide.policy import Policy


def field(html: str, policy: Policy) -> str:
    """Return the field as HTML; nothing for a page that has no command with the account in it.

    Args:
        html: the page.
        policy: the facts, the account of the examples among them.
    """
    example = policy.text("account")
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
