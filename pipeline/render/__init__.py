"""From a plan to a Word document and a PDF, projections of the same record (docs/architecture.md, rule 5)."""

from pipeline.render.documents import (
    Documents,
    for_family,
    render,
    render_docx,
    render_docx_layout,
    render_family,
    render_layout,
)
from pipeline.render.errors import RenderEndedError, RenderError
from pipeline.render.layout import FAMILY, lay_out

__all__ = [
    "FAMILY",
    "Documents",
    "RenderEndedError",
    "RenderError",
    "for_family",
    "lay_out",
    "render",
    "render_docx",
    "render_docx_layout",
    "render_family",
    "render_layout",
]
