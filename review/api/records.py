"""What goes over the line."""

from __future__ import annotations

import datetime as dt
from typing import Self

from pydantic import Field

from extractors.schema import Kind, Record
from pipeline.corrections import Correction
from pipeline.store import children, conversations, drafts
from pipeline.store.conversations import State
from pipeline.store.drafts import PlanState
from pipeline.store.permissions import Function


class Problem(Record):
    """What went wrong (RFC 9457): `detail` says it in Dutch, `instance` holds the id that the log has too."""

    type: str
    title: str
    status: int
    detail: str
    instance: str


class Child(Record):
    """A child."""

    id: str
    name: str
    born: dt.date | None
    number: str | None
    version: int

    @classmethod
    def of(cls, child: children.Child) -> Self:
        """A child of the store."""
        return cls(id=child.id, version=child.version, **child.about.model_dump())


class Conversation(Record):
    """A conversation, and how far its draft is: `drafting` counts how often it was drafted."""

    id: str
    child: str
    file: str
    date: dt.date | None
    kind: Kind | None
    state: State
    error: str | None
    drafting: int
    drafted_at: dt.datetime | None
    open_points: int
    blocking: int
    created_at: dt.datetime

    @classmethod
    def of(cls, status: conversations.Status) -> Self:
        """A conversation of the store."""
        return cls(
            id=status.id,
            child=status.child_id,
            file=status.name,
            date=status.given.date,
            kind=status.given.kind,
            state=status.state,
            error=status.error,
            drafting=status.drafting,
            drafted_at=status.drafted_at,
            open_points=status.open_points,
            blocking=status.blocking,
            created_at=status.created_at,
        )


class Submitted(Record):
    """What came of handing a file in: the same file of a child is known again."""

    id: str
    is_new: bool


class Approved(Record):
    """Who approved a version, and what that binds to."""

    name: str
    function: Function
    at: dt.datetime
    content_hash: str


class Version(Record):
    """A version of a plan, with how many corrections it holds.

    `drafting` and `template` tell which reading of the conversation it shows, in which template: a program
    that corrects it says which it saw.
    """

    number: int
    state: PlanState
    drafting: int
    template: str
    corrections: int
    approval: Approved | None

    @classmethod
    def of(cls, version: drafts.Version) -> Self:
        """A version of the store."""
        given = version.approval
        approval = (
            Approved.model_validate(
                {
                    "name": given.name,
                    "function": given.function,
                    "at": given.at,
                    "content_hash": given.content_hash,
                }
            )
            if given
            else None
        )
        return cls(
            number=version.number,
            state=version.state,
            drafting=version.drafting,
            template=version.template_id,
            corrections=version.corrections,
            approval=approval,
        )


class Shown(Record):
    """Which plan was looked at: the `drafting` and `template` of its version.

    Ask for the versions before the plan: what was worked out again in between is noticed then.
    """

    drafting: int = Field(ge=1, le=2**31 - 1)
    template: str = Field(min_length=1, max_length=80)


class Corrections(Record):
    """Corrections to add, all or none.

    Who makes them and when is what the token tells, whatever they say. `shown` tells of which plan they are:
    when its conversation was worked out again since, only new words and remarks are still added. `seen` holds
    the last correction that was seen on each statement, field or point that they are about.
    """

    shown: Shown

    corrections: tuple[Correction, ...] = Field(min_length=1, max_length=200)
    seen: dict[str, str] = Field(default_factory=dict)


class Added(Record):
    """What came of adding corrections: the version that holds them, and whether it was opened for them."""

    version: int
    opened: bool
