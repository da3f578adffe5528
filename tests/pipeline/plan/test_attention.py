from pathlib import Path

import pytest

from pipeline.plan import assemble
from pipeline.plan.attention import OtherRecordError, attention, check_same_record
from pipeline.template import MANIFEST, load_template

IZP = Path(__file__).parents[3] / "templates" / "izp"


@pytest.fixture
def other(tmp_path, template):
    """The template with other words in its manifest."""

    def changed(*words):
        text = (IZP / MANIFEST).read_text()
        for old, new in words:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / MANIFEST).write_text(text)
        return load_template(tmp_path)

    return changed


def told(review, changed):
    """What is told when a review is put into another template."""
    plans = [
        assemble(review.conversation, review.findings, each, review.corrections)
        for each in (review.plan_template, changed)
    ]
    check_same_record(*plans)
    return attention(*plans, review.corrections)


@pytest.fixture
def talk(review, template):
    def begun(*said, **more):
        made = review(*said, **more)
        made.plan_template = template
        return made

    return begun


APOTHEEK = ("      - {id: apotheek, heading: Apotheek}\n", "")


def test_the_same_template_with_other_words_needs_no_attention(talk, other):
    assert told(talk({}), other(("heading: Waarden, doelen en voorkeuren", "heading: Wat telt"))) == ()


def test_a_field_that_a_reader_filled_in_and_that_is_gone_is_told_with_its_words(talk, other):
    one = talk({})
    one.does("fill", "apotheek", "De Linde")
    [sentence] = told(one, other(APOTHEEK))
    assert "“Apotheek”" in sentence
    assert "“De Linde”" in sentence


def test_an_empty_field_that_is_gone_is_not_told(talk, other):
    one = talk({})
    one.does("fill", "apotheek", "De Linde")
    one.does("fill", "apotheek", "")
    assert told(one, other(APOTHEEK)) == ()


def test_a_new_field_is_told(talk, other):
    more = "      - {id: apotheek, heading: Apotheek}\n      - {id: tandarts, heading: Tandarts}\n"
    assert told(talk({}), other((APOTHEEK[0], more))) == ("Nieuw veld om in te vullen: “Tandarts”.",)


def test_a_new_question_is_told_and_one_in_other_words_is_not(talk, other):
    section = "      - {id: antibiotica, heading: Antibiotica, takes: [{topics: [antibiotics]}]}\n"
    asked = (
        '      - {id: antibiotica, heading: Antibiotica, takes: [{topics: [antibiotics]}], ask: "En dit?"}\n'
    )
    assert told(talk({}), other((section, asked))) == ("Nieuwe vraag voor een volgend gesprek: “En dit?”",)
    reworded = other(("Waar heeft het lijf last van, en wat helpt dan?", "Waar heb je last van?"))
    assert told(talk({}), reworded) == ()


def test_a_statement_whose_place_is_gone_is_told_with_where_it_stands_now(talk, other):
    one = talk({"quote": "Ik wil muziek"})
    one.does("move", "s1", "werkafspraken")
    gone = other(("id: werkafspraken", "id: afspraken-over-werk"))
    sentence, *_ = told(one, gone)
    assert sentence.startswith("Uitspraak 1 (“Ik wil muziek”) stond onder “")
    assert "geen plaats" in sentence


def test_a_limit_that_is_no_longer_with_the_limits_is_told(talk, other):
    one = talk(
        {"topics": ("antibiotics",), "category": "context"},
        flags=[{"type": "treatment_limit", "statements": ("s1",)}],
    )
    without = other(
        ("      - {id: antibiotica, heading: Antibiotica, takes: [{topics: [antibiotics]}]}\n", ""),
        (
            "          - flags: [treatment_limit]\n          - topics: [treatment_limit",
            "          - topics: [treatment_limit",
        ),
        (
            "      - flags: [treatment_limit]\n      - categories: [preference, agreement, goal, concern]",
            "      - categories: [preference]",
        ),
    )
    assert any("stond bij de behandelgrenzen" in sentence for sentence in told(one, without))


def test_a_point_that_blocks_in_one_template_only_is_told(talk, other):
    one = talk({}, flags=[{"type": "tentative", "statements": ("s1",)}])
    text = (IZP / MANIFEST).read_text()
    line = next(
        each for each in text.splitlines() if each.strip().startswith("tentative:") and "title" in each
    )
    blocking = other((line, line.replace("}", ", blocks: true}")))
    [sentence] = told(one, blocking)
    assert sentence.endswith("moet nu eerst opgelost worden.")


def test_a_remark_on_a_part_that_is_gone_is_told(talk, other):
    one = talk({})
    one.does("remark", "apotheek", "Bel voor twaalf uur")
    sentences = told(one, other(APOTHEEK))
    assert any("Bel voor twaalf uur" in sentence for sentence in sentences)


def test_statements_that_a_reader_folded_and_that_come_apart_are_told(talk, other):
    one = talk({}, {})
    one.does("move", "s1", "werkafspraken")
    one.does("merge", "s2", "s1")
    sentences = told(one, other(("id: werkafspraken", "id: afspraken-over-werk")))
    assert any("was samengevoegd met uitspraak 1" in sentence for sentence in sentences)


def test_another_record_is_refused(talk, template):
    one = talk({})
    before = one.plan()
    one.does("edit", "s1", "Iets anders")
    with pytest.raises(OtherRecordError):
        check_same_record(before, one.plan())
