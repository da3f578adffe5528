import pytest
from spacy.language import Language
from spacy.tokens import Doc

import extractors.clauses  # noqa: F401  registers the component that cues need
from extractors.cues import CUES, PatternError, compile_phrase, load_cues
from extractors.language import load_model

EXAMPLES = [
    pytest.param(cue_id, sentence, expected, id=f"{cue_id}: {sentence}")
    for cue_id, cue in load_cues().items()
    for expected, sentences in ((True, cue.examples.match), (False, cue.examples.no_match))
    for sentence in sentences
]


@pytest.fixture(scope="module")
def finder() -> Language:
    nlp = load_model()
    nlp.add_pipe("izp_clauses")
    nlp.add_pipe("izp_cues")
    return nlp


def cues(doc: Doc) -> set[str]:
    return {span.label_ for span in doc.spans[CUES]}


@pytest.mark.parametrize(("cue_id", "sentence", "expected"), EXAMPLES)
def test_every_example_of_a_cue_holds(finder: Language, cue_id: str, sentence: str, expected: bool) -> None:
    assert (cue_id in cues(finder(sentence))) is expected


def test_a_find_that_overlaps_an_exception_does_not_count(finder: Language) -> None:
    assert "wish.gladly" not in cues(finder("Ja graag."))


def test_a_gap_does_not_cross_a_comma(finder: Language) -> None:
    assert "refusal.do_not_want" not in cues(finder("Dat wil ik, zei ze, niet morgen"))


def test_a_phrase_without_a_word_of_its_own_is_refused() -> None:
    with pytest.raises(PatternError, match="word of its own"):
        compile_phrase("^ ... niet?")


def test_an_unknown_word_set_is_refused() -> None:
    with pytest.raises(PatternError, match="unknown word set"):
        compile_phrase("ik {wensen}")


def test_phrases_may_begin_at_the_start_of_a_clause_only(finder: Language) -> None:
    assert "refusal.no_thing" in cues(finder("Geen sonde."))
    assert "refusal.no_thing" not in cues(finder("Hij heeft geen sonde."))


def test_the_component_is_registered() -> None:
    assert Language.has_factory("izp_cues")
    assert Language.get_factory_meta("izp_cues").factory == "izp_cues"
