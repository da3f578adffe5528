"""A backup that was made before the tables were as they are now."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import MetaData, literal, make_url, select

from pipeline.dossier import Dossier
from pipeline.settings import Settings
from pipeline.store import audit, backup_file, documents, drafts, reviews
from pipeline.store.audit import Actor
from pipeline.store.backup import back_up
from pipeline.store.backup_file import Head
from pipeline.store.database import Store, look, migrate, open_store
from pipeline.store.documents import KINDS
from pipeline.store.drafts import Version
from pipeline.store.engines import connected
from pipeline.store.restore import restore
from pipeline.store.reviews import Appended
from pipeline.store.tables import Table


class Seen(NamedTuple):
    """What is to be seen of a conversation with an approved plan that was changed since."""

    dossier: Dossier
    versions: tuple[Version, ...]
    fingerprint: str
    files: tuple[bytes | None, ...]


def seen(store: Store, talk: str) -> Seen:
    with look(store) as w:
        assert audit.verify(w).broken_at is None
        return Seen(
            reviews.dossier(w, talk),
            drafts.versions(w, talk),
            reviews.plan_of(w, talk).fingerprint,
            tuple(documents.stored(w, talk, 1, kind, None) for kind in KINDS),
        )


def back_up_as_at(revision: str, store: Store, folder: Path) -> Path:
    """Backs a store up as the program did whose tables were of that revision."""
    older, now = MetaData(), Table.metadata.tables
    with connected(make_url(f"sqlite:///{folder / 'older'}")) as connection:
        migrate(connection, revision)
        older.reflect(connection)
    first = ("keys", "audit_head")
    names = sorted(
        (each.name for each in older.sorted_tables if each.name in now), key=lambda name: name not in first
    )
    columns = {name: older.tables[name].columns.keys() for name in names}
    rows = {}
    with look(store) as w:
        for name in names:
            # A column that is no more told of the template in words.
            those = [now[name].columns.get(each, literal("izp 1.0")) for each in columns[name]]
            found = w.session.execute(select(*those).select_from(now[name]).order_by(*now[name].primary_key))
            rows[name] = found.all()
        head = Head(w.at, revision, columns, {name: len(rows[name]) for name in names})
    path = folder / "older.backup"
    with path.open("wb") as file:
        backup_file.write(file, store.keys, head, ((name, row) for name in names for row in rows[name]))
    return path


@pytest.mark.parametrize("revision", ["0001"])
def test_a_backup_of_older_tables_gives_plans_and_documents_back(
    revision: str,
    settings: Settings,
    store: Store,
    talk: str,
    approve: Callable[[], Version],
    correct: Callable[..., Appended],
    nurse: Actor,
    tmp_path: Path,
):
    approve()
    correct(nurse, "fill", "huisarts", "dokter Vos")
    before = seen(store, talk)
    path = back_up_as_at(revision, store, tmp_path)
    store.engine.dispose()

    restore(settings, Actor(), path, replace=True)
    again = open_store(settings, make=False)
    try:
        assert seen(again, talk) == before
    finally:
        again.engine.dispose()


def test_older_tables_of_postgresql_give_way(
    settings: Settings, store: Store, talk: str, empty_postgres_url: str, tmp_path: Path
):
    back_up(store, Actor(), tmp_path / "now.backup")
    with connected(make_url(empty_postgres_url)) as connection:
        migrate(connection, "0001")
        connection.exec_driver_sql("INSERT INTO keys VALUES ('audit', 'another', '')")
    elsewhere = settings.model_copy(update={"database": empty_postgres_url})
    assert restore(elsewhere, Actor(), tmp_path / "now.backup", replace=True).aside
    again = open_store(elsewhere, make=False)
    try:
        with look(again) as w:
            assert drafts.head(w, talk).number == 1
    finally:
        again.engine.dispose()
