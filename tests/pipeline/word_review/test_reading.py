"""What of a document is read, whoever wrote it."""

import io
import zipfile

import pytest

from pipeline.intake.errors import IntakeError
from pipeline.word_review.package import moment
from pipeline.word_review.reading import Document, read_document

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MAIN = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
BY = 'w:author="Anna" w:date="2026-04-02T10:15:00Z"'


def package(body: str, relations: str = MAIN) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr("_rels/.rels", relations)
        target.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
    return out.getvalue()


def read(body: str) -> Document:
    return read_document(package(body))


def run(words: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{words}</w:t></w:r>'


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.mark.parametrize(
    ("stream", "told"),
    [
        ("EncryptedPackage", "Dit bestand is met een wachtwoord beveiligd"),
        ("WordDocument", "sla het op als .docx"),
    ],
)
def test_a_document_with_a_password_and_an_old_one_are_refused_with_what_to_do(stream: str, told: str):
    with pytest.raises(IntakeError, match=told):
        read_document(OLE + stream.encode("utf-16-le"))


@pytest.mark.parametrize(
    ("inner", "was", "now"),
    [
        (run("een"), "een", "een"),
        (f"<w:ins {BY}>{run('een')}</w:ins>", "", "een"),
        (f"<w:del {BY}><w:r><w:delText>een</w:delText></w:r></w:del>", "een", ""),
        (f"<w:moveFrom {BY}>{run('een')}</w:moveFrom>", "een", ""),
        (f"<w:moveTo {BY}>{run('een')}</w:moveTo>", "", "een"),
        (f"<w:ins {BY}><w:del {BY}><w:r><w:delText>een</w:delText></w:r></w:del></w:ins>", "", ""),
        (f'<w:hyperlink w:anchor="x">{run("een")}</w:hyperlink>', "een", "een"),
        (f"<w:sdt><w:sdtContent>{run('een')}</w:sdtContent></w:sdt>", "een", "een"),
        (f"<w:smartTag>{run('een')}</w:smartTag>", "een", "een"),
        (
            "<w:r><w:t>een</w:t><w:tab/><w:t>twee</w:t><w:br/><w:noBreakHyphen/></w:r>",
            "een\ttwee\n‑",
            "een\ttwee\n‑",
        ),
        ('<w:r><w:br w:type="page"/><w:softHyphen/><w:sym w:font="Symbol" w:char="2022"/></w:r>', "•", "•"),
        (f'<w:fldSimple w:instr=" PAGE ">{run("7")}</w:fldSimple>', "", ""),
        (f'<w:fldSimple w:instr=" REF x ">{run("7")}</w:fldSimple>', "7", "7"),
        (
            '<w:r><w:rPr><w:rPrChange w:id="1"><w:rPr/></w:rPrChange></w:rPr><w:t>een</w:t></w:r>',
            "een",
            "een",
        ),
    ],
)
def test_a_paragraph_before_and_after_its_tracked_changes(inner: str, was: str, now: str):
    [item] = read(f"<w:p>{inner}</w:p>").items
    assert (item.was, item.now) == (was, now)


def test_a_tracked_change_tells_who_and_when():
    [item] = read(f"<w:p><w:ins {BY}>{run('een')}</w:ins></w:p>").items
    [span] = item.cells[0].spans
    assert span.added is not None
    assert (span.added.author, str(span.added.at)) == ("Anna", "2026-04-02 10:15:00+00:00")


def test_a_paragraph_whose_mark_was_added_was_one_with_the_next():
    added = f"<w:pPr><w:rPr><w:ins {BY}/></w:rPr></w:pPr>"
    [item] = read(f"<w:p>{added}{run('een')}</w:p><w:p><w:ins {BY}>{run('twee')}</w:ins></w:p>").items
    assert (item.was, item.now) == ("een", "een\ntwee")


def test_a_row_is_added_and_removed_as_a_whole():
    rows = "".join(
        f"<w:tr><w:trPr><w:{change} {BY}/></w:trPr><w:tc><w:p>{run('een')}</w:p></w:tc></w:tr>"
        for change in ("ins", "del")
    )
    added, removed = read(f"<w:tbl>{rows}</w:tbl>").items
    assert (added.was, added.now) == ("", "een")
    assert (removed.was, removed.now) == ("een", "")


def test_the_prompt_of_an_empty_control_is_no_text_but_other_words_are():
    prompt = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    words = "".join(
        f"<w:p>{run('x')}{prompt.format(run(text))}</w:p>"
        for text in ("Klik of tik om tekst in te voeren.", "nog in te vullen", "Klikt mooi")
    )
    assert [item.now for item in read(words).items] == ["x", "xnog in te vullen", "xKlikt mooi"]


def test_paragraphs_of_a_nested_table_belong_to_the_cell():
    inner = f"<w:tbl><w:tr><w:tc><w:p>{run('twee')}</w:p></w:tc></w:tr></w:tbl>"
    [item] = read(f"<w:tbl><w:tr><w:tc><w:p>{run('een')}</w:p>{inner}</w:tc></w:tr></w:tbl>").items
    assert item.now.split() == ["een", "twee"]


def test_every_text_box_of_a_drawing_is_read_once():
    box = f"<w:txbxContent><w:p>{run('{}')}</w:p></w:txbxContent>"
    drawing = f"<w:drawing>{box.format('een')}{box.format('twee')}</w:drawing>"
    old = f"<w:Fallback><w:pict>{box.format('een')}</w:pict></w:Fallback>"
    body = (
        f"<w:p><w:r><w:AlternateContent><w:Choice>{drawing}</w:Choice>{old}</w:AlternateContent></w:r></w:p>"
    )
    [item] = read(body).items
    assert [thing.words for thing in item.things] == ["een", "twee"]


def test_the_number_of_a_page_without_end_ends_with_its_paragraph():
    begin = '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText> PAGE </w:instrText></w:r>'
    items = read(f"<w:p>{begin}{run('7')}</w:p><w:p>{run('een')}</w:p>").items
    assert [item.now for item in items] == ["", "een"]


def test_a_bookmark_between_paragraphs_belongs_to_the_next():
    mark = '<w:bookmarkStart w:id="1" w:name="fysiek"/>'
    [item] = read(f'{mark}<w:p>{run("Fysiek")}</w:p><w:bookmarkEnd w:id="1"/>').items
    assert item.names == {"fysiek"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"tekst",
        package("<w:p/>")[:-30],
        package("<w:p/>", relations="<Relationships/>"),
        package("<w:p>"),
        package("<w:p>" * 400 + "</w:p>" * 400),
        package("<w:sdt><w:sdtContent>" * 300 + "</w:sdtContent></w:sdt>" * 300),
    ],
    ids=["empty", "text", "cut off", "no main part", "no XML", "deep paragraphs", "deep controls"],
)
def test_what_cannot_be_read_is_refused_in_dutch(data: bytes):
    with pytest.raises(IntakeError, match="Word"):
        read_document(data)


def test_a_document_type_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr("_rels/.rels", MAIN)
        target.writestr("word/document.xml", f'<!DOCTYPE x [<!ENTITY a "b">]><w:document {W}/>')
    with pytest.raises(IntakeError, match="DOCTYPE"):
        read_document(out.getvalue())


@pytest.mark.parametrize(
    ("told", "read_as"),
    [
        ("2026-04-02T10:15:00Z", "2026-04-02T10:15:00+00:00"),
        ("2026-04-02T10:15:00", "2026-04-02T10:15:00+00:00"),
        ("2026-04-02T10:15:00.123456789Z", "2026-04-02T10:15:00.123456+00:00"),
        ("1601-01-01T00:00:00Z", None),
        ("gisteren", None),
        ("", None),
        (None, None),
    ],
)
def test_a_time_is_read_as_it_is_written_or_not_at_all(told: str | None, read_as: str | None):
    time = moment(told)
    assert (time and time.isoformat()) == read_as
