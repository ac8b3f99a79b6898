"""Pages without what nobody sees of them."""

from __future__ import annotations

import re

_GAP = re.compile(r"\s*\n\s*")


def without_gaps(html: str) -> str:
    """Take blank lines and indentation out of what stands around the article of a page.

    The theme's templates leave more of them in a navigation than it has words. In the article they may mean something.
    """
    before, begin, rest = html.partition("<article")
    article, end, after = rest.rpartition("</article>")
    before, after = (_GAP.sub("\n", part) for part in (before, after))
    return f"{before}{begin}{article}{end}{after}"
