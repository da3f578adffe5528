"""The conversations that were handed in: the file, what was told about it, and how far its draft is."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import uuid
from typing import Final, Literal, NamedTuple, cast

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from extractors.schema import Record
from pipeline.intake import check_size
from pipeline.intake.participants_file import ParticipantsFile
from pipeline.store import audit
from pipeline.store.audit import Actor
from pipeline.store.database import Work
from pipeline.store.errors import NotFound
from pipeline.store.keys import seal, unseal
from pipeline.store.members import NO_CHILD
from pipeline.store.sealed import place, seal_record, unseal_record
from pipeline.store.tables import ChildRow, ConversationRow, DraftingRow

State = Literal["waiting", "reading", "extracting", "done", "failed"]
"""Of the draft: it waits for a worker, one is at it (in two steps), it is there, or it could not be made."""

NO_CONVERSATION: Final = "Dit gesprek staat niet in izp, of u hoort niet bij het zorgteam."

_SOURCE: Final = "conversations.source_sealed"
_OPTIONS: Final = "conversations.options_sealed"


class Handed(Record):
    """What came with a file: its name, and what was told about it, which wins over what it says itself."""

    name: str
    given: ParticipantsFile


class Submitted(NamedTuple):
    """What came of handing a file in: the conversation, and whether it is new or was there already."""

    id: str
    is_new: bool


class Status(NamedTuple):
    """A conversation, and how far its draft is.

    `drafting` is 0 while there is no draft; one that is made again meanwhile keeps the earlier one, of
    `drafted_at`. `error` is the sentence for the user where it failed. `open_points` are those of the plan as
    it is now, `blocking` how many of them stand in the way of approval.
    """

    id: str
    child_id: str
    name: str
    given: ParticipantsFile
    state: State
    error: str | None
    attempts: int
    drafting: int
    drafted_at: dt.datetime | None
    open_points: int
    blocking: int
    created_by: str
    created_at: dt.datetime
    changed_at: dt.datetime


def submit(
    w: Work, actor: Actor, child_id: str, name: str, data: bytes, given: ParticipantsFile, max_bytes: int
) -> Submitted:
    """Hands a conversation in, to be drafted.

    The same file of the same child is known again, also when two hand it in at once; one that failed is then
    tried again, by the name and with what is told now.

    Args:
        w: The transaction.
        actor: Who hands it in.
        child_id: Whose conversation it is.
        name: The name of the file.
        data: The bytes of the file.
        given: Who is who, and what else is told about it.
        max_bytes: The largest file that is taken.

    Raises:
        IntakeError: The file is too large.
        NotFound: There is no such child.
    """
    check_size(len(data), max_bytes)
    if w.session.get(ChildRow, child_id) is None:
        raise NotFound(NO_CHILD)
    digest = hmac.new(w.child_key(child_id), data, hashlib.sha256).hexdigest()
    conversation_id = uuid.uuid4().hex
    row = ConversationRow(
        id=conversation_id,
        child_id=child_id,
        digest=digest,
        state="waiting",
        source_sealed=seal(data, w.child_key(child_id), place(_SOURCE, conversation_id)),
        options_sealed=_sealed(w, child_id, conversation_id, Handed(name=name, given=given)),
        created_by=actor.user_id,
        created_at=w.at,
        changed_at=w.at,
    )
    same = select(ConversationRow).where(
        ConversationRow.child_id == child_id, ConversationRow.digest == digest
    )
    there = w.session.scalar(same.with_for_update())
    if there is None:
        try:
            with w.session.begin_nested():
                w.session.add(row)
        except IntegrityError:  # someone else was first, just now
            there = w.session.scalars(same.with_for_update()).one()
    if there is not None and there.state == "failed":
        there.options_sealed = _sealed(w, child_id, there.id, Handed(name=name, given=given))
        _wait(w, there)
    is_new = there is None
    conversation_id = there.id if there is not None else conversation_id
    audit.record(w, actor, "upload", child_id=child_id, object=conversation_id)
    return Submitted(conversation_id, is_new)


def status(w: Work, conversation_id: str) -> Status:
    """A conversation.

    Raises:
        NotFound: There is no such conversation.
    """
    row = w.session.execute(_statuses().where(ConversationRow.id == conversation_id)).one_or_none()
    if row is None:
        raise NotFound(NO_CONVERSATION)
    w.hold(row.ConversationRow)
    return _status(w, *row)


def of_child(w: Work, child_id: str) -> tuple[Status, ...]:
    """The conversations of a child, the newest first."""
    rows = w.session.execute(
        _statuses()
        .where(ConversationRow.child_id == child_id)
        .order_by(ConversationRow.created_at.desc(), ConversationRow.id)
    )
    return tuple(_status(w, *row) for row in rows)


def source(w: Work, conversation_id: str) -> bytes:
    """The file as it was handed in.

    Raises:
        NotFound: There is no such conversation.
    """
    row = found(w, conversation_id)
    return unseal(row.source_sealed, w.child_key(row.child_id), place(_SOURCE, conversation_id))


def tell(w: Work, actor: Actor, conversation_id: str, given: ParticipantsFile) -> None:
    """Tells who is who and what else is known: the conversation is drafted again, from the same file.

    What readers corrected stays (`pipeline.redraft`). Nothing happens where that was told already.

    Raises:
        NotFound: There is no such conversation.
    """
    row = locked(w, conversation_id)
    before = _handed(w, row)
    if before.given == given:
        return
    row.options_sealed = _sealed(w, row.child_id, conversation_id, before.model_copy(update={"given": given}))
    _wait(w, row)
    audit.record(w, actor, "correct", child_id=row.child_id, object=conversation_id)


def retry(w: Work, actor: Actor, conversation_id: str) -> None:
    """Lets a conversation that could not be drafted be tried again; nothing happens to another.

    Raises:
        NotFound: There is no such conversation.
    """
    row = locked(w, conversation_id)
    if row.state == "failed":
        _wait(w, row)
        audit.record(w, actor, "upload", child_id=row.child_id, object=conversation_id)


def found(w: Work, conversation_id: str) -> ConversationRow:
    """The row of a conversation, for the modules of the store.

    Raises:
        NotFound: There is no such conversation.
    """
    row = w.session.get(ConversationRow, conversation_id)
    if row is None:
        raise NotFound(NO_CONVERSATION)
    return w.hold(row)


def locked(w: Work, conversation_id: str) -> ConversationRow:
    """The row of a conversation, as it is now, kept to this transaction: who else would change it waits.

    Raises:
        NotFound: There is no such conversation.
    """
    row = w.session.get(ConversationRow, conversation_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(NO_CONVERSATION)
    return w.hold(row)


def _wait(w: Work, row: ConversationRow) -> None:
    row.state, row.error, row.attempts, row.lease_until, row.changed_at = "waiting", None, 0, None, w.at


def _sealed(w: Work, child_id: str, conversation_id: str, handed: Handed) -> bytes:
    return seal_record(w, child_id, place(_OPTIONS, conversation_id), handed)


def _handed(w: Work, row: ConversationRow) -> Handed:
    return unseal_record(w, row.child_id, place(_OPTIONS, row.id), Handed, row.options_sealed)


def _statuses() -> Select[ConversationRow, dt.datetime | None]:
    return select(ConversationRow, DraftingRow.at).outerjoin(
        DraftingRow,
        (DraftingRow.conversation_id == ConversationRow.id)
        & (DraftingRow.number == ConversationRow.drafting),
    )


def _status(w: Work, row: ConversationRow, drafted_at: dt.datetime | None) -> Status:
    handed = _handed(w, row)
    return Status(
        id=row.id,
        child_id=row.child_id,
        name=handed.name,
        given=handed.given,
        state=cast("State", row.state),
        error=row.error,
        attempts=row.attempts,
        drafting=row.drafting,
        drafted_at=drafted_at,
        open_points=row.open_points,
        blocking=row.blocking,
        created_by=row.created_by,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )
