"""Each row is a sentence with the polarity that the annotation guide gives it."""

from collections.abc import Callable

import pytest
from spacy.tokens import Span

from extractors.polarity import can_deny, is_doubtful, polarity_evidence, polarity_examples, polarity_of
from extractors.schema import Polarity, Statement

WANTED = [
    "Ik wil naar huis.",
    "Ik wil dat hij geen pijn heeft.",
    "Wij willen hem niet kwijt.",
    "Liever thuis, niet in het ziekenhuis.",
    "Niet alleen mama mag erbij.",
    "Ik wil ermee stoppen.",
    "Ik zeg nog geen nee.",
    "Een muts is niet erg.",
    "Ik wil niets liever dan naar huis.",
]
REFUSED = [
    "Geen sonde meer.",
    "School hoeft niet.",
    "Ik wil geen kist.",
    "Niet meer naar de IC.",
    "Moeder wil niet reanimeren",
    "Liever niet met de ambulance.",
    "Dat nooit meer, die ECMO.",
    "Als hij stikt wil ik geen buis.",
    "Tracheostoma ziet hij niet zitten",
    "Ik heb gezegd dat ik dat niet wil.",
    "Is ze stervende, dan niet meer",
    "Niet reanimeren, geen IC",
    "Ouders zien af van een nieuwe operatie.",
    "Geen sonde, al weet vader het nog niet.",
]


@pytest.mark.parametrize("text", WANTED)
def test_what_is_wanted_is_affirmed(clause: Callable[[str], Span], text: str) -> None:
    assert polarity_of(clause(text), "preference") == "affirmed"


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_refused_is_negated(clause: Callable[[str], Span], text: str) -> None:
    assert polarity_of(clause(text), "preference") == "negated"


@pytest.mark.parametrize("category", ["concern", "context", "action_point"])
def test_a_worry_or_a_fact_is_affirmed_whatever_it_denies(
    clause: Callable[[str], Span], category: str
) -> None:
    assert polarity_of(clause("Hij kan niet meer lopen."), category) == "affirmed"


def test_the_refusal_of_a_limit_does_not_hang_on_the_table(
    clause: Callable[[str], Span], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extractors.polarity.load_polarity", dict)
    assert polarity_of(clause("Niet beademen."), "preference") == "negated"


def test_a_plain_refusal_of_a_limit_leaves_no_doubt(clause: Callable[[str], Span]) -> None:
    assert not is_doubtful(clause("Geen beademing meer."), "negated", "preference")


@pytest.mark.parametrize("polarity", ["affirmed", "negated"])
def test_what_the_weights_leave_open_of_a_limit_is_a_doubt_either_way(
    clause: Callable[[str], Span], monkeypatch: pytest.MonkeyPatch, polarity: Polarity
) -> None:
    monkeypatch.setattr("extractors.polarity.load_polarity", dict)
    assert is_doubtful(clause("Beademen wil ik eigenlijk niet zonder meer."), polarity, "preference")


@pytest.mark.parametrize("text", ["School hoeft niet zonder meer.", "Wij willen beademing."])
def test_what_names_no_limit_or_denies_nothing_is_no_doubt(
    clause: Callable[[str], Span], monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr("extractors.polarity.load_polarity", dict)
    assert not is_doubtful(clause(text), "affirmed", "preference")


def test_a_sentence_without_a_denial_is_not_weighed(clause: Callable[[str], Span]) -> None:
    assert not can_deny(clause("Ik wil naar huis."))


def test_the_evidence_names_the_denial_and_the_verb_it_goes_with(clause: Callable[[str], Span]) -> None:
    evidence = polarity_evidence(clause("Als hij stikt wil ik geen buis."), "preference")
    assert {"not:geen", "not+self+want", "if, not", "shape:cN"} <= evidence


def test_the_evidence_names_what_is_denied(clause: Callable[[str], Span]) -> None:
    evidence = polarity_evidence(clause("Geen beademing."), "preference")
    assert {"about:ventilation", "limit+preference"} <= evidence


def test_the_evidence_tells_what_stands_around_the_statement(clause: Callable[[str], Span]) -> None:
    turn = clause("Nee, ik wil geen slang. Nee.").doc
    evidence = polarity_evidence(turn[2:6], "preference")
    assert {"no before", "mark behind:.", "no behind:.", "denied before:,"} <= evidence


def test_an_annotated_denial_teaches_with_and_without_its_category(clause: Callable[[str], Span]) -> None:
    known, unknown = polarity_examples(clause("Geen sonde."), "preference", "negated")
    assert known.importance + unknown.importance == pytest.approx(1)
    assert "category:preference" in known.evidence - unknown.evidence


def test_a_yes_to_a_question_that_refuses_is_a_refusal(only: Callable[..., Statement]) -> None:
    statement = only(("Kinderarts", "Dus geen beademing meer?"), ("Moeder", "Ja."))
    assert statement.polarity == "negated"
