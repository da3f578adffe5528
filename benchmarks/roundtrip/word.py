"""Documents edited as Word does it, on the XML itself: track changes, content controls, replies."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
W15 = "http://schemas.microsoft.com/office/word/2012/wordml"
VML = "urn:schemas-microsoft-com:vml"
XML = "http://www.w3.org/XML/1998/namespace"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DATE = "2026-04-02T10:15:00Z"
AUTHOR = "Anna de Boer"

Element = Any  # lxml's own types tell of None wherever something may be missing; here it is there


def q(name: str) -> str:
    """A name in the main namespace."""
    return f"{{{W}}}{name}"


class WordFile:
    """A DOCX in hand, edited step by step."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as source:
            self.parts = {name: source.read(name) for name in source.namelist()}
        self.root: Element = etree.fromstring(self.parts["word/document.xml"])
        self.tracking = False
        self.author = AUTHOR
        self._next = 900_000

    def save(self) -> bytes:
        """The document as bytes."""
        self.parts["word/document.xml"] = etree.tostring(self.root, xml_declaration=True, encoding="UTF-8")
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            for name, part in self.parts.items():
                target.writestr(name, part)
        return out.getvalue()

    def take(self, step: tuple[str, ...]) -> None:
        """Takes one step of an edit."""
        getattr(self, f"_do_{step[0]}")(*step[1:])

    # -- finding

    def texts(self) -> Iterator[Element]:
        """The runs' texts outside the table of contents."""
        for paragraph in self.root.iter(q("p")):
            yield from self.texts_of(paragraph)

    def slot(self, name: str) -> list[Element]:
        """The runs of a slot."""
        found, inside, number = [], False, None
        for element in self.root.iter():
            if element.tag == q("bookmarkStart") and element.get(q("name")) == name:
                inside, number = True, element.get(q("id"))
            elif element.tag == q("bookmarkEnd") and inside and element.get(q("id")) == number:
                break
            elif (
                inside
                and element.tag == q("t")
                and not any(e.tag == q("del") for e in element.iterancestors())
            ):
                found.append(element)
        if not found:
            raise LookupError(name)
        return found

    def runs(self, where: str) -> list[Element]:
        """The runs that hold exactly the words of a place."""
        if where.startswith(("#", "@")):
            name, _, words = where[1:].partition("/")
            side = name[-1] if name[-1] in "<>" else ""
            texts = self.slot(name.rstrip("<>"))
            if where[0] == "@":
                row = next(texts[0].iterancestors(q("tr")))
                texts = list(row.iter(q("t")))
            if side:
                everything = list(self.texts())
                at = everything.index(texts[-1] if side == ">" else texts[0]) + (1 if side == ">" else -1)
                beside = everything[at]
                length = len(beside.text or "")
                return self.cut([beside], *((0, 1) if side == ">" else (length - 1, length)))
            joined = "".join(text.text or "" for text in texts)
            start = joined.index(words) if words else 0
            return self.cut(texts, start, start + len(words) if words else len(joined))
        for paragraph in self.root.iter(q("p")):
            texts = self.texts_of(paragraph)
            joined = "".join(text.text or "" for text in texts)
            if where in joined:
                start = joined.index(where)
                return self.cut(texts, start, start + len(where))
        raise LookupError(where)

    def texts_of(self, paragraph: Element) -> list[Element]:
        """The texts of a paragraph, none of the table of contents."""
        style = paragraph.find(f"{q('pPr')}/{q('pStyle')}")
        if style is not None and style.get(q("val"), "").startswith("TOC"):
            return []
        return [t for t in paragraph.iter(q("t")) if not any(e.tag == q("del") for e in t.iterancestors())]

    def cut(self, texts: list[Element], start: int, end: int) -> list[Element]:
        """Cuts runs so that some of them hold just the letters from start to end, and gives those."""
        found, passed = [], 0
        for text in texts:
            words = text.text or ""
            first, last = max(start - passed, 0), min(end - passed, len(words))
            passed += len(words)
            if first >= last:
                continue
            run = text.getparent()
            for piece, place in ((words[:first], "before"), (words[last:], "after")):
                if piece:
                    other = deepcopy(run)
                    for extra in list(other):
                        if extra.tag not in (q("rPr"), q("t")):
                            other.remove(extra)
                    self.put(other.find(q("t")), piece)
                    (run.addprevious if place == "before" else run.addnext)(other)
            self.put(text, words[first:last])
            found.append(run)
        return found

    @staticmethod
    def put(text: Element, words: str) -> None:
        """Sets the words of a text."""
        text.text = words
        text.set(f"{{{XML}}}space", "preserve")

    def mark(self, name: str) -> Element:
        """A tracked change, empty."""
        self._next += 1
        element = etree.Element(q(name))
        for key, value in (("id", str(self._next)), ("author", self.author), ("date", DATE)):
            element.set(q(key), value)
        return element

    def run(self, words: str, like: Element | None = None) -> Element:
        """A run with words, in the form of another."""
        run = etree.Element(q("r"))
        run.set(q("rsidR"), "00A12B34")
        if like is not None and like.find(q("rPr")) is not None:
            run.append(deepcopy(like.find(q("rPr"))))
        for index, line in enumerate(words.split("\n")):
            if index:
                etree.SubElement(run, q("br"))
            if line:
                self.put(etree.SubElement(run, q("t")), line)
        return run

    def added(self, run: Element, name: str = "ins") -> Element:
        """A run as it is added: tracked or not."""
        if not self.tracking:
            return run
        mark = self.mark(name)
        mark.append(run)
        return mark

    # -- steps

    def _do_track(self, state: str) -> None:
        self.tracking = state == "on"

    def _do_author(self, name: str) -> None:
        self.author = name

    def _do_replace(self, where: str, words: str) -> None:
        runs = self.runs(where)
        runs[-1].addnext(self.added(self.run(words, runs[-1])))
        self._remove(runs)

    def _do_before(self, where: str, words: str) -> None:
        run = self.runs(where)[0]
        run.addprevious(self.added(self.run(words, run)))

    def _do_after(self, where: str, words: str) -> None:
        run = self.runs(where)[-1]
        run.addnext(self.added(self.run(words, run)))

    def _do_delete(self, where: str) -> None:
        self._remove(self.runs(where))

    def _remove(self, runs: list[Element], name: str = "del") -> None:
        for run in runs:
            if not self.tracking:
                run.getparent().remove(run)
                continue
            mark = self.mark(name)
            run.addprevious(mark)
            mark.append(run)
            if name == "del":
                for text in run.iter(q("t")):
                    text.tag = q("delText")

    def _paragraph_of(self, where: str) -> Element:
        return next(self.runs(where)[0].iterancestors(q("p")))

    def _do_paragraph(self, where: str, words: str) -> None:
        before = self._paragraph_of(where)
        paragraph = etree.Element(q("p"))
        paragraph.append(self.added(self.run(words)))
        before.addnext(paragraph)
        if self.tracking:  # Word tracks the mark of the paragraph in which Enter was pressed
            self._tracked_mark(before, "ins")

    def _tracked_mark(self, paragraph: Element, name: str) -> None:
        properties = paragraph.find(q("pPr"))
        if properties is None:
            properties = etree.Element(q("pPr"))
            paragraph.insert(0, properties)
        form = etree.SubElement(properties, q("rPr"))
        form.append(self.mark(name))

    def _row_of(self, where: str) -> Element:
        return next(self.runs(where)[0].iterancestors(q("tr")))

    def _tracked_row(self, row: Element, name: str) -> None:
        properties = row.find(q("trPr"))
        if properties is None:
            properties = etree.Element(q("trPr"))
            row.insert(0, properties)
        properties.append(self.mark(name))

    def _do_row(self, where: str, cells: str) -> None:
        row = self._row_of(where)
        new = etree.Element(q("tr"))
        if self.tracking:
            self._tracked_row(new, "ins")
        for words in cells.split("|"):
            cell = etree.SubElement(new, q("tc"))
            etree.SubElement(cell, q("tcPr"))
            paragraph = etree.SubElement(cell, q("p"))
            if words:
                paragraph.append(self.added(self.run(words)))
        row.addnext(new)

    def _do_remove(self, where: str) -> None:
        row = self._row_of(where)
        if self.tracking:
            self._tracked_row(row, "del")
            self._remove([text.getparent() for text in list(row.iter(q("t")))])
        else:
            row.getparent().remove(row)

    def _do_move(self, where: str, after: str) -> None:
        row, target = self._row_of(where), self._row_of(after)
        if not self.tracking:
            target.addnext(row)
            return
        new = deepcopy(row)
        for mark in [*new.iter(q("bookmarkStart")), *new.iter(q("bookmarkEnd"))]:
            mark.getparent().remove(mark)  # a bookmark is there once
        self._tracked_row(new, "ins")
        target.addnext(new)
        for text in list(new.iter(q("t"))):
            run = text.getparent()
            mark = self.mark("ins")
            run.addprevious(mark)
            mark.append(run)
        self._tracked_row(row, "del")
        self._remove([text.getparent() for text in list(row.iter(q("t")))])

    def _do_moved(self, where: str, after: str) -> None:
        """Words moved with track changes on."""
        runs, target = self.runs(where), self._paragraph_of(after)
        new = etree.Element(q("p"))
        mark = self.mark("moveTo")
        mark.extend(deepcopy(run) for run in runs)
        new.append(mark)
        self._tracked_mark(new, "ins")
        target.addnext(new)
        for run in runs:
            mark = self.mark("moveFrom")
            run.addprevious(mark)
            mark.append(run)

    def _do_format(self, where: str) -> None:
        for run in self.runs(where):
            form = run.find(q("rPr"))
            if form is None:
                form = etree.Element(q("rPr"))
                run.insert(0, form)
            etree.SubElement(form, q("b"))
            change = self.mark("rPrChange")
            etree.SubElement(change, q("rPr"))
            form.append(change)

    # -- comments

    def _do_comment(self, where: str, words: str) -> None:
        runs = self.runs(where)
        self._comment(words, runs[0], runs[-1])

    def _comment(self, words: str, first: Element, last: Element) -> str:
        self._next += 1
        number, paragraph = str(self._next), f"{self._next:08X}"
        comments: Element = etree.fromstring(self.parts["word/comments.xml"])
        comment = etree.SubElement(comments, q("comment"))
        for key, value in (("id", number), ("author", self.author), ("date", DATE), ("initials", "A")):
            comment.set(q(key), value)
        line = etree.SubElement(comment, q("p"), {f"{{{W14}}}paraId": paragraph}, nsmap={"w14": W14})
        line.append(self.run(words))
        self.parts["word/comments.xml"] = etree.tostring(comments)
        for name, place in (("commentRangeStart", first.addprevious), ("commentRangeEnd", last.addnext)):
            place(etree.Element(q(name), {q("id"): number}))
        run = etree.Element(q("r"))
        etree.SubElement(run, q("commentReference"), {q("id"): number})
        last.getnext().addnext(run)
        return paragraph

    def _ours(self, prefix: str) -> tuple[Element, Element]:
        """A comment by how it begins, and all comments."""
        comments: Element = etree.fromstring(self.parts["word/comments.xml"])
        return next(one for one in comments if "".join(one.itertext()).startswith(prefix)), comments

    def _extended(self, entries: list[dict[str, str]]) -> None:
        told = "".join(
            "<w15:commentEx " + " ".join(f'w15:{k}="{v}"' for k, v in entry.items()) + "/>"
            for entry in entries
        )
        self.parts["word/commentsExtended.xml"] = (
            f'<w15:commentsEx xmlns:w15="{W15}">{told}</w15:commentsEx>'.encode()
        )
        self._relate(
            "http://schemas.microsoft.com/office/2011/relationships/commentsExtended", "commentsExtended.xml"
        )

    def _relate(self, kind: str, target: str) -> None:
        path = "word/_rels/document.xml.rels"
        added = f'<Relationship Id="rIdX{len(self.parts)}" Type="{kind}" Target="{target}"/></Relationships>'
        self.parts[path] = self.parts[path].replace(b"</Relationships>", added.encode())

    def _identified(self, prefix: str) -> tuple[str, str]:
        """Gives a comment's paragraph an id, as Word does on saving; that id and the comment's."""
        comment, comments = self._ours(prefix)
        paragraph = comment.findall(q("p"))[-1]
        paragraph.set(f"{{{W14}}}paraId", "0ABCDEF0")
        self.parts["word/comments.xml"] = etree.tostring(comments)
        return "0ABCDEF0", comment.get(q("id"), "")

    def _do_reply(self, prefix: str, words: str) -> None:
        parent, number = self._identified(prefix)
        start = next(e for e in self.root.iter(q("commentRangeStart")) if e.get(q("id")) == number)
        end = next(e for e in self.root.iter(q("commentRangeEnd")) if e.get(q("id")) == number)
        mine = self._comment(words, start, end)
        self._extended(
            [{"paraId": parent, "done": "0"}, {"paraId": mine, "paraIdParent": parent, "done": "0"}]
        )

    def _do_resolve(self, prefix: str) -> None:
        parent, _ = self._identified(prefix)
        self._extended([{"paraId": parent, "done": "1"}])

    def _do_uncomment(self, prefix: str) -> None:
        comment, comments = self._ours(prefix)
        number = comment.get(q("id"))
        comments.remove(comment)
        self.parts["word/comments.xml"] = etree.tostring(comments)
        for name in ("commentRangeStart", "commentRangeEnd", "commentReference"):
            for element in [e for e in self.root.iter(q(name)) if e.get(q("id")) == number]:
                element.getparent().remove(element)

    # -- what only shows in the XML

    def _do_split(self) -> None:
        """Runs apart for no reason but an editing session, with marks of the spelling checker."""
        for text in list(self.texts()):
            words = text.text or ""
            run = text.getparent()
            if len(words) > 6:
                half = len(words) // 2
                self.cut([text], 0, half)
                run.set(q("rsidR"), "00CC0011")
                run.addnext(etree.Element(q("proofErr"), {q("type"): "spellStart"}))

    def _do_strip(self, what: str) -> None:
        if what == "properties":
            for name in [name for name in self.parts if name.startswith("docProps/custom")]:
                del self.parts[name]
            return
        names = ("sdt",) if what == "sdt" else ("bookmarkStart", "bookmarkEnd")
        for element in [e for name in names for e in self.root.iter(q(name))]:
            for child in element.findall(f"{q('sdtContent')}/*"):
                element.addprevious(child)
            element.getparent().remove(element)

    def _do_straight(self) -> None:
        for text in self.texts():
            text.text = (text.text or "").translate(str.maketrans("“”’", '""\''))

    def _do_typography(self) -> None:
        for text in self.slot_texts():
            text.text = (text.text or "").replace(" ", "\xa0")

    def slot_texts(self) -> list[Element]:
        """All texts in content controls."""
        return [text for control in self.root.iter(q("sdt")) for text in control.iter(q("t"))]

    def _do_undone(self, where: str, words: str) -> None:
        run = self.runs(where)[-1]
        inner = self.run(words)
        for text in inner.iter(q("t")):
            text.tag = q("delText")
        outer, deleted = self.mark("ins"), self.mark("del")
        deleted.append(inner)
        outer.append(deleted)
        run.addnext(outer)

    def _do_prompt(self, name: str) -> None:
        """A content control that Word shows its prompt in, as it was made empty."""
        for control in self.root.iter(q("sdt")):
            tag = control.find(f"{q('sdtPr')}/{q('tag')}")
            if tag is not None and tag.get(q("val")) == name:
                etree.SubElement(control.find(q("sdtPr")), q("showingPlcHdr"))
                content = control.find(q("sdtContent"))
                for child in list(content):
                    content.remove(child)
                content.append(self.run("Klik of tik om tekst in te voeren."))

    def _do_footnote(self, where: str, words: str) -> None:
        notes = self.parts["word/footnotes.xml"]
        line = f"<w:p><w:r><w:t>{escape(words)}</w:t></w:r></w:p>"
        note = f'<w:footnote w:id="77">{line}</w:footnote></w:footnotes>'
        self.parts["word/footnotes.xml"] = notes.replace(b"</w:footnotes>", note.encode())
        run = etree.Element(q("r"))
        etree.SubElement(run, q("footnoteReference"), {q("id"): "77"})
        self.runs(where)[-1].addnext(run)

    def _do_box(self, where: str, words: str) -> None:
        run = self.run("")
        pict = etree.SubElement(run, q("pict"))
        shape = etree.SubElement(
            pict, f"{{{VML}}}shape", {"style": "width:150pt;height:40pt"}, nsmap={"v": VML}
        )
        box = etree.SubElement(etree.SubElement(shape, f"{{{VML}}}textbox"), q("txbxContent"))
        paragraph = etree.SubElement(box, q("p"))
        paragraph.append(self.run(words))
        self.runs(where)[-1].addnext(run)

    def _do_picture(self, where: str) -> None:
        run = self.run("")
        etree.SubElement(run, q("drawing"))
        self.runs(where)[-1].addnext(run)

    def _do_header(self, words: str) -> None:
        name = next(name for name in sorted(self.parts) if name.startswith("word/header"))
        root = etree.fromstring(self.parts[name])
        next(root.iter(q("t"))).text = words
        self.parts[name] = etree.tostring(root)

    def _do_contents(self, words: str = "") -> None:
        """Pages in the table of contents, as Word fills them in; with words, something typed there."""
        for paragraph in self.root.iter(q("p")):
            style = paragraph.find(f"{q('pPr')}/{q('pStyle')}")
            if style is not None and style.get(q("val")) == "TOC1":
                for link in paragraph.iter(q("hyperlink")):
                    link.append(self.run("7"))
                    if words:
                        next(link.iter(q("t"))).text, words = words, ""

    def _do_merge(self, where: str) -> None:
        self._tracked_mark(self._paragraph_of(where), "del")

    def _do_column(self, where: str, which: str) -> None:
        table = next(self._row_of(where).iterancestors(q("tbl")))
        for row in table.findall(q("tr")):
            cells = row.findall(q("tc"))
            if which.isdigit():
                row.remove(cells[int(which)])
            else:
                new = etree.Element(q("tc"))
                paragraph = etree.SubElement(new, q("p"))
                if row is table.findall(q("tr"))[0]:
                    paragraph.append(self.run(which))
                cells[-1].addnext(new)

    def _do_table(self, where: str, cells: str) -> None:
        table, row = etree.Element(q("tbl")), etree.Element(q("tr"))
        table.append(row)
        for words in cells.split("|"):
            cell = etree.SubElement(row, q("tc"))
            etree.SubElement(cell, q("p")).append(self.run(words))
        self._paragraph_of(where).addnext(table)

    def _do_cell(self, where: str, words: str) -> None:
        """A paragraph of its own below a statement, in its cell."""
        name = where[1:]
        cell = next(self.slot(name)[0].iterancestors(q("tc")))
        etree.SubElement(cell, q("p")).append(self.run(words))
