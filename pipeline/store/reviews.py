"""What readers corrected in a plan: read back as a dossier and a plan, and added to.

Corrections are only ever added. Who adds one says what he or she saw last of what it is about; where somebody
else was first, nothing is added and the other's correction comes back, so that there is a choice and no loss.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import func, insert, select

from pipeline.corrections import RATIFYING, Correction, Unmatched, correction_id, replay, touched
from pipeline.draft import Dossier
from pipeline.lasting import lasting_names
from pipeline.plan import Approval, Plan, assemble, blocking, problem
from pipeline.plan.points import point_id
from pipeline.plan.problems import MAY_NOT
from pipeline.store import audit, drafts, findings
from pipeline.store.accounts import get_user
from pipeline.store.audit import Actor
from pipeline.store.conversations import found, locked
from pipeline.store.database import Work
from pipeline.store.errors import Conflict, NotFound, Outdated, Unfit
from pipeline.store.recent import Recent
from pipeline.store.sealed import place, seal_record, unseal_record
from pipeline.store.tables import ConversationRow, CorrectionRow, UnmatchedRow
from pipeline.template import Template

LONGEST: Final = 10_000
"""So many letters a correction may have; what is longer is no statement, field or remark."""

FROM_WORD: Final = frozenset({"edit", "reject", "move", "add", "fill", "remark", "resolve"})
"""What a document can say. Who ratifies or confirms is known by account, and a document has none."""

CHANGED: Final = "Er is intussen iets aan het plan gewijzigd. Bekijk de verbeteringen opnieuw."
TOO_LONG: Final = "Deze tekst is te lang (meer dan 10.000 tekens). Kort hem in."
NO_CORRECTION: Final = "Dit is geen verbetering van dit plan. Laad de pagina opnieuw."
NOT_IN_QUEUE: Final = "Deze wijziging staat niet (meer) op de lijst."
LIMIT: Final = "Punten over een behandelgrens"
NOT_BY_WORD: Final = "Over een behandelgrens besluit een behandelaar op het scherm, met het eigen account."

_UNMATCHED: Final = "unmatched.sealed"

_names: Final = Recent[dict[str, str]](32)
_plans: Final = Recent[Plan](64)
_corrections: Final = Recent[tuple["_Kept", ...]](64)


class Appended(NamedTuple):
    """The record with what was added, the plan that came of it, and whether that is a new version now."""

    version: int
    opened: bool
    dossier: Dossier
    plan: Plan


class Queued(NamedTuple):
    """A change in a Word document to be worked in by hand, and who did."""

    unmatched: Unmatched
    done_by: str | None


class _Kept(NamedTuple):
    """A correction on record, and the account that brought it in."""

    correction: Correction
    user_id: str | None


def dossier(w: Work, conversation_id: str, template: Template, number: int | None = None) -> Dossier:
    """The record of a conversation, with all corrections.

    Args:
        w: The transaction.
        conversation_id: Which conversation.
        template: By which the points of its plan are numbered.
        number: The version to go back to, if not the newest.

    Raises:
        NotFound: There is no such conversation or version, or no plan yet.
    """
    row = found(w, conversation_id)
    version = drafts.version(w, row.id, number) if number else drafts.head(w, row.id)
    return _dossier(w, row, template, version)


def plan_of(
    w: Work,
    conversation_id: str,
    template: Template,
    number: int | None = None,
    approval: Approval | None = None,
) -> Plan:
    """The plan of a conversation, as it is now or as it was in a version.

    Args:
        w: The transaction.
        conversation_id: Which conversation.
        template: The template of the plan.
        number: The version to go back to, if not the newest.
        approval: What it says of an approval that is about to be given.

    Raises:
        NotFound: There is no such conversation or version, or no plan yet.
    """
    row = found(w, conversation_id)
    version = drafts.version(w, row.id, number) if number else drafts.head(w, row.id)
    plan = _plans.get(w, _key(row, version, template)) if approval is None else None
    return plan or _plan(w, row, _dossier(w, row, template, version), template, version, approval)


def queue(w: Work, conversation_id: str) -> tuple[Queued, ...]:
    """The changes in Word documents to be worked in by hand, with those that were.

    Raises:
        NotFound: There is no such conversation.
    """
    row = found(w, conversation_id)
    rows = w.session.execute(
        select(UnmatchedRow.id, UnmatchedRow.sealed, UnmatchedRow.done_by)
        .where(UnmatchedRow.conversation_id == row.id)
        .order_by(UnmatchedRow.position)
    )
    return tuple(
        Queued(
            unseal_record(w, row.child_id, place(_UNMATCHED, row.id, each.id), Unmatched, each.sealed),
            each.done_by,
        )
        for each in rows
    )


def last_seen(corrections: Sequence[Correction]) -> dict[str, str]:
    """The last correction on each statement, field or point, by its id: what a page shows and gives back."""
    return {
        name: one.id
        for one, names in zip(corrections, _concerned(corrections), strict=True)
        for name in names
    }


def append(
    w: Work,
    actor: Actor,
    conversation_id: str,
    new: Sequence[Correction],
    seen: Mapping[str, str],
    template: Template,
) -> Appended:
    """Adds corrections, all or none.

    Who made them, as what and when is told by the account and the clock, whatever they say themselves. One
    that is on record already is not added again; what another account did is not the same, where it matters
    who did it. Only who may ratify brings a decision on a treatment limit about, or back, or undoes one.
    After an approved version a new one begins.

    Args:
        w: The transaction.
        actor: Who corrects.
        conversation_id: Whose plan is corrected.
        new: The corrections.
        seen: For what each is about, the last correction on it that the reader saw (`last_seen`).
        template: The template of the plan.

    Raises:
        Conflict: Somebody else corrected the same since.
        NotFound: There is no such conversation, or no plan of it.
        Unfit: A correction makes no sense in this plan; says why.
    """
    row = locked(w, conversation_id)
    version = drafts.head(w, row.id)
    before = _dossier(w, row, template, version)
    kept, plan = _kept(w, row, version.corrections), _plan(w, row, before, template, version)
    user = get_user(w, actor.user_id or "")
    stamp = {"author": user.name, "function": user.function or user.role, "at": w.at}
    told = [one.model_copy(update=stamp) for one in _unknown(new, before.corrections, kept, user.id)]
    if not told:
        return Appended(version.number, False, before, plan)
    if others := _in_between(kept, before, told, seen, user.id):
        raise Conflict(others)
    _check(told, before, plan, template)
    if user.function not in RATIFYING and _decides(told, before, plan):
        raise Unfit(MAY_NOT)
    action = "ratify" if any(one.kind == "ratify" for one in told) else "correct"
    return _add(w, actor, row, template, told, (), action)


def take_over(
    w: Work,
    actor: Actor,
    conversation_id: str,
    new: Sequence[Correction],
    unmatched: Sequence[Unmatched],
    since: int,
    template: Template,
) -> Appended:
    """Adds what readers did in a Word document, by whom and when the document tells.

    Args:
        w: The transaction.
        actor: Who takes it over.
        conversation_id: Whose plan is corrected.
        new: The corrections (`pipeline.word_review.review`).
        unmatched: The changes for which there is no correction.
        since: How many corrections were on record when the document was read.
        template: The template of the plan.

    Raises:
        NotFound: There is no such conversation, or no plan of it.
        Outdated: There are more corrections on record now: the document must be read again.
        Unfit: A correction is none that a document can hold.
    """
    row = locked(w, conversation_id)
    before = _dossier(w, row, template, drafts.head(w, row.id))
    if len(before.corrections) != since:
        raise Outdated(CHANGED)
    if any(one.kind not in FROM_WORD for one in new):
        raise Unfit(NO_CORRECTION)
    known = {one.id for one in before.corrections} | {one.id for one in before.queue}
    limits = _limits(plan_of(w, row.id, template))
    fresh = [one.model_copy(update={"function": None}) for one in new if one.id not in known]
    told = [one for one in fresh if one.target not in limits or one.kind != "resolve"]
    _check_form(fresh)
    waiting = [one for one in unmatched if one.id not in known]
    waiting += [_by_hand(one) for one in fresh if one not in told]
    return _add(w, actor, row, template, told, waiting, "import_word")


def set_done(w: Work, actor: Actor, conversation_id: str, unmatched_id: str, *, done: bool) -> None:
    """Says that a change in a document was worked in by hand, or takes that back.

    Raises:
        NotFound: There is no such conversation or change.
    """
    row = locked(w, conversation_id)
    unmatched = w.session.get(UnmatchedRow, (row.id, unmatched_id))
    if unmatched is None:
        raise NotFound(NOT_IN_QUEUE)
    unmatched.done_by, unmatched.done_at = (actor.user_id, w.at) if done else (None, None)
    row.changed_at = w.at
    audit.record(w, actor, "correct", child_id=row.child_id, object=f"{row.id}/{unmatched_id}")


def corrections(w: Work, row: ConversationRow) -> tuple[Correction, ...]:
    """All corrections of a conversation as they are kept, with the lasting names of what plans number."""
    return tuple(kept.correction for kept in _kept(w, row, drafts.head(w, row.id).corrections))


def note_open_points(w: Work, row: ConversationRow, plan: Plan) -> None:
    """Notes on a conversation how many points of its plan are open, for lists."""
    row.open_points = sum(item.resolved is None for item in plan.points)
    row.blocking = len(blocking(plan))
    row.changed_at = w.at


def _add(
    w: Work,
    actor: Actor,
    row: ConversationRow,
    template: Template,
    new: Sequence[Correction],
    unmatched: Sequence[Unmatched],
    action: str,
) -> Appended:
    before = drafts.head_row(w, row).number
    if new:
        drafts.writable(w, row, actor)
        version = drafts.head(w, row.id)
        names, count = _lasting(w, row, template, version.drafting), version.corrections
        kept = [one.model_copy(update={"target": names.get(one.target, one.target)}) for one in new]
        rows = [
            {
                "conversation_id": row.id,
                "number": number,
                "id": one.id,
                "kind": one.kind,
                "target": one.target,
                "user_id": actor.user_id,
                "at": w.at,
                "sealed": seal_record(w, row.child_id, _place(row, number), lasting),
            }
            for number, (one, lasting) in enumerate(zip(new, kept, strict=True), start=count + 1)
        ]
        w.session.execute(insert(CorrectionRow), rows)
        all_of_them = (*_kept(w, row, count), *(_Kept(one, actor.user_id) for one in kept))
        _corrections.keep(w, (row.id, len(all_of_them)), all_of_them)
    last = select(func.max(UnmatchedRow.position)).where(UnmatchedRow.conversation_id == row.id)
    for position, change in enumerate(unmatched, start=(w.session.scalar(last) or 0) + 1):
        w.session.add(
            UnmatchedRow(
                conversation_id=row.id,
                id=change.id,
                position=position,
                sealed=seal_record(w, row.child_id, place(_UNMATCHED, row.id, change.id), change),
            )
        )
    w.session.flush()
    version = drafts.head(w, row.id)
    after = _dossier(w, row, template, version)
    plan = _plan(w, row, after, template, version)
    note_open_points(w, row, plan)
    audit.record(w, actor, action, child_id=row.child_id, object=f"{row.id}/{version.number}")
    return Appended(version.number, version.number != before, after, plan)


def _dossier(w: Work, row: ConversationRow, template: Template, version: drafts.Version) -> Dossier:
    made = findings.extraction(w, row, version.drafting)
    there = {kept: name for name, kept in _lasting(w, row, template, version.drafting).items()}
    told = (kept.correction for kept in _kept(w, row, version.corrections))
    return Dossier.model_construct(
        conversation=made.conversation,
        findings=made.findings,
        corrections=tuple(
            one.model_copy(update={"target": there[one.target]}) if one.target in there else one
            for one in told
        ),
        queue=tuple(each.unmatched for each in queue(w, row.id)),
    )


def _lasting(w: Work, row: ConversationRow, template: Template, drafting: int) -> dict[str, str]:
    key = (row.id, drafting, template.name, template.version)
    names = _names.get(w, key)
    if names is None:
        names = lasting_names(findings.extraction(w, row, drafting), template)
        _names.keep(w, key, names)
    return names


def _kept(w: Work, row: ConversationRow, count: int) -> tuple[_Kept, ...]:
    """The first so many corrections."""
    key = (row.id, count)
    kept = _corrections.get(w, key)
    if kept is None:
        rows = w.session.execute(
            select(CorrectionRow.number, CorrectionRow.sealed, CorrectionRow.user_id)
            .where(CorrectionRow.conversation_id == row.id, CorrectionRow.number <= count)
            .order_by(CorrectionRow.number)
        )
        kept = tuple(
            _Kept(unseal_record(w, row.child_id, _place(row, number), Correction, sealed), user_id)
            for number, sealed, user_id in rows
        )
        _corrections.keep(w, key, kept)
    return kept


def _place(row: ConversationRow, number: int) -> str:
    return place("corrections.sealed", row.id, number)


def _key(row: ConversationRow, version: drafts.Version, template: Template) -> tuple[Hashable, ...]:
    return (row.id, version, template.name, template.version)


def _plan(
    w: Work,
    row: ConversationRow,
    record: Dossier,
    template: Template,
    version: drafts.Version,
    approval: Approval | None = None,
) -> Plan:
    key = _key(row, version, template)
    plan = _plans.get(w, key)
    if plan is None or approval:
        plan = assemble(
            record.conversation,
            record.findings,
            template,
            record.corrections,
            number=version.number,
            approval=approval or _given(version),
        )
        if approval is None:
            _plans.keep(w, key, plan)
    return plan


def _given(version: drafts.Version) -> Approval | None:
    """What a plan says of its approval, with the day as it was where the program runs."""
    given = version.approval
    if given is None:
        return None
    return Approval(by=given.name, function=given.function, at=given.at.astimezone(), version=version.number)


def _concerned(corrections: Sequence[Correction]) -> list[frozenset[str]]:
    """What each correction is about: the statements that it changes, or else its target."""
    return [
        names or frozenset({one.target}) for one, names in zip(corrections, touched(corrections), strict=True)
    ]


def _unknown(
    new: Sequence[Correction], before: Sequence[Correction], kept: Sequence[_Kept], user_id: str
) -> list[Correction]:
    """What of the new corrections is not on record, each by an id that no other correction has.

    An id comes from outside: the page makes it of the plan and the act, so that two reviewers who confirm the
    same statement at once send the same one, and a program may send any.
    """
    known = {one.id: (one, each.user_id) for one, each in zip(before, kept, strict=True)}
    names: dict[str, str] = {}
    found = []
    for one in new:
        if one.id in known and not _is_same(one, *known[one.id], user_id):
            names[one.id] = correction_id(one.plan, one.id, user_id, one.kind, one.target, one.after)
        name = names.get(one.id, one.id)
        if name not in known:
            about = one.target if one.kind == "undo" else names.get(one.target, one.target)
            found.append(one.model_copy(update={"id": name, "target": about}))
    return found


def _is_same(one: Correction, other: Correction, by: str | None, user_id: str) -> bool:
    """Whether a correction with the same id is the same act; who accepts something is part of that."""
    told = [
        (each.kind, each.target, each.after, each.aspect, each.outcome, each.place) for each in (one, other)
    ]
    return told[0] == told[1] and (by == user_id or one.kind not in ("confirm", "ratify"))


def _decides(new: Sequence[Correction], before: Dossier, plan: Plan) -> bool:
    """Whether corrections decide on a treatment limit: ratify it or settle its point, again, or no longer."""
    limits = _limits(plan)

    def decided(corrections: Sequence[Correction]) -> set[str]:
        done = replay(corrections)
        settled = (
            one.id
            for point, one in done.resolved.items()
            if point in limits and one.outcome != "next_conversation"
        )
        return {*(one.id for one in done.ratified.values()), *settled}

    earlier, later = decided(before.corrections), decided((*before.corrections, *new))
    return bool(later - earlier) or (bool(earlier - later) and any(one.kind == "undo" for one in new))


def _limits(plan: Plan) -> frozenset[str]:
    """The points of a plan that are about a treatment limit."""
    return frozenset(point_id(item.number) for item in plan.points if item.type == "treatment_limit")


def _by_hand(one: Correction) -> Unmatched:
    """What a document decided on a treatment limit: for whoever may, to decide on the screen."""
    return Unmatched(
        id=one.id,
        where=LIMIT,
        why=NOT_BY_WORD,
        after=one.after,
        author=one.author,
        at=one.at,
        plan=one.plan,
    )


def _in_between(
    kept: Sequence[_Kept], before: Dossier, new: Sequence[Correction], seen: Mapping[str, str], user_id: str
) -> tuple[Correction, ...]:
    """What others did, after what the reader saw, with the same as the new corrections are about."""
    concerned = _concerned((*before.corrections, *new))
    position = {one.id: number for number, one in enumerate(before.corrections)}
    rivals = []
    for one, names in zip(new, concerned[len(before.corrections) :], strict=True):
        for number, other in enumerate(before.corrections):
            shared = names & concerned[number]
            unseen = any(number > position.get(seen.get(name, ""), -1) for name in shared)
            if unseen and kept[number].user_id != user_id and _clash(one, other):
                rivals.append(other)
    return tuple(dict.fromkeys(rivals))


def _clash(one: Correction, other: Correction) -> bool:
    """Whether two corrections of the same thing get in each other's way."""
    accepting = {"confirm", "ratify"}
    alone = {"add", "remark"}
    same = (one.kind, one.after, one.aspect) == (other.kind, other.after, other.aspect)
    return not (same or {one.kind, other.kind} <= accepting or one.kind in alone or other.kind in alone)


def _check(new: Sequence[Correction], before: Dossier, plan: Plan, template: Template) -> None:
    """Refuses corrections that make no sense in a plan; one may be about another that is made with it.

    Raises:
        Unfit: One of them does not; says why.
    """
    _check_form(new)
    earlier = list(before.corrections)
    made: set[str] = set()
    for one in new:
        if made & {one.target, one.after}:
            plan = assemble(before.conversation, before.findings, template, earlier)
        if sentence := problem(one, plan, before.conversation, earlier):
            raise Unfit(sentence)
        earlier.append(one)
        made.add(one.id)


def _check_form(new: Iterable[Correction]) -> None:
    for one in new:
        if len(one.after) > LONGEST:
            raise Unfit(TOO_LONG)
        if not re.fullmatch(r"c[0-9a-f]{12}", one.id) or len(one.target) > 80:
            raise Unfit(NO_CORRECTION)
