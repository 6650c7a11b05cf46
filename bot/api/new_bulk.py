"""What a call takes to ask many contacts, and what it says of each beforehand."""

from __future__ import annotations

from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from bot.api.schemas import OptInRequest, Sought
from bot.campaigns.candidates import MOST, Chosen, Finder


class NewBulk(OptInRequest, Sought):
    """A bulk request: `contact_ids`, or who is found by `q` and `state`, or `everybody`."""

    contact_ids: list[UUID] | None = Field(None, min_length=1, max_length=MOST)
    everybody: bool = Field(False, description="the whole address book")
    dry_run: bool = Field(False, description="say what would come of it, and ask nobody")

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        ways = (self.contact_ids is not None, bool(self.q or self.state), self.everybody)
        if sum(ways) != 1:
            raise ValueError("say whom: contact_ids, or q and state, or everybody")
        return self

    @property
    def whom(self) -> Chosen | Finder:
        """Who is meant."""
        return Finder(self.q, self.state) if self.contact_ids is None else Chosen(self.contact_ids)


class ProspectOut(BaseModel):
    """What would come of asking one contact: asked at once, later from `allowed_at`, or refused.

    `place` counts from 1 through `contact_ids`, or through those who are found.
    """

    place: int
    contact_id: str | None
    name: str
    address: str | None
    outcome: Literal["asked", "later", "refused"]
    reason: str | None
    words: str | None
    allowed_at: str | None


class ForecastOut(BaseModel):
    """What would come of it now. The business may reach `reach` people more; null: any number."""

    asked: int
    later: int
    refused: int
    reasons: dict[str, int]
    reach: int | None
    items: list[ProspectOut]
