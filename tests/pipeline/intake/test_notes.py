from __future__ import annotations

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
