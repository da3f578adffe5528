from collections.abc import Callable, Mapping

import pytest
import spacy
from spacy.tokens import Span

from extractors.known_people import known_people
from extractors.people import mention, mention_in
from extractors.schema import Block, Conversation, Participant, Role, Turn

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
