"""The record of a conversation, and what the files are called that are made of it."""

from __future__ import annotations

from extractors.schema import Conversation, Findings, Record
from pipeline.corrections import Correction, Unmatched

RECORD, DOCX, PDF, FAMILY = ".izp.json", ".izp.docx", ".izp.pdf", ".gezin.docx"


class Extraction(Record):
    """A conversation and what was found in it."""

    conversation: Conversation
    findings: Findings


class Dossier(Extraction):
    """The record on disk: what was found, and beside it what readers corrected.

    `queue` holds the changes in a document that no correction stands for, for a reader to work in by hand.
    """

    corrections: tuple[Correction, ...] = ()
    queue: tuple[Unmatched, ...] = ()
