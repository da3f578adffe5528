"""What a reviewer must still decide: open points, and statements of which it is not sure that they belong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extractors.concepts import load_lexicon
from extractors.limits import IN_PLAIN_WORDS, limit_threads
from extractors.schema import Flag, Statement
from pipeline.corrections import Correction
from pipeline.plan.entries import Said, owner_field, term_field
from pipeline.plan.given import Given, heading_of
from pipeline.plan.homes import chapter_that
from pipeline.plan.records import Doubtful, Entry, Item, Plan, Resolved, ToReview
from pipeline.plan.sources import place_of

MOST_BY_CHANCE = 25
"""So many statements to review, about a page, stand in order of chance; the rest in that of the source."""


def point_id(number: int) -> str:
    """The id of an open point."""
    return f"punt-{number}"


def resolved_points(given: Given, folded: Mapping[str, str]) -> dict[int, Resolved]:
    """The points that readers resolved, by number.

    They said so, or left nothing to resolve: each statement of the point was struck out, ratified (as a
    treatment limit), told whose it is, or given the name or the term that was missing.
    """
    resolved = {}
    for number, flag in enumerate(given.flags, start=1):
        by = given.corrected.resolved.get(point_id(number)) or _settled(flag, given, folded)
        if by:
            outcome = by.outcome or "resolved"
            resolved[number] = Resolved(
                words=by.after, by=by.author, function=by.function, at=by.at, outcome=outcome
            )
    return resolved


def _settled(flag: Flag, given: Given, folded: Mapping[str, str]) -> Correction | None:
    """The last correction that left nothing to resolve, if each statement of the flag has one."""
    by = [
        given.corrected.rejected.get(name) or _answer(flag, name, given, folded)
        for name in _pieces(flag, given)
    ]
    settled = [correction for correction in by if correction]
    return settled[-1].model_copy(update={"after": ""}) if by and len(settled) == len(by) else None


def _pieces(flag: Flag, given: Given) -> list[str]:
    """The statements of a flag, and the limits that they were split into: each is decided by itself."""
    names = list(flag.statements)
    if flag.type != "treatment_limit":
        return names
    limits, moved = _limit_sections(given), given.corrected.moved
    for name in names:  # which grows: a piece may be split again
        struck_out = given.corrected.rejected.get(name)
        if struck_out and struck_out.act:
            names += (
                one.id
                for one in given.corrected.added
                if one.act == struck_out.act
                and one.id not in names
                and (moved[one.id].after if one.id in moved else one.target) in limits
            )
    return names


def _answer(flag: Flag, name: str, given: Given, folded: Mapping[str, str]) -> Correction | None:
    """What a reader said of a statement that answers what the flag asks."""
    corrected = given.corrected
    match flag.type:
        case "missing_owner" | "missing_due":
            field = owner_field(name) if flag.type == "missing_owner" else term_field(name)
            filled = corrected.filled.get(field)
            return filled if filled and filled.after else None
        case "unclear_speaker":
            whose = corrected.classified.get(name, {}).get("perspective")
            return whose if whose and whose.after != "unknown" else None
        case "treatment_limit":
            return corrected.ratified.get(name) or _ratified_above(name, given, folded)
        case _:
            return None


def _ratified_above(name: str, given: Given, folded: Mapping[str, str]) -> Correction | None:
    """The ratification of what a statement is folded into, if that is about the same treatments."""
    above = folded.get(name, "")
    if above not in given.aims or not _limits_of(name, given) <= _limits_of(above, given):
        return None
    return given.corrected.ratified.get(above)


def _limits_of(name: str, given: Given) -> frozenset[str]:
    """The treatments with limits that a statement is about, as sections of the plan."""
    return given.aims[name].about & _limit_sections(given)


def _limit_sections(given: Given) -> frozenset[str]:
    return frozenset(
        part.id for chapter in given.chapters if chapter.shows == "limits" for part in chapter.sections
    )


def blocking(plan: Plan) -> tuple[Item, ...]:
    """The open points that must be decided before the plan can be approved, by the labels of the template."""
    return tuple(item for item in plan.points if item.blocks and item.resolved is None)


def treatment_limits(plan: Plan) -> tuple[Entry, ...]:
    """The statements that can be ratified: those in a table of treatment limits, or flagged as such."""
    away = {chapter.id for chapter in plan.chapters if chapter.shows in ("rejected", "to_review")}
    shown = {
        entry.id
        for chapter in plan.chapters
        if chapter.shows == "limits"
        for section in chapter.sections
        for group in section.groups
        for entry in group.entries
    }
    return tuple(
        entry
        for entry in plan.entries
        if entry.home not in away and (entry.id in shown or "treatment_limit" in entry.flags)
    )


def points(given: Given, entries: Sequence[Entry], resolved: Mapping[int, Resolved]) -> tuple[Item, ...]:
    """Every flag as a point by its number, resolved or not."""
    by_id = {entry.id: entry for entry in entries}
    labels = given.template.labels.flags
    treatments = _flagged_treatments(given)
    return tuple(
        Item(
            number=number,
            type=flag.type,
            title=": ".join((labels[flag.type].title, *treatments.get(flag, ()))),
            mark=labels[flag.type].mark,
            note=flag.note,
            entries=tuple(by_id[name] for name in dict.fromkeys(flag.statements) if name in by_id),
            places=tuple(place_of(given.conversation.turns[turn], given).text for turn in flag.turns),
            blocks=labels[flag.type].blocks,
            resolved=resolved.get(number),
        )
        for number, flag in enumerate(given.flags, start=1)
    )


def _flagged_treatments(given: Given) -> dict[Flag, tuple[str, ...]]:
    """The treatments that each flag of a treatment limit is about, in one text, where they have a name."""
    threads = limit_threads(
        given.findings.statements, given.findings.limits_named, given.findings.limits_held
    )
    names = {
        flag: [_treatment(topic, given) for topic in _topics(flag, threads) if topic != IN_PLAIN_WORDS]
        for flag in given.flags
        if flag.type == "treatment_limit"
    }
    return {flag: (", ".join(found),) for flag, found in names.items() if found}


def _topics(flag: Flag, threads: Mapping[str, Sequence[str]]) -> list[str]:
    """The treatments of a flag: those of which it has all statements.

    A point that was decided stays as it was, so of its treatment there may be more by now. Then it is that of
    which it has a part, provided that it can be no other: what was decided must not read as decided on more.
    """
    flagged = set(flag.statements)
    around = {topic: set(ids) for topic, ids in threads.items() if flagged <= set(ids)}
    whole = [topic for topic, ids in around.items() if ids == flagged]
    is_one = bool(flagged) and len({frozenset(ids) for ids in around.values()}) == 1
    return whole or (list(around) if is_one else [])


def _treatment(topic: str, given: Given) -> str:
    """The name of a treatment: that of its own row in the plan, else that of the lexicon."""
    for part in (part for chapter in given.chapters if chapter.in_full for part in chapter.sections):
        if part.single and topic in part.topics and (heading := heading_of(part, given)):
            return heading[0].lower() + heading[1:]
    return load_lexicon()[topic].label


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
    limits = [part for chapter in given.chapters if chapter.shows == "limits" for part in chapter.sections]
    return {
        statement.id: heading_of(part, given) or ""
        for statement in given.findings.to_review
        for part in reversed(limits)
        if part.id in given.aims[statement.id].about
    }
