from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from spacy.language import Language

from extractors.extract import load
from extractors.schema import Findings, Flag, Statement
from pipeline.examples import RIGHT, Example, judge, mark_examples, read_examples, to_conversation

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "labels.md"
KNOWN_FAILURES = ROOT / "tests" / "known_failures.yaml"

TABLE = """\
Words before.

| example | category | polarity | why | izp |
|---|---|---|---|---|
| Moeder: **Geen sonde meer.** | `preference` | `negated` | a refusal | |
| [Doelen] **weer naar school** | `goal`, `preference` | affirmed | | old |

| example | why |
|---|---|
| Vader: **Ja.** | not judged |
"""


REFUSED = "Moeder: **Geen sonde meer.**"
NO_TUBE = Statement(
    id="s1",
    quote="Geen sonde meer",
    turn=0,
    start=0,
    end=15,
    perspective="parent",
    category="preference",
    domains=("fysiek",),
    polarity="negated",
)

Judged = Callable[..., str]


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Judged:
    """The verdict on an example when these statements are found in it."""

    def verdict(text: str, labels: dict[str, str], *found: Statement, **rest: object) -> str:
        findings = Findings.model_validate({"conversation": "example", "statements": found, **rest})
        monkeypatch.setattr("pipeline.examples.extract", lambda *_: findings)
        return judge(Example(text, {name: (label,) for name, label in labels.items()}, line=0), Language())

    return verdict


def test_examples_are_read_from_the_tables_that_end_in_izp():
    first, second = read_examples(TABLE)
    assert first.text == "Moeder: **Geen sonde meer.**"
    assert first.labels == {"category": ("preference",), "polarity": ("negated",)}
    assert second.labels["category"] == ("goal", "preference")


def test_a_field_that_does_not_exist_is_told():
    with pytest.raises(ValueError, match="mood"):
        list(read_examples("| example | mood | izp |\n|---|---|---|\n"))


def test_the_page_gets_a_verdict_for_each_example_and_nothing_else_changes():
    verdicts = list(zip(read_examples(TABLE), (RIGHT, "goal"), strict=True))
    marked = mark_examples(TABLE, verdicts)
    expected = TABLE.replace("| a refusal | |", "| a refusal | ✓ |").replace("| old |", "| goal |")
    assert marked == mark_examples(marked, verdicts) == expected


def test_an_example_is_a_conversation_of_turns_and_lines():
    talk = to_conversation("Kinderarts: Hoe gaat het?<br>Sem: **Goed.**<br>[Doelen] **naar huis**")
    assert [(turn.label, turn.section, turn.text) for turn in talk.turns] == [
        ("Kinderarts", (), "Hoe gaat het?"),
        ("Sem", (), "Goed."),
        (None, ("Doelen",), "naar huis"),
    ]
    assert {person.label: person.role for person in talk.participants} == {
        "Sem": "child",
        "Kinderarts": "care_team",
    }


def test_an_example_that_is_read_as_it_says_is_right(judged: Judged):
    assert judged(REFUSED, {"polarity": "negated"}, NO_TUBE) == RIGHT


def test_a_verdict_tells_what_was_made_of_it_instead(judged: Judged):
    assert judged(REFUSED, {"polarity": "affirmed"}, NO_TUBE) == "negated"


def test_a_verdict_on_more_fields_than_one_names_the_field(judged: Judged):
    labels = {"polarity": "affirmed", "perspective": "parent"}
    assert judged(REFUSED, labels, NO_TUBE) == "polarity: negated"


def test_words_that_are_no_statement_are_right_when_nothing_is_found(judged: Judged):
    assert judged(REFUSED, {"category": "none"}) == RIGHT


def test_a_statement_where_none_should_be_is_wrong(judged: Judged):
    assert judged(REFUSED, {"category": "none"}, NO_TUBE) == "preference"


def test_a_statement_that_is_not_found_is_wrong(judged: Judged):
    assert judged(REFUSED, {"category": "preference"}) == "not found"


def test_a_statement_to_review_is_not_right_yet(judged: Judged):
    assert judged(REFUSED, {"category": "preference"}, to_review=(NO_TUBE,)) == "to review"


def test_a_flag_is_right_when_it_is_raised_on_a_marked_statement(judged: Judged):
    flag = Flag(type="treatment_limit", statements=(NO_TUBE.id,), note="")
    assert judged(REFUSED, {"treatment_limit": "yes"}, NO_TUBE, flags=(flag,)) == RIGHT
    assert judged(REFUSED, {"treatment_limit": "yes"}, NO_TUBE) == "no"


def test_a_flag_that_should_not_be_raised_is_wrong_on_whatever_statement(judged: Judged):
    flag = Flag(type="treatment_limit", statements=("another",), note="")
    assert judged(REFUSED, {"treatment_limit": "no"}, NO_TUBE, flags=(flag,)) == "yes"
    assert judged(REFUSED, {"treatment_limit": "no"}, NO_TUBE) == RIGHT


@pytest.mark.parametrize("text", [example.text for example in read_examples(PAGE.read_text("utf-8"))])
def test_every_example_of_the_page_marks_words(text: str):
    assert text.count("**") in (2, 4)


@pytest.fixture(scope="module")
def verdicts() -> list[tuple[Example, str]]:
    """What izp makes of every example of the page."""
    nlp = load()
    return [(each, judge(each, nlp)) for each in read_examples(PAGE.read_text("utf-8"))]


def test_the_known_failures_are_exactly_what_is_read_wrongly_today(verdicts: list[tuple[Example, str]]):
    failing: dict[str, dict[str, str]] = {}
    for each, verdict in verdicts:
        if verdict != RIGHT:
            failing.setdefault(each.fields, {})[each.text] = verdict
    assert failing == yaml.safe_load(KNOWN_FAILURES.read_text("utf-8"))


def test_the_page_shows_what_becomes_of_its_examples_today(verdicts: list[tuple[Example, str]]):
    page = PAGE.read_text("utf-8")
    assert page == mark_examples(page, verdicts)
