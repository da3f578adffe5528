"""Erasing a child (GDPR, article 17): every row is gone, its key is gone, and so are their bytes on disk.

What stays is that it was done: the audit trail holds ids, and nothing of the child. Backups made before still
hold the child's rows, sealed, with the key wrapped in them: see `docs/keeping.md`.
"""

from __future__ import annotations

import contextlib
import re
import time
from typing import Any

from pg8000.dbapi import DatabaseError  # type: ignore[import-untyped]  # comes without types
from sqlalchemy import Engine, delete, exists, select
from sqlalchemy.engine.interfaces import DBAPICursor

from pipeline.store import audit, documents
from pipeline.store.audit import Actor
from pipeline.store.database import Store, Work, work
from pipeline.store.errors import NotFound, StoreError
from pipeline.store.objects import ObjectsError
from pipeline.store.tables import AuditRow, ChildRow, ConversationRow, Table

PATIENCE = 10.0
"""So many seconds is waited for others to finish reading."""

_LOCK_NOT_AVAILABLE = "55P03"
_KEPT = re.compile(rb"\d+")
"""What VACUUM tells first, in any language: how many deleted rows it kept for others who may see them."""

NO_CHILD = "Dit kind is er niet, of niet meer."
BUSY = "Van een gesprek van dit kind wordt nu een concept gemaakt. Wacht tot het klaar is en probeer het dan."
STILL_READ = (
    "Het kind is gewist, maar een ander programma leest nog in de gegevens: er staan nog versleutelde resten "
    "op schijf. Stop izp serve en geef deze opdracht nog eens."
)
NOT_ERASED = (
    "De opslag van de documenten is nu niet te gebruiken, of IZP_OBJECTS noemt hem niet. Het kind is nog "
    "niet gewist; een deel van de documenten kan al weg zijn. Geef de opdracht later nog eens."
)


def erase(store: Store, actor: Actor, child_id: str) -> tuple[str, ...]:
    """Erases a child and all that is kept of it; asked for again, only what may be left on disk.

    Returns:
        The names of documents that were to be removed and were not there (`objects`).

    Raises:
        NotFound: There is no such child, and never was one that was erased.
        ObjectsError: The documents cannot all be removed now. The child is still there, and with it what
            tells which these are.
        StoreError: A conversation of the child is being drafted, and nothing was erased; or the rows are
            gone, and others keep their bytes on disk.
    """
    missing: tuple[str, ...] = ()
    with work(store) as opened:
        session = opened.session
        if session.get(ChildRow, child_id, with_for_update=True) is not None:
            conversations = select(ConversationRow.lease_until).where(ConversationRow.child_id == child_id)
            leases = session.scalars(conversations.with_for_update()).all()
            if any(until is not None and until > opened.at for until in leases):
                raise StoreError(BUSY)
            missing = _remove_documents(opened, child_id)
            session.execute(delete(ChildRow).where(ChildRow.id == child_id))
            audit.record(opened, actor, "erase", child_id=child_id)
        elif not session.scalar(
            select(exists().where(AuditRow.child_id == child_id, AuditRow.action == "erase"))
        ):
            raise NotFound(NO_CHILD)
    _wipe(store.engine)
    return missing


def _remove_documents(w: Work, child_id: str) -> tuple[str, ...]:
    # Before the rows: when it breaks off, the rows still tell what there is to remove.
    names = documents.names_of(w, child_id)
    with contextlib.suppress(ObjectsError):
        return documents.remove(w, names)
    raise ObjectsError(NOT_ERASED)


def _wipe(engine: Engine) -> None:
    """Writes the database anew without what was deleted; that has to be outside of a transaction."""
    with contextlib.closing(engine.raw_connection()) as driver, contextlib.closing(driver.cursor()) as cursor:
        driver.detach()  # what is set here is for this connection alone
        driver.rollback()  # the pool may have asked something to see whether the connection still works
        if engine.dialect.name == "sqlite":
            cursor.execute("VACUUM")
            cursor.execute(f"PRAGMA busy_timeout={int(1000 * PATIENCE)}")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            is_left, *_ = cursor.fetchone() or (True,)
        else:
            connection: Any = driver.dbapi_connection
            connection.autocommit = True
            is_left = not _is_written_anew(connection, cursor)
    if is_left:
        raise StoreError(STILL_READ)


def _is_written_anew(connection: Any, cursor: DBAPICursor) -> bool:
    """Writes the tables of PostgreSQL anew, unless others read in them too long."""
    cursor.execute(f"SET lock_timeout = '{PATIENCE}s'")
    deadline = time.monotonic() + PATIENCE
    try:
        for table in Table.metadata.sorted_tables:
            while _rows_kept(connection, cursor, table.name):
                if time.monotonic() > deadline:
                    return False
                time.sleep(0.05)
    except DatabaseError as error:
        if error.args[0]["C"] == _LOCK_NOT_AVAILABLE:
            return False
        raise
    return True


def _rows_kept(connection: Any, cursor: DBAPICursor, table: str) -> int:
    """Writes a table anew without what was deleted; tells how many deleted rows somebody may still see."""
    connection.notices.clear()
    cursor.execute(f"VACUUM (FULL, VERBOSE) {table}")
    told = (_KEPT.search(notice.get(b"D", b"")) for notice in connection.notices)
    return sum(int(number[0]) for number in told if number)
