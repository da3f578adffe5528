"""The care team of a child: who may see the child, and who took emergency access for a while."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final, Literal, NamedTuple, cast

from sqlalchemy import func, select

from pipeline.store import audit
from pipeline.store.accounts import get_user
from pipeline.store.audit import Actor
from pipeline.store.database import Work
from pipeline.store.errors import NotFound, Unfit
from pipeline.store.keys import seal, unseal
from pipeline.store.permissions import Function, Role
from pipeline.store.tables import ChildRow, ConversationRow, EmergencyAccessRow, MemberRow, UserRow

Access = Literal["team", "emergency"]

EMERGENCY_LASTS: Final = dt.timedelta(hours=4)
SHORTEST_REASON: Final = 10

NO_CHILD = "Dit kind staat niet in izp, of u hoort niet bij het zorgteam."


class Member(NamedTuple):
    """Someone in the care team of a child."""

    user_id: str
    name: str
    role: Role
    function: Function | None
    active: bool
    since: dt.datetime


class Emergency(NamedTuple):
    """Emergency access that someone took, and why."""

    user_id: str
    name: str
    reason: str
    at: dt.datetime
    until: dt.datetime


class Team(NamedTuple):
    """A child as a beheerder knows it: by id only, and how many are in the team."""

    child_id: str
    created_at: dt.datetime
    members: int


def access(w: Work, child_id: str, user_id: str) -> Access | None:
    """How someone may see a child: from the care team, or by emergency access; None if not."""
    if w.session.get(MemberRow, (child_id, user_id)):
        return "team"
    taken = select(EmergencyAccessRow.id).where(
        EmergencyAccessRow.child_id == child_id,
        EmergencyAccessRow.user_id == user_id,
        EmergencyAccessRow.until > w.at,
    )
    return "emergency" if w.session.scalar(taken.limit(1)) else None


def exists(w: Work, child_id: str) -> bool:
    """Whether there is such a child."""
    return w.session.get(ChildRow, child_id) is not None


def child_of(w: Work, conversation_id: str) -> str | None:
    """Which child a conversation is of."""
    return w.session.scalar(select(ConversationRow.child_id).where(ConversationRow.id == conversation_id))


def team(w: Work, child_id: str) -> tuple[Member, ...]:
    """Who is in the care team of a child, by name."""
    found = w.session.execute(
        select(MemberRow, UserRow)
        .join(UserRow, UserRow.id == MemberRow.user_id)
        .where(MemberRow.child_id == child_id)
        .order_by(UserRow.name, UserRow.id)
    )
    return tuple(
        Member(
            user.id,
            user.name,
            cast("Role", user.role),
            cast("Function | None", user.function),
            user.active,
            member.since,
        )
        for member, user in found
    )


def candidates(w: Work, child_id: str) -> tuple[tuple[str, str], ...]:
    """Who can be added to the care team of a child: id and name of each care account that is not in it."""
    members = select(MemberRow.user_id).where(MemberRow.child_id == child_id)
    found = w.session.execute(
        select(UserRow.id, UserRow.name, UserRow.role, UserRow.function)
        .where(UserRow.active, UserRow.role != "beheerder", UserRow.id.not_in(members))
        .order_by(UserRow.name, UserRow.id)
    )
    return tuple((row.id, f"{row.name}, {row.function or row.role}") for row in found)


def add_member(w: Work, actor: Actor, child_id: str, user_id: str) -> None:
    """Puts someone in the care team of a child; nothing happens if they are in it.

    Raises:
        NotFound: There is no such child or account.
        Unfit: The account is not in use, or is of a beheerder, who sees no child.
    """
    if w.session.get(ChildRow, child_id, with_for_update=True) is None:
        raise NotFound(NO_CHILD)
    user = get_user(w, user_id)
    if not user.active or user.role == "beheerder":
        raise Unfit("Deze persoon kan niet in een zorgteam.")
    if w.session.get(MemberRow, (child_id, user_id)) is None:
        member = MemberRow(child_id=child_id, user_id=user_id, since=w.at, added_by=actor.user_id or "")
        w.session.add(member)
        w.session.flush()
        audit.record(w, actor, "manage_members", child_id=child_id, object=user_id)


def remove_member(w: Work, actor: Actor, child_id: str, user_id: str) -> None:
    """Takes someone out of the care team of a child.

    Raises:
        NotFound: They are not in it.
        Unfit: Nobody who gives care would be left: a child needs someone who sees it.
    """
    w.session.get(ChildRow, child_id, with_for_update=True)
    row = w.session.get(MemberRow, (child_id, user_id))
    if row is None:
        raise NotFound("Deze persoon hoort niet (meer) bij het zorgteam.")
    others = (
        each
        for each in team(w, child_id)
        if each.user_id != user_id and each.active and each.role in ("verpleegkundige", "behandelaar")
    )
    if next(others, None) is None:
        raise Unfit("Er moet iemand in het zorgteam blijven die het kan aanvullen. Voeg eerst een ander toe.")
    w.session.delete(row)
    audit.record(w, actor, "manage_members", child_id=child_id, object=user_id)


def break_glass(w: Work, actor: Actor, child_id: str, reason: str) -> Emergency:
    """Gives whoever asks access to a child for a few hours; the team sees who and why.

    Raises:
        NotFound: There is no such child.
        Unfit: The reason is too short.
    """
    reason = fitting_reason(reason)
    if w.session.get(ChildRow, child_id) is None:
        raise NotFound(NO_CHILD)
    user_id, row_id = cast("str", actor.user_id), uuid.uuid4().hex
    row = EmergencyAccessRow(
        id=row_id,
        child_id=child_id,
        user_id=user_id,
        reason_sealed=seal(
            reason.encode(), w.child_key(child_id), f"emergency_access.reason_sealed:{row_id}"
        ),
        at=w.at,
        until=w.at + EMERGENCY_LASTS,
    )
    w.session.add(row)
    w.session.flush()
    audit.record(w, actor, "break_glass", child_id=child_id, object=row_id)
    return Emergency(user_id, get_user(w, user_id).name, reason, row.at, row.until)


def fitting_reason(reason: str) -> str:
    """The reason for emergency access, without space around it.

    Raises:
        Unfit: It is too short.
    """
    if sum(letter.isalnum() for letter in reason) < SHORTEST_REASON:
        raise Unfit("Schrijf in een paar woorden waarom u nu bij dit kind moet. Het zorgteam leest dit.")
    return reason.strip()


def emergencies(w: Work, child_id: str) -> tuple[Emergency, ...]:
    """Who took emergency access to a child, the last first."""
    found = w.session.execute(
        select(EmergencyAccessRow, UserRow.name)
        .join(UserRow, UserRow.id == EmergencyAccessRow.user_id)
        .where(EmergencyAccessRow.child_id == child_id)
        .order_by(EmergencyAccessRow.at.desc())
    )
    key = w.child_key(child_id)
    return tuple(
        Emergency(
            row.user_id,
            name,
            unseal(row.reason_sealed, key, f"emergency_access.reason_sealed:{row.id}").decode(),
            row.at,
            row.until,
        )
        for row, name in found
    )


def teams(w: Work) -> tuple[Team, ...]:
    """Every child by id, with how many are in its team, the newest first: for a beheerder."""
    found = w.session.execute(
        select(ChildRow.id, ChildRow.created_at, func.count(MemberRow.user_id))
        .join(MemberRow, MemberRow.child_id == ChildRow.id, isouter=True)
        .group_by(ChildRow.id, ChildRow.created_at)
        .order_by(ChildRow.created_at.desc())
    )
    return tuple(Team(*row) for row in found)
