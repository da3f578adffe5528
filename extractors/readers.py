"""Readers: two small trained networks that read a clause as its annotators did.

The finder tells, with two clauses on either side in view, whether a clause is a statement and of which
category; it is two networks of one shape that started from different seeds, whose answers are averaged. The
sorter tells the category and domain of what is a statement, and whose view it is. Both know a clause by its
features (`extractors.features`); a feature they never saw in training says nothing.

They are thinc models, trained by `make weights` and kept in `model/readers/`.
"""

import itertools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from thinc.api import (
    Dropout,
    LayerNorm,
    Linear,
    Maxout,
    Model,
    Ragged,
    chain,
    expand_window,
    residual,
)

from extractors.language import fast_matrices
from extractors.schema import CATEGORIES, DOMAINS
from extractors.views import VIEWS
from extractors.weights import LABELS

FOLDER = Path(__file__).parent / "model" / "readers"
FINDER_SEEDS = (1, 2)
SORTER_SEED = 3
VIEW = 2
"""How many clauses on either side the finder has in view."""

OUTPUTS: Mapping[str, tuple[str, ...]] = {
    "category": CATEGORIES,
    "domain": DOMAINS,
    "view": VIEWS,
}
"""What the sorter tells of a statement, in the order of its scores."""

_FINDER_WIDTH = 48
_SORTER_WIDTH = 96
_SCALE = 3.0
"""The features of a clause are added up and divided by the root of their number, times this."""

NOTHING = 0
"""The row of a clause without any known feature, and of what lies beyond a conversation's edge."""

Scores = NDArray[np.float32]
Layer = Model[Any, Any]
Network = Model[Ragged, Scores]
Learn = Callable[[Scores], Ragged]
"""What thinc calls with the slope of a layer's output; what goes in here are features, which have none."""


class Readings(NamedTuple):
    """What the readers make of the clauses of a conversation, as logarithms of probabilities.

    `labels` has the shape (clauses, none and categories); `categories`, given that a clause is a statement,
    (clauses, categories). `sorted` holds each output of the sorter (`OUTPUTS`), (clauses, its labels).
    """

    labels: Scores
    categories: Scores
    sorted: Mapping[str, Scores]


class Readers(NamedTuple):
    """The trained networks, and the row of each feature they know in their tables (from 1; 0 is nothing)."""

    vocabulary: Mapping[str, int]
    finders: tuple[Network, ...]
    sorter: Network

    def read(self, features: Sequence[Collection[str]]) -> Readings:
        """Reads the clauses of a conversation, in its order."""
        if not features:
            return Readings(
                nobody(LABELS), nobody(CATEGORIES), {name: nobody(of) for name, of in OUTPUTS.items()}
            )
        rows = [rows_of(names, self.vocabulary) for names in features]
        edge = [[NOTHING]] * VIEW
        in_view, alone = bags_of([*edge, *rows, *edge]), bags_of(rows)
        found = np.stack([finder.predict(in_view) for finder in self.finders]).mean(axis=0)
        found = found[VIEW : len(rows) + VIEW]
        labels = log_shares(found[:, : len(LABELS)])
        outputs = {name: log_shares(scores) for name, scores in by_output(self.sorter.predict(alone)).items()}
        categories = (log_shares(found[:, 1 : len(LABELS)]) + outputs["category"]) / np.float32(2)
        return Readings(labels, log_shares(categories), outputs)


def rows_of(features: Iterable[str], vocabulary: Mapping[str, int]) -> list[int]:
    """The rows of the features that are known, in order; that of nothing where none is."""
    return sorted(filter(None, map(vocabulary.get, features))) or [NOTHING]  # no row of a feature is 0


def by_output(scores: Scores) -> dict[str, Scores]:
    """The columns of the sorter's scores by output."""
    ends = itertools.accumulate(len(labels) for labels in OUTPUTS.values())
    return {name: scores[:, end - len(OUTPUTS[name]) : end] for name, end in zip(OUTPUTS, ends, strict=True)}


def nobody(labels: Sequence[str]) -> Scores:
    """The scores of no clause at all."""
    return np.zeros((0, len(labels)), np.float32)


def bags_of(rows: Sequence[Sequence[int]]) -> Ragged:
    """The rows of the features of each clause, as the networks read them."""
    sizes = list(map(len, rows))
    every = np.fromiter(itertools.chain.from_iterable(rows), np.int32, sum(sizes))
    return ragged(every, np.array(sizes, np.int32))


def ragged(rows: NDArray[np.int32], sizes: NDArray[np.int32]) -> Ragged:
    """The rows of all clauses one behind the other, and how many each clause has."""
    data: Any = rows  # thinc has types of its own for what are arrays of numpy
    lengths: Any = sizes
    return Ragged(data, lengths)


def log_shares(scores: Scores) -> Scores:
    """Scores as logarithms of probabilities, row by row."""
    least = scores - scores.max(axis=1, keepdims=True, initial=-np.inf)
    shares: Scores = least - np.log(np.exp(least).sum(axis=1, keepdims=True))
    return shares


def make_finder(features: int, seed: int) -> Network:
    """A network that sees `features` names: none and the categories, then the domains."""
    window = 2 * VIEW + 1
    return _started(
        chain(
            _bag(_FINDER_WIDTH, features, seed),
            LayerNorm(_FINDER_WIDTH),
            Dropout(0.4),
            residual(
                chain(
                    expand_window(VIEW),
                    Maxout(_FINDER_WIDTH, _FINDER_WIDTH * window, nP=2, normalize=True, dropout=0.4),
                )
            ),
            Linear(len(LABELS) + len(DOMAINS), _FINDER_WIDTH),
        )
    )


def make_sorter(features: int, seed: int) -> Network:
    """A network that sees `features` names: the outputs of `OUTPUTS` in their order."""
    outputs = sum(map(len, OUTPUTS.values()))
    return _started(chain(_bag(_SORTER_WIDTH, features, seed), Dropout(0.3), Linear(outputs, _SORTER_WIDTH)))


def _started(network: Network) -> Network:
    network.initialize(X=bags_of([[NOTHING]] * (2 * VIEW + 1)))
    return network


def _bag(width: int, features: int, seed: int) -> Layer:
    """A layer that adds up the rows of a table, adds a bias and keeps what is positive."""

    def start(model: Layer, X: object = None, Y: object = None) -> None:  # noqa: ARG001, N803  thinc's names
        table = np.random.default_rng(seed).normal(0, 0.05, (features + 1, width))
        _set_parameter(model, "E", table.astype(np.float32))
        _set_parameter(model, "b", np.zeros(width, np.float32))

    return Model("bag", _add_up, init=start, params={"E": None, "b": None}, dims={"nO": width})


def _add_up(model: Network, bags: Ragged, is_train: bool) -> tuple[Scores, Learn]:  # noqa: ARG001  thinc gives it
    rows: Any = bags.dataXd
    sizes: Any = bags.lengths
    table = _parameter(model, "E")
    scale = (_SCALE / np.sqrt(sizes)).astype(np.float32)[:, None]
    sums: Any = model.ops.reduce_sum(table.take(rows, axis=0), sizes)
    added = np.maximum(sums * scale + _parameter(model, "b"), 0)

    def learn(slope: Scores) -> Ragged:
        through: Any = np.where(added > 0, slope, 0).astype(np.float32)
        model.inc_grad("b", through.sum(axis=0))
        if not model.has_grad("E"):
            nowhere: Any = np.zeros_like(table)
            model.set_grad("E", nowhere)  # kept: to make one for each batch would take longest of all
        by_row: Any = np.repeat(through * scale, sizes, axis=0)
        model.ops.scatter_add(model.get_grad("E"), rows, by_row)
        return bags

    return added, learn


def save_readers(readers: Readers, folder: Path = FOLDER) -> None:
    """Writes the vocabulary and the parameters, in half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    names = sorted(readers.vocabulary, key=readers.vocabulary.__getitem__)
    (folder / "vocabulary.txt").write_text("".join(f"{name}\n" for name in names), "utf-8")
    for file, network in _files(readers):
        np.savez(folder / file, *(param.astype(np.float16) for param in _parameters(network)))


@cache
def load_readers(folder: Path = FOLDER) -> Readers:
    """The readers as `save_readers` wrote them."""
    names = (folder / "vocabulary.txt").read_text("utf-8").split("\n")[:-1]
    with fast_matrices():
        readers = new_readers({name: i for i, name in enumerate(names, start=1)})
    for file, network in _files(readers):
        with np.load(folder / file) as saved:
            _set_parameters(network, [saved[f"arr_{i}"].astype(np.float32) for i in range(len(saved.files))])
    return readers


def new_readers(vocabulary: Mapping[str, int]) -> Readers:
    """Untrained readers that know the features of `vocabulary`."""
    finders = tuple(make_finder(len(vocabulary), seed) for seed in FINDER_SEEDS)
    return Readers(vocabulary, finders, make_sorter(len(vocabulary), SORTER_SEED))


def _files(readers: Readers) -> list[tuple[str, Network]]:
    finders = [(f"finder-{i}.npz", finder) for i, finder in enumerate(readers.finders, start=1)]
    return [*finders, ("sorter.npz", readers.sorter)]


def _places(network: Network) -> list[tuple[Layer, str]]:
    return [(layer, name) for layer in network.walk() for name in layer.param_names]


def _parameters(network: Network) -> list[Scores]:
    return [_parameter(layer, name) for layer, name in _places(network)]


def _set_parameters(network: Network, values: Sequence[Scores]) -> None:
    for (layer, name), value in zip(_places(network), values, strict=True):
        _set_parameter(layer, name, value)


def _parameter(layer: Layer, name: str) -> Scores:
    value: Any = layer.get_param(name)  # thinc has types of its own for what are arrays of numpy
    return np.asarray(value)


def _set_parameter(layer: Layer, name: str, value: Any) -> None:
    layer.set_param(name, value)
