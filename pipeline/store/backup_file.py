"""The file of a backup: the rows of all tables, sealed piece by piece.

It begins with its name and one line of JSON: the format, and the key of this backup, wrapped with the main
key. Then come pieces, each with its length in four bytes before it, sealed (`keys.seal`) with that key for
its number: one that is missing, changed or moved does not open. The first tells what comes, the last is empty
and says that it is the last, those between hold a line of JSON for each row. Reading and writing take the
memory of a few pieces.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, NamedTuple

from pipeline.store.database import NEWER
from pipeline.store.errors import StoreError
from pipeline.store.keys import KeysError, MainKeys, Wrapped, new_key, seal, unseal

FORMAT = 1
_NAME = b"izp-backup\n"
_PIECE = 1 << 20
_LENGTH = 4

NO_BACKUP = "Dit bestand is geen reservekopie van izp."
DAMAGED = "Deze reservekopie is beschadigd. Er is niets teruggezet; neem een andere reservekopie."
CUT_OFF = "Van deze reservekopie ontbreekt het einde. Er is niets teruggezet; neem een andere reservekopie."
OTHER_KEY = (
    "Deze reservekopie is met een andere sleutel gemaakt. Zet de sleutel van toen in het sleutelbestand, "
    "op een regel onder de sleutel van nu."
)

Row = dict[str, Any]


class Head(NamedTuple):
    """What a backup says of itself: as of when it is, and the revision, columns and rows of its tables."""

    made_at: dt.datetime
    revision: str
    columns: Mapping[str, Sequence[str]]
    rows: Mapping[str, int]


def write(out: BinaryIO, keys: MainKeys, head: Head, rows: Iterable[tuple[str, Sequence[Any]]]) -> None:
    """Writes a backup.

    Args:
        out: Where to.
        keys: The main keys; the newest of them opens the backup.
        head: What it says of itself.
        rows: The rows, each with the name of its table and its values in the order of `head.columns`.

    Raises:
        OSError: It cannot be written.
    """
    key = new_key()
    wrapped = keys.wrap(key)
    opening = {"format": FORMAT, "by": wrapped.by, "wrapped": base64.b64encode(wrapped.wrapped).decode()}
    out.write(_NAME + _line(opening))
    number = -1
    for number, piece in enumerate(_gathered(_line(head._asdict()), rows)):
        _put(out, seal(piece, key, _place(number)))
    _put(out, seal(b"", key, _place(number + 1, last=True)))


def read(file: BinaryIO, keys: MainKeys) -> tuple[Head, Iterator[list[tuple[str, Row]]]]:
    """Reads a backup: what it says of itself, and its rows piece by piece, each with the name of its table.

    Raises:
        StoreError: It is no backup, or of a newer izp, damaged, cut off or made with another key: at once or
            at any piece.
    """
    pieces = _opened(file, keys)
    told = json.loads(next(pieces), object_hook=_meant)
    head = Head(**told)

    def rows() -> Iterator[list[tuple[str, Row]]]:
        for piece in pieces:
            records = [json.loads(line, object_hook=_meant) for line in piece.splitlines()]
            yield [(name, dict(zip(head.columns[name], values, strict=True))) for name, *values in records]

    return head, rows()


def unwrap(keys: MainKeys, wrapped: Wrapped) -> bytes:
    """Unwraps a key of a backup.

    Raises:
        StoreError: It was wrapped with a main key that is not here, or changed.
    """
    if wrapped.by not in keys.names:
        raise StoreError(OTHER_KEY)
    try:
        return keys.unwrap(wrapped)
    except KeysError:
        raise StoreError(DAMAGED) from None


def _gathered(first: bytes, rows: Iterable[tuple[str, Sequence[Any]]]) -> Iterator[bytes]:
    yield first
    lines: list[bytes] = []
    size = 0
    for name, values in rows:
        line = _line([name, *values])
        lines.append(line)
        size += len(line)
        if size >= _PIECE:
            yield b"".join(lines)
            lines.clear()
            size = 0
    if lines:
        yield b"".join(lines)


def _line(value: object) -> bytes:
    return json.dumps(value, default=_told, separators=(",", ":")).encode() + b"\n"


def _told(value: object) -> dict[str, str]:
    """How JSON tells bytes and times."""
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, dt.datetime):
        return {"time": value.astimezone(dt.UTC).isoformat()}
    raise TypeError(type(value).__name__)


def _meant(value: dict[str, Any]) -> Any:
    """What `_told` was given."""
    match value:
        case {"bytes": str(told)}:
            return base64.b64decode(told)
        case {"time": str(told)}:
            return dt.datetime.fromisoformat(told)
    return value


def _place(number: int, *, last: bool = False) -> str:
    return f"backup:{number}:last" if last else f"backup:{number}"


def _put(out: BinaryIO, sealed: bytes) -> None:
    out.write(len(sealed).to_bytes(_LENGTH, "big"))
    out.write(sealed)


def _opened(file: BinaryIO, keys: MainKeys) -> Iterator[bytes]:
    """The pieces of a backup but for the last, each opened."""
    if file.read(len(_NAME)) != _NAME:
        raise StoreError(NO_BACKUP)
    try:
        opening = json.loads(file.readline(1000))
        newer_by = opening["format"] - FORMAT
        wrapped = Wrapped(opening["by"], base64.b64decode(opening["wrapped"]))
    except (ValueError, KeyError, TypeError):
        raise StoreError(DAMAGED) from None
    if newer_by:
        raise StoreError(NEWER if newer_by > 0 else DAMAGED)
    key = unwrap(keys, wrapped)
    size, number = os.fstat(file.fileno()).st_size, 0
    while True:
        length = int.from_bytes(file.read(_LENGTH), "big")
        if file.tell() + length > size or file.tell() == size:
            raise StoreError(CUT_OFF)
        sealed = file.read(length)
        is_last = file.tell() == size
        if is_last and _open(sealed, key, _place(number, last=True)) is not None:
            return
        piece = _open(sealed, key, _place(number))
        if piece is None:
            raise StoreError(DAMAGED)
        if is_last:
            raise StoreError(CUT_OFF)
        yield piece
        number += 1


def _open(sealed: bytes, key: bytes, place: str) -> bytes | None:
    try:
        return unseal(sealed, key, place)
    except KeysError:
        return None
