"""Fences are told where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_guide.website import whereabouts
from tests.support.guides import write_guide

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("transcript", "walkthrough", "sequence")


@pytest.mark.parametrize("fence", ["```", "~~~~"])
def test_a_fence_is_told_where_it_stands(tmp_path: Path, fence: str) -> None:
    text = (
        f'{fence} transcript waits\n--8<-- "a/b.txt"\n{fence}\n\n'
        f'=== "Tab"\n\n    {fence} walkthrough\n    --8<-- "c.yml"\n    {fence}\n\n'
        f'{fence} sequence title="x"\na -> b: c\n{fence}\n\n``` text\n{fence} transcript\n```\n'
    )
    page = write_guide(tmp_path, f"---\ntitle: Page\n---\n{text}")
    assert whereabouts.tell(text, 4, page, KINDS) == (
        f'{fence} transcript waits page="page.md" file="docs/page.md" line="4" snippet="a/b.txt" '
        f'source="snippets/a/b.txt"\n--8<-- "a/b.txt"\n{fence}\n\n'
        f'=== "Tab"\n\n    {fence} walkthrough page="page.md" file="docs/page.md" line="10" snippet="c.yml" '
        f'source="snippets/c.yml"\n    --8<-- "c.yml"\n'
        f"    {fence}\n\n"
        f'{fence} sequence title="x" page="page.md" file="docs/page.md" line="14"\na -> b: c\n{fence}\n\n'
        f"``` text\n{fence} transcript\n```\n"
    )
