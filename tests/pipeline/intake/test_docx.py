from __future__ import annotations

import docx
import pytest
from docx.enum.text import WD_BREAK


def blocks(conversation):
    return [(turn.block, turn.text) for turn in conversation.turns]


def test_typed_note_in_the_order_of_the_document(take_in, docx_bytes):
    document = docx.Document()
    document.add_heading("Verslag Noor (8)", 0)
    document.add_paragraph("Datum: donderdag 12 maart 2026")
    document.add_heading("Thuis", 1)
    document.add_paragraph("Moeder slaapt slecht.")
    document.add_paragraph("geen prikken", style="List Bullet")
    table = document.add_table(2, 3)
    for cell, text in zip(
        [c for row in table.rows for c in row.cells],
        ["Wat", "Wie", "Wanneer", "Bellen", "Tessa", "morgen"],
        strict=True,
    ):
        cell.text = text
    document.add_paragraph("Einde.")
    conversation = take_in("v.docx", docx_bytes(document))
    assert blocks(conversation) == [
        ("heading", "Verslag Noor (8)"),
        ("header", "Datum: donderdag 12 maart 2026"),
        ("heading", "Thuis"),
        ("paragraph", "Moeder slaapt slecht."),
        ("list_item", "geen prikken"),
        ("heading", "Wat"),
        ("heading", "Wie"),
        ("heading", "Wanneer"),
        ("cell", "Bellen"),
        ("cell", "Tessa"),
        ("cell", "morgen"),
        ("paragraph", "Einde."),
    ]
    assert conversation.turns[9].section == ("Verslag Noor (8)", "Thuis", "Bellen", "Wie")
    assert conversation.format == "docx"


def test_insertions_stand_and_deletions_do_not(take_in, raw_docx):
    body = (
        "<w:p><w:r><w:t>Hij wil </w:t></w:r><w:del><w:r><w:delText>wel</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>niet</w:t></w:r></w:ins><w:moveFrom><w:r><w:t> weg</w:t></w:r></w:moveFrom>"
        "<w:r><w:t xml:space='preserve'> naar huis.</w:t></w:r></w:p>"
    )
    assert take_in("v.docx", raw_docx(body)).text == "Hij wil niet naar huis."


def test_comments_and_field_codes_are_no_text(take_in, raw_docx):
    body = (
        "<w:p><w:commentRangeStart w:id='0'/><w:r><w:t>Hij slaapt.</w:t></w:r><w:r>"
        "<w:instrText>PAGE</w:instrText></w:r></w:p>"
    )
    comments = "<w:comment w:id='0'><w:p><w:r><w:t>nakijken</w:t></w:r></w:p></w:comment>"
    assert take_in("v.docx", raw_docx(body, comments=comments)).text == "Hij slaapt."


def test_text_box_is_read_once(take_in, raw_docx):
    box = "<w:txbxContent><w:p><w:r><w:t>In het kader.</w:t></w:r></w:p></w:txbxContent>"
    body = (
        "<w:p><w:r><w:t>Erboven.</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires='wps'>"
        "<w:drawing><wps:txbx>"
        f"{box}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict>"
        f"</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert take_in("v.docx", raw_docx(body)).text == "Erboven.\nIn het kader."


def test_footnote_follows_its_paragraph(take_in, raw_docx):
    body = (
        "<w:p><w:r><w:t>Hij slaapt.</w:t></w:r><w:r><w:footnoteReference w:id='2'/>"
        "</w:r></w:p><w:p><w:r><w:t>Daarna.</w:t></w:r></w:p>"
    )
    notes = (
        "<w:footnote w:id='0' w:type='separator'><w:p><w:r><w:t>---</w:t></w:r></w:p></w:footnote>"
        "<w:footnote w:id='2'><w:p><w:r><w:t>Zegt moeder.</w:t></w:r></w:p></w:footnote>"
    )
    assert take_in("v.docx", raw_docx(body, footnotes=notes)).text == "Hij slaapt.\nZegt moeder.\nDaarna."


def test_content_control_and_hyperlink_are_text(take_in, raw_docx):
    body = (
        "<w:sdt><w:sdtPr/><w:sdtContent><w:p><w:r><w:t>In een veld.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        "<w:p><w:hyperlink><w:r><w:t>een link</w:t></w:r></w:hyperlink></w:p>"
    )
    assert take_in("v.docx", raw_docx(body)).text == "In een veld.\neen link"


def test_table_in_a_cell_is_not_lost(take_in, docx_bytes):
    document = docx.Document()
    cell = document.add_table(1, 1).rows[0].cells[0]
    cell.text = "buiten"
    cell.add_table(1, 1).rows[0].cells[0].text = "binnen"
    assert [text for _, text in blocks(take_in("v.docx", docx_bytes(document)))] == ["buiten", "binnen"]


def test_teams_transcript_with_a_turn_in_one_paragraph(take_in, docx_bytes):
    document = docx.Document()
    document.add_paragraph("Gesprek-20260605_100000-Opname van vergadering")
    document.add_paragraph("5 juni 2026, 10:00AM")
    for name, time, text in [
        ("Kemal Yildiz", "0:04", "Hij slaapt."),
        ("Verhoeven, P. (Paul)", "0:09", "Fijn."),
        ("Kemal Yildiz", "1:02:03", "Ja."),
    ]:
        run = document.add_paragraph().add_run(f"{name}   {time}")
        run.add_break(WD_BREAK.LINE)
        run.add_text(text)
    conversation = take_in("t.docx", docx_bytes(document))
    assert [(t.label, t.text, t.begin_s) for t in conversation.turns if t.block == "speech"] == [
        ("Kemal Yildiz", "Hij slaapt.", 4.0),
        ("Verhoeven, P. (Paul)", "Fijn.", 9.0),
        ("Kemal Yildiz", "Ja.", 3723.0),
    ]


@pytest.mark.parametrize(
    ("summary", "transcript"),
    [
        ("Samenvatting", "Transcript"),
        ("Summary", "📖 Transcript"),
        ("Details", "Gesprek Noor – Transcriptie"),
    ],
)
def test_of_a_google_meet_document_only_the_transcript_counts(take_in, docx_bytes, summary, transcript):
    document = docx.Document()
    document.add_heading("Gesprek Noor", 1)
    document.add_paragraph("12 maart 2026")
    document.add_heading(summary, 2)
    document.add_paragraph("De moeder wil geen opname meer.")
    document.add_heading(transcript, 1)
    document.add_heading("00:00:00", 3)
    for line in ["Moeder: Ik weet het niet.", "Kinderarts: Dat mag.", "Moeder: Oké.", "Kinderarts: Goed."]:
        document.add_paragraph(line)
    conversation = take_in("m.docx", docx_bytes(document))
    assert "opname" not in conversation.text
    assert [t.label for t in conversation.turns if t.block == "speech"] == [
        "Moeder",
        "Kinderarts",
        "Moeder",
        "Kinderarts",
    ]
    assert conversation.date is not None
    assert conversation.date.isoformat() == "2026-03-12"


def test_page_header_is_header(take_in, docx_bytes):
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Kinderziekenhuis"
    document.add_paragraph("Hij slaapt.")
    assert blocks(take_in("v.docx", docx_bytes(document))) == [
        ("header", "Kinderziekenhuis"),
        ("paragraph", "Hij slaapt."),
    ]
