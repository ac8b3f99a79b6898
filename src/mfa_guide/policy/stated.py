"""What is stated of every fact and rule: who says so, how sure that is, and since when it holds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Month = Annotated[str, Field(pattern=r"^20\d\d(-(0[1-9]|1[0-2]))?$")]


class Stated(BaseModel):
    """Something that is stated."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Literal["seed", "upstream", "measured", "ours"]
    sure: Literal["high", "medium", "low"] | None = None
    """How sure it is that the real service is so; None for what is ours: nobody knows."""
    since: Month
    note: Annotated[str, Field(min_length=3)]
    until: Month | None = None

    @model_validator(mode="after")
    def _says_how_sure(self) -> Stated:
        if (self.source == "ours") != (self.sure is None):
            raise ValueError('say how sure it is: sure = "high", "medium" or "low"; what is ours has none')
        if self.until is not None and self.until < self.since:
            raise ValueError(f"it ends in {self.until}, before it begins")
        return self
