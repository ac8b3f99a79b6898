"""The catalogue of problems on the pages: `{{ problem("id") }}`, `{{ problems() }}`, `{{ finder() }}`.

An id that does not exist fails the build.
"""

from __future__ import annotations

import json
import re
from html import escape
from typing import TYPE_CHECKING

from markdown import markdown as to_html

from mfa_guide.policy.naming import filled
from mfa_guide.problems import catalogue, finding
from mfa_guide.problems.plain import translations
from mfa_guide.problems.rules import RULES

if TYPE_CHECKING:
    from mfa_guide.policy import Policy
    from mfa_guide.problems.catalogue import Chapter, Entry

_PAGE = re.compile(r'(?<=href=")(?!\w+:)(?P<page>[^"#]*)\.md')

_FINDER = """\
<div class="finder" data-rules="{rules}" data-translations="{translations}" data-known="{known}"
 data-answers="{answers}" hidden>
<p class="finder__edition">{edition}</p>
<label for="finder-text">What did the program say?</label>
<textarea id="finder-text" rows="6" autocomplete="off" autocapitalize="off" spellcheck="false"
 aria-describedby="finder-note"></textarea>
<p id="finder-note" class="finder__note">Paste the message, or all of it.
It stays in your browser: it is not sent, not kept, and gone when you close this page.</p>
<div class="finder__count" role="status"></div>
<ol class="finder__found"></ol>
</div>
"""


def problem(policy: Policy, id: str) -> str:
    """Return an entry as a section of its page."""
    return filled(catalogue.markdown(catalogue.find(id, policy.version)), policy)


def problems(policy: Policy) -> str:
    """Return a list of every message, with links."""
    return filled("\n\n".join(map(_list, catalogue.load(policy.version))), policy)


def finder(policy: Policy) -> str:
    """Return the box in which one looks for a message."""
    entries = list(catalogue.entries(policy.version))
    html = {entry.id: _entry(chapter, entry, policy) for chapter, entry in entries}
    known = finding.index(entries)
    with_html = [{**each, "html": html[each["id"]]} for each in known["entries"]]
    answers = {
        "privateKey": finding.PRIVATE_KEY,
        "nothing": finding.NOTHING,
        "unknownLine": finding.UNKNOWN_LINE,
        "whatElse": finding.WHAT_ELSE,
        "hinted": finding.HINTED,
        "foreign": finding.FOREIGN,
    }
    return _FINDER.format(
        edition=escape(finding.ANSWERING.format(edition=policy.version)),
        rules=_data(RULES),
        translations=_data(translations()),
        known=_data({**known, "entries": with_html}),
        answers=_data({name: _html(text, policy) for name, text in answers.items()}),
    )


def _data(value: object) -> str:
    """Return a value as an attribute of HTML has it."""
    return escape(json.dumps(value, ensure_ascii=False))


def _list(chapter: Chapter) -> str:
    """A page with its messages: they are many, and folded; the search has them from that page."""
    page = _page(chapter)
    lines = [
        f"### [{chapter.title}]({page}) {{ data-search-exclude }}",
        "",
        f'??? words "Its {len(chapter.entries)} problems"',
        "",
    ]
    for entry in chapter.entries:
        lines.append(f"    - [{entry.heading}]({page}#{entry.id})")
        # The first message is the heading where there is no title.
        lines += [f"        - {catalogue.code(m.text)}" for m in entry.messages[0 if entry.title else 1 :]]
    return "\n".join(lines)


def _page(chapter: Chapter) -> str:
    return chapter.page.removeprefix("fix/")


def _entry(chapter: Chapter, entry: Entry, policy: Policy) -> str:
    """An entry for the finder: HTML, with links as seen from the page that has it, fix/index.md."""
    title = f"**{entry.heading}**"
    tried = ", and how it was tried" if any(message.carried_out for message in entry.messages) else ""
    more = f"[This in the guide{tried}]({_page(chapter)}#{entry.id})"
    return _html(f"{title}\n\n{catalogue.advice(entry)}\n\n{more}", policy)


def _html(text: str, policy: Policy) -> str:
    html = to_html(filled(text, policy))
    # On fix/index.md the page of the finder is this one.
    return _PAGE.sub(r"\g<page>/", html.replace('href="index.md', 'href="'))
