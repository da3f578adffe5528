"""The files that were made from a version of a plan."""

from __future__ import annotations

from typing import Final, Literal, get_args

from pipeline.store.conversations import found
from pipeline.store.database import Work
from pipeline.store.keys import seal, unseal
from pipeline.store.sealed import place
from pipeline.store.tables import DocumentRow

Kind = Literal["docx", "pdf", "family"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

_PLACE: Final = "documents.sealed"


def stored(w: Work, conversation_id: str, number: int, kind: Kind, made_from: str | None) -> bytes | None:
    """A file of a version, if it was made before.

    Args:
        w: The transaction.
        conversation_id: Whose plan it is.
        number: The version.
        kind: Which file.
        made_from: The fingerprint of the plan that it must show; None for whatever there is, as is right for
            a version that is approved.

    Raises:
        NotFound: There is no such conversation.
    """
    row = w.session.get(DocumentRow, (conversation_id, number, kind))
    if row is None or made_from not in (None, row.made_from):
        return None
    child_id = found(w, conversation_id).child_id
    return unseal(row.sealed, w.child_key(child_id), place(_PLACE, conversation_id, number, kind))


def keep(w: Work, conversation_id: str, number: int, kind: Kind, made_from: str, data: bytes) -> None:
    """Keeps a file of a version, in place of the one that was made before.

    Raises:
        NotFound: There is no such conversation.
    """
    child_id = found(w, conversation_id).child_id
    w.session.merge(
        DocumentRow(
            conversation_id=conversation_id,
            number=number,
            kind=kind,
            made_from=made_from,
            sealed=seal(data, w.child_key(child_id), place(_PLACE, conversation_id, number, kind)),
            created_at=w.at,
        )
    )
    w.session.flush()
