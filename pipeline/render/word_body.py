"""The body of the Word file: the content controls, tables and contents that pandoc does not write."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from itertools import count, pairwise, takewhile
from math import ceil

from pipeline.plan import Plan
from pipeline.render.ooxml import Element, W, add, one, parse, serialise, style_of, text_of, w

LONGEST_ROW, FEW_ROWS = 1500, 8
"""A row of a table, and a table of a few rows, stays on one page unless it has more characters than this."""
TEXT_WIDTH = 9638
"""Width of the text on the page in twentieths of a point: A4 with margins of 20 mm."""

LETTERS, LINES = 105, 66
"""About how many letters a line of the page holds, and how many lines a page with tables."""
ABOVE = {"Heading1": 1.5, "Heading2": 1.5}
BETWEEN = 0.4
"""About how many lines of white a heading has above it, and a paragraph or the row of a table around it."""

FIELD = "veld-"
"""What the name of every slot begins with that is a field and no statement."""


def finish_body(part: bytes, plan: Plan) -> bytes:
    """The main part of the file.

    Args:
        part: The part as pandoc made it.
        plan: The plan, for the numbers of its statements.
    """
    root = parse(part)
    _controls(root, plan)
    _lines(root)
    heading = plan.title
    chapters: list[Element] = []
    for block in list(root[0]):
        style = style_of(block)
        if block.tag == W + "tbl":
            _table(block, heading)
        elif block.tag == W + "bookmarkStart":
            _around_heading(root[0], block)
        elif style in ("Heading1", "Heading2"):
            heading = text_of(block)
            if style == "Heading1":
                chapters.append(block)
    for block in root[0].iterchildren(W + "p"):
        if style_of(block) == "IZP-inhoud" and chapters:
            _contents(block, chapters)
            break
    _pages(root[0])
    return serialise(root)


def _pages(body: Element) -> None:
    """Takes out each page break behind a page of its own that is more than one: little stands on its last.

    Only Word knows where it ends a page, so this counts letters; a page that was just filled may be taken for
    more than one.
    """
    breaks = [block for block in body.iterchildren(W + "p") if style_of(block) == "IZP-bladzijde"]
    for start, end in pairwise(breaks):
        page = list(body)[body.index(start) + 1 : body.index(end)]
        if sum(map(_height, page)) > LINES:
            body.remove(end)


def _height(block: Element) -> float:
    """About how many lines a paragraph or a table takes."""
    if block.tag != W + "tbl":
        return _wrapped([block], 1) + ABOVE.get(style_of(block) or "", BETWEEN)
    widths = [int(column.get(W + "w", "0")) for column in one(block, "tblGrid").findall(W + "gridCol")]
    return sum(
        BETWEEN
        + max(
            _wrapped(cell.iter(W + "p"), width / sum(widths))
            for cell, width in zip(row.findall(W + "tc"), widths, strict=True)
        )
        for row in block.findall(W + "tr")
    )


def _wrapped(paragraphs: Iterable[Element], width: float) -> int:
    """How many lines paragraphs take in a part of the width of the page."""
    return sum(max(1, ceil(len(text_of(paragraph)) / (LETTERS * width))) for paragraph in paragraphs)


def _around_heading(body: Element, start: Element) -> None:
    """Puts the bookmark of a section around its heading: around blocks, not every program keeps one."""
    heading = body[body.index(start) + 1]
    number = start.get(W + "id")
    end = next(end for end in body.iterchildren(W + "bookmarkEnd") if end.get(W + "id") == number)
    heading.insert(1, start)
    heading.append(end)


def _controls(root: Element, plan: Plan) -> None:
    """Puts the words of every slot into a content control."""
    numbers = {entry.id: entry.number for entry in plan.entries}
    ids = count(1)
    for start in list(root.iter(W + "bookmarkStart")):
        name = start.get(W + "name", "")
        if name.startswith(FIELD):
            _control(start, name, _label(start), next(ids))
        elif number := numbers.get(name.partition("-")[0]):
            _control(start, name, f"Uitspraak {number}", next(ids))


def _control(start: Element, name: str, title: str, number: int) -> None:
    """A content control within a bookmark, so that words added at its end stand in the bookmark too.

    It is not locked: a reader deletes a statement as any words. What is still to be filled in is a
    placeholder, which gives way to what is typed.
    """
    words = list(takewhile(lambda sibling: sibling.tag != W + "bookmarkEnd", start.itersiblings()))
    start.addnext(control := start.makeelement(W + "sdt"))
    properties = add(control, "sdtPr")
    add(properties, "alias", val=title)
    add(properties, "tag", val=name)
    add(properties, "id", val=str(number))
    if any(style_of(run) == "IZP-open-plek" for run in words):
        add(properties, "showingPlcHdr")
    add(control, "sdtContent").extend(words)


def _label(start: Element) -> str:
    """What a field is called: the heading of its column, else the words of the cell before it."""
    cell, row, table = (next(start.iterancestors(W + tag), None) for tag in ("tc", "tr", "tbl"))
    if cell is None or row is None or table is None:
        return "Veld"
    cells = row.findall(W + "tc")
    column = cells.index(cell)
    first = one(table, "tr")
    if first.find(f"{W}trPr/{W}tblHeader") is not None:
        return text_of(first.findall(W + "tc")[column])
    return text_of(cells[column - 1])


def _table(table: Element, heading: str) -> None:
    """Gives columns their width on this page, as pandoc counts with one of its own, and keeps rows whole.

    A screen reader tells under which heading the table stands and what its columns are.
    """
    columns = one(table, "tblGrid").findall(W + "gridCol")
    widths = [int(column.get(W + "w", "0")) for column in columns]
    for column, width in zip(columns, widths, strict=True):
        column.set(W + "w", str(width * TEXT_WIDTH // sum(widths)))
    rows = table.findall(W + "tr")
    lengths = [len(text_of(row)) for row in rows]
    small = len(rows) <= FEW_ROWS and sum(lengths) <= LONGEST_ROW
    titles: list[str] = []
    for row, length in zip(rows, lengths, strict=True):
        properties = row.find(W + "trPr")
        if properties is None:
            row.insert(0, properties := row.makeelement(W + "trPr"))
        else:  # pandoc has written that it is the header
            titles = [text_of(cell) for cell in row.iter(W + "tc")]
        if length <= LONGEST_ROW:
            properties.insert(0, row.makeelement(W + "cantSplit"))
        if (titles and row is rows[0]) or (small and row is not rows[-1]):
            _with_next(row)
    told = f"Kolommen: {', '.join(dict.fromkeys(titles))}." if titles else "Kopjes met wat erbij hoort."
    properties = one(table, "tblPr")
    add(properties, "tblCaption", val=heading)
    add(properties, "tblDescription", val=told)


def _with_next(row: Element) -> None:
    """Keeps a row on the page of the next."""
    for style in row.iter(W + "pStyle"):
        style.addnext(style.makeelement(W + "keepNext"))


def _lines(body: Element) -> None:
    """Makes a paragraph of each line, so that a reader can delete one as a whole."""
    for mark in list(body.iter(W + "br")):
        run = mark.getparent()
        line = None if run is None else run.getparent()
        if run is not None and line is not None and line.tag == W + "p":
            line.addnext(following := line.makeelement(W + "p"))
            following.extend((deepcopy(one(line, "pPr")), *run.itersiblings()))
            line.remove(run)


def _contents(title: Element, chapters: list[Element]) -> None:
    """Word's own table of contents below its title, with its entries, so that it can be read as it is."""
    entries = [_entry(chapter) for chapter in chapters]
    for position, run in enumerate(
        (_mark("begin"), _code(r'TOC \o "1-1" \h \z \u'), _mark("separate")), start=1
    ):
        entries[0].insert(position, run)
    entries[-1].append(_mark("end"))
    properties = w("sdtPr", w("docPartObj", w("docPartGallery", val="Table of Contents"), w("docPartUnique")))
    content = w("sdtContent")
    title.addnext(w("sdt", properties, content))
    content.extend((title, *entries))


def _entry(chapter: Element) -> Element:
    """A line of the table of contents; its page is left open for Word, as only that knows where pages end."""
    anchor = one(chapter, "bookmarkStart").get(W + "name", "")
    page = (_mark("begin"), _code(rf"PAGEREF {anchor} \h"), _mark("separate"), _mark("end"))
    words = (w("r", w("t", text=text_of(chapter))), w("r", w("tab")))
    return w(
        "p",
        w("pPr", w("pStyle", val="TOC1")),
        w("hyperlink", *words, *page, anchor=anchor, history="1"),
    )


def _mark(kind: str) -> Element:
    return w("r", w("fldChar", fldCharType=kind))


def _code(code: str) -> Element:
    return w("r", w("instrText", text=f" {code} "))
