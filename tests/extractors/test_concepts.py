from pathlib import Path

import pytest
import simplemma
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from extractors.concepts import (
    CONCEPTS,
    DIRECTORY,
    ConceptFinder,
    LexiconError,
    WordIndex,
    limit_concepts,
    load_lexicon,
    read_lexicon,
)

ENTRY = """
- id: home
  label: thuis
  domains: [sociaal]
  terms: [thuis]
  examples:
    match: [Ik wil thuis zijn.]
"""
EXAMPLES = [
    pytest.param(concept.id, sentence, wanted, id=f"{concept.id}-{'is' if wanted else 'not'}-{number}")
    for concept in load_lexicon().values()
    for wanted, sentences in ((True, concept.examples.match), (False, concept.examples.no_match))
    for number, sentence in enumerate(sentences)
]
TREATMENTS = [
    "resuscitation",
    "ventilation",
    "intensive_care",
    "hospital_admission",
    "antibiotics",
    "blood_products",
    "artificial_feeding",
    "surgery",
    "chemotherapy",
    "transplantation",
    "trial_treatment",
    "sedation",
    "euthanasia",
    "dialysis",
    "intubation_tracheostomy",
    "non_invasive_ventilation",
    "radiotherapy",
    "oxygen",
]


@pytest.fixture(scope="module")
def dutch() -> Language:
    nlp = spacy.blank("nl")
    nlp.add_pipe("izp_concepts")
    return nlp


def finder(directory: Path, yaml: str) -> tuple[Language, ConceptFinder]:
    (directory / "area.yaml").write_text(yaml, "utf-8")
    nlp = spacy.blank("nl")
    return nlp, ConceptFinder(nlp, read_lexicon(directory))


def with_lemmas(nlp: Language, text: str) -> Doc:
    doc = nlp.make_doc(text)
    for token in doc:
        token.lemma_ = simplemma.lemmatize(token.lower_, lang="nl")
    return doc


def found(doc: Doc) -> list[tuple[str, str]]:
    return [(span.label_, span.text) for span in doc.spans[CONCEPTS]]


@pytest.mark.parametrize(("concept", "sentence", "wanted"), EXAMPLES)
def test_every_example_sentence_holds(dutch: Language, concept: str, sentence: str, wanted: bool) -> None:
    doc = dutch(sentence)
    assert (concept in {span.label_ for span in doc.spans[CONCEPTS]}) is wanted


def test_the_lexicon_is_broad() -> None:
    lexicon = load_lexicon()
    assert len(lexicon) >= 250
    assert sum(len(concept.terms) for concept in lexicon.values()) >= 2500


@pytest.mark.parametrize("concept", TREATMENTS)
def test_burdensome_treatments_are_limits(concept: str) -> None:
    assert concept in limit_concepts()


@pytest.mark.parametrize("concept", ["pain", "dying", "place_of_death", "farewell", "organ_donation"])
def test_what_is_no_burdensome_treatment_is_no_limit(concept: str) -> None:
    assert concept in load_lexicon()
    assert concept not in limit_concepts()


def test_every_exception_has_a_term_it_excepts() -> None:
    nlp = spacy.blank("nl")
    for concept in load_lexicon().values():
        bare = ConceptFinder(nlp, {concept.id: concept.model_copy(update={"not_": []})})
        idle = [term for term in concept.not_ if not bare(with_lemmas(nlp, term.strip("*"))).spans[CONCEPTS]]
        assert not idle, f"{concept.id}: nothing to except in {idle}"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("label: thuis", "labels: thuis"), "labels"),
        (("[sociaal]", "[huiselijk]"), "domains"),
        (("[sociaal]", "[]"), "domains"),
        (("[sociaal]", "[sociaal, sociaal]"), "named twice: sociaal"),
        (("id: home", "id: Thuis zijn"), "id"),
        (("[thuis]", "[112]"), "terms.0"),
        (("[thuis]", "[thuis, thuis]"), "named twice: thuis"),
        (("[thuis]", '["th*is"]'), "start or the end"),
        (("[thuis]", '["*is"]'), "at least 3 letters"),
        (("[thuis]", '["naar huis*"]'), "one word"),
        (("[thuis]", "[thuis]\n  not: [thuis]"), "both under terms and under not"),
        (("  examples:\n    match: [Ik wil thuis zijn.]\n", ""), "examples"),
        (("match: [Ik wil thuis zijn.]", "match: []"), "examples.match"),
    ],
)
def test_a_fault_names_file_entry_and_field(tmp_path: Path, change: tuple[str, str], fault: str) -> None:
    (tmp_path / "place.yaml").write_text(ENTRY.replace(*change), "utf-8")
    with pytest.raises(LexiconError, match=r"^place\.yaml, entry 1 ") as error:
        read_lexicon(tmp_path)
    assert fault in str(error.value)


def test_an_id_may_occur_once_over_all_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(ENTRY, "utf-8")
    (tmp_path / "b.yaml").write_text(ENTRY, "utf-8")
    with pytest.raises(LexiconError, match=r"^b\.yaml, entry 1: id 'home' occurs twice"):
        read_lexicon(tmp_path)


@pytest.mark.parametrize("text", ["home: thuis", "- [", ""])
def test_a_file_that_is_no_list_of_entries_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "place.yaml").write_text(text, "utf-8")
    with pytest.raises(LexiconError, match=r"^place\.yaml: "):
        read_lexicon(tmp_path)


def test_the_longest_match_from_a_word_wins(tmp_path: Path) -> None:
    nlp, find = finder(tmp_path, ENTRY + ENTRY.replace("home", "care").replace("[thuis]", "[thuis zorgen]"))
    assert found(find(nlp("Wij willen thuis zorgen."))) == [("care", "thuis zorgen")]


def test_two_concepts_may_share_words(tmp_path: Path) -> None:
    nlp, find = finder(tmp_path, ENTRY + ENTRY.replace("home", "here").replace("[thuis]", "[hier thuis]"))
    assert found(find(nlp("Het is hier thuis."))) == [("here", "hier thuis"), ("home", "thuis")]


def test_one_concept_is_found_once_in_the_same_words(tmp_path: Path) -> None:
    nlp, find = finder(tmp_path, ENTRY.replace("[thuis]", "[thuis, weer thuis, thuis zijn bij ons]"))
    assert found(find(nlp("Ik wil weer thuis zijn bij ons."))) == [("home", "thuis zijn bij ons")]


def test_an_exception_bars_the_words_inside_it(tmp_path: Path) -> None:
    nlp, find = finder(tmp_path, ENTRY.replace("[thuis]", "[thuis]\n  not: [van huis en thuis]"))
    assert found(find(nlp("Van huis en thuis weg, en nu thuis."))) == [("home", "thuis")]


def test_a_longer_term_outdoes_an_exception_inside_it(tmp_path: Path) -> None:
    nlp, find = finder(
        tmp_path, ENTRY.replace("[thuis]", "[thuis, nooit meer thuis komen]\n  not: [meer thuis]")
    )
    assert found(find(nlp("Hij zal nooit meer thuis komen."))) == [("home", "nooit meer thuis komen")]


def test_an_exception_bars_its_own_concept_only(tmp_path: Path) -> None:
    nlp, find = finder(
        tmp_path,
        ENTRY.replace("[thuis]", "[thuis*]\n  not: [thuiszorg]")
        + ENTRY.replace("home", "home_care").replace("[thuis]", "[thuiszorg]"),
    )
    assert found(find(nlp("De thuiszorg."))) == [("home_care", "thuiszorg")]


@pytest.mark.parametrize(
    ("term", "form", "counts"),
    [
        ("reanim*", "reanimatiebeleid", True),
        ("reanim*", "gereanimeerd", False),
        ("*beademing", "kapjesbeademing", True),
        ("*beademing", "beademingsmachine", False),
        ("*hart*", "kinderhartcentrum", True),
        ("Thuis", "THUIS", True),
        ("HA", "HA", True),
        ("HA", "ha", False),
        ("ha", "HA", True),
        ("ic", "IC/HA", True),
        ("thuis", "kind-thuis", True),
        ("thuis", "huis", False),
        ("oma's", "oma’s", True),
    ],
)
def test_how_one_word_is_read(term: str, form: str, counts: bool) -> None:
    assert WordIndex([(term, "it")], []).concepts(form, "") == (frozenset(["it"]) if counts else frozenset())


def test_a_word_is_found_by_its_lemma() -> None:
    assert WordIndex([("opereren", "surgery")], []).concepts("opereerde", "opereren") == {"surgery"}


def test_a_short_lemma_does_not_count() -> None:
    assert WordIndex([("dag", "day")], []).concepts("dagje", "dag") == frozenset()


def test_an_exception_holds_for_the_form_whatever_the_lemma() -> None:
    words = WordIndex([("huis*", "home")], [("huisarts*", "home")])
    assert words.concepts("huisartsen", "huisarts") == frozenset()


def test_an_exception_holds_for_the_parts_of_a_compound_too() -> None:
    words = WordIndex([("opname", "hospital_admission")], [("video-opname", "hospital_admission")])
    assert words.concepts("video-opname", "") == frozenset()


def test_a_compound_that_is_a_term_is_not_taken_apart() -> None:
    words = WordIndex([("kinder-ic", "intensive_care"), ("kinder", "child")], [])
    assert words.concepts("kinder-ic", "") == {"intensive_care"}


def test_spans_stand_in_the_order_of_the_text(dutch: Language) -> None:
    doc = dutch("Thuis, zonder sonde, met de hond en met oma erbij.")
    starts = [span.start for span in doc.spans[CONCEPTS]]
    assert starts == sorted(starts)


def test_a_text_without_concepts_has_an_empty_group(dutch: Language) -> None:
    assert len(dutch("Tja.").spans[CONCEPTS]) == 0


def test_the_lexicon_of_the_package_is_read_once() -> None:
    assert load_lexicon() is load_lexicon()
    assert load_lexicon() == read_lexicon(DIRECTORY)
