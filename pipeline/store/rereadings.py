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
    """What was other in a drafting than in the one before it, and who looked at that, if anyone did.

    `at` is when it was last worked out.
    """

    drafting: int
    at: dt.datetime
    differences: Differences
    seen_by: str | None
    seen_at: dt.datetime | None


def keep(w: Work, row: ConversationRow, differences: Differences) -> None:
    """Keeps what is other in the newest drafting, for readers to look at."""
    drafting = w.session.get_one(DraftingRow, (row.id, row.drafting))
    noted = differences.model_copy(update={"at": w.at})
    where = place(_SEALED, row.id, row.drafting)
    drafting.differences_sealed = seal_record(w, row.child_id, where, noted)
    drafting.seen_by = drafting.seen_at = None


def keep_held(w: Work, row: ConversationRow, differences: Differences) -> None:
    """Keeps what is held in the newest drafting though one more version of the extraction reads it otherwise.

    What nobody looked at yet stays there to be looked at; what somebody saw already is not shown again.
    """
    drafting = w.session.get_one(DraftingRow, (row.id, row.drafting))
    kept = _differences(w, row, drafting)
    seen = {(each.statement.id, each.readings) for each in kept.held} if kept else set()
    if all((each.statement.id, each.readings) in seen for each in differences.held):
        return
    if kept and drafting.seen_at is None:
        now = {each.statement.id for each in differences.held}
        held = (*(each for each in kept.held if each.statement.id not in now), *differences.held)
        differences = kept.model_copy(
            update={"held": tuple(sorted(held, key=lambda each: each.statement.start))}
        )
    keep(w, row, differences)


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
        Rereading(each.number, kept.at or each.at, kept, each.seen_by, each.seen_at)
        for each in draftings
        if (kept := _differences(w, row, each))
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
    """Says that somebody looked at what was other in a drafting, and in those before it, if nobody did yet.

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
    unseen = draftings.all()
    for each in unseen:
        each.seen_by, each.seen_at = actor.user_id, w.at
    if unseen:
        audit.record(w, actor, "see_reread", child_id=row.child_id, object=f"{row.id}/{drafting}")


def _differences(w: Work, row: ConversationRow, drafting: DraftingRow) -> Differences | None:
    if drafting.differences_sealed is None:
        return None
    where = place(_SEALED, row.id, drafting.number)
    return unseal_record(w, row.child_id, where, Differences, drafting.differences_sealed)
