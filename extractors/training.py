"""Training of the readers (`extractors.readers`) from annotated conversations.

Deterministic: the same examples give the same networks. Features are dropped at random, most of them in the
finder, so that no reader leans on a few rare words of one conversation.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from thinc.api import fix_random_seed

from extractors.readers import (
    FINDER_SEEDS,
    OUTPUTS,
    SORTER_SEED,
    VIEW,
    Network,
    Readers,
    Rows,
    Scores,
    log_shares,
    make_finder,
    make_sorter,
    nothing,
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
    """A clause as the rows of its features, and what the scores should come to.

    An output without anything wanted is not trained, as the domains of what is no statement.
    """

    rows: Rows
    wanted: Scores
    importance: float


def train_readers(conversations: Sequence[Sequence[Lesson]]) -> Readers:
    """The readers that learned from `conversations`, each the clauses of one conversation in its order."""
    counts = Counter(name for lessons in conversations for lesson in lessons for name in lesson.features)
    known = sorted(name for name in counts if counts[name] >= RARE)
    vocabulary = {name: i for i, name in enumerate(known, start=1)}
    stretches = [
        [_to_find(lesson, vocabulary) for lesson in lessons[max(0, at - VIEW) : at + STRETCH]]
        for lessons in conversations
        for at in range(0, len(lessons), STRETCH)
    ]
    statements = [
        [_to_sort(lesson, vocabulary)]
        for lessons in conversations
        for lesson in lessons
        if lesson.label != "none"
    ]
    finders = []
    for seed in FINDER_SEEDS:
        fix_random_seed(seed)
        finders.append(make_finder(len(vocabulary), seed))
        _train(finders[-1], stretches, _FINDER, seed)
    fix_random_seed(SORTER_SEED)
    sorter = make_sorter(len(vocabulary), SORTER_SEED)
    _train(sorter, statements, _SORTER, SORTER_SEED)
    return Readers(vocabulary, tuple(finders), sorter)


def _to_find(lesson: Lesson, vocabulary: Mapping[str, int]) -> _Exercise:
    wanted = np.concatenate((_one_of(lesson.label, LABELS), _shares(lesson.domains)))
    return _Exercise(rows_of(lesson.features, vocabulary), wanted, lesson.importance)


def _to_sort(lesson: Lesson, vocabulary: Mapping[str, int]) -> _Exercise:
    wanted = {
        "category": _one_of(lesson.label, CATEGORIES),
        "domain": _shares(lesson.domains),
        "view": _one_of(lesson.view, VIEWS),
    }
    scores = np.concatenate([wanted[output] for output in OUTPUTS])
    return _Exercise(rows_of(lesson.features, vocabulary), scores, lesson.importance)


def _one_of(label: str | None, labels: Sequence[str]) -> Scores:
    return np.array([one == label for one in labels], np.float32)


def _shares(domains: Sequence[Domain]) -> Scores:
    """The domains of a statement as shares of one, the most fitting most; all zero without any."""
    shares = np.zeros(len(DOMAINS), np.float32)
    for share, domain in zip(_DOMAIN_SHARES, domains, strict=False):
        shares[DOMAINS.index(domain)] = share
    whole: Scores = shares / max(shares.sum(), 1e-6)
    return whole


def _train(network: Network, stretches: Sequence[Sequence[_Exercise]], course: _Course, seed: int) -> None:
    random = np.random.default_rng(seed)
    adam = LazyAdam()
    blank = _Exercise(nothing(), np.zeros(sum(size for size, _ in course.outputs), np.float32), 0.0)
    edge = [blank] * course.edge
    for past in range(course.rounds):
        adam.step_size = course.step * (1 - past / course.rounds) + course.step * _FADED
        for batch in _batches(stretches, course.batch, random):
            exercises = [exercise for stretch in batch for exercise in (*edge, *stretch, *edge)]
            rows = [_thinned(exercise.rows, course.dropped, random) for exercise in exercises]
            scores, learn = network.begin_update(rows)
            learn(_slope(scores, exercises, course))
            network.finish_update(adam)  # type: ignore[arg-type]  # thinc only calls it


def _batches(
    stretches: Sequence[Sequence[_Exercise]], size: int, random: np.random.Generator
) -> Iterator[list[Sequence[_Exercise]]]:
    batch: list[Sequence[_Exercise]] = []
    for i in random.permutation(len(stretches)):
        batch.append(stretches[i])
        if sum(map(len, batch)) >= size:
            yield batch
            batch = []
    if batch:
        yield batch


def _thinned(rows: Rows, dropped: float, random: np.random.Generator) -> Rows:
    kept = rows[random.random(len(rows)) >= dropped]
    return kept if len(kept) else nothing()


def _slope(scores: Scores, exercises: Sequence[_Exercise], course: _Course) -> Scores:
    """How the loss changes with each score: the cross-entropy of each output."""
    wanted = np.array([exercise.wanted for exercise in exercises])
    importance = np.array([[exercise.importance] for exercise in exercises], np.float32)
    slope = np.zeros_like(scores)
    start = 0
    for size, weight in course.outputs:
        part = slice(start, start + size)
        trained = wanted[:, part].any(axis=1, keepdims=True)
        slope[:, part] = weight * trained * (np.exp(log_shares(scores[:, part])) - wanted[:, part])
        start += size
    return slope * importance / np.float32(len(exercises))


class LazyAdam:
    """Adam that leaves alone the rows of a table that no clause of a batch has.

    With plain Adam a rare feature would move on for many steps after the one clause that had it.
    """

    def __init__(self) -> None:
        self.step_size = 0.0
        self._moments: dict[object, tuple[Scores, Scores]] = {}
        self._steps: Counter[object] = Counter()

    def __call__(self, key: object, values: Scores, slope: Scores, **_: object) -> tuple[Scores, Scores]:
        """Moves `values` against their `slope`, both in place; `key` names them, as thinc does."""
        mean, square = self._moments.setdefault(key, (np.zeros_like(values), np.zeros_like(values)))
        self._steps[key] += 1
        steps = self._steps[key]
        here = np.flatnonzero(slope.any(axis=1)) if values.ndim == 2 else slice(None)
        change = slope[here]
        mean[here] = 0.9 * mean[here] + 0.1 * change
        square[here] = 0.999 * square[here] + 0.001 * change**2
        upwards = mean[here] / (1 - 0.9**steps)
        values[here] -= self.step_size * upwards / (np.sqrt(square[here] / (1 - 0.999**steps)) + 1e-8)
        slope.fill(0)  # thinc adds the next batch's to it
        return values, slope
