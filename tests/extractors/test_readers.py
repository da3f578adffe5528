"""The readers, on features that are taught here."""

from pathlib import Path

import numpy as np
import pytest

from extractors.readers import OUTPUTS, VIEW, Readers, load_readers, rows_of, save_readers
from extractors.schema import CATEGORIES
from extractors.training import Lesson, train_readers
from extractors.weights import LABELS

PLAIN = frozenset(("plain",))


@pytest.fixture(scope="module")
def readers() -> Readers:
    """Readers that were taught that what stands right behind "cue" is a goal."""
    after = Lesson(PLAIN, "goal", ("fysiek",))
    lessons = [Lesson(frozenset(("cue",)), "none"), after, *[Lesson(PLAIN, "none")] * 4]
    return train_readers([lessons * 8] * 12)


def _chance_of_a_statement(readers: Readers, *features: str) -> list[float]:
    return [float(1 - np.exp(row[0])) for row in readers.read([{name} for name in features]).labels]


def test_what_stands_before_a_clause_tells_whether_it_is_a_statement(readers: Readers) -> None:
    behind_cue = _chance_of_a_statement(readers, "plain", "plain", "cue", "plain", "plain")[3]
    behind_plain = _chance_of_a_statement(readers, "plain", "plain", "plain", "plain", "plain")[3]
    assert behind_cue > 2 * behind_plain


def test_a_clause_out_of_view_tells_nothing(readers: Readers) -> None:
    far = ["plain"] * VIEW
    assert _chance_of_a_statement(readers, "cue", *far, "plain")[-1] == pytest.approx(
        _chance_of_a_statement(readers, "plain", *far, "plain")[-1]
    )


def test_a_feature_that_was_never_seen_says_nothing(readers: Readers) -> None:
    known, more = readers.read([PLAIN]), readers.read([{*PLAIN, "never seen"}])
    assert np.array_equal(known.labels, more.labels)
    assert np.array_equal(known.sorted["domain"], more.sorted["domain"])


def test_a_clause_without_any_known_feature_can_be_read(readers: Readers) -> None:
    assert np.array_equal(rows_of({"never seen"}, readers.vocabulary), [0])
    assert np.isfinite(readers.read([{"never seen"}]).labels).all()


def test_a_conversation_without_clauses_has_readings_without_rows(readers: Readers) -> None:
    readings = readers.read([])
    assert readings.labels.shape == (0, len(LABELS))
    assert readings.categories.shape == (0, len(CATEGORIES))
    assert {name: scores.shape for name, scores in readings.sorted.items()} == {
        name: (0, len(labels)) for name, labels in OUTPUTS.items()
    }


def test_what_is_read_are_logarithms_of_probabilities(readers: Readers) -> None:
    readings = readers.read([PLAIN, {"cue"}])
    for scores in (readings.labels, readings.categories, *readings.sorted.values()):
        assert np.exp(scores).sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_saved_readers_read_as_they_did(readers: Readers, tmp_path: Path) -> None:
    save_readers(readers, tmp_path)
    saved, kept = load_readers(tmp_path), [PLAIN, {"cue"}, PLAIN]
    assert saved.vocabulary == readers.vocabulary
    assert saved.read(kept).labels == pytest.approx(readers.read(kept).labels, abs=0.01)


def test_saving_readers_again_gives_the_same_bytes(readers: Readers, tmp_path: Path) -> None:
    for folder in ("one", "other"):
        save_readers(readers, tmp_path / folder)
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "other" / file.name).read_bytes()


def test_the_shipped_readers_have_a_row_for_each_feature_they_know() -> None:
    readers = load_readers()
    assert sorted(readers.vocabulary.values()) == list(range(1, len(readers.vocabulary) + 1))
    for network in (*readers.finders, readers.sorter):
        (table,) = [layer.get_param("E") for layer in network.walk() if layer.name == "bag"]
        assert table.shape[0] == len(readers.vocabulary) + 1
