"""The fields for the reader's own account, which theme/assets/guide.js writes into the page."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mfa_guide.policy import Policy

_STAYS = "It stays in this browser."


def field(html: str, policy: Policy) -> str:
    """Return the field as HTML; nothing for a page that has no command with the account in it.

    Args:
        html: the page.
        policy: the facts, the account of the examples among them.
    """
    example = policy.text("account")
    if 'class="copy"' not in html or example not in html:
        return ""
    return _field("Your account:", "account", f"This page then writes it wherever it is needed. {_STAYS}", policy)


def in_its_own_place(policy: Policy) -> str:
    """Return a further field, for a place of a page that needs the account itself; all fields of a page say the same.

    Args:
        policy: the facts, the account of the examples among them.
    """
    return _field("Your account, for this file:", "account-here", _STAYS, policy)


def _field(label: str, id: str, then: str, policy: Policy) -> str:
    example = policy.text("account")
    # The letters of the example, and as many digits.
    shape = re.sub(r"\d", "[0-9]", example)
    return (
        f'<p class="account"><label for="{id}">{label}</label> '
        f'<input type="text" id="{id}" placeholder="{escape(example)}" pattern="{shape}" '
        f'aria-describedby="{id}-shape" autocomplete="off" autocapitalize="none" spellcheck="false"> '
        f'<strong class="account__shape" id="{id}-shape">'
        f"It looks like {escape(example)}, with your digits.</strong> {then}</p>"
    )
