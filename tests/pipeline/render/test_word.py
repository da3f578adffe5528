"""What a reader finds in the Word file that pandoc alone would not write."""

import io
import zipfile

import pytest
from lxml import etree

from pipeline.render import lay_out, pandoc, render, render_docx
from pipeline.render.word import finish

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"
WISH, CALL = "s0123456789ab", "sba9876543210"


@pytest.fixture(scope="module")
def parts(plan, template):
    (docx,) = pandoc.convert(lay_out(plan, template), template.directory, "docx")
    with zipfile.ZipFile(io.BytesIO(finish(docx, plan, template))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def body(parts):
    return etree.fromstring(parts["word/document.xml"])


def value(element, path):
    return element.find("/".join(W + name for name in path.split("/"))).get(f"{W}val")


def words_of(element):
    return "".join(text.text for text in element.iter(f"{W}t"))


def control(body, tag):
    return next(
        one for one in body.iter(f"{W}sdt") if one.find(f"{W}sdtPr/{W}tag[@{W}val='{tag}']") is not None
    )


def test_a_statement_stands_in_a_content_control_named_after_it(body):
    found = control(body, WISH)
    assert value(found, "sdtPr/alias") == "Uitspraak 1"
    assert words_of(found) == "ik wil niet meer naar de IC"
    assert found.find(f"{W}sdtPr/{W}lock") is None
    assert value(found, "sdtContent/r/rPr/rStyle") == "IZP-uitspraak"


def test_words_added_at_the_end_of_a_statement_stand_in_its_bookmark(body):
    found = control(body, WISH)
    start, end = found.getprevious(), found.getnext()
    assert (start.tag, start.get(f"{W}name")) == (f"{W}bookmarkStart", WISH)
    assert (end.tag, end.get(f"{W}id")) == (f"{W}bookmarkEnd", start.get(f"{W}id"))


def test_every_slot_is_a_control_with_a_number_of_its_own(plan, body):
    tags = [one.get(f"{W}val") for one in body.iter(f"{W}tag")]
    numbers = [one.get(f"{W}val") for one in body.iterfind(f".//{W}sdtPr/{W}id")]
    assert {f"veld-{name}" for name in plan.fields} | {WISH, CALL} <= set(tags)
    assert len(set(tags)) == len(tags) == len(set(numbers))
    assert max(map(len, tags)) <= 40


def test_a_field_is_called_after_its_column_or_the_words_before_it(body):
    assert value(control(body, f"veld-wie-{CALL}"), "sdtPr/alias") == "Wie"
    assert value(control(body, "veld-opgesteld-door"), "sdtPr/alias") == "Opgesteld door"


def test_only_what_is_to_be_filled_in_is_a_placeholder(body):
    assert control(body, "veld-opgesteld-door").find(f"{W}sdtPr/{W}showingPlcHdr") is not None
    assert control(body, "veld-kind").find(f"{W}sdtPr/{W}showingPlcHdr") is None
    assert control(body, WISH).find(f"{W}sdtPr/{W}showingPlcHdr") is None


def test_the_contents_list_every_chapter_and_lead_to_it(body):
    field = next(one for one in body.iter(f"{W}instrText") if " TOC " in one.text)
    contents = next(field.iterancestors(f"{W}sdt"))
    chapters = [p for p in body.iter(f"{W}p") if p.find(f"{W}pPr/{W}pStyle[@{W}val='Heading1']") is not None]
    links = list(contents.iter(f"{W}hyperlink"))
    assert [words_of(link) for link in links] == [words_of(chapter) for chapter in chapters]
    names = [chapter.find(f"{W}bookmarkStart").get(f"{W}name") for chapter in chapters]
    assert [link.get(f"{W}anchor") for link in links] == names
    kinds = [mark.get(f"{W}fldCharType") for mark in contents.iter(f"{W}fldChar")]
    assert kinds.count("begin") == kinds.count("end") == len(links) + 1


def test_a_screen_reader_hears_of_each_table_what_it_is(body):
    for table in body.iter(f"{W}tbl"):
        properties = table.find(f"{W}tblPr")
        assert [one.tag for one in properties][-2:] == [f"{W}tblCaption", f"{W}tblDescription"]
    told = [value(table, "tblPr/tblDescription") for table in body.iter(f"{W}tbl")]
    assert "Kolommen: Wat, Wie, Wanneer, Bron." in told
    captions = [value(table, "tblPr/tblCaption") for table in body.iter(f"{W}tbl")]
    assert "Actiepunten" in captions


def test_a_header_row_stays_with_the_row_after_it(body):
    headers = [row for row in body.iter(f"{W}tr") if row.find(f"{W}trPr/{W}tblHeader") is not None]
    assert headers
    for row in headers:
        for paragraph in row.iter(f"{W}p"):
            assert len(paragraph.findall(f"{W}pPr/{W}keepNext")) == 1


def test_each_line_of_a_cell_is_a_paragraph(body):
    assert not list(body.iter(f"{W}br"))


def test_comments_can_be_answered_and_resolved(parts):
    comments = etree.fromstring(parts["word/comments.xml"])
    ids = [comment[-1].get(f"{W14}paraId") for comment in comments]
    assert {comment.get(f"{W}initials") for comment in comments} == {"IC"}
    beside = etree.fromstring(parts["word/commentsExtended.xml"])
    assert [(one.get(f"{W15}paraId"), one.get(f"{W15}done")) for one in beside] == [(one, "0") for one in ids]
    assert b'"/word/commentsExtended.xml"' in parts["[Content_Types].xml"]
    assert b'"commentsExtended.xml"' in parts["word/_rels/document.xml.rels"]


def test_the_file_tells_of_which_plan_it_was_made(plan, template, parts):
    own = etree.fromstring(parts["docProps/custom.xml"])
    assert {one.get("name"): one[0].text for one in own} == {
        "izp-conversation": "gesprek",
        "izp-plan": plan.fingerprint,
        "izp-template": f"izp {template.version}",
    }


def test_word_shows_the_file_as_a_document_of_today(parts):
    settings = etree.fromstring(parts["word/settings.xml"])
    assert settings.find(f"{W}compat/{W}compatSetting").get(f"{W}val") == "15"
    assert settings.find(f"{W}updateFields") is None


def test_without_its_pdf_a_document_has_the_same_bytes(plan, template):
    assert render_docx(plan, template) == render(plan, template).docx
