"""Makes `reference.docx`: the styles, the page and the running lines that pandoc gives every DOCX.

A Word file cannot be reviewed as text, so this script is the source and the file is what it makes:
`python -m pipeline.reference_docx templates/izp/reference.docx`. The texts in «» are filled in by
`pipeline/render/word.py`.
"""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pypandoc  # type: ignore[import-untyped]  # comes without types
from docx import Document
from docx.document import Document as DocumentType
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import _Footer, _Header
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import CharacterStyle, ParagraphStyle

FONT = "Calibri"
"""On any hospital PC; elsewhere Carlito, which has the same widths, takes its place."""

ACCENT, SOFT, LINE, ALERT = "17455C", "55626B", "C3CCD2", "8A3B00"

TABLES = (
    "aandacht",
    "gegevens",
    "mensen",
    "stemmen",
    "uitspraken",
    "grenzen",
    "acties",
    "open",
    "dekking",
    "bronnen",
)


def build() -> bytes:
    """The reference document; the same bytes every time for one version of pandoc and python-docx."""
    default = subprocess.run(  # noqa: S603  # a fixed command
        [pypandoc.get_pandoc_path(), "--print-default-data-file=reference.docx"],
        capture_output=True,
        check=True,
    ).stdout
    document = Document(io.BytesIO(default))
    _defaults(document)
    _blocks(document)
    _words(document)
    for name in TABLES:
        _table(document, name)
    _page(document)
    out = io.BytesIO()
    document.save(out)
    return _undated(out.getvalue())


def _defaults(document: DocumentType) -> None:
    """No style but ours, so that nothing of pandoc's own look remains; all text is Dutch."""
    styles = document.styles.element
    for child in list(styles):
        styles.remove(child)
    styles.append(
        parse_xml(
            f"<w:docDefaults {nsdecls('w')}><w:rPrDefault><w:rPr>"
            f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"/>'
            '<w:sz w:val="20"/><w:szCs w:val="20"/>'
            '<w:lang w:val="nl-NL" w:eastAsia="nl-NL" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
            '<w:pPrDefault><w:pPr><w:spacing w:after="0"/></w:pPr></w:pPrDefault></w:docDefaults>'
        )
    )
    _settings(document)


def _settings(document: DocumentType) -> None:
    """As Word makes a document today: nothing of it is shown in compatibility mode, and moves are tracked."""
    settings = document.settings.element
    for child in list(settings):
        settings.remove(child)
    mode = 'w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"'
    for part in (
        '<w:zoom {} w:percent="100"/>',
        '<w:defaultTabStop {} w:val="709"/>',
        '<w:characterSpacingControl {} w:val="doNotCompress"/>',
        f"<w:compat {{}}><w:compatSetting {mode}/></w:compat>",
        '<w:themeFontLang {} w:val="nl-NL"/>',
        '<w:decimalSymbol {} w:val=","/>',
        '<w:listSeparator {} w:val=";"/>',
    ):
        settings.append(parse_xml(part.format(nsdecls("w"))))


def _blocks(document: DocumentType) -> None:
    """The styles of paragraphs; `Compact` is the text of a table."""
    normal = _block(document, "Normal")
    normal.element.set(qn("w:default"), "1")
    _block(document, "Body Text", after=6)
    _block(document, "First Paragraph", after=6)
    _block(document, "Compact", before=1, after=1.5)
    _block(document, "annotation text", size=9).element.set(qn("w:styleId"), "CommentText")
    for level, size, before, after in ((1, 14, 16, 6), (2, 11, 10, 4), (3, 10, 8, 2)):
        heading = _block(
            document,
            f"heading {level}",
            size=size,
            bold=True,
            colour=ACCENT,
            before=before,
            after=after,
            keep=True,
        )
        heading.element.get_or_add_pPr().append(
            parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="{level - 1}"/>')
        )
    entry = _block(document, "toc 1", after=2)
    entry.element.set(qn("w:styleId"), "TOC1")
    entry.paragraph_format.tab_stops.add_tab_stop(Mm(170), WD_TAB_ALIGNMENT.RIGHT)
    line = _block(document, "header", size=8.5, colour=SOFT)
    line.paragraph_format.tab_stops.add_tab_stop(Mm(170), WD_TAB_ALIGNMENT.RIGHT)
    _block(document, "IZP-titel", size=13, colour=SOFT)
    _block(document, "IZP-naam", size=30, bold=True, colour=ACCENT)
    _block(document, "IZP-ondertitel", size=11, colour=SOFT, after=10)
    status = _block(document, "IZP-status", size=13, bold=True, colour=ALERT, before=4, after=10)
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="12" w:space="5" w:color="{ALERT}"/>'
        for side in ("top", "left", "bottom", "right")
    )
    status.element.get_or_add_pPr().insert_element_before(
        parse_xml(f"<w:pBdr {nsdecls('w')}>{sides}</w:pBdr>"), "w:spacing"
    )
    status.paragraph_format.left_indent = status.paragraph_format.right_indent = Mm(2)
    _block(document, "IZP-toelichting", colour=SOFT, after=8, keep=True)
    _block(document, "IZP-kopje", size=12, bold=True, colour=ACCENT, before=8, after=4, keep=True)
    _block(document, "IZP-inhoud", size=12, bold=True, colour=ACCENT, before=14, after=4, keep=True)
    page = _block(document, "IZP-bladzijde", size=1).paragraph_format
    page.page_break_before, page.line_spacing = True, Pt(1)
    _block(document, "IZP-leeg", italic=True, colour=SOFT, after=4)
    _block(document, "IZP-verwijzing", size=9, colour=SOFT, before=4, after=4)


def _words(document: DocumentType) -> None:
    """The styles of words within a paragraph."""
    _word(document, "Hyperlink", colour=ACCENT)
    _word(document, "annotation reference", size=8).element.set(qn("w:styleId"), "CommentReference")
    _word(document, "IZP-nr", size=8.5, bold=True, colour=ACCENT)
    _word(document, "IZP-wie", bold=True)
    _word(document, "IZP-spreker", colour=SOFT)
    _word(document, "IZP-vraag", size=9, italic=True, colour=SOFT)
    _word(document, "IZP-uitspraak")
    _word(document, "IZP-veld")
    _word(document, "IZP-zekerheid", italic=True)
    _word(document, "IZP-open-plek", italic=True, colour=SOFT)
    mark = _word(document, "IZP-melding", size=8, bold=True, colour=ALERT)
    mark.element.get_or_add_rPr().append(
        parse_xml(f'<w:bdr {nsdecls("w")} w:val="single" w:sz="6" w:space="0" w:color="{ALERT}"/>')
    )


def _block(
    document: DocumentType,
    name: str,
    *,
    size: float | None = None,
    bold: bool = False,
    italic: bool = False,
    colour: str | None = None,
    before: float = 0,
    after: float = 0,
    keep: bool = False,
) -> ParagraphStyle:
    """A paragraph style; sizes and white space in points, `keep` with the paragraph after it."""
    style: ParagraphStyle = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=_known(name))
    style.base_style = None if name == "Normal" else document.styles["Normal"]
    _letters(style, size, bold, italic, colour)
    shape = style.paragraph_format
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    shape.keep_with_next = shape.keep_together = keep or None
    shape.widow_control = True
    return style


def _word(
    document: DocumentType,
    name: str,
    *,
    size: float | None = None,
    bold: bool = False,
    italic: bool = False,
    colour: str | None = None,
) -> CharacterStyle:
    """A character style; `size` in points."""
    style: CharacterStyle = document.styles.add_style(name, WD_STYLE_TYPE.CHARACTER, builtin=_known(name))
    style.base_style = None
    _letters(style, size, bold, italic, colour)
    return style


def _known(name: str) -> bool:
    """Whether Word has a style of this name itself."""
    return not name.startswith("IZP-")


def _letters(style: CharacterStyle, size: float | None, bold: bool, italic: bool, colour: str | None) -> None:
    style.quick_style, style.hidden = True, False
    style.font.size = Pt(size) if size else None
    style.font.bold, style.font.italic = bold or None, italic or None
    if colour:
        style.font.color.rgb = RGBColor.from_string(colour)


def _table(document: DocumentType, name: str) -> None:
    """A table style: hairlines between rows, a firm line under a bold header row."""
    style = document.styles.add_style(f"IZP-{name}", WD_STYLE_TYPE.TABLE)
    style.base_style = None
    size = 17 if name == "bronnen" else 19
    if name == "stemmen":  # quotes below each other, each behind its number
        style.element.append(
            parse_xml(f'<w:pPr {nsdecls("w")}><w:ind w:left="284" w:hanging="284"/></w:pPr>')
        )
    for part in (
        f'<w:rPr {nsdecls("w")}><w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>',
        f"<w:tblPr {nsdecls('w')}><w:tblBorders>"
        f'<w:bottom w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/>'
        f'<w:insideH w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/></w:tblBorders>'
        '<w:tblCellMar><w:left w:w="80" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar>'
        "</w:tblPr>",
        f'<w:tblStylePr {nsdecls("w")} w:type="firstRow"><w:rPr><w:b/><w:color w:val="{ACCENT}"/>'
        '<w:sz w:val="17"/><w:szCs w:val="17"/></w:rPr><w:tcPr><w:tcBorders>'
        f'<w:bottom w:val="single" w:sz="8" w:space="0" w:color="{ACCENT}"/></w:tcBorders></w:tcPr>'
        "</w:tblStylePr>",
    ):
        style.element.append(parse_xml(part))


def _page(document: DocumentType) -> None:
    """A4 with the running lines, and nothing else in the document."""
    body = document.element.body
    for child in list(body):
        if child is not body.sectPr:
            body.remove(child)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin = Mm(24), Mm(20)
    section.header_distance = section.footer_distance = Mm(11)
    status = f'<w:r><w:rPr><w:b/><w:color w:val="{ALERT}"/></w:rPr>{_text("«status»")}</w:r>'
    _running_line(section.header, status, _run("«title»"))
    pages = f"{_run('pagina ')}{_field('PAGE')}{_run(' van ')}{_field('NUMPAGES')}"
    _running_line(section.footer, _run("«footer»"), pages)


def _running_line(part: _Header | _Footer, left: str, right: str) -> None:
    """A line with a text at each side of the page."""
    paragraph = part.paragraphs[0]
    paragraph.style = "header"
    for run in parse_xml(f"<w:p {nsdecls('w')}>{left}<w:r><w:tab/></w:r>{right}</w:p>"):
        paragraph._p.append(run)  # python-docx has no call for a field


def _run(text: str) -> str:
    return f"<w:r>{_text(text)}</w:r>"


def _text(text: str) -> str:
    return f'<w:t xml:space="preserve">{text}</w:t>'


def _field(code: str) -> str:
    return f'<w:fldSimple w:instr="{code}">{_run("1")}</w:fldSimple>'


def _undated(docx: bytes) -> bytes:
    """The same file without the time at which each part was written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name), source.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(build())
