"""Drawings of who says what to whom: nothing to carry out."""

from __future__ import annotations

from mfa_guide.kinds.kind import Kind, Options


class SequenceOptions(Options):
    """What a drawing says about itself."""

    title: str
    """What it shows, for those who cannot see it."""


class Sequence(Kind[SequenceOptions]):
    """A drawing, of the text in the fence itself."""

    name = "sequence"
    options = SequenceOptions


SEQUENCE = Sequence()
