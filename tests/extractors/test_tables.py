"""A table learns what tells two labels apart, and writes it so that it can be read."""

from pathlib import Path

import numpy as np
import pytest

from extractors.tables import Sighting, add_up, learn_table, log_shares, read_table
from extractors.weights import save_weights

LABELS = ("left", "right")
SEEN = [
    Sighting(f"talk {at % 5}", frozenset({"always", "red" if at % 2 else "blue"}), LABELS[at % 2])
    for at in range(40)
]


def test_evidence_speaks_for_the_label_it_was_seen_with() -> None:
    weights = learn_table(SEEN, LABELS)
    assert weights["red"]["right"] > 0 > weights["red"]["left"]


def test_learning_twice_gives_the_same_table() -> None:
    assert learn_table(SEEN, LABELS) == learn_table(SEEN, LABELS)


def test_a_higher_penalty_keeps_the_weights_smaller() -> None:
    free, held = (learn_table(SEEN, LABELS, penalty=penalty)["red"]["right"] for penalty in (3.0, 30.0))
    assert 0 < held < free


def test_evidence_from_few_sources_gets_no_weight() -> None:
    odd = [Sighting("talk 1", frozenset({"green"}), "left")] * 9
    assert "green" not in learn_table([*SEEN, *odd], LABELS)


def test_balanced_labels_count_alike_however_many_they_are() -> None:
    many = [example for example in SEEN for _ in range(3 if example.label == "left" else 1)]
    assert abs(learn_table(many, LABELS, balanced=True).get("always", {}).get("left", 0.0)) < 0.05


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    save_weights({"red": {"right": 1.5}}, tmp_path / "table.json")
    table = read_table(tmp_path / "table.json", LABELS)
    assert add_up(["red", "unknown"], table, LABELS).tolist() == [0.0, 1.5]


def test_shares_add_up_to_one() -> None:
    assert np.exp(log_shares(np.array([1.0, 2.0, 900.0]))).sum() == pytest.approx(1.0)
