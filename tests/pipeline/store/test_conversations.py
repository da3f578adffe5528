import datetime as dt
import threading
from collections.abc import Callable

import pytest

from pipeline.intake import IntakeError
from pipeline.intake.participants_file import ParticipantsFile, Person
from pipeline.store import audit, children, claims, conversations
from pipeline.store.audit import Actor
from pipeline.store.children import About
from pipeline.store.conversations import Submitted
from pipeline.store.database import Store, look, work
from pipeline.store.errors import NotFound

DATA = b"Moeder: Hij wil naar huis.\n"
NOBODY = "0" * 32
LEASE = dt.timedelta(minutes=1)


def state(store: Store, conversation_id: str) -> str:
    with look(store) as w:
        return conversations.status(w, conversation_id).state


def fail(store: Store) -> None:
    with work(store) as w:
        claimed = claims.claim(w, LEASE)
        assert claimed is not None
        claims.fail(w, claimed, "Dit bestand is leeg.")


def test_a_file_that_is_handed_in_waits_as_it_came(
    store: Store, child: str, submit: Callable[..., Submitted]
):
    handed = submit(DATA, name="gesprek Sem.txt", Moeder="parent")
    with look(store) as w:
        status = conversations.status(w, handed.id)
        assert conversations.source(w, handed.id) == DATA
    assert handed.is_new
    assert (status.state, status.child_id, status.name) == ("waiting", child, "gesprek Sem.txt")
    assert status.given.labels == {"Moeder": Person(role="parent")}
    assert status.drafting == 0


def test_the_same_file_of_a_child_is_known_again(submit: Callable[..., Submitted]):
    first = submit(DATA)
    assert submit(DATA, name="kopie.txt") == Submitted(first.id, is_new=False)


def test_the_same_file_of_another_child_is_another_conversation(
    store: Store, nurse: Actor, submit: Callable[..., Submitted]
):
    first = submit(DATA)
    with work(store) as w:
        other = children.add(w, nurse, About(name="Noor")).id
        handed = conversations.submit(w, nurse, other, "a.txt", DATA, ParticipantsFile(), 100)
    assert handed.is_new
    assert handed.id != first.id


def test_the_same_file_handed_in_at_once_is_one_conversation(
    store: Store, child: str, submit: Callable[..., Submitted]
):
    together, came = threading.Barrier(6, timeout=60), []

    def hand_in() -> None:
        together.wait()
        came.append(submit(DATA))

    threads = [threading.Thread(target=hand_in) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one.id for one in came}) == 1
    assert sum(one.is_new for one in came) == 1
    with look(store) as w:
        assert len(conversations.of_child(w, child)) == 1


def test_a_file_that_is_too_large_is_refused(
    store: Store, nurse: Actor, child: str, submit: Callable[..., Submitted]
):
    with pytest.raises(IntakeError, match="te groot"):
        submit(b"x" * 10_001)
    with look(store) as w:
        assert conversations.of_child(w, child) == ()


def test_a_child_that_does_not_exist_has_no_conversations(store: Store, nurse: Actor):
    with work(store) as w, pytest.raises(NotFound):
        conversations.submit(w, nurse, NOBODY, "a.txt", DATA, ParticipantsFile(), 100)


def test_a_conversation_that_does_not_exist_is_not_found(store: Store):
    with look(store) as w, pytest.raises(NotFound):
        conversations.status(w, NOBODY)


def test_a_file_that_failed_can_be_handed_in_again(store: Store, submit: Callable[..., Submitted]):
    first = submit(DATA)
    fail(store)
    again = submit(DATA, name="beter.txt")
    with look(store) as w:
        status = conversations.status(w, first.id)
    assert again == Submitted(first.id, is_new=False)
    assert (status.state, status.name, status.error, status.attempts) == ("waiting", "beter.txt", None, 0)


def test_what_failed_can_be_tried_again(store: Store, nurse: Actor, submit: Callable[..., Submitted]):
    handed = submit(DATA)
    fail(store)
    with work(store) as w:
        conversations.retry(w, nurse, handed.id)
    assert state(store, handed.id) == "waiting"


def test_what_is_done_is_not_tried_again(store: Store, nurse: Actor, talk: str):
    with work(store) as w:
        conversations.retry(w, nurse, talk)
    assert state(store, talk) == "done"


def test_who_is_who_lets_a_conversation_be_drafted_again(store: Store, nurse: Actor, talk: str):
    given = ParticipantsFile(labels={"Vader": Person(role="other", function="oom")})
    with work(store) as w:
        conversations.tell(w, nurse, talk, given)
    with look(store) as w:
        status = conversations.status(w, talk)
    assert (status.state, status.given, status.drafting) == ("waiting", given, 1)


def test_who_is_who_as_it_was_told_already_changes_nothing(store: Store, nurse: Actor, talk: str):
    with work(store) as w:
        conversations.tell(w, nurse, talk, ParticipantsFile())
    assert state(store, talk) == "done"


def test_the_newest_conversation_stands_first(store: Store, child: str, submit: Callable[..., Submitted]):
    first, second = submit(DATA), submit(DATA + b"Vader: Ja.")
    with look(store) as w:
        assert [one.id for one in conversations.of_child(w, child)] == [second.id, first.id]


def test_handing_in_is_on_the_audit_trail(
    store: Store, nurse: Actor, child: str, submit: Callable[..., Submitted]
):
    handed = submit(DATA)
    with store.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT * FROM audit ORDER BY number DESC").mappings().first()
    assert row is not None
    assert (row["action"], row["user_id"], row["child_id"], row["object"]) == (
        "upload",
        nurse.user_id,
        child,
        handed.id,
    )
    with look(store) as w:
        assert audit.verify(w).broken_at is None


def test_nothing_of_a_file_can_be_read_in_the_database(store: Store, submit: Callable[..., Submitted]):
    submit(DATA, name="gesprek kwartelkoning.txt")
    with store.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT * FROM conversations").one()
    kept = b"|".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    assert b"naar huis" not in kept
    assert b"kwartelkoning" not in kept
