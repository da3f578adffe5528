"""The versions of a plan: a concept that readers correct, put forward as ready, approved and then frozen.

Only the newest version changes. What an approved one shows is kept: the drafting it was made from, how many
corrections it holds, its template and its documents. Whatever changes after that makes a new concept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple, cast

from sqlalchemy import Select, String, bindparam, func, select

from pipeline.store import audit, documents, templates
from pipeline.store.audit import Actor
from pipeline.store.conversations import found, locked
from pipeline.store.database import Work
from pipeline.store.errors import NotFound, Outdated
from pipeline.store.tables import ApprovalRow, ConversationRow, CorrectionRow, DocumentRow, DraftRow

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

    It is made from the drafting of that number and the first so many `corrections`, and shown in the template
    `template_id`. `ready_by` says that it is ready to be judged; `created_by` made the change that it began
    with, None where that was the program. One that shows an approved version in another template, and nothing
    else, is that version `restyled`.
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
    template_id: str
    restyled: int | None


def versions(w: Work, conversation_id: str) -> tuple[Version, ...]:
    """All versions of a plan, the oldest first; none while the conversation is being drafted.

    Raises:
        NotFound: There is no such conversation.
    """
    found(w, conversation_id)
    return tuple(_version(*row) for row in w.session.execute(_SHOWN, _of(conversation_id)))


def version(w: Work, conversation_id: str, number: int) -> Version:
    """One version of a plan.

    Raises:
        NotFound: There is no such version.
    """
    one = _SHOWN.where(DraftRow.number == number)
    row = w.session.execute(one, _of(conversation_id)).first()
    if row is None:
        raise NotFound(NO_VERSION)
    return _version(*row)


def head(w: Work, conversation_id: str) -> Version:
    """The newest version of a plan.

    Raises:
        NotFound: There is no such conversation, or no plan of it yet.
    """
    row = w.session.execute(_HEAD, _of(conversation_id)).first()
    if row is None:
        found(w, conversation_id)
        raise NotFound(NO_PLAN)
    return _version(*row)


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


def restyle(
    w: Work,
    actor: Actor,
    conversation_id: str,
    number: int,
    template_id: str,
    made: Sequence[DocumentRow] = (),
) -> Version:
    """Shows a plan in another template; after an approved version a new concept begins, else the state stays.

    Nothing happens, and no file is kept, where it is shown in that template already. How many points block
    an approval depends on the template: `reviews.note_open_points` notes it for the lists.

    Args:
        w: The transaction.
        actor: Who does it.
        conversation_id: Whose plan it is.
        number: The newest version, as it was looked at.
        template_id: The template (`templates`).
        made: The files of the version that shows it there, as they were written (`documents.write`).

    Raises:
        NotFound: There is no such plan, or no such template.
        Outdated: The newest version is another by now.
    """
    row = locked(w, conversation_id)
    draft = head_row(w, row)
    if draft.number != number:
        raise Outdated(OTHER_VERSION)
    templates.known(w, template_id)
    if draft.template_id == template_id:
        return head(w, conversation_id)
    if draft.state == "approved":
        draft = _new(w, row, number + 1, actor.user_id)
        draft.restyled = number
    draft.template_id = template_id
    row.changed_at = w.at
    documents.note(w, conversation_id, draft.number, made)
    now = head(w, conversation_id)
    # Last: all others wait who add an event.
    audit.record(w, actor, "rerender", child_id=row.child_id, object=_object(row, draft.number))
    return now


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
        draft.drafting, draft.restyled = row.drafting, None


def writable(w: Work, row: ConversationRow, actor: Actor) -> DraftRow:
    """The newest version, to be corrected: after one that was approved a new one begins.

    Raises:
        NotFound: There is no plan yet.
    """
    draft = head_row(w, row)
    if draft.state != "approved":
        draft.restyled = None
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
        template_id=templates.current_id(w),
    )
    w.session.add(draft)
    w.session.flush()
    return draft


def _shown() -> Select[DraftRow, ApprovalRow, int]:
    """The versions of a plan with their approvals, and how many corrections there are; the oldest first."""
    asked = bindparam("of", type_=String)
    corrections = (
        select(func.max(CorrectionRow.number)).where(CorrectionRow.conversation_id == asked).scalar_subquery()
    )
    return (
        select(DraftRow, ApprovalRow, func.coalesce(corrections, 0))
        .outerjoin(
            ApprovalRow,
            (ApprovalRow.conversation_id == DraftRow.conversation_id)
            & (ApprovalRow.number == DraftRow.number),
        )
        .where(DraftRow.conversation_id == asked)
        .order_by(DraftRow.number)
    )


# Made once: each action looks at the newest version a few times, and to put the question together takes long.
_SHOWN: Final = _shown()
_HEAD: Final = _SHOWN.order_by(None).order_by(DraftRow.number.desc()).limit(1)


def _of(conversation_id: str) -> dict[str, str]:
    return {"of": conversation_id}


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
        template_id=cast("str", draft.template_id),  # there since the store was opened (`open_store`)
        restyled=draft.restyled,
    )
