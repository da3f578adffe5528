"""Where a plan comes from: every turn of the source is a source, not used, or a heading."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Literal

from extractors.schema import Statement, Turn
from pipeline.corrections import Span
from pipeline.plan.given import Given, role_word
from pipeline.plan.people import called
from pipeline.plan.records import Chapter, Entry, Heading, Place, Source, Unquoted, Unused
from pipeline.unquoted import unquoted


def place_of(turn: Turn, given: Given, begin_s: float | None = None) -> Place:
    """Where something stands in the source: "beurt 34, 00:12:05", or "alinea 3" in a note."""
    seconds = turn.begin_s if begin_s is None else begin_s
    word = given.template.labels.places["speech" if turn.block == "speech" else "block"]
    text = f"{word} {turn.index + 1}" + ("" if seconds is None else f", {_clock(seconds)}")
    return Place(turn=turn.index, text=text)


def _clock(seconds: float) -> str:
    minutes, second = divmod(int(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}"


def sources(given: Given, chapters: Sequence[Chapter], entries: Sequence[Entry]) -> tuple[Source, ...]:
    """Every turn that a statement or a section refers to, in the order of the source."""
    by_turn: dict[int, list[Entry]] = {
        place.turn: [] for chapter in chapters for section in chapter.sections for place in section.named
    }
    for entry in entries:
        if entry.place:
            by_turn.setdefault(entry.place.turn, []).append(entry)
    conversation = given.conversation
    # A first heading above every line of a report is its title, which says nothing about one of them.
    titled = len({turn.section[:1] for turn in conversation.turns if turn.section}) == 1
    rows = []
    for index in sorted(by_turn):
        turn = conversation.turns[index]
        headings = (titled and turn.section[1:]) or turn.section
        known = called(conversation.participant(turn.label), turn.label) or " › ".join(headings)
        rows.append(
            Source(
                place=place_of(turn, given),
                who=known or role_word(turn.role, given),
                inferred=not known and turn.role is not None,
                entries=tuple(by_turn[index]),
            )
        )
    return tuple(rows)


def unused(given: Given, chosen: Collection[Span]) -> tuple[Unused, ...]:
    """Every turn that no statement quotes, by its number; headings and header lines carry no statements.

    Args:
        given: The input of the plan.
        chosen: What readers quoted from the source.
    """
    left = {turn.index for turn in given.findings.unused_turns(given.conversation)}
    left -= {place.turn for place in chosen}
    kinds: dict[Literal["speech", "block"], list[int]] = {}
    for turn in given.conversation.turns:
        if turn.block not in ("heading", "header"):
            kinds.setdefault("speech" if turn.block == "speech" else "block", []).append(turn.index)
    return tuple(
        Unused(
            kind=given.template.labels.places[kind],
            count=len(left.intersection(indexes)),
            total=len(indexes),
            numbers=_ranges(index + 1 for index in indexes if index in left),
        )
        for kind, indexes in kinds.items()
    )


def partly_used(given: Given, chosen: Collection[Span]) -> tuple[Unquoted, ...]:
    """What the turns with statements, or with what readers chose, say besides them, in their order."""
    by_turn: dict[int, list[Statement | Span]] = {}
    used: tuple[Statement | Span, ...] = (*given.findings.statements, *given.findings.to_review, *chosen)
    for said in used:
        by_turn.setdefault(said.turn, []).append(said)
    turns = [given.conversation.turns[index] for index in sorted(by_turn)]
    rest = [(turn, unquoted(turn, by_turn[turn.index])) for turn in turns]
    return tuple(Unquoted(place=place_of(turn, given), pieces=pieces) for turn, pieces in rest if pieces)


def headings(given: Given) -> tuple[Heading, ...]:
    """The headings and header lines of the source."""
    return tuple(
        Heading(number=turn.index + 1, text=turn.text)
        for turn in given.conversation.turns
        if turn.block in ("heading", "header")
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
