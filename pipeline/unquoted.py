"""What a turn says besides its statements: nothing is lost (docs/architecture.md, rule 2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from extractors.cuts import WORDS
from extractors.schema import Statement, Turn
from pipeline.corrections import Span

SMALL_WORDS = (
    WORDS.filler_before
    | WORDS.filler_after
    | WORDS.filler_after_comma
    | WORDS.joins_always
    | WORDS.joins_two_verbs
)
"""Words that say nothing when they stand alone between two statements ("ja", "nou", "en")."""

_WORD = re.compile(r"\w+")
_AROUND = " \t\n,;:.–—-"
_JOINT = re.compile(rf"\W+(?:{'|'.join(sorted(WORDS.joins_always | WORDS.joins_two_verbs))})$", re.IGNORECASE)


def unquoted(turn: Turn, statements: Iterable[Statement | Span]) -> tuple[str, ...]:
    """The pieces of a turn that no statement quotes, to the letter, in the order of the turn.

    What is printed beside a quote is used too: its lead, and a question in the same turn. Pieces of nothing
    but small words are left out.

    Args:
        turn: The turn.
        statements: The statements of this turn and what readers quoted from it, in any order; they may
            overlap.
    """
    pieces, at = [], turn.start
    for start, end in sorted(span for said in statements for span in _printed(turn, said)):
        pieces.append(turn.text[max(at - turn.start, 0) : start - turn.start])
        at = max(at, end)
    pieces.append(turn.text[at - turn.start :])
    return tuple(_trimmed(piece) for piece in pieces if _says_something(piece))


def _printed(turn: Turn, said: Statement | Span) -> Iterator[tuple[int, int]]:
    """The spans of a turn that a draft prints with a statement."""
    yield said.start, said.end
    if isinstance(said, Span):
        return
    for words in (said.lead, said.question):
        at = turn.text.rfind(words, 0, said.start - turn.start) if words else -1
        if words and at >= 0:
            yield turn.start + at, turn.start + at + len(words)


def _trimmed(piece: str) -> str:
    """A piece without the marks around it and the word that joined it to the statement behind it."""
    return _JOINT.sub("", piece.strip(_AROUND)).rstrip(_AROUND)


def _says_something(piece: str) -> bool:
    return any(word.lower() not in SMALL_WORDS for word in _WORD.findall(piece))
