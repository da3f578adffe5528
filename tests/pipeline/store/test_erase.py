import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import func, select, text, update

from pipeline.settings import Settings
from pipeline.store import audit
from pipeline.store.audit import Actor
from pipeline.store.database import Store, look, work
from pipeline.store.erase import BUSY, STILL_READ, erase
from pipeline.store.errors import NotFound, StoreError
from pipeline.store.tables import AuditRow, ChildRow, ConversationRow, Table

ADMIN = Actor(origin="opdracht")
WORDS = b"Ik wil graag naar huis"
STAYS = {"users", "sessions", "tokens", "sign_ins", "keys", "templates", "runs", "audit", "audit_head"}

Fill = Callable[[Store, bytes], str]


@pytest.fixture
def child(store: Store, fill: Fill) -> str:
    """A child that is not being drafted, beside another."""
    fill(store, b"Mama mag mee")
    child_id = fill(store, WORDS)
    with work(store) as opened:
        opened.session.execute(update(ConversationRow).values(lease_until=None))
    return child_id


def counts(store: Store) -> dict[str, int]:
    with look(store) as opened:
        return {
            table.name: opened.session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Table.metadata.sorted_tables
        }


def sealed_bytes(store: Store, child_id: str) -> list[bytes]:
    with look(store) as opened:
        row = opened.session.get_one(ChildRow, child_id)
        sources = select(ConversationRow.source_sealed).where(ConversationRow.child_id == child_id)
        return [row.wrapped, row.about_sealed, *opened.session.scalars(sources)]


def test_a_child_is_gone_from_every_table_and_no_one_else_is(store: Store, child: str):
    before = counts(store)
    erase(store, ADMIN, child)
    after = counts(store)
    for table in before.keys() - STAYS:
        assert (before[table], after[table]) == (2, 1), table
    for table in STAYS - {"audit"}:
        assert after[table] == before[table]


def test_what_stays_is_that_it_was_done(store: Store, child: str):
    erase(store, ADMIN, child)
    with look(store) as opened:
        last = opened.session.scalars(select(AuditRow).order_by(AuditRow.number.desc())).first()
        assert last is not None
        assert (last.action, last.child_id, last.object) == ("erase", child, None)
        assert audit.verify(opened).broken_at is None


def bytes_on_disk(settings: Settings, store: Store) -> bytes:
    if settings.database is None:
        return b"".join(path.read_bytes() for path in settings.data_dir.glob("izp.sqlite*"))
    with store.engine.connect() as connection:
        connection.execute(text("CHECKPOINT"))
        read = text("SELECT pg_read_binary_file(pg_relation_filepath(CAST(:name AS regclass)))")
        return b"".join(
            connection.execute(read, {"name": name}).scalar_one() for name in Table.metadata.tables
        )


def test_its_bytes_are_gone_from_the_files(settings: Settings, store: Store, child: str):
    sealed = sealed_bytes(store, child)
    assert all(each in bytes_on_disk(settings, store) for each in sealed)
    erase(store, ADMIN, child)
    left = bytes_on_disk(settings, store)
    assert child.encode() in left  # in the audit trail
    assert not any(each in left for each in [*sealed, WORDS])


def test_a_child_that_is_being_drafted_is_not_erased(store: Store, child: str):
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)
    with work(store) as opened:
        opened.session.execute(update(ConversationRow).values(lease_until=soon))
    before = counts(store)
    with pytest.raises(StoreError) as raised:
        erase(store, ADMIN, child)
    assert str(raised.value) == BUSY
    assert counts(store) == before


def test_a_child_whose_drafting_broke_off_is_erased(store: Store, child: str):
    with work(store) as opened:
        opened.session.execute(
            update(ConversationRow).values(lease_until=opened.at - dt.timedelta(minutes=5))
        )
    erase(store, ADMIN, child)
    assert counts(store)["children"] == 1


def test_a_child_that_never_was_there_is_told(store: Store, child: str):
    with pytest.raises(NotFound):
        erase(store, ADMIN, "nobody")
    assert counts(store)["children"] == 2


def test_while_others_read_the_rest_is_told_and_can_be_done_later(
    settings: Settings, store: Store, child: str, monkeypatch: pytest.MonkeyPatch
):
    sealed = sealed_bytes(store, child)
    with look(store) as reader:
        reader.session.scalars(select(ChildRow.id)).all()
        monkeypatch.setattr("pipeline.store.erase.PATIENCE", 0.01)
        with pytest.raises(StoreError) as raised:
            erase(store, ADMIN, child)
    assert str(raised.value) == STILL_READ
    assert counts(store)["children"] == 1
    erase(store, ADMIN, child)
    assert not any(each in bytes_on_disk(settings, store) for each in sealed)
    with look(store) as opened:
        erased = select(func.count()).select_from(AuditRow).where(AuditRow.action == "erase")
        assert opened.session.execute(erased).scalar_one() == 1


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_a_table_that_others_hold_is_not_waited_for_without_end(
    store: Store, child: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("pipeline.store.erase.PATIENCE", 0.2)
    with store.engine.begin() as holder:
        holder.execute(text("LOCK TABLE members IN SHARE UPDATE EXCLUSIVE MODE"))
        with pytest.raises(StoreError) as raised:
            erase(store, ADMIN, child)
    assert str(raised.value) == STILL_READ
    erase(store, ADMIN, child)
