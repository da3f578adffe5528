"""What readers changed in a plan: corrections, kept beside the findings and never inside a document.

A correction is an event that is only ever added (docs/architecture.md, rules 2 and 5). `replay` tells what
all of them together come to: of two on the same thing the later one holds, and both stay on record.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, get_args

from pydantic import Field

from extractors.schema import CATEGORIES, CERTAINTIES, DOMAINS, POLARITIES, Perspective, Record

Kind = Literal[
    "edit",
    "reject",
    "move",
    "add",
    "fill",
    "remark",
    "resolve",
    "confirm",
    "classify",
    "merge",
    "ratify",
    "share",
    "undo",
]
Aspect = Literal["category", "perspective", "domains", "polarity", "certainty"]
Outcome = Literal["resolved", "dismissed", "next_conversation"]
Audience = Literal["family", "team"]

RATIFYING = frozenset({"arts", "physician assistant", "verpleegkundig specialist"})
"""The functions that may ratify a treatment limit (docs/architecture.md, rule 4)."""


VALUES: dict[Aspect, tuple[str, ...]] = {
    "category": CATEGORIES,
    "perspective": get_args(Perspective),
    "domains": DOMAINS,
    "polarity": POLARITIES,
    "certainty": CERTAINTIES,
}
"""What each aspect of a statement can be."""

MOST_DOMAINS = 3


class Span(Record):
    """A place in the source: a turn, and the characters of `Conversation.text` within it."""

    turn: int = Field(ge=0)
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Correction(Record):
    """One thing that a reader changed or said, by whom and when where that is known.

    What `target` is the id of, and what `after` holds, depends on the kind:

    - `edit`, `reject`, `move`: a statement, or one that was added; its new words, nothing, its new section;
    - `confirm`, `ratify`: a statement that a reader accepts as it is, or a treatment limit that is ratified;
    - `classify`: a statement; the new value of its `aspect` (domains with commas between them);
    - `merge`: a statement; the one that it is folded into;
    - `share`: a statement; its `Audience`: the family too, or the care team alone;
    - `add`: the section that the new statement, `after`, stands in; with a `place` it quotes the source;
    - `fill`: a field of the plan, and what it is filled with;
    - `remark`: a statement, a section, a field or an item that is unresolved; what was remarked;
    - `resolve`: an item that is unresolved; why, if that was said, and with what `outcome` (None: resolved);
    - `undo`: a correction or an act that is taken back.

    `before` holds what stood there, `plan` the fingerprint of the plan that the reader had in hand.
    `function` is what the author is ("verpleegkundige", "arts"). Corrections made in one go share an `act`.
    """

    id: str
    kind: Kind
    target: str
    before: str = ""
    after: str = ""
    author: str | None = None
    function: str | None = None
    at: dt.datetime | None = None
    plan: str
    aspect: Aspect | None = None
    place: Span | None = None
    outcome: Outcome | None = None
    act: str | None = None


class Unmatched(Record):
    """A change in a document that no correction stands for, for a reader to work in by hand.

    `where` names the heading it stands under, `why` is a fixed Dutch sentence, `before` and `after` are the
    words in the document.
    """

    id: str
    where: str
    why: str
    before: str = ""
    after: str = ""
    author: str | None = None
    at: dt.datetime | None = None
    plan: str


class Corrected(Record):
    """What the corrections of a plan come to, by the id of what they are about.

    `edited`, `moved`, `filled` and `resolved` hold the last correction of each, `classified` that of each
    aspect. A statement is in one of `rejected` and `merged` at most, by what was done last; one that was
    edited or confirmed after it was rejected is back. `shared` holds for whom a statement is, as far as
    readers said so of its present words. `accepted` tells what was ever confirmed or ratified;
    `confirmed` and `ratified` hold that after which the statement was not touched, `confirmed` one of each
    reader in each function. `added` and `remarks` hold all of them, in order.
    """

    edited: dict[str, Correction] = Field(default_factory=dict)
    rejected: dict[str, Correction] = Field(default_factory=dict)
    moved: dict[str, Correction] = Field(default_factory=dict)
    filled: dict[str, Correction] = Field(default_factory=dict)
    resolved: dict[str, Correction] = Field(default_factory=dict)
    classified: dict[str, dict[Aspect, Correction]] = Field(default_factory=dict)
    merged: dict[str, Correction] = Field(default_factory=dict)
    shared: dict[str, Correction] = Field(default_factory=dict)
    accepted: frozenset[str] = frozenset()
    confirmed: dict[str, tuple[Correction, ...]] = Field(default_factory=dict)
    ratified: dict[str, Correction] = Field(default_factory=dict)
    added: tuple[Correction, ...] = ()
    remarks: dict[str, tuple[Correction, ...]] = Field(default_factory=dict)


class Event(NamedTuple):
    """A correction in the history of a statement; `holds` tells that it is in force."""

    correction: Correction
    holds: bool


def replay(corrections: Iterable[Correction]) -> Corrected:
    """Puts corrections together in the order in which they were made.

    A confirmation and a ratification are of the statement as it stood: whatever changes it later, or takes a
    change back, ends them. A ratification by someone who may not ratify is none.
    """
    events = tuple(corrections)
    stand = _Standing()
    last: dict[Kind, dict[str, Correction]] = {}
    for one, names, holds in zip(events, touched(events), _holding(events), strict=True):
        for name in names:
            stand.touch(name)
        if holds:
            stand.take(one)
            last.setdefault(one.kind, {})[one.id if one.kind in ("add", "remark") else one.target] = one
    remarks: dict[str, list[Correction]] = {}
    for one in last.get("remark", {}).values():
        remarks.setdefault(one.target, []).append(one)
    return Corrected(
        edited=last.get("edit", {}),
        rejected={name: one for name, one in stand.left.items() if one.kind == "reject"},
        moved=last.get("move", {}),
        filled=last.get("fill", {}),
        resolved=last.get("resolve", {}),
        classified=stand.classified,
        merged={name: one for name, one in stand.left.items() if one.kind == "merge"},
        shared=stand.shared,
        accepted=frozenset(stand.accepted),
        confirmed={name: tuple(each.values()) for name, each in stand.confirmed.items()},
        ratified=stand.ratified,
        added=tuple(last.get("add", {}).values()),
        remarks={name: tuple(each) for name, each in remarks.items()},
    )


class _Standing:
    """How statements stand while corrections are replayed: what left the plan, and what was said of the rest.

    `left` holds by which correction a statement was struck out or folded into another.
    """

    def __init__(self) -> None:
        self.left: dict[str, Correction] = {}
        self.classified: dict[str, dict[Aspect, Correction]] = {}
        self.shared: dict[str, Correction] = {}
        self.accepted: set[str] = set()
        self.confirmed: dict[str, dict[tuple[str | None, str | None], Correction]] = {}
        self.ratified: dict[str, Correction] = {}

    def touch(self, name: str) -> None:
        """Ends what was confirmed of a statement, and of what it is folded into."""
        for each in (name, *self._above(name)):
            self.confirmed.pop(each, None)
            self.ratified.pop(each, None)

    def take(self, one: Correction) -> None:
        """Takes in what the next correction that holds does to a statement."""
        match one.kind:
            case "edit":
                self._bring_back(one.target)
                self._forget_reading(one.target)
                self._close(one.target)
            case "reject":
                self.left[one.target] = one
            case "merge":
                self._fold(one)
                self._close(one.target)
                self._close(one.after)
            case "share" if one.after in get_args(Audience):
                self.shared[one.target] = one
            case "classify" if one.aspect and classified_as(one):
                aspects = self.classified.setdefault(one.target, {})
                aspects.pop(one.aspect, None)
                aspects[one.aspect] = one
            case "confirm":
                self._bring_back(one.target)
                self.accepted.add(one.target)
                self.confirmed.setdefault(one.target, {})[one.function, one.author] = one
            case "ratify" if one.function in RATIFYING and not self._is_rejected(one.target):
                self.accepted.add(one.target)
                self.ratified[one.target] = one

    def _bring_back(self, name: str) -> None:
        if self._is_rejected(name):
            del self.left[name]

    def _is_rejected(self, name: str) -> bool:
        return name in self.left and self.left[name].kind == "reject"

    def _fold(self, one: Correction) -> None:
        # What a statement is folded into cannot lie within that statement itself: there, it comes out of it.
        if one.target in self._above(one.after):
            del self.left[one.after]
        if one.target != one.after:
            self.left[one.target] = one

    def _forget_reading(self, name: str) -> None:
        """How words were read does not hold for other words."""
        self.classified.get(name, {}).pop("polarity", None)
        self.classified.get(name, {}).pop("certainty", None)

    def _close(self, name: str) -> None:
        """That the family may read words does not hold for other words, nor for what joins them."""
        if name in self.shared and self.shared[name].after == "family":
            del self.shared[name]

    def _above(self, name: str) -> Iterator[str]:
        """What a statement is folded into, and that in turn."""
        while name in self.left and self.left[name].kind == "merge":
            name = self.left[name].after
            yield name


def classified_as(one: Correction) -> tuple[str, ...]:
    """The values that a reader gave to an aspect, of the domains up to three; () if it has no such value."""
    values = tuple(one.after.split(",") if one.aspect == "domains" else [one.after])
    known = one.aspect is not None and set(values) <= set(VALUES[one.aspect])
    return values if known and len(values) == len(set(values)) <= MOST_DOMAINS else ()


def touched(corrections: Iterable[Correction]) -> list[frozenset[str]]:
    """The statements that each correction changes; to take a correction back changes the same ones."""
    by_name: dict[str, frozenset[str]] = {}
    acts: dict[str, str] = {}
    found = []
    for one in corrections:
        match one.kind:
            case "edit" | "reject" | "move" | "classify":
                names = frozenset({one.target})
            case "merge":
                names = frozenset({one.target, one.after})
            case "add":
                names = frozenset({one.id})
            case "undo":
                names = by_name.get(acts.get(one.target) or one.target, frozenset())
            case _:
                names = frozenset()
        by_name[one.id] = names
        if one.act:
            acts[one.id] = one.act
            by_name[one.act] = by_name.get(one.act, frozenset()) | names
        found.append(names)
    return found


def _holding(events: Sequence[Correction]) -> list[bool]:
    """Which corrections were not taken back; what is part of an act is taken back with all of it."""
    acts = {one.id: one.act for one in events if one.act}
    back: set[str] = set()
    holding = []
    # From the last one on: who takes something back may be taken back later, and never sees what is to come.
    for one in reversed(events):
        holds = one.id not in back and one.act not in back
        if holds and one.kind == "undo":
            back.add(acts.get(one.target) or one.target)
        holding.append(holds)
    return holding[::-1]


def history(corrections: Iterable[Correction], target: str) -> tuple[Event, ...]:
    """What was done with a statement (or a field, a point), in order, and whether each of it is in force.

    An earlier edit that a later one replaced is not in force; nor is what was taken back, nor a confirmation
    after which the statement was changed.
    """
    events = tuple(corrections)
    done = replay(events)
    in_force = {one.id for one in _in_force(done)}
    found = []
    for one, names, holds in zip(events, touched(events), _holding(events), strict=True):
        if target in names or target == one.target:
            found.append(Event(one, holds and (one.kind == "undo" or one.id in in_force)))
    return tuple(found)


def _in_force(done: Corrected) -> Iterator[Correction]:
    yield from done.added
    for each in (*done.confirmed.values(), *done.remarks.values()):
        yield from each
    for by_name in (done.edited, done.rejected, done.moved, done.filled, done.resolved, done.merged):
        yield from by_name.values()
    yield from (*done.ratified.values(), *done.shared.values())
    for aspects in done.classified.values():
        yield from aspects.values()


def correction_id(plan: str, *parts: str) -> str:
    """The id of a change: the same change in the same plan has the same id, however often it is read.

    Args:
        plan: The fingerprint of the plan that was changed.
        parts: What the change is: its kind, what it is about, its words, and what tells it from its like.
    """
    digest = hashlib.sha256("\0".join((plan, *parts)).encode("utf-8", "surrogatepass")).hexdigest()
    return f"c{digest[:12]}"
