"""What a reviewer must still decide: open points, and statements of which it is not sure that they belong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extractors.schema import Flag, Statement
from pipeline.corrections import Correction
from pipeline.plan.entries import Said, chapter_that, owner_field, places_in_full, term_field
from pipeline.plan.given import Given, flag_types, heading_of
from pipeline.plan.records import Doubtful, Entry, Item, Told, ToReview
from pipeline.plan.sources import place_of

MOST_BY_CHANCE = 25
"""So many statements to review, about a page, stand in order of chance; the rest in that of the source."""


def point_id(number: int) -> str:
    """The id of an open point."""
    return f"punt-{number}"


def resolved_points(given: Given) -> dict[int, Told]:
    """The points that readers resolved, by number: told so, filled in what was missing, or struck it out."""
    resolved = {}
    for number, flag in enumerate(given.flags, start=1):
        by = given.corrected.resolved.get(point_id(number)) or _settled(flag, given)
        if by:
            resolved[number] = Told(words=by.after, by=by.author, at=by.at)
    return resolved


def _settled(flag: Flag, given: Given) -> Correction | None:
    """The last correction that left nothing to resolve, if each statement of the flag has one."""
    by = []
    for name in flag.statements:
        field = {"missing_owner": owner_field(name), "missing_due": term_field(name)}.get(flag.type)
        filled = given.corrected.filled.get(field) if field else None
        by.append(given.corrected.rejected.get(name) or (filled if filled and filled.after else None))
    settled = [correction for correction in by if correction]
    return settled[-1].model_copy(update={"after": ""}) if by and len(settled) == len(by) else None


def points(given: Given, entries: Sequence[Entry], resolved: Mapping[int, Told]) -> tuple[Item, ...]:
    """Every flag as a point by its number, resolved or not."""
    by_id = {entry.id: entry for entry in entries}
    labels = given.template.labels.flags
    return tuple(
        Item(
            number=number,
            type=flag.type,
            title=labels[flag.type].title,
            mark=labels[flag.type].mark,
            note=flag.note,
            entries=tuple(by_id[name] for name in dict.fromkeys(flag.statements) if name in by_id),
            places=tuple(place_of(given.conversation.turns[turn], given).text for turn in flag.turns),
            resolved=resolved.get(number),
        )
        for number, flag in enumerate(given.flags, start=1)
    )


def review_order(given: Given) -> tuple[Statement, ...]:
    """The statements to review, those on a treatment with limits first, then the likeliest."""
    about = _treatments(given)
    likeliest = sorted(given.findings.to_review, key=lambda said: (said.id not in about, -said.confidence))
    cut = _cut(given)
    return (*likeliest[:cut], *sorted(likeliest[cut:], key=lambda said: said.start))


def to_review(given: Given, said: Sequence[Said]) -> ToReview:
    """What a reader must still take over or strike out, in the order of `review_order`."""
    about, here = _treatments(given), chapter_that("to_review", given)
    first = {statement.id for statement in review_order(given)[: _cut(given)]}
    rows = [
        Doubtful(
            entry=one.entry,
            treatment=about.get(one.statement.id),
            tenths=min(max(round(10 * one.statement.confidence), 1), 9),
        )
        for one in said
        if one.entry.home == here
    ]
    return ToReview(
        first=tuple(row for row in rows if row.entry.id in first),
        further=tuple(row for row in rows if row.entry.id not in first),
    )


def _cut(given: Given) -> int:
    return max(MOST_BY_CHANCE, len(_treatments(given)))


def _treatments(given: Given) -> dict[str, str]:
    """The first treatment with limits that each statement to review is about, by the statement's id."""
    limits = [(chapter, part) for chapter, part in places_in_full(given) if chapter.shows == "limits"]
    return {
        statement.id: heading_of(part, given) or ""
        for statement in given.findings.to_review
        for chapter, part in reversed(limits)
        if chapter.is_about(part, statement, flag_types(statement, given))
    }
