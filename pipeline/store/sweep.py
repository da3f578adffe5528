"""Removing files outside of the database that no row names: what a crash or a failed change left there."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterable
from typing import Final, NamedTuple

from sqlalchemy import select

from pipeline.store.database import Store, look
from pipeline.store.objects import Lost, Objects
from pipeline.store.tables import DocumentRow

OLD: Final = dt.timedelta(days=1)
"""A file that is younger may be of a change that is not done yet."""

_BATCH: Final = 500


class Swept(NamedTuple):
    """How many files were removed, and which other folders there are (`Objects.other_folders`)."""

    removed: int
    others: tuple[str, ...]


def sweep(store: Store) -> Swept | None:
    """Removes the files of this store that no row names and that are older than a day.

    Returns:
        What was done; None where all documents are in the database by the setting.

    Raises:
        ObjectsError: The files cannot be listed or removed now; asked for again, it goes on.
    """
    if store.objects is None:
        return None
    count = 0
    for names in store.objects.names():
        for start in range(0, len(names), _BATCH):
            unnamed = _unnamed(store, names[start : start + _BATCH])
            old = _old(store.objects, unnamed)
            store.objects.remove(old)
            count += len(old)
    return Swept(count, store.objects.other_folders())


def _unnamed(store: Store, names: list[str]) -> list[str]:
    with look(store) as w:
        named = set(w.session.scalars(select(DocumentRow.object).where(DocumentRow.object.in_(names))))
    return [name for name in names if name not in named]


def _old(objects: Objects, names: Iterable[str]) -> list[str]:
    latest = dt.datetime.now(dt.UTC) - OLD
    old = []
    for name in names:
        with contextlib.suppress(Lost):  # another sweep took it
            if objects.written_at(name) < latest:
                old.append(name)
    return old
