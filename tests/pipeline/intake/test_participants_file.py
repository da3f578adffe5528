from __future__ import annotations

import datetime as dt

import pytest

from pipeline.intake import IntakeError

TALK = "SPEAKER_00: Hoe gaat het?\nSPEAKER_01: Slecht.\nSPEAKER_00: Vertel."


@pytest.fixture
def told(tmp_path, take_in):
    def read_with(yaml: str, **options):
        path = tmp_path / "wie.yaml"
        path.write_text(yaml, encoding="utf-8")
        return take_in("g.txt", TALK, participants=path, **options)

    return read_with


def test_labels_child_date_and_kind(told):
    conversation = told(
        "child: Noor\ndate: 2026-03-12\nkind: pzp\nlabels:\n"
        "  SPEAKER_00: {role: care_team, function: kinderarts, name: dr. Bakker}\n"
    )
    assert (conversation.child, conversation.date, conversation.kind) == ("Noor", dt.date(2026, 3, 12), "pzp")
    first, second = conversation.participants
    assert (first.role, first.function, first.name, first.because) == (
        "care_team",
        "kinderarts",
        "dr. Bakker",
        ("file",),
    )
    assert second.role is None
    assert [flag.turns for flag in conversation.flags] == [(1,)]


def test_file_wins_over_the_label_itself(tmp_path, take_in):
    path = tmp_path / "wie.yaml"
    path.write_text("labels:\n  Moeder: {role: parent, function: stiefmoeder}\n", encoding="utf-8")
    conversation = take_in("g.txt", "Moeder: Ja.\nVader: Nee.\nMoeder: Goed.", participants=path)
    assert conversation.participants[0].function == "stiefmoeder"


def test_arguments_win_over_the_file(told):
    conversation = told("child: Noor\ndate: 2026-03-12\n", child="Sem", date=dt.date(2026, 4, 1))
    assert (conversation.child, conversation.date) == ("Sem", dt.date(2026, 4, 1))


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        (
            "labels:\n  A: {role: dokter}\n",
            "Regel 2 van het deelnemersbestand heeft geen geldige role; kies uit child",
        ),
        ("kinds: pzp\n", "Regel 1 van het deelnemersbestand heeft een onbekend veld"),
        (
            "labels:\n  A:\n    role: child\n    leeftijd: 8\n",
            "Regel 4 van het deelnemersbestand heeft een onbekend veld",
        ),
        ("child: Noor\ndate: morgen\n", "Regel 2 van het deelnemersbestand heeft geen geldige datum"),
        ("kind: swg\n", "Regel 1 van het deelnemersbestand heeft geen geldige kind"),
        ("labels: [A, B]\n", "Regel 1 van het deelnemersbestand heeft een waarde van de verkeerde soort"),
        (
            "labels:\n  A: {role: child}\n  A: {role: parent}\n",
            "Regel 3 van het deelnemersbestand noemt iets dubbel",
        ),
        ("labels:\n  A: {role: child\n", "geen geldige YAML (regel 3)"),
        ("a: &x 1\nb: *x\n", "bevat verwijzingen"),
        ("- A\n- B\n", "heeft een andere vorm"),
        ("", "is leeg"),
        ("labels: !!python/object/apply:os.system [ls]\n", "geen geldige YAML"),
    ],
)
def test_mistake_names_its_line(told, yaml, message):
    with pytest.raises(IntakeError) as caught:
        told(yaml)
    assert message in str(caught.value)


def test_missing_file(tmp_path, take_in):
    with pytest.raises(IntakeError, match="deelnemersbestand is niet gevonden"):
        take_in("g.txt", TALK, participants=tmp_path / "weg.yaml")


def test_labels_are_tidied_as_those_of_the_source_are(take_in, tmp_path):
    people = tmp_path / "wie.yaml"
    people.write_text('labels:\n  "Zoe\\u0308  B\\ud800.": {role: child}\n', encoding="utf-8")
    conversation = take_in("g.txt", "Zoë B.: Ja.\nArts: Nee.\nZoë B.: Goed.", participants=people)
    assert conversation.participant("Zoë B.").role == "child"


def test_brackets_in_brackets_are_refused_at_once(told):
    with pytest.raises(IntakeError, match="te veel haken"):
        told("labels: " + "[" * 20_000)
