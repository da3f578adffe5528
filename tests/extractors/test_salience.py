from collections.abc import Callable

import pytest
from spacy.language import Language

from extractors.cues import CLAUSES
from extractors.extract import to_docs
from extractors.salience import Meant, meant_in
from extractors.schema import Conversation

Talk = Callable[..., Conversation]
Last = Callable[..., Meant]
PEOPLE = "Aanwezig: moeder Karin, vader Tomas. Sem is een jongen. "


@pytest.fixture
def last(talk: Talk, nlp: Language) -> Last:
    """Whom the last clause of a note about Sem is about; each line is a paragraph."""

    def read(*lines: str, section: tuple[str, ...] = (), block: str = "paragraph") -> Meant:
        conversation = talk(*((None, line) for line in lines), block=block, section=section)
        docs = list(nlp.pipe(to_docs(conversation.model_copy(update={"child": "Sem"}), nlp)))
        return meant_in(docs[-1].spans[CLAUSES][-1])

    return read


def test_a_clause_is_about_whom_it_names(last: Last) -> None:
    assert last("Moeder wil naar huis")[:2] == ("parent", "named")


def test_a_pronoun_is_who_was_named_last_of_that_sex(last: Last) -> None:
    assert last(PEOPLE, "Sem wil niet opgenomen worden. Moeder is moe. Hij wil thuis blijven.")[:2] == (
        "child",
        "pronoun",
    )
    assert last(PEOPLE, "Moeder is moe. Sem slaapt slecht. Zij wil nachtzorg.")[:2] == ("parent", "pronoun")


def test_a_clause_without_a_subject_goes_on_about_the_one_before(last: Last) -> None:
    assert last("Sem zit op de bank. Wil graag naar het strand.")[:2] == ("child", "carried")
    assert last("Sem zit op de bank.", "Wil graag naar het strand.")[:2] == ("child", "above")


def test_a_line_begins_with_the_person_of_its_heading(last: Last) -> None:
    assert last("wil graag naar het strand", section=("Sem zelf",))[:2] == ("child", "headed")


def test_a_cell_under_a_person_is_that_persons(last: Last) -> None:
    assert last("liever thuis", section=("Infuus", "Sem"), block="cell")[:2] == ("child", "cell")


def test_a_cell_under_a_subject_that_only_names_a_person_is_not(last: Last) -> None:
    assert last("liever thuis", section=("Over Sem en zijn school", "wat"), block="cell").how == "headed"


def test_a_heading_with_two_roles_names_nobody(last: Last) -> None:
    assert last("wil graag naar het strand", section=("Sem en moeder",)).headed is None


def test_ze_with_a_plural_verb_is_nobody_alone(last: Last) -> None:
    assert last("Moeder is moe. Ze willen samen naar zee.")[:2] == (None, "they")


def test_a_quoted_ik_is_whom_the_line_is_about(last: Last) -> None:
    assert last('Sem zit op de bank. "Ik wil naar zee"')[:2] == ("child", "carried-quoted")


def test_a_note_on_an_adult_is_about_the_patient_until_it_names_somebody(talk: Talk, nlp: Language) -> None:
    adult = talk((None, "wil graag thuis blijven"), block="list_item").model_copy(update={"kind": "pzp"})
    docs = list(nlp.pipe(to_docs(adult, nlp)))
    assert meant_in(docs[0].spans[CLAUSES][0])[:2] == ("child", "patient")
