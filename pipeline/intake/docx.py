"""Word documents: paragraphs, headings, lists and tables in the order of the document.

Read from the XML itself (ECMA-376 part 1), for a typed note may hold what a library leaves out: inserted text
under track changes, content controls, text boxes, footnotes. Deleted text and comments are no text. Element
names are matched without namespace, so that the strict variant is read as well.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from extractors import schema
from pipeline.intake.archive import BROKEN, Archive
from pipeline.intake.blocks import Block
from pipeline.intake.document import from_blocks
from pipeline.intake.errors import IntakeError
from pipeline.intake.text import table_blocks

EMPTY = "Dit document bevat geen tekst (alleen een plaatje of niets); bied het gesprek als getypte tekst aan."
_LEFT_OUT = frozenset(
    {
        "del",
        "moveFrom",
        "Fallback",
        "pict",
        "instrText",
        "delText",
        "fldData",
        "rPr",
        "pPr",
        "sectPr",
        "sdtPr",
    }
)
_MAX_DEPTH = 200


@dataclass
class _Document:
    """What is needed to read paragraphs: heading level by style id, notes by id, and the headings so far."""

    levels: dict[str, int]
    lists: set[str]
    notes: dict[str, etree._Element]
    blocks: list[Block] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)

    @property
    def section(self) -> tuple[str, ...]:
        return tuple(text for _, text in self.headings)


def read(data: bytes) -> list[Block]:
    """The blocks of a DOCX file; a transcript in it (Teams, Google Meet) as turns.

    Raises:
        IntakeError: broken, encrypted, a zip bomb, XML with a document type, or without text.
    """
    archive = Archive(data)
    main = _main_part(archive)
    root = _parse(archive, main)
    folder = posixpath.dirname(main)
    levels, lists = _styles(archive, f"{folder}/styles.xml")
    notes = {
        f"{kind}:{note.get(_attribute(note, 'id'))}": note
        for kind in ("footnote", "endnote")
        for note in _children(_parse_optional(archive, f"{folder}/{kind}s.xml"), kind)
        if note.get(_attribute(note, "type")) is None
    }
    document = _Document(levels, lists, notes)
    for body in _children(root, "body"):
        _read_children(body, document, 0)
    blocks = [block for block in document.blocks if block.text.strip()]
    if not blocks:
        raise IntakeError(EMPTY)
    return [*_page_headers(archive, folder, blocks), *from_blocks(blocks)]


def _main_part(archive: Archive) -> str:
    """The main part by the package's relationships: word/document.xml, or Word online's document2.xml."""
    root = _parse_optional(archive, "_rels/.rels")
    for relation in root if root is not None else ():
        if str(relation.get("Type", "")).endswith("/officeDocument"):
            return str(relation.get("Target", "")).lstrip("/")
    return "word/document.xml"


def _parse(archive: Archive, name: str) -> etree._Element:
    if name not in archive.names:
        raise IntakeError(BROKEN)
    content = archive.xml(name)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise IntakeError(BROKEN) from None


def _parse_optional(archive: Archive, name: str) -> etree._Element | None:
    return _parse(archive, name) if name in archive.names else None


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _attribute(element: etree._Element, name: str) -> str:
    """The key of an attribute in the namespace of its element."""
    namespace = etree.QName(element).namespace
    return f"{{{namespace}}}{name}" if namespace else name


def _value(element: etree._Element | None, name: str = "val") -> str | None:
    if element is None:
        return None
    value = element.get(_attribute(element, name))
    return None if value is None else str(value)


def _children(element: etree._Element | None, name: str) -> list[etree._Element]:
    return [child for child in element if _name(child) == name] if element is not None else []


def _child(element: etree._Element | None, *path: str) -> etree._Element | None:
    for name in path:
        element = next(iter(_children(element, name)), None)
    return element


def _styles(archive: Archive, name: str) -> tuple[dict[str, int], set[str]]:
    """The heading level of each style that has one, by outline level or by name, and the styles of lists."""
    levels: dict[str, int] = {}
    lists: set[str] = set()
    for style in _children(_parse_optional(archive, name), "style"):
        style_id, style_name = _value(style, "styleId") or "", (_value(_child(style, "name")) or "").lower()
        outline = _value(_child(style, "pPr", "outlineLvl"))
        numbered = re.fullmatch(r"(?:heading|kop|titre|überschrift) (\d)", style_name)
        if style_name in {"title", "titel"}:
            levels[style_id] = 0
        elif numbered:
            levels[style_id] = int(numbered[1])
        elif outline is not None and outline.isdigit() and int(outline) < 9:
            levels[style_id] = int(outline) + 1
        if style_name.startswith(("list", "lijst")) or _child(style, "pPr", "numPr") is not None:
            lists.add(style_id)
    return levels, lists


def _read_children(parent: etree._Element, document: _Document, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise IntakeError(BROKEN)
    for element in parent:
        name = _name(element)
        if name == "p":
            _read_paragraph(element, document)
        elif name == "tbl":
            _read_table(element, document, depth)
        elif name and name not in _LEFT_OUT:
            _read_children(element, document, depth + 1)


def _read_paragraph(paragraph: etree._Element, document: _Document) -> None:
    text = "".join(_text(paragraph, 0)).strip()
    properties = _child(paragraph, "pPr")
    style = _value(_child(properties, "pStyle")) or ""
    outline = _value(_child(properties, "outlineLvl"))
    level = (
        int(outline) + 1
        if outline is not None and outline.isdigit() and int(outline) < 9
        else document.levels.get(style)
    )
    if text:
        if level is not None:
            while document.headings and document.headings[-1][0] >= level:
                document.headings.pop()
            document.blocks.append(Block(text, "heading", section=document.section))
            document.headings.append((level, " ".join(text.split())))
        else:
            listed = style in document.lists or _child(properties, "numPr") is not None
            kind: schema.Block = "list_item" if listed else "paragraph"
            document.blocks.append(Block(text, kind, section=document.section))
    for element in paragraph.iter():
        if _name(element) == "txbxContent" and not any(
            _name(above) == "Fallback" for above in element.iterancestors()
        ):
            _read_children(element, document, 0)
        elif _name(element) in {"footnoteReference", "endnoteReference"}:
            note = document.notes.get(f"{_name(element).removesuffix('Reference')}:{_value(element, 'id')}")
            if note is not None:
                _read_children(note, document, 0)


def _text(element: etree._Element, depth: int) -> Iterator[str]:
    """The text of a paragraph, without deleted text, field codes and text boxes (these follow it)."""
    if depth > _MAX_DEPTH:
        raise IntakeError(BROKEN)
    for child in element:
        name = _name(child)
        if name == "t":
            yield child.text or ""
        elif name in {"br", "cr"}:
            yield "\n"
        elif name in {"tab", "ptab"}:
            yield "\t"
        elif name == "noBreakHyphen":
            yield "-"
        elif name == "sym":
            yield " "
        elif name and name != "txbxContent" and name not in _LEFT_OUT:
            yield from _text(child, depth + 1)


def _read_table(table: etree._Element, document: _Document, depth: int) -> None:
    """A table's cells; the first row may be a heading (see `_is_headed`)."""
    rows = [row for row in _rows(table) if _name(row) == "tr"]
    cells = [[_cell_text(cell) for cell in _cells(row)] for row in rows]
    nested = [inner for row in rows for inner in row.iter() if _name(inner) == "tbl"]
    if cells:
        document.blocks.extend(table_blocks(cells, document.section, headed=_is_headed(rows, cells)))
    for inner in nested:
        if depth < _MAX_DEPTH and _nearest_table(inner) is table:
            _read_table(inner, document, depth + 1)


def _nearest_table(element: etree._Element) -> etree._Element | None:
    return next((above for above in element.iterancestors() if _name(above) == "tbl"), None)


def _rows(element: etree._Element) -> Iterator[etree._Element]:
    """The rows, also within content controls and insertions."""
    for child in element:
        if _name(child) == "tr":
            if _child(child, "trPr", "del") is None:
                yield child
        elif _name(child) in {"sdt", "sdtContent", "ins", "customXml", "smartTag"}:
            yield from _rows(child)


def _cells(element: etree._Element) -> Iterator[etree._Element]:
    for child in element:
        if _name(child) == "tc":
            yield child
        elif _name(child) in {"sdt", "sdtContent", "ins", "customXml", "smartTag"}:
            yield from _cells(child)


def _cell_text(cell: etree._Element) -> str:
    """The paragraphs of a cell, one a line; tables within it are read by themselves."""
    lines = [
        "".join(_text(paragraph, 0)).strip()
        for paragraph in cell.iter()
        if _name(paragraph) == "p" and _within(paragraph, cell)
    ]
    return "\n".join(line for line in lines if line)


def _within(paragraph: etree._Element, cell: etree._Element) -> bool:
    for above in paragraph.iterancestors():
        if above is cell:
            return True
        if _name(above) in {"tbl", "Fallback", "del", "moveFrom"}:
            return False
    return False


def _is_headed(rows: list[etree._Element], cells: list[list[str]]) -> bool:
    """Whether the first row is a heading: marked so, in bold, or short in three columns or more."""
    if len(rows) < 2 or not all(cells[0]):
        return False
    if _child(rows[0], "trPr", "tblHeader") is not None:
        return True
    if len(cells[0]) == 2 and all(row[0].rstrip().endswith(":") for row in cells if row):
        return False
    runs = [run for run in rows[0].iter() if _name(run) == "r" and "".join(_text(run, 0)).strip()]
    if runs and all(_child(run, "rPr", "b") is not None for run in runs):
        return True
    first, rest = cells[0], [cell for row in cells[1:] for cell in row[1:] if cell]
    short = all(len(cell) <= 30 and "\n" not in cell for cell in first)
    return len(first) > 2 and short and bool(rest)


def _page_headers(archive: Archive, folder: str, blocks: list[Block]) -> list[Block]:
    """What stands above and below every page, once, as header."""
    said = {block.text for block in blocks}
    texts: list[str] = []
    for name in sorted(archive.names):
        if re.fullmatch(rf"{re.escape(folder)}/(?:header|footer)\d*\.xml", name):
            for paragraph in _parse(archive, name).iter():
                if _name(paragraph) == "p":
                    text = "".join(_text(paragraph, 0)).strip()
                    if text and text not in said:
                        said.add(text)
                        texts.append(text)
    return [Block(text, "header") for text in texts]
