from __future__ import annotations

import pytest

SAID = [
    ("Moeder", "Hij slaapt slecht."),
    ("Kinderarts", "Sinds wanneer?"),
    ("Moeder", "Sinds de herfst."),
    ("Kinderarts", "Dat is lang."),
]

LAYOUTS = {
    "label": "\n".join(f"{who}: {what}" for who, what in SAID),
    "bold label": "\n\n".join(f"**{who}:** {what}" for who, what in SAID),
    "time in brackets": "\n".join(f"[00:0{n}:12] {who}: {what}" for n, (who, what) in enumerate(SAID)),
    "short time in brackets": "\n".join(f"[0{n}:12] {who}: {what}" for n, (who, what) in enumerate(SAID)),
    "time after label": "\n".join(f"{who} [0{n}:12]: {what}" for n, (who, what) in enumerate(SAID)),
    "dash": "\n".join(f"{who} - {what}" for who, what in SAID),
    "label and time above": "\n\n".join(f"{who}   {n}:12\n{what}" for n, (who, what) in enumerate(SAID)),
    "range above": "\n\n".join(
        f"00:0{n}:01 - 00:0{n}:09\n{who}: {what}" for n, (who, what) in enumerate(SAID)
    ),
    "range, then label": "\n".join(
        f"0:{n}:1.2 --> 0:{n}:9.1\n{who}\n{what}" for n, (who, what) in enumerate(SAID)
    ),
    "time before label": "\n".join(f"00:0{n}:12 {who}: {what}" for n, (who, what) in enumerate(SAID)),
}


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_each_layout_gives_the_same_turns(take_in, text):
    conversation = take_in("gesprek.txt", text)
    assert [(turn.label, turn.text) for turn in conversation.turns] == SAID
    assert conversation.format == "dialogue"
    assert {person.label: person.role for person in conversation.participants} == {
        "Moeder": "parent",
        "Kinderarts": "care_team",
    }


@pytest.mark.parametrize(
    ("layout", "begin", "end"),
    [
        ("time in brackets", 132.0, None),
        ("label and time above", 132.0, None),
        ("range above", 121.0, 129.0),
        ("range, then label", 121.2, 129.1),
    ],
)
def test_times_are_kept(take_in, layout, begin, end):
    turn = take_in("gesprek.txt", LAYOUTS[layout]).turns[2]
    assert (turn.begin_s, turn.end_s) == (begin, end)


def test_diarised_labels_open_turns(take_in):
    conversation = take_in("gesprek.txt", "Spreker 1: Hoe gaat het?\nSpreker 2: Gaat wel.\nSpreker 1: Oké.")
    assert [turn.label for turn in conversation.turns] == ["Spreker 1", "Spreker 2", "Spreker 1"]
    assert [person.role for person in conversation.participants] == [None, None]


def test_noscribe_overlap_is_a_turn_in_its_place(take_in):
    conversation = take_in(
        "noscribe.txt",
        (
            "S00: [00:00:01] Hoe slaapt hij nu //S01: slecht// de laatste weken?\n\n"
            "S01: [00:00:09] Elke nacht wakker."
        ),
    )
    assert [(turn.label, turn.text) for turn in conversation.turns] == [
        ("S00", "Hoe slaapt hij nu"),
        ("S01", "slecht"),
        ("S00", "de laatste weken?"),
        ("S01", "Elke nacht wakker."),
    ]


def test_lines_above_the_first_speaker_are_header(take_in):
    conversation = take_in(
        "g.txt",
        "Gesprek Noor, 12 maart 2026\nAanwezig: Noor, moeder\n\nNoor: Hoi.\nMoeder: Dag.\nNoor: Doei.",
    )
    assert [turn.block for turn in conversation.turns] == ["header", "header", "speech", "speech", "speech"]


def test_stage_direction_has_no_speaker(take_in):
    conversation = take_in("g.txt", "Moeder: Ja.\n(stilte)\nVader: Nee.\nMoeder: Goed.")
    assert [(turn.label, turn.text, turn.block) for turn in conversation.turns][1] == (
        None,
        "(stilte)",
        "paragraph",
    )


def test_part_title_is_a_heading(take_in):
    turns = take_in("g.txt", "Moeder: Ja.\nVader: Nee.\n\nDEEL 2\n\nMoeder: Goed.\nVader: Fijn.").turns
    assert (turns[2].text, turns[2].block) == ("DEEL 2", "heading")


def test_wrapped_line_goes_on_with_the_speaker(take_in):
    conversation = take_in(
        "g.txt",
        "Moeder: Hij wil niet meer\nnaar het ziekenhuis.\nVader: Nee.\nMoeder: Echt niet.\nVader: Nee.",
    )
    assert conversation.turns[0].text == "Hij wil niet meer\nnaar het ziekenhuis."


def test_line_after_an_empty_line_is_not_guessed_to_be_the_speakers(take_in):
    turns = take_in("g.txt", "Moeder: Ja.\nVader: Nee.\nMoeder: Goed.\n\nEinde van de opname").turns
    assert (turns[3].label, turns[3].text) == (None, "Einde van de opname")


def test_line_that_defines_labels_is_no_turn(take_in):
    conversation = take_in(
        "g.txt",
        "Hedwig: revalidatiearts. Bas: psycholoog.\n\nHedwig: Hoi.\nBas: Dag.\nHedwig: Zullen we?\nBas: Ja.",
    )
    assert conversation.turns[0].block == "header"
    assert [(p.label, p.function) for p in conversation.participants] == [
        ("Hedwig", "revalidatiearts"),
        ("Bas", "psycholoog"),
    ]


NOTES = {
    "warnings": "Let op: drinkt weinig.\nLet op: slaapt slecht.\nLet op: geen infuus.",
    "agenda": "10:30 overleg: pijn besproken.\n11:00 overleg: voeding besproken.\n11:30 visite: rustig.",
    "actions": (
        "Actie: bed bestellen\nWie: Lotte\nWanneer: morgen\n\n"
        "Actie: school bellen\nWie: Karim\nWanneer: vrijdag"
    ),
    "fields": "Datum: 3 maart 2026\nLocatie: thuis\nDoel: afspraken maken\nVervolg: over drie weken",
    "topics": (
        "Pijn: redelijk onder controle.\nSlapen: wordt vaak wakker.\n"
        "Voeding: via sonde.\nSchool: twee ochtenden."
    ),
    "once each": "Kort: ziek sinds mei.\nGezin: vader, moeder, zus.\nSteun: oma komt elke dag.",
    "colons in prose": (
        "Vandaag lang gesproken met het gezin over hoe het thuis gaat en wat er nodig "
        "is voor de komende weken, "
        "waarbij veel aan de orde kwam. " * 3 + "\n\nOma: kind is mager.\n\nArts: screening kan."
    ),
}


@pytest.mark.parametrize("text", NOTES.values(), ids=NOTES.keys())
def test_a_repeated_shape_in_a_note_is_no_speaker(take_in, text):
    conversation = take_in("notitie.txt", text)
    assert conversation.format == "notes"
    assert all(turn.label is None for turn in conversation.turns)


TALK = "\n\nMoeder: Ja.\nArts: Goed.\nMoeder: Fijn.\nArts: Dag.\n"


def test_what_is_told_above_the_first_speaker_is_not_lost(take_in):
    conversation = take_in(
        "g.txt",
        "Gesprek Sem (6), 12 maart 2026\nMoeder belde vooraf: zij wil geen reanimatie meer voor Sem.\n\n"
        "Vooraf telefonisch:\n- comfort thuis\n- oma erbij" + TALK,
    )
    assert [(turn.text, turn.block) for turn in conversation.turns if turn.label is None] == [
        ("Gesprek Sem (6), 12 maart 2026", "header"),
        ("Moeder belde vooraf: zij wil geen reanimatie meer voor Sem.", "paragraph"),
        ("Vooraf telefonisch:", "heading"),
        ("comfort thuis", "list_item"),
        ("oma erbij", "list_item"),
    ]
    assert (conversation.child, str(conversation.date)) == ("Sem", "2026-03-12")


def test_sentence_above_the_first_speaker_still_tells_who_is_who(take_in):
    conversation = take_in(
        "g.txt", "Raylisa woont bij oma en opa. Doc = kinderarts.\n\nDoc: Hoi.\nOma: Dag.\nDoc: Zo.\nOma: Ja."
    )
    assert conversation.turns[0].block == "paragraph"
    assert conversation.participant("Doc").role == "care_team"


@pytest.mark.parametrize("line", ["Vervolg: moeder wil geen IC", "Deel morfine geven mag niet meer"])
def test_part_title_that_says_something_is_no_heading(take_in, line):
    turns = take_in("g.txt", f"Moeder: Ja.\nArts: Nee.\n\n{line}{TALK}").turns
    assert [turn.block for turn in turns if turn.text == line] == ["paragraph"]
