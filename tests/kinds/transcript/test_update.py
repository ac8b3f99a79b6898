"""What is written for what was seen: `…`, samples and typed input stay, and nothing of a run's own gets into a page."""

from __future__ import annotations

import pytest

from mfa_guide.expecting.matching import Expected, compare
from mfa_guide.expecting.update import merge

SAMPLE = "SHA256:p4Xo9GdKv2LmT6wYzR1cNfBhU8sJqE3iA5tVnWkQe0D"
OWN = "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDLPE2gI9Zs3ZzqGdM"
LINK = "https://firewall.vscentrum.be/R7kVn2pLdWq8TzXb4mH"
OWN_LINK = "https://firewall.vscentrum.be/w3TtYbLhXq5NcZr9KdV"
MD5 = "16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48"
OWN_MD5 = "c1:b1:30:29:d7:b8:de:6c:97:77:10:d7:46:41:63:87"


def expected(*lines: str) -> list[Expected]:
    return [Expected(number, line, (line,)) for number, line in enumerate(lines, start=1)]


@pytest.mark.parametrize(
    ("before", "seen", "after"),
    [
        (f"The key is {SAMPLE}.", f"The key is: {OWN}", f"The key is: {SAMPLE}"),
        (f"Open {LINK} to go on.", f"Please open {OWN_LINK} now.", f"Please open {LINK} now."),
        (f"{MD5} it is", f"{OWN_MD5} it was", f"{MD5} it was"),
        (f"{SAMPLE} {LINK}", f"now {OWN} and {OWN_LINK}", f"now {SAMPLE} and {LINK}"),
    ],
)
def test_a_changed_line_keeps_its_samples(before: str, seen: str, after: str) -> None:
    assert merge(expected(before), [seen], {}) == [after]


def test_what_a_sample_stands_for_is_known_further_down() -> None:
    merged = merge(expected(f"first {SAMPLE}", "other"), [f"last {OWN}", f"again {OWN}"], {})
    assert merged == [f"last {SAMPLE}", f"again {SAMPLE}"]
    merged = merge(expected(f"same {SAMPLE}", "other"), [f"same {OWN}", f"again {OWN}"], {})
    assert merged == [f"same {SAMPLE}", f"again {SAMPLE}"]


def test_a_value_that_is_known_is_written_as_its_sample() -> None:
    bound = {SAMPLE.removeprefix("SHA256:"): OWN.removeprefix("SHA256:")}
    assert merge(expected("nothing"), [f"the key {OWN}"], bound) == [f"the key {SAMPLE}"]


@pytest.mark.parametrize("own", [OWN, OWN_LINK, OWN_MD5])
def test_a_new_line_has_an_example_of_its_own_and_nothing_of_the_run(own: str) -> None:
    seen = ["one", f"shows {own} now"]
    merged = merge(expected("one"), seen, {})
    assert merged[0] == "one"
    value = own.removeprefix("SHA256:").rpartition("/")[2] if "/" in own and own.startswith("http") else own
    assert value.removeprefix("SHA256:") not in merged[1]
    assert merged[1].startswith("shows ")
    # It stands for what was seen, and for nothing else.
    bound = compare(expected(*merged), seen, {})
    assert list(bound.values()) == [value.removeprefix("SHA256:")]
    assert merge(expected("one"), seen, {}) == merged, "the same each time"


def test_two_values_have_two_examples() -> None:
    merged = merge(expected("one"), ["one", f"{OWN} {OWN_LINK}", f"{SAMPLE}"], {})
    bound = compare(expected(*merged), ["one", f"{OWN} {OWN_LINK}", f"{SAMPLE}"], {})
    assert len(bound) == 3
