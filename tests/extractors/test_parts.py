from collections.abc import Callable

import pytest
from spacy.language import Language

from extractors.parts import cut_parts
from extractors.rows import to_row

Parts = list[tuple[str, str]]


@pytest.fixture(scope="session")
def parts(nlp: Language) -> Callable[[str], Parts]:
    """The kind and the words of each part of a sentence."""

    def cut(text: str) -> Parts:
        doc = nlp.make_doc(text)
        for name, component in nlp.pipeline:
            if name == "izp_clauses":
                break
            doc = component(doc)
        row = to_row(doc[:])
        return [(part.kind, " ".join(row.forms[part.start : part.end])) for part in cut_parts(row)]

    return cut


ROWS = [
    ("Dat wil ik niet.", ["main"]),
    ("Thuis, niet in het ziekenhuis.", ["main", "main"]),
    ("Thuis en niet in het ziekenhuis.", ["main", "main"]),
    ("Als hij stikt wil ik geen buis, want dan lijdt hij.", ["condition", "main", "reason"]),
    ("Als hij weer maanden moet liggen hoeft het van mij niet.", ["condition", "main"]),
    ("Niet reanimeren tenzij er longen zijn.", ["main", "condition"]),
    ("Is ze stervende, dan niet meer.", ["condition", "main"]),
    ("Ik wil niet dat hij pijn heeft.", ["main", "complement"]),
    ("Een vrouw die geen Nederlands spreekt.", ["main", "relative"]),
    ("Net als opa.", ["main"]),
]


@pytest.mark.parametrize(("text", "kinds"), ROWS)
def test_a_sentence_falls_apart_into_its_parts(
    parts: Callable[[str], Parts], text: str, kinds: list[str]
) -> None:
    assert [kind for kind, _ in parts(text)] == kinds


def test_what_is_reported_counts_as_the_main_part(parts: Callable[[str], Parts]) -> None:
    assert parts("Ik heb gezegd dat ik het niet wil.") == [
        ("report", "ik heb gezegd"),
        ("main", "dat ik het niet wil"),
    ]


def test_a_lead_before_a_colon_is_a_report(parts: Callable[[str], Parts]) -> None:
    assert parts("Besproken: niet reanimeren.")[0] == ("report", "besproken")


def test_a_main_part_may_come_back_without_a_comma(parts: Callable[[str], Parts]) -> None:
    assert parts("Als het slechter gaat dan naar huis.") == [
        ("condition", "als het slechter gaat"),
        ("main", "dan naar huis"),
    ]
