"""Makes the pictures of drafts in the docs: `make docs-images`. Needs LibreOffice Writer and poppler-utils.

Each sheet shows six pages side by side, of the Word document as LibreOffice lays it out and of the PDF.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from pypdf import PageObject, PdfReader, PdfWriter, Transformation

from pipeline.draft import Options, draft
from pipeline.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
SAMPLES = ("noor-sma.txt", "kompas-jesse.docx")
COLUMNS, ROWS = 3, 2
SHEET_DPI, PAGE_DPI = 45, 90


def main() -> None:
    """Drafts the samples and makes the pictures anew, and for the README the first page of the first."""
    for source in SAMPLES:
        for old in IMAGES.glob(f"{Path(source).stem}*.png"):
            old.unlink()
    with TemporaryDirectory() as name:
        folder = Path(name)
        for source in SAMPLES:
            made = draft(ROOT / "samples" / source, folder, Options(), Settings(), overwrite=True)
            stem = Path(source).stem
            for kind, pdf in (("pdf", made.pdf), ("word", _as_pdf(made.docx, folder / "word"))):
                sheets = folder / f"{stem}-{kind}.pdf"
                _lay_side_by_side(PdfReader(pdf).pages, sheets)
                _to_png(sheets, IMAGES / f"{stem}-{kind}", SHEET_DPI)
            if source == SAMPLES[0]:
                _to_png(made.pdf, IMAGES / stem, PAGE_DPI, "-l", "1", "-singlefile")


def _as_pdf(docx: Path, folder: Path) -> Path:
    """A Word document as LibreOffice prints it."""
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(docx)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  # a fixed command
    return folder / f"{docx.stem}.pdf"


def _lay_side_by_side(pages: Sequence[PageObject], target: Path) -> None:
    """Puts pages on sheets, row by row."""
    width, height = float(pages[0].mediabox.width), float(pages[0].mediabox.height)
    writer = PdfWriter()
    for first in range(0, len(pages), COLUMNS * ROWS):
        sheet = writer.add_blank_page(COLUMNS * width, ROWS * height)
        for at, page in enumerate(pages[first : first + COLUMNS * ROWS]):
            row, column = divmod(at, COLUMNS)
            place = Transformation().translate(column * width, (ROWS - 1 - row) * height)
            sheet.merge_transformed_page(page, place)
    writer.write(target)


def _to_png(pdf: Path, target: Path, dpi: int, *options: str) -> None:
    """The pages of a PDF as pictures, `TARGET-1.png` and so on."""
    command = ["pdftoppm", "-png", "-r", str(dpi), *options, str(pdf), str(target)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  # a fixed command


if __name__ == "__main__":
    main()
