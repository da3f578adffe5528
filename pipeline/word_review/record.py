"""The record on disk that a document belongs to: found, and kept to oneself while it is worked on."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from pipeline.dossier import RECORD, Dossier
from pipeline.template import Template
from pipeline.word_review.errors import ReviewError
from pipeline.word_review.review import OTHER_PLAN, Origin, draft_of

NO_RECORD = (
    "Naast dit document staat geen bestand NAAM.izp.json waar het bij hoort. Zet het document terug in de "
    "map van het concept, of wijs het bestand aan met --record."
)
MORE_RECORDS = (
    "In deze map staan meer bestanden NAAM.izp.json waar dit document bij kan horen. "
    "Wijs het goede aan met --record."
)
NOT_A_RECORD = "Dit bestand is geen NAAM.izp.json van izp, of het is beschadigd."


def read_record(path: Path) -> tuple[bytes, Dossier]:
    """The record in a file, and the bytes it was read from.

    Raises:
        ReviewError: It is no record.
        OSError: It cannot be read.
    """
    content = path.read_bytes()
    try:
        return content, Dossier.model_validate_json(content)
    except ValidationError:
        raise ReviewError(NOT_A_RECORD) from None


def find_record(document: Path, source: Origin, template: Template) -> Path:
    """The record of a document: that of the same name, or the only one in its folder that it belongs to.

    Raises:
        ReviewError: There is none, or more than one; says what to do.
    """
    stem = document.name.removesuffix(".docx").removesuffix(".izp").removesuffix(".gezin")
    same = document.with_name(stem + RECORD)
    refused: ReviewError | None = None
    if same.exists():
        try:
            draft_of(source, read_record(same)[1], template)
        except ReviewError as error:
            refused = error
        else:
            return same
    fitting = [
        path
        for path in sorted(document.parent.glob(f"*{RECORD}"))
        if path != same and _fits(path, source, template)
    ]
    if len(fitting) == 1:
        return fitting[0]
    raise ReviewError(MORE_RECORDS) if fitting else refused or _none(document)


def _fits(path: Path, source: Origin, template: Template) -> bool:
    try:
        draft_of(source, read_record(path)[1], template)
    except (ReviewError, OSError):
        return False
    return True


def _none(document: Path) -> ReviewError:
    """Why no record will do: there is none, or there are only those of others."""
    return ReviewError(OTHER_PLAN if any(document.parent.glob(f"*{RECORD}")) else NO_RECORD)


@contextlib.contextmanager
def kept(path: Path) -> Iterator[None]:
    """Keeps a record to oneself: who imports into the same folder at the same time waits.

    Where the platform or the file system has no locks nobody waits; that the record is still as it was read
    is checked before it is replaced.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
