import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, make_url, text

from pipeline.store.database import NEWER, migrate
from pipeline.store.engines import engine_for
from pipeline.store.errors import StoreError
from pipeline.store.tables import Table

TRIGGERS = {"sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'"}
TRIGGERS["postgresql"] = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with nothing in it."""
    if request.param == "postgresql":
        url = request.getfixturevalue("empty_postgres_url")
    else:
        url = f"sqlite:///{tmp_path / 'izp.sqlite'}"
    engine = engine_for(make_url(url))
    yield engine
    engine.dispose()


def bring_up_to_date(engine: Engine) -> bool:
    with engine.begin() as connection:
        return migrate(connection)


def test_the_migrations_make_the_tables_that_the_code_knows(empty: Engine):
    assert bring_up_to_date(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_the_names_of_constraints_are_those_that_the_code_knows(empty: Engine):
    bring_up_to_date(empty)
    inspector = inspect(empty)
    for table in Table.metadata.sorted_tables:
        known = {constraint.name for constraint in table.foreign_key_constraints}
        assert {found["name"] for found in inspector.get_foreign_keys(table.name)} == known
        assert inspector.get_pk_constraint(table.name)["name"] == table.primary_key.name


def test_the_triggers_are_there(empty: Engine):
    bring_up_to_date(empty)
    with empty.connect() as connection:
        triggers = set(connection.execute(text(TRIGGERS[empty.dialect.name])).scalars())
    append_only = {
        f"{table}_no_{what}"
        for table in ("corrections", "approvals", "audit")
        for what in ("update", "delete")
    }
    assert append_only <= triggers


def test_a_second_time_changes_nothing(empty: Engine):
    bring_up_to_date(empty)
    with empty.begin() as connection:
        connection.execute(text("INSERT INTO audit_head (id, number, mac) VALUES (1, 7, '')"))
    bring_up_to_date(empty)
    with empty.connect() as connection:
        assert connection.execute(text("SELECT number FROM audit_head")).scalar_one() == 7


def test_two_at_once_make_the_tables_once(empty: Engine):
    went_well: list[bool] = []
    threads = [threading.Thread(target=lambda: went_well.append(bring_up_to_date(empty))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert went_well == [True] * 4


def test_a_migration_that_fails_leaves_nothing(empty: Engine):
    with pytest.raises(ZeroDivisionError), empty.begin() as connection:  # noqa: PT012
        migrate(connection)
        raise ZeroDivisionError
    assert inspect(empty).get_table_names() == []


def test_a_revision_that_is_not_known_is_of_a_newer_version(empty: Engine):
    with pytest.raises(StoreError) as raised, empty.begin() as connection:
        migrate(connection, "9999")
    assert str(raised.value) == NEWER
