"""Learning what is refused and what is uncertain, on a few invented clauses."""

from spacy.language import Language

from extractors.evaluate import Gold
from extractors.schema import Conversation, Turn
from pipeline.learn.corpus import OPTIONAL, SINGLE, Utterance
from pipeline.learn.readings import labelled_clauses, labelled_utterances


def _said(text: str, category: str, before: str = "") -> Utterance:
    return Utterance.model_validate(
        {"t": text, "q": before, "role": "child", "cat": category, "dom": [], "pol": "negated", "cer": "firm"}
    )


def test_only_utterances_that_are_statements_teach(nlp: Language) -> None:
    said = [_said("Geen sonde meer.", "preference", before="Wat wil je niet?"), _said("Mooi weer.", "none")]
    (labelled,) = labelled_utterances("u1", said, nlp)
    assert (labelled.clause.text, labelled.category) == ("Geen sonde meer.", "preference")
    assert (labelled.polarity, labelled.importance) == ("negated", SINGLE)


def test_an_utterance_teaches_as_one_clause_with_the_cues_of_all(nlp: Language) -> None:
    said = _said("Ik wil naar huis. En dan liever niet meer prikken.", "preference")
    (labelled,) = labelled_utterances("u1", [said], nlp)
    assert labelled.clause.text == said.text
    assert {cue.split(".")[0] for cue in labelled.clause._.izp_cues} >= {"wish", "negation"}


def test_what_the_annotators_quoted_teaches(nlp: Language) -> None:
    text = "Geen sonde meer. Mooi weer."
    talk = Conversation(
        id="c1",
        source="c1.txt",
        sha256="0" * 64,
        format="dialogue",
        text=text,
        turns=(Turn(index=0, text=text, start=0, end=len(text)),),
    )
    quoted = {
        "id": "s1",
        "quote": "Geen sonde meer",
        "perspective": "child",
        "category": "preference",
        "domains": ["fysiek"],
        "polarity": "negated",
        "certainty": "firm",
        "optional": True,
    }
    about = {"source": "c1.txt", "kind": "pzp", "date": None, "child": None, "participants": []}
    (labelled,) = labelled_clauses(talk, Gold.model_validate({**about, "statements": [quoted]}), nlp)
    assert labelled.clause.text.startswith("Geen sonde meer")
    assert (labelled.polarity, labelled.importance) == ("negated", OPTIONAL)
