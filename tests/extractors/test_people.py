from collections.abc import Callable, Mapping

import pytest
import spacy
from spacy.tokens import Span

from extractors.people import known_people, mention, mention_in
from extractors.schema import Block, Conversation, Participant, Role, Turn

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


# ---- titles without a name -------------------------------------------------------------------------------

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


def test_in_a_childs_plan_a_bare_title_alone_is_nobody(people: People) -> None:
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


def test_a_daughter_is_family_of_an_adult_only(people: People) -> None:
    assert adult("", PATIENT)["dochter"] == "parent"
    assert mention(["dochter", "wil"], people()) is None


def test_a_participants_function_stands_for_the_participant(people: People) -> None:
    assert people(Participant(label="Noor", role="child", function="dochter"))["dochter"] == "child"


# ---- the subject of a clause -------------------------------------------------------------------------------


def clause(
    text: str,
    *,
    head: str = "Verslag: Ingrid, vpk",
    block: Block = "paragraph",
    section: tuple[str, ...] = (),
) -> Span:
    """A note of one block under a header, as a span with the people it knows."""
    header = Turn(index=0, text=head, start=0, end=len(head), block="header")
    body = Turn(
        index=1, text=text, start=len(head) + 1, end=len(head) + 1 + len(text), block=block, section=section
    )
    conversation = Conversation(
        id="c1", source="x.txt", sha256="0", format="text", text=f"{head}\n{text}", turns=(header, body)
    )
    doc = spacy.blank("nl")(text)
    doc._.izp_turn, doc._.izp_conversation, doc._.izp_people = body, conversation, known_people(conversation)
    return doc[:]


def test_a_person_after_a_preposition_is_not_the_subject() -> None:
    assert mention_in(clause("Met papa vissen"), 3) is None
    assert mention_in(clause("Volgens papa gaat het"), 3) == "parent"


def test_a_place_where_the_child_goes_holds_no_view() -> None:
    assert mention_in(clause("School is alles voor haar"), 3) is None


def test_a_title_before_an_unknown_name_is_nobody() -> None:
    span = clause("Mw. Jansen wil komen")
    span.doc._.izp_people = {"mw.": "child"}
    assert mention_in(span, 3) is None


def test_ik_in_a_note_is_its_writer() -> None:
    assert mention_in(clause("Ik maak me zorgen over de nachten"), 3) == "care_team"


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("Ik wil niet meer naar de IC, zegt hij", ()),
        ('"Ik wil niet meer naar de IC"', ()),
        ("Ik wil niet meer naar de IC", ("Moeder",)),
        ("Ik wil niet dat papa het hoort", ()),
    ],
)
def test_ik_is_nobody_where_somebody_else_can_be_quoted(text: str, section: tuple[str, ...]) -> None:
    assert mention_in(clause(text, section=section), 3) is None


def test_ik_is_nobody_without_a_writer_and_in_speech() -> None:
    assert mention_in(clause("Ik maak me zorgen", head="Huisbezoek"), 3) is None
    assert mention_in(clause("Ik maak me zorgen", block="speech"), 3) is None


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


def test_a_name_that_is_another_word_too_is_not(talk: Callable[..., Conversation]) -> None:
    assert "wil" not in known_people(
        talk((None, "Bij oma Wil kan hij logeren, maar hij wil niet."), block="paragraph")
    )


def test_a_name_after_the_end_of_a_sentence_is_not(talk: Callable[..., Conversation]) -> None:
    assert "bram" not in known_people(talk((None, "Hij slaapt bij papa. Bram speelt."), block="paragraph"))
