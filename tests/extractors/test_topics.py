from collections.abc import Callable

import pytest

from extractors.schema import Findings, Statement

Only = Callable[..., Statement]
Find = Callable[..., Findings]
ASKED = ("Kinderarts", "Zou je nog naar de IC willen als het moet?")


def test_a_clause_is_about_what_its_words_name(only: Only) -> None:
    assert "intensive_care" in only(("Sem", "Ik wil niet meer naar de IC.")).topics


@pytest.mark.parametrize(
    "answer", ["Nee.", "Nee hoor.", "Nee, dat wil ik niet.", "Liever niet.", "Dat hoeft niet meer van mij."]
)
def test_a_refusal_takes_its_topic_from_the_question_right_before_it(only: Only, answer: str) -> None:
    said = only(ASKED, ("Sem", answer))
    assert (said.category, said.polarity) == ("preference", "negated")
    assert "intensive_care" in said.topics
    assert said.question == "Zou je nog naar de IC willen als het moet?"


def test_a_yes_to_a_question_about_a_limit_is_kept(only: Only) -> None:
    said = only(ASKED, ("Sem", "Ja."))
    assert (said.polarity, said.because[0]) == ("affirmed", "rule.treatment_limit")


def test_a_yes_to_a_question_that_refuses_is_a_refusal(only: Only) -> None:
    assert only(("Kinderarts", "Dus geen beademing meer?"), ("Moeder", "Ja.")).polarity == "negated"


def test_a_yes_to_another_question_is_no_statement(find: Find) -> None:
    assert find(("Kinderarts", "Heb je dorst?"), ("Sem", "Ja.")).statements == ()


def test_a_clause_takes_the_topic_of_the_words_before_its_colon(only: Only) -> None:
    said = only((None, "Reanimeren: wil moeder liever niet"), block="list_item")
    assert (said.lead, said.question) == ("Reanimeren", None)
    assert "resuscitation" in said.topics


def test_a_clause_that_points_back_takes_the_topic_of_the_one_before(find: Find) -> None:
    said = find(("Moeder", "Ik ben bang dat hij weer aan de beademing komt. Dat wil ik niet meer."))
    assert said.statements[-1].quote == "Dat wil ik niet meer"
    assert "ventilation" in said.statements[-1].topics


def test_a_clause_with_a_topic_of_its_own_takes_no_other(only: Only) -> None:
    assert "intensive_care" not in only(ASKED, ("Sem", "Ik wil graag naar school met mijn vrienden.")).topics


def test_a_question_further_back_lends_no_topic(find: Find) -> None:
    turns = (ASKED, ("Moeder", "Tja."), ("Sem", "Liever thuis."))
    assert ["intensive_care" in s.topics for s in find(*turns).statements if s.turn == 2] == [False]


def test_a_limit_that_was_only_asked_about_is_named(find: Find) -> None:
    assert [(named.topic, named.turns) for named in find(ASKED, ("Sem", "Weet je.")).limits_named] == [
        ("intensive_care", (0,))
    ]


def test_a_wish_about_a_limit_is_flagged_whatever_it_looks_like(find: Find) -> None:
    findings = find(ASKED, ("Sem", "Nee."))
    assert [flag.type for flag in findings.flags] == ["treatment_limit"]
