"""Intake: one conversation file of any known format in, one `Conversation` out.

Nothing of a file is run, followed or fetched: no macro, no link, no network.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from extractors.schema import Conversation, Kind
from pipeline.intake.blocks import Block, tidy_line
from pipeline.intake.conversation import build
from pipeline.intake.errors import IntakeEndedError, IntakeError
from pipeline.intake.formats import MAX_LINES, TOO_MANY_WORDS, read_blocks
from pipeline.intake.participants_file import ParticipantsFile, load_participants_file

__all__ = ["IntakeEndedError", "IntakeError", "check_size", "read", "read_data"]

MISSING = "Dit bestand is niet gevonden; controleer de naam en de map."
NO_FILE = "Dit is een map en geen bestand; kies het bestand met het gesprek."
UNREADABLE = (
    "Dit bestand kan niet worden geopend; controleer of u het mag lezen en of het niet elders open staat."
)
MAX_CHARACTERS = 900_000
MAX_SPEAKERS = 60
TOO_MANY_SPEAKERS = (
    "In dit bestand staan meer dan 60 sprekers; kijk na of het wel één uitgeschreven gesprek is."
)
NO_TEXT = "Dit bestand bevat geen tekst; kies het bestand met het uitgeschreven gesprek of de notities."


def read(
    path: Path,
    *,
    participants: Path | None = None,
    date: dt.date | None = None,
    kind: Kind | None = None,
    child: str | None = None,
    max_bytes: int = 20 * 1024 * 1024,
) -> Conversation:
    """Read a conversation file of any known format; the format is told by the content.

    Args:
        path: the file.
        participants: a YAML file that says who is who (see `participants_file`); it wins over the source.
        date: the day of the conversation; like the next two it wins over both files.
        kind: the kind of conversation.
        child: the first name of whom the plan is about.
        max_bytes: the largest file that is read, in bytes.

    Returns:
        The conversation: every word of the file that is not timing or markup stands in a turn. What could
        not be told (a speaker, a date) is left open, and a speaker left open is flagged.

    Raises:
        IntakeError: the file cannot be taken in; the message is one Dutch sentence without source text.
    """
    given = load_participants_file(participants) if participants is not None else ParticipantsFile()
    given = given.model_copy(
        update={
            key: value
            for key, value in (("date", date), ("kind", kind), ("child", child and tidy_line(child)))
            if value
        }
    )
    data, latest = _load(path, max_bytes)
    return read_data(data, path.name, latest=latest, given=given)


def read_data(data: bytes, name: str, *, latest: dt.date, given: ParticipantsFile) -> Conversation:
    """Read a conversation from the bytes of a file; the format is told by the content.

    Args:
        data: the bytes.
        name: the file's name.
        latest: the last day the conversation can have been held on.
        given: who is who and what else is told from outside; it wins over what the source says.

    Raises:
        IntakeError: the file cannot be taken in; the message is one Dutch sentence without source text.
    """
    source_format, blocks = read_blocks(data, Path(name).suffix.lower())
    _check_length(blocks)
    conversation = build(
        blocks,
        data=data,
        source=_printable(name),
        source_format=source_format,
        latest=latest,
        given=given,
    )
    if not conversation.turns:
        raise IntakeError(NO_TEXT)
    return conversation


def check_size(size: int, max_bytes: int) -> None:
    """Refuses a file that is larger than the installation reads.

    Raises:
        IntakeError: it is; the message tells how large it may be.
    """
    if size > max_bytes:
        raise IntakeError(_too_large(max_bytes))


def _check_length(blocks: Sequence[Block]) -> None:
    """Refuses what is no conversation: a day of talk has some 150,000 words, and fewer speakers."""
    if len(blocks) > MAX_LINES or sum(len(block.text) for block in blocks) > MAX_CHARACTERS:
        raise IntakeError(TOO_MANY_WORDS)
    if len({block.label for block in blocks if block.label is not None}) > MAX_SPEAKERS:
        raise IntakeError(TOO_MANY_SPEAKERS)


def _printable(name: str) -> str:
    """A file's name as text, whatever bytes it holds."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _load(path: Path, max_bytes: int) -> tuple[bytes, dt.date]:
    """The file's bytes, and the day it was last written: a conversation was held on that day or before."""
    try:
        if path.is_dir():
            raise IntakeError(NO_FILE)
        status = path.stat()
        if not path.is_file():
            raise IntakeError(UNREADABLE)
        check_size(status.st_size, max_bytes)
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise IntakeError(MISSING) from None
    except IntakeError:
        raise
    except (OSError, ValueError):
        raise IntakeError(UNREADABLE) from None
    check_size(len(data), max_bytes)
    return data, dt.datetime.fromtimestamp(status.st_mtime, tz=dt.UTC).date() + dt.timedelta(days=1)


def _too_large(max_bytes: int) -> str:
    limit = f"{max_bytes / 1024 / 1024:.0f} MB" if max_bytes >= 1024 * 1024 else f"{max_bytes} bytes"
    return (
        f"Dit bestand is te groot (meer dan {limit}); "
        "bied alleen het uitgeschreven gesprek aan, zonder opname of plaatjes."
    )
