"""What is learned of who speaks and whose view it is, on an invented talk."""

from collections.abc import Callable, Sequence

import pytest
from spacy.language import Language

from extractors.evaluate import Annotation, Gold
from extractors.schema import Conversation
from pipeline.learn.people import spoken_view_examples, turns_example, view_examples

WISH = Annotation(
    id="s1",
    quote="Hij wil naar huis",
    perspective="child",
    reported=True,
    category="goal",
    domains=("sociaal",),
    polarity="affirmed",
    certainty="firm",
)
Said = Sequence[tuple[str, str]]
SAID = (("Ans", "Dag. Hoe gaat het?"), ("Puck", "Hij wil naar huis."))


@pytest.fixture
def talk(talk_of: Callable[[Said], Conversation]) -> Conversation:
    return talk_of(SAID)


@pytest.fixture
def gold() -> Gold:
    people = [
        {"label": "Puck", "role": "parent", "function": "vader"},
        {"label": "Ans", "role": "care_team", "function": "verpleegkundige"},
    ]
    about = {"source": "p.txt", "kind": "het_belangrijk", "date": None, "child": None, "participants": people}
    return Gold.model_validate({**about, "statements": [WISH]})


def test_a_statement_of_talk_is_an_example_for_the_role_that_says_it(
    talk: Conversation, gold: Gold, nlp: Language
) -> None:
    (example,) = spoken_view_examples(talk, gold, nlp)
    assert example.label == "child+reported"
    assert "parent|subject:hij" in example.evidence


def test_talk_is_no_example_for_the_views_in_notes(talk: Conversation, gold: Gold, nlp: Language) -> None:
    assert list(view_examples(talk, gold, nlp)) == []


def test_a_talk_is_an_example_sentence_by_sentence(talk: Conversation, gold: Gold) -> None:
    assert turns_example(talk, gold).labels == ["care_team", "care_team", "parent"]
