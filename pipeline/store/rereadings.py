"""What is other in a plan since another version of the extraction read its conversation, and who saw that."""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple

from sqlalchemy import select

from pipeline.differences import Differences
from pipeline.store import audit
from pipeline.store.audit import Actor
from pipeline.store.conversations import found, locked
from pipeline.store.database import Work
from pipeline.store.sealed import place, seal_record, unseal_record
from pipeline.store.tables import ConversationRow, DraftingRow

_SEALED: Final = "draftings.differences_sealed"


class Rereading(NamedTuple):
    """What was other in a drafting than in the one before it, and who looked at that, if anyone did."""

    drafting: int
    at: dt.datetime
    differences: Differences
    seen_by: str | None
    seen_at: dt.datetime | None


def keep(w: Work, row: ConversationRow, differences: Differences) -> None:
    """Keeps what is other in the newest drafting, for readers to look at."""
    drafting = w.session.get_one(DraftingRow, (row.id, row.drafting))
    where = place(_SEALED, row.id, row.drafting)
    drafting.differences_sealed = seal_record(w, row.child_id, where, differences)


def rereadings(w: Work, conversation_id: str) -> tuple[Rereading, ...]:
    """What other versions of the extraction made other, the newest first.

    Raises:
        NotFound: There is no such conversation.
    """
    row = found(w, conversation_id)
    draftings = w.session.scalars(
        select(DraftingRow)
        .where(DraftingRow.conversation_id == row.id, DraftingRow.differences_sealed.is_not(None))
        .order_by(DraftingRow.number.desc())
    )
    return tuple(
        Rereading(
            each.number,
            each.at,
            unseal_record(
                w, row.child_id, place(_SEALED, row.id, each.number), Differences, each.differences_sealed
            ),
            each.seen_by,
            each.seen_at,
        )
        for each in draftings
        if each.differences_sealed
    )


def is_unseen(w: Work, conversation_id: str) -> bool:
    """Whether nobody looked yet at something that another version of the extraction made other."""
    unseen = select(DraftingRow.number).where(
        DraftingRow.conversation_id == conversation_id,
        DraftingRow.differences_sealed.is_not(None),
        DraftingRow.seen_at.is_(None),
    )
    return w.session.scalar(unseen.limit(1)) is not None


def set_seen(w: Work, actor: Actor, conversation_id: str, drafting: int) -> None:
    """Says that somebody looked at what was other in a drafting, and in those before it.

    Raises:
        NotFound: There is no such conversation.
    """
    row = locked(w, conversation_id)
    draftings = w.session.scalars(
        select(DraftingRow).where(
            DraftingRow.conversation_id == row.id,
            DraftingRow.number <= drafting,
            DraftingRow.differences_sealed.is_not(None),
            DraftingRow.seen_at.is_(None),
        )
    )
    for each in draftings:
        each.seen_by, each.seen_at = actor.user_id, w.at
    audit.record(w, actor, "correct", child_id=row.child_id, object=f"{row.id}/{drafting}")
