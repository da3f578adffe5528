import datetime as dt
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Executable, delete, insert, literal, select, text, update

from pipeline.store import audit
from pipeline.store.audit import Actor, Seal, Verdict
from pipeline.store.database import Store, look, work
from pipeline.store.tables import AuditHeadRow, AuditRow

NURSE = Actor("u1", "10.0.0.7", on_behalf_of="u2")
DROP_TRIGGERS = {
    "sqlite": ["DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"],
    "postgresql": ["ALTER TABLE audit DISABLE TRIGGER ALL"],
}


@pytest.fixture
def trail(store: Store) -> Store:
    """A store with ten events."""
    for number in range(10):
        with work(store) as opened:
            audit.record(opened, NURSE, "see_child", child_id=f"c{number}", object="o")
    return store


def verify(store: Store, earlier: Seal | None = None) -> Verdict:
    with look(store) as opened:
        return audit.verify(opened, earlier)


def tamper(store: Store, *statements: Executable) -> None:
    """Does what somebody with the rights of the database's owner can do."""
    with store.engine.begin() as connection:
        for trigger in DROP_TRIGGERS[store.engine.dialect.name]:
            connection.execute(text(trigger))
        for statement in statements:
            connection.execute(statement)


def change(event: int, **values: object) -> Executable:
    return update(AuditRow).where(AuditRow.number == event).values(values)


def copy(number: int, to: int) -> Executable:
    """Puts a copy of an event under another number."""
    others = [column for column in AuditRow.__table__.columns if column.name != "number"]
    copied = select(literal(to), *others).where(AuditRow.number == number)
    return insert(AuditRow).from_select(["number", *(column.name for column in others)], copied)


def cut_off(number: int) -> Executable:
    """Deletes the events behind one."""
    return delete(AuditRow).where(AuditRow.number > number)


def test_an_untouched_trail_is_right(trail: Store):
    verdict = verify(trail)
    assert (verdict.events, verdict.seal.number, verdict.broken_at) == (10, 10, None)


def test_an_empty_trail_is_right(store: Store):
    assert verify(store) == Verdict(0, Seal(0, ""), None)


def test_an_event_is_there_with_all_that_it_tells(store: Store):
    with work(store) as opened:
        audit.record(opened, NURSE, "see_child", outcome="refused", child_id="c", object="o")
    with store.engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM audit")).mappings().one()
    told = {name: row[name] for name in ("number", "action", "outcome", "user_id", "child_id", "object")}
    assert told == {
        "number": 1,
        "action": "see_child",
        "outcome": "refused",
        "user_id": "u1",
        "child_id": "c",
        "object": "o",
    }
    assert (row["origin"], row["on_behalf_of"]) == ("10.0.0.7", "u2")


def test_an_event_goes_with_what_it_tells_of(store: Store):
    def look_and_fail() -> None:
        with work(store) as opened:
            audit.record(opened, NURSE, "see_child")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        look_and_fail()
    assert verify(store).events == 0


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("user_id", "u9"),
        ("user_id", None),
        ("child_id", "c9"),
        ("action", "see_children"),
        ("outcome", "refused"),
        ("object", None),
        ("origin", "10.0.0.8"),
        ("on_behalf_of", None),
        ("at", dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),
        ("mac", "0" * 64),
    ],
)
def test_a_changed_event_shows(trail: Store, column: str, value: object):
    tamper(trail, change(4, **{column: value}))
    assert verify(trail).broken_at == 4


def test_a_deleted_event_shows(trail: Store):
    tamper(trail, delete(AuditRow).where(AuditRow.number == 4))
    assert verify(trail).broken_at == 4


def test_a_deleted_event_shows_when_the_numbers_are_closed_up(trail: Store):
    close_up = [change(number, number=number - 1) for number in range(5, 11)]
    tamper(trail, delete(AuditRow).where(AuditRow.number == 4), *close_up)
    assert verify(trail).broken_at == 4


def test_an_event_put_at_the_end_shows(trail: Store):
    tamper(trail, copy(10, to=11), update(AuditHeadRow).values(number=11))
    assert verify(trail).broken_at == 11


def test_an_event_put_in_between_shows(trail: Store):
    move_up = [change(number, number=number + 1) for number in range(10, 4, -1)]
    tamper(trail, *move_up, copy(4, to=5))
    assert verify(trail).broken_at == 5


def test_events_in_another_order_show(trail: Store):
    tamper(trail, change(4, number=99), change(5, number=4), change(99, number=5))
    assert verify(trail).broken_at == 4


def test_an_end_that_was_cut_off_shows(trail: Store):
    tamper(trail, cut_off(8))
    assert verify(trail).broken_at == 9


def test_an_end_that_was_cut_off_together_with_the_head_shows_by_an_earlier_seal(trail: Store):
    seal = verify(trail).seal
    last = select(AuditRow.mac).where(AuditRow.number == 8).scalar_subquery()
    tamper(trail, cut_off(8), update(AuditHeadRow).values(number=8, mac=last))
    assert verify(trail).broken_at is None
    assert verify(trail, seal).broken_at == 9
    for _ in range(5):
        with work(trail) as opened:
            audit.record(opened, NURSE, "see_child")
    assert verify(trail, seal).broken_at == 10


def test_an_earlier_seal_of_a_trail_that_went_on_is_right(trail: Store):
    seal = verify(trail).seal
    with work(trail) as opened:
        audit.record(opened, NURSE, "see_child")
    assert verify(trail, seal).broken_at is None
    assert verify(trail, Seal(3, "0" * 64)).broken_at == 3


def test_many_who_write_at_once_give_an_unbroken_chain(store: Store):
    def write() -> None:
        for _ in range(10):
            with work(store) as opened:
                audit.record(opened, NURSE, "see_child")

    together(write, 8)
    verdict = verify(store)
    assert (verdict.events, verdict.broken_at) == (80, None)


def test_a_trail_that_is_being_written_to_can_be_checked(store: Store):
    verdicts: list[Verdict] = []
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            verdicts.append(verify(store))

    watcher = threading.Thread(target=watch)
    watcher.start()
    for _ in range(50):
        with work(store) as opened:
            audit.record(opened, NURSE, "see_child")
    done.set()
    watcher.join()
    assert verdicts
    assert {verdict.broken_at for verdict in verdicts} == {None}


def together(what: Callable[[], None], times: int) -> None:
    threads = [threading.Thread(target=what) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
