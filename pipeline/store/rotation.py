"""A new main key: every key in the store is wrapped anew, and no text is sealed again.

Until that is done, and whenever it was broken off, the key file holds the new key and the old one, so that
what either of them wrapped can be read. Asked for again, it goes on where it stopped.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select, update

from pipeline.publish import publish, replace
from pipeline.settings import Settings
from pipeline.store import audit
from pipeline.store.audit import Actor
from pipeline.store.database import Store, Work, key_file_of, open_store, work
from pipeline.store.keys import MainKeys, Wrapped, load_keys, name_of, new_key, write_keys
from pipeline.store.tables import ChildRow, KeyRow


class Rotated(NamedTuple):
    """How many keys were wrapped anew (None: nothing is done yet), and what is to be done about main keys.

    Where `IZP_KEY` holds the main key, `setting` is what it must be from now on. Else the key file is new,
    and `kept` is the file with the old keys, which open older backups.
    """

    wrapped: int | None
    setting: str | None = None
    kept: Path | None = None


def rotate(settings: Settings, actor: Actor) -> Rotated:
    """Gives the store a new main key; goes on with that where it was broken off.

    Where the key is in `IZP_KEY` this takes two calls: the first gives a new key to set before the old one,
    the second, with both set, wraps all anew.

    Raises:
        StoreError: There is no store.
        KeysError: The main key is missing or is not that of the store.
        OSError: The key file cannot be written; nothing was changed.
    """
    store = open_store(settings, make=False)
    try:
        return _by_setting(store, actor) if settings.key else _by_file(store, actor, key_file_of(settings))
    finally:
        store.engine.dispose()


def _by_setting(store: Store, actor: Actor) -> Rotated:
    with work(store) as opened:
        if store.keys.names[0] in _in_use(opened):
            keys = MainKeys((new_key(), *store.keys.keys))
            return Rotated(None, setting=_setting(keys))
        count = _wrap_anew(opened, store.keys, actor)
    return Rotated(count, setting=_setting(MainKeys(store.keys.keys[:1])))


def _by_file(store: Store, actor: Actor, file: Path) -> Rotated:
    # The file changes while the rows are locked, so that of two rotations one waits for the other.
    with work(store) as opened:
        in_use = _in_use(opened)
        keys = load_keys(None, file, make=False)
        if keys.names[0] in in_use:
            keys = MainKeys((new_key(), *keys.keys))
            replace(file, write_keys(keys).encode())
        count = _wrap_anew(opened, keys, actor)
    with work(store) as opened:
        in_use = _in_use(opened)
        keys = load_keys(None, file, make=False)
        old = MainKeys(tuple(key for key in keys.keys[1:] if name_of(key) not in in_use))
        name = f"{file.name}.oud-{opened.at:%Y%m%d-%H%M%S}"
        kept = publish(file.parent, name, {"": write_keys(old).encode()})[""]
        rest = MainKeys(tuple(key for key in keys.keys if key not in old.keys))
        replace(file, write_keys(rest).encode())
    return Rotated(count, kept=kept)


def _in_use(opened: Work) -> set[str]:
    """The names of the main keys that something is wrapped with; no one can wrap anything until the end."""
    locked = select(KeyRow.wrapped_by).with_for_update()
    return {*opened.session.scalars(locked), *opened.session.scalars(select(ChildRow.wrapped_by).distinct())}


def _wrap_anew(opened: Work, keys: MainKeys, actor: Actor) -> int:
    audit.record(opened, actor, "rotate_key")
    count = 0
    for table, own in (KeyRow, KeyRow.purpose), (ChildRow, ChildRow.id):
        rows = select(own, table.wrapped_by, table.wrapped).where(table.wrapped_by != keys.names[0])
        for row_id, by, wrapped in opened.session.execute(rows).all():
            anew = keys.wrap(keys.unwrap(Wrapped(by, wrapped)))
            values = {"wrapped_by": anew.by, "wrapped": anew.wrapped}
            opened.session.execute(update(table).where(own == row_id).values(values))
            count += 1
    return count


def _setting(keys: MainKeys) -> str:
    return ",".join(write_keys(keys).split())
