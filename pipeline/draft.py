"""From one conversation file to a draft plan: the steps of the pipeline, put one after the other."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError
from spacy.language import Language

import extractors.extract
from extractors.schema import Conversation, Kind, Record
from extractors.voices import with_voices
from pipeline.dossier import DOCX, FAMILY, PDF, RECORD, Dossier, Extraction
from pipeline.intake import IntakeError, read
from pipeline.plan import assemble
from pipeline.publish import publish
from pipeline.render import render, render_family
from pipeline.settings import Settings
from pipeline.template import installed_template

CORRECTED = (
    "In het eerdere concept zijn verbeteringen ingelezen; die zouden verdwijnen. "
    "Laat --overschrijven weg: dan komt het nieuwe concept ernaast."
)


class Options(Record):
    """What the user knows of a conversation and its file does not tell; None leaves it to the file.

    `participants` is a YAML file that says who is who, `child` the name of the child.
    """

    date: dt.date | None = None
    kind: Kind | None = None
    child: str | None = None
    participants: Path | None = None


class Draft(NamedTuple):
    """What one conversation file gave, and where its files lie."""

    extraction: Extraction
    record: Path
    docx: Path
    pdf: Path
    family: Path


def extract(source: Path, options: Options, settings: Settings) -> Extraction:
    """Reads a conversation file and finds its statements and flags.

    Raises:
        IntakeError: The file is not a conversation that can be read; says why, in Dutch.
    """
    read_as_told = read(
        source,
        participants=options.participants,
        date=options.date,
        kind=options.kind,
        child=options.child,
        max_bytes=settings.max_bytes,
    )
    return find(read_as_told, settings)


def find(read_as_told: Conversation, settings: Settings) -> Extraction:
    """Finds the statements and flags of a conversation as the intake read it."""
    # The record holds the speakers as the extraction took them, so that a reader can confirm them.
    conversation = with_voices(read_as_told)
    findings = extractors.extract.find(conversation, installed_pipeline(settings.model), settings.threshold)
    return Extraction(conversation=conversation, findings=findings)


def draft(source: Path, out: Path, options: Options, settings: Settings, *, overwrite: bool = False) -> Draft:
    """Drafts the plan of one conversation as DOCX and PDF, with the record they were made from.

    The summary for the family comes with it. The files are called after the source, `noor.vtt` gives
    `noor.izp.docx` and `noor.gezin.docx`, and appear together or not at all (see `publish`).

    Args:
        source: The conversation file.
        out: The folder for the files.
        options: What the user knows and the file does not tell.
        settings: The settings of this installation.
        overwrite: Whether an earlier draft of that name is replaced; else the new one gets a number.

    Raises:
        IntakeError: The source cannot be read, or readers have corrected the earlier draft; in Dutch.
        OSError: The files cannot be written.
    """
    if overwrite and _is_corrected(out / f"{source.stem}{RECORD}"):
        raise IntakeError(CORRECTED)
    extraction = extract(source, options, settings)
    template = installed_template()
    dossier = Dossier(conversation=extraction.conversation, findings=extraction.findings)
    plan = assemble(dossier.conversation, dossier.findings, template)
    documents = render(plan, template)
    paths = publish(
        out,
        source.stem,
        {
            RECORD: dossier.model_dump_json(indent=1).encode(),
            DOCX: documents.docx,
            PDF: documents.pdf,
            FAMILY: render_family(plan, template),
        },
        overwrite=overwrite,
    )
    return Draft(extraction, record=paths[RECORD], docx=paths[DOCX], pdf=paths[PDF], family=paths[FAMILY])


def _is_corrected(record: Path) -> bool:
    """Whether a record holds what readers changed, which no new draft may replace (rule 2)."""
    try:
        dossier = Dossier.model_validate_json(record.read_bytes())
    except (OSError, ValidationError):
        return False
    return bool(dossier.corrections or dossier.queue)


# It takes seconds to load and never changes: a process loads it once.
@cache
def installed_pipeline(model: str | None) -> Language:
    """The pipeline that reads conversations.

    Raises:
        ModelError: The model is not installed or not usable.
    """
    return extractors.extract.load(model)
