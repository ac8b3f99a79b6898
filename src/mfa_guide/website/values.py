"""What a page of the guide may write in double braces: `{{ facts.login_host }}`, `{{ problem("id") }}` and the others.

A page is a template of Jinja. What is misspelt in it ends the build: a page never goes without what it names.
"""

from __future__ import annotations

import traceback
from functools import partial
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined, TemplateError

from mfa_guide import policy
from mfa_guide.base.errors import GuideError
from mfa_guide.policy.changes import changes
from mfa_guide.website import downloads, people, problems, statements, suites_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mfa_guide.guide.guide import Guide

_TEMPLATE = "<template>"
"""What Jinja calls the file of a text that is a template, in tracebacks."""


class Facts(dict[str, policy.Fact]):
    """The facts of the policy, by name."""

    def __init__(self, source: policy.Policy) -> None:
        super().__init__(source.facts)
        self._policy = source

    def __missing__(self, name: str) -> policy.Fact:
        """Say that there is no such fact, which Jinja itself would only call undefined."""
        return self._policy.fact(name)


def of_guide(guide: Guide) -> dict[str, object]:
    """Return everything that pages may name.

    Args:
        guide: the guide.

    Raises:
        GuideError: the policy cannot be read.
    """
    return {
        "facts": Facts(guide.policy),
        "changes": lambda old, new: changes(policy.load(old), policy.load(new)),
        "problem": partial(problems.problem, guide.policy),
        "problems": partial(problems.problems, guide.policy),
        "finder": partial(problems.finder, guide.policy),
        "profile": partial(downloads.profile, guide.policy),
        "last_compared": partial(people.last_compared, guide.project),
        "tried": partial(people.tried, guide.project),
        "all_tried": partial(people.all_tried, guide.project),
        "statements": partial(statements.statements, guide),
        "by_version": partial(suites_table.by_version, guide, guide.edition.named or ()),
        "by_windows": partial(suites_table.by_windows, guide, guide.edition.named or ()),
        "not_covered": partial(suites_table.not_covered, guide),
        "differing": partial(suites_table.differing, guide),
    }


def fill(markdown: str, values: Mapping[str, object], page: str, first: int) -> str:
    """Return a page with everything in the place of its name.

    Args:
        markdown: the page, without its front matter.
        values: what it may name.
        page: what to call it in errors.
        first: the number of its first line in its file.

    Raises:
        GuideError: it names what there is not, or is no template; the message says on which line.
    """
    try:
        return Environment(undefined=StrictUndefined).from_string(markdown).render(values)
    except (TemplateError, GuideError, TypeError) as error:
        # Jinja puts the lines of the template into the traceback.
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == _TEMPLATE]
        line = getattr(error, "lineno", None) or (lines[-1] if lines else 1) or 1
        raise GuideError(f"{page}:{first + line - 1}: {error}") from error
