"""What somebody should look at when a plan is put into another template, and what must never come of that.

The record is the same, so every statement, correction and point is there in both. What can differ is where
something stands: the other template may have no place for it, or ask for something that the first did not.
Plans are compared and not templates, so that only what bears on this child is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pipeline.corrections import Correction, replay
from pipeline.plan.entries import owner_field, term_field
from pipeline.plan.records import Entry, Item, Plan
from pipeline.template import Shows

LONGEST: Final = 80


class OtherRecordError(Exception):
    """Another template shows another record, which must never be: nothing may be kept of it."""


def check_same_record(before: Plan, after: Plan) -> None:
    """Makes sure that two plans show the same statements and points, and what readers did with them.

    Raises:
        OtherRecordError: They do not.
    """
    points = [Counter(map(_key, plan.points)) for plan in (before, after)]
    if _statements(before) != _statements(after) or points[0] != points[1]:
        raise OtherRecordError


def attention(before: Plan, after: Plan, corrections: Iterable[Correction]) -> tuple[str, ...]:
    """What somebody should look at, in Dutch sentences for the report.

    Args:
        before: The plan in the template that it was in.
        after: The same in the other one.
        corrections: What readers corrected, as numbered for the first.
    """
    return tuple(
        dict.fromkeys(
            (
                *_without_place(before, after),
                *_without_field(before, after, corrections),
                *_unfolded(before, after),
                *_otherwise_open(before, after),
                *_asked(before, after),
            )
        )
    )


def _without_place(before: Plan, after: Plan) -> Iterator[str]:
    """Statements that stood in the plan, or with the treatment limits, and no longer do."""
    was, now = {entry.id: entry for entry in before.entries}, _headings(after)
    earlier = _headings(before)
    for entry in after.entries:
        stood = was[entry.id]
        old, new = earlier.get(stood.home, ""), now.get(entry.home, "")
        if _is_in(after, entry, "to_review") and not _is_in(before, stood, "to_review"):
            yield (
                f"{_named(entry)} stond onder “{old}”. Daar is in dit sjabloon geen plaats voor: "
                f"zij staat nu onder “{new}”. Zet haar waar zij hoort."
            )
        elif _is_in(before, stood, "limits") and not _is_in(after, entry, "limits"):
            yield (
                f"{_named(entry)} stond bij de behandelgrenzen en staat nu onder “{new}”. "
                "Kijk of dat goed is."
            )
    about = earlier | dict(_fields(before))
    for name, remarks in before.remarks.items():
        if name in about and name not in now and name not in after.fields:
            for remark in remarks:
                yield (
                    f"De opmerking “{_short(remark.words)}” ging over “{about[name]}”. Dat is er in dit "
                    "sjabloon niet: zij staat nu bij wat nog te beoordelen is."
                )


def _without_field(before: Plan, after: Plan, corrections: Iterable[Correction]) -> Iterator[str]:
    """Fields that a reader filled in and that are not there any more."""
    labels = dict(_fields(before))
    for name, filled in replay(corrections).filled.items():
        if filled.after and name in before.fields and name not in after.fields:
            yield (
                f"Het veld “{labels.get(name, name)}” is er in dit sjabloon niet. Er stond "
                f"“{_short(filled.after)}”: dat staat nu als opmerking bij wat nog te beoordelen is."
            )


def _otherwise_open(before: Plan, after: Plan) -> Iterator[str]:
    """Points that are open, or stand in the way of approval, in the one template only."""
    was = {_key(item): item for item in before.points}
    for item in after.points:
        earlier, name = was[_key(item)], f"Open punt {item.number} ({item.title})"
        if earlier.resolved and not item.resolved:
            yield f"{name} was afgehandeld en staat in dit sjabloon weer open."
        elif item.resolved and not earlier.resolved:
            yield f"{name} stond open en geldt in dit sjabloon als afgehandeld. Kijk of dat klopt."
        elif item.resolved is None and item.blocks != earlier.blocks:
            how = "moet nu eerst opgelost worden" if item.blocks else "houdt de goedkeuring niet meer tegen"
            yield f"{name} {how}."


def _unfolded(before: Plan, after: Plan) -> Iterator[str]:
    """Statements that a reader folded into another and that do not stand below it any more."""
    below = {part.id for entry in after.entries for part in entry.folded}
    for entry in before.entries:
        for part in entry.folded:
            if part.id not in below:
                yield f"{_named(part)} was samengevoegd met uitspraak {entry.number} en staat nu weer los."


def _asked(before: Plan, after: Plan) -> Iterator[str]:
    """What the one template asks for and the other did not: fields of its own, and questions."""
    had = dict(_fields(before, own=True))
    for name, label in _fields(after, own=True):
        if name not in had:
            yield f"Nieuw veld om in te vullen: “{label}”."
    words, about = {one.words for one in before.questions}, {one.about for one in before.questions}
    for one in after.questions:
        if one.words not in words and one.about not in about:
            yield f"Nieuwe vraag voor een volgend gesprek: “{one.words}”"


def _fields(plan: Plan, *, own: bool = False) -> Iterator[tuple[str, str]]:
    """The fields of a plan and what they are called; its template's `own` are not of a person or action."""
    for chapter in plan.chapters:
        for field in chapter.fields:
            if field.fixed is None:
                yield field.id, field.label
        for row in chapter.rows:
            for field in row.fields:
                yield field.id, f"{row.label}: {field.label}"
        for person in () if own else chapter.people:
            yield person.field, f"Functie van {person.name}"
            yield person.reach, f"Te bereiken: {person.name}"
    for entry in () if own else plan.entries:
        yield owner_field(entry.id), f"Wie, bij uitspraak {entry.number}"
        yield term_field(entry.id), f"Wanneer, bij uitspraak {entry.number}"


def _headings(plan: Plan) -> dict[str, str]:
    """What stands above each part of a plan."""
    found = {}
    over = ""
    for chapter in plan.chapters:
        over = chapter.heading or over
        found[chapter.id] = over
        found |= {section.id: section.heading or over for section in chapter.sections}
    return found


def _is_in(plan: Plan, entry: Entry, shows: Shows) -> bool:
    """Whether the words of a statement stand in a chapter that shows this."""
    return any(
        entry.home == chapter.id or any(entry.home == section.id for section in chapter.sections)
        for chapter in plan.chapters
        if chapter.shows == shows
    )


def _statements(plan: Plan) -> Mapping[str, tuple[object, ...]]:
    return {
        entry.id: (
            entry.words,
            entry.original,
            entry.perspective,
            entry.category,
            entry.domains,
            entry.polarity,
            entry.certainty,
            entry.owner,
            entry.when,
            entry.confirmed,
            entry.ratified,
            entry.state == "rejected",
            frozenset(entry.flags),
        )
        for entry in plan.entries
    }


def _key(item: Item) -> tuple[object, ...]:
    """What an open point is about, however it is numbered and called."""
    return item.type, item.note, frozenset(entry.id for entry in item.entries), len(item.places)


def _named(entry: Entry) -> str:
    return f"Uitspraak {entry.number} (“{_short(entry.words)}”)"


def _short(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
