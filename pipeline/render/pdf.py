"""From pandoc's Typst source to the PDF: tagged, in Dutch, with its fonts, as PDF/A-2a and PDF/UA-1."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import cast

import typst

from pipeline.plan import Plan
from pipeline.render.errors import RenderError
from pipeline.render.layout import MAY_BREAK, VERBATIM
from pipeline.render.running import author, day, document_title, footer, header, status
from pipeline.template import Template

STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]

_REMEMBERED = 10
"""Of so many documents Typst keeps what it worked out, some 80 MB each, to be quick when one comes back."""


def typeset(source: bytes, plan: Plan, template: Template) -> bytes:
    """The PDF of a plan, by the template's `plan.typ`.

    Args:
        source: What pandoc made of the layout.
        plan: The plan, for what returns on every page.
        template: Its directory holds `plan.typ` and the fonts, and nothing else is read.

    Raises:
        RenderError: Typst failed.
    """
    body = source.decode().replace(MAY_BREAK, "\u200b").replace(VERBATIM, "\\")
    inputs = {
        "title": document_title(plan),
        "author": author(plan),
        "status": status(plan),
        "header": header(plan),
        "footer": footer(plan),
    }
    style = (template.directory / "plan.typ").read_text(encoding="utf-8")
    try:
        return _typeset(body, style, inputs, plan, template)
    finally:
        _let_go(template.directory)


def _typeset(body: str, style: str, inputs: dict[str, str], plan: Plan, template: Template) -> bytes:
    while True:
        try:
            return _compile(style.replace("«body»", body), inputs, plan, template)
        except typst.TypstError as error:
            # The message quotes the source, so it goes no further than this.
            missing = _not_in_fonts(str(error.diagnostic))
        if missing.isdisjoint(body + "".join(inputs.values())):
            raise RenderError("Typst kon de PDF niet maken.") from None
        body = body.translate({ord(sign): rf"\[U+{ord(sign):04X}\]" for sign in missing})
        inputs = {
            name: value.translate({ord(sign): f"[U+{ord(sign):04X}]" for sign in missing})
            for name, value in inputs.items()
        }


def _compile(source: str, inputs: dict[str, str], plan: Plan, template: Template) -> bytes:
    compiler = typst.Compiler(
        root=template.directory,
        font_paths=_fonts(template.directory),
        ignore_system_fonts=True,
        sys_inputs=inputs,
    )
    pdf = compiler.compile(source.encode(), format="pdf", pdf_standards=STANDARDS, timestamp=day(plan))
    return cast("bytes", pdf)  # the one file of a PDF; pictures would come as a list


def _let_go(directory: Path) -> None:
    """Makes Typst forget the last document, which no other is like: by as many empty ones as it remembers."""
    nothing = typst.Compiler(root=directory, font_paths=_fonts(directory), ignore_system_fonts=True)
    for _ in range(_REMEMBERED + 1):
        nothing.compile(b"", format="pdf")


@cache
def _fonts(directory: Path) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[directory / "fonts"])


def _not_in_fonts(diagnostic: str) -> set[str]:
    """The characters beyond Latin that Typst says it has no glyph for, or may not put into a PDF/A."""
    named = "".join(re.findall(r'`"(.*?)"`', diagnostic))
    named = re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), named)
    return {sign for sign in named if ord(sign) > 0x17F}
