"""Opening the store, and working in it: one transaction at a time, whole or not at all."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, make_url, select, text, update
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from pipeline.settings import Settings
from pipeline.store.engines import engine_for
from pipeline.store.errors import StoreError
from pipeline.store.keys import OTHER_KEY, KeysError, MainKeys, Wrapped, load_keys, new_key
from pipeline.store.objects import Objects, ObjectsError, open_objects
from pipeline.store.tables import AuditHeadRow, ChildRow, DraftRow, KeyRow, Table, TemplateRow
from pipeline.template import TEMPLATE, Template, load_template
from pipeline.template_files import id_of, pack, read

Row = TypeVar("Row", bound=Table)

NO_STORE = (
    "Hier zijn geen gegevens van izp. Kijk na waar IZP_DATA_DIR of IZP_DATABASE naar wijst; izp serve maakt "
    "nieuwe."
)
NEWER = "Deze gegevens zijn van een nieuwere versie van izp. Werk izp bij; de gegevens zijn niet aangeraakt."
_OPENING = 0x697A70  # the number of PostgreSQL's lock for who opens the store: "izp"


class Store(NamedTuple):
    """An open store: the database, and the main keys and the data folder of the installation.

    `objects` holds documents outside of the database, where that is set.
    """

    engine: Engine
    keys: MainKeys
    folder: Path
    objects: Objects | None = None


class Work:
    """One transaction: its session, the data folder, when it began, and the keys that it unwrapped so far.

    `unnamed` are the files in `objects` that no row names any more when it is done.
    """

    def __init__(
        self, session: Session, keys: MainKeys, folder: Path, objects: Objects | None = None
    ) -> None:
        self.session = session
        self.folder = folder
        self.objects = objects
        self.unnamed: list[str] = []
        self.at = dt.datetime.now(dt.UTC)
        self._main = keys
        self._unwrapped: dict[str, bytes] = {}
        self._rows: list[Table] = []

    def hold(self, row: Row) -> Row:
        """Gives a row back and keeps it at hand: one that nobody holds is read again when asked for."""
        self._rows.append(row)
        return row

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
            self.hold(row)
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
        ObjectsError: The setting for documents outside of the database makes no sense.
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
        store = Store(engine, load_keys(settings.key, key_file_of(settings), make=is_new), settings.data_dir)
        with work(store) as opened:
            one_at_a_time(opened.session.connection())
            for purpose in ("audit", "accounts"):
                opened.key_for(purpose)
            if opened.session.get(AuditHeadRow, 1) is None:
                opened.session.add(AuditHeadRow(id=1, number=0, mac=""))
            if opened.session.scalar(select(TemplateRow.id).limit(1)) is None:
                _install_first(opened)
            if settings.objects:
                store = store._replace(objects=objects_for(opened, settings.objects))
    except BaseException:
        engine.dispose()
        raise
    return store


def objects_for(w: Work, url: str) -> Objects:
    """Where the documents of a store are, outside of its database.

    Raises:
        ObjectsError: The URL makes no sense.
    """
    return open_objects(url, w.key_for("objects"))


@contextmanager
def work(store: Store) -> Iterator[Work]:
    """A transaction that changes the store: at its end all of it is there, or after an error nothing."""
    with Session(store.engine, expire_on_commit=False) as session, session.begin():
        opened = Work(session, store.keys, store.folder, store.objects)
        yield opened
    if store.objects and opened.unnamed:
        with contextlib.suppress(ObjectsError):  # what stays is found by a sweep
            store.objects.remove(opened.unnamed)


@contextmanager
def look(store: Store) -> Iterator[Work]:
    """A transaction that only reads, holds no one up, and sees the store as it was at its first look."""
    engine = store.engine.execution_options(izp_reads=True)
    with Session(engine, expire_on_commit=False) as session:
        yield Work(session, store.keys, store.folder, store.objects)
        session.rollback()


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
    one_at_a_time(connection)
    at = MigrationContext.configure(connection).get_current_revision()
    newest, known = _revisions()
    if not {at, revision} <= known | {None, "head"}:
        raise StoreError(NEWER)
    if at != (newest if revision == "head" else revision):
        config = _alembic()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    return not connection.execute(text("SELECT count(*) FROM keys")).scalar_one()


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


@cache
def _revisions() -> tuple[str | None, frozenset[str]]:
    """The newest version of the tables, and all that this izp knows."""
    scripts = ScriptDirectory.from_config(_alembic())
    return scripts.get_current_head(), frozenset(script.revision for script in scripts.walk_revisions())


def one_at_a_time(connection: Connection) -> None:
    """Makes who opens the store, installs a template or begins a run wait for the end of this transaction.

    On SQLite all who write do.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _OPENING})


def _install_first(opened: Work) -> None:
    """Installs the template that comes along; plans from before there were versions are shown in it."""
    template, template_id, archive = _along()
    row = TemplateRow(
        id=template_id,
        name=template.name,
        version=template.version,
        archive=archive,
        installed_at=opened.at,
        chosen_at=opened.at,
    )
    opened.session.add(row)
    opened.session.execute(update(DraftRow).values(template_id=template_id))


@cache
def _along() -> tuple[Template, str, bytes]:
    """The template that comes along, its id and its archive."""
    files = read(TEMPLATE)
    return load_template(TEMPLATE), id_of(files), pack(files)
