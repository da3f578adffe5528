"""The plans that were approved before and now stand in another template, with nothing else changed."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple, cast

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from pipeline.store import children
from pipeline.store.approvals import Seen
from pipeline.store.children import Child
from pipeline.store.database import Work
from pipeline.store.tables import ApprovalRow, ConversationRow, DraftRow, MemberRow


class Restyled(NamedTuple):
    """A new version that shows what was approved in another template.

    Attributes:
        child_id: Whose plan it is.
        child: The child, None where what is known of it cannot be read with the keys that are here.
        conversation_id: The conversation that the plan is of.
        number: The new version.
        begun_at: When it was begun.
        approved_number: The version that was approved.
        approved_by: Who approved that.
        approved_at: When.
        seen: What it was approved on, in the template that it is in now; the new version can be approved as
            long as it is the same.
    """

    child_id: str
    child: Child | None
    conversation_id: str
    number: int
    begun_at: dt.datetime
    approved_number: int
    approved_by: str
    approved_at: dt.datetime
    seen: Seen


def restyled(w: Work, user_id: str) -> tuple[Restyled, ...]:
    """The newest versions that were begun only for their template, of the children in whose team someone is.

    Args:
        w: The transaction.
        user_id: Who asks.
    """
    other = aliased(DraftRow)
    newest = (
        select(func.max(other.number))
        .where(other.conversation_id == DraftRow.conversation_id)
        .correlate(DraftRow)
        .scalar_subquery()
    )
    rows = w.session.execute(
        select(DraftRow, ApprovalRow, ConversationRow.child_id)
        .join(ConversationRow, ConversationRow.id == DraftRow.conversation_id)
        .join(MemberRow, (MemberRow.child_id == ConversationRow.child_id) & (MemberRow.user_id == user_id))
        .join(
            ApprovalRow,
            (ApprovalRow.conversation_id == DraftRow.conversation_id)
            & (ApprovalRow.number == DraftRow.restyled),
        )
        .where(DraftRow.state != "approved", DraftRow.number == newest)
        .order_by(ApprovalRow.at, ApprovalRow.conversation_id)
    )
    return tuple(
        Restyled(
            child_id=child_id,
            child=children.readable(w, child_id),
            conversation_id=draft.conversation_id,
            number=draft.number,
            begun_at=draft.created_at,
            approved_number=approval.number,
            approved_by=approval.name,
            approved_at=approval.at,
            seen=Seen(approval.content_hash, cast("str", draft.template_id)),
        )
        for draft, approval, child_id in rows
    )
