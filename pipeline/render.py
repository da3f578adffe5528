"""From a plan to a Word document and a PDF, projections of the same record (docs/architecture.md, rule 5).

The plan is laid out once as Markdown by the template. pandoc reads that once and writes the Typst source,
from which Typst makes the PDF while pandoc goes on with the DOCX. Nothing touches the disk or the network,
and the same plan gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import subprocess
import unicodedata
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import takewhile
from pathlib import Path
from threading import Timer
from typing import IO, NamedTuple, cast
from xml.sax.saxutils import escape as xml_escape

import jinja2
import pypandoc  # type: ignore[import-untyped]  # comes without types
import typst
from markupsafe import Markup

from pipeline.plan import Plan, dutch_date
from pipeline.template import Template

MARKDOWN = "commonmark+attributes+bracketed_spans+fenced_divs+pipe_tables-raw_html"
"""The part of commonmark_x that plan.md.j2 uses: what pandoc does not know, a quote cannot misuse."""

PDF_STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]
TIME_LIMIT_S = 120
# Marks in the laid out text that only the PDF needs; they are no characters, so no quote can hold one.
MAY_BREAK = "\ufdd0"
"""After so many characters without a space Typst may break a word, or it would leave the page; Word does."""
VERBATIM = "\ufdd1"
"""What follows is itself for Typst: no dash, minus or ellipsis made of hyphens and full stops."""

LONGEST_ROW = 1500
"""A row of a table stays on one page unless it has more characters than this: it might not fit on any."""
TEXT_WIDTH = 9638
"""Width of the text on the page in twentieths of a point: A4 with margins of 20 mm."""


class RenderError(RuntimeError):
    """A document could not be made; `str(error)` says in Dutch which, without a word of the plan."""


class Documents(NamedTuple):
    """The files of one plan, as bytes."""

    docx: bytes
    pdf: bytes


def render(plan: Plan, template: Template) -> Documents:
    """Lays a plan out as DOCX and PDF (PDF/A-2a and PDF/UA-1).

    Raises:
        RenderError: The template does not fit the plan, or pandoc or Typst failed.
    """
    markdown = lay_out(plan, template)
    made = _pandoc(markdown, plan, template)
    with ThreadPoolExecutor(max_workers=1) as pool:
        pdf = pool.submit(_pdf, next(made), plan, template)
        return Documents(_docx(next(made), plan), pdf.result())


def lay_out(plan: Plan, template: Template) -> str:
    """The plan as Markdown for pandoc, by the template's `plan.md.j2`.

    Raises:
        RenderError: The template cannot be read, or uses something that is not there.
    """
    try:
        return _layout(template.directory).render(plan=plan, text=template.texts, labels=template.labels)
    except Exception as error:
        # Whatever a template does wrong, the message may hold words of the plan.
        raise RenderError(f"Het sjabloon plan.md.j2 klopt niet ({type(error).__name__}).") from None


@cache
def _layout(directory: Path) -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(directory),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        finalize=_escaped,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"plain": _plain, "date": dutch_date}
    return environment.get_template("plan.md.j2")


def _escaped(value: object) -> Markup:
    """Any value as text: CommonMark lets all ASCII punctuation be escaped, so none can become markup."""
    if isinstance(value, Markup):
        return value
    text = re.sub(r"\S{30}(?=\S)", rf"\g<0>{MAY_BREAK}", printable(str(value)))
    text = re.sub(r"-(?=[-?\d])|\.(?=\.)", rf"{VERBATIM}\g<0>", text)
    return Markup(re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text))  # noqa: S704  # escaped here


def _plain(value: object) -> Markup:
    """A value that needs no escape, for use where none is possible.

    Raises:
        jinja2.TemplateRuntimeError: It holds anything but letters, digits, commas and hyphens.
    """
    if not re.fullmatch(r"[A-Za-z0-9,-]+", str(value)):
        raise jinja2.TemplateRuntimeError("not plain")
    return Markup(str(value))  # noqa: S704  # nothing in it to escape


def printable(text: str) -> str:
    """Text as it can be printed on one line: composed (NFC), with white space and line breaks as one space.

    Characters that no document may hold or that would turn other text around (control characters, halves of
    characters, bidirectional overrides) become U+FFFD; marks that right-to-left names need stay. Soft hyphens
    and byte order marks, which are no part of a word, go.
    """
    text = unicodedata.normalize("NFC", re.sub(r"[\xad\ufeff]", "", text))
    text = re.sub(r"[ \t-\r\x1c-\x1f\x85\u2028\u2029]+", " ", text)
    return re.sub(
        r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]",
        "\ufffd",
        text,
    )


def _pandoc(markdown: str, plan: Plan, template: Template) -> Iterator[bytes]:
    """What pandoc makes of the layout: the Typst source, and a little later the DOCX.

    It reads nothing but its input and the template.
    """
    command = [_pandoc_path(), "--sandbox", f"--from={MARKDOWN}", "--to=layout.lua", "--output=-"]
    try:
        with subprocess.Popen(  # noqa: S603  # a fixed command; the plan goes in by standard input
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=template.directory,
            env=os.environ | {"SOURCE_DATE_EPOCH": str(int(_day(plan).timestamp()))},
        ) as process:
            too_late = Timer(TIME_LIMIT_S, process.kill)
            too_late.start()
            try:
                # Both are there, as they were asked for; pandoc reads all before it writes anything.
                stdin, stdout = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
                with stdin:
                    stdin.write(markdown.encode())
                source = takewhile(lambda line: line.strip() != b"\0", iter(stdout.readline, b""))
                yield b"".join(source)
                docx = stdout.read()
                if process.wait():
                    raise subprocess.CalledProcessError(process.returncode, "pandoc")
            finally:
                too_late.cancel()
    except (OSError, subprocess.SubprocessError) as error:
        raise RenderError(f"Pandoc kon het document niet maken ({type(error).__name__}).") from None
    yield docx


_pandoc_path = cache(pypandoc.get_pandoc_path)


def _day(plan: Plan) -> dt.datetime:
    """The date in the files: that of the conversation, never today's; a ZIP can hold none before 1980."""
    date = plan.date or dt.date(1980, 1, 1)
    return dt.datetime.combine(date, dt.time(), dt.UTC)


def _docx(made: bytes, plan: Plan) -> bytes:
    header, footer = _running_texts(plan)
    fields = {"«status»": plan.status, "«title»": header, "«footer»": footer}
    core = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_xml(_document_title(plan))}</dc:title><dc:creator>IZP-concept</dc:creator>"
        f"<dc:language>{_xml(plan.language)}</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{_day(plan):%Y-%m-%dT%H:%M:%SZ}</dcterms:created>'
        "</cp:coreProperties>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as source, zipfile.ZipFile(out, "w") as target:
        for info in source.infolist():
            part = source.read(info).replace(MAY_BREAK.encode(), b"").replace(VERBATIM.encode(), b"")
            if info.filename == "docProps/core.xml":
                part = core.encode()
            elif info.filename == "word/document.xml":
                part = _fit_tables(part)
            elif re.match(r"word/(header|footer)\d*\.xml", info.filename):
                for field, value in fields.items():
                    part = part.replace(field.encode(), _xml(value).encode())
            target.writestr(zipfile.ZipInfo(info.filename), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _fit_tables(document: bytes) -> bytes:
    """Gives columns their width on this page, as pandoc counts with one of its own, and keeps rows whole."""

    def fit(grid: re.Match[bytes]) -> bytes:
        widths = [int(width) for width in re.findall(rb'<w:gridCol w:w="(\d+)"', grid[0])]
        columns = (rb'<w:gridCol w:w="%d" />' % (width * TEXT_WIDTH // sum(widths)) for width in widths)
        return b"<w:tblGrid>" + b"".join(columns) + b"</w:tblGrid>"

    def keep(row: re.Match[bytes]) -> bytes:
        fits = len(re.sub(rb"<[^>]+>", b"", row[0])) <= LONGEST_ROW
        return row[0].replace(b"<w:tr>", b"<w:tr><w:trPr><w:cantSplit /></w:trPr>") if fits else row[0]

    document = re.sub(rb"<w:tblGrid>.*?</w:tblGrid>", fit, document)
    return re.sub(rb"<w:tr><w:tc>.*?</w:tr>", keep, document, flags=re.DOTALL)


def _pdf(made: bytes, plan: Plan, template: Template) -> bytes:
    body = made.decode().replace(MAY_BREAK, "\u200b").replace(VERBATIM, "\\")
    header, footer = _running_texts(plan)
    inputs = {
        "title": printable(_document_title(plan)),
        "status": plan.status,
        "header": header,
        "footer": footer,
        "longest-row": "breaks" if _longest_row(plan) > LONGEST_ROW else "fits",
    }
    style = (template.directory / "plan.typ").read_text(encoding="utf-8")
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


def _longest_row(plan: Plan) -> int:
    """The characters of the longest statement, with all that stands beside it."""
    said = ((entry, entry.statement) for entry in plan.entries)
    texts = ((one.quote, one.question, one.lead, one.owner, entry.speaker, entry.when) for entry, one in said)
    return max((sum(len(text or "") for text in row) for row in texts), default=0)


def _compile(source: str, inputs: dict[str, str], plan: Plan, template: Template) -> bytes:
    compiler = typst.Compiler(
        root=template.directory,
        font_paths=_fonts(template.directory),
        ignore_system_fonts=True,
        sys_inputs=inputs,
    )
    pdf = compiler.compile(source.encode(), format="pdf", pdf_standards=PDF_STANDARDS, timestamp=_day(plan))
    return cast("bytes", pdf)  # the one file of a PDF; pictures would come as a list


@cache
def _fonts(directory: Path) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[directory / "fonts"])


def _not_in_fonts(diagnostic: str) -> set[str]:
    """The characters beyond Latin that Typst says it has no glyph for, or may not put into a PDF/A."""
    named = "".join(re.findall(r'`"(.*?)"`', diagnostic))
    named = re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), named)
    return {sign for sign in named if ord(sign) > 0x17F}


def _running_texts(plan: Plan) -> tuple[str, str]:
    """The lines that return on every page, a long name cut: what this is about, and which draft of it."""
    child = printable(plan.child or "")
    child = child if len(child) <= 40 else f"{child[:39]}…"
    date = f"gesprek van {dutch_date(plan.date)}" if plan.date else "datum van het gesprek niet bekend"
    return f"{plan.title} · {child}" if child else plan.title, f"{date} · concept {plan.fingerprint}"


def _document_title(plan: Plan) -> str:
    return " – ".join(part for part in (plan.title, plan.child, plan.status) if part)


def _xml(text: str) -> str:
    return xml_escape(printable(text))
