"""Names for the parts of the navigation, for those who cannot see it."""

from __future__ import annotations

import re

_SECTION = re.compile(r'(<nav class="md-nav"[^>]* aria-labelledby="__nav_[\d_]+)_label"')
_TITLE = re.compile(r'(<label class="md-nav__title" for="(__nav_[\d_]+)")')


def name_sections(html: str) -> str:
    """Name each section of the navigation after its title.

    The theme names it after the label that opens it, which is only a picture where the section has a page of its own.
    """
    return _TITLE.sub(r'\1 id="\2_title"', _SECTION.sub(r'\1_title"', html))
