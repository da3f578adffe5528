from __future__ import annotations

import pytest

from pipeline.intake.header import is_only_header
from pipeline.intake.saying import reads_as_heading, says_something


@pytest.mark.parametrize(
    "line",
    [
        "Datum: do. 10-09-2026, thuis, 15.30-16.45 u",
        "Aanwezig: Noor, moeder, dr. Bakker (kinderarts)",
        "Van: Mirjam, vpk metabole ziekten",
        "Cliënt: dhr. Emeka Okafor, 71 jaar",
        "Huisbezoek maandag 5 oktober 2026",
        "M = moeder (Agnieszka), V = vader (Tomasz)",
        "Zosia, 5 weken, trisomie 13",
        "Automatisch uitgeschreven, namen aangevuld door de afdeling",
    ],
)
def test_who_when_and_where_is_header(line):
    assert is_only_header(line)


@pytest.mark.parametrize(
    "line",
    [
        "10-09-2026 moeder belt over de sonde",
        "10-09-2026: comfort en rust",
        "10.30 uur overleg: sonde eruit",
        "Aanwezig: moeder, vader. Zij willen geen opname.",
        "Kind: bang voor prikken",
        "Oma past op de andere kinderen",
    ],
)
def test_a_line_that_tells_something_is_no_header(line):
    assert not is_only_header(line)


@pytest.mark.parametrize("line", ["Moeder wil rust", "Geen IC", "Liever thuis", "Hij sliep nooit"])
def test_verb_denial_and_wish_say_something(line):
    assert says_something(line)
    assert not reads_as_heading(line)


@pytest.mark.parametrize("line", ["Zorgen van team", "Noor en zijn moeders", "ALS, thuisbeademing", ""])
def test_names_and_subjects_say_nothing(line):
    assert not says_something(line)


@pytest.mark.parametrize("line", ["Wat wij willen is rust", "Wat wij willen: geen IC", "Waarom geen sonde"])
def test_question_that_is_answered_in_itself_is_no_heading(line):
    assert not reads_as_heading(line)
