"""What is wrong with a correction before it is stored: one Dutch sentence, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, get_args

from extractors.schema import Conversation
from pipeline.corrections import RATIFYING, Audience, Correction, Kind, classified_as
from pipeline.plan.entries import is_quote
from pipeline.plan.points import point_id, treatment_limits
from pipeline.plan.records import Chapter, Entry, Plan

UNKNOWN = "Deze uitspraak staat niet in het plan. Laad de pagina opnieuw."
NO_PLACE = "Dit onderdeel staat niet in het plan. Kies een ander onderdeel."
NO_FIELD = "Dit veld staat niet in het plan. Laad de pagina opnieuw."
NO_POINT = "Dit open punt staat niet in het plan. Laad de pagina opnieuw."
NO_WORDS = "Hier staat nog geen tekst. Vul woorden in."
NO_REASON = "Zeg in een paar woorden waarom dit punt vervalt."
NOT_THERE = "Deze woorden staan niet zo in het gesprek. Kies ze opnieuw, binnen één beurt."
NO_VALUE = "Deze indeling bestaat niet. Kies een andere."
ITSELF = "Een uitspraak kan niet bij zichzelf worden gevoegd. Kies een andere uitspraak."
STRUCK_OUT = "De uitspraak waar deze bij moet, is geschrapt. Haal die eerst terug."
TO_REVIEW = "De uitspraak waar deze bij moet, is nog niet beoordeeld. Neem die eerst over in het plan."
WITHIN = "Die uitspraak is al bij deze gevoegd. Kies een andere uitspraak."
NO_LIMIT = "Dit is geen behandelgrens. Alleen een behandelgrens wordt bekrachtigd."
MAY_NOT = "Alleen een arts, physician assistant of verpleegkundig specialist bekrachtigt een behandelgrens."
MAY_NOT_CLOSE = (
    "Alleen een arts, physician assistant of verpleegkundig specialist sluit een punt over een "
    "behandelgrens. U kunt er een vraag voor een volgend gesprek van maken."
)
NOT_SIGNED = "Van een bekrachtiging moet bekend zijn wie het deed en wanneer. Meld u opnieuw aan."
NOTHING_TO_UNDO = "Deze wijziging is niet gevonden. Laad de pagina opnieuw."


class _Before(NamedTuple):
    """What a correction is made on: the plan as it is, its statements by id, and what was done before."""

    plan: Plan
    entries: dict[str, Entry]
    conversation: Conversation
    earlier: Sequence[Correction]


def problem(
    correction: Correction, plan: Plan, conversation: Conversation, earlier: Sequence[Correction]
) -> str | None:
    """Why a correction makes no sense in this plan, in Dutch, or None.

    Args:
        correction: What a reader wants to change.
        plan: The plan as it is.
        conversation: The conversation of the plan.
        earlier: The corrections that the plan was made with.
    """
    before = _Before(plan, {entry.id: entry for entry in plan.entries}, conversation, earlier)
    about_a_statement = correction.kind in (
        "edit",
        "reject",
        "move",
        "confirm",
        "classify",
        "merge",
        "ratify",
        "share",
    )
    if about_a_statement and correction.target not in before.entries:
        return UNKNOWN
    check = _CHECKS.get(correction.kind)
    return check(correction, before) if check else None


def _edit(one: Correction, _: _Before) -> str | None:
    return None if one.after.strip() else NO_WORDS


def _move(one: Correction, before: _Before) -> str | None:
    return None if one.after in _places(before.plan) else NO_PLACE


def _add(one: Correction, before: _Before) -> str | None:
    if one.target not in _places(before.plan):
        return NO_PLACE
    if one.place and not is_quote(one, before.conversation):
        return NOT_THERE
    return None if one.after.strip() else NO_WORDS


def _places(plan: Plan) -> set[str]:
    """The parts of a plan that a reader can put a statement in."""
    return _parts(chapter for chapter in plan.chapters if chapter.shows not in ("rejected", "to_review"))


def _parts(chapters: Iterable[Chapter]) -> set[str]:
    return {name for chapter in chapters for name in (chapter.id, *(part.id for part in chapter.sections))}


def _fill(one: Correction, before: _Before) -> str | None:
    return None if one.target in before.plan.fields else NO_FIELD


def _remark(one: Correction, before: _Before) -> str | None:
    parts = _parts(before.plan.chapters)
    if one.target not in {*parts, *before.entries, *before.plan.fields, *_points(before.plan)}:
        return NO_PLACE
    return None if one.after.strip() else NO_WORDS


def _resolve(one: Correction, before: _Before) -> str | None:
    if one.target not in _points(before.plan):
        return NO_POINT
    limits = {point_id(item.number) for item in before.plan.points if item.type == "treatment_limit"}
    if one.target in limits and one.outcome != "next_conversation" and one.function not in RATIFYING:
        return MAY_NOT_CLOSE
    return NO_REASON if one.outcome == "dismissed" and not one.after.strip() else None


def _points(plan: Plan) -> set[str]:
    return {point_id(item.number) for item in plan.points}


def _classify(one: Correction, _: _Before) -> str | None:
    return None if classified_as(one) else NO_VALUE


def _merge(one: Correction, before: _Before) -> str | None:
    if one.after not in before.entries:
        return UNKNOWN
    if one.after == one.target:
        return ITSELF
    if one.after in {each.id for each in before.entries[one.target].folded}:
        return WITHIN
    into = before.entries[one.after]
    shows = {chapter.id: chapter.shows for chapter in before.plan.chapters}.get(into.home)
    return {"rejected": STRUCK_OUT, "to_review": TO_REVIEW}.get(shows or "")


def _ratify(one: Correction, before: _Before) -> str | None:
    if one.function not in RATIFYING:
        return MAY_NOT
    if one.target not in {entry.id for entry in treatment_limits(before.plan)}:
        return NO_LIMIT
    return None if one.author and one.at else NOT_SIGNED


def _share(one: Correction, _: _Before) -> str | None:
    return None if one.after in get_args(Audience) else NO_VALUE


def _undo(one: Correction, before: _Before) -> str | None:
    known = {name for each in before.earlier for name in (each.id, each.act)}
    return None if one.target in known else NOTHING_TO_UNDO


_CHECKS: dict[Kind, Callable[[Correction, _Before], str | None]] = {
    "edit": _edit,
    "move": _move,
    "add": _add,
    "fill": _fill,
    "remark": _remark,
    "resolve": _resolve,
    "classify": _classify,
    "merge": _merge,
    "ratify": _ratify,
    "share": _share,
    "undo": _undo,
}
