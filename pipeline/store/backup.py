"""Backups: everything that the store holds at one moment, in one sealed file that is checked once written."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Table, func, select

from pipeline.publish import sync
from pipeline.staging import staging
from pipeline.store import audit, backup_file, documents
from pipeline.store.audit import Actor, Event, Seal, Verdict
from pipeline.store.backup_file import DAMAGED, Head, Row
from pipeline.store.database import Store, Work, look, work
from pipeline.store.errors import StoreError
from pipeline.store.keys import MainKeys, Wrapped
from pipeline.store.objects import AT_ONCE
from pipeline.store.tables import Table as Tables

TAKEN = "Er is al een bestand met deze naam. Kies een andere naam voor de reservekopie."
UNLIKE = (
    "De reservekopie bleek anders dan de gegevens en is weggegooid. Kijk de schijf na en probeer het opnieuw."
)

Progress = Callable[[int, int], None]


class Contents(NamedTuple):
    """What a backup holds: what it says of itself, and what came of checking its audit trail.

    So many documents of approved versions were `lost` when it was made.
    """

    head: Head
    trail: Verdict
    lost: int


def silent(_done: int, _total: int) -> None:
    """Tells nobody how far it is."""


def back_up(store: Store, actor: Actor, path: Path, progress: Progress = silent) -> Contents:
    """Writes a backup of the store as it is at one moment, while others go on working in it.

    It is read back and compared before it takes its name.

    Args:
        store: The store.
        actor: Who makes it.
        path: The new file.
        progress: Is told how many rows are done, of how many.

    Raises:
        ObjectsError: The documents outside of the database cannot be read now.
        StoreError: There is a file of that name, or what was written is not what the store holds.
        OSError: The file cannot be written; there is none then.
    """
    if path.exists():
        raise StoreError(TAKEN)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with staging(path.parent) as folder:
        staged = folder / "backup"
        with look(store) as opened:
            head = _head(opened)
            half = sum(head.rows.values())
            rows = _rows(opened, lambda done: progress(done, 2 * half))
            with os.fdopen(os.open(staged, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
                backup_file.write(out, store.keys, head, rows)
                out.flush()
                os.fsync(out.fileno())
            trail = audit.verify(opened)
        contents = _read_back(staged, store.keys, lambda done, _: progress(half + done, 2 * half))
        if contents is None or contents[:2] != (head, trail):
            raise StoreError(UNLIKE)
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            raise StoreError(TAKEN) from None
        staged.replace(path)
    sync(path.parent)
    with work(store) as made:
        audit.record(made, actor, "backup")
    return contents


def check(path: Path, keys: MainKeys, progress: Progress = silent) -> Contents:
    """Reads a backup through: every piece, every wrapped key, and the chain of its audit trail.

    Raises:
        StoreError: It is no backup, or of a newer izp, damaged, cut off or made with another key.
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        head, pieces = backup_file.read(file, keys)
        found = Counter[str]()

        def rows() -> Iterator[tuple[str, Row]]:
            for piece in pieces:
                found.update(name for name, _ in piece)
                yield from piece
                progress(found.total(), sum(head.rows.values()))

        trail_key, trail_head = b"", Seal(0, "")
        trail = Verdict(0, trail_head, None)
        lost = 0
        for name, of_table in groupby(rows(), itemgetter(0)):
            if name == "audit":
                events = ((_event(row), row["mac"]) for _, row in of_table)
                trail = audit.check_chain(events, trail_head, trail_key)
                continue
            for _, row in of_table:
                if "wrapped_by" in row:
                    key = backup_file.unwrap(keys, Wrapped(row["wrapped_by"], row["wrapped"]))
                    trail_key = key if row.get("purpose") == "audit" else trail_key
                elif name == "audit_head":
                    trail_head = Seal(row["number"], row["mac"])
                elif name == "documents":
                    lost += row.get("object") is not None
    if any(found[name] != count for name, count in head.rows.items()):
        raise StoreError(DAMAGED)
    return Contents(head, trail, lost)


def _read_back(path: Path, keys: MainKeys, progress: Progress) -> Contents | None:
    try:
        return check(path, keys, progress)
    except StoreError:
        return None


def _tables() -> list[Table]:
    """All tables, each behind those that it refers to; first what the audit trail is checked with."""
    return sorted(Tables.metadata.sorted_tables, key=lambda table: table.name not in ("keys", "audit_head"))


def _head(opened: Work) -> Head:
    connection = opened.session.connection()

    def count(table: Table) -> int:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())

    return Head(
        made_at=opened.at,
        revision=str(MigrationContext.configure(connection).get_current_revision()),
        columns={table.name: table.columns.keys() for table in _tables()},
        rows={table.name: count(table) for table in _tables()},
    )


def _rows(opened: Work, progress: Callable[[int], None]) -> Iterator[tuple[str, Any]]:
    done = 0
    for table in _tables():
        # Few at a time: a row can hold a whole document.
        rows = select(table).order_by(*table.primary_key).execution_options(yield_per=AT_ONCE)
        for some in opened.session.connection().execute(rows).partitions():
            whole = documents.brought_in(opened, some) if table.name == "documents" else some
            yield from ((table.name, row) for row in whole)
            done += len(some)
            progress(done)


def _event(row: Mapping[str, Any]) -> Event:
    return Event(**{field: row[field] for field in Event._fields})
