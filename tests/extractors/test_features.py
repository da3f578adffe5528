"""The features of clauses, in conversations written here."""

from collections.abc import Callable

import pytest
from spacy.language import Language

from extractors.extract import COMPONENTS, to_docs
from extractors.features import features_of, see
from extractors.schema import Conversation

Features = Callable[..., list[set[str]]]
LATER = COMPONENTS[COMPONENTS.index("izp_statements") :]


@pytest.fixture(scope="module")
def features(nlp: Language, talk: Callable[..., Conversation]) -> Features:
    """The features of each clause of a conversation."""

    def found(*turns: tuple[str | None, str], **about: object) -> list[set[str]]:
        return features_of(see(list(nlp.pipe(to_docs(talk(*turns, **about), nlp), disable=LATER))))

    return found


def test_a_clause_has_its_pattern_evidence(features: Features) -> None:
    (names,) = features(("Sem", "Dan liever thuis."))
    assert {"always", "wish.rather", "speaker:child"} <= names


def test_a_clause_has_its_words_lemmas_and_pairs_of_them(features: Features) -> None:
    (names,) = features(("Sem", "Hij slaapt thuis."))
    assert {"w:slaapt", "l:slapen", "ww:slaapt thuis", "ll:slapen thuis", "first:hij", "last:thuis"} <= names


def test_a_long_lemma_also_has_its_beginning_and_its_end(features: Features) -> None:
    (names,) = features(("Moeder", "Geen bloedtransfusie meer."))
    assert {"c:bloed", "c:fusie"} <= names


def test_a_clause_knows_how_it_ends(features: Features) -> None:
    (names,) = features(("Sem", "Naar huis!"))
    assert "last:!" in names


def test_a_clause_knows_the_words_of_the_question_before_it(features: Features) -> None:
    names = features(("Kinderarts", "Wat vind je leuk, Sem?"), ("Sem", "Voetballen!"))[-1]
    assert "near:leuk" in names


def test_a_clause_knows_the_words_of_its_heading(features: Features) -> None:
    (names,) = features((None, "thuis slapen"), block="list_item", section=("Wensen van Sem",))
    assert "section:wensen" in names


def test_a_clause_knows_the_words_before_its_colon(features: Features) -> None:
    names = features((None, "Pijn: liever een zetpil dan een prik."), block="list_item")[-1]
    assert {"lead", "lead:pijn"} <= names


def test_a_clause_knows_the_clauses_around_it(features: Features) -> None:
    first, middle, last = features(
        ("Moeder", "Hij slaapt slecht."), ("Vader", "Dat klopt."), ("Kinderarts", "Wat helpt hem dan?")
    )
    assert {"before:nothing", "after:same:parent:tells"} <= first
    assert {"before:same:parent:tells", "before:slapen", "after:other:care_team:asks"} <= middle
    assert {"before:other:parent:tells", "after:nothing"} <= last


def test_a_clause_of_the_same_turn_is_told_apart_from_another_turn(features: Features) -> None:
    _, second = features(("Moeder", "Hij slaapt slecht. Wij zijn moe."))
    assert "before:turn:parent:tells" in second


def test_a_heading_has_no_features(features: Features) -> None:
    assert features((None, "Wensen van Sem"), block="heading") == []


def test_a_conversation_without_turns_has_no_features(features: Features) -> None:
    assert features() == []
