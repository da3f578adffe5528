"""Learning what is still open, on an invented talk."""

from collections.abc import Callable, Sequence

import pytest
from spacy.language import Language

from extractors.evaluate import AnnotatedFlag, Annotation, Gold
from extractors.schema import Conversation
from pipeline.learn.flags import annotated_statements, flag_examples

Said = Sequence[tuple[str, str]]
SAID = (
    ("Ans", "Ik wil dat hij thuis blijft."),
    ("Bart", "Ik wil dat niet."),
    ("Ans", "Hoe lang heeft hij nog?"),
    ("Cas", "Dat weet ik niet."),
)
ROLES = {"Ans": "parent", "Bart": "parent", "Cas": "care_team"}


@pytest.fixture
def talk(talk_of: Callable[[Said], Conversation]) -> Conversation:
    return talk_of(SAID)


@pytest.fixture
def gold() -> Gold:
    marked = (
        ("s1", SAID[0][1], "preference"),
        ("s2", SAID[1][1], "preference"),
        ("s3", SAID[2][1], "concern"),
    )
    statements = [
        Annotation.model_validate(
            {"id": name, "quote": quote.rstrip("."), "perspective": "parent", "category": category}
            | {"domains": ("fysiek",), "polarity": "affirmed", "certainty": "firm", "reported": False}
        )
        for name, quote, category in marked
    ]
    flags = [
        AnnotatedFlag(type="conflict", statements=("s1", "s2")),
        AnnotatedFlag(type="open_question", statements=("s3",)),
    ]
    people = [{"label": label, "role": role, "function": ""} for label, role in ROLES.items()]
    about = {"source": "t.txt", "kind": "het_belangrijk", "date": None, "child": None, "participants": people}
    return Gold.model_validate({**about, "statements": statements, "flags": flags})


def test_the_annotated_statements_are_read_as_annotated(
    talk: Conversation, gold: Gold, nlp: Language
) -> None:
    statements, ids = annotated_statements(talk, gold, nlp)
    assert [s.category for s in statements] == ["preference", "preference", "concern"]
    assert [ids[name] for name in ("s1", "s2", "s3")] == [s.id for s in statements]


def test_the_flags_tell_which_pairs_conflict_and_which_questions_are_open(
    talk: Conversation, gold: Gold, nlp: Language
) -> None:
    pairs, questions = flag_examples(talk, gold, nlp)
    assert sorted(pair.label for pair in pairs) == ["against", "beside", "beside"]
    assert [question.label for question in questions] == ["open"]
