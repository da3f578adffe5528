"""Shows what a template makes of a plan: the documents of an invented conversation, corrections included."""

from __future__ import annotations

from pathlib import Path

from pipeline.dossier import DOCX, FAMILY, PDF, Dossier
from pipeline.plan import assemble
from pipeline.publish import publish
from pipeline.render import render, render_family
from pipeline.template import load_template

SAMPLE = Path(__file__).with_name("preview.izp.json")
"""The record of a conversation in which something falls under every category, domain and kind of flag."""


def preview(directory: Path, out: Path) -> list[Path]:
    """Makes the documents of the sample by the template in a folder, in place of those of an earlier preview.

    Raises:
        TemplateError: `template.yaml` does not fit.
        RenderError: A layout or a style does not.
        OSError: The files cannot be written.
    """
    template = load_template(directory)
    dossier = Dossier.model_validate_json(SAMPLE.read_bytes())
    plan = assemble(dossier.conversation, dossier.findings, template, dossier.corrections)
    documents = render(plan, template)
    files = {DOCX: documents.docx, PDF: documents.pdf, FAMILY: render_family(plan, template)}
    return list(publish(out, f"{template.name}-{template.version}", files, overwrite=True).values())
