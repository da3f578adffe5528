"""What differs between two laid out plans, as a reader would see it: lines of text, without markup."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from pipeline.render.layout import MAY_BREAK, VERBATIM
from pipeline.store.runs import Change

MOST_CHANGES: Final = 12
MOST_LINES: Final = 8
LONGEST_LINE: Final = 300
"""So much of what differs is kept: pieces, lines on each side of a piece, and letters of a line."""

# What a layout marks up with; every sign of a value is escaped, and that comes first.
_MARKUP: Final = re.compile(
    rf"""
    \\(?P<sign>.)
    | ^:::.*$ | ^\|[-|]+\|$ | ^\#+[ ]     # a block, the line under the heads of a table, a heading
    | \]\(\#[^)\n]*\)                     # where a link leads
    | \{{[^{{}}\n]*\}}                    # classes and names
    | &nbsp; | [\[\]|*`{MAY_BREAK}{VERBATIM}]
    """,
    re.VERBOSE | re.MULTILINE,
)


class Changes(NamedTuple):
    """The pieces that differ, and how many there are beyond those."""

    pieces: tuple[Change, ...]
    further: int


def changes(before: str, after: str, alike: Mapping[str, str]) -> Changes:
    """What differs between two layouts.

    Args:
        before: The one.
        after: The other.
        alike: Words of the one for which other words in the other are no difference, such as the version.
    """
    earlier, later = before.splitlines(), after.splitlines()
    words = {line: _plain(line) for line in {*earlier, *later}}
    shown = [words[line] for line in earlier if words[line]]
    for one, other in alike.items():
        shown = [line.replace(one, other) for line in shown]
    now = [words[line] for line in later if words[line]]
    found = [
        Change(
            above=_cut(now[start - 1]) if start else None,
            before=_first(shown[was_start:was_end]),
            after=_first(now[start:end]),
            below=_cut(now[end]) if end < len(now) else None,
        )
        for kind, was_start, was_end, start, end in SequenceMatcher(
            None, shown, now, autojunk=False
        ).get_opcodes()
        if kind != "equal"
    ]
    return Changes(tuple(found[:MOST_CHANGES]), len(found[MOST_CHANGES:]))


def _plain(line: str) -> str:
    return " ".join(_MARKUP.sub(_sign, line).split())


def _sign(found: re.Match[str]) -> str:
    return found["sign"] or (" " if found[0] in ("|", "&nbsp;") else "")


def _first(lines: Sequence[str]) -> tuple[str, ...]:
    kept = tuple(_cut(line) for line in lines[:MOST_LINES])
    return (*kept, "…") if len(lines) > MOST_LINES else kept


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"
