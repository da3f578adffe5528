from collections.abc import Callable, Mapping

import pytest

from extractors.known_people import known_people
from extractors.people import mention
from extractors.schema import Conversation, Participant, Role

People = Callable[..., Mapping[str, Role]]


@pytest.fixture
def people(talk: Callable[..., Conversation]) -> People:
    """The words that stand for the participants given."""
    return lambda *participants: known_people(talk().model_copy(update={"participants": participants}))


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


# ---- words for a role --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "role"),
    [
        (["schoonmoeder", "wil"], "parent"),
        (["grootmoeder"], "parent"),
        (["diëtiste", "denkt"], "care_team"),
        (["kinderchirurg"], "care_team"),
        (["kinderneuroloog"], "care_team"),
        (["maatschappelijk", "werker", "vindt"], "care_team"),
        (["vpk.", "ziet"], "care_team"),
        (["voorwaarts"], None),
        (["dialoog"], None),
        (["schouders"], None),
        (["stoma"], None),
        (["ik", "wil"], None),
        (["wij", "willen"], None),
        (["mw.", "wil"], None),
        (["tolk"], None),
    ],
)
def test_the_shared_words_and_their_ends_give_the_role(words: list[str], role: Role | None) -> None:
    assert mention(words, {}) == role


def test_a_title_before_an_unknown_name_is_nobody() -> None:
    assert mention(["Mw.", "Jansen", "wil", "komen"], {"mw.": "child"}) is None
