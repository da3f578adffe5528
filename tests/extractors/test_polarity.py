"""Each row is a sentence with the polarity that the annotation guide gives it."""

import pytest
from spacy.language import Language

from extractors.cues import CUES
from extractors.polarity import polarity_of

WANTED = [
    "Ik wil naar huis.",
    "Ik wil dat hij geen pijn heeft.",
    "Wij willen hem niet kwijt.",
    "Alleen als het echt niet anders kan.",
    "Liever thuis, niet in het ziekenhuis.",
    "Niet alleen mama mag erbij.",
    "Ik wil ermee stoppen.",
]
REFUSED = [
    "Geen sonde meer.",
    "School hoeft niet.",
    "Ik wil geen kist.",
    "Niet meer naar de IC.",
    "Moeder wil niet reanimeren",
    "Liever niet met de ambulance.",
    "Dat nooit meer, die ECMO.",
    "Als hij stikt wil ik geen buis.",
    "Tracheostoma ziet hij niet zitten",
]


def polarity(nlp: Language, text: str, category: str) -> str:
    doc = nlp.make_doc(text)
    for name, component in nlp.pipeline:
        if name == "izp_statements":
            break
        doc = component(doc)
    span = doc[:]
    return polarity_of(span, list(doc.spans[CUES]), category)


@pytest.mark.parametrize("text", WANTED)
def test_what_is_wanted_is_affirmed(nlp: Language, text: str) -> None:
    assert polarity(nlp, text, "preference") == "affirmed"


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_refused_is_negated(nlp: Language, text: str) -> None:
    assert polarity(nlp, text, "preference") == "negated"


@pytest.mark.parametrize("category", ["concern", "context", "action_point"])
def test_a_worry_or_a_fact_is_affirmed_whatever_it_denies(nlp: Language, category: str) -> None:
    assert polarity(nlp, "Hij kan niet meer lopen.", category) == "affirmed"
