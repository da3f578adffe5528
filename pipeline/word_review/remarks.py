"""Comments of readers: what each is about, and which points they resolved."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from pipeline.corrections import Correction, Kind, Unmatched
from pipeline.word_review.changes import positions
from pipeline.word_review.comparison import Comparison
from pipeline.word_review.reading import COMMENT, Comment
from pipeline.word_review.slots import part_of
from pipeline.word_review.stretch import Mark, Span, Stretch, plain

OURS = "IZP-concept"
NOWHERE = "Deze opmerking staat bij geen onderdeel van het plan."
DONE = "De opmerking van een lezer is op afgehandeld gezet."
_POINT = "punt-"


class Remarks(NamedTuple):
    """What the comments of a document give; `lost` counts the comments of izp that a reader deleted."""

    corrections: list[Correction]
    queue: list[Unmatched]
    lost: int


def remarks(comparison: Comparison) -> Remarks:
    """Compares the comments of two documents.

    A comment that stands in both is no remark, whoever wrote it. An answer to a comment of izp is a remark on
    that point, any other comment on the statement, field, point or part that it stands at.
    """
    base, edited = comparison.base.comments, comparison.edited.comments
    left = Counter(_key(comment) for comment in base)
    was_done = {_key(comment) for comment in base if comment.done}
    points = _points(comparison)
    places = _targets(comparison)
    targets: dict[str, str | None] = {}
    found = Remarks([], [], 0)
    for comment in edited:
        key = _key(comment)
        if left[key]:
            left[key] -= 1
            targets[comment.id] = (
                points.get(plain(comment.words)) if comment.author == OURS else places.get(comment.id)
            )
            if comment.done and key not in was_done:
                _resolved(comment, targets[comment.id], comparison, found)
        else:
            about = targets.get(comment.parent) if comment.parent else None
            about = about or places.get(comment.id)
            targets[comment.id] = about
            _remark(comment, about, comparison, found)
    lost = sum(count for (author, _), count in left.items() if author == OURS)
    return found._replace(lost=lost)


def _key(comment: Comment) -> tuple[str | None, str]:
    return comment.author, plain(comment.words)


def _points(comparison: Comparison) -> dict[str, str]:
    """The point that each comment of izp is about, by its words: the comment's id holds its number."""
    numbers = {
        plain(one.words): int(one.id) // 100_000 for one in comparison.base.comments if one.author == OURS
    }
    return {words: f"{_POINT}{number}" for words, number in numbers.items()}


def _targets(comparison: Comparison) -> dict[str, str | None]:
    """What each comment of the edited document stands at, by the comment's id."""
    found: dict[str, str | None] = {}
    for pair in comparison.pairs:
        if pair.edited is None:
            continue
        for column, cell in enumerate(pair.edited.cells):
            for place in cell.places:
                if place.name.startswith(COMMENT):
                    number = place.name.removeprefix(COMMENT)
                    if pair.base is None:
                        target = comparison.part_at(pair.after)
                    else:
                        start, end = cell.before(place.start), cell.before(place.end)
                        target = _target(comparison, pair.base, column, cell.was, start, end)
                    found.setdefault(number, target)
    return found


def _target(comparison: Comparison, index: int, column: int, was: str, start: int, end: int) -> str | None:
    """What letters of an item are about: the slot there, the only statement, the point, or the part."""
    item = comparison.base.items[index]
    if column < len(item.cells):
        places = positions(item.cells[column].was, Stretch([Span(was)], [], len(was)))
        first, last = places[min(start, len(places) - 1)], places[min(end, len(places) - 1)]
        for slot in comparison.slots[index, column]:
            if slot.outer_start <= last and first <= slot.outer_end:
                return slot.target
    point = next((name for name in sorted(item.names) if name.startswith(_POINT)), None)
    here = {
        slot.target
        for at in range(len(item.cells))
        for slot in comparison.slots[index, at]
        if slot.kind == "statement"
    }
    if point or len(here) == 1:
        return point or here.pop()
    return part_of(item, comparison.known) or comparison.part_at(index)


def _remark(comment: Comment, about: str | None, comparison: Comparison, found: Remarks) -> None:
    author = comment.author if comment.author != OURS else comparison.edited.saved.author
    mark = Mark(author, comment.at.at if comment.author != OURS else comparison.edited.saved.at)
    if not comment.words:
        return
    if about is None:
        found.queue.append(_unmatched(NOWHERE, comment, mark, comparison))
    else:
        found.corrections.append(_correction("remark", about, comment, mark, comparison))


def _resolved(comment: Comment, about: str | None, comparison: Comparison, found: Remarks) -> None:
    mark = comparison.edited.saved
    if comment.author != OURS or about is None:
        found.queue.append(_unmatched(DONE, comment, mark, comparison))
    elif not any(one.kind == "resolve" and one.target == about for one in found.corrections):
        found.corrections.append(_correction("resolve", about, comment, mark, comparison))


def _correction(kind: Kind, about: str, comment: Comment, mark: Mark, comparison: Comparison) -> Correction:
    words = comment.words if kind == "remark" else ""
    return Correction(
        id=comparison.id_of(kind, about, words, (mark.author or "") if kind == "remark" else ""),
        kind=kind,
        target=about,
        after=words,
        author=mark.author,
        at=mark.at,
        plan=comparison.plan.fingerprint,
    )


def _unmatched(why: str, comment: Comment, mark: Mark, comparison: Comparison) -> Unmatched:
    return Unmatched(
        id=comparison.id_of("queue", why, comment.words, mark.author or ""),
        where="",
        why=why,
        after=comment.words,
        author=mark.author,
        at=mark.at,
        plan=comparison.plan.fingerprint,
    )
