"""Lists and tables of action points: what their columns, fields and rows say beside an item."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.names import action_words
from extractors.place import Place
from extractors.schema import Turn

WHO = r"(?:door\s+)?wie|verantwoordelijke?|eigenaar|actiehouder|uitvoerder|uitvoering|naam"
WHEN = r"(?:voor\s+)?wanneer|uiterlijk|datum|deadline|gereed|termijn"
_NEXT_ACTION = re.compile(r"[\W_]*(?:actie|wat)\s*:", re.IGNORECASE)
_ANY_FIELD = re.compile(r"[\W_]*\w[\w ]{0,20}[:=]")
_BETWEEN_PARTS = re.compile(r"\s+[/|–—-]\s+|\t+|\s*(?:=>|->|→)\s*")
_ROW_REACH = 150
"""So many characters before and behind an item its row can reach."""
_FIELD_REACH = 300
"""So many characters behind an action its own fields can stand in the same block."""


def listed(place: Place, field: str) -> str | None:
    """What the list that holds the quote says for a field (`WHO` or `WHEN`).

    Looked for in the table's row, in the rest of the block ("wie: Anouk"), and in blocks of their own right
    after it ("Wie: Anouk"). "" where the field is there but empty, None where the list has no such field.
    """
    if place.turn.block == "cell":
        return _in_row(place, field)
    labelled = re.compile(
        rf"(?:^|[\n,;(])[ \t*•-]*(?:{field})\s*[:=]\**[ \t]*(?P<value>[^\n]*)", re.IGNORECASE
    )
    if inside := labelled.search(place.turn.text, place.end, place.end + _FIELD_REACH):
        return re.split(r"[;)]|,(?=\s*\w+\s*[:=])", inside["value"])[0].strip()
    for distance in (1, 2, 3):
        turn = place.turn_at(distance)
        if not turn or turn.label != place.turn.label or turn.block == "heading":
            return None
        if not _ANY_FIELD.match(turn.text) or _NEXT_ACTION.match(turn.text):
            return None
        if found := labelled.match(turn.text):
            return found["value"].strip()
    return None


def _in_row(place: Place, field: str) -> str | None:
    """The cell for a field in the quote's row; "" where it is empty, None where there is no such column."""
    turn = place.turn
    beside = turn.section[-2:-1]
    column = False
    for other in _table_around(place):
        heading = other.section[-1] if other.block == "cell" and other.section else other.text
        if not re.fullmatch(field, heading.strip(), re.IGNORECASE):
            continue
        column = True
        same_row = other.section[-2:-1] in (beside, (turn.text,)) or (other.text,) == beside
        if other.block == "cell" and same_row:
            return other.text
    return "" if column else None


def _table_around(place: Place) -> Iterator[Turn]:
    """The other cells and headings of the table, the nearest first on either side."""
    for step in (1, -1):
        distance = step
        while (turn := place.turn_at(distance)) and turn.block in ("cell", "heading"):
            yield turn
            distance += step


def row_parts(place: Place) -> tuple[str, ...]:
    """What stands beside an item in its row: the other cells of a table, or the parts of "1 / bellen / Ilse".

    Returns:
        The other parts from left to right; empty where the item stands in no row.
    """
    turn = place.turn
    if turn.block == "cell":
        row = turn.section[-1:]
        return (*row, *(other.text for other in _table_around(place) if other.section[-1:] == row))
    first = max(turn.text.rfind("\n", 0, place.start) + 1, place.start - _ROW_REACH, 0)
    newline = turn.text.find("\n", place.end, place.end + _ROW_REACH)
    last = newline if newline >= 0 else min(len(turn.text), place.end + _ROW_REACH)
    marks = [mark.span() for mark in _BETWEEN_PARTS.finditer(turn.text, first, last)]
    starts, ends = [first, *(end for _, end in marks)], [*(start for start, _ in marks), last]
    return tuple(
        turn.text[start:end].strip()
        for start, end in zip(starts, ends, strict=True)
        if end <= place.start or start >= place.end
    )


def filled_in(words: str) -> str | None:
    """The words of a field; None where they only say that nothing is known yet ("n.t.b.", "-")."""
    words = words.strip(" .?-–—*_")
    return words if words and words.lower() not in action_words().open else None
