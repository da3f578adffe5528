from collections.abc import Callable, Mapping

import pytest

from extractors.people import known_people, mention
from extractors.schema import Conversation, Participant, Role

People = Callable[..., Mapping[str, Role]]


@pytest.fixture
def people(talk: Callable[..., Conversation]) -> People:
    """The words that stand for the participants given."""
    return lambda *participants: known_people(talk().model_copy(update={"participants": participants}))


def test_a_participant_is_known_by_label_and_initial(people: People) -> None:
    known = people(Participant(label="Anneke", role="parent"))
    assert known["anneke"] == "parent"
    assert known["a."] == "parent"


def test_an_initial_of_two_people_with_different_roles_stands_for_nobody(people: People) -> None:
    known = people(Participant(label="Jurre", role="child"), Participant(label="Joke", role="care_team"))
    assert "j." not in known


def test_a_title_takes_the_name_after_it(people: People) -> None:
    known = people(Participant(label="Oma Ria", role="parent"))
    assert mention(["oma", "ria", "wil"], known) == "parent"


def test_a_participant_goes_before_a_general_word() -> None:
    assert mention(["m.", "wil"], {"m.": "child"}) == "child"


def test_a_general_word_names_a_role() -> None:
    assert mention(["vlgs", "vader"], {}) == "parent"
    assert mention(["pt", "zegt"], {}) == "child"
    assert mention(["kct"], {}) == "care_team"


def test_words_that_name_nobody_give_nobody(people: People) -> None:
    assert mention(["liever", "thuis"], people()) is None


def test_a_participant_without_a_role_stands_for_nobody(people: People) -> None:
    assert "karel" not in people(Participant(label="Karel"))
