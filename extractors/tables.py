"""Tables of weights over named evidence: how one is learned, and read.

A multinomial logistic regression, as in `extractors.weights`, for far more evidence than clauses have (every
word can be some), each piece of it in few examples. Learning is deterministic.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from extractors.weights import Weights

RARE = 5
SOURCES = 3
"""Evidence from fewer examples, or from fewer sources, gets no weight: it tells of one talk only."""

_MOST_IMPORTANT = 6.0
_PENALTY = 3.0
_STEPS = 200
_STEP_SIZE = 0.05
_SMALLEST = 0.03

Row = NDArray[np.float64]
Table = Mapping[str, Row]
_Matrix = NDArray[np.float32]
_Places = NDArray[np.intp]


@dataclass(frozen=True)
class Sighting:
    """An example: the conversation or file it is from, its evidence and label, and how much it counts."""

    source: str
    evidence: frozenset[str]
    label: str
    importance: float = 1.0


def read_table(file: Path, labels: Sequence[str]) -> Table:
    """The weights of each piece of evidence, in the order of the labels."""
    weights: Weights = json.loads(file.read_text("utf-8"))
    return {name: np.array([row.get(label, 0.0) for label in labels]) for name, row in weights.items()}


def add_up(evidence: Iterable[str], table: Table, labels: Sequence[str]) -> Row:
    """The summed weights of the evidence, in the order of the labels."""
    total = np.zeros(len(labels))
    for name in evidence:
        row = table.get(name)
        if row is not None:
            total += row
    return total


def log_shares(scores: Row) -> Row:
    """The logarithm of each score's share, along the last axis."""
    top = scores - scores.max(axis=-1, keepdims=True)
    shares: Row = top - np.log(np.exp(top).sum(axis=-1, keepdims=True))
    return shares


def learn_table(examples: Sequence[Sighting], labels: Sequence[str], *, balanced: bool = False) -> Weights:
    """Fits the weights by penalised maximum likelihood (Adam, full batch).

    Args:
        examples: All examples; their labels are among `labels`.
        labels: What is to be told apart.
        balanced: Whether every label counts alike, however many examples it has.

    Returns:
        For each piece of evidence the weights of the labels, in two decimals; those near zero left out.
    """
    columns = {name: at for at, name in enumerate(_frequent(examples))}
    wanted = np.zeros((len(examples), len(labels)), np.float32)
    wanted[np.arange(len(examples)), [labels.index(example.label) for example in examples]] = 1
    importance = np.array([[example.importance] for example in examples], np.float32)
    if balanced:
        share = (wanted * importance).sum(axis=0)
        balance = share.sum() / len(labels) / np.maximum(share, 1)
        importance = np.minimum(importance * (wanted @ balance)[:, None], _MOST_IMPORTANT).astype(np.float32)
    places = [
        (row, columns[name])
        for row, example in enumerate(examples)
        for name in sorted(example.evidence)
        if name in columns
    ]
    rows, named = np.array(places, np.intp).T
    fitted = _fit(rows, named, len(columns), wanted, importance)
    weights = {
        name: {
            label: round(float(fitted[at, k]), 2)
            for k, label in enumerate(labels)
            if abs(fitted[at, k]) >= _SMALLEST
        }
        for name, at in columns.items()
    }
    return {name: row for name, row in weights.items() if row}


def _frequent(examples: Sequence[Sighting]) -> list[str]:
    counts = Counter(name for example in examples for name in example.evidence)
    sources: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        for name in example.evidence:
            sources[name].add(example.source)
    return sorted(name for name in counts if counts[name] >= RARE and len(sources[name]) >= SOURCES)


def _fit(rows: _Places, columns: _Places, width: int, wanted: _Matrix, importance: _Matrix) -> _Matrix:
    """The weights, of shape (evidence, labels).

    Evidence `columns[i]` is present in example `rows[i]`; a full table of it would take half a gigabyte.
    """
    by_column = np.argsort(columns, kind="stable")
    fitted = np.zeros((width, wanted.shape[1]), np.float32)
    mean, square = np.zeros_like(fitted), np.zeros_like(fitted)
    for step in range(1, _STEPS + 1):
        scores = _summed(fitted[columns], rows, len(wanted))
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances = odds / odds.sum(axis=1, keepdims=True)
        error = (chances - wanted) * importance
        slope = _summed(error[rows[by_column]], columns[by_column], width) + _PENALTY * fitted
        mean = (0.9 * mean + 0.1 * slope).astype(np.float32)
        square = (0.99 * square + 0.01 * slope**2).astype(np.float32)
        fitted -= _STEP_SIZE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-6)
    return fitted


def _summed(values: _Matrix, groups: _Places, size: int) -> _Matrix:
    """The sums of the rows of `values` by their group, which are in order."""
    present, starts = np.unique(groups, return_index=True)
    sums = np.zeros((size, values.shape[1]), np.float32)
    sums[present] = np.add.reduceat(values, starts)
    return sums
