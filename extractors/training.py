"""Training of the readers (`extractors.readers`) from annotated conversations.

Deterministic: the same examples give the same networks. Features are dropped at random, most of them in the
finder, so that no reader leans on a few rare words of one conversation.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from thinc.api import Ragged, fix_random_seed

from extractors.language import fast_matrices
from extractors.readers import (
    FINDER_SEEDS,
    NOTHING,
    OUTPUTS,
    SORTER_SEED,
    VIEW,
    Network,
    Readers,
    Scores,
    bags_of,
    log_shares,
    make_finder,
    make_sorter,
    ragged,
    rows_of,
)
from extractors.schema import CATEGORIES, DOMAINS, Domain
from extractors.views import VIEWS
from extractors.weights import LABELS

RARE = 5
"""A feature of fewer clauses is not learned."""

STRETCH = 60
"""So many clauses of a conversation are read in one go, so that a batch mixes conversations."""

_DOMAIN_SHARES = (0.65, 0.25, 0.1)
_FADED = 1 / 30


@dataclass(frozen=True)
class Lesson:
    """A clause to learn from: its features, its label (category or "none"), how much it counts.

    Of a statement also its domains (the most fitting first), and whose view it is where that is known (one of
    `extractors.views.VIEWS`).
    """

    features: frozenset[str]
    label: str
    domains: tuple[Domain, ...] = ()
    view: str | None = None
    importance: float = 1.0


@dataclass(frozen=True)
class _Course:
    """How a network is trained; `outputs` holds the size of each of its outputs, and how much it counts."""

    rounds: int
    batch: int
    step: float
    dropped: float
    edge: int
    outputs: tuple[tuple[int, float], ...]


_FINDER = _Course(
    rounds=7,
    batch=220,
    step=0.003,
    dropped=0.6,
    edge=VIEW,
    outputs=((len(LABELS), 1.0), (len(DOMAINS), 0.5)),
)
_SORTER = _Course(
    rounds=8,
    batch=128,
    step=0.004,
    dropped=0.5,
    edge=0,
    outputs=tuple((len(labels), 1.0) for labels in OUTPUTS.values()),
)


@dataclass(frozen=True)
class _Exercise:
    """Clauses as the rows of their features, and what the scores should come to.

    `rows` are those of all clauses, `sizes` tells how many each has. An output without anything wanted is not
    trained, as the domains of what is no statement.
    """

    rows: NDArray[np.int32]
    sizes: NDArray[np.int32]
    wanted: Scores
    importance: Scores


def train_readers(conversations: Sequence[Sequence[Lesson]]) -> Readers:
    """The readers that learned from `conversations`, each the clauses of one conversation in its order."""
    counts = Counter(name for lessons in conversations for lesson in lessons for name in lesson.features)
    known = sorted(name for name in counts if counts[name] >= RARE)
    vocabulary = {name: i for i, name in enumerate(known, start=1)}
    taught = [[(one, rows_of(one.features, vocabulary)) for one in lessons] for lessons in conversations]
    stretches = [
        _exercise(lessons[max(0, at - VIEW) : at + STRETCH], _to_find, edge=VIEW)
        for lessons in taught
        for at in range(0, len(lessons), STRETCH)
    ]
    statements = [
        _exercise([(lesson, rows)], _to_sort)
        for lessons in taught
        for lesson, rows in lessons
        if lesson.label != "none"
    ]
    with fast_matrices():
        finders = []
        for seed in FINDER_SEEDS:
            fix_random_seed(seed)
            finders.append(make_finder(len(vocabulary), seed))
            _train(finders[-1], stretches, _FINDER, seed)
        fix_random_seed(SORTER_SEED)
        sorter = make_sorter(len(vocabulary), SORTER_SEED)
        _train(sorter, statements, _SORTER, SORTER_SEED)
    return Readers(vocabulary, tuple(finders), sorter)


def _exercise(
    lessons: Sequence[tuple[Lesson, list[int]]], to_learn: Callable[[Lesson], Scores], edge: int = 0
) -> _Exercise:
    """Clauses that follow each other, between an edge of clauses that are not there."""
    beyond = [[NOTHING]] * edge
    bags = bags_of([*beyond, *(rows for _, rows in lessons), *beyond])
    inside = slice(edge, edge + len(lessons))
    scores = [to_learn(lesson) for lesson, _ in lessons]
    wanted = np.zeros((len(bags), len(scores[0])), np.float32)
    importance = np.zeros((len(bags), 1), np.float32)
    wanted[inside] = scores
    importance[inside, 0] = [lesson.importance for lesson, _ in lessons]
    return _Exercise(np.asarray(bags.dataXd), np.asarray(bags.lengths), wanted, importance)


def _to_find(lesson: Lesson) -> Scores:
    return np.concatenate((_one_of(lesson.label, LABELS), _shares(lesson.domains)))


def _to_sort(lesson: Lesson) -> Scores:
    wanted = {
        "category": _one_of(lesson.label, CATEGORIES),
        "domain": _shares(lesson.domains),
        "view": _one_of(lesson.view, VIEWS),
    }
    return np.concatenate([wanted[output] for output in OUTPUTS])


def _one_of(label: str | None, labels: Sequence[str]) -> Scores:
    return np.array([one == label for one in labels], np.float32)


def _shares(domains: Sequence[Domain]) -> Scores:
    """The domains of a statement as shares of one, the most fitting most; all zero without any."""
    shares = np.zeros(len(DOMAINS), np.float32)
    for share, domain in zip(_DOMAIN_SHARES, domains, strict=False):
        shares[DOMAINS.index(domain)] = share
    whole: Scores = shares / max(shares.sum(), 1e-6)
    return whole


def _train(network: Network, exercises: Sequence[_Exercise], course: _Course, seed: int) -> None:
    random = np.random.default_rng(seed)
    adam = LazyAdam()
    for past in range(course.rounds):
        adam.step_size = course.step * (1 - past / course.rounds) + course.step * _FADED
        for batch in _batches(exercises, course, random):
            bags = _thinned(batch, course.dropped, random)
            scores, learn = network.begin_update(bags)
            learn(_slope(scores, batch, course))
            adam.rows = np.unique(np.asarray(bags.dataXd))
            network.finish_update(adam)  # type: ignore[arg-type]  # thinc only calls it


def _batches(
    exercises: Sequence[_Exercise], course: _Course, random: np.random.Generator
) -> Iterator[_Exercise]:
    """All exercises in a random order, joined until they hold as many clauses as a batch should."""
    batch: list[_Exercise] = []
    clauses = 0
    for i in random.permutation(len(exercises)):
        batch.append(exercises[i])
        clauses += len(exercises[i].sizes) - 2 * course.edge
        if clauses >= course.batch:
            yield _joined(batch)
            batch, clauses = [], 0
    if batch:
        yield _joined(batch)


def _joined(batch: Sequence[_Exercise]) -> _Exercise:
    return _Exercise(
        np.concatenate([one.rows for one in batch]),
        np.concatenate([one.sizes for one in batch]),
        np.concatenate([one.wanted for one in batch]),
        np.concatenate([one.importance for one in batch]),
    )


def _thinned(batch: _Exercise, dropped: float, random: np.random.Generator) -> Ragged:
    """The features of each clause, some of them left out at random."""
    kept = random.random(len(batch.rows)) >= dropped
    clauses = np.repeat(np.arange(len(batch.sizes)), batch.sizes)
    sizes = np.bincount(clauses[kept], minlength=len(batch.sizes))
    empty = np.flatnonzero(sizes == 0)
    rows = np.insert(batch.rows[kept], np.cumsum(sizes)[empty], NOTHING)
    return ragged(rows, np.maximum(sizes, 1).astype(np.int32))


def _slope(scores: Scores, batch: _Exercise, course: _Course) -> Scores:
    """How the loss changes with each score: the cross-entropy of each output."""
    slope = np.zeros_like(scores)
    start = 0
    for size, weight in course.outputs:
        part = slice(start, start + size)
        wanted = batch.wanted[:, part]
        trained = wanted.any(axis=1, keepdims=True)
        slope[:, part] = weight * trained * (np.exp(log_shares(scores[:, part])) - wanted)
        start += size
    return slope * batch.importance / np.float32(len(scores))


class LazyAdam:
    """Adam that leaves alone the rows of a table of features that no clause of a batch has.

    With plain Adam a rare feature would move on for many steps after the one clause that had it.
    """

    def __init__(self) -> None:
        self.step_size = 0.0
        self.rows: NDArray[np.int32] = np.zeros(0, np.int32)
        """The rows of the table of features (the parameter "E") that some clause of the batch has."""
        self._moments: dict[object, tuple[Scores, Scores]] = {}
        self._steps: Counter[object] = Counter()

    def __call__(
        self, key: tuple[int, str], values: Scores, slope: Scores, **_: object
    ) -> tuple[Scores, Scores]:
        """Moves `values` against their `slope`, both in place; `key` names them, as thinc does."""
        if key not in self._moments:
            self._moments[key] = np.zeros_like(values), np.zeros_like(values)
        self._steps[key] += 1
        arrays = (values, *self._moments[key], slope)
        if key[1] != "E":
            self._move(self._steps[key], *arrays)
            return values, slope
        rows = self.rows[slope.take(self.rows, axis=0).any(axis=1)]
        parts = [array.take(rows, axis=0) for array in arrays]
        self._move(self._steps[key], *parts)
        for array, part in zip(arrays, parts, strict=True):
            array[rows] = part
        return values, slope

    def _move(self, steps: int, values: Scores, mean: Scores, square: Scores, slope: Scores) -> None:
        """Moves values and moments by the slope, and uses that up, all in place."""
        mean *= 0.9
        mean += 0.1 * slope
        square *= 0.999
        square += 0.001 * slope**2
        upwards = mean / (1 - 0.9**steps)
        upwards /= np.sqrt(square / (1 - 0.999**steps)) + 1e-8
        values -= self.step_size * upwards
        slope.fill(0)  # thinc adds the next batch's to it
