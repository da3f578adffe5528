"""The children who are cared for, and what is known of each."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from typing import Annotated, Final, NamedTuple

from pydantic import Field, StringConstraints
from sqlalchemy import func, or_, select

from extractors.schema import Record
from pipeline.store import audit
from pipeline.store.audit import Actor
from pipeline.store.conversations import State
from pipeline.store.database import Work
from pipeline.store.drafts import PlanState
from pipeline.store.errors import NotFound, Outdated
from pipeline.store.keys import KeysError
from pipeline.store.members import NO_CHILD, add_member
from pipeline.store.sealed import place, seal_record, unseal_record
from pipeline.store.tables import ChildRow, ConversationRow, DraftRow, EmergencyAccessRow, MemberRow

OUTDATED: Final = (
    "Iemand anders heeft de gegevens van dit kind intussen gewijzigd. Bekijk ze opnieuw en pas ze dan aan."
)

_ABOUT: Final = "children.about_sealed"

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class About(Record):
    """What is known of a child. `number` is the one that the hospital knows the child by."""

    name: Line
    born: dt.date | None = Field(default=None, ge=dt.date(1900, 1, 1))
    number: Line | None = None


class Child(NamedTuple):
    """A child; `version` goes up with every change of what is known."""

    id: str
    about: About
    version: int
    created_at: dt.datetime


class Overview(NamedTuple):
    """A child as it stands in a list.

    `child` is None where what is known of it cannot be read with the keys that are here.
    `plans` tells of each conversation, the last changed first, how far its plan is, or its draft where there
    is no plan yet. `open_points` counts those of all plans that are not approved.
    """

    id: str
    child: Child | None
    plans: tuple[PlanState | State, ...]
    open_points: int
    changed_at: dt.datetime


def add(w: Work, actor: Actor, about: About) -> Child:
    """Adds a child; who adds it is the first in its care team.

    Raises:
        NotFound: The actor has no account.
        Unfit: The actor's account is one that sees no child.
    """
    child_id = uuid.uuid4().hex
    wrapped = w.new_child_key(child_id)
    row = ChildRow(
        id=child_id,
        wrapped_by=wrapped.by,
        wrapped=wrapped.wrapped,
        about_sealed=seal_record(w, child_id, place(_ABOUT, child_id), about),
        version=1,
        created_at=w.at,
    )
    w.session.add(row)
    w.session.flush()
    audit.record(w, actor, "add_child", child_id=child_id)
    add_member(w, actor, child_id, actor.user_id or "")
    return _child(w, row)


def get(w: Work, child_id: str) -> Child:
    """A child.

    Raises:
        NotFound: There is no such child.
    """
    return _child(w, _row(w, child_id))


def readable(w: Work, child_id: str) -> Child | None:
    """A child; None where what is known of it cannot be read with the keys that are here.

    Raises:
        NotFound: There is no such child.
    """
    try:
        return get(w, child_id)
    except KeysError:
        return None


def change(w: Work, actor: Actor, child_id: str, about: About, version: int) -> Child:
    """Changes what is known of a child.

    Raises:
        NotFound: There is no such child.
        Outdated: It is no longer the version that was looked at.
    """
    row = _row(w, child_id, to_change=True)
    if row.version != version:
        raise Outdated(OUTDATED)
    row.about_sealed = seal_record(w, child_id, place(_ABOUT, child_id), about)
    row.version += 1
    audit.record(w, actor, "change_child", child_id=child_id)
    return _child(w, row)


def of_user(w: Work, user_id: str) -> tuple[Overview, ...]:
    """The children that someone may see, in the care team or by emergency access: the last changed first."""
    team = select(MemberRow.child_id).where(MemberRow.user_id == user_id)
    taken = select(EmergencyAccessRow.child_id).where(
        EmergencyAccessRow.user_id == user_id, EmergencyAccessRow.until > w.at
    )
    theirs = or_(ChildRow.id.in_(team), ChildRow.id.in_(taken))
    newest = select(func.max(DraftRow.number)).where(DraftRow.conversation_id == ConversationRow.id)
    found = w.session.execute(
        select(
            ConversationRow.child_id,
            ConversationRow.changed_at,
            ConversationRow.open_points,
            func.coalesce(DraftRow.state, ConversationRow.state).label("state"),
        )
        .join(ChildRow, ChildRow.id == ConversationRow.child_id)
        .outerjoin(
            DraftRow,
            (DraftRow.conversation_id == ConversationRow.id)
            & (DraftRow.number == newest.correlate(ConversationRow).scalar_subquery()),
        )
        .where(theirs)
        .order_by(ConversationRow.changed_at.desc(), ConversationRow.id)
    ).all()
    talks = defaultdict(list)
    for talk in found:
        talks[talk.child_id].append(talk)
    overviews = [
        Overview(
            id=row.id,
            child=readable(w, row.id),
            plans=tuple(talk.state for talk in talks[row.id]),
            open_points=sum(talk.open_points for talk in talks[row.id] if talk.state != "approved"),
            changed_at=max((talk.changed_at for talk in talks[row.id]), default=row.created_at),
        )
        for row in w.session.scalars(select(ChildRow).where(theirs))
    ]
    return tuple(sorted(overviews, key=lambda one: (one.changed_at, one.id), reverse=True))


def find(w: Work, number: str) -> str | None:
    """The id of the child that the hospital knows by this number, or that has this id; None if there is none.

    Every child's record is opened: numbers are sealed, and this is for emergencies only. One that cannot be
    read is known by its id alone, and in the way of no other.
    """
    wanted = number.strip().casefold()
    for row in w.session.scalars(select(ChildRow)):
        child = readable(w, row.id)
        known = child.about.number if child else None
        if wanted and wanted in (row.id, (known or "").casefold()):
            return row.id
    return None


def _row(w: Work, child_id: str, *, to_change: bool = False) -> ChildRow:
    row = w.session.get(ChildRow, child_id, with_for_update=to_change or None)
    if row is None:
        raise NotFound(NO_CHILD)
    return row


def _child(w: Work, row: ChildRow) -> Child:
    about = unseal_record(w, row.id, place(_ABOUT, row.id), About, row.about_sealed)
    return Child(row.id, about, row.version, row.created_at)
