from extractors.limits import IN_PLAIN_WORDS, limit_threads
from extractors.schema import Named, Statement

ASKED_ABOUT_IC = (Named(topic="intensive_care", turns=(0,)),)


def wish(turn: int, quote: str = "Dat wil ik niet", **given: object) -> Statement:
    fields: dict[str, object] = {
        "id": f"s{turn}",
        "quote": quote,
        "turn": turn,
        "start": 0,
        "end": len(quote),
        "perspective": "parent",
        "category": "preference",
        "domains": ("fysiek",),
    }
    return Statement.model_validate(fields | given)


def test_a_wish_belongs_to_the_treatment_it_names() -> None:
    assert limit_threads([wish(5, topics=("ventilation",))], ()) == {"ventilation": ("s5",)}


def test_a_wish_without_a_subject_belongs_to_the_treatment_asked_about() -> None:
    assert limit_threads([wish(1)], ASKED_ABOUT_IC) == {"intensive_care": ("s1",)}


def test_a_wish_about_something_else_does_not() -> None:
    assert limit_threads([wish(1, "Naar school", topics=("school",))], ASKED_ABOUT_IC) == {}


def test_the_run_of_the_talk_ends() -> None:
    assert limit_threads([wish(4)], ASKED_ABOUT_IC) == {}


def test_plain_words_for_a_treatment_are_enough() -> None:
    assert limit_threads([wish(4, "Geen slangen meer")], ()) == {IN_PLAIN_WORDS: ("s4",)}


def test_a_fact_is_no_wish() -> None:
    assert limit_threads([wish(1, category="context")], ASKED_ABOUT_IC) == {}
