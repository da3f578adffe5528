"""The versions of a plan: a concept that readers correct, put forward as ready, approved and then frozen.

Only the newest version changes. What an approved one shows is kept: the drafting it was made from, how many
corrections it holds, and its documents. Whatever changes after that makes a new concept.
"""

from __future__ import annotations

import datetime as dt
from typing import Final, Literal, NamedTuple, cast

from sqlalchemy import Select, func, select

from pipeline.store import audit
from pipeline.store.audit import Actor
from pipeline.store.conversations import found, locked
from pipeline.store.database import Work
from pipeline.store.errors import NotFound, Outdated
from pipeline.store.tables import ApprovalRow, ConversationRow, CorrectionRow, DraftRow

PlanState = Literal["concept", "ready", "approved"]

NO_VERSION: Final = "Deze versie van het plan is er niet."
NO_PLAN: Final = "Van dit gesprek is nog geen plan gemaakt."
OTHER_VERSION: Final = "Het plan is intussen veranderd. Bekijk het opnieuw."


class Approved(NamedTuple):
    """Who approved a version, as what and when, and the hash of all that it was approved on."""

    user_id: str
    name: str
    function: str
    at: dt.datetime
    content_hash: str


class Version(NamedTuple):
    """A version of the plan of a conversation.

    It is made from the drafting of that number and the first so many `corrections`. `ready_by` says that it
    is ready to be judged; `created_by` made the change that it began with, None where that was the program.
    """

    number: int
    state: PlanState
    drafting: int
    corrections: int
    created_by: str | None
    created_at: dt.datetime
    ready_by: str | None
    ready_at: dt.datetime | None
    approval: Approved | None
    template: str | None


def versions(w: Work, conversation_id: str) -> tuple[Version, ...]:
    """All versions of a plan, the oldest first; none while the conversation is being drafted.

    Raises:
        NotFound: There is no such conversation.
    """
    found(w, conversation_id)
    count = _count(w, conversation_id)
    rows = w.session.execute(
        select(DraftRow, ApprovalRow)
        .outerjoin(
            ApprovalRow,
            (ApprovalRow.conversation_id == DraftRow.conversation_id)
            & (ApprovalRow.number == DraftRow.number),
        )
        .where(DraftRow.conversation_id == conversation_id)
        .order_by(DraftRow.number)
    )
    return tuple(_version(draft, approval, count) for draft, approval in rows)


def version(w: Work, conversation_id: str, number: int) -> Version:
    """One version of a plan.

    Raises:
        NotFound: There is no such version.
    """
    row = w.session.get(DraftRow, (conversation_id, number))
    if row is None:
        raise NotFound(NO_VERSION)
    approval = w.session.get(ApprovalRow, (conversation_id, number))
    return _version(row, approval, _count(w, conversation_id))


def head(w: Work, conversation_id: str) -> Version:
    """The newest version of a plan.

    Raises:
        NotFound: There is no such conversation, or no plan of it yet.
    """
    return version(w, conversation_id, head_row(w, found(w, conversation_id)).number)


def set_ready(w: Work, actor: Actor, conversation_id: str, number: int) -> Version:
    """Puts the concept forward as ready to be judged.

    Raises:
        NotFound: There is no such plan.
        Outdated: The newest version is another, or is no concept any more.
    """
    row = locked(w, conversation_id)
    draft = head_row(w, row)
    if (draft.number, draft.state) != (number, "concept"):
        raise Outdated(OTHER_VERSION)
    draft.state, draft.ready_by, draft.ready_at = "ready", actor.user_id, w.at
    row.changed_at = w.at
    audit.record(w, actor, "set_ready", child_id=row.child_id, object=_object(row, number))
    return head(w, conversation_id)


def reopen(w: Work, actor: Actor, conversation_id: str, number: int) -> Version:
    """Makes a plan that was ready a concept again, or begins a new concept after one that was approved.

    Raises:
        NotFound: There is no such plan.
        Outdated: The newest version is another, or is a concept already.
    """
    row = locked(w, conversation_id)
    draft = head_row(w, row)
    if draft.number != number or draft.state == "concept":
        raise Outdated(OTHER_VERSION)
    if draft.state == "ready":
        draft.state, draft.ready_by, draft.ready_at = "concept", None, None
    else:
        draft = _new(w, row, number + 1, actor.user_id)
    row.changed_at = w.at
    audit.record(w, actor, "reopen", child_id=row.child_id, object=_object(row, draft.number))
    return head(w, conversation_id)


def head_row(w: Work, row: ConversationRow) -> DraftRow:
    """The row of the newest version, for the modules of the store.

    Raises:
        NotFound: There is no plan yet.
    """
    draft = w.session.scalar(_newest(row.id))
    if draft is None:
        raise NotFound(NO_PLAN)
    return draft


def follow(w: Work, row: ConversationRow) -> None:
    """Lets the plan follow a new drafting of its conversation: a concept is made from it from now on."""
    draft = w.session.scalar(_newest(row.id))
    if draft is None or draft.state == "approved":
        _new(w, row, draft.number + 1 if draft else 1, None)
    else:
        draft.drafting = row.drafting


def writable(w: Work, row: ConversationRow, actor: Actor) -> DraftRow:
    """The newest version, to be corrected: after one that was approved a new one begins.

    Raises:
        NotFound: There is no plan yet.
    """
    draft = head_row(w, row)
    if draft.state != "approved":
        return draft
    draft = _new(w, row, draft.number + 1, actor.user_id)
    audit.record(w, actor, "reopen", child_id=row.child_id, object=_object(row, draft.number))
    return draft


def _newest(conversation_id: str) -> Select[DraftRow]:
    drafts = select(DraftRow).where(DraftRow.conversation_id == conversation_id)
    return drafts.order_by(DraftRow.number.desc()).limit(1)


def _new(w: Work, row: ConversationRow, number: int, user_id: str | None) -> DraftRow:
    draft = DraftRow(
        conversation_id=row.id,
        number=number,
        state="concept",
        drafting=row.drafting,
        created_by=user_id,
        created_at=w.at,
    )
    w.session.add(draft)
    w.session.flush()
    return draft


def _count(w: Work, conversation_id: str) -> int:
    last = select(func.max(CorrectionRow.number)).where(CorrectionRow.conversation_id == conversation_id)
    return w.session.scalar(last) or 0


def _object(row: ConversationRow, number: int) -> str:
    return f"{row.id}/{number}"


def _version(draft: DraftRow, approval: ApprovalRow | None, count: int) -> Version:
    return Version(
        number=draft.number,
        state=cast("PlanState", draft.state),
        drafting=draft.drafting,
        corrections=count if draft.corrections is None else draft.corrections,
        created_by=draft.created_by,
        created_at=draft.created_at,
        ready_by=draft.ready_by,
        ready_at=draft.ready_at,
        approval=Approved(
            approval.user_id, approval.name, approval.function, approval.at, approval.content_hash
        )
        if approval
        else None,
        template=draft.template,
    )
