"""Connections to the database of a store: on SQLite and PostgreSQL, with transactions that mean the same."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, Dialect, ExceptionContext
from sqlalchemy.engine.interfaces import DBAPIConnection

from pipeline.store.errors import StoreError

NOT_KEPT: Final = (
    "Hier staat iets in wat izp niet kan bewaren: een teken dat er niet hoort, of te veel tekens."
)
_NOT_KEPT: Final = ("22001", "22021")  # SQLSTATE: too long for its column; no text (a NUL)


def engine_for(url: URL) -> Engine:
    """An engine whose transactions are as `work` and `look` promise; makes SQLite's file where there is none.

    What somebody typed and PostgreSQL cannot hold, as SQLite does, is a `StoreError`.

    Raises:
        OSError: The folder or the file cannot be made.
    """
    engine = create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20, hide_parameters=True)
    if url.get_backend_name() == "sqlite":
        file = Path(url.database or "")
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
        _of_sqlite(engine)
    else:
        _of_postgresql(engine)
    return engine


def _of_sqlite(engine: Engine) -> None:
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


def _of_postgresql(engine: Engine) -> None:
    event.listen(engine, "do_connect", _connect)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("izp_reads"):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    @event.listens_for(engine, "handle_error")
    def _tell(failed: ExceptionContext) -> StoreError | None:
        told = next(iter(getattr(failed.original_exception, "args", ())), None)
        return StoreError(NOT_KEPT) if isinstance(told, dict) and told.get("C") in _NOT_KEPT else None


def _connect(
    dialect: Dialect, _record: Any, arguments: tuple[Any, ...], parameters: dict[str, Any]
) -> DBAPIConnection | None:
    """A connection as pg8000 makes it, whose small packets do not wait for the answer to those before them.

    They would, for 40 ms, where what is written takes a few packets: a document, while others wait for the
    transaction that it is in.
    """
    if "unix_sock" in parameters:
        return None
    driver = dialect.loaded_dbapi
    address = (parameters.get("host", "localhost"), parameters.get("port", 5432))
    try:
        sock = socket.create_connection(address, parameters.get("timeout"))
    except OSError as error:
        raise driver.InterfaceError(f"no connection to {address}") from error
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, True)
    connection: DBAPIConnection = driver.Connection(*arguments, **parameters, sock=sock)
    return connection


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
