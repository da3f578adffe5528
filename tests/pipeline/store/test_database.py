import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert, make_url, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from pipeline.settings import Settings
from pipeline.store.database import NEWER, NO_STORE, Store, look, open_store, work
from pipeline.store.engines import connected
from pipeline.store.errors import StoreError
from pipeline.store.keys import NO_KEY, OTHER_KEY, KeysError, MainKeys, new_key, write_keys
from pipeline.store.tables import AuditHeadRow, AuditRow, ChildRow, Moment

WHEN = dt.datetime(2026, 3, 12, 14, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
OPEN = """
from pipeline.settings import Settings
from pipeline.store.database import open_store
open_store(Settings())
"""

Fill = Callable[[Store, bytes], str]


def key_file(settings: Settings) -> Path:
    return settings.data_dir / "sleutel"


def reopen(store: Store, settings: Settings) -> Store:
    store.engine.dispose()
    again = open_store(settings)
    again.engine.dispose()
    return again


def test_a_store_that_is_opened_again_has_the_same_key(store: Store, settings: Settings):
    assert reopen(store, settings).keys == store.keys


def test_only_the_owner_can_read_the_files_of_sqlite(tmp_path: Path):
    folder = tmp_path / "open"
    folder.mkdir(mode=0o755)
    store = open_store(Settings(data_dir=folder))
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    store.engine.dispose()


def test_a_lost_key_is_told_and_no_new_one_is_made(store: Store, settings: Settings):
    key_file(settings).unlink()
    with pytest.raises(KeysError) as raised:
        reopen(store, settings)
    assert str(raised.value) == NO_KEY
    assert not key_file(settings).exists()


def test_another_key_is_told(store: Store, settings: Settings):
    key_file(settings).write_text(write_keys(MainKeys((new_key(),))))
    with pytest.raises(KeysError) as raised:
        reopen(store, settings)
    assert str(raised.value) == OTHER_KEY


def test_a_key_of_which_half_was_written_is_told(store: Store, settings: Settings):
    key_file(settings).write_text(key_file(settings).read_text()[:20])
    with pytest.raises(KeysError, match="geen sleutel van izp"):
        reopen(store, settings)


def test_a_store_of_a_newer_version_is_left_alone(store: Store, settings: Settings):
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError) as raised:
        reopen(store, settings)
    assert str(raised.value) == NEWER


def test_a_start_that_was_broken_off_before_the_first_key_goes_on(settings: Settings, store: Store):
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM keys"))
        connection.execute(text("DELETE FROM audit_head"))
    again = open_store(settings)
    with look(again) as opened:
        assert opened.key_for("audit")
    again.engine.dispose()


def test_two_processes_can_open_a_new_store_at_once(settings: Settings):
    environment = {
        **os.environ,
        "IZP_DATA_DIR": str(settings.data_dir),
        "IZP_DATABASE": settings.database or "",
    }
    started = [
        subprocess.Popen([sys.executable, "-c", OPEN], env=environment, stderr=subprocess.PIPE)  # noqa: S603
        for _ in range(2)
    ]
    assert [(process.communicate()[1], process.returncode) for process in started] == [(b"", 0)] * 2
    store = open_store(settings)
    with look(store) as opened:
        assert opened.key_for("audit")
        assert opened.session.scalars(select(AuditHeadRow.number)).all() == [0]
    store.engine.dispose()


def test_a_folder_that_cannot_be_made_is_an_os_error(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        open_store(Settings(data_dir=tmp_path / "file" / "izp"))


def test_no_store_is_made_by_who_wants_one_that_is_there(settings: Settings):
    with pytest.raises(StoreError) as raised:
        open_store(settings, make=False)
    assert str(raised.value) == NO_STORE
    assert not settings.data_dir.exists()


def test_a_full_disk_leaves_everything_as_it_was(tmp_path: Path, fill: Fill):
    store = open_store(Settings(data_dir=tmp_path))
    child_id = fill(store, b"words")
    with store.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(OperationalError, match="full"), work(store) as opened:
        opened.session.get_one(ChildRow, child_id).about_sealed = b"x" * 1_000_000
    with look(store) as opened:
        assert len(opened.session.get_one(ChildRow, child_id).about_sealed) < 1000
    store.engine.dispose()


def test_what_fails_leaves_nothing(store: Store, fill: Fill):
    child_id = fill(store, b"words")

    def change_and_fail() -> None:
        with work(store) as opened:
            opened.session.get_one(ChildRow, child_id).version = 7
            opened.session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    with look(store) as opened:
        assert opened.session.get_one(ChildRow, child_id).version == 1


def test_who_only_looks_sees_the_store_as_it_was_at_first(store: Store, fill: Fill):
    child_id = fill(store, b"words")
    version = select(ChildRow.version).where(ChildRow.id == child_id)
    with look(store) as reader:
        assert reader.session.scalar(version) == 1
        with work(store) as writer:
            writer.session.get_one(ChildRow, child_id).version = 2
        assert reader.session.scalar(version) == 1
    with look(store) as reader:
        assert reader.session.scalar(version) == 2


def test_the_key_of_a_child_is_unwrapped_by_the_main_key_alone(store: Store, fill: Fill):
    child_id = fill(store, b"words")
    with look(store) as opened:
        key = opened.child_key(child_id)
        assert key not in opened.session.get_one(ChildRow, child_id).wrapped
    with look(store._replace(keys=MainKeys((new_key(),)))) as opened, pytest.raises(KeysError):
        opened.child_key(child_id)
    with look(store) as opened, pytest.raises(KeyError):
        opened.child_key("nobody")


def test_a_process_with_a_main_key_that_was_rotated_out_wraps_nothing(store: Store):
    late = store._replace(keys=MainKeys((new_key(),)))
    with work(late) as opened, pytest.raises(KeysError, match="start izp dan opnieuw"):
        opened.new_child_key("c1")


@pytest.mark.parametrize("table", ["corrections", "approvals", "audit"])
@pytest.mark.parametrize("change", ["UPDATE {} SET user_id = user_id", "DELETE FROM {}"])
def test_what_is_append_only_cannot_be_changed_or_deleted(store: Store, fill: Fill, table: str, change: str):
    fill(store, b"words")
    with pytest.raises(DBAPIError, match="append-only"), store.engine.begin() as connection:
        connection.execute(text(change.format(table)))


def test_the_audit_trail_cannot_be_emptied_at_once(postgres_url: str):
    truncate = text("TRUNCATE audit")
    with pytest.raises(DBAPIError, match="append-only"), connected(make_url(postgres_url)) as connection:
        connection.execute(truncate)


def test_a_time_comes_back_with_its_zone(store: Store):
    event = {"number": 1, "at": WHEN, "action": "a", "outcome": "done", "mac": ""}
    with work(store) as opened:
        opened.session.execute(insert(AuditRow).values(event))
    with look(store) as opened:
        back = opened.session.scalars(select(AuditRow.at)).one()
    assert (back, back.utcoffset()) == (WHEN, dt.timedelta(0))


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        Moment().process_bind_param(dt.datetime(2026, 3, 12, 14, 30), create_engine("sqlite://").dialect)
