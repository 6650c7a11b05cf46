"""What calls take. Unknown fields are refused, and what cannot be kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


class Given(BaseModel):
    """Something that a caller sends."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, given: Any) -> Any:
        if _has_nul(given):
            raise ValueError("the character NUL cannot be stored")
        return given


def _has_nul(given: Any) -> bool:
    # Not by recursion: what is nested deeply is read in C, and would end in a fault here.
    left = [given]
    while left:
        one = left.pop()
        if isinstance(one, Mapping):
            left += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            left += one
        elif isinstance(one, str) and "\0" in one:
            return True
    return False
