import pytest
from pydantic import ValidationError

from extractors.schema import Conversation, Findings, Statement, Turn, statement_id


def talk(*turns: Turn, text: str) -> Conversation:
    return Conversation(id="c", source="a.txt", sha256="0", format="text", text=text, turns=turns)


def statement(**given: object) -> Statement:
    fields: dict[str, object] = {
        "id": "s",
        "quote": "x",
        "turn": 0,
        "start": 0,
        "end": 1,
        "perspective": "child",
    }
    return Statement.model_validate(fields | {"category": "value", "domains": ("sociaal",)} | given)


def test_a_turn_stands_at_its_span() -> None:
    with pytest.raises(ValidationError, match="does not stand at its span"):
        talk(Turn(index=0, text="hoi", start=1, end=4), text="hoi daar")


def test_turns_are_numbered_in_order() -> None:
    with pytest.raises(ValidationError, match="has index"):
        talk(Turn(index=1, text="hoi", start=0, end=3), text="hoi")


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValidationError):
        statement(chapter="x")


def test_an_unknown_perspective_has_a_reason() -> None:
    with pytest.raises(ValidationError, match="perspective_reason"):
        statement(perspective="unknown")


def test_a_known_perspective_has_none() -> None:
    with pytest.raises(ValidationError, match="perspective_reason"):
        statement(perspective_reason="niet bekend")


def test_the_same_span_has_the_same_id() -> None:
    assert statement_id("c", 3, 9) == statement_id("c", 3, 9) != statement_id("c", 3, 10)


def test_a_domain_of_facts_alone_was_not_discussed() -> None:
    findings = Findings(
        conversation="c", statements=(statement(category="context", domains=("fysiek",)), statement())
    )
    assert findings.domains_not_discussed == (
        "fysiek",
        "psychologisch",
        "spiritueel",
        "pedagogisch",
        "veiligheid",
    )


def test_a_turn_without_a_statement_is_unused_unless_it_is_a_heading() -> None:
    text = "Wensen\nx\ny"
    turns = (
        Turn(index=0, text="Wensen", start=0, end=6, block="heading"),
        Turn(index=1, text="x", start=7, end=8),
        Turn(index=2, text="y", start=9, end=10),
    )
    findings = Findings(conversation="c", statements=(statement(turn=1, start=7, end=8),))
    assert [turn.index for turn in findings.unused_turns(talk(*turns, text=text))] == [2]


def test_a_turn_with_only_a_statement_to_review_is_not_unused() -> None:
    turns = (Turn(index=0, text="x", start=0, end=1), Turn(index=1, text="y", start=2, end=3))
    findings = Findings(conversation="c", to_review=(statement(),))
    assert [turn.index for turn in findings.unused_turns(talk(*turns, text="x\ny"))] == [1]


def test_what_is_to_be_reviewed_does_not_count_as_discussed() -> None:
    assert "sociaal" in Findings(conversation="c", to_review=(statement(),)).domains_not_discussed


def test_an_error_of_a_record_does_not_quote_its_input() -> None:
    with pytest.raises(ValidationError) as caught:
        statement(quote=["geheim"], category="geheim")
    assert "geheim" not in str(caught.value)
