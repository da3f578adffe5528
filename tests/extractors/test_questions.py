from collections.abc import Callable

import pytest
from spacy.language import Language
from spacy.tokens import Span

from extractors.cues import CLAUSES
from extractors.extract import to_docs
from extractors.schema import Conversation, Findings

LastClauses = Callable[..., list[Span]]


@pytest.fixture
def last_clauses(nlp: Language, talk: Callable[..., Conversation]) -> LastClauses:
    """The clauses of the last turn of a conversation."""

    def clauses(*turns: tuple[str | None, str]) -> list[Span]:
        docs = list(nlp.pipe(to_docs(talk(*turns), nlp)))
        return list(docs[-1].spans[CLAUSES])

    return clauses


@pytest.mark.parametrize("text", ["Wil je naar huis?", "wat vind je daar van", "Hoe gaat het op school?"])
def test_a_question_is_known_by_its_mark_or_its_word_order(last_clauses: LastClauses, text: str) -> None:
    [clause] = last_clauses(("Kinderarts", text))
    assert clause._.izp_is_question


@pytest.mark.parametrize("text", ["Ik wil naar huis.", "Wat vind je leuk!", "Dat weet je toch."])
def test_what_does_not_ask_is_no_question(last_clauses: LastClauses, text: str) -> None:
    assert not any(clause._.izp_is_question for clause in last_clauses(("Kinderarts", text)))


def test_an_answer_is_linked_to_the_question_before_it(last_clauses: LastClauses) -> None:
    [clause] = last_clauses(("Kinderarts", "Wat vind je leuk?"), ("Sem", "Voetballen!"))
    assert clause._.izp_question.text == "Wat vind je leuk?"


def test_what_another_adds_to_the_answer_is_linked_too(last_clauses: LastClauses) -> None:
    turns = (("Kinderarts", "Waar wil je zijn?"), ("Sem", "Thuis."), ("Moeder", "Bij ons thuis."))
    [clause] = last_clauses(*turns)
    assert clause._.izp_question.text == "Waar wil je zijn?"


def test_a_question_of_the_speaker_is_not_answered_by_the_speaker(last_clauses: LastClauses) -> None:
    [clause] = last_clauses(("Moeder", "Kan dat?"), ("Moeder", "Thuis liever."))
    assert clause._.izp_question is None


def test_a_question_too_far_back_is_not_answered(last_clauses: LastClauses) -> None:
    turns = (("Kinderarts", "Waar wil je zijn?"), *((("Moeder", "Tja.")),) * 3, ("Sem", "Thuis."))
    [clause] = last_clauses(*turns)
    assert clause._.izp_question is None


def test_a_short_answer_keeps_its_question_in_the_record(find: Callable[..., Findings]) -> None:
    findings = find(("Kinderarts", "Wat vind je het leukste om te doen?"), ("Sem", "Voetballen!"))
    assert [(s.quote, s.question) for s in findings.statements] == [
        ("Voetballen!", "Wat vind je het leukste om te doen?")
    ]


def test_an_answer_that_stands_by_itself_goes_without(find: Callable[..., Findings]) -> None:
    findings = find(("Kinderarts", "Waar wil je zijn?"), ("Sem", "Ik wil gewoon thuis bij mama blijven."))
    assert [s.question for s in findings.statements] == [None]
