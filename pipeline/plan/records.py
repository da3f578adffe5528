"""What a plan holds: plain records, ready to be laid out."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from extractors.schema import Category, Certainty, Domain, FlagType, Perspective, Polarity, Record
from pipeline.corrections import Kind as Change
from pipeline.corrections import Outcome
from pipeline.template import Shows

State = Literal["discussed", "only_context", "only_mentioned", "to_review", "not_discussed"]
EntryState = Literal["machine", "corrected", "confirmed", "rejected"]


class Told(Record):
    """What a reader said, by whom (and as what: "arts") and when where that is known."""

    words: str
    by: str | None
    function: str | None = None
    at: dt.datetime | None


class Place(Record):
    """A turn of the source and how it is referred to ("beurt 34, 00:12:05")."""

    turn: int
    text: str


class Entry(Record):
    """A statement as it is printed, with its number in the plan.

    `words` are the source's to the letter where `quoted`; else a reader's, and `original` holds what was
    said. `change` tells what a reader did with the statement, `by` and `at` who and when; `moved` that its
    home is where a reader put it. One that a reader added has no category until a reader gives it one, and
    only a place in the source if it was chosen there.

    `state` tells whether readers did nothing yet, changed it, accepted it as it is or struck it out;
    `confirmed` holds who accepted it since the last change, `ratified` by whom it is ratified as a treatment
    limit. `folded` are the statements that a reader folded into it and that stand below it; each of them
    has the same home and the change "merge". `because` are the ids of the patterns that found it.
    `speaker` and `when` are as shown: "moeder", and the term of an action point. `flags` and `items` tell
    what is unresolved about it (the kinds, and the numbers in the list of points), `home` is the id of the
    section or chapter where its words stand in full.
    """

    id: str
    number: int
    words: str
    quoted: bool = True
    original: str | None = None
    question: str | None = None
    lead: str | None = None
    speaker: str | None = None
    reported: bool = False
    perspective: Perspective = "unknown"
    category: Category | None = None
    domains: tuple[Domain, ...] = ()
    polarity: Polarity = "affirmed"
    certainty: Certainty = "firm"
    owner: str | None = None
    when: str | None = None
    place: Place | None = None
    state: EntryState = "machine"
    change: Change | None = None
    moved: bool = False
    by: str | None = None
    at: dt.datetime | None = None
    flags: tuple[FlagType, ...] = ()
    items: tuple[int, ...] = ()
    home: str
    confidence: float = 1.0
    because: tuple[str, ...] = ()
    confirmed: tuple[Told, ...] = ()
    ratified: Told | None = None
    folded: tuple[Entry, ...] = ()


class Group(Record):
    """Entries of one perspective and category, in the order of the source; readers' own have no category."""

    perspective: Perspective
    category: Category | None
    entries: tuple[Entry, ...]


class Reference(Record):
    """Entries that stand in full under another heading."""

    heading: str
    entries: tuple[Entry, ...]


class Section(Record):
    """A part of a chapter: its entries in groups, child first, and what else there is to say about it.

    It is `single` if it is about one topic. `elsewhere` refers to entries of this section that stand in full
    under another heading, `mentioned` to those on its subject that do not count here, `named` to the other
    turns that name its subject while it has no statement, `related` to those that may bear on it (a further
    domain, or the template's `beside`), `to_review` to the statements to review that would stand here.
    `placed` holds what a reader put here while the section itself prints no statements in full.
    """

    id: str
    heading: str | None
    prints: Literal["quotes", "numbers"]
    single: bool
    state: State
    groups: tuple[Group, ...] = ()
    elsewhere: tuple[Reference, ...] = ()
    mentioned: tuple[Entry, ...] = ()
    named: tuple[Place, ...] = ()
    related: tuple[Entry, ...] = ()
    to_review: tuple[Entry, ...] = ()
    placed: tuple[Entry, ...] = ()


class Person(Record):
    """Someone who took part; `function` is None while nobody has said who this is.

    `inferred` tells that only what this person says points to the function: it is likely, not known.
    `field` and `reach` are the ids of the fields with the function and with how to reach this person.
    """

    name: str
    function: str | None
    inferred: bool = False
    field: str
    reach: str


class FormField(Record):
    """A field with its label; `empty` is printed while `Plan.fields` has no words for it.

    What the plan says of itself is `fixed`: that is no field for a reader.
    """

    id: str
    label: str
    empty: str
    fixed: str | None = None


class FormRow(Record):
    """A row of fields under one label: with whom something is shared, and what, and who agreed when."""

    label: str
    fields: tuple[FormField, ...]


class Chapter(Record):
    """A chapter with what stands in it; `shows` tells how it is laid out.

    It is a part of the chapter before it where it goes `under` that, and just goes on with it without a
    heading. `placed` holds what a reader put under its heading and no section prints.
    """

    id: str
    heading: str | None
    shows: Shows
    under: bool
    intro: str | None
    lines: tuple[tuple[str, str], ...] = ()
    fields: tuple[FormField, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[FormRow, ...] = ()
    sections: tuple[Section, ...] = ()
    people: tuple[Person, ...] = ()
    placed: tuple[Entry, ...] = ()


class Remark(Told):
    """A comment of a reader, numbered; `signed` is the name without a sign that could be taken for markup."""

    number: int
    signed: str = Field(pattern=r"^[\w .'-]+$")


class Resolved(Told):
    """How a reader resolved a point: it is settled, needs no answer, or is for a next conversation."""

    outcome: Outcome = "resolved"


class Item(Record):
    """A point that a reviewer must resolve: a flag, its entries and the places it points to.

    `resolved` tells how a reader resolved it, `entries` then holds those that it was about. While a point
    that `blocks` is open, the plan cannot be approved.
    """

    number: int
    type: FlagType
    title: str
    mark: str
    note: str
    entries: tuple[Entry, ...]
    places: tuple[str, ...]
    blocks: bool = False
    resolved: Resolved | None = None


class Question(Record):
    """What to ask in a next conversation, and about what; `in_person` tells that it is not for on paper.

    `point` is the number of the point that a reader kept for it; then it was spoken of already.
    """

    about: tuple[str, ...]
    words: str
    in_person: bool = False
    point: int | None = None


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


class Confided(Record):
    """What is kept from others: entries, and the turn that asks for it or the reader that says so (`told`).

    Of a reader `place` is where the first entry comes from, None for one in own words.
    """

    place: Place | None
    entries: tuple[Entry, ...]
    told: Told | None = None


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


class Approval(Record):
    """By whom a plan was approved, in which function and when, and as which version."""

    by: str
    function: str
    at: dt.datetime
    version: int = Field(ge=1)


class Plan(Record):
    """A draft plan, or an approved one, ready to be laid out.

    `fingerprint` tells one from another on paper, whatever its number; `edition` is how it is called there.
    `number` is that of the version, where versions are counted, `approval` by whom it was approved.
    `entries` holds all statements by number: those of the plan, those to review, and those that readers
    added; one that a reader struck out keeps its number and stands among the `rejected` too. `confided`
    holds those that were perhaps told in confidence. `points` holds the open points by number, resolved ones
    included. `fields` holds the words of every field by its id, "" where it is empty; `remarks` those of
    readers, by the id of the statement, section, chapter, field or point ("punt-3") that they are about.
    """

    template: str
    version: str
    language: str
    title: str
    status: str
    conversation: str
    child: str | None
    kind: str
    adult: bool
    date: dt.date | None
    source: str
    fingerprint: str
    edition: str
    number: int | None
    approval: Approval | None
    perspectives: dict[Perspective, str]
    chapters: tuple[Chapter, ...]
    entries: tuple[Entry, ...]
    fields: dict[str, str]
    points: tuple[Item, ...]
    remarks: dict[str, tuple[Remark, ...]]
    to_review: ToReview
    rejected: tuple[Entry, ...]
    confided: tuple[Confided, ...]
    questions: tuple[Question, ...]
    coverage: tuple[Coverage, ...]
    sources: tuple[Source, ...]
    unused: tuple[Unused, ...]
    unquoted: tuple[Unquoted, ...]
    headings: tuple[Heading, ...]
