"""Comments of readers: what each is about, and which points they resolved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pipeline.corrections import Correction, Kind, Unmatched
from pipeline.render.running import APPROVED, DRAFT
from pipeline.word_review.alignment import Pair
from pipeline.word_review.changes import positions
from pipeline.word_review.comparison import MOST_LETTERS, Comparison
from pipeline.word_review.reading import COMMENT, Comment
from pipeline.word_review.slots import part_of
from pipeline.word_review.stretch import Mark, Span, Stretch, plain

OURS = (DRAFT, APPROVED)
NOWHERE = "Deze opmerking staat bij geen onderdeel van het plan."
GONE = "De opmerking van een lezer is verwijderd; zij staat nog in het plan."
LONG = "Deze opmerking is te lang om over te nemen."
DONE = "De opmerking van een lezer is op afgehandeld gezet."
_POINT = "punt-"

Targets = dict[str, str | None]
"""What comments stand at, by the comment's id."""


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
    edited = comparison.edited.comments
    points = _points(comparison)
    places = _targets(comparison, comparison.pairs)
    paired, left = _paired(comparison, places)
    targets: dict[str, str | None] = {}
    found = Remarks([], [], 0)
    for at, comment in enumerate(edited):
        same = paired.get(at)
        if same is not None:
            ours = same.author in OURS
            targets[comment.id] = points[plain(same.words)] if ours else places.get(comment.id)
            if comment.done and not same.done:
                _resolved(comment, targets[comment.id] if ours else None, comparison, found)
        else:
            about = targets.get(comment.parent) if comment.parent else None
            about = about or places.get(comment.id)
            targets[comment.id] = about
            _remark(comment, about, comparison, found)
    for comment in left:
        if comment.author not in OURS:
            found.queue.append(_gone(comment, comparison))
    return found._replace(lost=sum(comment.author in OURS for comment in left))


def _paired(comparison: Comparison, places: Targets) -> tuple[dict[int, Comment], list[Comment]]:
    """For comments of the edited document, by index, the same of the base; and those that are gone.

    A comment of izp is known by its words, which hold the number of its point. Those of readers are often
    alike ("Akkoord"): where one stands tells. Word can take all names out of a document; then only what
    is said and where is left.
    """
    base, edited = comparison.base.comments, comparison.edited.comments
    unchanged = (Pair(at, item, at) for at, item in enumerate(comparison.base.items))
    stood = _targets(comparison, unchanged)
    nameless = {comment.author for comment in base}.isdisjoint(comment.author for comment in edited)
    paired: dict[int, Comment] = {}
    left: list[Comment] = []
    for comment in base:
        words, place = plain(comment.words), stood.get(comment.id)
        for at, other in enumerate(edited):
            if at in paired or plain(other.words) != words:
                continue
            author = nameless or other.author == comment.author
            if comment.author in OURS or (author and places.get(other.id) == place):
                paired[at] = comment
                break
        else:
            left.append(comment)
    return paired, left


def _points(comparison: Comparison) -> dict[str, str]:
    """The point that each comment of izp is about, by its words: the comment's id holds its number."""
    numbers = {
        plain(one.words): int(one.id) // 100_000 for one in comparison.base.comments if one.author in OURS
    }
    return {words: f"{_POINT}{number}" for words, number in numbers.items()}


def _targets(comparison: Comparison, pairs: Iterable[Pair]) -> Targets:
    """What each comment in the edited items of some pairs stands at, by the comment's id."""
    found: dict[str, str | None] = {}
    for pair in pairs:
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
    author = comment.author if comment.author not in OURS else comparison.edited.saved.author
    mark = Mark(author, comment.at.at if comment.author not in OURS else comparison.edited.saved.at)
    if not comment.words:
        return
    if about is None or len(comment.words) > MOST_LETTERS:
        found.queue.append(_unmatched(LONG if about else NOWHERE, comment, mark, comparison))
    else:
        found.corrections.append(_correction("remark", about, comment, mark, comparison))


def _resolved(comment: Comment, about: str | None, comparison: Comparison, found: Remarks) -> None:
    mark = comparison.edited.saved
    if about is None:
        found.queue.append(_unmatched(DONE, comment, mark, comparison))
    elif not any(one.kind == "resolve" and one.target == about for one in found.corrections):
        found.corrections.append(_correction("resolve", about, comment, mark, comparison))


def _gone(comment: Comment, comparison: Comparison) -> Unmatched:
    waiting = _unmatched(GONE, comment, comparison.edited.saved, comparison)
    return waiting.model_copy(update={"before": waiting.after, "after": ""})


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
