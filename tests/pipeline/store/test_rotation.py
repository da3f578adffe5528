from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from pipeline.settings import Settings
from pipeline.store import audit, rotation
from pipeline.store.audit import Actor
from pipeline.store.database import NO_STORE, Store, look, open_store, work
from pipeline.store.errors import StoreError
from pipeline.store.keys import KeysError, MainKeys, read_keys, write_keys
from pipeline.store.rotation import rotate
from pipeline.store.tables import AuditRow, ChildRow, KeyRow

ADMIN = Actor(origin="opdracht")

Fill = Callable[[Store, bytes], str]


@pytest.fixture
def children(store: Store, fill: Fill) -> list[str]:
    """Two children in the store, which is closed."""
    made = [fill(store, b"words"), fill(store, b"words")]
    store.engine.dispose()
    return made


def keys_in(settings: Settings) -> MainKeys:
    return read_keys((settings.data_dir / "sleutel").read_text())


def can_be_read(settings: Settings, children: list[str]) -> set[str]:
    """Checks that every key unwraps, and gives the names of the main keys that they are wrapped with."""
    store = open_store(settings, make=False)
    with look(store) as opened:
        assert [len(opened.child_key(child_id)) for child_id in children] == [32, 32]
        assert audit.verify(opened).broken_at is None
        names = {
            *opened.session.scalars(select(KeyRow.wrapped_by)),
            *opened.session.scalars(select(ChildRow.wrapped_by)),
        }
    store.engine.dispose()
    return names


def test_everything_is_wrapped_with_a_new_key(settings: Settings, store: Store, children: list[str]):
    rotated = rotate(settings, ADMIN)
    assert rotated.wrapped == 4
    assert keys_in(settings).names != store.keys.names
    assert can_be_read(settings, children) == {*keys_in(settings).names}
    assert (settings.data_dir / "sleutel").stat().st_mode & 0o777 == 0o600


def test_the_old_key_opens_nothing_any_more_and_is_kept_for_backups(
    settings: Settings, store: Store, children: list[str]
):
    kept = rotate(settings, ADMIN).kept
    assert kept is not None
    assert read_keys(kept.read_text()) == store.keys
    assert kept.stat().st_mode & 0o777 == 0o600
    with look(store) as opened, pytest.raises(KeysError):
        opened.child_key(children[0])
    store.engine.dispose()


def test_no_text_is_sealed_again(settings: Settings, store: Store, children: list[str]):
    def texts() -> list[bytes]:
        with look(store) as opened:
            return list(opened.session.scalars(select(ChildRow.about_sealed).order_by(ChildRow.id)))

    before = texts()
    rotate(settings, ADMIN)
    assert texts() == before
    store.engine.dispose()


@pytest.mark.parametrize("broken_off", ["_wrap_anew", "publish"])
def test_a_rotation_that_was_broken_off_leaves_all_readable_and_goes_on(
    settings: Settings, store: Store, children: list[str], monkeypatch: pytest.MonkeyPatch, broken_off: str
):
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(rotation, broken_off, killed)
        with pytest.raises(KeyboardInterrupt):
            rotate(settings, ADMIN)
    both = keys_in(settings).names
    assert both[1:] == store.keys.names
    can_be_read(settings, children)
    rotate(settings, ADMIN)
    assert can_be_read(settings, children) == {*keys_in(settings).names}
    assert store.keys.names[0] not in keys_in(settings).names


def test_a_key_below_the_one_in_use_is_no_rotation_that_was_broken_off(
    settings: Settings, store: Store, children: list[str]
):
    file = settings.data_dir / "sleutel"
    older = MainKeys((b"o" * 32,))
    file.write_text(write_keys(MainKeys((*store.keys.keys, *older.keys))))
    kept = rotate(settings, ADMIN).kept
    assert kept is not None
    assert read_keys(kept.read_text()).names == (*store.keys.names, *older.names)
    assert len(can_be_read(settings, children)) == 1


def test_a_key_file_that_cannot_be_written_changes_nothing(
    settings: Settings, store: Store, children: list[str], monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rotation, "replace", full)
    with pytest.raises(OSError, match="space"):
        rotate(settings, ADMIN)
    assert can_be_read(settings, children) == {*store.keys.names}


def test_with_the_key_in_the_setting_it_takes_two_steps(
    settings: Settings, store: Store, children: list[str]
):
    (settings.data_dir / "sleutel").unlink()
    first = settings.model_copy(update={"key": write_keys(store.keys).strip()})
    asked = rotate(first, ADMIN)
    assert asked.wrapped is None
    assert can_be_read(first, children) == {*store.keys.names}

    second = settings.model_copy(update={"key": asked.setting})
    done = rotate(second, ADMIN)
    assert done.wrapped == 4
    assert done.setting is not None
    third = settings.model_copy(update={"key": done.setting})
    assert can_be_read(third, children) == {*read_keys(done.setting).names}
    assert len(read_keys(done.setting).keys) == 1
    assert not (settings.data_dir / "sleutel").exists()


def test_a_rotation_is_in_the_audit_trail(settings: Settings, children: list[str]):
    rotate(settings, ADMIN)
    store = open_store(settings)
    with look(store) as opened:
        last = opened.session.scalars(select(AuditRow).order_by(AuditRow.number.desc())).first()
        assert last is not None
        assert (last.action, last.origin) == ("rotate_key", "opdracht")
    store.engine.dispose()


def test_who_works_on_with_the_old_key_can_wrap_nothing_with_it(
    settings: Settings, store: Store, children: list[str]
):
    rotate(settings, ADMIN)
    with work(store) as opened, pytest.raises(KeysError):
        opened.new_child_key("c1")
    store.engine.dispose()


def test_without_a_store_there_is_nothing_to_rotate(tmp_path: Path):
    with pytest.raises(StoreError, match="geen gegevens") as raised:
        rotate(Settings(data_dir=tmp_path / "izp"), ADMIN)
    assert str(raised.value) == NO_STORE
