"""Text PDF, by pypdf. What a page shows as a picture only is no text, and is not silently left out."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter

import pypdf
from pypdf.errors import DependencyError

from pipeline.intake.archive import ENCRYPTED
from pipeline.intake.blocks import Block
from pipeline.intake.document import from_lines
from pipeline.intake.errors import IntakeError

# What pypdf warns of may quote the file, and the user gets one sentence of our own.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

BROKEN = (
    "Dit PDF-bestand is beschadigd; maak opnieuw een PDF van het document, of bied het document zelf aan."
)
SCANNED = (
    "Dit PDF-bestand is een scan of plaatje zonder tekst; laat er tekstherkenning (OCR) op los "
    "of bied het getypte document aan."
)
TOO_LONG = "Dit PDF-bestand heeft te veel bladzijden; bied alleen het verslag van het gesprek aan."
MAX_PAGES = 500
_PAGE_NUMBER = re.compile(
    r"(?:(?:pagina|blz\.?|bladzijde|page)\s*)?\d{1,3}(?:\s*(?:van|/|of)\s*\d{1,3})?", re.IGNORECASE
)


def read(data: bytes) -> list[Block]:
    """The blocks of a PDF: a note's paragraphs or a dialogue's turns; what repeats on every page is header.

    Raises:
        IntakeError: broken, encrypted, too long, or with a page that is a picture without text.
    """
    try:
        pages = _pages(data)
    except IntakeError:
        raise
    except DependencyError:
        raise IntakeError(ENCRYPTED) from None
    # A malformed PDF can raise nearly anything from the depths of a parser.
    except Exception:
        raise IntakeError(BROKEN) from None
    repeated, lines = _without_repeats(pages)
    _, blocks = from_lines(lines, wrapped=True)
    return [*(Block(line, "header") for line in repeated), *blocks]


def _pages(data: bytes) -> list[list[str]]:
    reader = pypdf.PdfReader(io.BytesIO(data))
    # A PDF that only forbids printing opens with the empty password.
    if reader.is_encrypted and not reader.decrypt(""):
        raise IntakeError(ENCRYPTED)
    if len(reader.pages) > MAX_PAGES:
        raise IntakeError(TOO_LONG)
    pages: list[list[str]] = []
    for page in reader.pages:
        text = page.extract_text()
        if not text.strip() and _has_picture(page):
            raise IntakeError(SCANNED)
        pages.append([line.rstrip() for line in text.split("\n")])
    if not any(line.strip() for lines in pages for line in lines):
        raise IntakeError(SCANNED)
    return pages


def _has_picture(page: pypdf.PageObject) -> bool:
    return len(page.images) > 0


def _without_repeats(pages: list[list[str]]) -> tuple[list[str], list[str]]:
    """The lines that stand at the top or bottom of most pages, and the other lines of all pages together."""
    edges = Counter(
        re.sub(r"\d+", "#", line.strip())
        for lines in pages
        for line in {*_edge(lines, 2), *_edge(lines[::-1], 2)}
    )
    repeated: list[str] = []
    kept: list[str] = []
    for lines in pages:
        top, bottom = _edge(lines, 2), _edge(lines[::-1], 2)
        for line in lines:
            stripped = line.strip()
            often = len(pages) > 1 and edges[re.sub(r"\d+", "#", stripped)] > max(1, len(pages) / 2)
            if (
                stripped
                and (stripped in top or stripped in bottom)
                and (often or _PAGE_NUMBER.fullmatch(stripped))
            ):
                if stripped not in repeated:
                    repeated.append(stripped)
            else:
                kept.append(line)
    return repeated, kept


def _edge(lines: list[str], size: int) -> list[str]:
    return [line.strip() for line in lines if line.strip()][:size]
