"""A row of things is labelled by their evidence and by what follows what."""

import numpy as np
import pytest

from extractors.chains import Chain, chain_chances, learn_chain, step_labels

LABELS = ("sun", "rain")
NOTHING = frozenset[str]()


def _chain(days: str) -> Chain:
    """Days of sun (s) and rain (r), each with an umbrella or not, the third unseen: like the day before."""
    labels = ["sun" if day == "s" else "rain" for day in days]
    seen = [frozenset(("hat" if label == "sun" else "umbrella",)) for label in labels]
    return Chain([*seen[:2], NOTHING, *seen[3:]], [frozenset(("day",))] * len(days), labels, LABELS)


def test_the_chances_at_each_place_add_up_to_one() -> None:
    chances, pairs = chain_chances(np.zeros((1, 3, 2)), np.zeros((1, 3, 2, 2)))
    assert chances.sum(axis=2) == pytest.approx(np.ones((1, 3)))
    assert pairs[:, 1:].sum(axis=(2, 3)) == pytest.approx(np.ones((1, 2)))


def test_a_thing_without_evidence_goes_by_its_neighbours() -> None:
    own = np.array([[[3.0, 0.0], [0.0, 0.0], [3.0, 0.0]]])
    stays = np.broadcast_to(2 * np.eye(2), (1, 3, 2, 2))
    assert chain_chances(own, stays)[0][0, 1, 0] > 0.9


def test_what_follows_what_is_learned() -> None:
    weights = learn_chain([_chain("ssss"), _chain("rrrr")] * 10, LABELS)
    same, other = (weights["day"].get(step, 0.0) for step in ("sun>sun", "sun>rain"))
    assert same > other


def test_evidence_is_weighed_for_what_it_goes_with() -> None:
    weights = learn_chain([_chain("ssss"), _chain("rrrr")] * 10, LABELS)
    assert weights["umbrella"]["rain"] > 0 > weights["umbrella"]["sun"]


def test_evidence_of_one_chain_has_no_weight() -> None:
    odd = Chain([frozenset(("snow",))] * 20, [NOTHING] * 20, ["rain"] * 20, LABELS)
    assert "snow" not in learn_chain([odd, *[_chain("ssrr")] * 10], LABELS)


def test_each_pair_of_labels_has_a_name() -> None:
    assert step_labels(LABELS) == ("sun>sun", "sun>rain", "rain>sun", "rain>rain")
