"""The facts that the guide and the practice site share, each with its source and the time it holds for.

    policy = load("2024")
    policy.text("login_host")      # 'login.hpc.kuleuven.be'
    policy.facts["login_host"]     # Fact(value=…, source='upstream', since='2024', …)

A fact that is asked for and is not there is an error, in the build as in the practice site.
"""

from __future__ import annotations

import difflib
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, model_validator

from mfa_guide.base import reading
from mfa_guide.base.errors import GuideError
from mfa_guide.base.project import plugin_options

NEWEST = "2024"
"""The version by which the practice site and the guide go when nobody says another."""

Month = Annotated[str, Field(pattern=r"^20\d\d(-(0[1-9]|1[0-2]))?$")]
Unit = Literal["bits", "seconds", "minutes", "hours", "days"]

SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
"""How many seconds a unit of time has."""


class Fact(BaseModel):
    """One fact: what holds, who says so, and since when."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: StrictStr | StrictInt | tuple[StrictStr, ...]
    source: Literal["seed", "upstream", "measured", "ours"]
    since: Month
    note: Annotated[str, Field(min_length=3)]
    until: Month | None = None
    unit: Unit | None = None

    @model_validator(mode="after")
    def _unit_fits(self) -> Fact:
        if self.unit is not None and not isinstance(self.value, int):
            raise ValueError("only a number has a unit")
        return self

    def __str__(self) -> str:
        if isinstance(self.value, tuple):
            return ", ".join(self.value)
        return str(self.value)


class Policy(BaseModel):
    """All facts of one version of the policy, by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Month
    facts: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Fact]

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


@cache
def load(version: str) -> Policy:
    """Return the policy of that version, as shipped with the package.

    Raises:
        GuideError: there is no such version, or its file does not hold.
    """
    path = Path(__file__).with_name(f"{version}.toml")
    if not path.is_file():
        raise GuideError(f"there is no policy {version!r}")
    return reading.read_toml(path, reading.name_of(path), Policy)


def of_project(project: Path) -> Policy:
    """Return the policy that a project's `mkdocs.yml` names: the newest when it names none.

    Args:
        project: the folder with `mkdocs.yml`.

    Raises:
        GuideError: `mkdocs.yml` cannot be read, or there is no such policy.
    """
    return load(str((plugin_options(project) or {}).get("policy", NEWEST)))
