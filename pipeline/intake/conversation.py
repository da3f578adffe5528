"""From the blocks of a file to the conversation: its text, turns, day, kind and child, and who is who."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from itertools import pairwise

from extractors.schema import Conversation, Flag, Participant, Turn
from pipeline.intake.blocks import Block, lay_out, tidy_line
from pipeline.intake.contradictions import mixed_up
from pipeline.intake.day import find_day
from pipeline.intake.header import (
    find_child,
    is_header_line,
    is_only_header,
    is_people_heading,
    kind_of,
    spoken_child,
)
from pipeline.intake.introductions import introduce
from pipeline.intake.participants import (
    Entry,
    adult_patient,
    header_entries,
    map_label,
    note_participants,
    prose_entries,
    row_entries,
)
from pipeline.intake.participants_file import ParticipantsFile
from pipeline.intake.saying import reads_as_heading, says_something
from pipeline.intake.text import unmarked

UNKNOWN_LABEL = "Van deze spreker is niet bekend wie het is. Wijs de naam toe aan een deelnemer."
UNKNOWN_TURN = "Bij deze tekst staat geen spreker. Kijk na wie dit zei."
NO_SPEAKERS = "In dit bestand staat nergens wie er spreekt. Kijk bij elke uitspraak na van wie die is."
_BRACKETS = re.compile(r"\([^()]*\)")
_DATE_TURNS = 12
_HEADER_TURNS = 12
_PROSE = 6
_ABOVE_SPEAKERS = 15
_TITLE_TURNS = 3


def build(
    blocks: Sequence[Block],
    *,
    data: bytes,
    source: str,
    source_format: str,
    latest: dt.date,
    given: ParticipantsFile,
) -> Conversation:
    """The conversation that the blocks of a file are.

    Args:
        blocks: what the reader found, in the order of the source.
        data: the file's bytes, for its hash and id.
        source: the file's name.
        source_format: the reader's name.
        latest: the last day the conversation can have been held on.
        given: what is told from outside; it wins over what the source says.
    """
    text, as_read = lay_out(blocks)
    header = _header_lines(as_read)
    entries = _entries(as_read, header)
    turns = _without_saying_headers(as_read)
    child, age = find_child([turn.text for turn in header if turn.block != "cell"])
    speech = [turn for turn in turns if turn.block == "speech"]
    child = given.child or child or spoken_child(turn.text for turn in speech)
    labels = list(dict.fromkeys(turn.label for turn in turns if turn.label is not None))
    people = [given_or(map_label(label, entries, child), given) for label in labels]
    if labels:
        people, found = introduce(turns, people, child)
        child = child or found
    elif not speech:
        people = [given_or(person, given) for person in note_participants(entries, child)]
    people += [
        Participant(
            label=label, role=person.role, function=person.function, name=person.name, because=("file",)
        )
        for label, person in given.labels.items()
        if all(other.label != label for other in people)
    ]
    child = given.child or child or next((person.name for person in people if person.role == "child"), None)
    words = "\n".join(turn.text for turn in header[:4])
    kind = given.kind or kind_of(words, age, [person.function or "" for person in people])
    if kind == "pzp":
        people = adult_patient(people)
    digest = hashlib.sha256(data).hexdigest()
    return Conversation(
        id=digest[:16],
        source=tidy_line(source),
        sha256=digest,
        format=source_format,
        kind=kind,
        date=given.date or find_day([turn.text for turn in [*header[:6], *speech[:_DATE_TURNS]]], latest),
        child=child,
        text=text,
        participants=tuple(people),
        turns=turns,
        flags=tuple(_flags(turns, people, adult=kind == "pzp")),
    )


def given_or(person: Participant, given: ParticipantsFile) -> Participant:
    """A participant as the participants file says, where it does."""
    told = given.labels.get(person.label)
    if told is None:
        return person
    return Participant(
        label=person.label, role=told.role, function=told.function, name=told.name, because=("file",)
    )


def _header_lines(turns: Sequence[Turn]) -> list[Turn]:
    """The turns that say who, when and where, if only in passing.

    That is the header, the title, paragraphs on top that read so, and what stands above the first speaker.
    """
    first_speaker = next((turn.index for turn in turns if turn.block == "speech"), 0)
    above = first_speaker if first_speaker <= _ABOVE_SPEAKERS else 0
    return [
        turn
        for turn in turns
        if turn.block == "header"
        or turn.index < above
        or (turn.block == "heading" and turn.index < 3)
        or (
            turn.block == "paragraph"
            and turn.index < _HEADER_TURNS
            and (is_header_line(turn.text, first=turn.index == 0) or _is_of_people(turn))
        )
    ]


def _is_of_people(turn: Turn) -> bool:
    return any(is_people_heading(title) for title in turn.section)


def _without_saying_headers(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns, those that were read as header or heading but may say something as paragraphs.

    Headers and headings carry no statements, so whatever reader took a line for one: here nothing gets lost.
    """
    above = {title: turn.index for turn in turns for title in turn.section}
    last_below = {unmarked(title): index for title, index in above.items()}
    settled: list[Turn] = []
    follows: Turn | None = None
    for turn in reversed(turns):
        if turn.block == "heading":
            below = last_below.get(unmarked(turn.text), -1) > turn.index
            keeps = _is_heading(turn, follows, below=below)
        else:
            keeps = turn.block != "header" or not says_something(turn.text)
        settled.append(turn if keeps else turn.model_copy(update={"block": "paragraph"}))
        # The headings of a table stand in a row: what follows them is its first cell.
        if turn.block != "heading" or (follows is not None and turn.section != follows.section):
            follows = turn
    return tuple(reversed(settled))


def _is_heading(turn: Turn, follows: Turn | None, *, below: bool) -> bool:
    """Whether a heading reads as one and has something under it, or is a title.

    `below` says that lines have it in their section, `follows` is what comes after it.
    """
    if follows is None and not below:
        return False
    if turn.index < _TITLE_TURNS and is_only_header(turn.text, first=True):
        return True
    stands_over = below or turn.index == 0 or (follows and follows.block in {"cell", "header", "speech"})
    return bool(stands_over) and reads_as_heading(turn.text)


def _entries(turns: Sequence[Turn], header: Sequence[Turn]) -> list[Entry]:
    """The people of the header, of a participants table, and of the first paragraphs of a note."""
    rows = {
        second.index: (first.text, second.text)
        for first, second in pairwise(turns)
        if first.block == second.block == "header" and first.text in second.section
    }
    entries: list[Entry] = []
    for turn in header:
        if turn.index in rows:
            who, what = rows[turn.index]
            # A row of fields ("Aanwezig" | "moeder, vader") reads like a line with a colon.
            entries += (
                header_entries([f"{who}: {what}"])
                if is_header_line(f"{who}:", strict=True)
                else row_entries(who, what)
            )
        elif _is_of_people(turn) and _BRACKETS.sub("", turn.text).count(",") == 1:
            who, what = turn.text.split(",", 1)
            entries += row_entries(who, what.strip())
        elif turn.index + 1 not in rows:
            entries += header_entries(turn.text.split("\n"))
    if all(turn.block != "speech" for turn in turns):
        read = {turn.index for turn in header}
        paragraphs = [turn.text for turn in turns if turn.block == "paragraph" and turn.index not in read]
        entries += prose_entries(paragraphs[:_PROSE])
    known: dict[str, Entry] = {}
    for entry in entries:
        known.setdefault(entry.label, entry)
    return list(known.values())


def _flags(turns: Sequence[Turn], people: Sequence[Participant], *, adult: bool) -> list[Flag]:
    flags: list[Flag] = []
    speech = [turn for turn in turns if turn.block == "speech"]
    if speech and all(turn.label is None for turn in speech):
        return [Flag(type="unclear_speaker", note=NO_SPEAKERS)]
    mixed = mixed_up(turns, people, adult=adult)
    if mixed is not None:
        flags.append(mixed)
    for person in people:
        own = tuple(turn.index for turn in speech if turn.label == person.label)
        if person.role is None and own:
            flags.append(Flag(type="unclear_speaker", turns=own, note=UNKNOWN_LABEL))
    nobody = tuple(turn.index for turn in speech if turn.label is None)
    if nobody:
        flags.append(Flag(type="unclear_speaker", turns=nobody, note=UNKNOWN_TURN))
    return flags
