from __future__ import annotations

import datetime as dt
import os

import pytest

from pipeline.intake.day import find_day
from pipeline.intake.header import find_child, kind_of, spoken_child

LATEST = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Gesprek Noor, 12 maart 2026 (donderdag)", dt.date(2026, 3, 12)),
        ("di 14-04-2026, 15.30-16.45 u", dt.date(2026, 4, 14)),
        ("za 14/2/26, 11.10-12.00", dt.date(2026, 2, 14)),
        ("ma 7-9-26, poli, kamer 4", dt.date(2026, 9, 7)),
        ("5-11-2026, do, 16.00 u", dt.date(2026, 11, 5)),
        ("2026-03-12", dt.date(2026, 3, 12)),
        ("do. 10-09-2026, thuis", dt.date(2026, 9, 10)),
        ("2 okt 2026 poli", dt.date(2026, 10, 2)),
        ("Opname 19 mei 2026", dt.date(2026, 5, 19)),
        ("zo. die loopt. Donderdag zesentwintig maart 2026. Zitten jullie goed?", dt.date(2026, 3, 26)),
        ("Het is vandaag dinsdag twintig januari 2026", dt.date(2026, 1, 20)),
        ("woensdag achttien februari tweeduizendzesentwintig", dt.date(2026, 2, 18)),
        ("Het is vandaag 20 januari, dinsdag, en ik neem het op", dt.date(2026, 1, 20)),
        ("het is vandaag donderdag 5 februari", dt.date(2026, 2, 5)),
        ("12 maart", None),
        ("vrijdag 5 februari", dt.date(2021, 2, 5) if LATEST.year - 4 <= 2021 else None),
        ("vrijdag 12 maart 2026", None),
        ("31-02-2026", None),
        ("Vorig gesprek: 12-03-2026", None),
        ("Vorig plan: 5 feb. 2026", None),
        ("geboren 3 mei 2018", None),
        ("24-03-2026-99", None),
        ("06-12 34 56 78", None),
        ("", None),
    ],
)
def test_day(text, day):
    assert find_day([text], LATEST) == day


def test_day_without_year_is_not_after_the_file_was_written():
    assert find_day(["donderdag 10 december"], LATEST) is None


def test_first_whole_date_counts():
    assert find_day(["Vorig gesprek: 12-03-2026", "Datum: 10-09-2026", "1 mei 2026"], LATEST) == dt.date(
        2026, 9, 10
    )


def test_day_given_wins(take_in):
    assert take_in("n.txt", "Verslag 12 maart 2026", date=dt.date(2026, 1, 1)).date == dt.date(2026, 1, 1)


def test_year_is_settled_by_when_the_file_was_written(tmp_path):
    from pipeline.intake import read

    path = tmp_path / "n.txt"
    path.write_text("Het is vandaag donderdag 5 februari, thuis bij Noor.", encoding="utf-8")
    stamp = dt.datetime(2016, 6, 1, tzinfo=dt.UTC).timestamp()
    os.utime(path, (stamp, stamp))
    assert read(path).date == dt.date(2015, 2, 5)


@pytest.mark.parametrize(
    ("lines", "child", "age"),
    [
        (["Gesprek Noor, 12 maart 2026"], "Noor", None),
        (["# Romy (9), pleeggezin, 4 november 2026"], "Romy", 9),
        (["Djairo (22 maanden), moeder Romy, vader Giovanni"], "Djairo", 0),
        (["GESPREK TESSEL (12), SMA"], "Tessel", 12),
        (["Zosia, 5 weken, trisomie 13. Gesprek 3 februari 2026"], "Zosia", 0),
        (["ZORGPLANGESPREK - PIPPA - 2 jr 3 mnd"], "Pippa", 2),
        (["Notulen samenwerkingsgesprek Aaliyah Rahmani, 13 jr"], "Aaliyah", 13),
        (["Gesprek met mevrouw Tesfay over Selam (2 jaar)"], "Selam", 2),
        (["Verslag oudergesprek Jayson", "Aanw.: mw. Ruthmila (20), dhr. Quincy (22)"], "Jayson", None),
        (["Ouders van Nova, 6 dagen oud"], "Nova", 0),
        (["Videogesprek Dewi (17)"], "Dewi", 17),
        (["Gesprek met Margriet (58, ALS) en haar man Hans"], "Margriet", 58),
        (["Guus en Pien (6), Marij en Twan"], None, None),
        (["Aanwezig: broertje Aarav (8)"], None, None),
        (["Opname dinsdag 14 april 2026"], None, None),
        (["Verslag van de opname"], None, None),
        (["Speelkamer, 14 november. Jaylinn is vier, bijna jarig"], "Jaylinn", 0),
        (["Jaylinn is 4, Dion is 10."], None, None),
        (["Jesse is 7 en heeft Duchenne. Ook aanwezig: Lianne (12)"], "Jesse", 0),
        (["Elise, geboren 29 november 2026", "Aanwezig: Gerdine (31), Leendert (33)"], "Elise", 0),
        (["Mevrouw Mia Janssen (63), haar man Sjir"], "Mia", 63),
        (["Rob van Zanten, 52 - proactief zorgplan"], "Rob", 52),
        (["thuis, Rotterdam-Zuid, 2 hoog"], None, None),
        (["wo 2 dec 2026, kamer 11, Elif 20 mnd, SMA"], "Elif", 0),
        (["Lotte 2j4m. Mw. (Mirjam, 31), vader (Gijs, 33)"], "Lotte", 2),
        (["Betreft: Shreya R., 5 jr"], "Shreya", 5),
    ],
)
def test_child(lines, child, age):
    assert find_child(lines) == (child, age)


def test_child_by_what_is_asked():
    assert spoken_child(["Vertel eens, wie is Evi?", "Evi is een boef.", "Ja, Evi lacht."]) == "Evi"
    assert spoken_child(["Wie is Sanne?", "Mijn buurvrouw."]) is None


@pytest.mark.parametrize(
    ("header", "age", "functions", "kind"),
    [
        ("Samenwerkingsgesprek Liv (14 maanden)", 0, [], "samenwerkingsgesprek"),
        ("Verslag SWG Finn", None, [], "samenwerkingsgesprek"),
        ("Intercollegiaal overleg Kwame", 9, [], "samenwerkingsgesprek"),
        ("Gesprek proactieve zorgplanning, Teun (13)", 13, ["moeder"], "het_belangrijk"),
        ("Follow-up PZP Djara", 2, ["moeder"], "het_belangrijk"),
        ("Verslag gesprek proactieve zorgplanning", 71, [], "pzp"),
        ("PZP-gesprek aan huis", None, ["dochter", "praktijkondersteuner"], "pzp"),
        ("Gesprek met Margriet", 58, ["echtgenoot"], "pzp"),
        ("Gesprek thuis", None, ["dochter"], "het_belangrijk"),
        ("", None, [], "het_belangrijk"),
    ],
)
def test_kind(header, age, functions, kind):
    assert kind_of(header, age, functions) == kind
