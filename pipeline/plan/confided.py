"""What was told in confidence, or perhaps was: the entries that the family's summary leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from extractors.confided import confided
from pipeline.corrections import Correction
from pipeline.plan.given import Given
from pipeline.plan.records import Confided, Entry, Told
from pipeline.plan.sources import place_of


def confided_in(given: Given, entries: Sequence[Entry]) -> tuple[Confided, ...]:
    """Every turn that asks for confidence, with the entries that this may be about, and what readers said.

    An entry that is for the family as a reader said is not among them, one for the care team alone always.
    """
    said = dict(_said(given.corrected.shared, entries))
    free = {name for name, one in said.items() if one.after == "family"}
    kept = {one.id: one for one in said.values() if one.after == "team"}
    found = []
    for turn, names in _asked(given, entries):
        about = tuple(entry for entry in entries if entry.id in names - free)
        if about or not names & free:
            found.append(Confided(place=place_of(given.conversation.turns[turn], given), entries=about))
    for one in kept.values():
        about = tuple(entry for entry in entries if said.get(entry.id) == one)
        told = Told(words=one.after, by=one.author, function=one.function, at=one.at)
        found += [Confided(place=about[0].place, entries=about, told=told)] if about else []
    return tuple(found)


def _said(shared: Mapping[str, Correction], entries: Sequence[Entry]) -> Iterator[tuple[str, Correction]]:
    """For whom entries are by what readers said. What was folded together says the same thing."""
    below = {one.id for entry in entries for one in entry.folded}
    for entry in entries:
        if entry.id in below:
            continue
        names = (entry.id, *(one.id for one in entry.folded))
        told = [shared[name] for name in names if name in shared]
        if told:
            holds = shared.get(entry.id) or min(told, key=lambda one: one.after != "team")
            yield from ((name, holds) for name in names)


def _asked(given: Given, entries: Sequence[Entry]) -> Iterator[tuple[int, set[str]]]:
    """Each turn that asks for confidence, and the ids of the entries that this may be about."""
    turns, findings = given.conversation.turns, given.findings
    spans = {one.id: (one.start, one.end) for one in (*findings.statements, *findings.to_review)}
    for entry in entries:
        if entry.place:
            turn = turns[entry.place.turn]
            spans.setdefault(entry.id, (turn.start, turn.end))
    together = [{entry.id, *(one.id for one in entry.folded)} for entry in entries if entry.folded]
    for index, stretches in confided(given.conversation).items():
        names = {
            name
            for name, (first, last) in spans.items()
            if any(first < end and start < last for start, end in stretches)
        }
        yield index, names.union(*(group for group in together if group & names))
