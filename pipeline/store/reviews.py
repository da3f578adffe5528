"""What readers corrected in a plan: read back as a dossier and a plan, and added to.

Corrections are only ever added. Who adds one says what he or she saw last of what it is about; where somebody
else was first, nothing is added and the other's correction comes back, so that there is a choice and no loss.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import func, insert, select

from pipeline.corrections import RATIFYING, Correction, Unmatched
from pipeline.dossier import Dossier
from pipeline.lasting import lasting_names
from pipeline.plan import Approval, Plan, assemble, blocking, content_hash
from pipeline.plan.problems import MAY_NOT
from pipeline.store import audit, drafts, findings, templates
from pipeline.store.accounts import get_user
from pipeline.store.additions import (
    NO_CORRECTION,
    Kept,
    Shown,
    check,
    check_form,
    concerns,
    decides_on_limit,
    limit_points,
    not_on_record,
    rests_on_reading,
    rivals_of,
)
from pipeline.store.audit import Actor
from pipeline.store.conversations import found, locked
from pipeline.store.database import Work
from pipeline.store.errors import Conflict, NotFound, Outdated, Unfit
from pipeline.store.recent import Recent
from pipeline.store.sealed import place, seal_record, unseal_record
from pipeline.store.tables import ConversationRow, CorrectionRow, UnmatchedRow
from pipeline.template import Template

FROM_WORD: Final = frozenset({"edit", "reject", "move", "add", "fill", "remark", "resolve"})
"""What a document can say. Who ratifies or confirms is known by account, and a document has none."""

CHANGED: Final = (
    "Er is intussen iets aan het plan gewijzigd. Er is niets overgenomen: kies het Word-bestand opnieuw, en "
    "bekijk de verbeteringen."
)
REREAD: Final = (
    "Dit gesprek is intussen opnieuw uitgewerkt. Er is niets gewijzigd: bekijk hoe het er nu staat, "
    "en doe het dan opnieuw."
)
RENUMBERED: Final = (
    "De punten van dit plan hebben intussen andere nummers. Er is niets gewijzigd: bekijk hoe het er "
    "nu staat, en doe het dan opnieuw."
)
NOT_IN_QUEUE: Final = "Deze wijziging staat niet (meer) op de lijst."
LIMIT: Final = "Punten over een behandelgrens"
NO_FIELD: Final = "Dit veld staat niet meer in het plan: het plan kreeg intussen een ander sjabloon."
NOT_BY_WORD: Final = "Over een behandelgrens besluit een behandelaar op het scherm, met het eigen account."

_UNMATCHED: Final = "unmatched.sealed"

_names: Final = Recent[dict[str, str]](32)
_plans: Final = Recent[Plan](64)
_corrections: Final = Recent[tuple["Kept", ...]](64)


class AsItIs(NamedTuple):
    """The newest version of a plan: the template it is shown in, the record, and the plan."""

    version: drafts.Version
    template: Template
    dossier: Dossier
    plan: Plan


class Appended(NamedTuple):
    """The version that it was added to and whether that began with it, and the record and the plan now."""

    head: drafts.Version
    opened: bool
    dossier: Dossier
    plan: Plan

    @property
    def version(self) -> int:
        """The number of the version."""
        return self.head.number


class Queued(NamedTuple):
    """A change in a Word document to be worked in by hand, and who did."""

    unmatched: Unmatched
    done_by: str | None


def as_it_is(w: Work, conversation_id: str) -> AsItIs:
    """The newest version of a plan, with all that it is made of.

    Raises:
        NotFound: There is no such conversation, or no plan of it yet.
        StoreError: This version of izp cannot use its template.
    """
    row, version = _version(w, conversation_id, None)
    template = templates.get(w, version.template_id)
    record = _dossier(w, row, template, version)
    return AsItIs(version, template, record, _plan(w, row, record, template, version))


def dossier(w: Work, conversation_id: str, number: int | None = None) -> Dossier:
    """The record of a conversation, with all corrections; its points are numbered as in its template.

    Args:
        w: The transaction.
        conversation_id: Which conversation.
        number: The version to go back to, if not the newest.

    Raises:
        NotFound: There is no such conversation or version, or no plan yet.
        StoreError: This version of izp cannot use its template.
    """
    row, version = _version(w, conversation_id, number)
    return _dossier(w, row, templates.get(w, version.template_id), version)


def plan_of(
    w: Work, conversation_id: str, number: int | None = None, approval: Approval | None = None
) -> Plan:
    """The plan of a conversation in its template, as it is now or as it was in a version.

    Args:
        w: The transaction.
        conversation_id: Which conversation.
        number: The version to go back to, if not the newest.
        approval: What it says of an approval that is about to be given.

    Raises:
        NotFound: There is no such conversation or version, or no plan yet.
        StoreError: This version of izp cannot use its template.
    """
    row, version = _version(w, conversation_id, number)
    template = templates.get(w, version.template_id)
    plan = _plans.get(w, _key(row, version, template)) if approval is None else None
    return plan or _plan(w, row, _dossier(w, row, template, version), template, version, approval)


def template_of(w: Work, conversation_id: str, number: int | None = None) -> Template:
    """The template that a version of a plan is shown in: the newest, or the one that is asked for.

    Raises:
        NotFound: There is no such conversation or version, or no plan yet.
        StoreError: This version of izp cannot use it.
    """
    _, version = _version(w, conversation_id, number)
    return templates.get(w, version.template_id)


def plan_in(
    w: Work, conversation_id: str, template: Template, version: drafts.Version
) -> tuple[Dossier, Plan]:
    """A version of a plan as it would be in another template, and its record numbered as in that plan.

    Raises:
        NotFound: There is no such conversation.
    """
    row = found(w, conversation_id)
    record = _dossier(w, row, template, version)
    return record, _plan(w, row, record, template, version)


def record_in(w: Work, conversation_id: str, template: Template, version: drafts.Version) -> Dossier:
    """The record of a version as `dossier` gives it, with its points numbered as in another template.

    Raises:
        NotFound: There is no such conversation.
    """
    return _dossier(w, found(w, conversation_id), template, version)


def content(w: Work, conversation_id: str, version: drafts.Version) -> str:
    """The hash of what a version is made from (`plan.content_hash`), the same in every template.

    Raises:
        NotFound: There is no such conversation.
    """
    row = found(w, conversation_id)
    made = findings.extraction(w, row, version.drafting)
    told = (kept.correction for kept in _kept(w, row, version.corrections))
    return content_hash(made.conversation, made.findings, told)


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
        name: one.id for one, names in zip(corrections, concerns(corrections), strict=True) for name in names
    }


def append(
    w: Work,
    actor: Actor,
    conversation_id: str,
    new: Sequence[Correction],
    seen: Mapping[str, str],
    shown: Shown | None = None,
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
        shown: Which plan the reader had on screen; None for who read it in this transaction.

    Raises:
        Conflict: Somebody else corrected the same since.
        NotFound: There is no such conversation, or no plan of it.
        Outdated: The conversation was worked out again since, and a correction rests on how it was read; or
            one names a point or a person by a number that is another's by now.
        Unfit: A correction makes no sense in this plan; says why.
    """
    row = locked(w, conversation_id)
    version = drafts.head(w, row.id)
    template = templates.get(w, version.template_id)
    before = _dossier(w, row, template, version)
    kept, plan = _kept(w, row, version.corrections), _plan(w, row, before, template, version)
    user = get_user(w, actor.user_id or "")
    stamp = {"author": user.name, "function": user.function or user.role, "at": w.at}
    told = [one.model_copy(update=stamp) for one in not_on_record(new, before.corrections, kept, user.id)]
    if not told:
        return Appended(version, False, before, plan)
    if shown:
        numbered = _lasting(w, row, template, version.drafting)
        _check_shown(told, shown, version, numbered.keys())
    if others := rivals_of(kept, before, told, seen, user.id):
        raise Conflict(others)
    check(told, before, plan, template)
    if user.function not in RATIFYING and decides_on_limit(told, before, plan):
        raise Unfit(MAY_NOT)
    action = "ratify" if any(one.kind == "ratify" for one in told) else "correct"
    return _add(w, actor, row, version, told, (), action, template)


def take_over(
    w: Work,
    actor: Actor,
    conversation_id: str,
    new: Sequence[Correction],
    unmatched: Sequence[Unmatched],
    template: Template,
    *,
    drafting: int,
    since: int,
) -> Appended:
    """Adds what readers did in a Word document, by whom and when the document tells.

    What was filled in where the plan as it is now has no field waits to be worked in by hand.

    Args:
        w: The transaction.
        actor: Who takes it over.
        conversation_id: Whose plan is corrected.
        new: The corrections (`pipeline.word_review.review`).
        unmatched: The changes for which there is no correction.
        template: The template of the document: its corrections number the points as that does.
        drafting: The reading of the conversation that the document was compared with.
        since: How many corrections were on record then.

    Raises:
        NotFound: There is no such conversation, or no plan of it.
        Outdated: The conversation was worked out again since, or there are more corrections on record now:
            the document must be read again.
        Unfit: A correction is none that a document can hold.
    """
    row = locked(w, conversation_id)
    version = drafts.head(w, row.id)
    if version.drafting != drafting:
        raise Outdated(REREAD)
    before, plan = plan_in(w, row.id, template, version)
    if len(before.corrections) != since:
        raise Outdated(CHANGED)
    if any(one.kind not in FROM_WORD for one in new):
        raise Unfit(NO_CORRECTION)
    known = {one.id for one in before.corrections} | {one.id for one in before.queue}
    fresh = [one.model_copy(update={"function": None}) for one in new if one.id not in known]
    check_form(fresh)
    limits, gone = limit_points(plan), plan.fields.keys() - plan_of(w, row.id).fields.keys()
    waiting = [one for one in unmatched if one.id not in known]
    told = []
    for one in fresh:
        if one.kind == "resolve" and one.target in limits:
            waiting.append(_by_hand(one, LIMIT, NOT_BY_WORD))
        elif one.target in gone:
            waiting.append(_by_hand(one, _label(plan, one.target), NO_FIELD))
        else:
            told.append(one)
    return _add(w, actor, row, version, told, waiting, "import_word", template)


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
    before: drafts.Version,
    new: Sequence[Correction],
    unmatched: Sequence[Unmatched],
    action: str,
    template: Template,
) -> Appended:
    if new:
        # They name what is numbered as the plan did that their reader saw; a version that begins now may be
        # shown in another template.
        names = _lasting(w, row, template, before.drafting)
        drafts.writable(w, row, actor)
        count = before.corrections
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
        all_of_them = (*_kept(w, row, count), *(Kept(one, actor.user_id) for one in kept))
        _corrections.keep(w, (row.id, len(all_of_them)), all_of_them)
    if unmatched:
        _wait(w, row, unmatched)
    version = drafts.head(w, row.id)
    template = templates.get(w, version.template_id)
    after = _dossier(w, row, template, version)
    plan = _plan(w, row, after, template, version)
    note_open_points(w, row, plan)
    audit.record(w, actor, action, child_id=row.child_id, object=f"{row.id}/{version.number}")
    return Appended(version, version.number != before.number, after, plan)


def _wait(w: Work, row: ConversationRow, unmatched: Sequence[Unmatched]) -> None:
    """Keeps changes in a Word document for somebody to work in by hand, behind those that wait."""
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


def _check_shown(
    new: Sequence[Correction], shown: Shown, version: drafts.Version, numbered: Collection[str]
) -> None:
    """Refuses what was decided on a plan that reads or numbers otherwise than that of now."""
    if shown == (version.drafting, version.template_id):
        return
    if shown.drafting != version.drafting and rests_on_reading(new):
        raise Outdated(REREAD)
    if any(one.target in numbered for one in new):
        raise Outdated(RENUMBERED)


def _version(w: Work, conversation_id: str, number: int | None) -> tuple[ConversationRow, drafts.Version]:
    row = found(w, conversation_id)
    return row, drafts.version(w, row.id, number) if number else drafts.head(w, row.id)


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


def _kept(w: Work, row: ConversationRow, count: int) -> tuple[Kept, ...]:
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
            Kept(unseal_record(w, row.child_id, _place(row, number), Correction, sealed), user_id)
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


def _label(plan: Plan, field: str) -> str:
    """What a field of a plan is called."""
    return next((each.label for part in plan.chapters for each in part.fields if each.id == field), "")


def _by_hand(one: Correction, where: str, why: str) -> Unmatched:
    """What a document says that is for somebody to decide, or to find a place for, on the screen."""
    return Unmatched(
        id=one.id,
        where=where,
        why=why,
        after=one.after,
        author=one.author,
        at=one.at,
        plan=one.plan,
    )
