"""Which part of an edited document stands for which part of the one it was made from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from pipeline.word_review.reading import Item, joined
from pipeline.word_review.stretch import BREAK, Stretch, plain

ALIKE = 0.4
"""How much of their words two items must share to be one item that was edited."""

NAMED = 1.0
"""What a name of ours in common adds to that. Words go first where names were swapped or copied."""

MOST_PAIRS = 250_000
"""So many pairs at most are weighed in a part where nothing is the same; beyond it only names count."""


class Pair(NamedTuple):
    """An item of the first document and what became of it; either can be missing.

    `after` is the index of the last item of the first document that comes before it in the edited one.
    """

    base: int | None
    edited: Item | None
    after: int


def align(base: Sequence[Item], edited: Sequence[Item]) -> list[Pair]:
    """Pairs the items of two documents in the order of both.

    What was moved counts as removed in one place and added in another. Items without words are left out; a
    paragraph that was parted in two counts as one.
    """
    edited = _rejoined(base, edited)
    bases = [index for index, item in enumerate(base) if plain(item.was)]
    there = [item for item in edited if plain(item.was)]
    keys = [plain(base[index].was) for index in bases]
    matcher = SequenceMatcher(None, keys, [plain(item.was) for item in there], autojunk=False)
    found: dict[int, int] = {}
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            found |= {j1 + k: bases[i1 + k] for k in range(i2 - i1)}
        elif tag == "replace":
            gap = _in_gap([base[index] for index in bases[i1:i2]], there[j1:j2])
            found |= {j1 + j: bases[i1 + i] for i, j in gap}
    return _in_order(bases, edited, found)


def _rejoined(base: Sequence[Item], edited: Sequence[Item]) -> list[Item]:
    """The edited items, with two paragraphs as one where the first document has all their words in one."""
    whole = {plain(item.was) for item in base if item.kind == "paragraph"}
    items: list[Item] = []
    for item in edited:
        before = items[-1] if items else None
        if (
            before is not None
            and before.kind == item.kind == "paragraph"
            and plain(before.was)
            and plain(item.was)
            and plain(f"{before.was} {item.was}") in whole
        ):
            before.cells[0].append(BREAK, None, None)
            items[-1] = joined(before, item)
        else:
            items.append(item)
    return items


def _in_order(bases: Sequence[int], edited: Sequence[Item], found: dict[int, int]) -> list[Pair]:
    """All pairs in the order of the edited document, what was removed behind what came before it."""
    pairs: list[Pair] = []
    waiting = list(bases)
    last, seen = -1, 0
    for item in edited:
        partner = None
        if plain(item.was):
            partner = found.get(seen)
            seen += 1
        elif not plain(item.now) and not item.things:
            continue
        if partner is not None:
            while waiting[0] != partner:
                last = waiting.pop(0)
                pairs.append(Pair(last, None, last))
            last = waiting.pop(0)
        pairs.append(Pair(partner, item, last))
    return [*pairs, *(Pair(index, None, index) for index in waiting)]


def _in_gap(base: Sequence[Item], edited: Sequence[Item]) -> list[tuple[int, int]]:
    """The pairs, in order, that are most alike together (Needleman and Wunsch, 1970)."""
    words = [Counter(plain(item.was).split()) for item in base]
    others = [Counter(plain(item.was).split()) for item in edited]
    weigh = len(base) * len(edited) <= MOST_PAIRS
    best = [[0.0] * (len(edited) + 1) for _ in range(len(base) + 1)]
    score = [[0.0] * len(edited) for _ in base]
    for i in range(len(base) - 1, -1, -1):
        for j in range(len(edited) - 1, -1, -1):
            alike = 0.0
            if base[i].kind == edited[j].kind:
                alike = NAMED * bool(_names(base[i]) & _names(edited[j]))
                alike += _shared(words[i], others[j]) if weigh else 0.0
            score[i][j] = alike if alike >= ALIKE else 0.0
            together = score[i][j] + best[i + 1][j + 1] if score[i][j] else 0.0
            best[i][j] = max(together, best[i + 1][j], best[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(base) and j < len(edited):
        if score[i][j] and best[i][j] == score[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _names(item: Item) -> set[str]:
    """Names of our own; what a word processor names begins with an underscore."""
    return {each for each in item.names if not each.startswith("_")}


def likeness(one: str, other: str) -> float:
    """How much of their words two texts share, from 0 to 1, whatever signs stand around them."""
    return _shared(*(Counter(re.findall(r"\w+", text)) for text in (one, other)))


def _shared(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def align_cells(base: Sequence[Stretch], edited: Sequence[Stretch]) -> list[tuple[int | None, int | None]]:
    """Pairs the cells of a row: one by one, or by their words where there are more or fewer of them."""
    if len(base) == len(edited):
        return [(index, index) for index in range(len(base))]
    keys, others = [plain(cell.was) for cell in base], [plain(cell.was) for cell in edited]
    pairs: list[tuple[int | None, int | None]] = []
    for _, i1, i2, j1, j2 in SequenceMatcher(None, keys, others, autojunk=False).get_opcodes():
        both = min(i2 - i1, j2 - j1)
        pairs += [(i1 + k, j1 + k) for k in range(both)]
        pairs += [(i, None) for i in range(i1 + both, i2)]
        pairs += [(None, j) for j in range(j1 + both, j2)]
    return pairs
