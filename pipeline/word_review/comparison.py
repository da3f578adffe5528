"""What readers changed in a document: every difference is a correction, or stands in the queue.

The edited document is compared with the one that it was made from, part by part and letter by letter. What
becomes a correction is taken from the differences; all that is left of them goes to the queue, so that
nothing can fall between the two.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.corrections import Correction, Kind, Unmatched, correction_id
from pipeline.plan.records import Plan
from pipeline.word_review.alignment import Pair, align, align_cells, likeness
from pipeline.word_review.changes import Change, changes
from pipeline.word_review.reading import PAGES, Document, Item
from pipeline.word_review.slots import Filled, Known, Slot, fill, known_in, part_of, slots_in
from pipeline.word_review.stretch import BREAK, Mark, Span, Stretch, plain

FIXED = "Dit is vaste tekst van het plan, of tekst die izp zelf maakt."
ROW = "Een rij zonder eigen uitspraak is verwijderd."
COPIES = "Deze uitspraak staat op meer plaatsen en is daar verschillend gewijzigd."
COPY_GONE = "Hier is een herhaling van een uitspraak verwijderd; de uitspraak zelf staat nog in het plan."
COLUMNS = "Deze kolommen van een nieuwe rij horen bij geen uitspraak."
AGAIN = "Deze tekst staat al in het plan en is hier nog eens geplakt, of hierheen verplaatst."
ORDER = "Deze uitspraak is verplaatst binnen haar eigen onderdeel; de volgorde is die van het gesprek."
STRUCK_ALREADY = "Deze uitspraak was al geschrapt; zij blijft met haar woorden in de lijst daarvan staan."
STRUCK = "Deze uitspraak was geschrapt en is verplaatst; wijzig haar daar om haar terug te halen."
STILL = (
    "Deze uitspraak is op haar plaats verwijderd, maar haar woorden staan nog elders in het document. Schrap "
    "haar in het nieuwe concept als dat de bedoeling is."
)
TOO_LONG = "Deze tekst is te lang voor een uitspraak of veld van het plan."
NO_PART = "Deze tekst staat bij geen onderdeel van het plan."
RUNNING = "De tekst boven of onder aan de bladzijde is gewijzigd."
CONTENTS = "De inhoudsopgave is gewijzigd; Word maakt die zelf van de kopjes."
THINGS = {
    "picture": "Hier is een afbeelding of tekening toegevoegd.",
    "box": "Hier is een tekstvak toegevoegd.",
    "footnote": "Hier is een voetnoot toegevoegd.",
    "endnote": "Hier is een eindnoot toegevoegd.",
    "struck": "Deze woorden zijn doorgehaald of verborgen, maar niet verwijderd.",
}
THING_GONE = "Hier is een afbeelding, tekstvak of noot verwijderd."

EMPTY = "IZP-leeg"
"""The style of the lines that say that nothing was found: whoever types there writes under that heading."""

JOINTS = " .:;,–—-"
"""The signs that join what someone types to the words before it."""

MOST_LETTERS = 10_000
"""Words with more letters than this are no statement, field or remark."""

SAME = 0.5
"""How much of its words a statement that was put elsewhere without its name must share with what is there."""


@dataclass
class Found:
    """What a comparison gives."""

    corrections: list[Correction] = field(default_factory=list)
    queue: list[Unmatched] = field(default_factory=list)


@dataclass
class _New:
    """Words that were added and belong to no text of the plan: a paragraph, or a table row."""

    item: Item
    after: int


@dataclass
class _Said:
    """What became of one slot: the words before and now, and by whom; `item` is where in the base it is."""

    slot: Slot
    item: int
    cell: int
    before: str
    words: str
    by: frozenset[Mark]


class Comparison:
    """Two documents beside each other; `base` is as izp made it from `plan`."""

    def __init__(self, plan: Plan, base: Document, edited: Document) -> None:
        self.plan, self.base, self.edited = plan, base, edited
        self.known: Known = known_in(plan)
        self.pairs: list[Pair] = align(base.items, edited.items)
        self.slots: dict[tuple[int, int], list[Slot]] = {
            (index, column): slots_in(cell, self.known)
            for index, item in enumerate(base.items)
            for column, cell in enumerate(item.cells)
        }
        self._parts = _parts(base.items, self.known)
        self._headings = {
            part: plain(item.was) for item in base.items if (part := part_of(item, self.known)) is not None
        }
        self._there = {plain(entry.words) for entry in plan.entries} | {
            plain(item.was) for item in base.items if item.kind == "paragraph"
        }
        self._struck = {entry.id for entry in plan.rejected}
        self._texts = tuple(
            "\n".join(map(plain, texts))
            for texts in ((item.was for item in base.items), (item.now for item in edited.items))
        )
        self._found = Found()
        self._ids: dict[str, int] = defaultdict(int)

    def part_at(self, index: int) -> str | None:
        """The part of the plan that an item of the base stands in, or what comes right after it."""
        return self._parts[index] if index >= 0 else None

    def found(self) -> Found:
        """All corrections of words and all that is left for the queue; comments are not looked at."""
        said: list[_Said] = []
        new: list[_New] = []
        for pair in self.pairs:
            if pair.base is None:
                if pair.edited is not None:
                    new.append(_New(pair.edited, pair.after))
            elif pair.edited is None or not plain(pair.edited.now):
                said += self._removed(pair.base, pair.edited)
            else:
                said += self._edited(pair.base, pair.edited, new)
        self._statements(said, new)
        self._fields(said)
        for one in new:
            self._add(one)
        self._things()
        self._running()
        return self._found

    # -- what became of the items of the base

    def _removed(self, index: int, edited: Item | None) -> list[_Said]:
        """An item that went: its statements, or else all its words."""
        item = self.base.items[index]
        if item.style == EMPTY and self._typed_over(index):
            return []
        by = _marks(edited.cells if edited else ()) | _mark(edited.removed if edited else None)
        home = [
            (column, slot)
            for column in range(len(item.cells))
            for slot in self.slots[index, column]
            if slot.kind == "statement" and slot.home
        ]
        if not home:
            copies = any(
                slot.kind == "statement"
                for column in range(len(item.cells))
                for slot in self.slots[index, column]
            )
            self._queue(
                index, COPY_GONE if copies else ROW if item.kind == "row" else FIXED, _shown(item.was), "", by
            )
        return [_Said(slot, index, column, self._in(index, column, slot), "", by) for column, slot in home]

    def _written(self, index: int, edited: Item) -> Iterator[_New]:
        """What was typed in, behind or over a line that says that nothing was found."""
        was, by = self.base.items[index].was, _marks(edited.cells)
        for line in edited.now.split(BREAK):
            words = line.strip().removeprefix(was).lstrip(JOINTS)
            if words:
                yield _New(self._paragraph(words, by), index)

    def _typed_over(self, index: int) -> bool:
        """Whether a paragraph stands right where one of the base was."""
        return any(
            pair.base is None
            and pair.edited is not None
            and pair.edited.kind == "paragraph"
            and pair.after in (index - 1, index)
            and plain(pair.edited.now)
            for pair in self.pairs
        )

    def _edited(self, index: int, edited: Item, new: list[_New]) -> list[_Said]:
        """An item that stayed: the changes in each of its cells."""
        item = self.base.items[index]
        said: list[_Said] = []
        if item.style == EMPTY and any(one.text.strip() for one in changes(item.was, edited.cells[0])):
            new += self._written(index, edited)
            return []
        if len(item.cells) != len(edited.cells) and plain(item.was) == plain(edited.now):
            return []  # cells merged or parted, or a table made into text
        for ours, theirs in align_cells(item.cells, edited.cells):
            if ours is None:
                words = edited.cells[theirs or 0]
                if plain(words.now):
                    self._queue(index, FIXED, "", words.now, _marks([words]))
                continue
            text = edited.cells[theirs] if theirs is not None else Stretch()
            made = changes(item.cells[ours].was, text)
            if item.kind == "paragraph":
                made = self._apart(index, made, new)
            filled = self._filled(index, ours, made)
            said += [
                _Said(
                    slot,
                    index,
                    ours,
                    self._in(index, ours, slot),
                    filled.words[slot.name],
                    _by(filled.by[slot.name]),
                )
                for slot in self.slots[index, ours]
                if slot.name in filled.words
            ]
            for change in filled.rest:
                before = item.cells[ours].was[change.start : change.end]
                self._queue(index, FIXED, before, change.text, change.by)
        return said

    def _filled(self, index: int, column: int, made: list[Change]) -> Filled:
        return fill(self.base.items[index].cells[column].was, self.slots[index, column], made)

    def _apart(self, index: int, made: list[Change], new: list[_New]) -> list[Change]:
        """Takes out the paragraphs that were typed before or behind a paragraph."""
        length = self.base.items[index].cells[0].length
        rest = []
        for change in made:
            behind = change.start == change.end == length and change.text.startswith(BREAK)
            before = change.start == change.end == 0 and change.text.endswith(BREAK)
            if not (behind or before):
                rest.append(change)
                continue
            after = index if behind else index - 1
            lines = filter(str.strip, change.text.split(BREAK))
            new += [_New(self._paragraph(line, change.by), after) for line in lines]
        return rest

    # -- statements

    def _statements(self, said: Sequence[_Said], new: list[_New]) -> None:
        by_target: dict[str, list[_Said]] = defaultdict(list)
        for one in said:
            if one.slot.kind == "statement":
                by_target[one.slot.target].append(one)
        for target, all_of_it in by_target.items():
            changed = [one for one in all_of_it if plain(one.words) != plain(one.before)]
            if not changed:
                continue
            gone = next((one for one in changed if one.slot.home and not one.words), None)
            moved = self._moved(gone, new) if gone else None
            if moved:
                self._move(target, moved, changed)
            else:
                self._change(target, changed)

    def _change(self, target: str, changed: Sequence[_Said]) -> None:
        """A statement whose words changed, in one or more of its places."""
        words = {plain(one.words) for one in changed}
        first = changed[0]
        by = frozenset().union(*(one.by for one in changed))
        if len(words) > 1:
            for one in changed:
                self._queue(one.item, COPIES, one.before, one.words, one.by)
        elif first.words:
            self._correct("edit", target, first.before, first.words, by, first.item)
        elif not any(one.slot.home for one in changed):
            for one in changed:
                self._queue(one.item, COPY_GONE, one.before, "", one.by)
        elif target in self._struck or self._stands_elsewhere(changed):
            why = STRUCK_ALREADY if target in self._struck else STILL
            self._queue(first.item, why, first.before, "", by)
        else:
            self._correct("reject", target, first.before, "", by)

    def _stands_elsewhere(self, gone: Sequence[_Said]) -> bool:
        """Whether words that went from these places are in another one now."""
        words = re.compile(rf"(?<!\w){re.escape(plain(gone[0].before))}(?!\w)")
        before, now = (len(words.findall(text)) for text in self._texts)
        return now > before - len(gone)

    def _move(self, target: str, moved: tuple[_Said, _Said], changed: Sequence[_Said]) -> None:
        """A statement that stands elsewhere now, with its words changed or not."""
        old, here = moved
        home, part = self.part_at(old.item), self.part_at(here.item)
        before = old.before
        if target in self._struck or part is None or part == home:
            why = STRUCK if target in self._struck else NO_PART if part is None else ORDER
            self._queue(here.item, why, before, here.words, here.by)
        else:
            self._correct("move", target, home or "", part, here.by | old.by)
        copies = [one for one in changed if one is not old]
        edited = [*copies, here] if plain(here.words) != plain(before) else copies
        if edited:
            self._change(target, edited)

    def _moved(self, gone: _Said, new: list[_New]) -> tuple[_Said, _Said] | None:
        """Where a statement that went was put again: found by its name, or by its words."""
        words = plain(gone.before)
        letters = self.base.items[gone.item].cells[gone.cell].was
        slots = [slot for slot in self.slots[gone.item, gone.cell] if slot.name == gone.slot.name]
        for one in new:
            texts = [plain(cell.now) for cell in one.item.cells]
            column = next((at for at, text in enumerate(texts) if words in text), None)
            named = gone.slot.name in one.item.names
            if column is None and named:
                column = max(range(len(texts)), key=lambda at: likeness(texts[at], words))
            if column is None:
                continue
            now = one.item.cells[column].now
            filled = fill(letters, slots, changes(letters, Stretch([Span(now)], [], len(now))))
            said = filled.words.get(gone.slot.name, gone.before) or texts[column]
            if not named and max(likeness(now, other) for other in (words, letters)) < SAME:
                continue
            new.remove(one)
            by = _marks(one.item.cells) | _mark(one.item.added)
            for change in filled.rest:
                if change.text.strip():
                    self._queue(one.after, FIXED, letters[change.start : change.end], change.text, by)
            around = {plain(other.was) for other in self.base.items[gone.item].cells}
            others = [text for at, text in enumerate(texts) if at != column and text and text not in around]
            if others:
                self._queue(one.after, COLUMNS, "", " | ".join(others), by)
            return gone, _Said(gone.slot, one.after, column, gone.before, said, by)
        return None

    def _in(self, index: int, column: int, slot: Slot) -> str:
        """The words that stood in a slot."""
        return self.base.items[index].cells[column].was[slot.start : slot.end]

    # -- fields

    def _fields(self, said: Sequence[_Said]) -> None:
        for one in said:
            if one.slot.kind != "field":
                continue
            shown, before = one.before, self.plan.fields[one.slot.target]
            words = one.words if before else " ".join(one.words.replace(shown, " ").split())
            words = words.strip(" :;,") if not before and words != one.words else words
            if plain(words) != plain(before):
                self._correct("fill", one.slot.target, before, words, one.by, one.item)

    # -- what was added

    def _add(self, one: _New) -> None:
        by = _marks(one.item.cells) | _mark(one.item.added)
        part = self.part_at(one.after)
        if part is None and _line(one.item.now) in self.base.contents:
            return  # the table of contents, by a program that makes text of it
        texts = [" ".join(cell.now.split()) if plain(cell.now) else "" for cell in one.item.cells]
        column = self._column(one) if one.item.kind == "row" else 0
        if column is None or column >= len(texts) or not texts[column]:
            if any(texts):
                self._queue(
                    one.after, COLUMNS if one.item.kind == "row" else FIXED, "", _shown(one.item.now), by
                )
            return
        words = texts[column]
        again = not self._there.isdisjoint((plain(words), plain(words).strip("\"' ")))
        if again or part is None:
            self._queue(one.after, AGAIN if again else NO_PART, "", words, by)
        else:
            self._correct("add", part, "", words, by, one.after)
        others = [text for at, text in enumerate(texts) if at != column and text]
        if others:
            self._queue(one.after, COLUMNS, "", " | ".join(others), by)

    def _column(self, one: _New) -> int | None:
        """The column of statements in the table that a new row stands in."""
        if one.after < 0 or self.base.items[one.after].kind != "row":
            return None
        table = self.base.items[one.after].table
        for index, item in enumerate(self.base.items):
            if item.kind == "row" and item.table == table:
                for column in range(len(item.cells)):
                    if any(slot.kind == "statement" and slot.home for slot in self.slots[index, column]):
                        return column
        return None

    # -- what is no text of the plan

    def _things(self) -> None:
        """Pictures, text boxes and notes that are not in both documents."""
        left = [thing[:2] for item in self.base.items for thing in item.things]
        places = _places(self.pairs, self.edited.items)
        for at, item in enumerate(self.edited.items):
            for thing in item.things:
                if thing[:2] in left:
                    left.remove(thing[:2])
                else:
                    self._queue(places[at], THINGS[thing.kind], "", thing.words, _mark(thing.by))
        for _, words in left:
            self._queue(-1, THING_GONE, words, "", frozenset())

    def _running(self) -> None:
        """The lines on top and at the foot of the pages."""
        before, after = ([plain(text) for text in each.running] for each in (self.base, self.edited))
        gone = [text for text in before if text not in after]
        came = [text for text in after if text not in before]
        if gone or came:
            self._queue(-1, RUNNING, " | ".join(gone), " | ".join(came), frozenset())
        headings = {_line(item.now) for item in self.edited.items}
        for line in sorted(self.edited.contents - self.base.contents - headings):
            self._queue(-1, CONTENTS, "", line, frozenset())

    # -- writing it down

    def _correct(
        self, kind: Kind, target: str, before: str, after: str, by: frozenset[Mark], index: int = -1
    ) -> None:
        if len(after) > MOST_LETTERS:
            self._queue(index, TOO_LONG, before, after, by)
            return
        mark = self.told(by)
        self._found.corrections.append(
            Correction(
                id=self.id_of(kind, target, before, after),
                kind=kind,
                target=target,
                before=before,
                after=after,
                author=mark.author,
                at=mark.at,
                plan=self.plan.fingerprint,
            )
        )

    def _queue(self, index: int, why: str, before: str, after: str, by: frozenset[Mark]) -> None:
        mark = self.told(by)
        part = self.part_at(index)
        before, after = before.strip(), after.strip()
        self._found.queue.append(
            Unmatched(
                id=self.id_of("queue", part or "", before, after, why),
                where=self._headings.get(part or "", ""),
                why=why,
                before=before,
                after=after,
                author=mark.author,
                at=mark.at,
                plan=self.plan.fingerprint,
            )
        )

    def told(self, by: frozenset[Mark]) -> Mark:
        """Who made changes and when, the last of them; of what is not tracked, who saved the document."""
        marks = sorted(by, key=lambda mark: (mark.at.timestamp() if mark.at else 0.0, mark.author or ""))
        if not marks:
            return self.edited.saved
        authors = dict.fromkeys(mark.author for mark in marks if mark.author)
        return Mark(" en ".join(authors) or None, marks[-1].at)

    def _paragraph(self, line: str, by: frozenset[Mark]) -> Item:
        mark = self.told(by) if by else None
        return Item("paragraph", cells=[Stretch([Span(line, mark)], [], len(line))])

    def id_of(self, *parts: str) -> str:
        """The id of a change; of the same change once more, one of its own."""
        once = correction_id(self.plan.fingerprint, *parts)
        self._ids[once] += 1
        return (
            once
            if self._ids[once] == 1
            else correction_id(self.plan.fingerprint, *parts, str(self._ids[once]))
        )


def _parts(items: Sequence[Item], known: Known) -> list[str | None]:
    """The part of the plan that each item stands in."""
    parts: list[str | None] = []
    for item in items:
        parts.append(part_of(item, known) or (parts[-1] if parts else None))
    return parts


def _places(pairs: Iterable[Pair], items: Sequence[Item]) -> list[int]:
    """For each item of the edited document the index of the item of the base before it, or itself."""
    after = {id(pair.edited): pair.after for pair in pairs if pair.edited is not None}
    places, last = [], -1
    for item in items:
        last = after.get(id(item), last)
        places.append(last)
    return places


def _marks(texts: Iterable[Stretch]) -> frozenset[Mark]:
    """Who made the tracked changes in some texts."""
    marks = (mark for text in texts for span in text.spans for mark in (span.added, span.removed))
    return frozenset(mark for mark in marks if mark)


def _mark(mark: Mark | None) -> frozenset[Mark]:
    return frozenset({mark} if mark else ())


def _by(made: Iterable[Change]) -> frozenset[Mark]:
    return frozenset().union(*(change.by for change in made))


def _shown(text: str) -> str:
    """The text of an item with its cells apart."""
    return " | ".join(filter(None, (" ".join(cell.split()) for cell in text.split("\x1f"))))


def _line(text: str) -> str:
    """A line as the table of contents has it: without the number of its page."""
    return plain(text).rstrip(PAGES)
