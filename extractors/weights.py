"""The weights of the evidence: how they are learned from annotated conversations, kept and read.

A multinomial logistic regression over named evidence (see `extractors.statements`): every weight can be
read in `patterns/weights.json`. Learning is deterministic: the same examples give the same file.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from extractors.schema import CATEGORIES

LABELS = ("none", *CATEGORIES)
FILE = Path(__file__).parent / "patterns" / "weights.json"
RARE = 3
"""Evidence seen in fewer clauses gets no weight."""

_PENALTY = 3.0
_STEPS = 300
_STEP_SIZE = 0.05
_SMALLEST = 0.02

Weights = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Example:
    """A clause of an annotated conversation: its evidence, its label, and how much it counts."""

    evidence: tuple[str, ...]
    label: str
    importance: float = 1.0


@cache
def load_weights() -> Weights:
    """The weight of each piece of evidence for each label, from `patterns/weights.json`."""
    weights: Weights = json.loads(FILE.read_text("utf-8"))
    return weights


def save_weights(weights: Weights, file: Path = FILE) -> None:
    """Writes weights in a stable order, a line for each piece of evidence."""
    lines = (f"{json.dumps(name)}: {json.dumps(weights[name])}" for name in sorted(weights))
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def learn(examples: Sequence[Example]) -> Weights:
    """Fits the weights by penalised maximum likelihood (Adam, full batch).

    Args:
        examples: All clauses of the annotated conversations, those that are no statement included.

    Returns:
        For each piece of evidence the weights of the labels, in two decimals; those near zero left out.
    """
    counts = Counter(name for example in examples for name in set(example.evidence))
    columns = {name: i for i, name in enumerate(sorted(name for name in counts if counts[name] >= RARE))}
    present = np.zeros((len(examples), len(columns)), np.float32)
    wanted = np.zeros((len(examples), len(LABELS)), np.float32)
    for row, example in enumerate(examples):
        present[row, [columns[name] for name in set(example.evidence) if name in columns]] = 1
        wanted[row, LABELS.index(example.label)] = 1
    importance = np.array([[example.importance] for example in examples], np.float32)
    fitted = _fit(present, wanted, importance)
    return {
        name: {
            label: round(float(fitted[i, k]), 2)
            for k, label in enumerate(LABELS)
            if abs(fitted[i, k]) >= _SMALLEST
        }
        for name, i in columns.items()
    }


def _fit(
    present: NDArray[np.float32], wanted: NDArray[np.float32], importance: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The weights, of shape (evidence, labels), for examples of shape (clauses, evidence)."""
    fitted = np.zeros((present.shape[1], wanted.shape[1]), np.float32)
    mean, square = np.zeros_like(fitted), np.zeros_like(fitted)
    for step in range(1, _STEPS + 1):
        scores = present @ fitted
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances = odds / odds.sum(axis=1, keepdims=True)
        slope = present.T @ ((chances - wanted) * importance) + _PENALTY * fitted
        mean = 0.9 * mean + 0.1 * slope
        square = 0.99 * square + 0.01 * slope**2
        fitted -= _STEP_SIZE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-6)
    return fitted
