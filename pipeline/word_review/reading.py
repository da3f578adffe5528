"""A Word document as a list of paragraphs and table rows, in the views before and after its tracked changes.

All that Word tracks is read (ECMA-376 part 1, 17.13.5): text that is inserted, deleted or moved, paragraph
marks, rows and cells. Changes of form alone (`rPrChange`, `pPrChange`, numbering) are no changes here. The
numbers of pages are not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from lxml import etree

from pipeline.intake.archive import BROKEN
from pipeline.word_review.errors import ReviewError
from pipeline.word_review.package import Package, attribute, child, elements, moment, name
from pipeline.word_review.stretch import BREAK, Mark, Stretch, plain

MAX_DEPTH = 200
MAX_ITEMS = 20_000
"""The most paragraphs and table rows that are compared; a plan has a few hundred."""

TOO_LONG = (
    "Dit document is veel langer dan een zorgplan. Haal eruit wat er niet in hoort en probeer het opnieuw."
)

COMMENT = "comment:"
"""What the place of a comment is called, before the comment's id."""

_ADDED = frozenset({"ins", "moveTo"})
_REMOVED = frozenset({"del", "moveFrom"})
_NOT_TEXT = frozenset(
    {
        "rPr",
        "pPr",
        "tblPr",
        "tblGrid",
        "tblPrEx",
        "trPr",
        "tcPr",
        "sdtPr",
        "sdtEndPr",
        "sectPr",
        "Fallback",
        "fldData",
        "annotationRef",
        "footnoteRef",
        "endnoteRef",
        "lastRenderedPageBreak",
    }
)
_COUNTED = frozenset({"PAGE", "NUMPAGES", "PAGEREF", "SECTIONPAGES"})
"""Fields with the numbers of pages."""

PAGES = " 0123456789"
"""What a line of the table of contents ends with."""

_PICTURE = "[afbeelding]"
"""What stands for a picture where there is just text: in a comment, on top of the page."""

_PROMPT = re.compile(r"(Klik of tik om|Klik hier|Click or tap( here)?|Click here)\b.{,40}")
"""What Word shows in a content control that a reader made empty. Any other words there count."""

_NOTES: dict[str, Literal["footnote", "endnote"]] = {
    "footnoteReference": "footnote",
    "endnoteReference": "endnote",
}
_SIGNS = {"tab": "\t", "ptab": "\t", "cr": BREAK, "noBreakHyphen": "\u2011", "softHyphen": ""}


class Thing(NamedTuple):
    """What stands in a document and is no text of it: a picture, a text box or a note, with its words.

    What is struck through or hidden is text all the same: who did that may have meant to delete it.
    """

    kind: Literal["picture", "box", "footnote", "endnote", "struck"]
    words: str
    by: Mark | None


@dataclass
class Item:
    """A paragraph outside tables (one cell), or a table row.

    `added` and `removed` tell that the whole of it is tracked so; `names` are those of the bookmarks and
    content controls that begin in it, `things` what stands in it besides text, `style` is the id of the
    style of a paragraph.
    """

    kind: Literal["paragraph", "row"]
    table: int = 0
    cells: list[Stretch] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    things: list[Thing] = field(default_factory=list)
    added: Mark | None = None
    removed: Mark | None = None
    style: str | None = None

    @property
    def was(self) -> str:
        """The text before the tracked changes; cells apart."""
        return "\x1f".join(cell.was for cell in self.cells) if self.added is None else ""

    @property
    def now(self) -> str:
        """The text after the tracked changes; cells apart."""
        return "\x1f".join(cell.now for cell in self.cells) if self.removed is None else ""


class Comment(NamedTuple):
    """A comment: `parent` is the id of the one that it answers, `done` whether it is resolved."""

    id: str
    author: str | None
    at: Mark
    words: str
    parent: str | None
    done: bool


@dataclass
class Document:
    """What a document holds, and who saved it last.

    `contents` are the lines of the table of contents without their pages, `running` those on top and at the
    foot of the pages.
    """

    items: list[Item]
    contents: frozenset[str]
    comments: list[Comment]
    running: list[str]
    saved: Mark
    properties: dict[str, str]


def read_document(data: bytes) -> Document:
    """Reads a DOCX, whoever wrote it.

    Raises:
        ReviewError: It is no DOCX, broken, encrypted, too large or nested without end.
    """
    package = Package(data)
    notes = {
        (kind, attribute(note, "id")): _words(note)
        for kind in ("footnote", "endnote")
        for part in package.related(f"{kind}s")
        for note in elements(part)
    }
    reader = _Reader(notes)
    reader.read(package.body())
    if len(reader.items) > MAX_ITEMS:
        raise ReviewError(TOO_LONG)
    running = {
        text for kind in ("header", "footer") for part in package.related(kind) if (text := _words(part))
    }
    return Document(
        items=reader.items,
        contents=frozenset(line for each in reader.contents if (line := plain(each).rstrip(PAGES))),
        comments=_comments(package),
        running=sorted(running),
        saved=Mark(*package.last_saved()),
        properties=package.properties(),
    )


class _Reader:
    """Walks through a document once and gathers its items."""

    def __init__(self, notes: dict[tuple[str, str | None], str]) -> None:
        self.items: list[Item] = []
        self.contents: list[str] = []
        self._notes = notes
        self._names: set[str] = set()
        self._waiting: list[tuple[str, str]] = []
        self._crossed: list[str] | None = None
        self._item: Item | None = None
        self._stretch: Stretch | None = None
        self._fields: list[str | None] = []
        self._tables = 0
        self._depth = 0
        self._carried: Item | None = None
        self._within = _Within(None, None)
        self._handle: dict[str, Callable[[etree._Element], None]] = {
            "p": self._paragraph,
            "tbl": self._table,
            "sdt": self._control,
            "r": self._run,
            "bookmarkStart": self._bookmark,
            "bookmarkEnd": lambda mark: self._end(f"bookmark {attribute(mark, 'id')}"),
            "commentRangeStart": self._begin_comment,
            "commentRangeEnd": lambda mark: self._end(f"comment {attribute(mark, 'id')}"),
            "fldSimple": self._simple_field,
            "txbxContent": self._box,
        }
        self._handle_in_run: dict[str, Callable[[etree._Element], None]] = {
            "br": lambda each: self._append(
                BREAK if attribute(each, "type") in (None, "textWrapping") else ""
            ),
            "sym": lambda each: self._append(_symbol(each)),
            "fldChar": lambda each: self._field(attribute(each, "fldCharType")),
            "instrText": self._code,
            "commentReference": self._reference,
            **dict.fromkeys(_NOTES, self._note_in_text),
            **dict.fromkeys(("drawing", "pict", "object", "AlternateContent"), self._picture),
        }

    def read(self, parent: etree._Element) -> None:
        """Reads all that a parent holds."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ReviewError(BROKEN)
        for element in elements(parent):
            called = name(element)
            if called in _NOT_TEXT:
                continue
            if called in _ADDED or called in _REMOVED:
                self._tracked(element, called in _ADDED)
            else:
                self._handle.get(called, self.read)(element)
        self._depth -= 1
        if name(parent) in ("body", "document"):
            self._let_go()
            if any(_kind(code) == "TOC" for code in self._fields):
                raise ReviewError(BROKEN)  # all that follows would pass for the table of contents

    def _tracked(self, element: etree._Element, added: bool) -> None:
        outer = self._within
        self._within = _within(outer, _mark(element), added)
        self.read(element)
        self._within = outer

    # -- paragraphs and tables

    def _paragraph(self, element: etree._Element) -> None:
        added, removed = _end_mark(element, self._within)
        self.contents.append("")
        if self._stretch is not None:  # within a cell, or in a paragraph of a text box
            self._read_paragraph(element)
            self._stretch.append(BREAK, added, removed)
            return
        style = child(element, "pPr", "pStyle")
        item = self._item = Item(
            "paragraph", cells=[Stretch()], style=None if style is None else attribute(style, "val")
        )
        self._stretch = item.cells[0]
        self._settle()
        self._read_paragraph(element)
        self._stretch.close()
        self._item = self._stretch = None
        if self._carried is not None:
            item = joined(self._carried, item)
            self._carried = None
        # Without the tracked changes a paragraph whose mark was added is one with the next.
        if added is not None and item.added is None:
            item.cells[0].append(BREAK, added, removed)
            self._carried = item
        else:
            self.items.append(item)

    def _read_paragraph(self, element: etree._Element) -> None:
        """Reads a paragraph; the number of a page that was begun in it ends with it, whatever is missing."""
        self.read(element)
        self._fields = [code for code in self._fields if _kind(code) not in _COUNTED]

    def _let_go(self) -> None:
        """Where no paragraph follows, one whose mark was added stands by itself."""
        if self._carried is not None:
            self.items.append(self._carried)
            self._carried = None

    def _table(self, element: etree._Element) -> None:
        if self._stretch is not None:  # a table within a cell: its words belong to the cell
            self.read(element)
            return
        self._let_go()
        self._tables += 1
        self._rows(element, self._tables)

    def _rows(self, parent: etree._Element, table: int) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ReviewError(BROKEN)
        for element in elements(parent):
            called = name(element)
            if called == "tr":
                self._row(element, table)
            elif called in _ADDED or called in _REMOVED:
                outer = self._within
                self._within = _within(outer, _mark(element), called in _ADDED)
                self._rows(element, table)
                self._within = outer
            elif called in ("bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd"):
                self._handle[called](element)
            elif called not in _NOT_TEXT:
                self._rows(element, table)
        self._depth -= 1

    def _row(self, element: etree._Element, table: int) -> None:
        outer = self._within
        added, removed = _tracked_in(child(element, "trPr"))
        self._within = _Within(added or outer.added, removed or outer.removed)
        item = self._item = Item("row", table, added=self._within.added, removed=self._within.removed)
        for cell in _cells(element):
            within = self._within
            properties = child(cell, "tcPr")
            mine = [
                child(properties, tag) if properties is not None else None for tag in ("cellIns", "cellDel")
            ]
            self._within = _Within(
                _mark(mine[0]) if mine[0] is not None else within.added,
                _mark(mine[1]) if mine[1] is not None else within.removed,
            )
            self._stretch = Stretch()
            self._settle()
            self.read(cell)
            self._stretch.close()
            if self._stretch.spans and self._stretch.spans[-1].text == BREAK:
                self._stretch.spans.pop()  # the mark that every cell ends with
            item.cells.append(self._stretch)
            self._stretch, self._within = None, within
        self._item = None
        self._within = outer
        self.items.append(item)

    def _control(self, element: etree._Element) -> None:
        """A content control: its tag names a place. The prompt that Word shows in an empty one is no text."""
        properties = child(element, "sdtPr")
        content = child(element, "sdtContent")
        if content is None:
            return
        tag = child(properties, "tag") if properties is not None else None
        shown = child(properties, "showingPlcHdr") if properties is not None else None
        called = (attribute(tag, "val") if tag is not None else None) or ""
        key = f"control {id(element)}"
        if called:
            self._begin(key, called)
        if shown is None or not _PROMPT.fullmatch(_words(content)):
            self.read(content)
        self._end(key)

    # -- within a paragraph

    def _run(self, element: etree._Element) -> None:
        outer = self._crossed
        if self._item is not None and outer is None and _is_crossed(child(element, "rPr")):
            self._crossed = []
        for each in elements(element):
            self._in_run(each, name(each))
        if self._crossed is not outer and self._crossed is not None:
            words, self._crossed = "".join(self._crossed), outer
            self._cross(words)

    def _cross(self, words: str) -> None:
        """Notes what is struck through; what follows on it is one with it."""
        if self._item is None or not words.strip():
            return
        last = self._item.things[-1] if self._item.things else None
        if last is not None and last.kind == "struck":
            self._item.things[-1] = last._replace(words=f"{last.words}{words}")
        else:
            self._thing(Thing("struck", words, self._within.added))

    def _in_run(self, each: etree._Element, called: str) -> None:
        if called in ("t", "delText"):
            self._append(each.text or "")
        elif called in _SIGNS:
            self._append(_SIGNS[called])
        elif called in self._handle_in_run:
            self._handle_in_run[called](each)
        elif called not in _NOT_TEXT:
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise ReviewError(BROKEN)
            self._run(each)
            self._depth -= 1

    def _code(self, each: etree._Element) -> None:
        if self._fields:
            self._fields[-1] = (self._fields[-1] or "") + (each.text or "")

    def _note_in_text(self, each: etree._Element) -> None:
        kind = _NOTES[name(each)]
        self._thing(Thing(kind, self._notes.get((kind, attribute(each, "id")), ""), self._within.added))

    def _append(self, text: str) -> None:
        codes = [_kind(code) for code in self._fields]
        if self._stretch is None or any(code in _COUNTED for code in codes):
            return
        if self._crossed is not None and self._within.removed is None:
            self._crossed.append(text)
        if "TOC" in codes:
            self.contents[-1] += text if self._within.removed is None else ""
        else:
            self._stretch.append(text, self._within.added, self._within.removed)

    def _field(self, kind: str | None) -> None:
        if kind == "begin":
            self._fields.append(None)
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _simple_field(self, element: etree._Element) -> None:
        self._fields.append(attribute(element, "instr"))
        self.read(element)
        self._fields.pop()

    def _picture(self, element: etree._Element) -> None:
        boxes = list(_boxes(element))
        for box in boxes:
            self._box(box)
        if not boxes:
            self._thing(Thing("picture", "", self._within.added))

    def _box(self, element: etree._Element) -> None:
        self._thing(Thing("box", _words(element), self._within.added))

    def _thing(self, thing: Thing) -> None:
        if self._within.removed is not None:
            return
        if self._item is not None:
            self._item.things.append(thing)
        else:
            self._append(f" {thing.words or _PICTURE} ")

    # -- places

    def _bookmark(self, mark: etree._Element) -> None:
        self._begin(f"bookmark {attribute(mark, 'id')}", attribute(mark, "name") or "")

    def _begin_comment(self, mark: etree._Element) -> None:
        number = attribute(mark, "id") or ""
        self._begin(f"comment {number}", f"{COMMENT}{number}")

    def _reference(self, mark: etree._Element) -> None:
        """Where a comment stands that has no range of its own."""
        called = f"{COMMENT}{attribute(mark, 'id')}"
        if called not in self._names and self._stretch is not None:
            self._begin(called, called)
            self._end(called)

    def _begin(self, key: str, called: str) -> None:
        self._names.add(called)
        if self._stretch is None:
            self._waiting.append((key, called))
        else:
            self._stretch.begin(key, called)
            self._note(called)

    def _end(self, key: str) -> None:
        if self._stretch is not None:
            self._stretch.end(key)

    def _settle(self) -> None:
        """A name that begins between paragraphs begins with the next one."""
        waiting, self._waiting = self._waiting, []
        for key, called in waiting:
            self._begin(key, called)

    def _note(self, called: str) -> None:
        if self._item is not None and not called.startswith(COMMENT):
            self._item.names.add(called)


class _Within(NamedTuple):
    """The tracked changes that a part of the document stands in."""

    added: Mark | None
    removed: Mark | None


def _within(outer: _Within, mark: Mark, added: bool) -> _Within:
    return outer._replace(added=mark) if added else outer._replace(removed=mark)


def _mark(element: etree._Element) -> Mark:
    return Mark((attribute(element, "author") or "").strip() or None, moment(attribute(element, "date")))


def _tracked_in(properties: etree._Element | None) -> _Within:
    """The tracked changes that the properties of a row, or of a paragraph mark, tell of."""
    added = removed = None
    for each in elements(properties) if properties is not None else ():
        if name(each) in _ADDED:
            added = _mark(each)
        elif name(each) in _REMOVED:
            removed = _mark(each)
    return _Within(added, removed)


def _end_mark(paragraph: etree._Element, within: _Within) -> _Within:
    mine = _tracked_in(child(paragraph, "pPr", "rPr"))
    return _Within(mine.added or within.added, mine.removed or within.removed)


def joined(first: Item, second: Item) -> Item:
    """Two paragraphs as one; the first becomes it."""
    first.cells[0].join(second.cells[0])
    first.names |= second.names
    first.things += second.things
    return first


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for each in elements(row):
        if name(each) == "tc":
            yield each
        elif name(each) in ("sdt", "sdtContent", "customXml"):
            yield from _cells(each)


def _kind(code: str | None) -> str:
    """What kind of field a code makes: its first word."""
    return next(iter((code or "").split()), "")


def _is_crossed(form: etree._Element | None) -> bool:
    """Whether words of this form are struck through or hidden."""
    marks = (child(form, kind) for kind in ("strike", "dstrike", "vanish")) if form is not None else ()
    return any(mark is not None and attribute(mark, "val") in (None, "1", "true", "on") for mark in marks)


def _boxes(element: etree._Element) -> Iterator[etree._Element]:
    """The text boxes in a drawing; what old programs see in its place is the same once more."""
    for each in elements(element):
        if name(each) == "txbxContent":
            yield each
        elif name(each) not in _NOT_TEXT:
            yield from _boxes(each)


def _symbol(element: etree._Element) -> str:
    try:
        return chr(int(attribute(element, "char") or "", 16))
    except (ValueError, OverflowError):
        return "\ufffd"


def _words(part: etree._Element) -> str:
    """The words of a note, a text box, a comment or a header: tracked changes accepted, fields left out."""
    reader = _Reader({})
    stretch = reader._stretch = Stretch()
    reader.read(part)
    return stretch.now.strip()


def _comments(package: Package) -> list[Comment]:
    """The comments; who answers whom, and what is resolved, stands in a part of its own (MS-DOCX)."""
    more = {
        attribute(each, "paraId"): (attribute(each, "paraIdParent"), attribute(each, "done"))
        for part in package.related("commentsExtended")
        for each in elements(part)
    }
    comments: list[Comment] = []
    by_paragraph: dict[str | None, str] = {}
    parents: list[str | None] = []
    for part in package.related("comments"):
        for element in elements(part):
            number = attribute(element, "id") or ""
            paragraphs = [attribute(each, "paraId") for each in elements(element) if name(each) == "p"]
            by_paragraph |= {each: number for each in paragraphs if each}
            last = paragraphs[-1] if paragraphs else None
            parent, done = more.get(last, (None, None)) if last else (None, None)
            parents.append(parent)
            mark = _mark(element)
            comments.append(
                Comment(number, mark.author, mark, _words(element), None, done in ("1", "true", "on"))
            )
    return [
        comment._replace(parent=by_paragraph.get(parent) if parent else None)
        for comment, parent in zip(comments, parents, strict=True)
    ]
