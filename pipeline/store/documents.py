"""The files that were made from a version of a plan: sealed, in the database or outside of it (`objects`)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, get_args

from sqlalchemy import Row, select, tuple_
from sqlalchemy.orm import undefer

from pipeline.store.conversations import found
from pipeline.store.database import Work
from pipeline.store.keys import KeysError, seal, unseal
from pipeline.store.objects import LOST, NOT_SET, Lost, Objects, ObjectsError
from pipeline.store.sealed import place
from pipeline.store.tables import ConversationRow, DocumentRow, DraftRow

Kind = Literal["docx", "pdf", "family"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

_BATCH: Final = 32


def stored(w: Work, conversation_id: str, number: int, kind: Kind, made_from: str | None) -> bytes | None:
    """A file of a version, if it was made before.

    Args:
        w: The transaction.
        conversation_id: Whose plan it is.
        number: The version.
        kind: Which file.
        made_from: The fingerprint of the plan that it must show: one that was lost or changed is as one that
            was never made. None for whatever there is, as is right for a version that is approved.

    Raises:
        Lost: It was lost or changed, and whatever there is was asked for.
        NotFound: There is no such conversation.
        ObjectsError: It cannot be read now.
    """
    row = w.session.get(DocumentRow, (conversation_id, number, kind))
    if row is None or made_from not in (None, row.made_from):
        return None
    try:
        sealed = row.sealed
        if sealed is None and row.object is not None:
            sealed = _objects(w).read(row.object)
        return _opened(w, row, sealed)
    except Lost:
        if made_from is None:
            raise
    return None


def keep(w: Work, conversation_id: str, number: int, made_from: str, files: Mapping[Kind, bytes]) -> None:
    """Keeps files of a version, each in place of the one that was made before.

    Raises:
        NotFound: There is no such conversation.
        ObjectsError: They cannot be written now.
    """
    note(w, conversation_id, number, write(w, conversation_id, number, made_from, files))


def write(
    w: Work, conversation_id: str, number: int, made_from: str, files: Mapping[Kind, bytes]
) -> tuple[DocumentRow, ...]:
    """Seals files of a version that may still have to be begun, and writes them where files are outside.

    Returns:
        The rows that are to name them (`note`).

    Raises:
        NotFound: There is no such conversation.
        ObjectsError: They cannot be written now.
    """
    name = {"conversation_id": conversation_id, "number": number, "made_from": made_from, "created_at": w.at}
    rows = tuple(DocumentRow(**name, kind=kind, sealed=None, object=None) for kind in files)
    outside = {}
    for row, data in zip(rows, files.values(), strict=True):
        if w.objects is None:
            row.sealed = _sealed(w, row, None, data)
        else:
            row.object = w.objects.new_name()
            outside[row.object] = _sealed(w, row, row.object, data)
    if w.objects:
        w.objects.write(outside)
    return rows


def note(w: Work, conversation_id: str, number: int, rows: Sequence[DocumentRow]) -> None:
    """Keeps files of a version that were written, each in place of the one that was made before."""
    there = select(DocumentRow).where(
        DocumentRow.conversation_id == conversation_id, DocumentRow.number == number
    )
    before = {row.kind: row for row in w.session.scalars(there)}
    for row in rows:
        if row.kind not in before:
            w.session.add(row)
            continue
        if name := before[row.kind].object:
            w.unnamed.append(name)
        w.session.merge(row)
    w.session.flush()


def names_of(w: Work, child_id: str) -> list[str]:
    """The names of the files of a child that are outside of the database."""
    talks = select(ConversationRow.id).where(ConversationRow.child_id == child_id)
    names = select(DocumentRow.object).where(DocumentRow.conversation_id.in_(talks))
    return [name for name in w.session.scalars(names) if name is not None]


def remove(w: Work, names: Sequence[str]) -> tuple[str, ...]:
    """Removes files that are outside of the database; gives the names of those that were not there.

    Raises:
        ObjectsError: They cannot all be removed now.
    """
    return _objects(w).remove(names) if names else ()


def brought_in(w: Work, rows: Sequence[Row[Any]]) -> Iterator[tuple[Any, ...]]:
    """Rows of documents as a backup holds them: with their files, as if all were in the database.

    Of a file that was lost or changed the name stays if its version is approved; of a concept nothing is
    missed, it is made again.

    Raises:
        ObjectsError: The files cannot be read now.
    """
    names = [row.object for row in rows if row.object is not None]
    files = _objects(w).read_all(names) if names else {}
    for row in rows:
        told = row._asdict()
        if row.object is not None:
            try:
                plain = _opened(w, row, files.get(row.object))
                told |= {"object": None, "sealed": _sealed(w, row, None, plain)}
            except Lost:
                draft = w.session.get_one(DraftRow, (row.conversation_id, row.number))
                told |= {"object": row.object if draft.state == "approved" else None}
        yield tuple(told.values())


def bring_out(w: Work) -> None:
    """Moves the files that are in the database out of it; one that was changed stays as it is.

    Raises:
        ObjectsError: They cannot be written now.
    """
    key = DocumentRow.conversation_id, DocumentRow.number, DocumentRow.kind
    inside = select(DocumentRow).options(undefer(DocumentRow.sealed))
    inside = inside.where(DocumentRow.sealed.is_not(None)).order_by(*key).limit(_BATCH)
    some = inside
    while rows := w.session.scalars(some).all():
        files = {}
        for row in rows:
            with contextlib.suppress(Lost):
                plain, name = _opened(w, row, row.sealed), _objects(w).new_name()
                files[name] = _sealed(w, row, name, plain)
                row.object, row.sealed = name, None
        _objects(w).write(files)
        w.session.flush()
        last = rows[-1]
        some = inside.where(tuple_(*key) > tuple_(last.conversation_id, last.number, last.kind))
        w.session.expunge_all()


def _objects(w: Work) -> Objects:
    if w.objects is None:
        raise ObjectsError(NOT_SET)
    return w.objects


def _sealed(w: Work, row: DocumentRow | Row[Any], name: str | None, data: bytes) -> bytes:
    return seal(data, *_lock(w, row, name))


def _opened(w: Work, row: DocumentRow | Row[Any], sealed: bytes | None) -> bytes:
    """What a file holds that stands where its row says."""
    if sealed is not None:
        key, where = _lock(w, row, row.object)
        try:
            return unseal(sealed, key, where)
        except KeysError:
            pass
    raise Lost(LOST)


def _lock(w: Work, row: DocumentRow | Row[Any], name: str | None) -> tuple[bytes, str]:
    """The key and the place that a file is sealed for; one outside of the database only for its name."""
    key = w.child_key(found(w, row.conversation_id).child_id)
    names = () if name is None else (name,)
    return key, place("documents.sealed", row.conversation_id, row.number, row.kind, *names)
