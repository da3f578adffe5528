"""The way from a plan to its files.

The plan is laid out once as Markdown by the template. pandoc reads that once and writes the Typst source,
from which Typst makes the PDF while pandoc goes on with the DOCX. Nothing touches the disk or the network,
and the same plan gives the same bytes.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from pipeline.plan import Plan
from pipeline.plan.versions import approved
from pipeline.render import pandoc, pdf, word
from pipeline.render.layout import FAMILY, lay_out
from pipeline.template import Template


class Documents(NamedTuple):
    """The files of one plan, as bytes."""

    docx: bytes
    pdf: bytes


def render(plan: Plan, template: Template) -> Documents:
    """Lays a plan out as DOCX and PDF (PDF/A-2a and PDF/UA-1).

    Raises:
        RenderError: The template does not fit the plan, or pandoc or Typst failed.
    """
    return render_layout(lay_out(plan, template), plan, template)


def render_layout(layout: str, plan: Plan, template: Template) -> Documents:
    """The DOCX and PDF of a plan that was laid out.

    Args:
        layout: What `lay_out` made of it.
        plan: The plan.
        template: Its template.

    Raises:
        RenderError: Pandoc or Typst failed.
    """
    made = pandoc.convert(layout, template.directory, "typst", "docx")
    with ThreadPoolExecutor(max_workers=1) as pool:
        made_pdf = pool.submit(pdf.typeset, next(made), plan, template)
        return Documents(word.finish(next(made), plan, template), made_pdf.result())


def render_docx(plan: Plan, template: Template) -> bytes:
    """Lays a plan out as DOCX only: the same bytes as with its PDF.

    Raises:
        RenderError: The template does not fit the plan, or pandoc failed.
    """
    return render_docx_layout(lay_out(plan, template), plan, template)


def render_docx_layout(layout: str, plan: Plan, template: Template) -> bytes:
    """The DOCX of a plan that was laid out, as `render_layout` makes it.

    Raises:
        RenderError: Pandoc failed.
    """
    (docx,) = pandoc.convert(layout, template.directory, "docx")
    return word.finish(docx, plan, template)


def render_family(plan: Plan, template: Template) -> bytes:
    """Lays out the summary for the family, as DOCX: they correct it in their own words.

    Raises:
        RenderError: The template does not fit the plan, or pandoc failed.
    """
    summary = for_family(plan, template)
    return render_docx_layout(lay_out(summary, template, FAMILY), summary, template)


def for_family(plan: Plan, template: Template) -> Plan:
    """A plan under the title and with the status of the summary for the family, to be laid out as that."""
    texts = template.texts
    title, status = (
        ("family_title_adult", "family_status_adult") if plan.adult else ("family_title", "family_status")
    )
    told = approved(texts["family_approved"], plan.approval, template) if plan.approval else texts[status]
    return plan.model_copy(update={"title": texts[title], "status": told})
