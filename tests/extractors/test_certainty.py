"""Each row is a sentence with the certainty that the annotation guide gives it."""

from collections.abc import Callable

import pytest
from spacy.tokens import Span

from extractors.certainty import can_hang, certainty_evidence, certainty_examples, certainty_of

FIRM = [
    "Ik wil naar huis.",
    "Jij krijgt het als eerste te lezen.",
    "Dat wil ik ook, net als opa.",
]
TENTATIVE = ["Misschien hier.", "Dat weet ik nog niet.", "Daar twijfel ik nog over."]
CONDITIONAL = [
    "Alleen als het echt niet anders kan.",
    "Naar het ziekenhuis als hij koorts krijgt.",
    "Geen ECMO, tenzij er longen zijn.",
    "Zolang hij lacht gaan we door.",
    "Wordt het erger, dan naar huis.",
]


@pytest.mark.parametrize("text", FIRM)
def test_what_hangs_on_nothing_is_firm(clause: Callable[[str], Span], text: str) -> None:
    assert certainty_of(clause(text), "preference") == "firm"


@pytest.mark.parametrize("text", TENTATIVE)
def test_a_hedge_makes_it_tentative(clause: Callable[[str], Span], text: str) -> None:
    assert certainty_of(clause(text), "preference") == "tentative"


@pytest.mark.parametrize("text", CONDITIONAL)
def test_a_condition_makes_it_conditional(clause: Callable[[str], Span], text: str) -> None:
    assert certainty_of(clause(text), "preference") == "conditional"


@pytest.mark.parametrize("category", ["value", "concern"])
def test_a_condition_in_a_value_or_a_worry_only_says_when(
    clause: Callable[[str], Span], category: str
) -> None:
    assert certainty_of(clause("Als het donker is, ben ik bang."), category) == "firm"


def test_a_sentence_without_doubt_or_condition_is_not_weighed(clause: Callable[[str], Span]) -> None:
    assert not can_hang(clause("Ik wil naar huis."))


def test_the_evidence_tells_where_a_condition_stands(clause: Callable[[str], Span]) -> None:
    evidence = certainty_evidence(clause("Naar huis als hij koorts krijgt."), "preference")
    assert {"if:last=als", "if+preference"} <= evidence


def test_als_without_a_verb_compares(clause: Callable[[str], Span]) -> None:
    assert "if:compares=als" in certainty_evidence(clause("Oom Piet als vertegenwoordiger."), None)


def test_an_annotated_condition_teaches_with_and_without_its_category(clause: Callable[[str], Span]) -> None:
    known, unknown = certainty_examples(clause("Alleen als het moet."), "preference", "conditional", 0.5)
    assert known.importance + unknown.importance == pytest.approx(0.5)
    assert "category:preference" in known.evidence - unknown.evidence
