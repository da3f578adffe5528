"""Opening the store, and working in it: one transaction at a time, whole or not at all."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url, select, text
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from pipeline.settings import Settings
from pipeline.store.keys import OTHER_KEY, KeysError, MainKeys, Wrapped, load_keys, new_key
from pipeline.store.tables import AuditHeadRow, ChildRow, KeyRow

NO_STORE = (
    "Hier zijn geen gegevens van izp. Kijk na waar IZP_DATA_DIR of IZP_DATABASE naar wijst; izp serve maakt "
    "nieuwe."
)
NEWER = "Deze gegevens zijn van een nieuwere versie van izp. Werk izp bij; de gegevens zijn niet aangeraakt."
_OPENING = 0x697A70  # the number of PostgreSQL's lock for who opens the store: "izp"


class StoreError(Exception):
    """The store cannot be used as asked; says why and what to do, in Dutch, without words of a record."""


class Store(NamedTuple):
    """An open store: the database, and the main keys of the installation."""

    engine: Engine
    keys: MainKeys


class Work:
    """One transaction: its session, the moment it began, and the keys that it unwrapped so far."""

    def __init__(self, session: Session, keys: MainKeys) -> None:
        self.session = session
        self.at = dt.datetime.now(dt.UTC)
        self._main = keys
        self._unwrapped: dict[str, bytes] = {}

    def child_key(self, child_id: str) -> bytes:
        """The key of a child.

        Raises:
            KeyError: There is no such child.
            KeysError: The main key is not the one that it was wrapped with.
        """
        if child_id not in self._unwrapped:
            row = self.session.get(ChildRow, child_id)
            if row is None:
                raise KeyError("child")
            self._unwrapped[child_id] = self._main.unwrap(Wrapped(row.wrapped_by, row.wrapped))
        return self._unwrapped[child_id]

    def new_child_key(self, child_id: str) -> Wrapped:
        """A key for a new child, wrapped to be stored with it."""
        self._unwrapped[child_id] = key = new_key()
        return self._wrap(key)

    def key_for(self, purpose: str) -> bytes:
        """The key for something else than a child; made when it is first asked for."""
        if purpose not in self._unwrapped:
            row = self.session.get(KeyRow, purpose)
            if row is None:
                key = new_key()
                wrapped = self._wrap(key)
                row = KeyRow(purpose=purpose, wrapped_by=wrapped.by, wrapped=wrapped.wrapped)
                self.session.add(row)
                self.session.flush()
            self._unwrapped[purpose] = self._main.unwrap(Wrapped(row.wrapped_by, row.wrapped))
        return self._unwrapped[purpose]

    def _wrap(self, key: bytes) -> Wrapped:
        """Wraps a new key, unless the main key of this process is one that was rotated out.

        The lock makes a rotation wait for this transaction, and this transaction for a rotation.
        """
        kept = select(KeyRow.wrapped_by).where(KeyRow.purpose == "audit").with_for_update(read=True)
        current = self.session.execute(kept).scalar_one_or_none()
        if current is not None and current not in self._main.names:
            raise KeysError(OTHER_KEY)
        return self._main.wrap(key)


def url_of(settings: Settings) -> URL:
    """Where the database of an installation is."""
    return make_url(settings.database or f"sqlite:///{settings.data_dir / 'izp.sqlite'}")


def key_file_of(settings: Settings) -> Path:
    """Where the main key of an installation is, if `IZP_KEY` does not hold it."""
    return settings.key_file or settings.data_dir / "sleutel"


def open_store(settings: Settings, *, make: bool = True) -> Store:
    """Opens the store of an installation, and brings its tables up to date.

    Args:
        settings: Where it is.
        make: Whether it is made where there is none.

    Raises:
        KeysError: The key is missing or is not the one that the store was made with.
        StoreError: The store is from a newer version of izp, or is not there and not to be made.
        sqlalchemy.exc.SQLAlchemyError: The database cannot be reached.
        OSError: The data folder cannot be made.
    """
    url = url_of(settings)
    if not make and url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        raise StoreError(NO_STORE)
    engine = engine_for(url)
    try:
        with engine.begin() as connection:
            is_new = migrate(connection)
            if is_new and not make:
                raise StoreError(NO_STORE)
        store = Store(engine, load_keys(settings.key, key_file_of(settings), make=is_new))
        with work(store) as opened:
            _lock(opened.session.connection())
            for purpose in ("audit", "accounts"):
                opened.key_for(purpose)
            if opened.session.get(AuditHeadRow, 1) is None:
                opened.session.add(AuditHeadRow(id=1, number=0, mac=""))
    except BaseException:
        engine.dispose()
        raise
    return store


@contextmanager
def work(store: Store) -> Iterator[Work]:
    """A transaction that changes the store: at its end all of it is there, or after an error nothing."""
    with Session(store.engine, expire_on_commit=False) as session, session.begin():
        yield Work(session, store.keys)


@contextmanager
def look(store: Store) -> Iterator[Work]:
    """A transaction that only reads, holds no one up, and sees the store as it was at its first look."""
    engine = store.engine.execution_options(izp_reads=True)
    with Session(engine, expire_on_commit=False) as session:
        yield Work(session, store.keys)
        session.rollback()


@contextmanager
def connected(url: URL) -> Iterator[Connection]:
    """A transaction on a database that is opened for it alone.

    Raises:
        OSError: SQLite's file cannot be made.
    """
    engine = engine_for(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def engine_for(url: URL) -> Engine:
    """An engine whose transactions are as `work` and `look` promise; makes SQLite's file where there is none.

    Raises:
        OSError: The folder or the file cannot be made.
    """
    engine = create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20, hide_parameters=True)
    if url.get_backend_name() != "sqlite":

        @event.listens_for(engine, "begin")
        def _begin_on_server(connection: Connection) -> None:
            if connection.get_execution_options().get("izp_reads"):
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

        return engine
    file = Path(url.database or "")
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy says when a transaction begins, not the driver
        for pragma in (
            "busy_timeout=30000",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # One that will write says so at once: two that read first and then both write would have to give up.
        reads = connection.get_execution_options().get("izp_reads")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def migrate(connection: Connection, revision: str = "head") -> bool:
    """Brings the tables up to date in the transaction of a connection, one process at a time.

    Args:
        connection: A connection in a transaction that may change the database.
        revision: How far; to the newest tables if it is not said.

    Returns:
        Whether there were no keys: the store is new, and nothing in it needs the main key.

    Raises:
        StoreError: The tables are from a newer version of izp.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    _lock(connection)
    at = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if not {at, revision} <= known | {None, "head"}:
        raise StoreError(NEWER)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    return not connection.execute(text("SELECT count(*) FROM keys")).scalar_one()


def _lock(connection: Connection) -> None:
    """Makes others who open the store wait for the end of this transaction; on SQLite all who write do."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _OPENING})
