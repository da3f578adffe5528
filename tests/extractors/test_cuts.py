"""What annotated quotes teach about the places where a sentence is cut."""

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from extractors.cuts import cut_evidence, cut_examples, load_cuts, read_line
from extractors.language import load_model
from extractors.schema import Conversation


@pytest.fixture(scope="module")
def reader() -> Language:
    return load_model()


def turn_of(reader: Language, text: str) -> Doc:
    doc = reader(text)
    doc._.izp_conversation = Conversation(
        id="c1", source="talk.txt", sha256="0" * 64, format="dialogue", text=text, turns=()
    )
    return doc


def taught(reader: Language, text: str, *quotes: str) -> list[str]:
    """The decisions that the quotes of a turn teach, in the order of the text."""
    doc = turn_of(reader, text)
    spans = [doc.char_span(text.index(quote), text.index(quote) + len(quote)) for quote in quotes]
    assert all(spans)
    return [example.label for example in cut_examples(doc, [span for span in spans if span])]


def test_a_place_inside_a_quote_is_kept(reader: Language) -> None:
    assert taught(reader, "Rustig thuis, met mama.", "Rustig thuis, met mama") == ["keep"]


def test_a_place_between_two_quotes_is_cut(reader: Language) -> None:
    assert taught(
        reader, "Hij slaapt slecht, de hond mist hem.", "Hij slaapt slecht", "de hond mist hem"
    ) == ["cut"]


def test_a_quote_that_begins_behind_filler_is_cut_before_it(reader: Language) -> None:
    text = "Het is prachtig weer vandaag, maar hij slaapt slecht."
    assert taught(reader, text, "hij slaapt slecht") == ["cut"]


def test_filler_around_a_quote_teaches_nothing(reader: Language) -> None:
    assert taught(reader, "Ja, hij slaapt slecht, hoor.", "hij slaapt slecht") == []


def test_a_sentence_without_a_quote_teaches_nothing(reader: Language) -> None:
    assert taught(reader, "Mooi weer, zeg. Hij slaapt.", "Hij slaapt") == []


def test_a_sure_place_teaches_nothing(reader: Language) -> None:
    assert taught(reader, "sonde uit; rust", "sonde uit; rust") == []


def test_two_quotes_in_one_piece_weigh_more_than_words_around_one(reader: Language) -> None:
    text = "Hij slaapt slecht, de hond mist hem."
    doc = turn_of(reader, text)
    both = [doc[0:3], doc[4:8]]
    [two], [one] = list(cut_examples(doc, both)), list(cut_examples(doc, both[:1]))
    assert two.importance == 1.0 > one.importance


def test_evidence_names_what_stands_around_a_place(reader: Language) -> None:
    doc = turn_of(reader, "Hij slaapt slecht, de hond mist hem.")
    line = read_line(doc[:])
    assert {"word:,de", "before:slecht", "shape:,VV+talk"} <= set(cut_evidence(line, 3))


def test_the_table_weighs_evidence_that_places_have(reader: Language) -> None:
    doc = turn_of(reader, "Hij slaapt slecht, maar de hond mist hem.")
    line = read_line(doc[:])
    assert load_cuts().keys() & set(cut_evidence(line, 3))
