"""Statements as they are printed: numbered, at home in one place, with what readers changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from extractors.schema import Statement
from pipeline.plan.dates import term
from pipeline.plan.given import Given, chapters_of, flag_types
from pipeline.plan.people import called
from pipeline.plan.records import Entry
from pipeline.plan.sources import place_of
from pipeline.template import ChapterTemplate, SectionTemplate, Shows

TABLES: tuple[Shows, ...] = ("limits", "actions")


class Said(NamedTuple):
    """A statement beside its entry: what the rules of a template look at, and what is printed."""

    statement: Statement
    entry: Entry


def said_in(given: Given, to_review: Sequence[Statement], closed: Collection[int]) -> tuple[Said, ...]:
    """All statements, numbered in the order of the source, and then in that in which they are reviewed.

    A number stays whatever readers change: they refer to it. `closed` holds the points that are resolved.
    """
    statements = (*given.findings.statements, *to_review)
    doubtful = {statement.id for statement in to_review}
    return tuple(
        Said(statement, _entry(number, statement, _home(statement, given, doubtful), given, closed))
        for number, statement in enumerate(statements, start=1)
    )


def added(given: Given, first: int) -> tuple[Entry, ...]:
    """The statements that readers added, numbered from `first`."""
    return tuple(
        _corrected(
            Entry(
                id=one.id,
                number=number,
                words=one.after,
                quoted=False,
                change="add",
                by=one.author,
                at=one.at,
                home=_sent_to(one.id, given) or _target(one.target, given),
            ),
            given,
        )
        for number, one in enumerate(given.corrected.added, start=first)
    )


def chapter_that(shows: Shows, given: Given) -> str:
    """The id of the one chapter that shows this."""
    return next(chapter.id for chapter in given.template.chapters if chapter.shows == shows)


def places_in_full(given: Given) -> list[tuple[ChapterTemplate, SectionTemplate]]:
    """The sections that print statements in full, in the order in which they may claim one."""
    chapters = [chapter for chapter in chapters_of(given) if chapter.in_full]
    chapters.sort(key=lambda chapter: (chapter.shows not in TABLES, chapter.rest))
    return [(chapter, section) for chapter in chapters for section in chapter.sections]


def _home(statement: Statement, given: Given, doubtful: Collection[str]) -> str:
    """Where a statement stands in full: where a reader put it, or by the rules of the template.

    A section that asks for its topic, or that it is under a condition, comes before one that looks at its
    category and domain only.
    """
    if sent := _sent_to(statement.id, given):
        return sent
    if statement.id in doubtful:
        return chapter_that("to_review", given)
    flags = flag_types(statement, given)
    takers = [
        (chapter, section)
        for chapter, section in places_in_full(given)
        if chapter.takes(section, statement, flags)
    ]
    _, home = min(
        takers,
        key=lambda taker: (
            taker[0].shows not in TABLES,
            taker[0].rest,
            -taker[1].aim(statement, flags),
        ),
    )
    return home.id


def _sent_to(name: str, given: Given) -> str | None:
    """Where a reader sent a statement: struck out, or to another place."""
    if name in given.corrected.rejected:
        return chapter_that("rejected", given)
    moved = given.corrected.moved.get(name)
    return _target(moved.after, given) if moved else None


def _target(name: str, given: Given) -> str:
    """The part of the plan that a reader means; what is no longer in it stands with what is to be reviewed.

    The only section of a chapter has its heading: what stands under that heading is meant for the section.
    """
    for chapter in chapters_of(given):
        if chapter.id == name:
            return chapter.sections[0].id if chapter.in_full and len(chapter.sections) == 1 else name
        if any(section.id == name for section in chapter.sections):
            return name
    return chapter_that("to_review", given)


def _entry(number: int, statement: Statement, home: str, given: Given, closed: Collection[int]) -> Entry:
    conversation = given.conversation
    entry = Entry(
        id=statement.id,
        number=number,
        words=statement.quote,
        question=statement.question,
        lead=statement.lead,
        speaker=called(conversation.participant(statement.speaker), statement.speaker),
        reported=statement.reported,
        perspective=statement.perspective,
        category=statement.category,
        domains=statement.domains,
        polarity=statement.polarity,
        certainty=statement.certainty,
        owner=_filled(owner_field(statement.id), statement.owner, given),
        when=_filled(term_field(statement.id), term(statement.due), given),
        place=place_of(conversation.turns[statement.turn], given, statement.begin_s),
        flags=flag_types(statement, given),
        items=tuple(
            item
            for item, flag in enumerate(given.flags, start=1)
            if statement.id in flag.statements and item not in closed
        ),
        home=home,
        confidence=statement.confidence,
    )
    return _corrected(entry, given)


def _corrected(entry: Entry, given: Given) -> Entry:
    """An entry with the last that readers did to it; what was read in other words no longer holds."""
    corrected = given.corrected
    edit, moved = corrected.edited.get(entry.id), corrected.moved.get(entry.id)
    rejected = corrected.rejected.get(entry.id)
    if edit:
        entry = entry.model_copy(
            update={
                "words": edit.after,
                "quoted": False,
                "original": entry.words,
                "polarity": "affirmed",
                "certainty": "firm",
            }
        )
    if last := rejected or edit or (None if entry.change else moved):
        entry = entry.model_copy(update={"change": last.kind, "by": last.author, "at": last.at})
    return entry.model_copy(update={"moved": moved is not None and not rejected})


def owner_field(name: str) -> str:
    """The id of the field with who takes an action point."""
    return f"wie-{name}"


def term_field(name: str) -> str:
    """The id of the field with the term of an action point."""
    return f"wanneer-{name}"


def _filled(field: str, words: str | None, given: Given) -> str | None:
    """What a reader filled in, or what was said; None where a reader made it empty."""
    filled = given.corrected.filled.get(field)
    return (filled.after or None) if filled else words
