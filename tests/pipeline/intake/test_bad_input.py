"""Every kind of file that cannot be taken in gives one clear Dutch sentence: what is wrong and what to do."""

from __future__ import annotations

import io
import json
import os
import zipfile

import pypdf
import pytest

from pipeline import intake
from pipeline.intake import (
    IntakeError,
    archive,
    decode,
    docx,
    formats,
    pandoc,
    pdf,
    sniff,
    subtitles,
    transcript_json,
)


def zipped(**parts: bytes | str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def word(document: bytes | str, **more: bytes | str) -> bytes:
    return zipped(**{"[Content_Types].xml": "<Types/>", "word/document.xml": document, **more})


def odt(content: str, manifest: str = "<manifest/>") -> bytes:
    return zipped(
        mimetype="application/vnd.oasis.opendocument.text",
        **{"content.xml": content, "META-INF/manifest.xml": manifest},
    )


BOMB = b"<w:document>" + b" " * 30_000_000
ENTITY = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)

CASES: dict[str, tuple[str, bytes, str]] = {
    "leeg bestand": ("a.txt", b"", formats.EMPTY),
    "alleen witruimte": ("a.md", b" \r\n\t\n", formats.EMPTY),
    "alleen een BOM": ("a.txt", b"\xef\xbb\xbf", formats.EMPTY),
    "alleen een streep": ("a.md", b"---\n", intake.NO_TEXT),
    "meer dan één gesprek": (
        "a.txt",
        b"Moeder: Ik wil naar huis.\nVader: Ik ook.\n" * 40_000,
        intake.TOO_MANY_WORDS,
    ),
    "een miljoen korte regels": ("a.txt", b"ja\n" * 1_000_000, intake.TOO_MANY_WORDS),
    "twintigduizend en een beurten": ("a.txt", b"Moeder: ja\n" * 20_001, intake.TOO_MANY_WORDS),
    "één eindeloos woord": ("a.txt", b"Moeder: " + b"a" * 1_000_000, intake.TOO_MANY_WORDS),
    "honderd sprekers": (
        "a.txt",
        b"".join(b"Spreker %d: Ik wil naar huis.\n" % n for n in range(100)) * 2,
        intake.TOO_MANY_SPEAKERS,
    ),
    "kapotte UTF-8": ("a.txt", "Nog één keer, één.".encode() + b"\xc3(\xff", decode.BROKEN),
    "afgekapte UTF-8": ("a.txt", "Moeder: één".encode()[:-2] + b"\xc3", decode.BROKEN),
    "oneven UTF-16": ("a.txt", "Moeder: ja".encode("utf-16") + b"x", decode.BROKEN),
    "stuurtekens": ("a.txt", b"Moeder: ja\x01\x02\x03", decode.BROKEN),
    "willekeurige bytes": ("a.txt", bytes(range(128, 256)) * 4, decode.BROKEN),
    "onbekend soort bestand": ("a.bin", b"\x7fELF\x02\x01\x01" + bytes(40), sniff.UNKNOWN),
    "geluidsopname": ("a.mp3", b"ID3\x04" + bytes(100), sniff.MEDIA),
    "video": ("a.mp4", b"\0\0\0\x18ftypmp42" + bytes(50), sniff.MEDIA),
    "foto": ("a.jpg", b"\xff\xd8\xff\xe0" + bytes(50), sniff.MEDIA),
    "opname met verkeerde naam": ("a.txt", b"RIFF\x24\0\0\0WAVEfmt ", sniff.MEDIA),
    "ingepakt (gzip)": ("a.gz", b"\x1f\x8b\x08" + bytes(20), sniff.PACKED),
    "ingepakt (zip)": ("a.zip", zipped(**{"gesprek.txt": "Moeder: ja"}), sniff.PACKED),
    "oude Word (.doc)": ("a.doc", OLE, sniff.OLD_WORD),
    "DOCX met wachtwoord": ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), archive.ENCRYPTED),
    "Excel": (
        "a.xlsx",
        zipped(**{"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<x/>"}),
        sniff.OTHER_OFFICE,
    ),
    "ODS": ("a.ods", zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), sniff.OTHER_OFFICE),
    "onbekende XML": ("a.xml", b"<?xml version='1.0'?><gesprek/>", sniff.OTHER_XML),
    "VTT zonder cues": ("a.vtt", b"WEBVTT\n\nNOTE leeg\n", sniff.NO_CUES),
    "SRT zonder cues": ("a.srt", b"1\n2\nMoeder: ja\n", sniff.NO_CUES),
    "VTT met lege cues": ("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\n\n", subtitles.NO_CUES),
    "JSON van andere vorm": (
        "a.json",
        json.dumps({"messages": [{"role": "user"}]}).encode(),
        transcript_json.OTHER_SHAPE,
    ),
    "JSON met alleen tekst": ("a.json", b'{"text": "Moeder: ja"}', transcript_json.OTHER_SHAPE),
    "JSON-getal": ("a.json", b"42", transcript_json.OTHER_SHAPE),
    "JSON met segmenten van andere vorm": ("a.json", b'{"segments": [1, 2]}', transcript_json.OTHER_SHAPE),
    "JSON met vreemde woorden": (
        "a.json",
        b'{"segments": [{"words": [{"word": 1}]}]}',
        transcript_json.OTHER_SHAPE,
    ),
    "JSON zonder tekst": ("a.json", b'{"segments": [{"text": "  "}]}', transcript_json.EMPTY),
    "afgekapte JSON": ("a.json", b'{"segments": [{"text": "Moe', transcript_json.BROKEN),
    "diep geneste JSON": ("a.json", b"[" * 100_000 + b"]" * 100_000, transcript_json.BROKEN),
    "lege JSON-lijst": ("a.json", b"[]", transcript_json.OTHER_SHAPE),
    "kapotte DOCX": ("a.docx", word("<w:document/>")[:-40], archive.BROKEN),
    "DOCX met kapotte XML": ("a.docx", word("<w:document><w:body>"), archive.BROKEN),
    "DOCX zonder hoofddeel": (
        "a.docx",
        zipped(**{"[Content_Types].xml": "<Types/>", "word/styles.xml": "<x/>"}),
        archive.BROKEN,
    ),
    "DOCX zonder tekst": (
        "a.docx",
        word('<w:document xmlns:w="x"><w:body><w:p/></w:body></w:document>'),
        docx.EMPTY,
    ),
    "zipbom": ("a.docx", word(BOMB), archive.BOMB),
    "zipbom van veel delen": (
        "a.docx",
        word("<x/>", **{f"word/m{n}": b"" for n in range(2100)}),
        archive.BOMB,
    ),
    "DOCX met externe entiteit": ("a.docx", word(ENTITY), archive.DOCUMENT_TYPE),
    "DOCX met entiteit in UTF-16": ("a.docx", word(ENTITY.encode("utf-16")), archive.DOCUMENT_TYPE),
    "DOCX met entiteit in de stijlen": (
        "a.docx",
        word('<w:document xmlns:w="x"><w:body/></w:document>', **{"word/styles.xml": ENTITY}),
        archive.DOCUMENT_TYPE,
    ),
    "ODT met externe entiteit": ("a.odt", odt(ENTITY), archive.DOCUMENT_TYPE),
    "ODT met wachtwoord": ("a.odt", odt("<x/>", "<manifest:encryption-data/>"), archive.ENCRYPTED),
    "kapotte ODT": ("a.odt", odt("<x"), pandoc.UNREADABLE),
    "XML met entiteiten": ("a.html", ENTITY.encode(), sniff.DOCUMENT_TYPE),
    "HTML zonder tekst": ("a.html", b"<html><body><img src='x.png'></body></html>", pandoc.EMPTY),
    "kapotte RTF": ("a.rtf", b"{\\rtf1", pandoc.UNREADABLE),
    "kapotte PDF": ("a.pdf", b"%PDF-1.7\nonzin", pdf.BROKEN),
}


@pytest.mark.parametrize(("name", "data", "message"), CASES.values(), ids=CASES.keys())
def test_bad_file(take_in, name, data, message):
    with pytest.raises(IntakeError) as caught:
        take_in(name, data)
    assert str(caught.value) == message


def test_scanned_pdf(take_in, pdf_bytes):
    with pytest.raises(IntakeError) as caught:
        take_in("a.pdf", pdf_bytes([]))
    assert str(caught.value) == pdf.SCANNED


def test_pdf_with_one_scanned_page(take_in, pdf_bytes):
    with pytest.raises(IntakeError) as caught:
        take_in("a.pdf", pdf_bytes(["Moeder: ja."], []))
    assert str(caught.value) == pdf.SCANNED


def test_pdf_with_a_password(take_in, pdf_bytes):
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_bytes(["Moeder: ja."])))
    writer.encrypt("geheim", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(IntakeError) as caught:
        take_in("a.pdf", out.getvalue())
    assert str(caught.value) == archive.ENCRYPTED


def test_pdf_of_too_many_pages(take_in, pdf_bytes, monkeypatch):
    monkeypatch.setattr(pdf, "MAX_PAGES", 1)
    with pytest.raises(IntakeError) as caught:
        take_in("a.pdf", pdf_bytes(["een"], ["twee"]))
    assert str(caught.value) == pdf.TOO_LONG


def test_file_over_the_limit(take_in):
    with pytest.raises(IntakeError, match="te groot \\(meer dan 100 bytes\\)"):
        take_in("a.txt", "Moeder: ja.\n" * 20, max_bytes=100)


def test_limit_in_megabytes(take_in):
    with pytest.raises(IntakeError, match="meer dan 1 MB"):
        take_in("a.txt", "x" * (1024 * 1024 + 1), max_bytes=1024 * 1024)


def test_part_that_is_larger_than_its_directory_says(take_in):
    data = bytearray(word("<w:document>" + "a" * 5000))
    place = data.rindex(b"PK\x01\x02", 0, data.rindex(b"word/document.xml"))
    data[place + 24 : place + 28] = (10).to_bytes(4, "little")
    with pytest.raises(IntakeError) as caught:
        take_in("a.docx", bytes(data))
    assert str(caught.value) == archive.BROKEN


def test_missing_file(tmp_path):
    with pytest.raises(IntakeError) as caught:
        intake.read(tmp_path / "weg.txt")
    assert str(caught.value) == intake.MISSING


def test_folder(tmp_path):
    with pytest.raises(IntakeError) as caught:
        intake.read(tmp_path)
    assert str(caught.value) == intake.NO_FILE


def test_link_to_itself(tmp_path):
    path = tmp_path / "lus.txt"
    path.symlink_to(path)
    with pytest.raises(IntakeError) as caught:
        intake.read(path)
    assert str(caught.value) == intake.UNREADABLE


def test_device_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pijp.txt")
    with pytest.raises(IntakeError) as caught:
        intake.read(tmp_path / "pijp.txt")
    assert str(caught.value) == intake.UNREADABLE


def test_pandoc_that_takes_too_long(take_in, monkeypatch):
    monkeypatch.setattr(pandoc, "TIMEOUT_S", 0.0001)
    with pytest.raises(IntakeError) as caught:
        take_in("a.html", "<html><body><p>Moeder: ja.</p></body></html>")
    assert str(caught.value) == pandoc.UNREADABLE


def test_message_is_one_sentence_without_text_of_the_source(take_in):
    with pytest.raises(IntakeError) as caught:
        take_in("a.json", b'{"segments": [{"geheim": "Moeder huilt"}]}')
    assert "Moeder" not in str(caught.value)
    assert str(caught.value).count(".") == 1
    assert caught.value.__cause__ is None
