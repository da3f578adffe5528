"""What the program took a conversation for and found in it, kept for each time it did: a drafting."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import insert, select

from extractors.schema import Conversation, Findings, Flag, Statement
from pipeline.dossier import Extraction
from pipeline.store.conversations import found
from pipeline.store.database import Work
from pipeline.store.recent import Recent
from pipeline.store.sealed import place, seal_record, unseal_record
from pipeline.store.tables import ConversationRow, DraftingRow, FlagRow, StatementRow

_CONVERSATION: Final = "draftings.conversation_sealed"
_LIMITS: Final = "draftings.limits_sealed"
_STATEMENT: Final = "statements.sealed"
_FLAG: Final = "flags.sealed"

_recent: Final = Recent[Extraction](32)
_dates: Final = Recent[tuple[dt.date | None]](1000)


def extraction(w: Work, row: ConversationRow, drafting: int) -> Extraction:
    """A drafting of a conversation.

    Args:
        w: The transaction.
        row: The conversation.
        drafting: Which one, from 1.
    """
    key = (row.id, drafting)
    kept = _recent.get(w, key)
    if kept is None:
        kept = _read(w, row, drafting)
        _recent.keep(w, key, kept)
    return kept


def date_of(w: Work, conversation_id: str, drafting: int) -> dt.date | None:
    """The day of a conversation as a drafting has it, for lists.

    Raises:
        NotFound: There is no such conversation.
    """
    key = (conversation_id, drafting)
    kept = _dates.get(w, key)
    if kept is None:
        kept = (extraction(w, found(w, conversation_id), drafting).conversation.date,)
        _dates.keep(w, key, kept)
    return kept[0]


def extractor_of(w: Work, row: ConversationRow, drafting: int) -> str | None:
    """The version of the extraction that finds what a drafting holds, None where that was not kept."""
    return w.session.get_one(DraftingRow, (row.id, drafting)).extractor


def note_extractor(w: Work, row: ConversationRow, extractor: str) -> None:
    """Notes that another version of the extraction finds what the newest drafting holds."""
    w.session.get_one(DraftingRow, (row.id, row.drafting)).extractor = extractor


def keep(w: Work, row: ConversationRow, made: Extraction, extractor: str | None = None) -> None:
    """Keeps a new drafting, which from now on is that of the conversation.

    Args:
        w: The transaction.
        row: The conversation.
        made: What it was taken for, and what was found.
        extractor: The version of the extraction that found it, where that is known.
    """
    row.drafting += 1
    _recent.keep(w, (row.id, row.drafting), made)
    name, findings = (row.id, row.drafting), made.findings
    rest = findings.model_copy(update={"statements": (), "to_review": (), "flags": ()})
    w.session.add(
        DraftingRow(
            conversation_id=row.id,
            number=row.drafting,
            at=w.at,
            conversation_sealed=seal_record(w, row.child_id, place(_CONVERSATION, *name), made.conversation),
            limits_sealed=seal_record(w, row.child_id, place(_LIMITS, *name), rest),
            extractor=extractor,
        )
    )
    w.session.flush()
    statements = [
        {
            "conversation_id": row.id,
            "drafting": row.drafting,
            "id": each.id,
            "position": position,
            "to_review": position >= len(findings.statements),
            "sealed": seal_record(w, row.child_id, place(_STATEMENT, *name, each.id), each),
        }
        for position, each in enumerate((*findings.statements, *findings.to_review))
    ]
    flags = [
        {
            "conversation_id": row.id,
            "drafting": row.drafting,
            "position": position,
            "type": flag.type,
            "sealed": seal_record(w, row.child_id, place(_FLAG, *name, position), flag),
        }
        for position, flag in enumerate(findings.flags)
    ]
    for table, rows in ((StatementRow, statements), (FlagRow, flags)):
        if rows:
            w.session.execute(insert(table), rows)


def _read(w: Work, row: ConversationRow, drafting: int) -> Extraction:
    name, child = (row.id, drafting), row.child_id
    drafted = w.session.get_one(DraftingRow, name)
    statements = [
        (each.to_review, unseal_record(w, child, place(_STATEMENT, *name, each.id), Statement, each.sealed))
        for each in w.session.execute(
            select(StatementRow.id, StatementRow.to_review, StatementRow.sealed)
            .where(StatementRow.conversation_id == row.id, StatementRow.drafting == drafting)
            .order_by(StatementRow.position)
        )
    ]
    flags = w.session.execute(
        select(FlagRow.position, FlagRow.sealed)
        .where(FlagRow.conversation_id == row.id, FlagRow.drafting == drafting)
        .order_by(FlagRow.position)
    )
    findings = unseal_record(w, child, place(_LIMITS, *name), Findings, drafted.limits_sealed)
    return Extraction(
        conversation=unseal_record(
            w, child, place(_CONVERSATION, *name), Conversation, drafted.conversation_sealed
        ),
        findings=findings.model_copy(
            update={
                "statements": tuple(statement for to_review, statement in statements if not to_review),
                "to_review": tuple(statement for to_review, statement in statements if to_review),
                "flags": tuple(
                    unseal_record(w, child, place(_FLAG, *name, each.position), Flag, each.sealed)
                    for each in flags
                ),
            }
        ),
    )
