"""From findings to a plan: which statement stands where, under a template's chapters. No markup, no file.

Every statement is printed in full at least once (docs/architecture.md, rule 2): in the tables of treatment
limits and action points that take it, else in the first chapter that takes it, else under its first domain.
Elsewhere the plan refers to it by number. A statement to review stands in its own chapter and counts nowhere
until a reader has decided. A treatment limit is shown as what was said with a status; nothing here derives a
decision from it (docs/architecture.md, rule 4).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Literal

from pydantic import Field

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
    Role,
    Statement,
    Turn,
)
from extractors.voices import GROUND
from pipeline.template import ChapterTemplate, Detail, SectionTemplate, Shows, Template, any_takes
from pipeline.unquoted import unquoted

State = Literal["discussed", "only_context", "only_mentioned", "to_review", "not_discussed"]

TABLES: tuple[Shows, ...] = ("limits", "actions")

MOST_BY_CHANCE = 25
"""So many statements to review, about a page, stand in order of chance; the rest in that of the source."""

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
    section where it first stands in full; of a statement to review that of its chapter.
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
    statement, `related` to those that may bear on it (a further domain, or the template's `beside`),
    `to_review` to the statements to review that would stand here.
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
    to_review: tuple[Entry, ...] = ()


class Person(Record):
    """Someone who took part; `function` is None while nobody has said who this is.

    `inferred` tells that only what this person says points to the function: it is likely, not known.
    """

    name: str
    function: str | None
    inferred: bool = False


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
    """A turn of the source that the plan leads to, and the entries taken from it.

    `inferred` tells that `who` is likely, not known.
    """

    place: Place
    who: str | None
    inferred: bool
    entries: tuple[Entry, ...]


class Doubtful(Record):
    """A statement to review; `treatment` is the one with limits that it is about, if any.

    Of ten such statements about `tenths` belong in a plan.
    """

    entry: Entry
    treatment: str | None
    tenths: int = Field(ge=1, le=9)


class ToReview(Record):
    """The statements of which it is not sure that they belong in the plan.

    `first` begins with those on treatments with limits, the likeliest first, and goes on with the likeliest
    others; `further` holds the rest in the order of the source.
    """

    first: tuple[Doubtful, ...]
    further: tuple[Doubtful, ...]


class Unused(Record):
    """The turns of one kind that no statement quotes: how many of how many, and their numbers ("1–4, 6")."""

    kind: str
    count: int
    total: int
    numbers: str


class Unquoted(Record):
    """What a turn with statements says besides them, to the letter."""

    place: Place
    pieces: tuple[str, ...]


class Heading(Record):
    """A heading or header line of the source, which carries no statements, with its number there."""

    number: int
    text: str


class Plan(Record):
    """A draft plan, ready to be laid out. `fingerprint` tells one draft from another on paper.

    `entries` holds all statements by number, those to review last.
    """

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
    to_review: ToReview
    coverage: tuple[Coverage, ...]
    sources: tuple[Source, ...]
    unused: tuple[Unused, ...]
    unquoted: tuple[Unquoted, ...]
    headings: tuple[Heading, ...]


def assemble(conversation: Conversation, findings: Findings, template: Template) -> Plan:
    """Puts every statement and flag in its place.

    The same input always gives the same plan: no clock, no setting and no order of a set has a say in it.
    """
    adult = conversation.kind == "pzp"
    flags = _flags(conversation, findings, template)
    sure = _sure(conversation, findings, template, flags)
    to_review = _to_review(conversation, findings, template, flags)
    doubtful = [one.entry for one in (*to_review.first, *to_review.further)]
    entries = (*sure, *doubtful)
    chapters = tuple(
        _chapter(chapter, conversation, findings, template, sure, doubtful) for chapter in template.chapters
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
        to_review=to_review,
        coverage=_coverage(chapters, template, sure),
        sources=_sources(conversation, template, chapters, entries),
        unused=_unused(conversation, findings, template),
        unquoted=_unquoted(conversation, template, entries),
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


def _sure(
    conversation: Conversation, findings: Findings, template: Template, flags: Sequence[Flag]
) -> tuple[Entry, ...]:
    """The statements of the plan, numbered in the order of the source."""
    full = _full(template)
    return tuple(
        _entry(
            number,
            statement,
            next(
                section.id
                for chapter, section in full
                if chapter.takes(section, statement, _flag_types(statement, flags))
            ),
            conversation,
            template,
            flags,
        )
        for number, statement in enumerate(findings.statements, start=1)
    )


def _to_review(
    conversation: Conversation, findings: Findings, template: Template, flags: Sequence[Flag]
) -> ToReview:
    """The statements to review, numbered on in the order in which they are printed."""
    home = next(chapter.id for chapter in template.chapters if chapter.shows == "to_review")
    limits = [(chapter, part) for chapter, part in _full(template) if chapter.shows == "limits"]
    treatments = {
        said.id: _heading(part, conversation)
        for said in findings.to_review
        for chapter, part in reversed(limits)  # the first treatment stays
        if chapter.is_about(part, said, _flag_types(said, flags))
    }
    likeliest = sorted(findings.to_review, key=lambda said: (said.id not in treatments, -said.confidence))
    cut = max(MOST_BY_CHANCE, len(treatments))
    order = likeliest[:cut] + sorted(likeliest[cut:], key=lambda said: said.start)
    rows = tuple(
        Doubtful(
            entry=_entry(number, statement, home, conversation, template, flags),
            treatment=treatments.get(statement.id),
            tenths=min(max(round(10 * statement.confidence), 1), 9),
        )
        for number, statement in enumerate(order, start=len(findings.statements) + 1)
    )
    return ToReview(first=rows[:cut], further=rows[cut:])


def _entry(
    number: int,
    statement: Statement,
    home: str,
    conversation: Conversation,
    template: Template,
    flags: Sequence[Flag],
) -> Entry:
    return Entry(
        number=number,
        statement=statement,
        speaker=_called(conversation.participant(statement.speaker), statement.speaker),
        place=_place(conversation.turns[statement.turn], template, statement.begin_s),
        when=_when(statement.due),
        flags=_flag_types(statement, flags),
        items=tuple(item for item, flag in enumerate(flags, start=1) if statement.id in flag.statements),
        home=home,
    )


def _flag_types(statement: Statement, flags: Sequence[Flag]) -> tuple[FlagType, ...]:
    """The kinds of flags that name a statement."""
    return tuple(dict.fromkeys(flag.type for flag in flags if statement.id in flag.statements))


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
    doubtful: Sequence[Entry],
) -> Chapter:
    sections = (
        (section.otherwise, _section(chapter, section, conversation, findings, template, entries, doubtful))
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
        people=_people(chapter, conversation, template),
    )


def _section(
    chapter: ChapterTemplate,
    section: SectionTemplate,
    conversation: Conversation,
    findings: Findings,
    template: Template,
    entries: Sequence[Entry],
    doubtful: Sequence[Entry],
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
    to_review = [
        entry
        for entry in doubtful
        if chapter.takes(section, entry.statement, entry.flags)
        and not (domains and entry.statement.category == "context")
    ]
    if domains.isdisjoint(findings.domains_not_discussed) if domains else taken:
        state: State = "discussed"
    elif not domains and (mentioned or named):
        state = "only_mentioned"
    elif to_review:
        state = "to_review"
    else:
        state = "only_context" if domains and (taken or related) else "not_discussed"
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
        to_review=tuple(to_review),
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


def _people(chapter: ChapterTemplate, conversation: Conversation, template: Template) -> tuple[Person, ...]:
    """Who took part in one of the chapter's roles; whose role is open stands with the "other" people."""
    return tuple(
        Person(
            name=participant.name or participant.label,
            function=participant.function
            or (_role(participant.role, conversation, template) if GROUND in participant.because else None),
            inferred=GROUND in participant.because,
        )
        for participant in conversation.participants
        if (participant.role or "other") in chapter.roles
    )


def _role(role: Role | None, conversation: Conversation, template: Template) -> str | None:
    """The word for a role in this kind of conversation."""
    labels = template.labels
    return (labels.roles_adult if conversation.kind == "pzp" else labels.roles)[role] if role else None


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
    # A first heading above every line of a report is its title, which says nothing about one of them.
    titled = len({turn.section[:1] for turn in conversation.turns if turn.section}) == 1
    rows = []
    for index in sorted(by_turn):
        turn = conversation.turns[index]
        headings = (titled and turn.section[1:]) or turn.section
        known = _called(conversation.participant(turn.label), turn.label) or " › ".join(headings)
        rows.append(
            Source(
                place=_place(turn, template),
                who=known or _role(turn.role, conversation, template),
                inferred=not known and turn.role is not None,
                entries=tuple(by_turn[index]),
            )
        )
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


def _unquoted(
    conversation: Conversation, template: Template, entries: Sequence[Entry]
) -> tuple[Unquoted, ...]:
    """What the turns with statements say besides them, in the order of the source."""
    by_turn: dict[int, list[Statement]] = {}
    for entry in entries:
        by_turn.setdefault(entry.statement.turn, []).append(entry.statement)
    turns = [conversation.turns[index] for index in sorted(by_turn)]
    rest = [(turn, unquoted(turn, by_turn[turn.index])) for turn in turns]
    return tuple(Unquoted(place=_place(turn, template), pieces=pieces) for turn, pieces in rest if pieces)


def _ranges(numbers: Iterable[int]) -> str:
    """Numbers in rising order as "1–4, 6"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
