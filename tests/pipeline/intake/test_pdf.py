from __future__ import annotations


def test_wrapped_lines_are_paragraphs_again(take_in, pdf_bytes):
    data = pdf_bytes(
        [
            "Verslag gesprek Noor (8), 12 maart 2026",
            "",
            "Moeder vertelt dat zij elke nacht drie keer wakker wordt van het alarm en",
            "dat zij daar zelf niet meer van slaapt. Vader werkt in ploegendienst en kan",
            "haar alleen in het weekend helpen, zus Fleur doet haar huiswerk nu bij oma",
            "in de keuken.",
        ]
    )
    conversation = take_in("v.pdf", data)
    assert conversation.format == "pdf"
    assert [turn.block for turn in conversation.turns] == ["header", "paragraph"]
    assert conversation.turns[1].text.endswith("nu bij oma\nin de keuken.")


def test_dialogue(take_in, pdf_bytes):
    data = pdf_bytes(
        [
            "Moeder: Hij wil niet meer naar het ziekenhuis, dat heeft hij gisteren en ook",
            "vanmorgen nog gezegd.",
            "Kinderarts: Dat begrijp ik.",
            "Moeder: Echt niet.",
            "Kinderarts: Dan zoeken we iets anders.",
        ]
    )
    conversation = take_in("v.pdf", data)
    assert [turn.label for turn in conversation.turns] == ["Moeder", "Kinderarts", "Moeder", "Kinderarts"]
    assert conversation.turns[0].text.endswith("ook\nvanmorgen nog gezegd.")


def test_what_repeats_on_every_page_is_header(take_in, pdf_bytes):
    pages = [
        ["Kinderziekenhuis", f"Op bladzijde {word} staat een zin.", f"Pagina {n} van 3"]
        for n, word in enumerate(["een", "twee", "drie"], 1)
    ]
    conversation = take_in("v.pdf", pdf_bytes(*pages))
    assert [turn.text for turn in conversation.turns if turn.block == "header"][:2] == [
        "Kinderziekenhuis",
        "Pagina 1 van 3",
    ]
    assert "Op bladzijde drie staat een zin." in conversation.text
