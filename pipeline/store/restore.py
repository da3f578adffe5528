"""Filling a store from a backup, whole or not at all."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, MetaData, delete, inspect, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from pipeline.publish import sync
from pipeline.settings import Settings
from pipeline.staging import staging
from pipeline.store import audit, backup_file, documents
from pipeline.store.audit import Actor
from pipeline.store.backup import Contents, Progress, check, silent
from pipeline.store.backup_file import DAMAGED
from pipeline.store.database import Work, key_file_of, migrate, objects_for, url_of
from pipeline.store.engines import connected
from pipeline.store.errors import StoreError
from pipeline.store.keys import MainKeys, load_keys
from pipeline.store.tables import KeyRow, Table

NOT_EMPTY = (
    "Er zijn al gegevens. Met --vervang komen die van de reservekopie ervoor in de plaats; de oude blijven "
    "dan apart bewaard."
)
IN_USE = "De gegevens zijn in gebruik. Stop izp serve (en wat er verder mee werkt) en probeer het opnieuw."


class Restored(NamedTuple):
    """What was put back, and where the data that it replaced are kept: a file, or a schema of PostgreSQL."""

    contents: Contents
    aside: str | None


class _Backup(NamedTuple):
    """A backup that was checked, with what opens it and who puts it back."""

    path: Path
    keys: MainKeys
    folder: Path
    objects: str | None
    contents: Contents
    actor: Actor
    progress: Progress


def restore(
    settings: Settings, actor: Actor, path: Path, *, replace: bool = False, progress: Progress = silent
) -> Restored:
    """Fills an empty store from a backup; the audit trail goes on with that.

    Args:
        settings: Where the store and its key are.
        actor: Who does it.
        path: The backup.
        replace: Whether data that are there give way; they are kept aside.
        progress: Is told how many rows are done, of how many.

    Raises:
        KeysError: There is no main key.
        ObjectsError: The documents cannot be brought to where they belong by the setting.
        StoreError: The backup is not whole or not readable with this key, there are data that may not be
            replaced, or they are in use.
        OSError: A file cannot be read or written.
    """
    keys = load_keys(settings.key, key_file_of(settings), make=False)
    contents = check(path, keys)
    backup = _Backup(path, keys, settings.data_dir, settings.objects, contents, actor, progress)
    url = url_of(settings)
    into = _into_sqlite if url.get_backend_name() == "sqlite" else _into_postgresql
    return Restored(backup.contents, into(url, backup, replace=replace))


def kept_aside(settings: Settings) -> list[str]:
    """The data that a restored backup took the place of and that are still there."""
    url = url_of(settings)
    if url.get_backend_name() == "sqlite":
        target = Path(str(url.database))
        return sorted(map(str, target.parent.glob(f"{target.name}.voor-*")))
    schemas = text(r"SELECT nspname FROM pg_namespace WHERE nspname LIKE 'izp\_voor\_%' ORDER BY 1")
    with connected(url) as connection:
        return [f"schema {name}" for name in connection.execute(schemas).scalars()]


def _into_sqlite(url: URL, backup: _Backup, *, replace: bool) -> str | None:
    """Fills a file of its own, and puts it in the place of the one that is there."""
    target = Path(str(url.database))
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not replace and _holds_data_at(target):
        raise StoreError(NOT_EMPTY)
    with staging(target.parent) as folder:
        with connected(url.set(database=str(folder / "new"))) as connection:
            _fill(connection, backup)
        aside = None
        if target.exists():
            _close(target)
            if _holds_data_at(target):
                aside = target.with_name(f"{target.name}.{_aside()}")
                os.link(target, aside)
        (folder / "new").replace(target)
    sync(target.parent)
    return str(aside) if aside else None


def _into_postgresql(url: URL, backup: _Backup, *, replace: bool) -> str | None:
    aside = None
    with connected(url) as connection:
        if _holds_data(connection):
            if not replace:
                raise StoreError(NOT_EMPTY)
            aside = _set_aside(connection)
        _fill(connection, backup)
    return aside


def _fill(connection: Connection, backup: _Backup) -> None:
    """Makes the tables as they were, fills them, brings them up to date, and checks the audit trail there."""
    head = backup.contents.head
    migrate(connection, head.revision)
    tables = MetaData()
    tables.reflect(connection)
    done, total = 0, sum(head.rows.values())
    with backup.path.open("rb") as file:
        _, pieces = backup_file.read(file, backup.keys)
        for piece in pieces:
            for name, rows in groupby(piece, itemgetter(0)):
                connection.execute(tables.tables[name].insert(), [row for _, row in rows])
            done += len(piece)
            backup.progress(done, total)
    migrate(connection)
    with Session(connection) as session:
        filled = Work(session, backup.keys, backup.folder)
        if audit.verify(filled) != backup.contents.trail:
            raise StoreError(DAMAGED)
        # A folder of its own: the files of the data that these came from, or took the place of, stay theirs.
        session.execute(delete(KeyRow).where(KeyRow.purpose == "objects"))
        if backup.objects:
            filled.objects = objects_for(filled, backup.objects)
            documents.bring_out(filled)
        audit.record(filled, backup.actor, "restore")


def _holds_data(connection: Connection) -> bool:
    """Whether this is a store that was ever opened."""
    return inspect(connection).has_table("keys") and bool(
        connection.execute(text("SELECT count(*) FROM keys")).scalar_one()
    )


def _holds_data_at(path: Path) -> bool:
    if not path.exists():
        return False
    with connected(make_url("sqlite://").set(database=str(path))) as connection:
        return _holds_data(connection)


def _close(path: Path) -> None:
    """Brings all that a database of SQLite holds into its one file, which needs that no one has it open."""
    with closing(sqlite3.connect(path, timeout=2)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.OperationalError:
            raise StoreError(IN_USE) from None


def _set_aside(connection: Connection) -> str:
    """Moves the tables of PostgreSQL, with what belongs to them, into a schema of their own.

    They may be those of an earlier izp, which had fewer.
    """
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type IS DISTINCT FROM 'autovacuum worker'"
    )
    if connection.execute(others).scalar_one():
        raise StoreError(IN_USE)
    functions = text(
        "SELECT DISTINCT tgfoid::regprocedure::text FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
    )
    moved = [f"FUNCTION {name}" for name in connection.execute(functions).scalars()]
    moved += [f"TABLE IF EXISTS {name}" for name in (*Table.metadata.tables, "alembic_version")]
    schema = f"izp_{_aside().replace('-', '_')}"
    connection.execute(text(f"CREATE SCHEMA {schema}"))
    for each in moved:
        connection.execute(text(f"ALTER {each} SET SCHEMA {schema}"))
    return schema


def _aside() -> str:
    return f"voor-{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}"
