"""The evidence of whose view a speaker gives."""

from collections.abc import Callable

import pytest
from spacy.tokens import Span

from extractors.schema import Role
from extractors.spoken_views import (
    named_wisher,
    spoken_view_chances,
    spoken_view_evidence,
    spoken_view_example,
)
from extractors.views import VIEWS

Clause = Callable[[str], Span]


def _read(clause: Clause, text: str) -> Span:
    read = clause(text)
    read._.izp_category = "preference"
    return read


def test_evidence_is_of_one_role(clause: Clause) -> None:
    evidence = spoken_view_evidence(_read(clause, "Hij wil naar huis."), "parent")
    assert all(name.startswith("parent|") for name in evidence)


def test_an_interpreter_speaks_as_a_parent_does(clause: Clause) -> None:
    wish = _read(clause, "Ik wil naar huis.")
    assert spoken_view_evidence(wish, "parent") < spoken_view_evidence(wish, "interpreter")


def test_forms_of_one_pronoun_are_one_subject(clause: Clause) -> None:
    for text in ("Ze wil naar huis.", "Zij wil naar huis."):
        assert "parent|subject:ze" in spoken_view_evidence(_read(clause, text), "parent")


def test_the_same_words_are_anothers_view_from_another_mouth(clause: Clause) -> None:
    wish = _read(clause, "Ik wil naar huis.")
    for role in ("child", "parent", "care_team"):
        assert VIEWS[int(spoken_view_chances(wish, role).argmax())] == role


def test_an_example_tells_whether_somebody_else_said_it(clause: Clause) -> None:
    wish = _read(clause, "Hij wil naar huis.")
    assert spoken_view_example(wish, "parent", "child", reported=True).label == "child+reported"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Zijn vader vindt dat hij naar huis moet.", "parent"),
        ("Oma wil nog een behandeling.", "parent"),
        ("De dokter zegt dat het niet meer gaat.", "care_team"),
        ("Hij wil naar huis.", None),
        ("Oma, ik wil naar huis.", None),
        ("Oma komt morgen.", None),
    ],
)
def test_who_is_named_as_wishing_or_saying_it(clause: Clause, text: str, named: Role | None) -> None:
    assert named_wisher(_read(clause, text)) == named
