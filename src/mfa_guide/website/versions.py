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
from mfa_guide.policy import NEWEST
from mfa_guide.website.programs import run

EDITIONS = {NEWEST: NEWEST, "dev": "dev, being written"}
"""The versions that are published, with the names that the reader chooses from."""

_BRANCH = "versions"
# git wants to know who commits; nobody does here.
_NOBODY = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "mfa-guide"), ("EMAIL", "mfa-guide@localhost"))
}


def build_versions(project: Path) -> Path:
    """Build all versions and return the folder they are in.

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
    for edition, title in EDITIONS.items():
        deploy = [mike, "deploy", *where, "--title", title, edition]
        run(deploy, work, _NOBODY | {"GUIDE_EDITION": edition})
    run([mike, "set-default", *where, NEWEST], work, _NOBODY)
    run(["git", f"--work-tree={site}", "checkout", "--quiet", _BRANCH, "--", "."], work, {})
    return site


def main() -> None:
    """Run `./run site`; what a user can mend is one line on standard error."""
    try:
        site = build_versions(find_project())
    except GuideError as error:
        print(f"site: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    print(f"{', '.join(EDITIONS)} are in {site}")


if __name__ == "__main__":
    main()
