from collections.abc import Callable, Mapping

import pytest

from extractors.known_people import known_people
from extractors.people import mention
from extractors.schema import Conversation, Kind, Participant, Role

People = Callable[..., Mapping[str, Role]]


@pytest.fixture
def people(talk: Callable[..., Conversation]) -> People:
    """The words that stand for the participants given."""
    return lambda *participants: known_people(talk().model_copy(update={"participants": participants}))


def known(text: str, *people: Participant, kind: Kind = "het_belangrijk") -> dict[str, Role]:
    """The words that stand for somebody in a conversation with this text."""
    return known_people(
        Conversation(
            id="c1", source="x.txt", sha256="0", format="text", kind=kind, text=text, participants=people
        )
    )


def test_a_participant_is_known_by_label_and_initial(people: People) -> None:
    known = people(Participant(label="Anneke", role="parent"))
    assert known["anneke"] == "parent"
    assert known["a."] == "parent"


def test_an_initial_of_two_people_with_different_roles_stands_for_nobody(people: People) -> None:
    known = people(Participant(label="Jurre", role="child"), Participant(label="Joke", role="care_team"))
    assert "j." not in known


def test_a_participant_without_a_role_stands_for_nobody(people: People) -> None:
    assert "karel" not in people(Participant(label="Karel"))


def test_a_daughter_is_family_of_an_adult_only(people: People) -> None:
    assert known("", kind="pzp")["dochter"] == "parent"
    assert mention(["dochter", "wil"], people()) is None


def test_a_participants_function_stands_for_the_participant(people: People) -> None:
    assert people(Participant(label="Noor", role="child", function="dochter"))["dochter"] == "child"


@pytest.mark.parametrize(
    ("line", "name", "role"),
    [
        ("Haar zus Rosario was er ook.", "rosario", "parent"),
        ("Coby (pleegmoeder) deed het woord.", "coby", "parent"),
        ("De moeder, Havva, wil naar huis.", "havva", "parent"),
        ("Volgens dr. Vermeer kan het thuis.", "vermeer", "care_team"),
    ],
)
def test_a_name_beside_a_function_is_known(
    talk: Callable[..., Conversation], line: str, name: str, role: str
) -> None:
    assert known_people(talk((None, line), block="paragraph"))[name] == role


def test_brackets_without_a_function_behind_a_name_tell_nothing() -> None:
    assert "coby" not in known("Haar tante Wil en Coby ( 34) waren er ook.")


def test_a_name_that_is_another_word_too_is_not(talk: Callable[..., Conversation]) -> None:
    assert "wil" not in known_people(
        talk((None, "Bij oma Wil kan hij logeren, maar hij wil niet."), block="paragraph")
    )


def test_a_name_after_the_end_of_a_sentence_is_not(talk: Callable[..., Conversation]) -> None:
    assert "bram" not in known_people(talk((None, "Hij slaapt bij papa. Bram speelt."), block="paragraph"))


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("Aanwezig: moeder, ik (Lise, kvpk).", "lise", "care_team"),
        ("Aanwezig: moeder, ondergetekende (Loes).", "loes", "care_team"),
        ("Teamkamer. Verslag door Lobke.", "lobke", "care_team"),
        ("Aanwezig: Gerdine (31), dr. Bakhuis.", "gerdine", "parent"),
        ("Aanwezig: mw. en dhr. El Idrissi, dr. Bakhuis.", "idrissi", "parent"),
        ("Mw. Faneyte kwam eerst, dhr. Faneyte later.", "faneyte", "parent"),
    ],
)
def test_a_name_can_be_known_without_a_function(text: str, name: str, role: Role) -> None:
    assert known(text)[name] == role


def test_the_age_of_an_adult_patient_makes_nobody_a_relative() -> None:
    assert "harm" not in known("Gesprek met Harm (66).", kind="pzp")


def test_a_name_cut_short_is_the_one_person_it_can_be() -> None:
    people = (Participant(label="Thijmen", role="child"), Participant(label="Karin", role="parent"))
    assert known("Th. wil stage lopen.", *people)["th."] == "child"


def test_a_name_cut_short_that_two_can_be_is_nobody() -> None:
    people = (Participant(label="Thijmen", role="child"), Participant(label="Thea", role="parent"))
    assert "th." not in known("Th. wil stage lopen.", *people)
