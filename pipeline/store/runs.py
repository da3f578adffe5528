"""Runs over many plans: which plan waits, which worker has it, and what became of it.

Any number of processes, on any number of machines, work off a run. Each claims some plans for a while and
finishes them one by one, in the transaction that changes the plan. Of one that dies the claim runs out, or is
given back by who noticed, and another begins those plans again: no plan is missed and none is done twice.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, Literal, NamedTuple, cast, get_args

from sqlalchemy import ColumnElement, CursorResult, Select, Update, func, insert, or_, select, update

from extractors.schema import Record
from pipeline.store import audit
from pipeline.store.audit import Actor
from pipeline.store.conversations import found
from pipeline.store.database import Work, one_at_a_time
from pipeline.store.errors import NotFound, Outdated, StoreError
from pipeline.store.keys import KeysError
from pipeline.store.sealed import place, seal_record, unseal_record
from pipeline.store.tables import ConversationRow, DraftingRow, RunItemRow, RunRow

Kind = Literal["rerender", "reextract"]
State = Literal["running", "done", "cancelled"]
Outcome = Literal["unchanged", "changed", "attention", "failed"]
"""Of a plan: it was so already, it changed, it changed and somebody should look, or it could not be done."""

OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)

MOST: Final = 3
"""So often a plan is begun before it is given up."""

ENDED: Final = "ProcessEnded"
"""The code of a plan at which its process ended each time."""

BUSY: Final = "Busy"
"""The code of a plan that others kept working on."""

UNREADABLE: Final = "KeysError"
"""The code of a plan of which what changed cannot be unsealed."""

LACKING: Final = "OSError"
"""The code of a plan for which this machine lacked something each time: room, memory, a process."""

PAUSE: Final = dt.timedelta(seconds=20)
"""So long a plan is left alone that could not be done now."""

NO_RUN: Final = "Deze run is er niet. izp runs toont welke er zijn."
TWO_RUNS: Final = "Er is meer dan één run die zo begint. Geef meer tekens; izp runs toont welke er zijn."
TAKEN: Final = "Een ander proces is intussen met dit plan bezig."
OTHER_RUN: Final = (
    "Een eerdere run met een ander doel is niet af: zou die verdergaan, dan zette hij plannen weer terug. "
    "Stop hem met izp runs stop {}, of maak hem eerst af."
)

_AT_ONCE: Final = 1000
_SEALED: Final = "run_items.sealed"


class Busy(Exception):  # noqa: N818  # it says what is so, as Outdated does
    """Somebody else works on a plan just now: it is for later."""


class OtherRunError(StoreError):
    """A run towards something else has not ended."""


class Run(NamedTuple):
    """A run: what it is towards, and how many of its plans are `waiting` or have an outcome.

    `template_id` or `extractor` is what the plans are made again by. A `trial` changes no plan.
    """

    id: str
    kind: Kind
    template_id: str | None
    extractor: str | None
    trial: bool
    state: State
    created_at: dt.datetime
    ended_at: dt.datetime | None
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many plans are in it."""
        return sum(self.counts.values())

    @property
    def waiting(self) -> int:
        """How many plans have no outcome yet."""
        return self.counts.get("waiting", 0)


class Part(NamedTuple):
    """Some plans of a run that a worker has claimed, in order, until when."""

    run_id: str
    worker: str
    conversation_ids: tuple[str, ...]
    until: dt.datetime


class Change(Record):
    """A piece of the text that differs, with the line above and the line below it."""

    above: str | None
    before: tuple[str, ...]
    after: tuple[str, ...]
    below: str | None


class Detail(Record):
    """What became of a plan, in words. It is about a child: it is kept sealed.

    `attention` says in sentences what somebody should look at. `text` are the pieces of text that differ, and
    `further` counts those beyond them. Of a new extraction `new` and `vanished` are statements,
    `read_otherwise` says of others how they are read now, and `points` which points came or went.
    """

    attention: tuple[str, ...] = ()
    text: tuple[Change, ...] = ()
    further: int = 0
    new: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    read_otherwise: tuple[str, ...] = ()
    points: tuple[str, ...] = ()


class Item(NamedTuple):
    """A plan in a run, and what became of it; `code` is why it failed, or why there is no `detail`."""

    conversation_id: str
    child_id: str
    outcome: Outcome
    code: str | None
    milliseconds: int | None
    detail: Detail | None


def begin(
    w: Work,
    actor: Actor,
    kind: Kind,
    conversation_ids: Iterable[str],
    *,
    template_id: str | None = None,
    extractor: str | None = None,
    trial: bool = False,
) -> Run:
    """Begins a run, or goes on with the one of the same kind and aim that has not ended.

    A trial is begun anew, as it tells what would change by now. No other run of the kind may be unfinished:
    the two would put plans back and forth.

    Args:
        w: The transaction.
        actor: Who begins it.
        kind: What is done with each plan.
        conversation_ids: Whose plans, in this order; of those that the unfinished run has already, the ones
            that failed are tried again.
        template_id: The template that the plans are to be in.
        extractor: The version of the extraction that they are to be made by.
        trial: Whether only to tell what would change.

    Raises:
        OtherRunError: One of the same kind and another aim is unfinished.
    """
    if not trial:
        one_at_a_time(w.session.connection())
        _check_alone(w, kind, template_id, extractor)
    unended = unfinished(w, kind, template_id=template_id, extractor=extractor, trial=trial)
    there = None if trial else unended
    run_id = there.id if there else uuid.uuid4().hex
    if there is None:
        w.session.add(
            RunRow(
                id=run_id,
                kind=kind,
                template_id=template_id,
                extractor=extractor,
                trial=trial,
                state="running",
                created_by=actor.user_id,
                created_at=w.at,
            )
        )
        w.session.flush()
    in_it = select(RunItemRow.conversation_id, RunItemRow.state).where(RunItemRow.run_id == run_id)
    known: dict[str, str] = dict(w.session.execute(in_it).all()) if there else {}
    asked = dict.fromkeys(conversation_ids)
    _try_again(w, run_id, [each for each in asked if known.get(each) == "failed"])
    new = iter([each for each in asked if each not in known])
    position = len(known)
    while some := list(islice(new, _AT_ONCE)):
        rows = [
            {
                "run_id": run_id,
                "conversation_id": each,
                "position": number,
                "state": "waiting",
                "attempts": 0,
            }
            for number, each in enumerate(some, start=position + 1)
        ]
        w.session.execute(insert(RunItemRow), rows)
        position += len(some)
    # Last: an event holds the end of the audit trail, for which all others wait.
    if unended and trial:
        cancel(w, actor, unended.id)
    audit.record(w, actor, "begin_run", object=run_id)
    return get(w, run_id)


def _check_alone(w: Work, kind: Kind, template_id: str | None, extractor: str | None) -> None:
    rows = w.session.scalars(
        select(RunRow).where(RunRow.kind == kind, RunRow.state == "running", RunRow.trial.is_(False))
    )
    for row in rows:
        is_other = (row.template_id, row.extractor) != (template_id, extractor)
        if is_other and end(w, row.id).state == "running":
            raise OtherRunError(OTHER_RUN.format(row.id[:8]))


def _try_again(w: Work, run_id: str, conversation_ids: Sequence[str]) -> None:
    """Lets plans that failed wait again, as if they were never begun."""
    never_begun = dict.fromkeys(("code", "worker", "lease_until", "milliseconds", "ended_at"))
    rows = [
        {"run_id": run_id, "conversation_id": each, "state": "waiting", "attempts": 0, **never_begun}
        for each in conversation_ids
    ]
    if rows:
        w.session.execute(update(RunItemRow), rows)


def waiting(w: Work, run_id: str) -> frozenset[str]:
    """The conversations of a run whose plans have no outcome yet."""
    of_run = select(RunItemRow.conversation_id).where(RunItemRow.run_id == run_id)
    return frozenset(w.session.scalars(of_run.where(RunItemRow.state == "waiting")))


def unfinished(
    w: Work,
    kind: Kind,
    *,
    template_id: str | None = None,
    extractor: str | None = None,
    trial: bool = False,
) -> Run | None:
    """The run of a kind and aim that has not ended, if there is one."""
    row = w.session.scalar(
        select(RunRow)
        .where(
            RunRow.kind == kind,
            RunRow.state == "running",
            RunRow.template_id == template_id,
            RunRow.extractor == extractor,
            RunRow.trial == trial,
        )
        .order_by(RunRow.created_at.desc())
        .limit(1)
        .with_for_update()
    )
    return _run(w, row) if row else None


def is_outdated(w: Work, extractor: str) -> bool:
    """Whether a version of the extraction was in use before the last run towards another began."""
    begun = (
        select(RunRow.extractor, RunRow.created_at)
        .where(RunRow.kind == "reextract", RunRow.trial.is_(False))
        .order_by(RunRow.created_at.desc())
    )
    rows = w.session.execute(begun).all()
    if not rows or rows[0].extractor == extractor:
        return False
    drafted = select(DraftingRow.number).where(
        DraftingRow.extractor == extractor, DraftingRow.at < rows[0].created_at
    )
    return any(row.extractor == extractor for row in rows) or w.session.scalar(drafted.limit(1)) is not None


def get(w: Work, run_id: str) -> Run:
    """A run.

    Raises:
        NotFound: There is none of that id.
    """
    return _run(w, _found(w, run_id))


def named(w: Work, start: str) -> str:
    """The id of the run whose id begins so.

    Raises:
        NotFound: There is none, or more than one.
    """
    ids = w.session.scalars(select(RunRow.id).where(RunRow.id.startswith(start, autoescape=True))).all()
    if len(ids) != 1:
        raise NotFound(TWO_RUNS if ids else NO_RUN)
    return ids[0]


def recent(w: Work, most: int = 20) -> tuple[Run, ...]:
    """The last runs, the newest first."""
    rows = w.session.scalars(select(RunRow).order_by(RunRow.created_at.desc(), RunRow.id).limit(most))
    return tuple(_run(w, row) for row in rows)


def claim(w: Work, run_id: str, worker: str, most: int, lease: dt.timedelta) -> Part | None:
    """Claims plans that wait; one that was begun before comes last and alone, as it may end its process.

    Args:
        w: The transaction.
        run_id: The run.
        worker: A name that this claim alone has.
        most: How many plans at most.
        lease: For how long.

    Raises:
        NotFound: There is no such run.
    """
    if _found(w, run_id).state != "running":
        return None
    now = dt.datetime.now(dt.UTC)
    rows = list(w.session.scalars(_claimable(run_id, now, RunItemRow.attempts == 0, most)))
    while not rows and (begun := w.session.scalar(_claimable(run_id, now, RunItemRow.attempts > 0, 1))):
        if begun.attempts < MOST:
            rows = [begun]
        else:
            _end_item(begun, "failed", begun.code or ENDED, now)
            w.session.flush()
    if not rows:
        return None
    for row in rows:
        row.worker, row.lease_until, row.attempts, row.code = worker, now + lease, row.attempts + 1, None
    w.session.flush()
    return Part(run_id, worker, tuple(row.conversation_id for row in rows), now + lease)


def finish_item(
    w: Work,
    part: Part,
    conversation_id: str,
    outcome: Outcome,
    *,
    code: str | None = None,
    milliseconds: int,
    detail: Detail | None = None,
) -> None:
    """Tells what became of a plan, in the transaction that changed it.

    Args:
        w: The transaction.
        part: The claim that the plan is in.
        conversation_id: Whose plan.
        outcome: What became of it.
        code: The kind of the error, where it failed.
        milliseconds: How long it took.
        detail: What changed, in words.

    Raises:
        Outdated: The claim is no longer this worker's, or the conversation was erased: nothing may be kept.
    """
    row = _own(w, part, conversation_id)
    if detail is not None:
        child_id = found(w, conversation_id).child_id
        row.sealed = seal_record(w, child_id, place(_SEALED, part.run_id, conversation_id), detail)
    _end_item(row, outcome, code, w.at)
    row.milliseconds = milliseconds
    w.session.flush()


def postpone(w: Work, part: Part, conversation_id: str, code: str = BUSY) -> None:
    """Leaves a plan that cannot be done now for later in the run; a third time it is given up.

    Args:
        w: The transaction.
        part: The claim that the plan is in.
        conversation_id: Whose plan.
        code: Why: others work on it (`BUSY`), or this machine lacks something (`LACKING`).

    Raises:
        Outdated: The claim is no longer this worker's, or the conversation was erased.
    """
    row = _own(w, part, conversation_id)
    row.worker, row.code, row.lease_until = None, code, dt.datetime.now(dt.UTC) + PAUSE


def extend(w: Work, part: Part, lease: dt.timedelta) -> None:
    """Holds on to what is left of a claim, from now on."""
    w.session.execute(_left_of(part.run_id, part.worker).values(lease_until=dt.datetime.now(dt.UTC) + lease))


def release(w: Work, run_id: str, worker: str) -> int:
    """Gives back what is left of a claim whose worker is gone, so that others need not wait for its end.

    Returns:
        How many plans that is.
    """
    given_back = w.session.execute(_left_of(run_id, worker).values(worker=None, lease_until=None))
    return cast("CursorResult[Any]", given_back).rowcount


def give_back(w: Work, part: Part) -> None:
    """Gives back what is left of a claim as if it was never begun: nothing is wrong with its plans."""
    never_begun = {"worker": None, "lease_until": None, "attempts": RunItemRow.attempts - 1}
    w.session.execute(_left_of(part.run_id, part.worker).values(never_begun))


def end(w: Work, run_id: str) -> Run:
    """Ends a run when none of its plans waits; else it goes on.

    Raises:
        NotFound: There is no such run.
    """
    row = _found(w, run_id, lock=True)
    if row.state == "running" and not _run(w, row).waiting:
        row.state, row.ended_at = "done", w.at
    return _run(w, row)


def cancel(w: Work, actor: Actor, run_id: str) -> Run:
    """Stops a run: no plan of it is begun any more, and what was done stays.

    Args:
        w: The transaction.
        actor: Who stops it.
        run_id: The run.

    Raises:
        NotFound: There is no such run.
    """
    row = _found(w, run_id, lock=True)
    if row.state == "running":
        row.state, row.ended_at = "cancelled", w.at
        audit.record(w, actor, "stop_run", object=run_id)
    return _run(w, row)


def is_running(w: Work, run_id: str) -> bool:
    """Whether a run is there and goes on."""
    return w.session.scalar(select(RunRow.state).where(RunRow.id == run_id)) == "running"


def items(w: Work, run_id: str, outcomes: Sequence[Outcome] = OUTCOMES) -> Iterator[Item]:
    """The plans of a run with one of these outcomes, in order, read as they are asked for."""
    rows = w.session.execute(
        select(RunItemRow, ConversationRow.child_id)
        .join(ConversationRow, ConversationRow.id == RunItemRow.conversation_id)
        .where(RunItemRow.run_id == run_id, RunItemRow.state.in_(outcomes))
        .order_by(RunItemRow.position)
        .execution_options(yield_per=200)
    )
    for row, child_id in rows:
        code, detail = row.code, None
        if row.sealed:
            try:
                where = place(_SEALED, run_id, row.conversation_id)
                detail = unseal_record(w, child_id, where, Detail, row.sealed)
            except KeysError:
                code = UNREADABLE
        yield Item(
            conversation_id=row.conversation_id,
            child_id=child_id,
            outcome=cast("Outcome", row.state),
            code=code,
            milliseconds=row.milliseconds,
            detail=detail,
        )


def attention(w: Work, conversation_id: str, child_id: str, since: dt.datetime) -> tuple[str, ...]:
    """What somebody should look at in a plan, by the runs that put it in another template.

    Args:
        w: The transaction.
        conversation_id: Whose plan.
        child_id: Of which child.
        since: When the version began that is looked at.
    """
    rows = w.session.execute(
        select(RunItemRow.run_id, RunItemRow.sealed)
        .join(RunRow, RunRow.id == RunItemRow.run_id)
        .where(
            RunItemRow.conversation_id == conversation_id,
            RunItemRow.state == "attention",
            RunItemRow.ended_at >= since,
            RunRow.kind == "rerender",
            RunRow.trial.is_(False),
        )
        .order_by(RunItemRow.ended_at)
    )
    told = (
        unseal_record(w, child_id, place(_SEALED, run_id, conversation_id), Detail, sealed).attention
        for run_id, sealed in rows
        if sealed
    )
    return tuple(dict.fromkeys(sentence for sentences in told for sentence in sentences))


def _claimable(run_id: str, now: dt.datetime, begun: ColumnElement[bool], most: int) -> Select[RunItemRow]:
    return (
        select(RunItemRow)
        .where(
            RunItemRow.run_id == run_id,
            RunItemRow.state == "waiting",
            or_(RunItemRow.lease_until.is_(None), RunItemRow.lease_until < now),
            begun,
        )
        .order_by(RunItemRow.position)
        .limit(most)
        .with_for_update(skip_locked=True)
    )


def _left_of(run_id: str, worker: str) -> Update:
    return update(RunItemRow).where(
        RunItemRow.run_id == run_id, RunItemRow.worker == worker, RunItemRow.state == "waiting"
    )


def _own(w: Work, part: Part, conversation_id: str) -> RunItemRow:
    row = w.session.get(RunItemRow, (part.run_id, conversation_id), with_for_update=True)
    if row is None or row.state != "waiting" or row.worker != part.worker:
        raise Outdated(TAKEN)
    return row


def _end_item(row: RunItemRow, outcome: Outcome, code: str | None, at: dt.datetime) -> None:
    row.state, row.code, row.worker, row.lease_until, row.ended_at = outcome, code, None, None, at


def _found(w: Work, run_id: str, *, lock: bool = False) -> RunRow:
    row = w.session.get(RunRow, run_id, with_for_update=lock, populate_existing=lock)
    if row is None:
        raise NotFound(NO_RUN)
    return row


def _run(w: Work, row: RunRow) -> Run:
    rows = w.session.execute(
        select(RunItemRow.state, func.count()).where(RunItemRow.run_id == row.id).group_by(RunItemRow.state)
    )
    return Run(
        id=row.id,
        kind=cast("Kind", row.kind),
        template_id=row.template_id,
        extractor=row.extractor,
        trial=row.trial,
        state=cast("State", row.state),
        created_at=row.created_at,
        ended_at=row.ended_at,
        counts=dict(rows.all()),
    )
