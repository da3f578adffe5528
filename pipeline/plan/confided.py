"""What was perhaps told in confidence: the entries that the family's summary leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from extractors.confided import confided
from pipeline.plan.given import Given
from pipeline.plan.records import Confided, Entry
from pipeline.plan.sources import place_of


def confided_in(given: Given, entries: Sequence[Entry]) -> tuple[Confided, ...]:
    """Every turn that asks for confidence, with the entries taken from what it may be about."""
    turns, findings = given.conversation.turns, given.findings
    spans = {one.id: (one.start, one.end) for one in (*findings.statements, *findings.to_review)}
    for entry in entries:
        if entry.place:
            turn = turns[entry.place.turn]
            spans.setdefault(entry.id, (turn.start, turn.end))
    # What was folded together says the same thing.
    together = [{entry.id, *(one.id for one in entry.folded)} for entry in entries if entry.folded]

    def about(stretches: Iterable[tuple[int, int]]) -> tuple[Entry, ...]:
        names = {
            name
            for name, (first, last) in spans.items()
            if any(first < end and start < last for start, end in stretches)
        }
        names = names.union(*(group for group in together if group & names))
        return tuple(entry for entry in entries if entry.id in names)

    return tuple(
        Confided(place=place_of(turns[index], given), entries=about(stretches))
        for index, stretches in confided(given.conversation).items()
    )
