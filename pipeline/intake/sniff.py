"""Which format a file has, by its content; the suffix only breaks a tie."""

from __future__ import annotations

import codecs
import re
from typing import Literal

from pipeline.intake.archive import DOCUMENT_TYPE, ENCRYPTED, Archive
from pipeline.intake.errors import IntakeError

Format = Literal["docx", "odt", "rtf", "html", "pdf", "vtt", "srt", "json", "text"]

KNOWN = "tekst, Markdown, VTT, SRT, JSON (Whisper, WhisperX, Amberscript), DOCX, ODT, RTF, HTML of PDF"
UNKNOWN = f"Dit soort bestand wordt niet herkend; bied het gesprek aan als {KNOWN}."
OLD_WORD = (
    "Dit is een bestand van een oude Office-versie (zoals .doc); open het in Word en sla het op als .docx."
)
MEDIA = (
    "Dit is een geluids-, beeld- of plaatjesbestand en geen tekst; laat het eerst uitschrijven en bied de "
    "uitgeschreven tekst aan."
)
PACKED = "Dit is een ingepakt bestand; pak het eerst uit en bied het gespreksbestand zelf aan."
OTHER_OFFICE = (
    "Dit is geen tekstdocument maar een ander Office-bestand; bied de tekst aan als DOCX of als platte tekst."
)
OTHER_XML = f"Dit XML-bestand is geen bekend soort gesprek; bied het gesprek aan als {KNOWN}."
NO_CUES = (
    "Dit ondertitelbestand bevat geen enkele regel met een tijd en tekst; "
    "exporteer het transcript opnieuw uit het vergaderprogramma."
)

_MEDIA = (
    b"ID3",
    b"\xff\xfb",
    b"OggS",
    b"fLaC",
    b"RIFF",
    b"\x1aE\xdf\xa3",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"II*\0",
    b"MM\0*",
)
_PACKED = (b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh", b"\xfd7zXZ")
_TIMING = re.compile(r"^\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}\s*-->", re.MULTILINE)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|p|div|h[1-6]|table|ul|ol)\b[^>]*>", re.IGNORECASE)
_JSON = re.compile(r"\{\s*[\"}]|\[\s*[{\]]")


def refuse_compound(data: bytes) -> None:
    """Refuses the container of old Office versions, in which a DOCX with a password comes too.

    Raises:
        IntakeError: it is one; says what to do.
    """
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        # A protected DOCX is an old-style container with this stream (MS-OFFCRYPTO 1.3.1).
        raise IntakeError(ENCRYPTED if "EncryptedPackage".encode("utf-16-le") in data else OLD_WORD)


def binary_format(data: bytes) -> Format | None:
    """The format of a file that is no plain text; None for what should be read as text.

    Raises:
        IntakeError: a kind of file that cannot be taken in.
    """
    head = data[:1024].lstrip()
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if data.startswith(b"PK"):
        return _zip_format(data)
    refuse_compound(data)
    if data.startswith(_MEDIA) or data[4:8] == b"ftyp":
        raise IntakeError(MEDIA)
    if data.startswith(_PACKED):
        raise IntakeError(PACKED)
    if not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)) and _is_binary(
        data[:4000]
    ):
        raise IntakeError(UNKNOWN)
    return None


def _is_binary(sample: bytes) -> bool:
    """Whether there are nul bytes, but not at every other place as in UTF-16."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    return even + odd > 0 and (min(even, odd) > 0 or max(even, odd) < 0.15 * len(sample))


def _zip_format(data: bytes) -> Format:
    archive = Archive(data)
    if "mimetype" in archive.names:
        kind = archive.read("mimetype").strip()
        if kind in {
            b"application/vnd.oasis.opendocument.text",
            b"application/vnd.oasis.opendocument.text-template",
        }:
            return "odt"
        raise IntakeError(OTHER_OFFICE)
    if "[Content_Types].xml" in archive.names:
        if any(name.startswith("word/") for name in archive.names):
            return "docx"
        raise IntakeError(OTHER_OFFICE)
    raise IntakeError(PACKED)


def text_format(text: str, suffix: str) -> Format:
    """The format of a decoded text; `suffix` (".vtt") is asked only where the content does not tell.

    Raises:
        IntakeError: subtitles without cues, or XML that is no HTML.
    """
    start = text.lstrip()
    head = start[:5000]
    if head.startswith("WEBVTT") or suffix == ".vtt":
        return _with_cues(text, "vtt")
    if suffix == ".srt" or re.match(r"(?:\d+\s*\n)?\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}\s*-->", start):
        return _with_cues(text, "srt")
    if suffix == ".json" or _JSON.match(start):
        return "json"
    if head.startswith("<?xml") or head[:9].upper() == "<!DOCTYPE":
        if re.search(r"<!ENTITY|<!DOCTYPE[^>]*\[", head, re.IGNORECASE):
            raise IntakeError(DOCUMENT_TYPE)
        if not re.search(r"<html\b|<!doctype\s+html", head, re.IGNORECASE):
            raise IntakeError(OTHER_XML)
        return "html"
    if suffix in {".html", ".htm"} or (head.startswith("<") and _HTML.match(head)):
        return "html"
    return "text"


def _with_cues(text: str, kind: Format) -> Format:
    if not _TIMING.search(text):
        raise IntakeError(NO_CUES)
    return kind
