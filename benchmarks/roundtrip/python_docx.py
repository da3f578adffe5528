"""Documents edited by a program with python-docx: without track changes, runs and rows as objects."""

from __future__ import annotations

import io
from copy import deepcopy
from typing import Any

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from benchmarks.roundtrip.edits import Edit, Step

STEPS = frozenset(
    {
        "replace",
        "before",
        "after",
        "delete",
        "paragraph",
        "row",
        "remove",
        "move",
        "comment",
        "format",
        "uncomment",
    }
)


def can(edit: Edit) -> bool:
    """Whether python-docx has what it takes for an edit."""
    return all(step[0] in STEPS for step in edit.steps)


def write(data: bytes, steps: list[Step]) -> bytes:
    """Takes the steps of an edit."""
    document = docx.Document(io.BytesIO(data))
    for name, *rest in steps:
        _take(document, name, rest)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _take(document: Document, name: str, rest: list[str]) -> None:
    if name == "uncomment":
        _uncomment(document, rest[0])
        return
    run, start, end = _find(document, rest[0])
    text = run.text
    if name == "comment":
        document.add_comment(run, text=rest[1], author="Script", initials="S")
    elif name == "format":
        run.bold = True
    elif name == "replace":
        run.text = text[:start] + rest[1] + text[end:]
    elif name == "before":
        run.text = text[:start] + rest[1] + text[start:]
    elif name == "after":
        run.text = text[:end] + rest[1] + text[end:]
    elif name == "delete":
        run.text = text[:start] + text[end:]
    else:
        _take_whole(document, name, run, rest)


def _take_whole(document: Document, name: str, run: Run, rest: list[str]) -> None:
    """Steps with a whole paragraph or row."""
    if name == "paragraph":
        element = next(run._r.iterancestors(qn("w:p")))
        new = deepcopy(element)
        element.addnext(new)
        _say(new, rest[1])
        return
    row: Any = next(run._r.iterancestors(qn("w:tr")))
    if name == "remove":
        row.getparent().remove(row)
    elif name == "move":
        target, _, _ = _find(document, rest[1])
        next(target._r.iterancestors(qn("w:tr"))).addnext(row)
    else:
        new = deepcopy(row)
        for mark in [*new.iter(qn("w:bookmarkStart")), *new.iter(qn("w:bookmarkEnd"))]:
            mark.getparent().remove(mark)
        for cell, words in zip(new.findall(qn("w:tc")), rest[1].split("|"), strict=True):
            for paragraph in cell.findall(qn("w:p")):
                _say(paragraph, words)
        row.addnext(new)


def _say(paragraph: Any, words: str) -> None:
    """Makes a paragraph say something else."""
    for child in list(paragraph):
        if child.tag != qn("w:pPr"):
            paragraph.remove(child)
    Paragraph(paragraph, None).add_run(words)  # type: ignore[arg-type]  # a run needs no part


def _uncomment(document: Document, prefix: str) -> None:
    comments = document.part._comments_part.element
    for comment in list(comments):
        if "".join(comment.itertext()).startswith(prefix):
            comments.remove(comment)


def _find(document: Document, where: str) -> tuple[Run, int, int]:
    """The run that holds a place, and where in it."""
    body = document.element.body
    return _in_slot(body, where[1:], where[0] == "@") if where[0] in "#@" else _in_body(body, where)


def _in_slot(body: Any, where: str, row: bool) -> tuple[Run, int, int]:
    name, _, words = where.partition("/")
    side = name[-1] if name[-1] in "<>" else ""
    runs = _slot(body, name.rstrip("<>"))
    if side:
        everything = [run for run in body.iter(qn("w:r")) if _run(run).text]
        beside = _run(everything[everything.index(runs[0]) + (1 if side == ">" else -1)])
        length = len(beside.text)
        return (beside, 0, 1) if side == ">" else (beside, length - 1, length)
    if row:
        runs = list(next(runs[0].iterancestors(qn("w:tr"))).iter(qn("w:r")))
    run = next(run for run in map(_run, runs) if run.text and words in run.text)
    start = run.text.index(words)
    return run, start, start + len(words) if words else len(run.text)


def _in_body(body: Any, where: str) -> tuple[Run, int, int]:
    for paragraph in body.iter(qn("w:p")):
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        if style is not None and style.get(qn("w:val")).startswith("TOC"):
            continue
        runs = [_run(element) for element in paragraph.iter(qn("w:r"))]
        for run in runs:
            if where in run.text:
                start = run.text.index(where)
                return run, start, start + len(where)
        if where in "".join(run.text for run in runs):
            return runs[-1], 0, len(runs[-1].text)
    raise LookupError(where)


def _run(element: Any) -> Run:
    return Run(element, None)  # type: ignore[arg-type]  # a run needs no part


def _slot(body: Any, name: str) -> list[Any]:
    """The runs between the marks of a bookmark."""
    start = next(mark for mark in body.iter(qn("w:bookmarkStart")) if mark.get(qn("w:name")) == name)
    number, found = start.get(qn("w:id")), []
    elements = list(body.iter())
    for element in elements[elements.index(start) :]:
        if element.tag == qn("w:bookmarkEnd") and element.get(qn("w:id")) == number:
            break
        if element.tag == qn("w:r"):
            found.append(element)
    return found
