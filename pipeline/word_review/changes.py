"""What was changed in one text, letter by letter, with who changed it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile
from typing import NamedTuple

from pipeline.word_review.stretch import Mark, Stretch, plain


class Change(NamedTuple):
    """Letters `start` to `end` of a text became `text`; `by` is who did, without the untracked."""

    start: int
    end: int
    text: str
    by: frozenset[Mark]


class _Step(NamedTuple):
    """One letter that went, at `at`, or one that came before the letter at `at`."""

    at: int
    came: str
    by: Mark | None


def changes(base: str, edited: Stretch) -> list[Change]:
    """The changes from a text to what it became: tracked ones as they were made, others by comparison.

    Those of typography alone (`plain`) are none.
    """
    if plain(base) == plain(edited.now):
        return []
    runs: list[list[_Step]] = []
    end = -1
    for step in _steps(base, edited):
        if step.at != end:
            runs.append([])
        runs[-1].append(step)
        end = step.at if step.came else step.at + 1
    return [change for change in map(_joined, runs) if not _same(base, change)]


def _joined(steps: Sequence[_Step]) -> Change:
    """Steps that follow on each other, as one change."""
    last = steps[-1]
    return Change(
        steps[0].at,
        last.at if last.came else last.at + 1,
        "".join(step.came for step in steps),
        frozenset(step.by for step in steps if step.by),
    )


def positions(base: str, edited: Stretch) -> list[int]:
    """For each letter before the tracked changes, and their end, its place in the base."""
    places = []
    for _, i1, i2, j1, j2 in _comparison(base, edited.was):
        places += [min(i1 + k, i2) for k in range(j2 - j1)]
    return [*places, len(base)]


def _comparison(base: str, was: str) -> list[tuple[str, int, int, int, int]]:
    """How one text becomes the other, word by word, in letters.

    What both begin and end with stays: else a quotation mark that was typed could pass for the closing one.
    """
    if base == was:
        return [("equal", 0, len(base), 0, len(was))]
    ours, theirs = _words(base), _words(was)
    starts, ends = _starts(ours), _starts(theirs)
    keys, others = [*map(_typed, ours)], [*map(_typed, theirs)]
    first = _alike(zip(keys, others, strict=False))
    shortest = min(len(keys), len(others)) - first
    last = min(_alike(zip(reversed(keys), reversed(others), strict=False)), shortest)
    n, m = len(keys) - last, len(others) - last
    matcher = SequenceMatcher(None, keys[first:n], others[first:m], autojunk=False)
    middle = [
        (tag, first + i1, first + i2, first + j1, first + j2) for tag, i1, i2, j1, j2 in matcher.get_opcodes()
    ]
    parts: list[tuple[str, int, int, int, int]] = []
    for tag, i1, i2, j1, j2 in (
        ("equal", 0, first, 0, first),
        *middle,
        ("equal", n, len(keys), m, len(others)),
    ):
        if tag == "equal":  # word by word: letters of other typography do not all have a partner
            parts += [
                (tag, starts[i1 + k], starts[i1 + k + 1], ends[j1 + k], ends[j1 + k + 1])
                for k in range(i2 - i1)
            ]
        else:
            parts.append((tag, starts[i1], starts[i2], ends[j1], ends[j2]))
    return parts


def _alike(pairs: Iterable[tuple[str, str]]) -> int:
    """How many pairs in front are of two the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+|\s+|[^\w\s]", text)


def _starts(words: Sequence[str]) -> list[int]:
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word))
    return starts


def _typed(word: str) -> str:
    return plain(word) or (" " if word.isspace() else word)


def _steps(base: str, edited: Stretch) -> Iterator[_Step]:
    """Every letter that went or came, in the order of the base."""
    letters = [(letter, span.added, span.removed) for span in edited.spans for letter in span.text]
    kept = [at for at, (_, added, _) in enumerate(letters) if added is None]
    at = 0
    for tag, i1, i2, j1, j2 in _comparison(base, edited.was):
        if tag != "equal":
            yield from (_Step(index, "", None) for index in range(i1, i2))
        # What was added behind the last letter of a part comes with the next part, or here at the end.
        until = kept[j2 - 1] + 1 if j2 > j1 else at
        if i2 == len(base) and j2 == len(edited.was):
            until = len(letters)
        place = i1 if tag == "equal" else i2
        for letter, added, removed in letters[at:until]:
            if added is None and tag == "equal":
                if removed is not None and place < i2:
                    yield _Step(place, "", removed)
                place = min(place + 1, i2)
            elif removed is None:
                yield _Step(place, letter, added)
        at = until


def _same(base: str, change: Change) -> bool:
    """Whether a change is one of typography only."""
    old, new = _spaced(base[change.start : change.end]), _spaced(change.text)
    if old == new:
        return True
    if old.strip() or new.strip():
        return False
    beside = base[change.start - 1 : change.start] + base[change.end : change.end + 1]
    at_edge = change.start == 0 or change.end == len(base)
    return at_edge or any(sign.isspace() for sign in beside)


def _spaced(text: str) -> str:
    """Text in plain typography that keeps a space before and after it."""
    inner = plain(text)
    if not inner:
        return " " if re.search(r"\s", text) else ""
    before = " " if text[:1].isspace() else ""
    return f"{before}{inner}{' ' if text[-1:].isspace() else ''}"
