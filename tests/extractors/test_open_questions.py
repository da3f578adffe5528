from collections.abc import Callable

import pytest

from extractors.open_questions import is_open_question, question_example
from extractors.schema import Block, Conversation, Statement

Talk = Callable[..., Conversation]
QUESTION = "Mag hij nog vliegen?"


def asked(conversation: Conversation, quote: str = QUESTION, **given: object) -> bool:
    """Whether the first turn's quote is an open question."""
    start = conversation.text.index(quote)
    fields: dict[str, object] = {
        "id": "s0",
        "quote": quote,
        "turn": 0,
        "start": start,
        "end": start + len(quote),
        "perspective": "parent",
        "category": "concern",
        "domains": ("fysiek",),
    }
    return is_open_question(conversation, Statement.model_validate(fields | given))


@pytest.mark.parametrize(
    ("reply", "is_open"),
    [
        ("Ja, dat mag hij.", False),
        ("Met zuurstof erbij kan dat prima.", False),
        ("Dat weet ik niet.", True),
        ("Daar kom ik op terug, met de cardioloog.", True),
        ("Wat denk je zelf?", True),
        ("Hoe gaat het thuis met de nachten?", True),
    ],
)
def test_a_question_is_open_when_the_reply_does_not_answer(talk: Talk, reply: str, is_open: bool) -> None:
    assert asked(talk(("Moeder", QUESTION), ("Kinderarts", reply), ("Moeder", "Oké."))) is is_open


def test_a_silence_is_no_reply(talk: Talk) -> None:
    assert not asked(talk(("Moeder", QUESTION), (None, "(stilte)"), ("Kinderarts", "Ja hoor, met zuurstof.")))


def test_a_question_of_the_team_is_none(talk: Talk) -> None:
    conversation = talk(("Kinderarts", QUESTION), ("Moeder", "Dat weet ik niet."))
    assert not asked(conversation, perspective="care_team")


def test_a_question_needs_no_mark(talk: Talk) -> None:
    conversation = talk(("Moeder", "hoe lang heeft hij nog"), ("Kinderarts", "Dat kan ik niet zeggen."))
    assert asked(conversation, "hoe lang heeft hij nog")


@pytest.mark.parametrize(
    ("line", "quote", "section", "is_open"),
    [
        ("Vader vroeg of hij mag vliegen. Wist ik niet.", "of hij mag vliegen", (), True),
        ("Vader vroeg of hij mag vliegen. Dat mag met zuurstof.", "of hij mag vliegen", (), False),
        ("Vader vroeg of hij mag vliegen.", "of hij mag vliegen", (), True),
        ("Vliegen met zuurstof", "Vliegen met zuurstof", ("Niet beantwoord",), True),
        ("Vader is bang voor de reis", "bang voor de reis", (), False),
    ],
)
def test_a_note_tells_what_stayed_open(
    talk: Talk, line: str, quote: str, section: tuple[str, ...], is_open: bool
) -> None:
    block: Block = "paragraph"
    assert asked(talk((None, line), block=block, section=section), quote) is is_open


def test_only_what_asks_teaches(talk: Talk) -> None:
    conversation = talk(("Moeder", "Mag hij vliegen? Ik slaap slecht."), ("Kinderarts", "Dat weet ik niet."))
    common = {"turn": 0, "perspective": "parent", "category": "concern", "domains": ("fysiek",)}
    question = Statement.model_validate(
        {"id": "s0", "quote": "Mag hij vliegen?", "start": 0, "end": 16, **common}
    )
    worry = Statement.model_validate(
        {"id": "s1", "quote": "Ik slaap slecht", "start": 17, "end": 32, **common}
    )
    (example,) = question_example(conversation, question, is_open=True)
    assert (example.label, list(question_example(conversation, worry, is_open=False))) == ("open", [])
