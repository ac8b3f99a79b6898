"""The fields for the versions of the reader's own clients; theme/assets/versions.js then shows their words first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_guide.website.what_differs import Range

_NUMBER = r"\d{1,3}(?:\.\d{1,3}){1,3}"


@dataclass(frozen=True)
class _Asking:
    """How a reader gets to know the version of a client."""

    where: str
    """What says it, as HTML; what it says can be pasted."""
    such: str
    """A version, for instance."""
    pattern: str
    """Where the version is in that: a regular expression that Python and JavaScript read alike."""


CLIENTS = {
    "OpenSSH": _Asking("what <code>ssh -V</code> says", "9.6", rf"OpenSSH(?:_for_Windows)?[_ ]({_NUMBER})"),
    "PuTTY": _Asking("what <code>plink -V</code> says", "0.81", rf"(?:Release|PuTTY) ({_NUMBER})"),
    "FileZilla": _Asking("what <b>Help</b> › <b>About</b> says", "3.66", rf"FileZilla ({_NUMBER})"),
}
"""Those that suites have."""


def fields(html: str, ranges: Sequence[Range]) -> str:
    """Return a field for each client of which versions differ on a page, as HTML.

    Args:
        html: the page.
        ranges: the versions that make a difference anywhere in the guide.
    """
    asked = sorted(set(re.findall(r' data-(?:with|only)="(\w+) ', html)))
    made = [_field(client, [each for each in ranges if each.client == client]) for client in asked]
    if not made:
        return ""
    stays = "its words. It stays" if len(made) == 1 else "their words. They stay"
    return f'<div class="versions">{"".join(made)}<p>This page then shows {stays} in this browser.</p></div>'


def _field(client: str, ranges: Sequence[Range]) -> str:
    asking, id = CLIENTS[client], f"version-{client.lower()}"
    options = "".join(
        f'<option value="{each.version}" data-range="{escape(str(each.requirement))}">{escape(each.words)}</option>'
        for each in ranges
    )
    refusal = f"No version of {client} is in this: paste the whole line, or type a number such as {asking.such}."
    return (
        f'<div class="version" data-client="{client}" data-pattern="{escape(asking.pattern)}" '
        f'data-refusal="{escape(refusal)}">'
        f'<p><label for="{id}">Your {client}:</label> '
        f'<select id="{id}"><option value="">as this page was written</option>{options}</select> '
        f'<label for="{id}-said">or {asking.where}:</label> '
        f'<input type="text" id="{id}-said" aria-describedby="{id}-note" '
        'autocomplete="off" autocapitalize="none" spellcheck="false"></p>'
        f'<p class="version__note" id="{id}-note" role="status"></p></div>'
    )
