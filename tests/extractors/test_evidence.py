"""The evidence of clauses, in conversations written here."""

from collections.abc import Callable

import pytest
from spacy.language import Language

from extractors.evidence import SMALL_TALK_TURNS, carries_statements, gather_evidence, role_of, speaker_of
from extractors.extract import COMPONENTS, to_docs
from extractors.schema import Conversation, Turn

Talk = Callable[..., Conversation]
Evidence = Callable[..., list[list[str]]]
LATER = COMPONENTS[COMPONENTS.index("izp_statements") :]


@pytest.fixture(scope="module")
def evidence(nlp: Language, talk: Talk) -> Evidence:
    """The evidence of each clause of the last turn of a conversation."""

    def gathered(*turns: tuple[str | None, str], **about: object) -> list[list[str]]:
        docs = list(nlp.pipe(to_docs(talk(*turns, **about), nlp), disable=LATER))
        return [names for _, names in gather_evidence(docs[-1])]

    return gathered


def test_a_cue_is_evidence_with_its_kind_and_its_speaker(evidence: Evidence) -> None:
    (names,) = evidence(("Sem", "Dan liever thuis."))
    assert {"wish.rather", "wish+child", "speaker:child"} <= set(names)


def test_a_concept_is_evidence(evidence: Evidence) -> None:
    (names,) = evidence(("Moeder", "Hij gaat graag naar school."))
    assert any(name.startswith("concept:") and "school" in name for name in names)


def test_a_line_of_a_note_has_its_kind_of_block_and_its_heading(evidence: Evidence) -> None:
    (names,) = evidence((None, "thuiszorg bellen"), block="list_item", section=("Actiepunten",))
    assert {"speaker:note", "block:list_item", "block:list_item+note", "section:actions"} <= set(names)


def test_an_answer_knows_what_was_asked(evidence: Evidence) -> None:
    (names,) = evidence(("Kinderarts", "Wat vind je leuk, Sem?"), ("Sem", "Voetballen!"))
    assert "asked:near+child" in names
    assert any(name.startswith("asked:question.") for name in names)


def test_what_comes_long_after_a_question_is_no_answer(evidence: Evidence) -> None:
    (*_, names) = evidence(
        ("Kinderarts", "Wat vind je leuk, Sem?"),
        ("Sem", "Voetballen met mijn vrienden op het grote plein bij ons huis. Taart vind ik ook lekker."),
    )
    assert "asked:far+child" in names


def test_without_a_question_nothing_was_asked(evidence: Evidence) -> None:
    (names,) = evidence(("Sem", "Ik wil naar huis."))
    assert "asked:nothing" in names


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Een rustige kamer", "no_verb"),
        ("Voetballen", "words:1"),
        ("Voetballen", "words:few+child"),
        ("Ik wil met mijn vrienden naar het plein", "words:many+child"),
        ("Ik wil naar huis", "self+child"),
        ("Kun je dat nog een keer uitleggen?", "asks+child"),
    ],
)
def test_the_shape_of_a_clause_is_evidence(evidence: Evidence, words: str, name: str) -> None:
    (names,) = evidence(("Sem", words))
    assert name in names


def test_where_a_turn_stands_is_evidence_in_a_long_conversation_only(evidence: Evidence) -> None:
    long = [("Sem", "Ik wil naar huis.")] * (4 * SMALL_TALK_TURNS + 1)
    assert "place:end" in evidence(*long)[0]
    assert "place:end" not in evidence(*long[1:])[0]


@pytest.mark.parametrize(("label", "who"), [("Sem", "child"), (None, "note"), ("Spreker 9", "unmapped")])
def test_who_speaks_is_a_role_a_note_or_unmapped(
    nlp: Language, talk: Talk, label: str | None, who: str
) -> None:
    (doc,) = to_docs(talk((label, "Ik wil naar huis.")), nlp)
    assert speaker_of(doc) == who


def test_a_label_goes_before_what_was_inferred_of_a_turn(talk: Talk) -> None:
    turn = Turn(index=0, text="Ja.", start=0, end=3, role="parent")
    assert role_of(talk(), turn) == "parent"
    assert role_of(talk(), turn.model_copy(update={"label": "Sem"})) == "child"


@pytest.mark.parametrize(("block", "carries"), [("heading", False), ("header", False), ("paragraph", True)])
def test_headings_carry_no_statements(nlp: Language, talk: Talk, block: str, carries: bool) -> None:
    (doc,) = to_docs(talk((None, "Wensen van Sem"), block=block), nlp)
    assert carries_statements(doc) is carries
