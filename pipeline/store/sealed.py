"""Records as they are kept: as JSON, sealed with the key of the child for one column of one row."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel

from pipeline.store.database import Work
from pipeline.store.keys import seal, unseal

Kept = TypeVar("Kept", bound=BaseModel)


def place(column: str, *row: str | int) -> str:
    """Where something stands: table and column ("children.about"), and the key of the row."""
    return f"{column}:{'/'.join(map(str, row))}"


def seal_record(w: Work, child_id: str, where: str, record: BaseModel) -> bytes:
    """Seals a record of a child.

    Raises:
        KeyError: There is no such child.
    """
    return seal(record.model_dump_json().encode(), w.child_key(child_id), where)


def unseal_record(w: Work, child_id: str, where: str, kind: type[Kept], sealed: bytes) -> Kept:
    """Gives back the record that was sealed.

    Raises:
        KeyError: There is no such child.
        KeysError: It was sealed elsewhere or changed.
    """
    return kind.model_validate_json(unseal(sealed, w.child_key(child_id), where))
