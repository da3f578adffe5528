"""Reading the audit trail: all of it for a beheerder, that of one child for its care team."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from sqlalchemy import select

from pipeline.store.audit import Event
from pipeline.store.database import Work
from pipeline.store.tables import AuditRow


class Wanted(NamedTuple):
    """Which events to read; what is None does not matter. `until` is not included."""

    user_id: str | None = None
    child_id: str | None = None
    action: str | None = None
    outcome: str | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None


def events(w: Work, wanted: Wanted, *, before: int | None = None, most: int) -> tuple[Event, ...]:
    """Events of the trail, the last first.

    Args:
        w: A transaction.
        wanted: Which ones.
        before: Only events with a lower number: those of the next page.
        most: How many at most.
    """
    question = select(AuditRow).order_by(AuditRow.number.desc()).limit(most)
    if before is not None:
        question = question.where(AuditRow.number < before)
    if wanted.user_id is not None:
        question = question.where(AuditRow.user_id == wanted.user_id)
    if wanted.child_id is not None:
        question = question.where(AuditRow.child_id == wanted.child_id)
    if wanted.action is not None:
        question = question.where(AuditRow.action == wanted.action)
    if wanted.outcome is not None:
        question = question.where(AuditRow.outcome == wanted.outcome)
    if wanted.since is not None:
        question = question.where(AuditRow.at >= wanted.since)
    if wanted.until is not None:
        question = question.where(AuditRow.at < wanted.until)
    return tuple(
        Event(**{field: getattr(row, field) for field in Event._fields})
        for row in w.session.scalars(question)
    )
