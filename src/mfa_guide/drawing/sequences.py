"""Diagrams of who says what to whom, drawn as SVG when the site is built.

    == The key ==
    Your terminal -> Login node: offers your key
    Login node -> Login node: holds the answer

A line is a message from one to another (or to itself), or a heading between `==`. The drawing takes its colours
from the page, so it follows light and dark. The same steps in words stand beside it: screen readers read them, and
narrow screens show them in place of the drawing.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from html import escape
from itertools import count

from mfa_guide.base.errors import GuideError

_MESSAGE = re.compile(r"(?P<sender>.+?) -> (?P<receiver>.+?): (?P<text>.+)")
_HEADING = re.compile(r"== (?P<text>.+) ==")

# Sizes in the drawing's own units; a unit is a pixel when there is room.
_LANE = 184
# Where more than four take part, what is said is easier to read on more lines than in smaller letters.
_MANY, _NARROW_LANE = 4, 140
_TOP = 52
_LINE = 17
_GAP = 26
_LETTER = 6.9
_SELF = 26


@dataclass(frozen=True)
class Message:
    """Someone says something to someone, or does something alone (sender and receiver are the same)."""

    sender: str
    receiver: str
    text: str


@dataclass(frozen=True)
class Heading:
    """What the messages below it are about."""

    text: str


DrawnStep = Message | Heading


def parse(source: str) -> list[DrawnStep]:
    """Read the steps of a diagram, one a line.

    Raises:
        GuideError: a line is neither a message nor a heading.
    """
    steps: list[DrawnStep] = []
    for line in filter(None, map(str.strip, source.splitlines())):
        if found := _HEADING.fullmatch(line):
            steps.append(Heading(**found.groupdict()))
        elif found := _MESSAGE.fullmatch(line):
            steps.append(Message(**found.groupdict()))
        else:
            raise GuideError(f"sequence: write 'A -> B: text' or '== heading ==', not {line!r}")
    return steps


def render(steps: list[DrawnStep], title: str) -> str:
    """Return the drawing and the words as one HTML figure."""
    return f'<figure class="sequence">{_drawing(steps, title)}{_words(steps)}</figure>'


def _words(steps: list[DrawnStep]) -> str:
    parts = ["<ol>"]
    number = 1
    for step in steps:
        if isinstance(step, Heading):
            parts.append(f'</ol><p class="sequence__heading">{escape(step.text)}</p><ol start="{number}">')
            continue
        receiver = f" → {escape(step.receiver)}" if step.receiver != step.sender else ""
        parts.append(f"<li><strong>{escape(step.sender)}{receiver}</strong>: {escape(step.text)}</li>")
        number += 1
    words = "".join((*parts, "</ol>")).replace("<ol></ol>", "")
    return f'<div class="sequence__words">{words}</div>'


def _drawing(steps: list[DrawnStep], title: str) -> str:
    messages = [step for step in steps if isinstance(step, Message)]
    lanes = list(dict.fromkeys(name for message in messages for name in (message.sender, message.receiver)))
    lane = _LANE if len(lanes) <= _MANY else _NARROW_LANE
    centre = {name: round(lane * (index + 0.5)) for index, name in enumerate(lanes)}
    width = lane * len(lanes)

    y = _TOP + 10
    body = []
    numbers = count(1)
    for step in steps:
        if isinstance(step, Heading):
            y += _GAP
            body.append(
                f'<line class="sequence__rule" x1="0" x2="{width}" y1="{y + 8}" y2="{y + 8}"/>'
                f'<text class="sequence__heading" x="2" y="{y}">{escape(step.text)}</text>'
            )
            y += 14
            continue
        start, end = centre[step.sender], centre[step.receiver]
        room = abs(end - start) - 34 if start != end else min(lane * 1.6, width - start - _SELF - 30)
        lines = textwrap.wrap(step.text, max(int(room / _LETTER), 12))
        body.append(_arrow(next(numbers), lines, start, end, y + _GAP))
        y += _GAP + _LINE * len(lines) + (10 if start == end else 6)

    height = y + 20
    heads = "".join(
        f'<line class="sequence__lane" x1="{x}" x2="{x}" y1="40" y2="{height}"/>'
        f'<rect class="sequence__head" x="{x - lane // 2 + 14}" y="4" width="{lane - 28}" height="36" rx="6"/>'
        f'<text class="sequence__name" x="{x}" y="27" text-anchor="middle">{escape(name)}</text>'
        for name, x in centre.items()
    )
    return (
        f'<svg class="sequence__drawing" viewBox="0 0 {width} {height}" role="img" data-search-exclude>'
        f"<title>{escape(title)}</title>"
        f"<desc>{escape(_description(messages))}</desc>"
        '<defs><marker id="sequence-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8"'
        ' orient="auto"><path class="sequence__tip" d="M0 0L8 4L0 8z"/></marker></defs>'
        f"{heads}{''.join(body)}</svg>"
    )


def _arrow(number: int, lines: list[str], start: int, end: int, y: int) -> str:
    """One message: its text above its arrow, its number where the arrow begins."""
    foot = y + _LINE * (len(lines) - 1) + 8
    if start == end:
        path = f"M{start} {y - 8}h{_SELF}V{foot}h{-_SELF + 6}"
        text_x, anchor = start + _SELF + 10, "start"
        dot_y = y - 8
    else:
        toward = 1 if end > start else -1
        path = f"M{start} {foot}H{end - 2 * toward}"
        text_x, anchor = (start + end) // 2, "middle"
        dot_y = foot
    words = "".join(
        f'<tspan x="{text_x}" y="{y + _LINE * row}">{escape(line)}</tspan>' for row, line in enumerate(lines)
    )
    return (
        f'<path class="sequence__arrow" d="{path}" marker-end="url(#sequence-tip)"/>'
        f'<text class="sequence__text" text-anchor="{anchor}">{words}</text>'
        f'<circle class="sequence__dot" cx="{start}" cy="{dot_y}" r="10"/>'
        f'<text class="sequence__number" x="{start}" y="{dot_y + 4}" text-anchor="middle">{number}</text>'
    )


def _description(messages: list[Message]) -> str:
    return " ".join(
        f"{number}. {message.sender} to {message.receiver}: {message.text}."
        for number, message in enumerate(messages, start=1)
    )
