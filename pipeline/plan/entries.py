"""Statements as they are printed: numbered, at home in one place, with what readers changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from extractors.schema import Conversation, Statement
from pipeline.corrections import Aspect, Correction, classified_as
from pipeline.plan.aims import Aim, aim_of
from pipeline.plan.dates import term
from pipeline.plan.given import Given, flag_types
from pipeline.plan.homes import chapter_that, is_doubtful, part_named, sent_to
from pipeline.plan.people import called
from pipeline.plan.records import Entry, EntryState, Told
from pipeline.plan.sources import place_of


class Said(NamedTuple):
    """A statement beside its entry: what the rules of a template look at, and what is printed.

    `below` is the id of the entry that it was folded into, if it was.
    """

    statement: Statement
    entry: Entry
    aim: Aim
    below: str | None


class Stated(NamedTuple):
    """All statements: as entries by number, and those of which it is known what they are about."""

    entries: tuple[Entry, ...]
    said: tuple[Said, ...]


def stated(
    given: Given, to_review: Sequence[Statement], closed: Collection[int], folded: Mapping[str, str]
) -> Stated:
    """All statements, numbered in the order of the source, then in that in which they are reviewed.

    Those that readers added come last. A number stays whatever readers change: they refer to it.

    Args:
        given: The input of the plan.
        to_review: The statements to review, in their order.
        closed: The numbers of the points that are resolved.
        folded: The statements that stand below another, see `homes.folded`.
    """
    found = (*given.findings.statements, *to_review)
    entries: list[Entry] = []
    known: dict[str, tuple[Statement, Aim]] = {}
    for statement in found:
        known[statement.id] = read, aim = _read(statement, given)
        home = _home(statement.id, aim, given)
        entries.append(_found(len(entries) + 1, statement, read, home, given, closed))
    for one in given.corrected.added:
        entry = _added(len(entries) + 1, one, given)
        entries.append(entry)
        if entry.place and (chosen := _chosen(one, entry)):
            known[one.id] = chosen, aim_of(chosen, (), given.chapters)
    by_id = _below(entries, folded, given)
    return Stated(
        tuple(by_id.values()),
        tuple(Said(read, by_id[name], aim, folded.get(name)) for name, (read, aim) in known.items()),
    )


def apart(said: Iterable[Said]) -> list[Said]:
    """Statements without those that stand below another of them of the same perspective."""
    found = list(said)
    there = {(one.entry.id, one.statement.perspective) for one in found}
    return [one for one in found if (one.below, one.statement.perspective) not in there]


def quoted_by_readers(given: Given) -> Iterator[Correction]:
    """The statements that readers chose from the source, to the letter."""
    return (one for one in given.corrected.added if is_quote(one, given.conversation))


def is_quote(one: Correction, conversation: Conversation) -> bool:
    """Whether the words that a reader added stand at the place told, within one turn."""
    place = one.place
    if place is None or place.turn >= len(conversation.turns):
        return False
    turn = conversation.turns[place.turn]
    inside = turn.start <= place.start < place.end <= turn.end
    return inside and conversation.text[place.start : place.end] == one.after


def _read(statement: Statement, given: Given) -> tuple[Statement, Aim]:
    """A statement as readers classified it, and which sections it is for then."""
    aspects = given.corrected.classified.get(statement.id)
    if not aspects:
        return statement, given.aims[statement.id]
    read = statement.model_copy(update=_values(aspects))
    return read, aim_of(read, flag_types(statement.id, given), given.chapters)


def _values(aspects: Mapping[Aspect, Correction]) -> dict[str, object]:
    """What readers classified a statement as, by field."""
    return {
        aspect: classified_as(one) if aspect == "domains" else one.after for aspect, one in aspects.items()
    }


def _home(name: str, aim: Aim, given: Given) -> str:
    """Where a statement stands in full: where a reader put it, or by the rules of the template."""
    if sent := sent_to(name, given):
        return sent
    return chapter_that("to_review", given) if is_doubtful(name, given) else aim.home


def _found(
    number: int, statement: Statement, read: Statement, home: str, given: Given, closed: Collection[int]
) -> Entry:
    conversation = given.conversation
    entry = Entry(
        id=statement.id,
        number=number,
        words=statement.quote,
        question=statement.question,
        lead=statement.lead,
        speaker=called(conversation.participant(statement.speaker), statement.speaker),
        reported=statement.reported,
        perspective=read.perspective,
        category=read.category,
        domains=read.domains,
        polarity=read.polarity,
        certainty=read.certainty,
        owner=_filled(owner_field(statement.id), statement.owner, given),
        when=_filled(term_field(statement.id), term(statement.due), given),
        place=place_of(conversation.turns[statement.turn], given, statement.begin_s),
        flags=flag_types(statement.id, given),
        items=tuple(point for point in given.points.get(statement.id, ()) if point not in closed),
        home=home,
        confidence=statement.confidence,
        because=statement.because,
    )
    return _corrected(entry, given)


def _added(number: int, one: Correction, given: Given) -> Entry:
    """A statement that a reader added: chosen from the source, with its place there, or in own words."""
    entry = Entry(
        id=one.id,
        number=number,
        words=one.after,
        quoted=False,
        change="add",
        by=one.author,
        at=one.at,
        home=sent_to(one.id, given) or part_named(one.target, given),
    )
    if one.place and is_quote(one, given.conversation):
        turn = given.conversation.turns[one.place.turn]
        speaker = called(given.conversation.participant(turn.label), turn.label)
        entry = entry.model_copy(
            update={"quoted": True, "speaker": speaker, "place": place_of(turn, given), "moved": True}
        )
    return _corrected(
        entry.model_copy(update=_values(given.corrected.classified.get(one.id, {}))),
        given,
    )


def _chosen(one: Correction, entry: Entry) -> Statement | None:
    """The statement that a reader chose from the source, once it is told of what kind it is."""
    if one.place is None or entry.category is None or not entry.domains:
        return None
    return Statement(
        id=one.id,
        quote=one.after,
        turn=one.place.turn,
        start=one.place.start,
        end=one.place.end,
        perspective=entry.perspective,
        perspective_reason="reader" if entry.perspective == "unknown" else None,
        category=entry.category,
        domains=entry.domains,
        polarity=entry.polarity,
        certainty=entry.certainty,
    )


def _corrected(entry: Entry, given: Given) -> Entry:
    """An entry with the last that readers did to it; what was read in other words no longer holds."""
    corrected = given.corrected
    edit, moved = corrected.edited.get(entry.id), corrected.moved.get(entry.id)
    rejected, classified = corrected.rejected.get(entry.id), corrected.classified.get(entry.id, {})
    new: dict[str, object] = {}
    if edit:
        new |= {"words": edit.after, "quoted": False, "original": entry.words}
        new |= {"polarity": "affirmed", "certainty": "firm"} | _values(classified)
    last = rejected or edit
    if not last and entry.change is None:
        last = moved or (list(classified.values())[-1] if classified else None)
    if last:
        new |= {"change": last.kind, "by": last.author, "at": last.at}
    if rejected:
        new["moved"] = False
    elif moved:
        new["moved"] = True
    confirmed = tuple(_told(one) for one in corrected.confirmed.get(entry.id, ()))
    ratified = corrected.ratified.get(entry.id)
    state: EntryState = "corrected" if last or entry.change else "machine"
    if confirmed or ratified:
        new |= {"confirmed": confirmed, "ratified": ratified and _told(ratified)}
        state = "confirmed"
    new["state"] = "rejected" if rejected else state
    return entry.model_copy(update=new)


def _told(one: Correction) -> Told:
    return Told(words=one.after, by=one.author, function=one.function, at=one.at)


def _below(entries: Sequence[Entry], folded: Mapping[str, str], given: Given) -> dict[str, Entry]:
    """All entries by id; those that were folded stand at home below the one that they were folded into."""
    by_id = {entry.id: entry for entry in entries}
    parts: dict[str, list[Entry]] = {}
    for entry in entries:
        if top := folded.get(entry.id):
            one = given.corrected.merged[entry.id]
            told = {"change": "merge", "by": one.author, "at": one.at, "moved": False}
            by_id[entry.id] = entry.model_copy(update={**told, "state": "corrected", "home": by_id[top].home})
            parts.setdefault(top, []).append(by_id[entry.id])
    for top, below in parts.items():
        state = "corrected" if by_id[top].state == "machine" else by_id[top].state
        by_id[top] = by_id[top].model_copy(update={"folded": tuple(below), "state": state})
    return by_id


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
