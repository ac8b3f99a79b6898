"""Comparing what a page shows with what is really there."""

from __future__ import annotations

import re

import pytest

from mfa_guide.expecting.failure import Failure
from mfa_guide.expecting.matching import Expected, compare, difference, follow, match_text
from mfa_guide.expecting.shapes import browser_pattern, pieces

KEY = "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDLPE2gI9Zs3ZzqGdM"
OTHER_KEY = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"
MD5 = "MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48"

LOGIN = f"""\
The authenticity of host 'login.hpc.kuleuven.be (192.0.2.10)' can't be established.
ED25519 key fingerprint is {KEY}.
Are you sure you want to continue connecting (yes/no/[fingerprint])? yes
Logging in as vsc98765 from [2001:db8::1]:49859.
Please open https://firewall.vscentrum.be/Ab3dEf6hIj9kLm2nOp5 to complete logon.
Last login: Tue Nov 24 03:38:41 2026 from 192.0.2.1
Valid: from 2026-11-24T03:38:00 to 2026-11-24T19:39:00
-rw------- 1 reader reader 3381 Nov 24 03:38 id_rsa_vsc
{MD5} (RSA)
debug1: connection from 192.0.2.1 port 49859 to port 22"""

REAL = f"""\
The authenticity of host 'login.hpc.kuleuven.be (192.0.2.10)' can't be established.
ED25519 key fingerprint is {OTHER_KEY}.
Are you sure you want to continue connecting (yes/no/[fingerprint])? yes
Logging in as vsc98765 from [2001:db8::1]:5123.
Please open https://firewall.vscentrum.be/Zz9Yy8Xx7Ww6Vv5Uu4 to complete logon.
Last login: Fri Jan  1 23:59:59 2027 from 192.0.2.1
Valid: from 2027-01-01T00:00:00 to 2027-01-01T16:01:00
-rw------- 1 reader reader 3381 Jan  1 23:59 id_rsa_vsc
MD5:00:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48 (RSA)
debug1: connection from 192.0.2.1 port 32768 to port 22"""


def lines(text: str) -> list[Expected]:
    return [Expected(number, line, (line,)) for number, line in enumerate(text.split("\n"), start=1)]


def holds(expected: str, seen: str) -> bool:
    try:
        compare(lines(expected), seen.split("\n"), {})
    except Failure:
        return False
    return True


def words(text: str) -> list[re.Match[str]]:
    """The words of the text that no sample of a shape covers, even partly."""
    covered: list[range] = []
    at = 0
    for line in text.split("\n"):
        for piece in pieces(line):
            covered += [range(at, at + len(piece.text))] if piece.shape else []
            at += len(piece.text)
        at += 1
    return [
        match
        for match in re.finditer(r"\w+", text)
        if not any(match.start() < part.stop and part.start < match.end() for part in covered)
    ]


def test_samples_stand_for_anything_of_their_shape() -> None:
    assert holds(LOGIN, LOGIN)
    assert holds(LOGIN, REAL)


@pytest.mark.parametrize("word", words(LOGIN), ids=lambda word: f"{word.start()}-{word[0]}")
@pytest.mark.parametrize("change", [lambda w: w + "x", lambda w: w[:-1], lambda w: w[1:] + w[0] + "q", lambda w: ""])
def test_any_changed_word_is_noticed(word: re.Match[str], change: object) -> None:
    assert callable(change)
    changed = LOGIN[: word.start()] + change(word[0]) + LOGIN[word.end() :]
    with pytest.raises(Failure) as failure:
        compare(lines(changed), REAL.split("\n"), {})
    assert failure.value.line == LOGIN.count("\n", 0, word.start()) + 1


@pytest.mark.parametrize("at", range(LOGIN.count("\n") + 1))
def test_missing_doubled_and_swapped_lines_are_noticed(at: int) -> None:
    page = LOGIN.split("\n")
    assert not holds("\n".join(page[:at] + page[at + 1 :]), REAL)
    assert not holds("\n".join([*page[: at + 1], *page[at:]]), REAL)
    if at:
        assert not holds("\n".join([*page[: at - 1], page[at], page[at - 1], *page[at + 1 :]]), REAL)


def test_some_words_are_checked() -> None:
    assert len(words(LOGIN)) > 60


@pytest.mark.parametrize(
    ("expected", "seen", "result"),
    [
        ("a…c", "abc", True),
        ("a…c", "abbbc", True),
        ("a…c", "ac", False),
        ("a…c", "abd", False),
        ("…", "anything\nat all\n", True),
        ("a\n…\nb", "a\nb", False),
        ("a\n…\nb", "a\n\nb", True),
        ("a\n…\nb", "a\nx\nb\ny\nb", True),
        ("a\n…\nb", "a\nx", False),
        ("a…c", "ab\nc", False),
        ("a.c", "abc", False),
        ("a", "a   ", True),
        ("a\tb", "a       b", True),
        ("a", "A", False),
        (f"key {KEY}", f"key {OTHER_KEY[:-1]}", False),
        (f"key {KEY}", f"key {OTHER_KEY}=", False),
        (f"key {KEY[:-1]}", f"key {OTHER_KEY[:-1]}", False),
        ("from 192.0.2.1:49859", "from 192.0.2.1:123456", False),
        ("from 192.0.2.1:49859", "from 192.0.2.2:49859", False),
        ("host x port 49859", "host x port 49858", False),
        ("on 192.0.2.1 port 22", "on 192.0.2.1 port 2222", False),
        ("https://a.be/Ab3dEf6hIj9kLm2nOp5 x", "https://b.be/Ab3dEf6hIj9kLm2nOp5 x", False),
        ("https://a.be/Ab3dEf6hIj9kLm2nOp5 x", "https://a.be/short1 x", False),
        ("https://a.be/documentationpages x", "https://a.be/documentationpager x", False),
        ("2026-11-24T03:38:00", "2026-11-24 03:38:00", False),
        ("2026-11-24T03:38", "2027-01-02T03:38", True),
        ("2026-11-24T03:38", "2027-01-02T03:38:17", False),
        ("version 2026-11-24", "version 2026-11-25", False),
        ("took 12:30", "took 12:31", False),
    ],
)
def test_what_may_vary_and_what_not(expected: str, seen: str, result: bool) -> None:
    assert holds(expected, seen.rstrip("\n")) is result


def test_a_sample_stands_for_one_value_everywhere() -> None:
    bound = match_text(f"key {KEY}", f"key {OTHER_KEY}", {})
    assert bound is not None
    assert match_text(f"again {KEY}", f"again {OTHER_KEY}", bound) == bound
    assert match_text(f"again {KEY}", f"again {KEY}", bound) is None
    assert match_text(f"other {OTHER_KEY}", f"other {OTHER_KEY}", bound) is None
    assert match_text(f"{KEY} {KEY}", f"{KEY} {OTHER_KEY}", {}) is None
    assert not holds(f"{KEY}\n{OTHER_KEY}", f"{KEY}\n{KEY}")


@pytest.mark.parametrize(
    ("expected", "bound", "says"),
    [
        (KEY, {KEY[7:]: "x" * 43}, f"“{KEY[7:]}” stood for “{'x' * 43}” earlier on this page"),
        (KEY, {"x" * 43: OTHER_KEY[7:]}, "two different samples"),
    ],
)
def test_says_when_a_sample_stands_for_something_else(expected: str, bound: dict[str, str], says: str) -> None:
    with pytest.raises(Failure, match=re.escape(says)):
        compare(lines(expected), [OTHER_KEY], bound)


@pytest.mark.parametrize(
    ("seen", "line", "says"),
    [
        ("one\ntoo\nthree", 2, "expected “two”, saw “too”"),
        ("one\ntwo", 3, "this line is missing"),
        ("one\ntwo\nthree\nfour", 3, "the output goes on after this line: four"),
        ("one\nthree", 2, "expected “two”, saw “three”"),
    ],
)
def test_names_the_first_line_that_differs(seen: str, line: int, says: str) -> None:
    with pytest.raises(Failure, match=says) as failure:
        compare(lines("one\ntwo\nthree"), seen.split("\n"), {})
    assert failure.value.line == line


def test_shows_the_difference_and_nothing_that_only_varies() -> None:
    expected = lines(f"first\n{KEY}\n…\nlast\nend")
    seen = ["first", OTHER_KEY, "x", "y", "list", "end"]
    shown = ["  first", f"  {KEY}", "  …", "- last", "+ list", "  end"]
    assert difference(expected, seen, {}) == shown


def test_tells_early_that_it_cannot_become_right() -> None:
    expected = lines("one\n…\nthree")
    assert follow(expected, ["one"], {})
    assert follow(expected, ["one", "x", "y"], {})
    assert not follow(expected, ["two"], {})


def test_the_browser_gets_a_pattern_for_the_whole_text() -> None:
    pattern = browser_pattern("Log in as vsc98765 from [2001:db8::1]:49859? (…)")
    assert re.search(pattern, " Log in as vsc98765 from [2001:db8::1]:50000? (yes)\n")
    assert not re.search(pattern, "Log in as vsc98765 from [2001:db8::1]:50000? ()")
    assert not re.search(pattern, "Now: Log in as vsc98765 from [2001:db8::1]:50000? (yes)")
