"""From a plan to a Word document and a PDF, projections of the same record (docs/architecture.md, rule 5)."""

from pipeline.render.documents import Documents, render, render_docx, render_family
from pipeline.render.errors import RenderError
from pipeline.render.layout import lay_out

__all__ = ["Documents", "RenderError", "lay_out", "render", "render_docx", "render_family"]
