"""For which versions of a client something holds, written as `OpenSSH >=10.0,<10.3`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from mfa_guide.clients import suites

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORDS = {">=": "{} or later", "<": "before {}", ">": "after {}", "<=": "{} or earlier", "==": "{}"}
"""How the conditions are said; the others of Python's version specifiers are not for readers."""


@dataclass(frozen=True)
class Requirement:
    """A client, and conditions that its version has to meet."""

    client: str
    """One of those that suites have, for instance `OpenSSH`."""
    versions: SpecifierSet

    @classmethod
    def parse(cls, text: str) -> Requirement:
        """Read a requirement.

        Raises:
            ValueError: it is not one; the message says what one looks like.
        """
        client, _, conditions = text.partition(" ")
        known = sorted({name for each in suites.VERSIONS.values() for name in each})
        try:
            versions = SpecifierSet(conditions)
        except InvalidSpecifier:
            versions = SpecifierSet()
        plain_ones = all(each.operator in _WORDS and plain(each.version) == each.version for each in versions)
        if client not in known or not versions or not plain_ones:
            raise ValueError(
                f"write a client ({', '.join(known)}) and its versions, for instance “OpenSSH >=10.0,<10.3”"
            )
        return cls(client, versions)

    def met_by(self, versions: Mapping[str, str]) -> bool:
        """Tell whether a set of clients meets it.

        Args:
            versions: the version of each client, for instance `9.2p1` of `OpenSSH`.
        """
        version = versions.get(self.client)
        return version is not None and self.versions.contains(plain(version), prereleases=True)

    def suites(self) -> list[str]:
        """Return the suites that meet it, oldest first."""
        return [name for name, versions in suites.VERSIONS.items() if self.met_by(versions)]

    def in_words(self) -> str:
        """Return it as people say it: `OpenSSH 10.0 or later`."""
        # The beginning comes first.
        said = sorted(self.versions, key=lambda each: (not each.operator.startswith((">", "=")), each.version))
        return f"{self.client} {', '.join(_WORDS[each.operator].format(each.version) for each in said)}"

    def __str__(self) -> str:
        return f"{self.client} {self.versions}"


def plain(version: str) -> str:
    """Return a version without what a client adds to it: `9.2` for `9.2p1`.

    Raises:
        ValueError: it does not begin with a number.
    """
    match = re.match(r"\d+(?:\.\d+)*", version)
    if match is None:
        raise ValueError(f"“{version}” is no version")
    return match[0]
