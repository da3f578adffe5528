"""The approval of a plan: by whom the law lets decide, of just what was seen, and then for good.

An approval binds to the hash of everything that the plan is made from (`pipeline.plan.content_hash`), and to
the template that it was seen in: the documents that it freezes are those that were read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from pipeline.corrections import RATIFYING
from pipeline.plan import Approval, Item, Plan, blocking
from pipeline.store import audit, documents, drafts, reviews
from pipeline.store.accounts import User, get_user
from pipeline.store.audit import Actor
from pipeline.store.conversations import locked
from pipeline.store.database import Work
from pipeline.store.documents import KINDS, Kind
from pipeline.store.drafts import OTHER_VERSION, Version
from pipeline.store.errors import NotApprovable, Outdated, Unfit
from pipeline.store.tables import ApprovalRow

NOT_YOU: Final = (
    "Alleen een arts, physician assistant of verpleegkundig specialist kan een plan goedkeuren. "
    "Vraag de behandelaar."
)


class Seen(NamedTuple):
    """The plan that somebody looked at: the hash of what it is made from, and the template it is shown in."""

    content_hash: str
    template_id: str


class Approvable(NamedTuple):
    """What an approval of the plan as it is now would be of, and the points that stand in its way."""

    number: int
    seen: Seen
    blocking: tuple[Item, ...]


class _Looked(NamedTuple):
    """The newest version, with what its approval depends on."""

    version: Version
    plan: Plan
    seen: Seen


def approvable(w: Work, conversation_id: str) -> Approvable:
    """What stands in the way of approving the newest version.

    Raises:
        NotFound: There is no such conversation, or no plan of it.
    """
    looked = _look_at(w, conversation_id)
    return Approvable(looked.version.number, looked.seen, blocking(looked.plan))


def to_approve(w: Work, actor: Actor, conversation_id: str, seen: Seen) -> Approval:
    """What the documents of a plan must say of the approval that its reader is about to give.

    Args:
        w: The transaction.
        actor: Who approves.
        conversation_id: Whose plan it is.
        seen: The plan that was looked at (`approvable`).

    Raises:
        NotApprovable: Points are open that must be decided first.
        NotFound: There is no such conversation, or no plan of it.
        Outdated: The plan is no longer what was looked at, or is approved already.
        Unfit: This is not someone who may approve.
    """
    looked = _look_at(w, conversation_id)
    user = _check(w, actor, looked, seen)
    return Approval(
        by=user.name, function=user.function or "", at=w.at.astimezone(), version=looked.version.number
    )


def approve(
    w: Work,
    actor: Actor,
    conversation_id: str,
    seen: Seen,
    approval: Approval,
    made: Mapping[Kind, bytes],
) -> Version:
    """Approves the newest version and freezes it, with its documents.

    Args:
        w: The transaction.
        actor: Who approves.
        conversation_id: Whose plan it is.
        seen: The plan that was looked at, and that the documents are of.
        approval: What the documents say of this approval (`to_approve`).
        made: The documents, all kinds.

    Raises:
        NotApprovable: Points are open that must be decided first.
        NotFound: There is no such conversation, or no plan of it.
        Outdated: The plan is no longer what was looked at, or is approved already.
        Unfit: This is not someone who may approve.
        ValueError: The documents are not all there.
    """
    if set(made) != set(KINDS):
        raise ValueError("an approved plan needs its documents")
    row = locked(w, conversation_id)
    looked = _look_at(w, conversation_id)
    user = _check(w, actor, looked, seen)
    number = looked.version.number
    if (approval.by, approval.function, approval.version) != (user.name, user.function, number):
        raise Outdated(OTHER_VERSION)
    draft = drafts.head_row(w, row)
    draft.state, draft.content_hash = "approved", looked.seen.content_hash
    draft.corrections = looked.version.corrections
    w.session.add(
        ApprovalRow(
            conversation_id=row.id,
            number=number,
            content_hash=looked.seen.content_hash,
            user_id=user.id,
            name=approval.by,
            function=approval.function,
            at=approval.at,
        )
    )
    w.session.flush()
    documents.keep(w, row.id, number, looked.plan.fingerprint, made)
    row.changed_at = w.at
    audit.record(w, actor, "approve", child_id=row.child_id, object=f"{row.id}/{number}")
    return drafts.version(w, row.id, number)


def _look_at(w: Work, conversation_id: str) -> _Looked:
    now = reviews.as_it_is(w, conversation_id)
    seen = Seen(reviews.content(w, conversation_id, now.version), now.version.template_id)
    return _Looked(now.version, now.plan, seen)


def _check(w: Work, actor: Actor, looked: _Looked, seen: Seen) -> User:
    """Who approves, if that may be done now."""
    user = get_user(w, actor.user_id or "")
    if user.function not in RATIFYING:
        raise Unfit(NOT_YOU)
    if looked.version.state == "approved" or looked.seen != seen:
        raise Outdated(OTHER_VERSION)
    if open_points := blocking(looked.plan):
        raise NotApprovable(open_points)
    return user
