from __future__ import annotations

import datetime as dt

import pytest

NOTE = """# Samenwerkingsgesprek Bram (12 jr)

**Datum:** di 24 maart 2026, 16.00 u
**Voorzitter:** Marjan (VS KCT)

| Wie | Rol |
|---|---|
| Wendy en Mark | ouders |
| dr. Postma | huisarts |

**Achtergrond:** ziek sinds mei, _veel_ pijn.

## Situatie
- Pijn **redelijk** met pleister
  en doorbraakpijn 's avonds
1. Benauwd bij traplopen

**Waar staan we**
Zes weken na de bestraling.

## Acties
Actie: bed bestellen
Wie: Lotte
Wanneer: morgen

Actie: school bellen
Wie: Karim

| | Kacper | Vader |
|---|---|---|
| Leuk | Crossmotor | Vissen |
"""


def turns(conversation, block):
    return [(turn.text, turn.section) for turn in conversation.turns if turn.block == block]


def test_headings_are_the_section_of_what_stands_below(take_in):
    conversation = take_in("n.md", NOTE)
    assert turns(conversation, "list_item") == [
        (
            "Pijn **redelijk** met pleister\nen doorbraakpijn 's avonds",
            ("Samenwerkingsgesprek Bram (12 jr)", "Situatie"),
        ),
        ("Benauwd bij traplopen", ("Samenwerkingsgesprek Bram (12 jr)", "Situatie")),
    ]


def test_bold_line_is_a_heading(take_in):
    found = dict(turns(take_in("n.md", NOTE), "paragraph"))
    assert found["Zes weken na de bestraling."] == (
        "Samenwerkingsgesprek Bram (12 jr)",
        "Situatie",
        "Waar staan we",
    )


def test_bold_label_is_the_heading_of_its_paragraph_alone(take_in):
    conversation = take_in("n.md", NOTE)
    assert ("Achtergrond:", ("Samenwerkingsgesprek Bram (12 jr)",)) in turns(conversation, "heading")
    assert ("ziek sinds mei, _veel_ pijn.", ("Samenwerkingsgesprek Bram (12 jr)", "Achtergrond")) in turns(
        conversation, "paragraph"
    )


def test_action_in_fields_is_one_turn(take_in):
    found = [
        text for text, section in turns(take_in("n.md", NOTE), "paragraph") if section[-1:] == ("Acties",)
    ]
    assert found == ["Actie: bed bestellen\nWie: Lotte\nWanneer: morgen", "Actie: school bellen\nWie: Karim"]


def test_cell_has_the_headings_of_its_row_and_column(take_in):
    found = dict(turns(take_in("n.md", NOTE), "cell"))
    assert found["Vissen"][-2:] == ("Leuk", "Vader")


def test_fields_and_participants_table_are_header(take_in):
    found = [text for text, _ in turns(take_in("n.md", NOTE), "header")]
    assert "**Datum:** di 24 maart 2026, 16.00 u" in found
    assert "dr. Postma" in found


def test_participants_table_tells_who_is_who(take_in):
    people = {p.label: (p.role, p.function) for p in take_in("n.md", NOTE).participants}
    assert people["Wendy"] == ("parent", "ouder")
    assert people["dr. Postma"] == ("care_team", "huisarts")
    assert people["Marjan"] == ("care_team", "VS KCT")
    assert people["Bram"][0] == "child"


def test_short_line_above_a_list_is_a_heading(take_in):
    conversation = take_in(
        "n.txt",
        (
            "ZORGPLANGESPREK - PIPPA\nma 7-9-26, poli\n\nfeiten\n"
            "* veel aanvallen\n* broer Hugo\n\ngezin\n* Hugo is bang"
        ),
    )
    assert turns(conversation, "list_item")[0] == ("veel aanvallen", ("ZORGPLANGESPREK - PIPPA", "feiten"))


def test_line_in_capitals_is_a_heading(take_in):
    conversation = take_in("n.txt", "Verslag 3 maart 2026\n\nTHUIS\nHij slaapt slecht en eet weinig.")
    assert turns(conversation, "heading") == [("THUIS", ())]


def test_one_short_remark_above_a_text_is_no_heading(take_in):
    conversation = take_in(
        "n.txt",
        (
            "Verslag 3 maart 2026\n\nSlaapt slecht\nMoeder vertelt dat hij elke nacht "
            "drie keer wakker wordt van de pijn."
        ),
    )
    assert turns(conversation, "heading") == []


def test_short_titles_above_texts_are_headings_where_the_note_has_more_of_them(take_in):
    long = "Moeder vertelt dat hij elke nacht drie keer wakker wordt van de pijn."
    conversation = take_in("n.txt", f"Verslag 3 maart 2026\n\nThuis\n{long}\n\nBehandeling\n{long}")
    assert [text for text, _ in turns(conversation, "heading")] == ["Thuis", "Behandeling"]


def test_lines_wrapped_at_a_fixed_width_are_one_paragraph(take_in):
    text = (
        "Verslag van het gesprek thuis\n\n"
        "Moeder vertelt dat hij elke nacht drie keer wakker wordt van de pijn en\n"
        "dat zij daar zelf niet meer van slaapt. Vader werkt in ploegendienst en\n"
        "kan haar alleen in het weekend helpen, zus Fleur doet haar huiswerk nu\n"
        "bij oma.\n"
    )
    assert len(turns(take_in("n.txt", text), "paragraph")) == 1


def test_underlined_title(take_in):
    conversation = take_in("n.md", "Verslag\n=======\n\nThuis\n-----\n\nHij slaapt.\n")
    assert turns(conversation, "paragraph") == [("Hij slaapt.", ("Verslag", "Thuis"))]


def test_rule_is_no_text(take_in):
    assert [turn.text for turn in take_in("n.md", "Hij slaapt goed.\n\n---\n\nZij ook.\n").turns] == [
        "Hij slaapt goed.",
        "Zij ook.",
    ]


def test_note_of_one_line_is_no_header(take_in):
    turns_ = take_in("n.txt", "di 3 maart 2026: moeder wil geen opname meer").turns
    assert [turn.block for turn in turns_] == ["paragraph"]


SAYINGS = {
    "date and a sentence": "12-03-2026 gesproken: moeder wil geen reanimatie meer",
    "field that names a person": "Van: moeder wil geen sonde meer",
    "field of the child": "Kind: wil niet meer geprikt worden",
    "field without verb": "Kind: bang voor prikken",
    "bold line": "**Geen reanimatie**",
    "bold line with a colon": "**Reanimatie: nee**",
    "bold label": "**Moeder wil geen sonde meer:** dat zegt ze al weken.",
    "capitals": "GEEN REANIMATIE, GEEN IC",
    "short line over a list": "Moeder wil thuis:\n- bed beneden\n- zuurstof",
    "heading mark": "## Moeder wil geen opname meer",
    "underlined": "Vader vindt thuis beter\n-----",
    "long heading": "## Ouders thuis samen met beide zussen rond het bed van Noor",
    "clock time": "10.30 uur moeder belt: sonde eruit",
}


@pytest.mark.parametrize("line", SAYINGS.values(), ids=SAYINGS.keys())
def test_line_that_says_something_is_neither_header_nor_heading(take_in, line):
    conversation = take_in("n.md", f"# Verslag Noor (8)\nDatum: 12-03-2026\n\n{line}\n\nHij slaapt slecht.\n")
    says = line.split("\n")[0].strip("#* ").split("**")[0].rstrip(":")
    assert [t.block for t in conversation.turns if t.text.strip("*").startswith(says)] == ["paragraph"]


def test_first_line_that_says_something_is_no_title(take_in):
    for line in ("Moeder wil geen opname meer", "# Geen reanimatie", "Comfort voorop, thuis blijven"):
        turn = take_in("n.md", f"{line}\n\nHij slaapt slecht en eet weinig.\n").turns[0]
        assert turn.block == "paragraph"


def test_line_with_date_and_sentence_still_gives_the_date(take_in):
    conversation = take_in(
        "n.txt", "12-03-2026 gesproken met moeder: geen IC\n\nHij slaapt slecht en eet weinig, al weken.\n"
    )
    assert (conversation.date, conversation.turns[0].block) == (dt.date(2026, 3, 12), "paragraph")


def test_those_present_are_known_from_a_line_that_says_more(take_in):
    conversation = take_in(
        "n.txt",
        "Gesprek Noor (8)\nAanwezig: moeder Anna, dr. Bakker (kinderarts). Vader kon niet komen.\n\n"
        "Anna vertelt dat Noor slecht slaapt.\n",
    )
    assert conversation.turns[1].block == "paragraph"
    people = {p.label: p.role for p in conversation.participants}
    assert (people["Noor"], people["Anna"], people["dr. Bakker"]) == ("child", "parent", "care_team")


def test_what_stands_under_those_present_but_says_something_is_no_header(take_in):
    turns_ = take_in("n.md", "# Verslag\n\n## Aanwezig\n- moeder\n- vader\n\nMoeder wil naar huis.\n").turns
    assert [turn.block for turn in turns_] == ["heading", "heading", "header", "header", "paragraph"]


def test_heading_without_lines_under_it_is_a_paragraph(take_in):
    conversation = take_in(
        "n.md", "# Verslag\n\n**Rust en comfort**\n\n**Thuis**\n\nHij slaapt.\n\n## Bed beneden\n"
    )
    assert [(turn.text, turn.block) for turn in conversation.turns] == [
        ("Verslag", "heading"),
        ("Rust en comfort", "paragraph"),
        ("Thuis", "heading"),
        ("Hij slaapt.", "paragraph"),
        ("Bed beneden", "paragraph"),
    ]


def test_marked_heading_that_says_something_stays_the_section_of_its_lines(take_in):
    conversation = take_in("n.md", "# Verslag\n\n## Wij willen geen IC\n- ook geen sonde\n")
    assert turns(conversation, "list_item") == [("ook geen sonde", ("Verslag", "Wij willen geen IC"))]


@pytest.mark.parametrize(
    "title",
    ["Wat wil Noor", "Wat mag niet meer", "Wie is Daan", "**Vader** (kwam later)", "2. Jesse en zijn gezin"],
)
def test_question_or_name_is_a_heading(take_in, title):
    mark = "" if title.startswith("**") else "## "
    conversation = take_in("n.md", f"# Verslag\n\n{mark}{title}\n- tekst\n")
    assert conversation.turns[1].block == "heading"


def test_first_row_of_a_table_that_says_something_is_no_heading(take_in):
    conversation = take_in("n.md", "# Verslag\n\n| Geen IC | Geen sonde |\n|---|---|\n| eens | eens |\n")
    assert [text for text, _ in turns(conversation, "cell")] == ["Geen IC", "Geen sonde", "eens", "eens"]


def test_empty_column_keeps_its_heading(take_in):
    conversation = take_in("n.md", "# Verslag\n\n| Wat | Wie |\n|---|---|\n| bed bestellen | |\n")
    assert [text for text, _ in turns(conversation, "heading")] == ["Verslag", "Wat", "Wie"]


def test_row_of_fields_that_says_something_is_no_header(take_in):
    conversation = take_in(
        "n.md", "# Verslag\n\n| Datum | 12-03-2026 |\n| Kind | wil niet meer geprikt worden |\n"
    )
    assert "wil niet meer geprikt worden" in dict(turns(conversation, "paragraph"))
    assert conversation.date == dt.date(2026, 3, 12)
