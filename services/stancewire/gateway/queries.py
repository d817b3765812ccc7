"""What a request may ask for, as models: an unknown parameter is refused, not passed over."""

from typing import Annotated

from fastapi import Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from stancewire.events import ChangeType, Stance
from stancewire.tracking.timeline import Counts

API = "/api/v1"
"""Before every path of the interface."""
MAX_ID = 500

StoryId = Annotated[str, Path(min_length=1, max_length=MAX_ID, examples=["harbour-talks"])]
"""A story's id in a path."""
ActorId = Annotated[str, Path(min_length=1, max_length=MAX_ID, examples=["person:almut-reinhold"])]
"""An actor's id in a path."""
_Id = Annotated[str, Field(min_length=1, max_length=MAX_ID)]
_Cursor = Annotated[str, Field(min_length=1, max_length=1000)]
_Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]


class Query(BaseModel):
    """The parameters of a request."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True, frozen=True)


class _Paged(Query):
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    """Most entries of a page."""
    cursor: _Cursor | None = None
    """`next` of the page before; the first page where it is left out."""


class ActorsFilter(Query):
    """Which actors of a story; a list of stories leaves those out that have none."""

    stance: Stance | None = None
    """Only actors who hold this stance."""
    actor: _Id | None = None
    """Only this actor."""
    language: _Language | None = None
    """Only actors who are quoted in this language."""


class StoriesQuery(ActorsFilter, _Paged):
    """Which stories."""


class TimelinesQuery(ActorsFilter, _Paged):
    """Which actors of a story."""

    limit: Annotated[int, Field(ge=1, le=50)] = 20
    """Most timelines of a page."""


class EvidenceQuery(_Paged):
    """Which articles of an actor in a story."""

    stance: Stance | None = None
    """Only articles that read so."""
    language: _Language | None = None
    """Only articles in this language."""
    counts: Counts | None = None
    """Only articles that count so."""


class ActorQuery(_Paged):
    """Which of an actor's stories."""


class ChangesFilter(Query):
    """Which changes."""

    stance: Stance | None = None
    """Only changes that arrive at this stance, and what takes such a change back or amends it."""
    actor: _Id | None = None
    """Only changes of this actor."""
    story: _Id | None = None
    """Only changes in this story."""


class ChangesQuery(ChangesFilter, _Paged):
    """Which changes, and from when."""

    type: ChangeType | None = None
    """Only changes of this type."""
    since: AwareDatetime | None = None
    """Only what occurred then or later."""
    until: AwareDatetime | None = None
    """Only what occurred before."""


class StreamQuery(ChangesFilter):
    """Which changes to stream."""

    last_event_id: Annotated[str, Field(pattern=r"^[0-9]{1,19}-[0-9]{1,19}$")] | None = None
    """As the header `Last-Event-ID`, for a client that cannot send headers: begin after it."""


class PublishQuery(Query):
    """How to publish an article."""

    backfill: bool = False
    """Have it read and tracked, but never alert because of it."""
