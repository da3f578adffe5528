"""The audit trail (NEN 7513): who did or saw what, when, of which child, on whose behalf and from where.

An event is only ever added. Each is chained to the one before by an HMAC with a key that the database holds
only wrapped, so an event that was changed, left out or put in between shows; `Seal` tells of events that were
cut off the end.
Events hold ids and fixed words, nothing that anybody said or is called.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterable
from typing import Literal, NamedTuple

from sqlalchemy import select

from pipeline.store.database import Work
from pipeline.store.tables import AuditHeadRow, AuditRow

Outcome = Literal["done", "refused", "failed"]


class Actor(NamedTuple):
    """Who acts: a user, for whom if that is another, and from which address. No user: izp itself."""

    user_id: str | None = None
    origin: str | None = None
    on_behalf_of: str | None = None


class Event(NamedTuple):
    """One event of the trail."""

    number: int
    at: dt.datetime
    action: str
    outcome: str
    user_id: str | None
    on_behalf_of: str | None
    child_id: str | None
    object: str | None
    origin: str | None


class Seal(NamedTuple):
    """How far the trail went: noted elsewhere, it shows later whether events were cut off the end."""

    number: int
    mac: str


class Verdict(NamedTuple):
    """What came of checking the trail: how many events are right, their seal, and the first that is not."""

    events: int
    seal: Seal
    broken_at: int | None


def record(
    work: Work,
    actor: Actor,
    action: str,
    *,
    outcome: Outcome = "done",
    child_id: str | None = None,
    object: str | None = None,  # noqa: A002  # NEN 7513's own word
) -> None:
    """Adds an event, in the transaction of what it tells of: both are there, or neither is.

    Args:
        work: The transaction.
        actor: Who did it.
        action: What was done, one of `pipeline.store.actions`.
        outcome: Whether it was done, refused, or failed.
        child_id: The child whom it is about.
        object: The id of what else it is about: a conversation, a version, a statement, a user.
    """
    key = work.key_for("audit")  # first: from here on all others wait who add an event
    head = work.session.execute(
        select(AuditHeadRow).where(AuditHeadRow.id == 1).with_for_update()
    ).scalar_one()
    event = Event(
        number=head.number + 1,
        at=work.at,
        action=action,
        outcome=outcome,
        user_id=actor.user_id,
        on_behalf_of=actor.on_behalf_of,
        child_id=child_id,
        object=object,
        origin=actor.origin,
    )
    mac = _mac(event, head.mac, key)
    work.session.add(AuditRow(**event._asdict(), mac=mac))
    head.number, head.mac = event.number, mac
    work.session.flush()


def verify(work: Work, earlier: Seal | None = None) -> Verdict:
    """Goes through the whole trail.

    Args:
        work: A transaction that only reads, so that no event is added meanwhile.
        earlier: A seal that was noted before: that event must still be there, as it was.
    """
    rows = work.session.execute(select(AuditRow).order_by(AuditRow.number).execution_options(yield_per=1000))
    head = work.session.get_one(AuditHeadRow, 1)
    events = ((_event(row), row.mac) for row in rows.scalars())
    return check_chain(events, Seal(head.number, head.mac), work.key_for("audit"), earlier)


def check_chain(
    events: Iterable[tuple[Event, str]], head: Seal, key: bytes, earlier: Seal | None = None
) -> Verdict:
    """Checks events, each with its HMAC, against the end that the trail should have.

    Args:
        events: All events in order.
        head: How far the trail says that it goes.
        key: The key of the trail.
        earlier: A seal that was noted before.
    """
    right = Seal(0, "")
    for event, told in events:
        seal = Seal(right.number + 1, _mac(event, right.mac, key))
        is_noted = earlier is None or earlier.number != seal.number or _same(earlier, seal)
        if not (event.number == seal.number and _same(Seal(event.number, told), seal) and is_noted):
            return Verdict(right.number, right, broken_at=seal.number)
        right = seal
    is_whole = _same(head, right) and (earlier is None or earlier.number <= right.number)
    return Verdict(right.number, right, broken_at=None if is_whole else right.number + 1)


def _same(one: Seal, other: Seal) -> bool:
    return one.number == other.number and hmac.compare_digest(one.mac, other.mac)


def _event(row: AuditRow) -> Event:
    return Event(**{field: getattr(row, field) for field in Event._fields})


def _mac(event: Event, before: str, key: bytes) -> str:
    at = event.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    fields = event._asdict() | {"at": at}
    told = json.dumps([before, *fields.values()], separators=(",", ":"))
    return hmac.new(key, told.encode(), hashlib.sha256).hexdigest()
