"""Addresses that stay: whatever was ever published answers in every edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_guide.expecting.nearest import nearest
from mfa_guide.gate.on_page import Finding
from mfa_guide.guide import published
from mfa_guide.guide.page import DOCS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_guide.guide.guide import Guide


def findings(guide: Guide) -> Iterator[Finding]:
    """Yield what would not answer at an address that was published, and what is published and not on the list.

    Raises:
        GuideError: the list, or the navigation, cannot be read.
    """
    listed = published.read(guide.project)
    if listed is None:
        return
    edition = guide.edition
    files = {edition.path_of(path) or "": path for path in (*guide.files(), *guide.notebooks())}
    there = {path.removeprefix(f"{DOCS}/"): file for path, file in files.items()}
    for name, file in there.items():
        if name not in listed:
            yield Finding(edition.where(file), 1, f"{published.LIST} does not name {name}: add it, it answers for ever")
    for name, instead in listed.items():
        answering = instead.get(edition.name)
        if message := _amiss(name, answering, edition.name, [*there]):
            yield Finding(published.LIST, 1, message)


def _amiss(name: str, answering: str | None, edition: str, there: list[str]) -> str | None:
    if name in there:
        return f"{name} is in edition {edition}: no other page answers in its place" if answering else None
    if answering is None:
        return f'{name} is not in edition {edition}: say which page answers in its place, `"{edition}": …`'
    if answering not in there:
        return f"{name} leads to {answering}, which is not in edition {edition}{nearest(answering, there)}"
    return None
