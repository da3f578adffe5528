"""Training, on tasks small enough to follow."""

import numpy as np
import pytest

from extractors.readers import Network, Readers
from extractors.schema import CATEGORIES, DOMAINS
from extractors.training import RARE, LazyAdam, Lesson, train_readers
from extractors.views import VIEWS

WISH = Lesson(frozenset(("wil", "thuis")), "preference", ("sociaal", "fysiek"), view="child")
FEAR = Lesson(frozenset(("bang",)), "concern", ("psychologisch",), view="parent+reported")
CHAT = Lesson(frozenset(("koffie",)), "none")
TALKS = [[WISH, CHAT, FEAR, CHAT, CHAT] * 6] * 20


@pytest.fixture(scope="module")
def taught() -> Readers:
    return train_readers(TALKS)


def _parameters(network: Network) -> list[object]:
    return [np.asarray(layer.get_param(name)) for layer in network.walk() for name in layer.param_names]


def test_the_finder_learns_what_is_a_statement(taught: Readers) -> None:
    chances = np.exp(taught.read([CHAT.features, WISH.features, CHAT.features]).labels[:, 0])
    assert chances[1] < 0.2
    assert min(chances[0], chances[2]) > 0.8


@pytest.mark.parametrize("lesson", [WISH, FEAR])
def test_the_sorter_learns_category_domain_and_view(taught: Readers, lesson: Lesson) -> None:
    readings = taught.read([lesson.features])
    assert CATEGORIES[readings.categories[0].argmax()] == lesson.label
    assert DOMAINS[readings.sorted["domain"][0].argmax()] == lesson.domains[0]
    assert VIEWS[readings.sorted["view"][0].argmax()] == lesson.view


def test_a_second_domain_comes_second(taught: Readers) -> None:
    best = taught.read([WISH.features]).sorted["domain"][0].argsort()[::-1][:2]
    assert [DOMAINS[i] for i in best] == ["sociaal", "fysiek"]


def test_training_twice_gives_the_same_networks(taught: Readers) -> None:
    again = train_readers(TALKS)
    for one, other in zip((*taught.finders, taught.sorter), (*again.finders, again.sorter), strict=True):
        for ours, theirs in zip(_parameters(one), _parameters(other), strict=True):
            assert np.array_equal(ours, theirs)


def test_a_rare_feature_is_not_learned() -> None:
    seen_once = Lesson(frozenset(("bang", "zelden")), "concern", ("psychologisch",))
    few, enough = (
        train_readers([[seen_once] * times + [CHAT] * RARE]).vocabulary for times in (RARE - 1, RARE)
    )
    assert "zelden" not in few
    assert "zelden" in enough


def test_a_lesson_counts_by_its_importance() -> None:
    doubt = frozenset(("twijfel",))
    heavy, light = Lesson(doubt, "value"), Lesson(doubt, "goal", importance=0.1)
    readings = train_readers([[heavy, light, CHAT] * 10] * 10).read([doubt])
    assert CATEGORIES[readings.categories[0].argmax()] == "value"


def test_a_row_of_features_that_no_clause_of_a_batch_has_is_left_alone() -> None:
    adam, table = LazyAdam(), np.ones((2, 3), np.float32)
    adam.step_size, adam.rows = 0.1, np.array([0, 1])
    adam((1, "E"), table, np.ones((2, 3), np.float32))
    moved = table.copy()
    adam.rows = np.array([1])
    adam((1, "E"), table, np.array([[0, 0, 0], [1, 1, 1]], np.float32))
    assert (moved < 1).all()
    assert np.array_equal(table[0], moved[0])
    assert (table[1] < moved[1]).all()


def test_all_of_another_parameter_moves_on() -> None:
    adam, weights = LazyAdam(), np.ones(2, np.float32)
    adam.step_size = 0.1
    adam((1, "b"), weights, np.ones(2, np.float32))
    moved = weights.copy()
    adam((1, "b"), weights, np.zeros(2, np.float32))
    assert (weights < moved).all()


@pytest.mark.parametrize("name", ["E", "b"])
def test_a_slope_is_used_up(name: str) -> None:
    adam, slope = LazyAdam(), np.ones((1, 2), np.float32)
    adam.rows = np.array([0])
    adam((1, name), np.ones((1, 2), np.float32), slope)
    assert not slope.any()
