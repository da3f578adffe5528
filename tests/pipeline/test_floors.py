import json
from pathlib import Path

import pytest

from extractors.evaluate import Figures, score
from pipeline import cli
from pipeline.floors import Floors, FloorsError, load_floors, named_figures, shortfalls

ROOT = Path(__file__).resolve().parents[2]
OURS = ROOT / "tests" / "floors.yaml"


@pytest.fixture(scope="module")
def figures() -> Figures:
    """Those of an evaluation that had nothing to score."""
    return score([])


def test_a_figure_under_its_floor_is_named(figures: Figures):
    under = figures.model_copy(update={"detection_f1": 0.4996})
    told = list(shortfalls(under, Floors(least={"detection_f1": 0.5}, most={})))
    assert told == ["detection_f1 is 0,4996 en moet minstens 0,5 zijn."]


def test_more_errors_than_allowed_are_named(figures: Figures):
    over = figures.model_copy(update={"polarity_errors": 9})
    told = list(shortfalls(over, Floors(least={}, most={"polarity_errors": 8})))
    assert told == ["polarity_errors is 9 en mag hoogstens 8 zijn."]


def test_a_figure_on_its_floor_is_enough(figures: Figures):
    exact = figures.model_copy(update={"detection_f1": 0.5, "polarity_errors": 8})
    assert not list(shortfalls(exact, Floors(least={"detection_f1": 0.5}, most={"polarity_errors": 8})))


def test_a_figure_of_one_flag_has_a_floor_too(figures: Figures):
    figures = figures.model_copy(update={"flag_recall": {**figures.flag_recall, "treatment_limit": 0.7}})
    assert list(shortfalls(figures, Floors(least={"flag_recall.treatment_limit": 0.8}, most={})))


def test_a_floor_for_what_nobody_counts_is_refused(figures: Figures):
    with pytest.raises(FloorsError, match="f2"):
        list(shortfalls(figures, Floors(least={"f2": 0.5}, most={})))


@pytest.mark.parametrize("content", ["", "least: 3", "least: {}\nmost: {}\nbest: {}", "least: [", "\0"])
def test_a_file_of_another_shape_is_refused(content: str, tmp_path: Path):
    path = tmp_path / "floors.yaml"
    path.write_text(content, "utf-8")
    with pytest.raises(FloorsError, match="ondergrenzen"):
        load_floors(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(FloorsError, match="ondergrenzen"):
        load_floors(tmp_path / "floors.yaml")


def test_every_figure_that_matters_has_a_floor(figures: Figures):
    floors = load_floors(OURS)
    assert floors.least.keys() >= {
        "detection_f1",
        "statement_f1",
        "category_accuracy",
        "perspective_accuracy",
        "domain_accuracy",
        "certainty_accuracy",
        "flags_f1",
        "owner_accuracy",
        "due_accuracy",
    }
    assert floors.most.keys() >= {"polarity_errors", "not_verbatim", "missing_files"}
    assert (floors.least.keys() | floors.most.keys()) <= named_figures(figures).keys()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder with a conversation of which every statement that is found counts as invented."""
    talk = "Kinderarts: Wat is belangrijk?\nMoeder: Ik wil graag dat Sem thuis is.\nSem: Ik ook.\n"
    (tmp_path / "sem.txt").write_text(talk, "utf-8")
    gold = {"source": "sem.txt", "kind": "pzp", "date": None, "child": "Sem", "participants": []}
    (tmp_path / "sem.gold.json").write_text(json.dumps(gold), "utf-8")
    return tmp_path


def test_an_evaluation_under_a_floor_fails_and_says_which(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "floors.yaml"
    path.write_text("least: {detection_f1: 0.5}\nmost: {missing_files: 0}\n", "utf-8")
    assert cli.main(["evaluate", str(corpus), "--floors", str(path)]) == cli.BELOW_FLOOR
    assert capsys.readouterr().err == f"{path}: detection_f1 is 0 en moet minstens 0,5 zijn.\n"


def test_an_evaluation_with_floors_that_cannot_be_read_is_bad_input(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "weg.yaml"
    assert cli.main(["evaluate", str(corpus), "--floors", str(path)]) == cli.BAD_INPUT
    assert capsys.readouterr().err.startswith(f"{path}: ")


def test_the_samples_reach_every_floor(capsys: pytest.CaptureFixture[str]):
    code = cli.main(["evaluate", str(ROOT / "samples"), "--floors", str(OURS)])
    assert (code, capsys.readouterr().err) == (0, "")
