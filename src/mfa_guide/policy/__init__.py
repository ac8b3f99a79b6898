"""The facts and rules that the guide and the practice site share, each with its source and the time it holds for.

    policy = load("2024")
    policy.text("login_host")      # 'login.hpc.kuleuven.be'
    policy.facts["login_host"]     # Fact(value=…, source='upstream', sure='high', since='2024', …)
    policy.roles["login"].needs_key

A fact that is asked for and is not there is an error, in the build as in the practice site.
"""

from __future__ import annotations

import difflib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, model_validator

from mfa_guide.base import reading
from mfa_guide.base.errors import GuideError
from mfa_guide.base.project import plugin_options
from mfa_guide.policy.changes import Explained
from mfa_guide.policy.rules import AddressRule, RoleRules
from mfa_guide.policy.stated import Month, Stated

if TYPE_CHECKING:
    from collections.abc import Iterator

NEWEST = "2026"
"""The version by which the practice site and the guide go when nobody says another."""

Unit = Literal["bits", "seconds", "minutes", "hours", "days"]

SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
"""How many seconds a unit of time has."""


class Fact(Stated):
    """One fact: what holds, who says so, and since when."""

    value: StrictStr | StrictInt | tuple[StrictStr, ...]
    unit: Unit | None = None

    @model_validator(mode="after")
    def _unit_fits(self) -> Fact:
        if self.unit is not None and not isinstance(self.value, int):
            raise ValueError("only a number has a unit")
        return self

    def __iter__(self) -> Iterator[str]:  # type: ignore[override]  # A model's own fields are of no use on a page.
        """Yield the texts of a list, for `{{ facts.institutions | join(" or ") }}`.

        Raises:
            GuideError: it is one value.
        """
        if not isinstance(self.value, tuple):
            raise GuideError("the fact is one value, and not a list")
        yield from self.value

    def __str__(self) -> str:
        if isinstance(self.value, tuple):
            return ", ".join(self.value)
        return str(self.value)


class Policy(BaseModel):
    """All facts of one version of the policy, by name, and the rules."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Month
    facts: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Fact]
    address: AddressRule
    """Who may connect at all."""
    roles: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")], RoleRules]
    """The machines on which people log in, and how the rules of each differ; the usual one stands first."""
    changes: tuple[Explained, ...] = ()
    """What has changed since the version before."""

    @model_validator(mode="after")
    def _rules_fit(self) -> Policy:
        """See to it that rules name facts that are there, and roles that can be logged in to."""
        if not self.roles:
            raise ValueError("there is no role: nobody could log in anywhere")
        for name, role in self.roles.items():
            try:
                for host in role.hosts:
                    self.text(host)
                self.names(role.addresses)
                if role.whitelists:
                    self.seconds("whitelist_lifetime")
            except GuideError as error:
                raise ValueError(f"the role {name}: {error}") from None
        return self

    @property
    def needs_key(self) -> bool:
        """Whether there is a machine to which nobody logs in without a key."""
        return any(role.needs_key for role in self.roles.values())

    def fact(self, name: str) -> Fact:
        """Return the fact called `name`.

        Raises:
            GuideError: there is none.
        """
        try:
            return self.facts[name]
        except KeyError:
            near = ", ".join(difflib.get_close_matches(name, self.facts))
            hint = f": did you mean {near}?" if near else ""
            raise GuideError(f"the policy {self.version} has no fact {name!r}{hint}") from None

    def text(self, name: str, **values: object) -> str:
        """Return the text of a fact, with `values` put in the places it names in braces.

        Raises:
            GuideError: there is no such fact, or it is not a text.
        """
        value = self.fact(name).value
        if not isinstance(value, str):
            raise GuideError(f"the fact {name!r} is not a text")
        return value.format(**values) if values else value

    def names(self, name: str) -> tuple[str, ...]:
        """Return a fact that is a list of texts.

        Raises:
            GuideError: there is no such fact, or it is not a list.
        """
        value = self.fact(name).value
        if not isinstance(value, tuple):
            raise GuideError(f"the fact {name!r} is not a list")
        return value

    def seconds(self, name: str) -> int:
        """Return a duration in seconds, whatever unit the policy states it in.

        Raises:
            GuideError: there is no such fact, or it is not a duration.
        """
        fact = self.fact(name)
        if not isinstance(fact.value, int) or fact.unit not in SECONDS:
            raise GuideError(f"the fact {name!r} is not a duration")
        return fact.value * SECONDS[fact.unit]


def parse(text: str, name: str) -> Policy:
    """Read a policy from TOML.

    Args:
        text: the TOML.
        name: what to call it in errors.

    Raises:
        GuideError: it is not TOML, or a fact lacks its source, its time or its note, or has a field nobody knows.
    """
    with reading.naming(name):
        return reading.parse_toml(text).validated(Policy)


def versions() -> list[str]:
    """Return the versions that are shipped with the package, the oldest first."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.toml"))


@cache
def load(version: str) -> Policy:
    """Return the policy of that version, as shipped with the package.

    Raises:
        GuideError: there is no such version, or its file does not hold.
    """
    path = Path(__file__).with_name(f"{version}.toml")
    if not path.is_file():
        raise GuideError(f"there is no policy {version!r}: there are {', '.join(versions())}")
    return reading.read_toml(path, reading.name_of(path), Policy)


def of_project(project: Path) -> Policy:
    """Return the policy that a project's `mkdocs.yml` names: the newest when it names none.

    Args:
        project: the folder with `mkdocs.yml`.

    Raises:
        GuideError: `mkdocs.yml` cannot be read, or there is no such policy.
    """
    return load(str((plugin_options(project) or {}).get("policy", NEWEST)))
