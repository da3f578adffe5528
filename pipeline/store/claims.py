"""Who drafts which conversation: a worker claims one for a while, and keeps what came of it within that time.

Exactly one worker has a conversation. Of one that crashed the claim runs out, or is given back by who
noticed, and the next worker begins anew; a conversation that brings down every worker is given up.
"""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple

from sqlalchemy import or_, select

from pipeline.differences import attention, differences
from pipeline.dossier import Extraction
from pipeline.redraft import keep_corrected
from pipeline.store import drafts, findings, rereadings, reviews
from pipeline.store.conversations import State, found, locked
from pipeline.store.database import Work
from pipeline.store.errors import Outdated
from pipeline.store.tables import ConversationRow

MOST: Final = 3
"""So often a conversation is begun before it is given up."""

GIVEN_UP: Final = "Het uitwerken van dit gesprek lukte drie keer niet. Meld dit aan de beheerder."
TAKEN: Final = "Dit gesprek wordt intussen opnieuw uitgewerkt."


class Claim(NamedTuple):
    """A conversation that a worker may draft, until when."""

    conversation_id: str
    child_id: str
    until: dt.datetime


def claim(w: Work, lease: dt.timedelta) -> Claim | None:
    """Claims the conversation that has waited longest, or one whose worker let its claim run out."""
    now = dt.datetime.now(dt.UTC)
    left = ConversationRow.state.in_(("reading", "extracting")) & (ConversationRow.lease_until < now)
    waiting = (
        select(ConversationRow)
        .where(or_(ConversationRow.state == "waiting", left))
        .order_by(ConversationRow.changed_at, ConversationRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    while row := w.session.scalar(waiting):
        if row.attempts < MOST:
            row.state, row.attempts, row.lease_until = "reading", row.attempts + 1, now + lease
            w.session.flush()
            return Claim(row.id, row.child_id, row.lease_until)
        row.state, row.error, row.lease_until = "failed", GIVEN_UP, None
        w.session.flush()
    return None


def claim_this(w: Work, conversation_id: str, lease: dt.timedelta) -> Claim | None:
    """Claims a conversation that somebody wants drafted now, if it waits or could not be drafted before.

    Raises:
        NotFound: There is no such conversation.
    """
    row = locked(w, conversation_id)
    if row.state not in ("waiting", "failed"):
        return None
    until = dt.datetime.now(dt.UTC) + lease
    row.state, row.error, row.attempts, row.lease_until = "reading", None, 1, until
    return Claim(row.id, row.child_id, until)


def step(w: Work, claimed: Claim, state: State) -> None:
    """Tells how far a draft is.

    Raises:
        NotFound: The conversation was erased.
        Outdated: The claim is no longer this worker's.
    """
    _own(w, claimed).state = state


def finish(w: Work, claimed: Claim, made: Extraction, extractor: str | None = None) -> None:
    """Keeps a draft: what was found, and the plan that follows it.

    Args:
        w: The transaction.
        claimed: The claim of the worker.
        made: What was found.
        extractor: The version of the extraction that found it, where that is known.

    Raises:
        NotFound: The conversation was erased.
        Outdated: The claim is no longer this worker's; nothing was kept.
    """
    row = _own(w, claimed)
    if row.drafting:
        _keep_again(w, row, made, extractor)
    else:
        findings.keep(w, row, made, extractor)
    drafts.follow(w, row)
    row.state, row.error, row.lease_until, row.attempts = "done", None, None, 0
    reviews.note_open_points(w, row, reviews.plan_of(w, row.id))


def _keep_again(w: Work, row: ConversationRow, made: Extraction, extractor: str | None) -> None:
    """Keeps a draft of a conversation that had one, and what is other where another version found it."""
    before, corrections = findings.extraction(w, row, row.drafting), reviews.corrections(w, row)
    is_other_version = findings.extractor_of(w, row, row.drafting) != extractor
    after = keep_corrected(made, before, corrections)
    findings.keep(w, row, after, extractor)
    if is_other_version:
        other = differences(before, made, after)
        if other.changes_the_plan or attention(other, corrections):
            rereadings.keep(w, row, other)


def fail(w: Work, claimed: Claim, sentence: str) -> None:
    """Ends a draft that cannot be made, with the sentence for the user.

    Raises:
        NotFound: The conversation was erased.
        Outdated: The claim is no longer this worker's.
    """
    row = _own(w, claimed)
    row.state, row.error, row.lease_until, row.changed_at = "failed", sentence, None, w.at


def release(w: Work, claimed: Claim) -> None:
    """Gives a claim back whose worker is gone, so that the next one need not wait for its end."""
    row = found(w, claimed.conversation_id)
    if row.lease_until == claimed.until:
        row.state, row.lease_until = "waiting", None


def _own(w: Work, claimed: Claim) -> ConversationRow:
    row = locked(w, claimed.conversation_id)
    if row.lease_until != claimed.until:
        raise Outdated(TAKEN)
    return row
