"""Chains: how a row of things that follow each other is labelled, each by its evidence and by the one before.

A linear-chain conditional random field over named evidence (Lafferty, McCallum and Pereira, 2001). Every
weight can be read in a table: a piece of evidence has one for each label, evidence of a step from one thing
to the next has one for each pair of labels ("parent>child"). Learning is deterministic.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extractors.tables import Row, summed
from extractors.weights import Weights

RARE = 8
SOURCES = 4
"""Evidence from fewer things, or from fewer chains, gets no weight: it tells of one chain only."""

IMPOSSIBLE = -30.0
"""The score of a label that a thing cannot have."""

_PENALTY = 10.0
_STEPS = 100
_STEP_SIZE = 0.05
_SMALLEST = 0.05

_Matrix = NDArray[np.float32]
_Places = NDArray[np.intp]


@dataclass(frozen=True)
class Chain:
    """A row of things: of each the evidence, the evidence of the step to it, and the label where it is known.

    `possible` are the labels that occur in a chain of this kind.
    """

    evidence: Sequence[frozenset[str]]
    steps: Sequence[frozenset[str]]
    labels: Sequence[str | None]
    possible: tuple[str, ...]


def step_labels(labels: Sequence[str]) -> tuple[str, ...]:
    """The name of each pair of labels, in the order of a matrix (label before, label)."""
    return tuple(f"{before}>{label}" for before in labels for label in labels)


def chain_chances(own: Row, steps: Row) -> tuple[Row, Row]:
    """The chances of each label, and of each pair of a label with the one before.

    By the forward-backward algorithm.

    Args:
        own: The scores of the labels, (chains, things, labels).
        steps: The scores of each pair, (chains, things, label before, label); the first has none before it.
    """
    forward, backward = np.zeros_like(own), np.zeros_like(own)
    forward[:, 0] = own[:, 0]
    last = own.shape[1] - 1
    for at in range(1, last + 1):
        forward[:, at] = _log_sum(forward[:, at - 1, :, None] + steps[:, at], axis=1) + own[:, at]
    for at in range(last, 0, -1):
        backward[:, at - 1] = _log_sum(steps[:, at] + (own[:, at] + backward[:, at])[:, None, :], axis=2)
    pairs = np.zeros_like(steps)
    ahead = (own + backward)[:, 1:, None, :]
    pairs[:, 1:] = _shares(forward[:, :-1, :, None] + steps[:, 1:] + ahead, axes=(2, 3))
    return _shares(forward + backward, axes=(2,)), pairs


def _log_sum(scores: Row, axis: int) -> Row:
    top = scores.max(axis=axis, keepdims=True)
    total: Row = np.log(np.exp(scores - top).sum(axis=axis)) + top.squeeze(axis)
    return total


def _shares(scores: Row, axes: tuple[int, ...]) -> Row:
    odds = np.exp(scores - scores.max(axis=axes, keepdims=True))
    shares: Row = odds / odds.sum(axis=axes, keepdims=True)
    return shares


def learn_chain(chains: Sequence[Chain], labels: Sequence[str]) -> Weights:
    """Fits the weights by penalised maximum likelihood (Adam, full batch).

    A thing without a label counts as any label that its neighbours allow.

    Returns:
        For each piece of evidence the weights of the labels, for each of a step those of the pairs.
    """
    size, length = len(labels), max(len(chain.evidence) for chain in chains)
    own = _Weighed([chain.evidence for chain in chains], length, size)
    steps = _Weighed([chain.steps for chain in chains], length, size * size)
    barred = np.array(
        [[[0.0 if label in chain.possible else IMPOSSIBLE for label in labels]] for chain in chains]
    )
    told = np.zeros((len(chains), length, size))
    for row, chain in enumerate(chains):
        for at, label in enumerate(chain.labels):
            if label is not None:
                told[row, at] = [0.0 if one == label else IMPOSSIBLE for one in labels]
    for step in range(1, _STEPS + 1):
        scores = own.scores().reshape(told.shape) + barred
        pairs: Row = steps.scores().reshape(*told.shape, size).astype(np.float64)
        guessed, guessed_pairs = chain_chances(scores, pairs)
        known, known_pairs = chain_chances(scores + told, pairs)
        own.improve(guessed - known, step)
        steps.improve(guessed_pairs - known_pairs, step)
    return {**own.weights(labels), **steps.weights(step_labels(labels))}


class _Weighed:
    """The evidence at each place of all chains, and the weights that are fitted to it."""

    def __init__(self, evidence: Sequence[Sequence[frozenset[str]]], length: int, width: int) -> None:
        counts, chains = Counter[str](), defaultdict[str, set[int]](set)
        for row, chain in enumerate(evidence):
            for names in chain:
                counts.update(names)
                for name in names:
                    chains[name].add(row)
        self.names = sorted(name for name in counts if counts[name] >= RARE and len(chains[name]) >= SOURCES)
        columns = {name: at for at, name in enumerate(self.names)}
        places = np.array(
            [
                (row * length + at, columns[name])
                for row, chain in enumerate(evidence)
                for at, names in enumerate(chain)
                for name in sorted(names)
                if name in columns
            ],
            np.intp,
        )
        self.rows, self.columns = places.T
        self.by_column = np.argsort(self.columns, kind="stable")
        self.size = len(evidence) * length
        self.fitted = np.zeros((len(self.names), width), np.float32)
        self.mean, self.square = np.zeros_like(self.fitted), np.zeros_like(self.fitted)

    def scores(self) -> _Matrix:
        return summed(self.fitted[self.columns], self.rows, self.size)

    def improve(self, error: Row, step: int) -> None:
        """One step of Adam along the error, of shape (chains, things, ...)."""
        errors = error.reshape(self.size, -1).astype(np.float32)[self.rows[self.by_column]]
        slope = summed(errors, self.columns[self.by_column], len(self.names)) + _PENALTY * self.fitted
        self.mean = (0.9 * self.mean + 0.1 * slope).astype(np.float32)
        self.square = (0.99 * self.square + 0.01 * slope**2).astype(np.float32)
        stride = (self.mean / (1 - 0.9**step)) / (np.sqrt(self.square / (1 - 0.99**step)) + 1e-6)
        self.fitted -= (_STEP_SIZE * stride).astype(np.float32)

    def weights(self, labels: Sequence[str]) -> Weights:
        rounded = {
            name: {
                label: round(float(weight), 2)
                for label, weight in zip(labels, row, strict=True)
                if abs(weight) >= _SMALLEST
            }
            for name, row in zip(self.names, self.fitted, strict=True)
        }
        return {name: row for name, row in rounded.items() if row}
