"""From one conversation file to a draft plan: the steps of the pipeline, put one after the other."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import NamedTuple

from spacy.language import Language

import extractors.extract
from extractors.schema import Conversation, Findings, Kind, Record
from extractors.voices import with_voices
from pipeline.intake import read
from pipeline.plan import assemble
from pipeline.publish import publish
from pipeline.render import render
from pipeline.settings import Settings
from pipeline.template import Template, load_template

TEMPLATE = Path(__file__).resolve().parents[1] / "templates" / "izp"

RECORD, DOCX, PDF = ".izp.json", ".izp.docx", ".izp.pdf"


class Options(Record):
    """What the user knows of a conversation and its file does not tell; None leaves it to the file.

    `participants` is a YAML file that says who is who, `child` the name of the child.
    """

    date: dt.date | None = None
    kind: Kind | None = None
    child: str | None = None
    participants: Path | None = None


class Extraction(Record):
    """A conversation and what was found in it: the record that every document is made from."""

    conversation: Conversation
    findings: Findings


class Draft(NamedTuple):
    """What one conversation file gave, and where its files lie."""

    extraction: Extraction
    record: Path
    docx: Path
    pdf: Path


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
    # The record holds the speakers as the extraction took them, so that a reader can confirm them.
    conversation = with_voices(read_as_told)
    findings = extractors.extract.extract(conversation, _pipeline(settings.model), settings.threshold)
    return Extraction(conversation=conversation, findings=findings)


def draft(source: Path, out: Path, options: Options, settings: Settings, *, overwrite: bool = False) -> Draft:
    """Drafts the plan of one conversation as DOCX and PDF, with the record they were made from.

    The files are called after the source, `noor.vtt` gives `noor.izp.docx`, and appear together
    or not at all (see `publish`).

    Args:
        source: The conversation file.
        out: The folder for the three files.
        options: What the user knows and the file does not tell.
        settings: The settings of this installation.
        overwrite: Whether an earlier draft of that name is replaced; else the new one gets a number.

    Raises:
        IntakeError: The source cannot be read; says why, in Dutch.
        OSError: The files cannot be written.
    """
    extraction = extract(source, options, settings)
    template = _template()
    documents = render(assemble(extraction.conversation, extraction.findings, template), template)
    paths = publish(
        out,
        source.stem,
        {
            RECORD: extraction.model_dump_json(indent=1).encode(),
            DOCX: documents.docx,
            PDF: documents.pdf,
        },
        overwrite=overwrite,
    )
    return Draft(extraction, record=paths[RECORD], docx=paths[DOCX], pdf=paths[PDF])


# Both take seconds to load and never change: a process loads them once.
@cache
def _pipeline(model: str | None) -> Language:
    return extractors.extract.load(model)


@cache
def _template() -> Template:
    return load_template(TEMPLATE)
