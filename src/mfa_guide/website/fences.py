"""The fences of the guide's pages, as HTML: transcript, walkthrough, python, file, sequence, unchecked.

What a fence holds is already the text of its snippet: nothing is rewritten here, every character of a transcript
reaches the page.
"""

from __future__ import annotations

import re
from functools import partial
from html import escape
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from markdown import markdown
from mkdocs.exceptions import PluginError
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer, TextLexer, get_lexer_for_filename
from pygments.util import ClassNotFound
from pymdownx.superfences import SuperFencesException

from mfa_guide.base.errors import GuideError
from mfa_guide.checking import screenshots
from mfa_guide.clients import files
from mfa_guide.clients.suites import WINE
from mfa_guide.drawing import sequences
from mfa_guide.expecting.failure import Failure
from mfa_guide.expecting.nearest import UNDER
from mfa_guide.expecting.shapes import SHAPES
from mfa_guide.guide.page import WINDOWS
from mfa_guide.kinds import KINDS
from mfa_guide.kinds.transcript.reading import PROMPT, parse_transcript
from mfa_guide.kinds.walkthrough.steps import (
    LINK,
    PROGRAMS,
    Choose,
    Clear,
    Close,
    Closes,
    Copy,
    CopyAll,
    DoubleClick,
    Keys,
    Move,
    Open,
    Press,
    PressInWindow,
    Private,
    RightClick,
    See,
    Select,
    Sign,
    Start,
    Tick,
    Ticked,
    Type,
    Untick,
    Upload,
    WindowMenu,
    parse_walkthrough,
)
from mfa_guide.website import other_versions, pictures, whereabouts, wordings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markdown import Markdown
    from pygments.lexer import Lexer

    from mfa_guide.guide.guide import Guide
    from mfa_guide.kinds.walkthrough.steps import AnyStep, Proof

    Options = dict[str, str]


_SAMPLE = re.compile("|".join(shape.sample for shape in SHAPES if shape.binds))
"""A fingerprint or a link, as snippets have them: those of an example."""
_FOR_EXAMPLE = ", for example"


def copy_button(text: str, name: str) -> str:
    """Return a button that copies `text`; `name` says what that is to those who cannot see it."""
    return f'<button type="button" class="copy" data-copy="{escape(text)}" aria-label="Copy {escape(name)}"></button>'


def _transcript(guide: Guide, source: str, options: Options) -> str:
    """Show what is typed in a terminal and what is seen there, with a copy button for each command.

    What other versions show there stands between the lines, hidden until the reader tells their version; and, folded,
    below.
    """
    # It says what is wrong with the text.
    parse_transcript(source)
    others = other_versions.of_fence(guide, options)
    windows = _is_for_windows(guide, options)
    where = "Command Prompt" if windows else "Terminal"
    if "terminal" in options:
        where = f"The {options['terminal']} terminal"
    if "machine" in options:
        where = f"Not you: root, at the {options['machine']}"
    title = f'<p class="transcript__where">{escape(where)}</p>' if options.keys() & {"terminal", "machine"} else ""
    waits = " transcript--waits" if "waits" in options else ""
    rows = wordings.rows(source, [other.difference for other in others])
    lines = "".join(_row(row, "> " if windows else PROMPT) for row in rows)
    shown = (
        f'<div class="transcript{waits}">{title}'
        f'<pre tabindex="0" role="group" aria-label="{escape(where)}">'
        # Who searches wants the words around it.
        f'<samp data-search-exclude="yes">{lines}</samp></pre></div>'
    )
    return other_versions.only(options, f"{shown}{other_versions.fold(others)}")


def _is_for_windows(guide: Guide, options: Options) -> bool:
    """Tell whether a fence is in a tab for Windows; one that was not told its place is in none."""
    if not options.keys() >= {"page", "snippet"}:
        return False
    instructions = guide.page(options["page"]).instructions
    return {each.label for each in instructions if each.snippet == options["snippet"]} == {WINDOWS}


def _row(row: wordings.Row, prompt: str) -> str:
    if row.text.startswith(PROMPT):
        command = row.text.removeprefix(PROMPT)
        return (
            f'<span class="transcript__command"><span class="transcript__prompt">{escape(prompt)}</span>'
            f"<kbd>{escape(command)}</kbd>\n{copy_button(command, command)}</span>"
        )
    return f'<span class="transcript__output"{other_versions.condition(row)}>{other_versions.line(row.text)}\n</span>'


def _walkthrough(guide: Guide, source: str, options: Options) -> str:
    """Show what to do in a window as a numbered list, in the words of the window, with the pictures there are."""
    parsed = parse_walkthrough(source)
    made = None
    if options.keys() >= {"page", "snippet"} and any(step.picture for step in parsed.steps):
        made = screenshots.of_walkthrough(guide.page(options["page"]), options["snippet"])
    steps = ""
    for number, step in enumerate(parsed.steps, start=1):
        steps += f"<li>{_told(step)}{markdown(step.says) if step.says else ''}"
        if made and step.picture and number in made.pictures:
            steps += pictures.figure(made.pictures[number], step.picture, made.client)
        steps += "</li>"
    shown = f'<div class="walkthrough"><ol>{steps}</ol>{_proofs(parsed.proves)}</div>'
    return other_versions.only(options, shown)


def _told(step: AnyStep) -> str:
    """Say a step; where the real service has another, readers need that, and the practice site's comes below."""
    sentence = _sentence(step)
    if step.real is None:
        return sentence
    real = markdown(step.real).removeprefix("<p>").removesuffix("</p>")
    return f"{real}<p>On the practice site: {sentence[0].lower()}{sentence[1:]}</p>"


def _sentence(step: AnyStep) -> str:
    match step:
        case Open(open=address) if address == LINK:
            return "Open the link that you copied."
        case Open(open=address) if urlsplit(address).path.strip("/"):
            # It is the example of a link: nobody is to follow it.
            return f"Open <code>{escape(address)}</code>."
        case Open(open=address):
            return f'Open <a href="{escape(address)}">{escape(address)}</a>.'
        case Private(private=address):
            what = "the link that you copied" if address == LINK else escape(address)
            return f"Open {what} in a private window of your browser."
        case Choose(choose=option, within=label):
            return f"Under {_label(label)}, choose {_label(option)}."
        case PressInWindow(press=label, beside=str(box)):
            return f"Beside the box {_label(box)}, press {_label(label)}."
        case Press(press=label):
            return f"Press {_label(label)}."
        case Sign(sign=label):
            return f"Press the program's sign beside the clock with the right mouse button, and then {_label(label)}."
        case WindowMenu(item=label):
            return f"Press the sign at the left of the window's title, and then {_label(label)}."
        case Move(move=text):
            return f"Move the mouse over the window until you see: {_label(text)}"
        case Upload(upload=file, into=label):
            return f"Under {_label(label)}, choose the file <code>{escape(file)}</code>."
        case See(see=text):
            return f"You see{_FOR_EXAMPLE if _SAMPLE.search(text) else ''}: {_seen(text)}"
        case Start(start=program):
            return f"Start {_label(PROGRAMS[program])}."
        case Select(select=label, within=None):
            return f"Select {_label(label)}."
        case Select(select=label, within=above):
            return f"In the list below {_label(str(above))}, select {_label(label)}."
        case Tick(tick=label):
            return f"Tick {_label(label)}."
        case Untick(untick=label):
            return f"Take the tick out of {_label(label)}."
        case Ticked(ticked=label):
            return f"{_label(label)} is ticked. Leave it so."
        case Type(type=text, own=str(own), into=None):
            return f"Type {_own(own, text)}, and press Enter."
        case Type(type=text, own=str(own), into=label):
            return f"In the box {_label(str(label))}, type {_own(own, text)}."
        case Type(type=text, into=None):
            return f"Type <kbd>{escape(text)}</kbd>, and press Enter."
        case Type(type=text, into=str(label), over=str(there)):
            typed = f"<kbd>{escape(text)}</kbd>{copy_button(text, text)}"
            return f"In the box {_label(label)}, drag over <code>{escape(there)}</code>, and type {typed} over it."
        case Type(type=text, into=label):
            return f"In the box {_label(str(label))}, type <kbd>{escape(text)}</kbd>{copy_button(text, text)}."
        case Keys(keys=keys):
            return f"Press <kbd>{escape(keys)}</kbd>."
        case Clear(clear=label):
            return f"Empty the box {_label(label)}."
        case Copy(text=text):
            return f"Drag over the link with the mouse{_FOR_EXAMPLE}: {_seen(text)}. This copies it."
        case CopyAll():
            return "Drag over all of the text in this box with the mouse, and press <kbd>Ctrl+C</kbd>. This copies it."
        case DoubleClick(text=text, copies=copied):
            return f"A double click on {_seen(text)} copies only {_label(copied)}."
        case RightClick(text=text):
            return f"Click with the right mouse button on {_seen(text)}."
        case Close(close=title):
            return f"Close the window {_label(title)} with the cross at its upper right."
        case Closes(closes=title):
            return f"The window {_label(title)} closes by itself."


def _label(text: str) -> str:
    """Show a label of a window; what stands between the parts of a path is an arrow."""
    return " › ".join(f"<b>{escape(part.removesuffix(':'))}</b>" for part in text.split(UNDER))


def _own(what: str, example: str) -> str:
    """Show what readers have of their own; whoever copied the example would have what everybody has."""
    return f"your own {escape(what)}, not this example: <kbd>{escape(example)}</kbd>"


def _seen(text: str) -> str:
    """Show what is seen: what everybody sees as a label is shown, and samples, which nobody else sees, less loudly."""
    shown, at = "", 0
    for sample in _SAMPLE.finditer(text):
        shown += f'{_loud(text[at : sample.start()])}<samp class="example">{escape(sample[0])}</samp>'
        at = sample.end()
    return shown + _loud(text[at:])


def _loud(text: str) -> str:
    return f"<b>{escape(text)}</b>" if text else ""


def _proofs(proofs: Sequence[Proof]) -> str:
    """Show, folded, how one knows that the steps had an effect."""
    if not proofs:
        return ""
    items = "".join(f"<li>{_proof(proof)}</li>" for proof in proofs)
    where = "On Linux, where it was carried out, the program keeps it in a file"
    if any(proof.registry for proof in proofs):
        where = f"Under {WINE}, where it was carried out, the program keeps it in the registry"
    return (
        "<details><summary>How we know that this works</summary>"
        f"<p>{where}, and we look into that.</p><ul>{items}</ul></details>"
    )


def _proof(proof: Proof) -> str:
    place = f"<code>{escape(proof.place)}</code>"
    if proof.has is not None:
        return f"{place} has the line <code>{escape(proof.has)}</code>."
    return f"{place} says nothing of <code>{escape(str(proof.lacks))}</code>."


def _python(guide: Guide, source: str, options: Options) -> str:
    """Show an example in Python, with a button that copies the whole of it."""
    return _code(source, PythonLexer(), "Example in Python", "the example")


def _file(guide: Guide, source: str, options: Options) -> str:
    """Show a file that the reader saves: where, with which mode, and a button that copies the whole of it."""
    path, mode = options["path"], options.get("mode")
    place = f"<code>{escape(path)}</code>"
    what = f"At the end of {place}, add:" if "append" in options else f"In {place}:"
    rights = f"<p>{files.in_words(mode)} (<code>chmod {mode} {escape(path)}</code>)</p>" if mode else ""
    try:
        lexer = get_lexer_for_filename(path)
    except ClassNotFound:
        lexer = TextLexer()
    # A file ends where its last line does; a fence may end before or after that.
    shown = _code(source.rstrip("\n") + "\n", lexer, path, path)
    return f'<div class="file"><p class="file__where">{what}</p>{shown}{rights}</div>'


def _code(source: str, lexer: Lexer, label: str, copied: str) -> str:
    code = highlight(source, lexer, HtmlFormatter(nowrap=True))
    return (
        f'<div class="highlight"><pre tabindex="0" role="group" aria-label="{escape(label)}">'
        f"<code>{code}</code></pre>{copy_button(source, copied)}</div>"
    )


def _sequence(guide: Guide, source: str, options: Options) -> str:
    """Draw who says what to whom, as SVG, with the same in words."""
    return sequences.render(sequences.parse(source), title=options["title"])


def _unchecked(guide: Guide, source: str, options: Options) -> str:
    """Show text that nothing has checked, and say so."""
    return (
        f'<div class="unchecked"><pre tabindex="0" role="group" aria-label="Not checked"><code>'
        f"{escape(source, quote=False)}</code></pre>"
        f'<p class="unchecked__why"><strong>Not checked</strong>: {escape(options["why"])} '
        f"To be looked at again before {escape(options['review'])}.</p></div>"
    )


SHOWN: dict[str, Callable[[Guide, str, Options], str]] = {
    "transcript": _transcript,
    "walkthrough": _walkthrough,
    "python": _python,
    "file": _file,
    "sequence": _sequence,
    "unchecked": _unchecked,
}
"""What makes HTML of a fence of each kind: of the guide, the text in the fence, and its options."""


class FenceError(SuperFencesException, PluginError):  # type: ignore[misc]
    """A fence cannot be shown: one line that ends the build.

    Of any other exception superfences would only make plain code, and MkDocs a traceback.
    """


def custom_fences(guide: Guide) -> list[dict[str, object]]:
    """Return the fences of a guide, as pymdownx.superfences is told of them.

    Args:
        guide: the guide that is built.
    """
    return [{"name": name, "class": name, "format": partial(_format, guide), "validator": _validate} for name in KINDS]


def _format(guide: Guide, source: str, language: str, css_class: str, options: Options, md: Markdown, **_: Any) -> str:
    """Show a fence; what it refuses ends the build."""
    try:
        return SHOWN[language](guide, source, options)
    except GuideError as error:
        raise FenceError(f"{whereabouts.of(options)}{_of_snippet(error, options)}{error}") from error


def _of_snippet(error: GuideError, options: Options) -> str:
    """Return which line of the snippet an error is about, when it says so."""
    if not isinstance(error, Failure) or error.line is None or "source" not in options:
        return ""
    source = PurePosixPath(options["source"])
    return f"{source.with_name(error.file.name) if error.file else source}:{error.line}: "


def _validate(language: str, inputs: Options, options: Options, attrs: Options, md: Markdown) -> bool:
    """Take the options of a fence, and end the build at one that it does not have."""
    # Superfences gives an option without a value its own name as one.
    written = {name: value for name, value in inputs.items() if name not in whereabouts.OPTIONS}
    given = {name: None if value == name else value for name, value in written.items()}
    try:
        KINDS[language].read(given)
    except ValueError as error:
        raise FenceError(f"{whereabouts.of(inputs)}{'; '.join(str(error).splitlines())}") from error
    options.update(inputs)
    return True
