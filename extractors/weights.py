"""The weights of the evidence: how they are learned from annotated conversations, kept and read.

They are learned as the tables of `extractors.tables` are, for the evidence of `extractors.evidence`: every
weight can be read in `patterns/weights.json`. The same examples give the same file.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from extractors.schema import CATEGORIES
from extractors.tables import Weights as Weights
from extractors.tables import as_weights, fit, one_hot

LABELS = ("none", *CATEGORIES)
FILE = Path(__file__).parent / "patterns" / "weights.json"
RARE = 3
"""Evidence seen in fewer clauses gets no weight."""

_STEPS = 300
_SMALLEST = 0.02


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
    """Fits the weights by penalised maximum likelihood.

    Args:
        examples: All clauses of the annotated conversations, those that are no statement included.

    Returns:
        The weights of all evidence that is not rare.
    """
    counts = Counter(name for example in examples for name in set(example.evidence))
    known = sorted(name for name in counts if counts[name] >= RARE)
    wanted = one_hot([example.label for example in examples], LABELS)
    importance = np.array([[example.importance] for example in examples], np.float32)
    fitted = fit([example.evidence for example in examples], known, wanted, importance, _STEPS)
    return as_weights(known, LABELS, fitted, _SMALLEST)
