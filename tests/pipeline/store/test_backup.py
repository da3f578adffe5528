import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, table, text

from pipeline.settings import Settings
from pipeline.store import audit, backup, database
from pipeline.store.audit import Actor, Seal
from pipeline.store.backup import TAKEN, UNLIKE, back_up, check
from pipeline.store.backup_file import CUT_OFF, DAMAGED, NO_BACKUP, OTHER_KEY
from pipeline.store.database import NEWER, NO_STORE, Store, look, open_store, work
from pipeline.store.errors import StoreError
from pipeline.store.keys import NO_KEY, KeysError, MainKeys, new_key, write_keys
from pipeline.store.restore import IN_USE, NOT_EMPTY, kept_aside, restore
from pipeline.store.tables import ChildRow, Table
from pipeline.template import installed_template

ADMIN = Actor(origin="opdracht")
WORDS = b"Ik wil graag naar huis"

Fill = Callable[[Store, bytes], str]


@pytest.fixture(autouse=True)
def _small_template(monkeypatch: pytest.MonkeyPatch) -> None:
    """A template of a few bytes, for a backup whose every byte is looked at."""
    monkeypatch.setattr(database, "_along", lambda: (installed_template(), "0" * 64, b"archive"))


@pytest.fixture
def filled(store: Store, fill: Fill) -> Store:
    """A store with two children and a row in every table."""
    fill(store, WORDS)
    fill(store, b"Mama mag mee")
    return store


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "copies" / "izp.backup"


@pytest.fixture
def emptied(settings: Settings, filled: Store, file: Path) -> Settings:
    """The settings of an installation that lost its data after the backup, and kept its key."""
    back_up(filled, ADMIN, file)
    filled.engine.dispose()
    if settings.database is None:
        for path in settings.data_dir.glob("izp.sqlite*"):
            path.unlink()
    else:
        with filled.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        filled.engine.dispose()
    return settings


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    with look(store) as opened:
        return {
            table.name: [
                tuple(row) for row in opened.session.execute(select(table).order_by(*table.primary_key))
            ]
            for table in Table.metadata.sorted_tables
        }


def restored(settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
    store = open_store(settings, make=False)
    rows = everything(store)
    store.engine.dispose()
    return rows


def refusal(settings: Settings, file: Path) -> str:
    with pytest.raises(StoreError) as raised:
        restore(settings, ADMIN, file)
    return str(raised.value)


def test_a_backup_that_is_restored_gives_every_row_back(filled: Store, file: Path, emptied: Settings):
    restore(emptied, ADMIN, file)
    store = open_store(emptied, make=False)
    rows = everything(store)
    assert all(rows.values())
    assert rows["children"] != []
    with look(store) as opened:
        assert audit.verify(opened).broken_at is None
        actions = [event[2] for event in rows["audit"]]
        assert actions == ["add_child", "add_child", "restore"]
        for child_id in opened.session.scalars(select(ChildRow.id)):
            assert opened.child_key(child_id)
    store.engine.dispose()


def test_what_is_restored_is_what_was_backed_up(
    filled: Store, file: Path, settings: Settings, tmp_path: Path
):
    before = everything(filled)
    back_up(filled, ADMIN, file)
    filled.engine.dispose()
    restore(settings, ADMIN, file, replace=True)
    after = restored(settings)
    trail = {"audit", "audit_head"}
    assert {name: rows for name, rows in after.items() if name not in trail} == {
        name: rows for name, rows in before.items() if name not in trail
    }
    assert after["audit"][: len(before["audit"])] == before["audit"]


def test_a_backup_of_one_database_can_be_restored_in_the_other(
    filled: Store, file: Path, settings: Settings, tmp_path: Path, request: pytest.FixtureRequest
):
    before = everything(filled)
    back_up(filled, ADMIN, file)
    other = tmp_path / "other"
    is_sqlite = settings.database is None
    url = request.getfixturevalue("empty_postgres_url") if is_sqlite else None
    moved = Settings(data_dir=other, database=url, key_file=settings.data_dir / "sleutel")
    restore(moved, ADMIN, file)
    after = restored(moved)
    assert after["statements"] == before["statements"]
    assert after["users"] == before["users"]


def test_nothing_can_be_read_from_a_backup(filled: Store, file: Path):
    login = everything(filled)["users"][0][1]
    back_up(filled, ADMIN, file)
    assert file.stat().st_mode & 0o777 == 0o600
    content = file.read_bytes()
    assert WORDS not in content
    assert login.encode() not in content
    assert all(key not in content for key in filled.keys.keys)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_backup_says_what_it_holds(filled: Store, file: Path):
    contents = back_up(filled, ADMIN, file)
    assert contents.head.rows["children"] == 2
    assert (contents.trail.events, contents.trail.broken_at) == (2, None)
    assert check(file, filled.keys) == contents
    assert everything(filled)["audit"][-1][2] == "backup"


def test_a_backup_holds_one_moment_while_others_work(
    filled: Store, file: Path, fill: Fill, monkeypatch: pytest.MonkeyPatch
):
    rows = backup._rows

    def while_others_work(*given: Any) -> Iterator[Any]:
        for number, row in enumerate(rows(*given)):
            if number == 1:
                fill(filled, b"more")
            yield row

    monkeypatch.setattr(backup, "_rows", while_others_work)
    contents = back_up(filled, ADMIN, file)
    assert contents.trail.broken_at is None
    assert [contents.head.rows[table] for table in ("children", "approvals", "documents")] == [2, 2, 2]
    assert len(everything(filled)["documents"]) == 3


def test_no_file_is_replaced(filled: Store, file: Path):
    file.parent.mkdir()
    file.write_text("older")
    with pytest.raises(StoreError, match=TAKEN):
        back_up(filled, ADMIN, file)
    assert file.read_text() == "older"


def test_a_backup_that_cannot_be_written_leaves_nothing(
    filled: Store, file: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.store.backup_file._put", full)
    with pytest.raises(OSError, match="space"):
        back_up(filled, ADMIN, file)
    assert list(file.parent.iterdir()) == []


@pytest.mark.parametrize("left_out", ["documents", "audit"])
def test_a_backup_that_is_not_what_the_store_holds_is_thrown_away(
    filled: Store, file: Path, monkeypatch: pytest.MonkeyPatch, left_out: str
):
    rows = backup._rows

    def one_less(*args: Any) -> Iterator[Any]:
        found = list(rows(*args))
        position = [name for name, _ in found].index(left_out)
        yield from found[:position] + found[position + 1 :]

    monkeypatch.setattr(backup, "_rows", one_less)
    with pytest.raises(StoreError, match=UNLIKE):
        back_up(filled, ADMIN, file)
    assert list(file.parent.iterdir()) == []


def test_a_trail_that_was_tampered_with_is_backed_up_and_told(filled: Store, file: Path):
    with filled.engine.begin() as connection:
        connection.execute(text("UPDATE audit_head SET number = 9"))
    assert back_up(filled, ADMIN, file).trail.broken_at == 3


@pytest.mark.parametrize("where", [0.02, 0.3, 0.6, 0.95])
def test_a_damaged_backup_is_refused(filled: Store, file: Path, where: float):
    back_up(filled, ADMIN, file)
    content = bytearray(file.read_bytes())
    content[int(len(content) * where)] ^= 1
    file.write_bytes(content)
    with pytest.raises(StoreError) as raised:
        check(file, filled.keys)
    assert str(raised.value) in {DAMAGED, CUT_OFF, OTHER_KEY}


def test_no_byte_of_a_backup_can_be_changed(store: Store, file: Path):
    back_up(store, ADMIN, file)
    content = file.read_bytes()
    for position in range(0, len(content), 7):
        changed = bytearray(content)
        changed[position] ^= 0x10
        file.write_bytes(changed)
        with pytest.raises(StoreError):
            check(file, store.keys)


def test_a_backup_can_be_cut_off_nowhere(filled: Store, file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pipeline.store.backup_file._PIECE", 2000)
    back_up(filled, ADMIN, file)
    content = file.read_bytes()
    begin = content.index(b"\n", content.index(b"\n") + 1) + 1
    for end in range(begin, len(content), max(1, (len(content) - begin) // 150)):
        file.write_bytes(content[:end])
        with pytest.raises(StoreError) as raised:
            check(file, filled.keys)
        assert str(raised.value) == CUT_OFF
    for piece_end in ends_of_pieces(content, begin):
        file.write_bytes(content[:piece_end])
        with pytest.raises(StoreError) as raised:
            check(file, filled.keys)
        assert str(raised.value) == CUT_OFF


def ends_of_pieces(content: bytes, begin: int) -> list[int]:
    """Where each piece but the last ends."""
    ends, position = [begin], begin
    while position < len(content):
        position += 4 + int.from_bytes(content[position : position + 4], "big")
        ends.append(position)
    assert len(ends) > 5
    return ends[:-1]


def test_pieces_of_a_backup_cannot_change_places(filled: Store, file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pipeline.store.backup_file._PIECE", 2000)
    back_up(filled, ADMIN, file)
    content = file.read_bytes()
    begin = content.index(b"\n", content.index(b"\n") + 1) + 1
    first, second, third = ends_of_pieces(content, begin)[1:4]
    file.write_bytes(content[:first] + content[second:third] + content[first:second] + content[third:])
    with pytest.raises(StoreError) as raised:
        check(file, filled.keys)
    assert str(raised.value) == DAMAGED


def test_what_is_no_backup_is_told(settings: Settings, filled: Store, file: Path):
    file.parent.mkdir()
    file.write_text("Notities van een gesprek")
    assert refusal(settings, file) == NO_BACKUP


def test_a_backup_of_a_newer_version_is_told(settings: Settings, filled: Store, file: Path):
    back_up(filled, ADMIN, file)
    file.write_bytes(file.read_bytes().replace(b'"format":1', b'"format":2', 1))
    assert refusal(settings, file) == NEWER


def test_a_backup_with_tables_of_a_newer_version_is_told(
    emptied: Settings, file: Path, monkeypatch: pytest.MonkeyPatch
):
    contents = check(file, read_main_keys(emptied))
    newer = contents._replace(head=contents.head._replace(revision="9999"))
    monkeypatch.setattr("pipeline.store.restore.check", lambda *_: newer)
    assert refusal(emptied, file) == NEWER
    nothing_is_there(emptied)


def read_main_keys(settings: Settings) -> MainKeys:
    from pipeline.store.keys import read_keys

    return read_keys((settings.data_dir / "sleutel").read_text())


def nothing_is_there(settings: Settings) -> None:
    with pytest.raises(StoreError) as raised:
        open_store(settings, make=False)
    assert str(raised.value) == NO_STORE


def test_a_backup_made_with_another_key_is_told(emptied: Settings, file: Path):
    (emptied.data_dir / "sleutel").write_text(write_keys(MainKeys((new_key(),))))
    assert refusal(emptied, file) == OTHER_KEY
    nothing_is_there(emptied)


def test_a_backup_opens_with_an_older_key_below_the_new_one(emptied: Settings, file: Path):
    keys = read_main_keys(emptied)
    (emptied.data_dir / "sleutel").write_text(write_keys(MainKeys((new_key(), *keys.keys))))
    restore(emptied, ADMIN, file)
    assert len(restored(emptied)["children"]) == 2


def test_without_a_key_nothing_is_restored(emptied: Settings, file: Path):
    (emptied.data_dir / "sleutel").unlink()
    with pytest.raises(KeysError) as raised:
        restore(emptied, ADMIN, file)
    assert str(raised.value) == NO_KEY


def test_a_restore_that_fails_halfway_leaves_nothing(
    emptied: Settings, file: Path, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("pipeline.store.restore.audit.record", fail)
        with pytest.raises(OSError, match="space"):
            restore(emptied, ADMIN, file)
    nothing_is_there(emptied)
    restore(emptied, ADMIN, file)
    assert len(restored(emptied)["children"]) == 2


def test_data_are_not_replaced_unasked(filled: Store, settings: Settings, file: Path, fill: Fill):
    back_up(filled, ADMIN, file)
    fill(filled, b"later")
    filled.engine.dispose()
    assert refusal(settings, file) == NOT_EMPTY
    assert len(restored(settings)["children"]) == 3


def test_data_that_are_replaced_are_kept_aside(filled: Store, settings: Settings, file: Path, fill: Fill):
    back_up(filled, ADMIN, file)
    fill(filled, b"later")
    filled.engine.dispose()
    done = restore(settings, ADMIN, file, replace=True)
    assert len(restored(settings)["children"]) == 2
    [aside] = kept_aside(settings)
    if settings.database is None:
        assert done.aside == aside
        (settings.data_dir / "izp.sqlite").unlink()
        Path(aside).rename(settings.data_dir / "izp.sqlite")
        assert len(restored(settings)["children"]) == 3
    else:
        assert aside == f"schema {done.aside}"
        with filled.engine.begin() as connection:
            count = select(func.count()).select_from(table("children", schema=done.aside))
            assert connection.execute(count).scalar_one() == 3


def test_data_in_use_are_not_replaced(filled: Store, settings: Settings, file: Path, fill: Fill):
    back_up(filled, ADMIN, file)
    with look(filled) as reader:
        reader.session.scalars(select(ChildRow.id)).all()
        with pytest.raises(StoreError) as raised:
            restore(settings, ADMIN, file, replace=True)
    assert str(raised.value) == IN_USE
    assert len(everything(filled)["children"]) == 2


def test_how_far_it_is_is_told(filled: Store, file: Path, settings: Settings):
    told: list[tuple[int, int]] = []
    back_up(filled, ADMIN, file, lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1] > 0
    told.clear()
    filled.engine.dispose()
    restore(settings, ADMIN, file, replace=True, progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] > 0


def test_the_head_of_a_backup_is_readable_without_reading_all(filled: Store, file: Path):
    back_up(filled, ADMIN, file)
    name, opening, _ = file.read_bytes().split(b"\n", 2)
    assert name == b"izp-backup"
    assert json.loads(opening)["by"] == filled.keys.names[0]


def test_a_seal_of_before_holds_after_a_restore(emptied: Settings, file: Path):
    seal = check(file, read_main_keys(emptied)).trail.seal
    restore(emptied, ADMIN, file)
    store = open_store(emptied)
    with look(store) as opened:
        assert audit.verify(opened, seal).broken_at is None
        assert audit.verify(opened, Seal(2, "0" * 64)).broken_at == 2
    with work(store) as opened:
        audit.record(opened, ADMIN, "see_audit")
    store.engine.dispose()
