"""How the corpus is answered, and which message is lost in which disguise: `./run corpus [FILE …]`."""

from __future__ import annotations

import sys
from pathlib import Path

from mfa_guide.base.errors import GuideError
from mfa_guide.policy import versions
from tests.support import corpus
from tests.support.corpus import Judged, Verdict
from tests.support.disguises import ACCEPTED, DISGUISES, bare, disguised


def counted(judged: list[Judged]) -> list[str]:
    """Return a table: how many answers of each file, and of all, are worth what."""
    files = [*dict.fromkeys(each.file for each in judged)]
    widths = [max(map(len, [*files, "in all"])), 7, *(max(6, len(verdict.value)) for verdict in Verdict)]
    rows = [["", "answers", *(verdict.value for verdict in Verdict)]]
    for name, part in [*((file, [each for each in judged if each.file == file]) for file in files), ("in all", judged)]:
        numbers = [sum(each.verdict is verdict for each in part) for verdict in Verdict]
        rows.append([name, str(len(part)), *(f"{n} {n / (len(part) or 1):4.0%}" for n in numbers)])
    return ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def main(arguments: list[str]) -> int:
    """Print the report of the files named, or of the whole corpus; the status is 1 when something does not hold."""
    try:
        judged = corpus.judge(corpus.read([Path(name) for name in arguments]) if arguments else corpus.whole())
    except GuideError as error:
        print(f"corpus: {error}", file=sys.stderr)
        return 2
    said = [*counted(judged), "", *(each for each in judged if not each.verdict.good)]
    if not arguments:
        said += ["", *lost()]
    print(*said, sep="\n")
    return 0 if all(each.holds for each in judged) else 1


def lost() -> list[str]:
    """Return which disguise loses which messages of the catalogue: those without one first."""
    lines = []
    for name in ("", *DISGUISES):
        worn = [each for edition in versions() for each in (disguised(edition, name) if name else bare(edition))]
        of_it = [(each, got) for each in worn if (got := each.lost())]
        lines.append(f"{name or 'the bare message'}: {len(of_it)} of {len(worn)} lost")
        for each, got in of_it:
            accepted = ACCEPTED.get((name, each.entry.id))
            lines.append(f"    {each}: got {got}" + (f" (accepted: {accepted})" if accepted else ""))
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
