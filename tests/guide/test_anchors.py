"""The anchors of a page, as the website gives them to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_guide.gate.on_page import findings
from mfa_guide.kinds import open_guide
from tests.support.guides import write_guide

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("markdown", "anchors"),
    [
        ("# Log in: `ssh -A <host>`, and *more*", {"log-in-ssh-a-host-and-more"}),
        ("# One\n\n## One\n\n## One", {"one", "one_1", "one_2"}),
        ("# One { #two }\n\n## Two", {"two", "two_1"}),
        ("# One { .wide }", {"one"}),
        ("# One {: .wide #two }", {"two"}),
        ("Words.\n{ #here }\n\n[There](#here){ #there }", {"here", "there"}),
        ("It is {{ facts.key_delay }}.", set()),
        ('<a name="old"></a>\n\nWords <b id=here>b</b>.', {"old", "here"}),
        ('=== "Linux"\n\n    ## In a tab\n\n!!! note\n\n    ## In a note', {"in-a-tab", "in-a-note"}),
        ('{{ problem("no-link") }}', {"no-link"}),
        ("Compared: {{ last_compared() }}.\n{{ tried('nx') }}\n", set()),
        ("# All\n\n{{ problems() }}", None),
        ("{{ differing() }}", None),
        ("# All\n\n## {{ change.title }}\n", None),
        ('``` unchecked why="x" review="2027-01-01"\n# { #no }\n```', set()),
    ],
)
def test_what_a_link_may_name(tmp_path: Path, markdown: str, anchors: set[str] | None) -> None:
    assert write_guide(tmp_path, f"{markdown}\n").anchors == anchors


@pytest.mark.parametrize(
    ("extensions", "known"),
    [
        ("[toc, tables]", True),
        ("[toc: {permalink: true}]", True),
        ("{tables: {}}", True),
        ("[toc: {slugify: x}]", False),
        ("{toc: {separator: _}}", False),
    ],
)
def test_nothing_is_said_of_anchors_that_a_project_makes_its_own_way(
    tmp_path: Path, extensions: str, known: bool
) -> None:
    page = write_guide(tmp_path, "# One\n\n[Two](#two), [three](gone.md#two).\n")
    with (tmp_path / "mkdocs.yml").open("a") as configuration:
        configuration.write(f"markdown_extensions: {extensions}\n")
    said = [finding.message for finding in findings(open_guide(tmp_path).page(page.name))]
    assert ["#two, which is not on this page" in " ".join(said), len(said)] == [known, 1 + known]
