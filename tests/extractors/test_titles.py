from collections.abc import Callable, Mapping

import pytest

from extractors.known_people import known_people
from extractors.people import mention
from extractors.schema import Conversation, Participant, Role, Turn

People = Callable[..., Mapping[str, Role]]


@pytest.fixture
def people(talk: Callable[..., Conversation]) -> People:
    """The words that stand for the participants given."""
    return lambda *participants: known_people(talk().model_copy(update={"participants": participants}))


PATIENT = Participant(label="Bakker", role="child", function="kind", name="Bakker")
DAUGHTER = Participant(label="Sharda", role="parent", function="dochter")
HUSBAND = Participant(label="Jan", role="parent", function="echtgenoot")


def adult(text: str, *people: Participant) -> dict[str, Role]:
    """The words that stand for somebody in a conversation with an adult."""
    return known_people(
        Conversation(
            id="c1", source="x.txt", sha256="0", format="text", kind="pzp", text=text, participants=people
        )
    )


def test_a_bare_title_is_the_adult_patient() -> None:
    assert adult("Mw. wil niet meer gereanimeerd worden.", PATIENT, DAUGHTER)["mw."] == "child"


def test_a_bare_title_is_nobody_where_both_titles_occur_and_nothing_tells_them_apart() -> None:
    known = adult("Mw. wil naar huis. Dhr. ziet daartegen op.", PATIENT, HUSBAND)
    assert "mw." not in known
    assert "dhr." not in known


def test_a_title_before_the_patients_name_tells_them_apart() -> None:
    known = adult("Gesprek met mw. A. Bakker. Mw. wil naar huis. Dhr. ziet op.", PATIENT, HUSBAND)
    assert (known["mw."], known["dhr."]) == ("child", "parent")


def test_a_title_that_a_relative_bears_too_is_nobody() -> None:
    sister = Participant(label="Mw. de Vries", role="parent", function="zus")
    assert "mw." not in adult("Mw. wil naar huis.", PATIENT, sister)


def test_a_bare_title_is_the_one_participant_who_bears_it(people: People) -> None:
    known = people(
        Participant(label="mw. Ruthmila", role="parent"), Participant(label="dr. B.", role="care_team")
    )
    assert known["mw"] == known["mw."] == "parent"
    assert "dhr." not in known


def test_a_title_is_nobody_while_no_child_is_known(people: People) -> None:
    known = people(Participant(label="Farzana", role="parent", function="moeder"))
    assert mention(["mw.", "wil"], known) is None


def test_in_a_childs_plan_a_title_beside_the_childs_name_is_the_parent() -> None:
    text = "Mw. bang dat Finn te vroeg naar huis gaat."
    known = known_people(
        Conversation(
            id="c1", source="x.txt", sha256="0", format="text", text=text, child="Finn",
            participants=(Participant(label="Chayenne", role="parent", function="moeder"),),
            turns=(Turn(index=0, text=text, start=0, end=len(text), block="paragraph"),),
        )
    )  # fmt: skip
    assert known["mw."] == "parent"


def test_in_a_childs_plan_a_title_is_the_relative_of_that_sex() -> None:
    text = "Mw. wil naar huis."
    people = (
        Participant(label="Finn", role="child"),
        Participant(label="Chayenne", role="parent", function="moeder"),
    )
    talk = Conversation(id="c1", source="x.txt", sha256="0", format="text", text=text, participants=people)
    assert known_people(talk)["mw."] == "parent"


def test_nobody_says_mw_to_a_child_whose_age_is_told() -> None:
    text = "Elif 20 mnd, SMA. Mw. wil de canule."
    talk = Conversation(id="c1", source="x.txt", sha256="0", format="text", text=text, child="Elif")
    assert known_people(talk)["mw."] == "parent"


def test_a_spouse_of_the_same_name_is_told_apart_by_the_title() -> None:
    patient = Participant(label="Emil", role="child", name="Emil")
    talk = Conversation(
        id="c1", source="x.txt", sha256="0", format="text", kind="pzp", child="Emil", participants=(patient,),
        text="Gesprek met dhr. Emil Bakker en mw. Bakker. Dhr. wil thuis blijven. Mw. is moe.",
    )  # fmt: skip
    known = known_people(talk)
    assert (mention(["mw.", "Bakker", "is"], known), mention(["dhr.", "Bakker", "wil"], known)) == (
        "parent",
        "child",
    )
    assert (known["mw."], known["dhr."]) == ("parent", "child")
