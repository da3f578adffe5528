"""From pandoc's DOCX to the file that a reader gets: of this plan, with comments that can be resolved."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from pathlib import Path

from lxml import etree

from pipeline.plan import Plan
from pipeline.render.layout import MAY_BREAK, VERBATIM
from pipeline.render.ooxml import MICROSOFT, W14, W15, Element, W, parse, root_of, serialise
from pipeline.render.properties import properties
from pipeline.render.running import footer, header, status
from pipeline.render.word_body import finish_body
from pipeline.template import Template

_RELATED = f"{MICROSOFT}/2011/relationships/commentsExtended"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.commentsExtended+xml"


def finish(made: bytes, plan: Plan, template: Template) -> bytes:
    """The DOCX of a plan.

    Args:
        made: What pandoc made of the layout.
        plan: The plan, for its slots, for what returns on every page and for the properties of the file.
        template: Of its `reference.docx` pandoc does not take the settings.
    """
    with zipfile.ZipFile(io.BytesIO(made)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    parts["word/document.xml"] = finish_body(_unmarked(parts["word/document.xml"]), plan)
    comments = _comments(_unmarked(parts["word/comments.xml"]))
    parts["word/comments.xml"] = serialise(comments)
    parts["word/commentsExtended.xml"] = _extension(comments)
    parts["word/_rels/document.xml.rels"] = _added(
        parts["word/_rels/document.xml.rels"],
        "Relationship",
        Id="commentsExtended",
        Type=_RELATED,
        Target="commentsExtended.xml",
    )
    parts["[Content_Types].xml"] = _added(
        parts["[Content_Types].xml"], "Override", PartName="/word/commentsExtended.xml", ContentType=_TYPE
    )
    for name in ("word/header1.xml", "word/footer1.xml"):
        parts[name] = _running(parts[name], plan)
    parts["word/settings.xml"] = _settings(template.directory)
    parts |= properties(plan)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, part in parts.items():
            target.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _unmarked(part: bytes) -> bytes:
    """A part without the marks that only the PDF needs."""
    return part.replace(MAY_BREAK.encode(), b"").replace(VERBATIM.encode(), b"")


def _comments(part: bytes) -> Element:
    """The comments with the initials that Word shows, and an id for the paragraph that an answer leads to."""
    root = root_of("comments", "w", "w14")
    root.extend(list(parse(part)))
    for number, comment in enumerate(root, start=1):
        words = comment.get(W + "author", "").replace("-", " ").split()
        comment.set(W + "initials", "".join(word[0].upper() for word in words))
        comment[-1].set(W14 + "paraId", f"{number:08X}")
    return root


def _extension(comments: Element) -> bytes:
    """What Word keeps beside the comments: which are resolved (none yet) and which answer another."""
    root = root_of("commentsEx", "w15")
    for comment in comments:
        beside = etree.SubElement(root, W15 + "commentEx")
        beside.set(W15 + "paraId", comment[-1].get(W14 + "paraId", ""))
        beside.set(W15 + "done", "0")
    return serialise(root)


def _added(part: bytes, name: str, **attributes: str) -> bytes:
    """A part with one more element of its own namespace."""
    root = parse(part)
    etree.SubElement(root, etree.QName(etree.QName(root).namespace, name), attributes)
    return serialise(root)


def _running(part: bytes, plan: Plan) -> bytes:
    """A header or footer with its fields filled in."""
    fields = {"«status»": status(plan), "«title»": header(plan), "«footer»": footer(plan)}
    root = parse(part)
    for text in root.iter(W + "t"):
        text.text = fields.get(text.text or "", text.text)
    return serialise(root)


@cache
def _settings(directory: Path) -> bytes:
    with zipfile.ZipFile(directory / "reference.docx") as reference:
        return reference.read("word/settings.xml")
