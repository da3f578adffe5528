"""The slots of a plan's document: the words in it that a reader may change, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from pipeline.plan.records import Plan
from pipeline.word_review.changes import Change
from pipeline.word_review.reading import Item
from pipeline.word_review.stretch import BREAK, Stretch

QUOTES = "\"“”„'‘’"
_FIELD = "veld-"

NEAR = 40
"""Changes of fixed text with no more letters than this between them are told as one."""


class Slot(NamedTuple):
    """A slot in a text: what it is of, its letters, and those with the quotation marks around them.

    `home` tells that a statement's words stand here in full; elsewhere there are copies of them.
    """

    name: str
    kind: Literal["statement", "field"]
    target: str
    home: bool
    start: int
    end: int
    outer_start: int
    outer_end: int


class Known(NamedTuple):
    """What of a plan can be changed, by id: its statements, its fields, and the parts with a heading."""

    statements: frozenset[str]
    fields: frozenset[str]
    parts: frozenset[str]


def known_in(plan: Plan) -> Known:
    """What of a plan can be changed."""
    sections = (section.id for chapter in plan.chapters for section in chapter.sections)
    return Known(
        statements=frozenset(entry.id for entry in plan.entries),
        fields=frozenset(plan.fields),
        parts=frozenset((*sections, *(chapter.id for chapter in plan.chapters))),
    )


def part_of(item: Item, known: Known) -> str | None:
    """The part of the plan that an item is the heading of."""
    return next((name for name in sorted(item.names) if name in known.parts), None)


def slots_in(text: Stretch, known: Known) -> list[Slot]:
    """The slots in a text of a document that nobody edited, in their order."""
    letters = text.was
    found: dict[str, Slot] = {}
    for place in text.places:
        target, kind, home = _target(place.name, known)
        if kind is None:
            continue
        before, after = letters[place.start - 1 : place.start], letters[place.end : place.end + 1]
        marked = kind == "statement" and bool(before) and before in QUOTES and bool(after) and after in QUOTES
        found[place.name] = Slot(
            place.name,
            kind,
            target,
            home,
            place.start,
            place.end,
            place.start - marked,
            place.end + marked,
        )
    return sorted(found.values(), key=lambda slot: (slot.start, slot.end))


def _target(name: str, known: Known) -> tuple[str, Literal["statement", "field"] | None, bool]:
    if name in known.statements:
        return name, "statement", True
    if name.startswith(_FIELD) and name.removeprefix(_FIELD) in known.fields:
        return name.removeprefix(_FIELD), "field", True
    statement = re.match(r"[a-z][0-9a-z]*(?=-)", name)
    if statement and statement[0] in known.statements:
        return statement[0], "statement", False
    return name, None, False


class Filled(NamedTuple):
    """What the changes in a text come to: the new words of each slot, and the changes of all else."""

    words: dict[str, str]
    by: dict[str, list[Change]]
    rest: list[Change]


def fill(letters: str, slots: list[Slot], made: list[Change]) -> Filled:
    """Gives each change to the slot that it is in, or just beside its quotation marks.

    What takes away letters around a slot too is parted; around a statement that goes altogether, the rest of
    its line goes with it. New words in the place of more than one slot are nobody's.
    """
    texts = {slot.name: _Text(letters, slot) for slot in slots}
    by: dict[str, list[Change]] = {}
    rest: list[Change] = []
    given: list[Change] = []
    for change in made:
        here, touched = _touched(letters, slots, change)
        if not touched:
            rest.append(change)
            continue
        given.append(change)
        for slot in touched:
            if texts[slot.name].take(here):
                by.setdefault(slot.name, []).append(change)
    new = {name: texts[name].words() for name in by}
    for change in given:
        rest += _around(letters, slots, new, change)
    return Filled(new, by, _together(letters, slots, sorted(rest, key=lambda change: change[:2])))


def _touched(letters: str, slots: list[Slot], change: Change) -> tuple[Change, list[Slot]]:
    """The slots that a change belongs to, and the change in the place where it does."""
    within = [slot for slot in slots if change.start < slot.end and slot.start < change.end]
    if len(within) > 1 and change.text.strip():
        return change, []
    if within:
        return change, within
    for moved in _same_places(letters, change):
        for slot in slots:
            if slot.outer_start <= moved.start and moved.end <= slot.outer_end:
                return (change, []) if _behind(moved, slot) else (moved, [slot])
    return change, []


class _Text:
    """The words of a slot while changes are worked in: letter by letter, and what came before and behind."""

    def __init__(self, letters: str, slot: Slot) -> None:
        self._slot = slot
        self._letters = list(letters[slot.start : slot.end])
        self._before = self._after = ""

    def take(self, change: Change) -> bool:
        """Works a change in; tells whether that changed any letter of the slot."""
        slot, text = self._slot, change.text
        start, end = max(change.start, slot.start), min(change.end, slot.end)
        self._letters[max(start - slot.start, 0) : max(end - slot.start, 0)] = [""] * max(end - start, 0)
        if text and change.end <= slot.start and change.start < slot.start:
            apart = text[-1].isalnum() and change.end < slot.start
            self._before += text + " " * apart
        elif text and change.start >= slot.end:
            apart = text[0].isalnum() and change.start > slot.end
            self._after += " " * apart + text
        elif text:
            self._letters[start - slot.start] = text + self._letters[start - slot.start]
        return bool(text) or end > start

    def words(self) -> str:
        """The words as they are now, on one line."""
        return " ".join("".join((self._before, *self._letters, self._after)).split())


def _same_places(letters: str, change: Change) -> Iterator[Change]:
    """A change, and for words that came the other places beside white space where they could have come."""
    yield change
    start, _, text, by = change
    if change.start == change.end and text[:1].isspace() and letters[start : start + 1] == text[0]:
        yield Change(start + 1, start + 1, text[1:] + text[0], by)
    if change.start == change.end and text[-1:].isspace() and letters[start - 1 : start] == text[-1]:
        yield Change(start - 1, start - 1, text[-1] + text[:-1], by)


def _together(letters: str, slots: list[Slot], rest: list[Change]) -> list[Change]:
    """Changes of the same words that a comparison took apart, as one."""
    joined: list[Change] = []
    for change in rest:
        last = joined[-1] if joined else None
        between = letters[last.end : change.start] if last else ""
        apart = any(last.end <= slot.start and slot.end <= change.start for slot in slots) if last else True
        if last is None or apart or len(between) > NEAR or BREAK in between:
            joined.append(change)
        else:
            joined[-1] = Change(
                last.start, change.end, last.text + between + change.text, last.by | change.by
            )
    return joined


def _behind(change: Change, slot: Slot) -> bool:
    """Whether it is a paragraph of its own behind a statement."""
    behind = change.start >= slot.outer_end and slot.kind == "statement"
    return behind and change.text.startswith(BREAK) and bool(change.text.strip())


def _around(letters: str, slots: list[Slot], new: dict[str, str], change: Change) -> list[Change]:
    """The letters outside every slot that a change took away and that no slot explains."""
    free = set(range(change.start, change.end))
    for slot in slots:
        start, end = slot.outer_start, slot.outer_end
        if new.get(slot.name) == "" and slot.kind == "statement":
            start = letters.rfind(BREAK, 0, slot.start) + 1
            end = letters.find(BREAK, slot.end)
            end = len(letters) if end < 0 else end
        free -= set(range(start, end))
    runs: list[list[int]] = []
    for index in sorted(free):
        if runs and index == runs[-1][-1] + 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    gone = [Change(run[0], run[-1] + 1, "", change.by) for run in runs]
    return [each for each in gone if letters[each.start : each.end].strip()]
