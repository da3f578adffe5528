from pathlib import Path

import pytest

from extractors.evaluate import Annotation, Gold
from extractors.schema import Conversation, Findings, Statement, Turn, statement_id
from pipeline.examples import RIGHT, Example
from pipeline.floors import Floors
from pipeline.quality import (
    Learned,
    Measurement,
    Read,
    calibration,
    categories,
    domains,
    examples,
    figures_of,
    fill,
    flags,
    missed,
    parts_of,
    polarity,
    read_corpus,
    totals,
    ways,
)
from pipeline.settings import Settings

DOCS = Path(__file__).resolve().parents[2] / "docs"
TALK = "Ik wil geen sonde meer\nIk ben bang in het donker en ik wil een lampje\nWij gaan naar zee"


def annotation(quote: str, **fields: object) -> Annotation:
    given = {"category": "preference", "polarity": "affirmed", "domains": ("fysiek",), **fields}
    return Annotation.model_validate(
        {"id": quote, "quote": quote, "perspective": "child", "certainty": "firm", **given}
    )


def statement(quote: str, **fields: object) -> Statement:
    start = TALK.index(quote)
    given = {"category": "preference", "domains": ("fysiek",), "confidence": 0.95, **fields}
    return Statement.model_validate(
        {
            "id": statement_id("c1", start, start + len(quote)),
            "quote": quote,
            "turn": TALK[:start].count("\n"),
            "start": start,
            "end": start + len(quote),
            "perspective": "child",
            **given,
        }
    )


def read(
    annotated: tuple[Annotation, ...], found: tuple[Statement, ...], to_review: tuple[Statement, ...] = ()
) -> list[Read]:
    turns, start = [], 0
    for index, line in enumerate(TALK.split("\n")):
        turns.append(Turn(index=index, text=line, start=start, end=start + len(line)))
        start += len(line) + 1
    talk = Conversation(id="c1", source="a.txt", sha256="0", format="dialogue", text=TALK, turns=tuple(turns))
    gold = Gold(
        source="a.txt", kind="pzp", date=None, child=None, participants=(), statements=annotated, flags=()
    )
    return [Read("a", gold, talk, Findings(conversation="c1", statements=found, to_review=to_review))]


def row(table: str, first: str) -> list[str]:
    [line] = [line for line in table.splitlines() if line.startswith(f"| {first} |")]
    return [cell.strip() for cell in line[1:-1].split("|")][1:]


def learned(*measurements: Measurement) -> Learned:
    return Learned(
        conversations=44,
        statements=3868,
        measurements=measurements,
        words_per_second=9000,
        shipped_mb=8.5,
        memory_mb=250,
    )


SONDE = "Ik wil geen sonde meer"
SAME = read((annotation(SONDE),), (statement(SONDE),))


def test_a_category_taken_for_another_is_counted_where_the_two_cross():
    reads = read((annotation(SONDE),), (statement(SONDE, category="value"),))
    assert row(categories(reads), "**preference**")[:3] == ["1", "", ""]


def test_a_statement_that_was_not_found_is_counted_with_its_category():
    assert row(categories(read((annotation(SONDE),), ())), "**preference**")[7] == "1"


def test_an_optional_statement_is_not_counted():
    reads = read((annotation(SONDE, optional=True),), ())
    assert row(missed(reads), "**all**")[0] == "0"


@pytest.mark.parametrize(
    ("quote", "found", "to_review", "column"),
    [
        ("Wij gaan naar zee", (), ("Wij gaan naar zee",), 1),
        ("een lampje", ("Ik ben bang in het donker en ik wil een lampje",), (), 2),
        ("een lampje", ("Ik ben bang in het donker",), (), 3),
        ("Wij gaan naar zee", (SONDE,), (), 4),
    ],
)
def test_a_missed_statement_is_counted_where_it_lies(
    quote: str, found: tuple[str, ...], to_review: tuple[str, ...], column: int
):
    reads = read((annotation(quote),), tuple(map(statement, found)), tuple(map(statement, to_review)))
    counts = row(missed(reads), "**all**")
    assert counts[0] == counts[column] == "1"
    assert sum(map(int, counts)) == 2


def test_confidence_is_compared_with_what_annotators_marked():
    reads = read(
        (annotation(SONDE),), (statement(SONDE),), (statement("Wij gaan naar zee", confidence=0.15),)
    )
    assert row(calibration(reads), "from 0.9") == ["1", "0.950", "1.000"]
    assert row(calibration(reads), "from 0.1") == ["1", "0.150", "0.000"]


def test_a_full_confidence_counts_in_the_last_tenth():
    reads = read((annotation(SONDE),), (statement(SONDE, confidence=1.0),))
    assert row(calibration(reads), "from 0.9")[0] == "1"


def test_a_refusal_read_as_a_wish_is_counted_and_whether_it_is_of_a_treatment():
    refused = annotation(SONDE, polarity="negated")
    turned = read((refused,), (statement(SONDE, topics=("artificial_feeding",)),))
    assert row(polarity(turned), "preference") == ["1", "1", "0", "0"]


def test_a_wish_read_as_a_refusal_is_counted_apart():
    turned = read((annotation(SONDE),), (statement(SONDE, polarity="negated"),))
    assert row(polarity(turned), "preference") == ["0", "0", "1", "0"]


def test_a_domain_is_right_when_an_annotator_listed_it():
    annotated = annotation(SONDE, domains=("fysiek", "sociaal"))
    reads = read((annotated,), (statement(SONDE, domains=("sociaal",)),))
    assert row(domains(reads), "fysiek") == ["1", "1.000", "0", ""]
    assert row(domains(reads), "sociaal") == ["0", "", "1", "1.000"]


def test_a_flag_that_never_occurs_has_no_share():
    assert row(flags(SAME), "conflict") == ["0", "", "0", ""]


def test_the_figures_stand_beside_those_of_training_and_their_floor():
    trained = figures_of(SAME).model_copy(update={"detection_f1": 0.5})
    table = totals(figures_of(SAME), trained, Floors(least={"detection_f1": 0.25}, most={}))
    assert row(table, "statements found, F1") == ["1.000", "0.500", "0.250"]


def test_each_way_to_decide_has_a_row_on_both_corpora():
    measured = Measurement(corpus="train", by="patterns", figures=figures_of(SAME))
    table = ways(figures_of(SAME), learned(measured))
    assert table.count("| 1.000 |") == 2 * len(("samples, both", "train, patterns"))
    assert len(table.splitlines()) == 2 + 6


def test_examples_are_counted_by_field():
    shown = Example("Sem: **Ja.**", {"category": ("value",)}, line=0)
    table = examples([(shown, RIGHT), (shown, "goal")])
    assert row(table, "category") == row(table, "**all**") == ["2", "1"]


def test_a_part_is_written_in_its_place_and_can_be_written_again():
    page = "Before\n<!-- a -->\nold\n<!-- end of a -->\nAfter\n"
    filled = fill(page, {"a": "new\n"})
    assert filled == fill(filled, {"a": "new\n"})
    assert filled == "Before\n<!-- a -->\n\nnew\n\n<!-- end of a -->\nAfter\n"


def test_a_part_without_a_place_is_told():
    with pytest.raises(ValueError, match="'b'"):
        fill("<!-- a -->\n<!-- end of a -->\n", {"b": "new"})


def test_the_page_has_a_place_for_every_part_and_the_training_left_its_figures():
    training = Learned.model_validate_json((DOCS / "quality.json").read_bytes())
    page = (DOCS / "quality.md").read_text("utf-8")
    parts = parts_of(SAME, [], training, Floors(least={}, most={}))
    assert all(part in fill(page, parts) for part in parts.values())


def test_a_corpus_is_read_with_its_annotations(tmp_path: Path):
    source = "Kinderarts: Wat is belangrijk?\nMoeder: Ik wil graag dat Sem thuis is.\nSem: Ik ook.\n"
    (tmp_path / "a.txt").write_text(source, "utf-8")
    [gold] = [each.gold for each in read((annotation("Ik wil graag dat Sem thuis is"),), ())]
    (tmp_path / "a.gold.json").write_text(gold.model_dump_json(), "utf-8")
    [found] = read_corpus(tmp_path, Settings())
    assert found.name == "a"
    assert found.gold == gold
    assert found.findings.statements
