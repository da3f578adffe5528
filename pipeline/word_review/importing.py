"""From an edited Word file to its record on disk and a new draft beside it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pipeline.dossier import DOCX, FAMILY, PDF, RECORD
from pipeline.plan import Plan, assemble
from pipeline.publish import publish, replace
from pipeline.render import render, render_family
from pipeline.settings import Settings
from pipeline.template import TEMPLATE, load_template
from pipeline.word_review.errors import ReviewError
from pipeline.word_review.reading import read_document
from pipeline.word_review.record import find_record, kept, read_record
from pipeline.word_review.review import Review, origin, review

TOO_LARGE = "Dit bestand is groter dan izp aanneemt. Haal afbeeldingen eruit en probeer het opnieuw."
MISSING = "Dit bestand bestaat niet. Controleer de naam en de map."
CHANGED = (
    "Het bestand {name} werd intussen door een ander gewijzigd. Er is niets veranderd; probeer het opnieuw."
)


class Imported(NamedTuple):
    """What an import did; `documents` are the files of the new draft, none where there was nothing new."""

    review: Review
    plan: Plan
    record: Path
    documents: tuple[Path, ...] = ()


def import_review(document: Path, settings: Settings, record: Path | None = None) -> Imported:
    """Reads back what readers changed in a document, adds it to the record and makes a new draft.

    The new draft stands beside the record, under a number of its own: the document that was edited stays as
    it is. The documents are made before the record is replaced, in one step: whatever goes wrong, the record
    is the old one or the new one. The same document once more changes nothing.

    Args:
        document: The Word file.
        settings: The settings of this installation.
        record: The record that it belongs to; without, the one beside it.

    Raises:
        IntakeError: The document cannot be read back, or does not belong to the record; says why, in Dutch.
        RenderError: The documents cannot be made.
        OSError: A file cannot be read or written.
    """
    edited = read_document(_bytes(document, settings))
    template = load_template(TEMPLATE)
    record = record or find_record(document, origin(edited), template)
    if not record.is_file():
        raise ReviewError(MISSING)
    with kept(record):
        content, dossier = read_record(record)
        found = review(edited, dossier, template)
        new = found.dossier
        plan = assemble(new.conversation, new.findings, template, new.corrections)
        if new == dossier:
            return Imported(found, plan, record)
        made = render(plan, template)
        name = record.name.removesuffix(RECORD)
        contents = {DOCX: made.docx, PDF: made.pdf, FAMILY: render_family(plan, template)}
        paths = publish(record.parent, name, contents)
        try:
            if record.read_bytes() != content:
                raise ReviewError(CHANGED.format(name=record.name))
            replace(record, new.model_dump_json(indent=1).encode())
        except BaseException:
            for path in paths.values():
                path.unlink(missing_ok=True)
            raise
    return Imported(found, plan, record, tuple(paths.values()))


def _bytes(document: Path, settings: Settings) -> bytes:
    if not document.is_file():
        raise ReviewError(MISSING)
    if document.stat().st_size > settings.max_bytes:
        raise ReviewError(TOO_LARGE)
    return document.read_bytes()
