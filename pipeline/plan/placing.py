"""Which statement stands where, by the rules of a template and by what readers moved.

Every statement is printed in full at least once (docs/architecture.md, rule 2): in the tables of treatment
limits and action points that take it, else in the first chapter that asks for its topic, else in the first
that takes it, else under its first domain. Elsewhere the plan refers to it by number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from extractors.schema import Domain, Findings
from pipeline.plan.aims import TABLES
from pipeline.plan.entries import Said, Stated, apart
from pipeline.plan.forms import form_fields, form_rows
from pipeline.plan.given import Given, heading_of, is_adult, is_meant, is_unasked
from pipeline.plan.homes import chapter_that
from pipeline.plan.people import people
from pipeline.plan.records import Chapter, Entry, Group, Reference, Section, State
from pipeline.plan.sources import place_of
from pipeline.template import ChapterTemplate, Line, SectionTemplate, any_takes


class Placing(NamedTuple):
    """What is placed: statements that stand in the plan, those to review, and others that readers added.

    `at` holds what stands in the plan by each section that it is for or was put in, `put` what readers put
    in a part of the plan by the id of that part, `headings` the heading over each part.
    """

    said: tuple[Said, ...]
    doubtful: tuple[Said, ...]
    at: Mapping[str, Sequence[Said]]
    put: Mapping[str, Sequence[Entry]]
    headings: Mapping[str, str]


def placing(given: Given, all_of_them: Stated) -> Placing:
    """Everything that has a place, in the order of the source; what was struck out has its own list."""
    review, rejected = chapter_that("to_review", given), chapter_that("rejected", given)
    stands = [one for one in all_of_them.said if one.entry.home not in (review, rejected)]
    stands.sort(key=lambda one: one.statement.start)
    at: dict[str, list[Said]] = {}
    for one in stands:
        for name in one.aim.about | {one.entry.home}:
            at.setdefault(name, []).append(one)
    known = {one.entry.id for one in all_of_them.said}
    put: dict[str, list[Entry]] = {}
    for entry in (
        *(one.entry for one in stands if one.entry.moved),
        *(entry for entry in all_of_them.entries if entry.id not in known and entry.home != rejected),
    ):
        if entry.change != "merge":
            put.setdefault(entry.home, []).append(entry)
    return Placing(
        said=tuple(stands),
        doubtful=tuple(one for one in all_of_them.said if one.entry.home == review),
        at=at,
        put=put,
        headings=dict(_headings(given)),
    )


def chapter_of(
    chapter: ChapterTemplate, given: Given, placing: Placing, version: str, *, approved: bool
) -> Chapter:
    """A chapter with what stands in it; `version` tells which draft this is."""
    parts = ((part, section_of(chapter, part, given, placing)) for part in chapter.sections)
    return Chapter(
        id=chapter.id,
        heading=heading_of(chapter, given),
        shows=chapter.shows,
        under=chapter.under,
        intro=(chapter.intro_adult if is_adult(given) else None) or chapter.intro,
        lines=tuple(
            (line.heading, _text(line, approved=approved)) for line in chapter.lines if is_meant(line, given)
        ),
        fields=form_fields(chapter, given, version),
        columns=tuple(column.heading for column in chapter.columns),
        rows=form_rows(chapter, given),
        sections=tuple(
            section
            for part, section in parts
            if not (part.otherwise or is_unasked(part, given))
            or section.groups
            or section.state != "not_discussed"
        ),
        people=people(chapter, given),
        placed=tuple(placing.put.get(chapter.id, ())),
    )


def _text(line: Line, *, approved: bool) -> str:
    return (line.text_approved if approved else None) or line.text


def section_of(chapter: ChapterTemplate, section: SectionTemplate, given: Given, placing: Placing) -> Section:
    """A section with its entries, and what else there is to say about its subject."""
    put_here = placing.put.get(section.id, ())
    near = placing.at.get(section.id, ())
    taken = [one for one in near if _takes(chapter, section, one)]
    taken_ids = {one.entry.id for one in taken}
    shown = [one for one in apart(taken) if one.below is None or one.entry.home != section.id]
    away = [one.entry for one in shown if chapter.shows == "statements" and one.entry.home != section.id]
    away_ids = {entry.id for entry in away}
    here = [one.entry for one in shown if one.entry.id not in away_ids]
    if chapter.in_full:
        here += [entry for entry in put_here if entry.id not in taken_ids]
    mentioned = [one.entry for one in near if one.entry.id not in taken_ids and section.id in one.aim.about]
    told = {entry.place.turn for entry in mentioned if entry.place}
    named = [] if here or away else sorted(_turns_naming(chapter, section, given.findings) - told)
    domains = domains_of(section) if chapter.rest else frozenset()
    others = placing.said if domains or section.beside else ()
    related = [one.entry for one in others if _bears_on(section, domains, one, taken_ids)]
    to_review = [
        one.entry
        for one in placing.doubtful
        if section.id in one.aim.held_by and not (domains and one.statement.category == "context")
    ]
    counts = (one for one in placing.said if domains and one.statement.category != "context")
    spoken = any(domains.intersection(one.statement.domains) for one in counts) if domains else bool(taken)
    if spoken or put_here:
        state: State = "discussed"
    elif not domains and (mentioned or named):
        state = "only_mentioned"
    elif to_review:
        state = "to_review"
    else:
        state = "only_context" if domains and (taken or related) else "not_discussed"
    return Section(
        id=section.id,
        heading=heading_of(section, given),
        prints=section.prints,
        single=section.single,
        state=state,
        groups=_groups(here, given),
        elsewhere=_elsewhere(away, placing.headings),
        mentioned=tuple(mentioned),
        named=tuple(place_of(given.conversation.turns[turn], given) for turn in named),
        related=tuple(related),
        to_review=tuple(to_review),
        placed=() if chapter.in_full else tuple(put_here),
    )


def _takes(chapter: ChapterTemplate, section: SectionTemplate, one: Said) -> bool:
    """Whether a section holds a statement; one that a reader moved stands in full only where it was put."""
    if one.entry.home == section.id:
        return chapter.in_full
    if one.entry.moved and chapter.shows in TABLES:
        return False
    return section.id in one.aim.held_by


def _bears_on(
    section: SectionTemplate, domains: frozenset[Domain], one: Said, taken: Collection[str]
) -> bool:
    """Whether a statement may bear on a section: by a further domain of it, or as the template says."""
    if not domains.isdisjoint(one.statement.domains[1:]):
        return True
    return one.entry.id not in taken and any_takes(section.beside, one.statement, one.entry.flags)


def _turns_naming(chapter: ChapterTemplate, section: SectionTemplate, findings: Findings) -> set[int]:
    """The turns that name a treatment of a section; with `otherwise` those of no other section."""

    def turns(topics: frozenset[str]) -> set[int]:
        return {turn for named in findings.limits_named if named.topic in topics for turn in named.turns}

    others = [other for other in chapter.sections if section.otherwise and not other.otherwise]
    return turns(section.topics).difference(*(turns(other.topics) for other in others))


def domains_of(section: SectionTemplate) -> frozenset[Domain]:
    """The domains that the rules of a section name."""
    return frozenset(domain for rule in section.takes for domain in rule.domains)


def _groups(entries: Sequence[Entry], given: Given) -> tuple[Group, ...]:
    """Entries by perspective, the child first, then by category, then in the order of the source."""
    labels = given.template.labels
    perspectives, categories = list(labels.perspectives), [*labels.categories, None]

    def place(entry: Entry) -> tuple[int, int]:
        return perspectives.index(entry.perspective), categories.index(entry.category)

    return tuple(
        Group(perspective=group[0].perspective, category=group[0].category, entries=group)
        for group in (tuple(found) for _, found in groupby(sorted(entries, key=place), key=place))
    )


def _elsewhere(entries: Sequence[Entry], headings: Mapping[str, str]) -> tuple[Reference, ...]:
    """Where else entries stand in full, by heading, in the order of the plan."""
    homes = {entry.home for entry in entries}
    found: dict[str, list[Entry]] = {heading: [] for name, heading in headings.items() if name in homes}
    for entry in entries:
        found[headings[entry.home]].append(entry)
    return tuple(
        Reference(heading=heading, entries=tuple(sorted(each, key=lambda entry: entry.number)))
        for heading, each in found.items()
    )


def _headings(given: Given) -> Iterator[tuple[str, str]]:
    """The heading over each part of the plan; the rows of a table have that of their chapter."""
    for chapter in given.chapters:
        over = heading_of(chapter, given) or ""
        yield chapter.id, over
        for section in chapter.sections:
            yield section.id, over if chapter.shows in TABLES else heading_of(section, given) or over
