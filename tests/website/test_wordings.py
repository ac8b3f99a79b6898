"""A snippet with all that other versions show, line by line: each version sees what the check expects of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mfa_guide.clients import suites
from mfa_guide.kinds.transcript import by_version
from mfa_guide.website.what_differs import ranges
from mfa_guide.website.wordings import as_shown, rows
from tests.support import PROJECT

TEXT = """\
one
two
$ ask
Which? «blue»
two
$ tell
two
three
"""
CASES = {
    "a line": "- {for: OpenSSH >=10.0, instead of: three, shows: four}",
    "every occurrence": "- {for: OpenSSH >=10.0, instead of: two, shows: zwei}",
    "the first line": '- {for: OpenSSH >=10.0, instead of: "one\\ntwo", shows: "eins"}',
    "the last line is missing": '- {for: OpenSSH >=10.0, instead of: three, shows: ""}',
    "behind a line": '- {for: OpenSSH >=10.0, after: three, shows: "four\\nfive"}',
    "behind every occurrence": "- {for: OpenSSH >=10.0, after: two, shows: more}",
    "behind a command": '- {for: OpenSSH >=10.0, after: "$ tell", shows: hello}',
    "what stands before typed input": '- {for: OpenSSH >=10.0, instead of: "Which? «blue»", shows: "Colour: «blue»"}',
    "around a command": '- {for: OpenSSH >=10.0, instead of: "two\\n$ tell\\ntwo", shows: "$ tell\\nzwei\\ndrei"}',
    "one and the other": """
        - {for: "OpenSSH >=10.0,<10.6", instead of: three, shows: four}
        - {for: OpenSSH >=10.6, instead of: three, shows: five}
        - {for: OpenSSH <=8.4, after: one, shows: old}
        - {for: OpenSSH >=10.6, after: one, shows: new}
        - {for: OpenSSH ==9.2, instead of: one, shows: ""}""",
}


@pytest.mark.parametrize("case", CASES)
def test_each_version_sees_what_the_check_expects_of_it(case: str) -> None:
    differences = by_version.parse(CASES[case])
    every = rows(TEXT, differences)
    told = ranges(difference.requirement for difference in differences)
    assert len(told) > 1
    shown = []
    for each in told:
        versions = {each.client: each.version}
        shown.append(as_shown(every, versions))
        assert shown[-1] == by_version.variant(Path("a.txt"), TEXT, versions, differences).text
    assert len(set(shown)) > 1
    assert as_shown(every, {}) == TEXT
    assert [row.text for row in every if row.text.startswith("$ ")] == ["$ ask", "$ tell"], "typed once, by all"


def test_every_suite_sees_what_the_check_expects_of_it() -> None:
    snippets = [path for path in (PROJECT / "snippets").rglob("*.txt") if by_version.read_differences(path)]
    assert snippets
    for path in snippets:
        text = path.read_text(encoding="utf-8")
        every = rows(text, by_version.read_differences(path))
        for versions in suites.VERSIONS.values():
            assert as_shown(every, versions) == by_version.variant(path, text, versions).text
