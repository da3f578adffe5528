"""From findings to a plan: which statement stands where, under a template's chapters. No markup, no file.

Every statement is printed in full at least once (DESIGN rule 2): in the tables of treatment limits and action
points that take it, else in the first chapter that takes it, else under its first domain. Elsewhere the plan
refers to it by number. A treatment limit is shown as what was said with a status; nothing here derives a
decision from it (DESIGN rule 4, domain.md section 6).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Literal

from extractors.schema import (
    Category,
    Conversation,
    Domain,
    Findings,
    Flag,
    FlagType,
    Participant,
    Perspective,
    Record,
    Statement,
    Turn,
)
from pipeline.template import ChapterTemplate, Detail, SectionTemplate, Shows, Template, any_takes

State = Literal["discussed", "only_context", "only_mentioned", "not_discussed"]

TABLES: tuple[Shows, ...] = ("limits", "actions")

MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)
WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")


class Place(Record):
    """A turn of the source and how it is referred to ("beurt 34, 00:12:05")."""

    turn: int
    text: str


class Entry(Record):
    """A statement with its number in the plan and what is printed beside it.

    `speaker` and `when` are as shown: "moeder", and the term of an action point. `flags` and `items` tell
    what is unresolved about it (the kinds, and the numbers in the list of items), `home` the id of the
    section where it first stands in full.
    """

    number: int
    statement: Statement
    speaker: str | None
    place: Place
    when: str | None
    flags: tuple[FlagType, ...]
    items: tuple[int, ...]
    home: str


class Group(Record):
    """Entries of one perspective and category, in the order of the source."""

    perspective: Perspective
    category: Category
    entries: tuple[Entry, ...]


class Reference(Record):
    """Entries that stand in full in another chapter."""

    heading: str
    entries: tuple[Entry, ...]


class Section(Record):
    """A part of a chapter: its entries in groups, child first, and what else there is to say about it.

    `elsewhere` refers to entries of this section that stand in full in another chapter, `mentioned` to those
    on its subject that do not count here, `named` to the other turns that name its subject while it has no
    statement, `related` to those that may bear on it (a further domain, or the template's `beside`).
    """

    id: str
    heading: str | None
    prints: Literal["quotes", "numbers"]
    state: State
    groups: tuple[Group, ...] = ()
    elsewhere: tuple[Reference, ...] = ()
    mentioned: tuple[Entry, ...] = ()
    named: tuple[Place, ...] = ()
    related: tuple[Entry, ...] = ()


class Person(Record):
    """Someone who took part; `function` is None while nobody has said who this is."""

    name: str
    function: str | None


class Chapter(Record):
    """A chapter with what stands in it; `shows` tells how it is laid out."""

    id: str
    heading: str
    shows: Shows
    intro: str | None
    sections: tuple[Section, ...] = ()
    people: tuple[Person, ...] = ()


class Fact(Record):
    """A row of the table about the plan itself; a value of None is for the team to fill in."""

    label: str
    value: str | None


class Item(Record):
    """Something that a reviewer must still resolve: a flag, its entries and the places it points to."""

    number: int
    type: FlagType
    title: str
    mark: str
    note: str
    entries: tuple[Entry, ...]
    places: tuple[str, ...]


class Coverage(Record):
    """How often a domain came up, per perspective, background left out (annotation guide)."""

    heading: str
    state: State
    counts: dict[Perspective, int]


class Source(Record):
    """A turn of the source that the plan leads to, and the entries taken from it."""

    place: Place
    who: str | None
    entries: tuple[Entry, ...]


class Unused(Record):
    """The turns of one kind that no statement quotes: how many of how many, and their numbers ("1–4, 6")."""

    kind: str
    count: int
    total: int
    numbers: str


class Heading(Record):
    """A heading or header line of the source, which carries no statements, with its number there."""

    number: int
    text: str


class Plan(Record):
    """A draft plan, ready to be laid out. `fingerprint` tells one draft from another on paper."""

    template: str
    version: str
    language: str
    title: str
    status: str
    conversation: str
    child: str | None
    kind: str
    date: dt.date | None
    source: str
    fingerprint: str
    perspectives: dict[Perspective, str]
    details: tuple[Fact, ...]
    chapters: tuple[Chapter, ...]
    entries: tuple[Entry, ...]
    unresolved: tuple[Item, ...]
    coverage: tuple[Coverage, ...]
    sources: tuple[Source, ...]
    unused: tuple[Unused, ...]
    headings: tuple[Heading, ...]


def assemble(conversation: Conversation, findings: Findings, template: Template) -> Plan:
    """Puts every statement and flag in its place.

    The same input always gives the same plan: no clock, no setting and no order of a set has a say in it.
    """
    adult = conversation.kind == "pzp"
    flags = _flags(conversation, findings, template)
    entries = _entries(conversation, findings, template, flags)
    chapters = tuple(
        _chapter(chapter, conversation, findings, template, entries) for chapter in template.chapters
    )
    fingerprint = hashlib.sha256(
        f"{conversation.sha256} {template.name} {template.version} {findings.model_dump_json()}".encode()
    ).hexdigest()[:8]
    facts = {
        "child": conversation.child,
        "date": dutch_date(conversation.date) if conversation.date else None,
        "kind": template.labels.kinds[conversation.kind],
        "source": conversation.source,
        "version": f"concept {fingerprint}, sjabloon {template.name} {template.version}",
    }
    return Plan(
        template=template.name,
        version=template.version,
        language=template.language,
        title=template.title,
        status=template.status,
        conversation=conversation.id,
        child=conversation.child,
        kind=template.labels.kinds[conversation.kind],
        date=conversation.date,
        source=conversation.source,
        fingerprint=fingerprint,
        perspectives=template.labels.perspectives_adult if adult else template.labels.perspectives,
        details=tuple(
            Fact(
                label=_heading(detail, conversation) or "", value=facts[detail.fact] if detail.fact else None
            )
            for detail in template.details
        ),
        chapters=chapters,
        entries=entries,
        unresolved=_unresolved(conversation, template, flags, entries),
        coverage=_coverage(chapters, template, entries),
        sources=_sources(conversation, template, chapters, entries),
        unused=_unused(conversation, findings, template),
        headings=tuple(
            Heading(number=turn.index + 1, text=turn.text)
            for turn in conversation.turns
            if turn.block in ("heading", "header")
        ),
    )


def dutch_date(date: dt.date, *, weekday: bool = False) -> str:
    """A date in Dutch words: "12 maart 2026", with `weekday` "donderdag 12 maart 2026"."""
    words = f"{date.day} {MONTHS[date.month - 1]} {date.year}"
    return f"{WEEKDAYS[date.weekday()]} {words}" if weekday else words


def _heading(part: ChapterTemplate | SectionTemplate | Detail, conversation: Conversation) -> str | None:
    """The heading for this kind of conversation: "pzp" is about an adult."""
    return (part.heading_adult if conversation.kind == "pzp" else None) or part.heading


def _flags(conversation: Conversation, findings: Findings, template: Template) -> tuple[Flag, ...]:
    """All flags of the file and of its statements once, what a reviewer should see first in front."""
    order = list(template.labels.flags)
    flags = dict.fromkeys((*conversation.flags, *findings.flags))
    return tuple(sorted(flags, key=lambda flag: order.index(flag.type)))


def _entries(
    conversation: Conversation, findings: Findings, template: Template, flags: Sequence[Flag]
) -> tuple[Entry, ...]:
    """The statements, numbered in the order of the source."""
    items: dict[str, list[int]] = {}
    for number, flag in enumerate(flags, start=1):
        for statement_id in dict.fromkeys(flag.statements):
            items.setdefault(statement_id, []).append(number)
    full = _full(template)
    entries = []
    for number, statement in enumerate(findings.statements, start=1):
        about = items.get(statement.id, [])
        types = tuple(dict.fromkeys(flags[item - 1].type for item in about))
        entries.append(
            Entry(
                number=number,
                statement=statement,
                speaker=_called(conversation.participant(statement.speaker), statement.speaker),
                place=_place(conversation.turns[statement.turn], template, statement.begin_s),
                when=_when(statement.due),
                flags=types,
                items=tuple(about),
                home=next(
                    section.id for chapter, section in full if chapter.takes(section, statement, types)
                ),
            )
        )
    return tuple(entries)


def _full(template: Template) -> list[tuple[ChapterTemplate, SectionTemplate]]:
    """The sections that print statements in full, in the order in which they may claim one."""
    chapters = [chapter for chapter in template.chapters if chapter.in_full]
    chapters.sort(key=lambda chapter: (chapter.shows not in TABLES, chapter.rest))
    return [(chapter, section) for chapter in chapters for section in chapter.sections]


def _chapter(
    chapter: ChapterTemplate,
    conversation: Conversation,
    findings: Findings,
    template: Template,
    entries: Sequence[Entry],
) -> Chapter:
    sections = (
        (section.otherwise, _section(chapter, section, conversation, findings, template, entries))
        for section in chapter.sections
    )
    return Chapter(
        id=chapter.id,
        heading=_heading(chapter, conversation) or "",
        shows=chapter.shows,
        intro=chapter.intro,
        sections=tuple(
            section for otherwise, section in sections if not otherwise or section.state != "not_discussed"
        ),
        people=_people(chapter, conversation),
    )


def _section(
    chapter: ChapterTemplate,
    section: SectionTemplate,
    conversation: Conversation,
    findings: Findings,
    template: Template,
    entries: Sequence[Entry],
) -> Section:
    taken = [entry for entry in entries if chapter.takes(section, entry.statement, entry.flags)]
    taken_ids = {entry.statement.id for entry in taken}
    here = [entry for entry in taken if chapter.shows != "statements" or entry.home == section.id]
    away = [entry for entry in taken if chapter.shows == "statements" and entry.home != section.id]
    mentioned = [
        entry
        for entry in entries
        if entry.statement.id not in taken_ids and chapter.is_about(section, entry.statement, entry.flags)
    ]
    told = {entry.statement.turn for entry in mentioned}
    named = [] if taken else sorted(_turns_naming(chapter, section, findings) - told)
    domains = _domains(section) if chapter.rest else frozenset()
    related = [
        entry
        for entry in entries
        if domains.intersection(entry.statement.domains[1:])
        or (entry.statement.id not in taken_ids and any_takes(section.beside, entry.statement, entry.flags))
    ]
    if domains and domains.isdisjoint(findings.domains_not_discussed):
        state: State = "discussed"
    elif domains:
        state = "only_context" if taken or related else "not_discussed"
    elif taken:
        state = "discussed"
    else:
        state = "only_mentioned" if mentioned or named else "not_discussed"
    return Section(
        id=section.id,
        heading=_heading(section, conversation),
        prints=section.prints,
        state=state,
        groups=_groups(here, template),
        elsewhere=_elsewhere(away, conversation, template),
        mentioned=tuple(mentioned),
        named=tuple(_place(conversation.turns[turn], template) for turn in named),
        related=tuple(related),
    )


def _turns_naming(chapter: ChapterTemplate, section: SectionTemplate, findings: Findings) -> set[int]:
    """The turns that name a treatment of a section; with `otherwise` those of no other section."""

    def turns(topics: frozenset[str]) -> set[int]:
        return {turn for named in findings.limits_named if named.topic in topics for turn in named.turns}

    others = [other for other in chapter.sections if section.otherwise and not other.otherwise]
    return turns(section.topics).difference(*(turns(other.topics) for other in others))


def _domains(section: SectionTemplate) -> frozenset[Domain]:
    return frozenset(domain for rule in section.takes for domain in rule.domains)


def _groups(entries: Sequence[Entry], template: Template) -> tuple[Group, ...]:
    """Entries by perspective, the child first, then by category, then in the order of the source."""
    perspectives, categories = list(template.labels.perspectives), list(template.labels.categories)

    def place(entry: Entry) -> tuple[int, int]:
        said = entry.statement
        return perspectives.index(said.perspective), categories.index(said.category)

    return tuple(
        Group(perspective=group[0].statement.perspective, category=group[0].statement.category, entries=group)
        for group in (tuple(found) for _, found in groupby(sorted(entries, key=place), key=place))
    )


def _elsewhere(
    entries: Sequence[Entry], conversation: Conversation, template: Template
) -> tuple[Reference, ...]:
    references: dict[str, list[Entry]] = {}
    for chapter, section in _full(template):
        found = [entry for entry in entries if entry.home == section.id]
        if found:
            references.setdefault(_heading(chapter, conversation) or "", []).extend(found)
    return tuple(Reference(heading=heading, entries=tuple(found)) for heading, found in references.items())


def _people(chapter: ChapterTemplate, conversation: Conversation) -> tuple[Person, ...]:
    """Who took part in one of the chapter's roles; whose role is open stands with the "other" people."""
    return tuple(
        Person(name=participant.name or participant.label, function=participant.function)
        for participant in conversation.participants
        if (participant.role or "other") in chapter.roles
    )


def _called(participant: Participant | None, label: str | None) -> str | None:
    """A speaker as shown: the name or label, with an adult's function where that says more."""
    if participant is None:
        return label
    name = participant.name or participant.label
    function = participant.function
    if not function or participant.role == "child" or function.casefold() in name.casefold():
        return name
    return function if name.casefold() in function.casefold() else f"{name} ({function})"


def _place(turn: Turn, template: Template, begin_s: float | None = None) -> Place:
    """Where something stands in the source: "beurt 34, 00:12:05", or "alinea 3" in a note."""
    seconds = turn.begin_s if begin_s is None else begin_s
    word = template.labels.places["speech" if turn.block == "speech" else "block"]
    text = f"{word} {turn.index + 1}" + ("" if seconds is None else f", {_clock(seconds)}")
    return Place(turn=turn.index, text=text)


def _clock(seconds: float) -> str:
    minutes, second = divmod(int(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}"


def _when(due: str | None) -> str | None:
    """The term of an action point: a date in words, or what was said."""
    if due is None:
        return None
    try:
        return dutch_date(dt.date.fromisoformat(due), weekday=True)
    except ValueError:
        return due


def _unresolved(
    conversation: Conversation, template: Template, flags: Sequence[Flag], entries: Sequence[Entry]
) -> tuple[Item, ...]:
    about: dict[str, list[Entry]] = {}
    for entry in entries:
        about.setdefault(entry.statement.id, []).append(entry)
    return tuple(
        Item(
            number=number,
            type=flag.type,
            title=template.labels.flags[flag.type].title,
            mark=template.labels.flags[flag.type].mark,
            note=flag.note,
            entries=tuple(entry for name in dict.fromkeys(flag.statements) for entry in about.get(name, ())),
            places=tuple(_place(conversation.turns[turn], template).text for turn in flag.turns),
        )
        for number, flag in enumerate(flags, start=1)
    )


def _coverage(
    chapters: Sequence[Chapter], template: Template, entries: Sequence[Entry]
) -> tuple[Coverage, ...]:
    states = {section.id: section for chapter in chapters for section in chapter.sections}
    rows = []
    for chapter in template.chapters:
        for section in chapter.sections if chapter.rest else ():
            domains = _domains(section)
            counts = Counter(
                entry.statement.perspective
                for entry in entries
                if entry.statement.category != "context" and domains.intersection(entry.statement.domains)
            )
            rows.append(
                Coverage(
                    heading=states[section.id].heading or "",
                    state=states[section.id].state,
                    counts={perspective: counts[perspective] for perspective in template.labels.perspectives},
                )
            )
    return tuple(rows)


def _sources(
    conversation: Conversation, template: Template, chapters: Sequence[Chapter], entries: Sequence[Entry]
) -> tuple[Source, ...]:
    """Every turn that a statement or a section refers to, in the order of the source."""
    by_turn: dict[int, list[Entry]] = {
        place.turn: [] for chapter in chapters for section in chapter.sections for place in section.named
    }
    for entry in entries:
        by_turn.setdefault(entry.statement.turn, []).append(entry)
    rows = []
    for index in sorted(by_turn):
        turn = conversation.turns[index]
        who = _called(conversation.participant(turn.label), turn.label) or " › ".join(turn.section) or None
        rows.append(Source(place=_place(turn, template), who=who, entries=tuple(by_turn[index])))
    return tuple(rows)


def _unused(conversation: Conversation, findings: Findings, template: Template) -> tuple[Unused, ...]:
    """Every turn that no statement quotes, by its number; headings and header lines carry no statements."""
    unused = {turn.index for turn in findings.unused_turns(conversation)}
    kinds: dict[Literal["speech", "block"], list[int]] = {}
    for turn in conversation.turns:
        if turn.block not in ("heading", "header"):
            kinds.setdefault("speech" if turn.block == "speech" else "block", []).append(turn.index)
    return tuple(
        Unused(
            kind=template.labels.places[kind],
            count=len(unused.intersection(indexes)),
            total=len(indexes),
            numbers=_ranges(index + 1 for index in indexes if index in unused),
        )
        for kind, indexes in kinds.items()
    )


def _ranges(numbers: Iterable[int]) -> str:
    """Numbers in rising order as "1–4, 6"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
