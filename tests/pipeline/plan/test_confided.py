import pytest

SECRET = {"quote": "mama hoeft dit niet te weten"}
"""Asks for confidence: what stands right before and behind it may be meant."""


@pytest.fixture
def asked(review):
    """A plan of four statements: the first asks to keep its words, the last two are apart."""
    return review(SECRET, {}, {}, {})


def left_out(made):
    return {entry.id for one in made.plan().confided for entry in one.entries}


def test_what_is_about_a_request_is_left_out(asked):
    assert left_out(asked) == {"s1", "s2"}
    assert [(one.place.turn, one.told) for one in asked.plan().confided] == [(0, None)]


def test_a_reader_lets_the_family_read_what_was_taken_for_confided(asked):
    asked.does("share", "s2", "family")
    assert left_out(asked) == {"s1"}


def test_a_request_of_which_a_reader_let_go_of_everything_is_not_told_of(asked):
    asked.does("share", "s1", "family")
    asked.does("share", "s2", "family")
    assert asked.plan().confided == ()


def test_a_reader_keeps_to_the_care_team_what_nothing_was_recognised_in(asked):
    one = asked.does("share", "s4", "team")
    [told] = [each for each in asked.plan().confided if each.told]
    assert left_out(asked) == {"s1", "s2", "s4"}
    assert (told.place.turn, told.told.by, told.told.function, told.told.at) == (
        3,
        one.author,
        one.function,
        one.at,
    )


def test_a_reader_keeps_own_words_to_the_care_team(asked):
    added = asked.does("add", "sociaal", "Zij huilt vaak")
    asked.does("share", added.id, "team")
    [told] = [each for each in asked.plan().confided if each.told]
    assert (told.place, [entry.id for entry in told.entries]) == (None, [added.id])


def test_the_last_that_readers_said_holds_and_can_be_taken_back(asked):
    asked.does("share", "s4", "team")
    last = asked.does("share", "s4", "family")
    assert "s4" not in left_out(asked)
    asked.does("undo", last.id)
    assert "s4" in left_out(asked)


def test_that_the_family_may_read_words_does_not_hold_for_other_words(asked):
    asked.does("share", "s2", "family")
    asked.does("edit", "s2", "Zij is bang")
    assert "s2" in left_out(asked)


def test_what_is_for_the_care_team_alone_stays_so_in_other_words(asked):
    asked.does("share", "s4", "team")
    asked.does("edit", "s4", "Zij is bang")
    assert "s4" in left_out(asked)


@pytest.mark.parametrize(("part", "into"), [("s3", "s4"), ("s4", "s3")])
def test_what_is_folded_together_is_left_out_together(asked, part, into):
    asked.does("share", "s3", "team")
    asked.does("merge", part, into)
    assert left_out(asked) == {"s1", "s2", "s3", "s4"}


def test_that_the_family_may_read_words_does_not_hold_for_what_is_folded_in_later(asked):
    asked.does("share", "s3", "family")
    asked.does("share", "s4", "team")
    asked.does("merge", "s4", "s3")
    assert left_out(asked) == {"s1", "s2", "s3", "s4"}
    asked.does("share", "s3", "family")
    assert left_out(asked) == {"s1", "s2"}


def test_who_says_for_whom_a_statement_is_does_not_end_its_confirmation(asked):
    asked.does("confirm", "s4")
    asked.does("share", "s4", "team")
    assert asked.entry("s4").confirmed


def test_for_whom_a_statement_is_changes_nothing_else_of_it(asked):
    before = asked.entry("s4")
    asked.does("share", "s4", "team")
    assert asked.entry("s4") == before
