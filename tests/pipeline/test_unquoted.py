import pytest

from extractors.schema import Statement, Turn
from pipeline.unquoted import unquoted


def turn_saying(text, *quotes, **fields):
    """A turn in the midst of a conversation, and a statement for each quote."""
    turn = Turn(index=3, text=text, start=100, end=100 + len(text))
    statements = []
    for quote in quotes:
        start = 100 + text.index(quote)
        place = {"id": f"s{start}", "quote": quote, "turn": 3, "start": start, "end": start + len(quote)}
        kind = {"perspective": "child", "category": "preference", "domains": ("fysiek",)}
        statements.append(Statement(**place, **kind, **fields))
    return turn, statements


def test_what_stands_around_a_quote_is_left():
    turn = turn_saying("We zagen een reiger. Ik wil naar huis. Het regende.", "Ik wil naar huis")
    assert unquoted(*turn) == ("We zagen een reiger", "Het regende")


def test_a_turn_that_is_quoted_whole_leaves_nothing():
    assert unquoted(*turn_saying("Ik wil naar huis.", "Ik wil naar huis")) == ()


def test_what_stands_between_two_quotes_is_left_whatever_their_order():
    turn, statements = turn_saying("geen prik, zegt ze, en geen pleister", "geen prik", "geen pleister")
    assert unquoted(turn, statements[::-1]) == unquoted(turn, statements) == ("zegt ze",)


def test_quotes_may_overlap():
    turn = turn_saying("ik wil naar huis met mama erbij", "ik wil naar huis", "huis met mama")
    assert unquoted(*turn) == ("erbij",)


@pytest.mark.parametrize(
    "text", ["Ja, nou, ik wil naar huis hoor!", "Maar ik wil naar huis, en", "… ik wil naar huis?"]
)
def test_small_words_alone_are_nothing(text):
    assert unquoted(*turn_saying(text, "ik wil naar huis")) == ()


def test_the_word_that_joins_a_piece_to_a_quote_goes():
    turn = turn_saying("Het regende, dus ik wil naar huis", "ik wil naar huis")
    assert unquoted(*turn) == ("Het regende",)


def test_the_words_before_the_colon_are_used_with_their_quote():
    assert unquoted(*turn_saying("PEG: liever nu", "liever nu", lead="PEG")) == ()


def test_a_question_in_the_same_turn_is_used_with_its_answer():
    turn = turn_saying("Wat wil je? Ze zegt: naar huis", "naar huis", question="Wat wil je?")
    assert unquoted(*turn) == ("Ze zegt",)


def test_a_question_in_another_turn_takes_nothing():
    turn = turn_saying("Het regende. Naar huis", "Naar huis", question="Wat wil je?")
    assert unquoted(*turn) == ("Het regende",)
