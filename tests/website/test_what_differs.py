"""What differs in the guide, and the ranges of versions that this makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import GuideError
from mfa_guide.clients.requirement import Requirement
from mfa_guide.kinds import open_guide
from mfa_guide.website.what_differs import of_guide, ranges
from tests.support.guides import write_guide
from tests.support.version_table import TABLE

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """\
# Page

``` transcript with="OpenSSH <10.3"
--8<-- "a.txt"
```

=== "Linux"

    ``` transcript terminal="second"
    --8<-- "b.txt"
    ```
"""


@pytest.mark.parametrize(("requirement", "versions"), TABLE)
def test_a_version_meets_a_requirement(requirement: str, versions: dict[str, bool]) -> None:
    parsed = Requirement.parse(requirement)
    assert {version: parsed.met_by({parsed.client: version}) for version in versions} == versions


@pytest.mark.parametrize(
    ("requirements", "expected"),
    [
        (["OpenSSH >=10.0"], {"before 10.0": "9.2", "10.0 or later": "10.0"}),
        (
            ["OpenSSH >=10.0", "OpenSSH >=10.0,<10.3", "OpenSSH <=8.4"],
            {
                "8.4 or earlier": "8.4",
                "after 8.4, before 10.0": "9.2",
                "10.0 or later, before 10.3": "10.0",
                "10.3 or later": "10.6",
            },
        ),
        (["OpenSSH ==9.2"], {"before 9.2": "8.4", "9.2": "9.2", "after 9.2": "10.0"}),
        (["OpenSSH <7", "OpenSSH >11"], {"before 7": "0", "7 or later, 11 or earlier": "9.2", "after 11": "11.0.1"}),
    ],
)
def test_requirements_divide_the_versions(requirements: list[str], expected: dict[str, str]) -> None:
    found = ranges(map(Requirement.parse, requirements))
    assert {each.words: each.version for each in found} == expected
    for each in found:
        assert each.requirement.met_by({"OpenSSH": each.version})


def test_each_client_has_ranges_of_its_own() -> None:
    found = ranges(map(Requirement.parse, ["OpenSSH >=10.0", "PuTTY >=0.81"]))
    assert [(each.client, each.words) for each in found] == [
        ("OpenSSH", "before 10.0"),
        ("OpenSSH", "10.0 or later"),
        ("PuTTY", "before 0.81"),
        ("PuTTY", "0.81 or later"),
    ]


def test_what_differs_is_found_in_fences_and_beside_snippets(tmp_path: Path) -> None:
    versions = "- {for: OpenSSH >=10.0, instead of: b, shows: c}\n"
    write_guide(tmp_path, PAGE, a="$ true\n", b="$ echo b\nb\n", **{"b_versions.yml": versions})
    found = [
        (differs.page.name, str(differs.requirement), differs.difference) for differs in of_guide(open_guide(tmp_path))
    ]
    assert [(page, requirement) for page, requirement, _ in found] == [
        ("page.md", "OpenSSH <10.3"),
        ("page.md", "OpenSSH >=10.0"),
    ]
    assert found[0][2] is None
    assert found[1][2] is not None
    assert found[1][2].shows == "c"


def test_what_overlaps_is_refused_with_its_place(tmp_path: Path) -> None:
    versions = (
        '- {for: OpenSSH >=10.0, instead of: "b\\n$ true\\nc", shows: "x\\n$ true\\ny"}\n'
        "- {for: OpenSSH >=10.0, after: b, shows: z}\n"
    )
    write_guide(tmp_path, PAGE, a="$ true\n", b="$ echo b\nb\n$ true\nc\n", **{"b_versions.yml": versions})
    with pytest.raises(
        GuideError, match=r"^snippets/b.versions.yml:1: two differences for OpenSSH 10.0 or later overlap"
    ):
        of_guide(open_guide(tmp_path))
