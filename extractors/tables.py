"""Tables of weights over named evidence: how one is learned, and read.

A multinomial logistic regression, of which every weight can be read. Learning is deterministic.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from thinc.api import NumpyOps

RARE = 5
SOURCES = 3
"""Evidence from fewer examples, or from fewer sources, gets no weight: it tells of one talk only."""

PENALTY = 3.0

_MOST_IMPORTANT = 6.0
_STEPS = 200
_STEP_SIZE = 0.05
_SMALLEST = 0.03

Row = NDArray[np.float64]
Table = Mapping[str, tuple[int, ...]]
Weights = Mapping[str, Mapping[str, float]]
"""For each piece of evidence the weights of the labels, in two decimals; those near zero are left out."""

_Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Sighting:
    """An example: the conversation or file it is from, its evidence and label, and how much it counts."""

    source: str
    evidence: frozenset[str]
    label: str
    importance: float = 1.0


def read_table(file: Path, labels: Sequence[str]) -> Table:
    """The weights of each piece of evidence, in hundredths and in the order of the labels.

    Weights have two decimals. Kept as whole numbers their sum is the same in whatever order they come.
    """
    weights: Weights = json.loads(file.read_text("utf-8"))
    return {
        name: tuple(round(100 * row.get(label, 0.0)) for label in labels) for name, row in weights.items()
    }


def add_up(evidence: Iterable[str], table: Table, labels: Sequence[str]) -> Row:
    """The summed weights of the evidence, in the order of the labels."""
    rows = filter(None, map(table.get, evidence))
    return np.array([*map(sum, zip([0] * len(labels), *rows, strict=True))]) / 100


def log_shares(scores: Row) -> Row:
    """The logarithm of each score's share, along the last axis."""
    top = scores - scores.max(axis=-1, keepdims=True)
    shares: Row = top - np.log(np.exp(top).sum(axis=-1, keepdims=True))
    return shares


def learn_table(
    examples: Sequence[Sighting], labels: Sequence[str], *, balanced: bool = False, penalty: float = PENALTY
) -> Weights:
    """Fits the weights by penalised maximum likelihood (Adam, full batch).

    Args:
        examples: All examples; their labels are among `labels`.
        labels: What is to be told apart.
        balanced: Whether every label counts alike, however many examples it has.
        penalty: How much a weight must explain to be large.

    Returns:
        The weights of the evidence that is not rare.
    """
    wanted = one_hot([example.label for example in examples], labels)
    importance = np.array([[example.importance] for example in examples], np.float32)
    if balanced:
        share = (wanted * importance).sum(axis=0)
        balance = share.sum() / len(labels) / np.maximum(share, 1)
        importance = np.minimum(importance * (wanted @ balance)[:, None], _MOST_IMPORTANT).astype(np.float32)
    known = _frequent(examples)
    fitted = fit([one.evidence for one in examples], known, wanted, importance, _STEPS, penalty)
    weights = as_weights(known, labels, fitted, _SMALLEST)
    return {name: row for name, row in weights.items() if row}


def one_hot(chosen: Sequence[str], labels: Sequence[str]) -> _Matrix:
    """One for the label that was chosen and zero for the others, of shape (examples, labels)."""
    wanted = np.zeros((len(chosen), len(labels)), np.float32)
    wanted[np.arange(len(chosen)), [labels.index(label) for label in chosen]] = 1
    return wanted


def as_weights(known: Sequence[str], labels: Sequence[str], fitted: _Matrix, smallest: float) -> Weights:
    """What was fitted, of shape (known evidence, labels), as it is kept."""
    return {
        name: {label: round(float(x), 2) for label, x in zip(labels, row, strict=True) if abs(x) >= smallest}
        for name, row in zip(known, fitted, strict=True)
    }


def _frequent(examples: Sequence[Sighting]) -> list[str]:
    counts = Counter(name for example in examples for name in example.evidence)
    sources: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        for name in example.evidence:
            sources[name].add(example.source)
    return sorted(name for name in counts if counts[name] >= RARE and len(sources[name]) >= SOURCES)


def fit(
    evidence: Sequence[Collection[str]],
    known: Sequence[str],
    wanted: _Matrix,
    importance: _Matrix,
    steps: int,
    penalty: float = PENALTY,
) -> _Matrix:
    """Fits the weights of the known evidence, of shape (known evidence, labels), by Adam with full batches.

    `evidence` is that of each example, `wanted` (examples, labels) and `importance` (examples, 1) tell what
    it is and how much it counts. Only what is present is looked at: a full table would take gigabytes.
    """
    columns = {name: at for at, name in enumerate(known)}
    present = [sorted({columns[name] for name in names if name in columns}) for names in evidence]
    sizes = list(map(len, present))
    column = np.fromiter(itertools.chain.from_iterable(present), np.int32, sum(sizes))
    example = np.repeat(np.arange(len(present), dtype=np.int32), sizes)
    by_column = np.argsort(column, kind="stable")
    fitted = np.zeros((len(known), wanted.shape[1]), np.float32)
    mean, square = np.zeros_like(fitted), np.zeros_like(fitted)
    for step in range(1, steps + 1):
        scores = summed(fitted.take(column, axis=0), example, len(present))
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances = odds / odds.sum(axis=1, keepdims=True)
        error = (chances - wanted) * importance
        slope = summed(error.take(example[by_column], axis=0), column[by_column], len(known))
        slope += np.float32(penalty) * fitted
        mean = (0.9 * mean + 0.1 * slope).astype(np.float32)
        square = (0.99 * square + 0.01 * slope**2).astype(np.float32)
        fitted -= _STEP_SIZE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-6)
    return fitted


def summed(values: _Matrix, groups: NDArray[np.integer[Any]], size: int) -> _Matrix:
    """The sums of the rows of `values` by their group, which are in order."""
    sizes: Any = np.bincount(groups, minlength=size).astype(np.int32)
    rows: Any = values
    sums: Any = NumpyOps().reduce_sum(rows, sizes)  # several times as fast as `numpy.add.reduceat`
    return np.asarray(sums)
