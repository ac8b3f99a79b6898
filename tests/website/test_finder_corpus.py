"""The finder in a real browser answers the corpus, and messages in every disguise, as `mfa-guide explain` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_guide.policy import versions
from tests.support import corpus
from tests.support.built import served
from tests.support.disguises import DISGUISES, disguised
from tests.support.finder import asked, differing

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.support.built import Guide


@pytest.mark.parametrize("edition", versions())
def test_it_answers_what_people_pasted_as_explain_does(
    edition: str, guide: Guide, older: Guide, browser: Browser
) -> None:
    cases = [case for cases in corpus.whole().values() for case in cases if edition in case.editions()]
    # Each disguise on some messages, others for each; all of them are tried without a browser (tests/problems).
    worn = [each for n, name in enumerate(DISGUISES) for each in [*disguised(edition, name)][n % 25 :: 25]]
    texts = [*(case.paste for case in cases), *(each.paste for each in worn)]
    with served((older if edition == versions()[0] else guide).html) as address:
        page = browser.new_page()
        page.goto(f"{address}fix/", wait_until="networkidle")
        shown = asked(page, texts)
        page.close()
    assert differing(texts, shown, edition) == []
    assert {len(found) for found, _ in shown} >= {0, 1, 2}
