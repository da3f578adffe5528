"""What the review screen shows of a plan, in parts, so that an action renders only what it changed.

A part is a value: the conversation's turns, the blocks of the plan with their statements, the open points
and the fields. `changes` compares the screen that a reviewer has with the one that it should be.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Literal, NamedTuple, TypeVar, get_args

from extractors.schema import Perspective, Role, Turn
from pipeline.corrections import Correction
from pipeline.dossier import Dossier
from pipeline.plan import Plan, treatment_limits
from pipeline.plan.entries import owner_field, term_field
from pipeline.plan.given import Given, given_by, role_word
from pipeline.plan.people import called
from pipeline.plan.points import point_id
from pipeline.plan.records import (
    Chapter,
    Confided,
    Coverage,
    Entry,
    FormRow,
    Item,
    Person,
    Place,
    Question,
    Remark,
    Section,
    State,
)
from pipeline.plan.sources import place_of
from pipeline.template import Shows, Template

Key = TypeVar("Key")
Part = TypeVar("Part")
Standing = Literal["plan", "to_review", "rejected"]
TurnKind = Literal["speech", "block", "heading"]

STANDINGS: tuple[Standing, ...] = get_args(Standing)
VIEWS: dict[Role | None, Perspective] = {"child": "child", "parent": "parent", "care_team": "care_team"}

FURTHER = "-verder"
"""What the id of a list of statements ends in that are shown only when asked for."""

PROJECTIONS: frozenset[Shows] = frozenset({"emergency", "voices", "sharing"})
"""Chapters that repeat statements which stand in full elsewhere."""


class Passage(NamedTuple):
    """Words of a turn, and the statements that they are part of (none: nobody quoted them)."""

    text: str
    statements: tuple[str, ...] = ()
    standing: Standing | None = None


class TurnView(NamedTuple):
    """A turn of the conversation; `perspective` is that of who speaks, as far as it is known."""

    turn: int
    start: int
    who: str | None
    perspective: Perspective
    place: str
    kind: TurnKind
    passages: tuple[Passage, ...]
    used: bool


class StatementView(NamedTuple):
    """A statement where it stands; of ten to review like this one about `tenths` belong in a plan."""

    entry: Entry
    standing: Standing
    limit: bool
    remarks: tuple[Remark, ...] = ()
    confided: Confided | None = None
    treatment: str | None = None
    tenths: int | None = None
    fields: tuple[str, ...] = ()

    @property
    def seen(self) -> bool:
        """Whether a reviewer decided about it."""
        return self.entry.state != "machine"


class FieldView(NamedTuple):
    """A field to fill in; `empty` is what the plan prints while nobody did."""

    id: str
    label: str
    words: str
    empty: str


class PointView(NamedTuple):
    """An open point, `places` the turns that it is about, `decided` the last decision of a reviewer."""

    item: Item
    places: tuple[Place, ...]
    decided: Correction | None = None
    remarks: tuple[Remark, ...] = ()


class Referred(NamedTuple):
    """A statement that stands in full elsewhere, by its number; `under` is the heading there."""

    id: str
    number: int
    under: str | None = None


class Block(NamedTuple):
    """A heading of the plan with what stands under it. `chapter` is the chapter that it is part of."""

    id: str
    chapter: str
    level: int
    heading: str | None
    shows: Shows
    intro: str | None = None
    lines: tuple[tuple[str, str], ...] = ()
    state: State | None = None
    statements: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    referred: tuple[Referred, ...] = ()
    named: tuple[Place, ...] = ()
    fields: tuple[str, ...] = ()
    rows: tuple[FormRow, ...] = ()
    people: tuple[Person, ...] = ()
    questions: tuple[Question, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    points: tuple[int, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def head(self) -> tuple[object, ...]:
        """What stands above its statements."""
        return (self.heading, self.state, self.fields, self.rows, self.people, self.points)

    @property
    def foot(self) -> tuple[object, ...]:
        """What stands below its statements."""
        return (self.referred, self.named, self.questions, self.coverage, self.remarks)


class Content(NamedTuple):
    """A line of the table of contents: how many statements or points there are, and how many wait."""

    id: str
    heading: str
    shows: Shows
    under: bool
    total: int
    waiting: int


class Progress(NamedTuple):
    """How far the review is: statements that were looked at, and points that were dealt with."""

    seen: int
    statements: int
    dealt_with: int
    points: int
    blocking: int


class Screen(NamedTuple):
    """Everything on the review screen."""

    plan: Plan
    turns: dict[int, TurnView]
    statements: dict[str, StatementView]
    points: dict[int, PointView]
    fields: dict[str, FieldView]
    blocks: dict[str, Block]
    contents: tuple[Content, ...]
    progress: Progress
    unused: int


class Placed(NamedTuple):
    """A statement that has come into a list, behind another one; at the front where `behind` is ""."""

    id: str
    list: str
    behind: str


class Changes(NamedTuple):
    """The parts of a screen that are not as they were, by id.

    `whole` tells that the plan has other headings: then all of it is shown anew. `gone` are statements that
    left a list, `placed` those that came into one; a statement that moved is both.
    """

    whole: bool
    turns: tuple[int, ...]
    heads: tuple[str, ...]
    feet: tuple[str, ...]
    gone: tuple[str, ...]
    placed: tuple[Placed, ...]
    statements: tuple[str, ...]
    points: tuple[int, ...]
    fields: tuple[str, ...]


def screen_of(dossier: Dossier, plan: Plan, template: Template) -> Screen:
    """The review screen of a plan.

    Args:
        dossier: What the plan was made from.
        plan: The plan of the dossier.
        template: The template of the plan, for its words.
    """
    given = given_by(dossier.conversation, dossier.findings, template, dossier.corrections)
    blocks = {block.id: block for block in _blocks(plan)}
    statements = {view.entry.id: view for view in _statements(plan, blocks)}
    points = {view.item.number: view for view in _points(given, plan)}
    turns = {view.turn: view for view in _turns(dossier, given, statements)}
    return Screen(
        plan=plan,
        turns=turns,
        statements=statements,
        points=points,
        fields={field.id: field for field in _fields(plan, template.texts)},
        blocks=blocks,
        contents=tuple(_contents(blocks.values(), statements, points)),
        progress=Progress(
            seen=sum(view.seen for view in statements.values()),
            statements=len(statements),
            dealt_with=sum(point.item.resolved is not None for point in points.values()),
            points=len(points),
            blocking=sum(point.item.blocks and point.item.resolved is None for point in points.values()),
        ),
        unused=sum(not turn.used for turn in turns.values()),
    )


def changes(old: Screen, new: Screen) -> Changes:
    """What is to be rendered again on a screen that shows `old`."""
    if list(old.blocks) != list(new.blocks):
        return Changes(True, _different(old.turns, new.turns, ()), (), (), (), (), (), (), ())
    pairs = [(old.blocks[name], block) for name, block in new.blocks.items()]
    heads = [block for was, block in pairs if was.head != block.head]
    gone, placed = _moved(_lists(old), _lists(new))
    sent = {one.id for one in placed}
    statements = _different(old.statements, new.statements, sent)
    fields = {name for block in heads for name in _fields_in(block)}
    fields |= {name for one in (*sent, *statements) for name in new.statements[one].fields}
    return Changes(
        whole=False,
        turns=_different(old.turns, new.turns, ()),
        heads=tuple(block.id for block in heads),
        feet=tuple(block.id for was, block in pairs if was.foot != block.foot),
        gone=gone,
        placed=placed,
        statements=statements,
        points=_different(old.points, new.points, {number for block in heads for number in block.points}),
        fields=_different(old.fields, new.fields, fields),
    )


def everything() -> Changes:
    """The changes on a screen that shows another plan altogether: all of it."""
    return Changes(True, (), (), (), (), (), (), (), ())


def _lists(screen: Screen) -> dict[str, tuple[str, ...]]:
    lists = {}
    for block in screen.blocks.values():
        lists[block.id] = block.statements
        lists[f"{block.id}{FURTHER}"] = block.further
    return lists


def _moved(
    old: Mapping[str, tuple[str, ...]], new: Mapping[str, tuple[str, ...]]
) -> tuple[tuple[str, ...], tuple[Placed, ...]]:
    """Which statements left a list and which came into one; in a list with another order all do."""
    gone: list[str] = []
    placed: list[Placed] = []
    for name, here in new.items():
        was = old[name]
        stays = {one for one in was if one in here}
        if [one for one in was if one in stays] != [one for one in here if one in stays]:
            stays = set()
        gone += (one for one in was if one not in stays)
        pairs = zip(("", *here), here)  # noqa: B905  # each with the one before it
        placed += (Placed(one, name, before) for before, one in pairs if one not in stays)
    return tuple(gone), tuple(placed)


def _different(old: Mapping[Key, Part], new: Mapping[Key, Part], sent: Collection[Key]) -> tuple[Key, ...]:
    return tuple(key for key, part in new.items() if key not in sent and old.get(key) != part)


def standing(plan: Plan) -> tuple[Entry, ...]:
    """The statements that stand by themselves: those that were folded into another stand below that."""
    return tuple(entry for entry in plan.entries if entry.change != "merge")


def _fields_in(block: Block) -> Iterator[str]:
    yield from block.fields
    yield from (field.id for row in block.rows for field in row.fields)
    for person in block.people:
        yield from (person.field, person.reach)


def _blocks(plan: Plan) -> Iterator[Block]:
    homes: dict[str, list[str]] = {}
    for entry in plan.entries:
        if entry.change != "merge":  # what was folded into another statement is shown below that
            homes.setdefault(entry.home, []).append(entry.id)
    top = ""
    for chapter in plan.chapters:
        if chapter.shows == "sources":
            continue
        top = chapter.id if chapter.heading else top
        block = _of_chapter(chapter, top, plan, homes.get(chapter.id, ()))
        if block.heading or block.statements:
            yield block
        for section in chapter.sections:
            yield _of_section(chapter, section, top, plan, homes.get(section.id, ()))


def _of_chapter(chapter: Chapter, top: str, plan: Plan, here: Sequence[str]) -> Block:
    first = [row.entry.id for row in plan.to_review.first]
    further = [row.entry.id for row in plan.to_review.further] if chapter.shows == "to_review" else []
    if chapter.shows == "to_review":
        here = [*(name for name in here if name not in {*first, *further}), *first]
    return Block(
        id=chapter.id,
        chapter=top,
        level=3 if chapter.under else 2,
        heading=chapter.heading,
        shows=chapter.shows,
        intro=chapter.intro,
        lines=chapter.lines,
        statements=tuple(here),
        further=tuple(further),
        fields=tuple(field.id for field in chapter.fields if field.fixed is None),
        rows=chapter.rows,
        people=chapter.people,
        questions=plan.questions if chapter.shows == "questions" else (),
        coverage=plan.coverage if chapter.shows == "coverage" else (),
        points=tuple(item.number for item in plan.points) if chapter.shows == "unresolved" else (),
        remarks=plan.remarks.get(chapter.id, ()),
    )


def _of_section(chapter: Chapter, section: Section, top: str, plan: Plan, here: Sequence[str]) -> Block:
    in_order = [entry.id for group in section.groups for entry in group.entries]
    full = chapter.shows not in PROJECTIONS
    referred = [
        Referred(entry.id, entry.number, each.heading) for each in section.elsewhere for entry in each.entries
    ]
    if not full:
        referred += [Referred(entry.id, entry.number) for group in section.groups for entry in group.entries]
    referred += [Referred(entry.id, entry.number) for entry in section.mentioned]
    return Block(
        id=section.id,
        chapter=top,
        level=4 if chapter.under else 3,
        heading=section.heading,
        shows=chapter.shows,
        state=section.state if full else None,
        statements=tuple(sorted(here, key=lambda name: _place(name, in_order))),
        referred=tuple(dict.fromkeys(referred)),
        named=section.named,
        remarks=plan.remarks.get(section.id, ()),
    )


def _place(name: str, order: Sequence[str]) -> int:
    return order.index(name) if name in order else len(order)


def _statements(plan: Plan, blocks: Mapping[str, Block]) -> Iterator[StatementView]:
    doubtful = {row.entry.id: row for row in (*plan.to_review.first, *plan.to_review.further)}
    confided = {entry.id: one for one in plan.confided for entry in one.entries}
    limits = {entry.id for entry in treatment_limits(plan)}
    for entry in standing(plan):
        block = blocks[entry.home]
        row = doubtful.get(entry.id)
        yield StatementView(
            entry=entry,
            standing=block.shows if block.shows in ("to_review", "rejected") else "plan",
            limit=entry.id in limits,
            remarks=plan.remarks.get(entry.id, ()),
            confided=confided.get(entry.id),
            treatment=row.treatment if row else None,
            tenths=row.tenths if row else None,
            fields=tuple(
                name for name in (owner_field(entry.id), term_field(entry.id)) if name in plan.fields
            ),
        )


def _fields(plan: Plan, texts: Mapping[str, str]) -> Iterator[FieldView]:
    to_fill_in = texts["to_fill_in"]
    labels: list[tuple[str, str, str]] = []
    for chapter in plan.chapters:
        in_rows = (field for row in chapter.rows for field in row.fields)
        labels += [(field.id, field.label, field.empty) for field in (*chapter.fields, *in_rows)]
        for person in chapter.people:
            labels.append((person.field, texts["column_function"], texts["unmapped"]))
            labels.append((person.reach, texts["column_reach"], to_fill_in))
    for entry in plan.entries:
        labels.append((owner_field(entry.id), texts["column_who"], texts["nobody"]))
        labels.append((term_field(entry.id), texts["column_when"], texts["unnamed"]))
    for name, label, empty in labels:
        if name in plan.fields:
            yield FieldView(name, label, plan.fields[name], empty)


def _points(given: Given, plan: Plan) -> Iterator[PointView]:
    for item, flag in zip(plan.points, given.flags, strict=True):
        name = point_id(item.number)
        yield PointView(
            item=item,
            places=tuple(place_of(given.conversation.turns[turn], given) for turn in flag.turns),
            decided=given.corrected.resolved.get(name),
            remarks=plan.remarks.get(name, ()),
        )


def _turns(dossier: Dossier, given: Given, statements: Mapping[str, StatementView]) -> Iterator[TurnView]:
    conversation = dossier.conversation
    spans: dict[int, list[tuple[int, int, str]]] = {}
    for turn, start, end, name in _spans(dossier, _shown_as(statements.values())):
        spans.setdefault(turn, []).append((start, end, name))
    for said in conversation.turns:
        participant = conversation.participant(said.label)
        role = participant.role if participant else said.role
        found = spans.get(said.index, [])
        is_heading = said.block in ("heading", "header")
        yield TurnView(
            turn=said.index,
            start=said.start,
            who=called(participant, said.label) or role_word(role, given),
            perspective=VIEWS.get(role, "unknown"),
            place=place_of(said, given).text,
            kind="heading" if is_heading else "speech" if said.block == "speech" else "block",
            passages=tuple(_passages(said, found, statements)),
            used=bool(found) or is_heading,
        )


def _spans(dossier: Dossier, shown_as: Mapping[str, str]) -> Iterator[tuple[int, int, int, str]]:
    """The places of the statements in the source, each under the statement that it is shown with."""
    findings = dossier.findings
    for said in (*findings.statements, *findings.to_review):
        if said.id in shown_as:
            yield said.turn, said.start, said.end, shown_as[said.id]
    for one in dossier.corrections:
        if one.place and one.id in shown_as:
            yield one.place.turn, one.place.start, one.place.end, shown_as[one.id]


def _shown_as(statements: Iterable[StatementView]) -> dict[str, str]:
    """The statement that each one is shown with: itself, or the one that it was folded into."""
    shown = {}
    for view in statements:
        waiting = [view.entry] if view.entry.change != "merge" else []
        while waiting:
            entry = waiting.pop()
            shown[entry.id] = view.entry.id
            waiting += entry.folded
    return shown


def _passages(
    turn: Turn, spans: Sequence[tuple[int, int, str]], statements: Mapping[str, StatementView]
) -> Iterator[Passage]:
    """The words of a turn, cut wherever a statement begins or ends."""
    cuts = sorted({turn.start, turn.end, *(at for start, end, _ in spans for at in (start, end))})
    for start, end in pairwise(cuts):
        names = tuple(dict.fromkeys(name for first, last, name in spans if first <= start and end <= last))
        standing = min((statements[name].standing for name in names), key=STANDINGS.index, default=None)
        yield Passage(turn.text[start - turn.start : end - turn.start], names, standing)


def _contents(
    blocks: Iterable[Block], statements: Mapping[str, StatementView], points: Mapping[int, PointView]
) -> Iterator[Content]:
    for chapter, group in groupby(blocks, key=lambda block: block.chapter):
        parts = list(group)
        here = [statements[name] for block in parts for name in (*block.statements, *block.further)]
        open_points = [points[number] for block in parts for number in block.points]
        yield Content(
            id=chapter,
            heading=parts[0].heading or "",
            shows=parts[0].shows,
            under=parts[0].level > 2,
            total=len(here) + len(open_points),
            waiting=sum(not view.seen for view in here)
            + sum(point.item.resolved is None for point in open_points),
        )
