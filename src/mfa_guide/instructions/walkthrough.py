"""Walkthroughs: what a reader does in a window, step by step, with the window's own labels."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mfa_guide.instructions.failure import Failure

_Model = TypeVar("_Model", bound=BaseModel)

LINK = "link"
"""What `open` says when it means the login link that the terminal shows."""


class Step(BaseModel):
    """One thing to do, or to see, in the window."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verb: ClassVar[str]

    line: int
    """Where the step begins in the snippet, counted from 1."""
    says: str | None = None
    """A further sentence for the reader; nothing is carried out."""


class Open(Step):
    """Open an address, or the login link."""

    verb = "open"
    open: str = Field(min_length=1)


class Choose(Step):
    """Choose an option of a drop-down."""

    verb = "choose"
    choose: str = Field(min_length=1)
    within: str = Field(alias="in", min_length=1)
    """The accessible label of the drop-down."""


class Press(Step):
    """Press a button or follow a link."""

    verb = "press"
    press: str = Field(min_length=1)


class Upload(Step):
    """Choose a file of the reader's machine."""

    verb = "upload"
    upload: str = Field(min_length=1)
    """The file; `~` is the reader's home."""
    into: str = Field(min_length=1)
    """The accessible label of the field that takes it."""


class See(Step):
    """Text that must be visible: all the text of a heading, a paragraph, a list item; `…` and shapes may vary."""

    verb = "see"
    see: str = Field(min_length=1)


_STEPS: dict[str, type[Step]] = {step.verb: step for step in (Open, Choose, Press, Upload, See)}


class Walkthrough(BaseModel):
    """A whole snippet of this kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    window: Literal["browser"]
    steps: tuple[Open | Choose | Press | Upload | See, ...] = Field(min_length=1)


def parse_walkthrough(text: str) -> Walkthrough:
    """Read a walkthrough.

    Args:
        text: the content of the snippet, YAML.

    Raises:
        Failure: it is not YAML, or not of the form that a walkthrough has.
    """
    try:
        # BaseLoader leaves every value a string: the button called Yes is not a truth value.
        content = yaml.load(text, yaml.BaseLoader)
        node = yaml.compose(text, yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.context_mark or error.problem_mark
        raise Failure(f"this is not YAML: {error.problem}", line=mark.line + 1 if mark else None) from error
    if not isinstance(content, dict) or not isinstance(content.get("steps"), list):
        raise Failure("a walkthrough has `window: browser` and a list of `steps:`", line=1)
    assert isinstance(node, yaml.MappingNode)
    lines = next(
        [item.start_mark.line + 1 for item in value.value] for key, value in node.value if key.value == "steps"
    )
    steps = tuple(_step(step, line) for step, line in zip(content["steps"], lines, strict=True))
    return _validated(Walkthrough, {**content, "steps": steps}, line=1)


def _step(content: object, line: int) -> Step:
    verbs = [verb for verb in _STEPS if isinstance(content, dict) and verb in content]
    if len(verbs) != 1:
        raise Failure(f"a step has exactly one of: {', '.join(_STEPS)}", line=line)
    assert isinstance(content, dict)
    return _validated(_STEPS[verbs[0]], {**content, "line": line}, line)


def _validated(model: type[_Model], content: dict[str, Any], line: int) -> _Model:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Failure(f"`{where}`: {first['msg'].lower()}", line=line) from error
