from pathlib import Path

from extractors.schema import CATEGORIES
from extractors.statements import pattern_scores
from extractors.weights import LABELS, RARE, Example, Weights, learn, load_weights, save_weights

TAUGHT = [Example(("cue:a", "always"), "value")] * 40 + [Example(("cue:b", "always"), "none")] * 40


def _likeliest(evidence: tuple[str, ...], weights: Weights) -> str:
    return LABELS[pattern_scores([evidence], weights)[0].argmax()]


def test_evidence_speaks_for_the_label_it_was_seen_with() -> None:
    weights = learn(TAUGHT)
    assert weights["cue:a"]["value"] > 0 > weights["cue:a"].get("none", -1)
    assert _likeliest(("cue:a", "always"), weights) == "value"


def test_rare_evidence_gets_no_weight() -> None:
    assert "cue:c" not in learn([*TAUGHT, *[Example(("cue:c",), "value")] * (RARE - 1)])


def test_learning_twice_gives_the_same_weights() -> None:
    assert learn(TAUGHT) == learn(TAUGHT)


def test_an_example_counts_by_its_importance() -> None:
    mixed = [Example(("cue:a",), "value", 1.0)] * 10 + [Example(("cue:a",), "goal", 0.1)] * 10
    assert _likeliest(("cue:a",), learn(mixed)) == "value"


def test_weights_are_written_in_a_stable_order(tmp_path: Path) -> None:
    file = tmp_path / "weights.json"
    save_weights({"b": {"value": 1.0}, "a": {"none": 0.5}}, file)
    assert file.read_text("utf-8") == '{\n"a": {"none": 0.5},\n"b": {"value": 1.0}\n}\n'


def test_the_shipped_weights_name_only_known_labels() -> None:
    assert {label for row in load_weights().values() for label in row} <= {*LABELS, *CATEGORIES}
