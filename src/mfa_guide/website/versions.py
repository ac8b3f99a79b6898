"""`./run site`: every version of the guide, in site/, as it is published.

mike keeps versions as commits of a branch. It gets a repository of its own below build/ for that, so whoever builds
the site finds their own repository as it was.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from mfa_guide.base.errors import GuideError
from mfa_guide.base.project import find_project
from mfa_guide.guide.edition import editions
from mfa_guide.website.programs import run

LATEST = "latest"
"""The name under which today's edition is found, too: it leads there."""

_BRANCH = "versions"
# git wants to know who commits; nobody does here.
_NOBODY = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "mfa-guide"), ("EMAIL", "mfa-guide@localhost"))
}


def build_versions(project: Path) -> Path:
    """Build all editions as versions of one site, and return the folder they are in.

    Raises:
        GuideError: a step failed; the program has said why.
    """
    work, site = project / "build" / "versions", project / "site"
    for folder in (work, site):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    run(["git", "init", "--quiet"], work, {})
    mike = str(Path(sys.executable).with_name("mike"))
    where = ["--config-file", str(project / "mkdocs.yml"), "--branch", _BRANCH, "--message", "Build"]
    known = [edition.name for edition in editions(project)]
    for name in known:
        of_today = name == known[0]
        aliases = ["--alias-type", "redirect", "--update-aliases", name, LATEST] if of_today else [name]
        run([mike, "deploy", *where, *aliases], work, _NOBODY | {"GUIDE_EDITION": "" if of_today else name})
    run([mike, "set-default", *where, known[0]], work, _NOBODY)
    run(["git", f"--work-tree={site}", "checkout", "--quiet", _BRANCH, "--", "."], work, {})
    return site


def main() -> None:
    """Run `./run site`; what a user can mend is one line on standard error."""
    try:
        site = build_versions(find_project())
    except GuideError as error:
        print(f"site: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    print(f"All editions are in {site}")


if __name__ == "__main__":
    main()
