import datetime as dt
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from pipeline import drafting
from pipeline.drafting import PROGRAM_ERROR, Drafter, DraftingError, draft
from pipeline.intake.participants_file import ParticipantsFile, Person
from pipeline.settings import Settings
from pipeline.store import children, claims, conversations, reviews
from pipeline.store.accounts import add_user
from pipeline.store.audit import Actor
from pipeline.store.children import About
from pipeline.store.claims import Claim
from pipeline.store.conversations import Status
from pipeline.store.database import Store, look, work

pytestmark = pytest.mark.usefixtures("quick_processes")

TALK = """\
SPEAKER_00: Hoe gaat het nu met Sem thuis?
SPEAKER_01: Ik wil graag dat hij zoveel mogelijk thuis kan zijn.
SPEAKER_00: Dan spreken we af dat de thuiszorg elke dag komt.
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(data_dir=tmp_path_factory.mktemp("izp"))


@pytest.fixture(scope="module")
def store(settings: Settings, open_new_store: Callable[[Settings], Store]) -> Iterator[Store]:
    opened = open_new_store(settings)
    yield opened
    opened.engine.dispose()


@pytest.fixture(scope="module")
def nurse(store: Store) -> Actor:
    with work(store) as w:
        return Actor(add_user(w, Actor(), login="saskia", name="S. de Wit", role="verpleegkundige").id)


@pytest.fixture
def submit(store: Store, nurse: Actor) -> Callable[..., str]:
    """Hands in a conversation of a new child."""

    def submitted(text: str, name: str = "gesprek.txt", **labels: str) -> str:
        given = ParticipantsFile(labels={label: Person(role=role) for label, role in labels.items()})
        with work(store) as w:
            child = children.add(w, nurse, About(name="Sem de Vries")).id
            return conversations.submit(w, nurse, child, name, text.encode(), given, 100_000).id

    return submitted


def status(store: Store, conversation_id: str) -> Status:
    with look(store) as w:
        return conversations.status(w, conversation_id)


def until(store: Store, conversation_id: str, states: tuple[str, ...]) -> Status:
    for _ in range(6000):
        told = status(store, conversation_id)
        if told.state in states:
            return told
        time.sleep(0.02)
    raise AssertionError(told.state)


# What a process does, done here.


@pytest.fixture
def here(store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafting, "_open", [(store, settings)])


@pytest.fixture
def claimed(store: Store, submit: Callable[..., str]) -> Claim:
    submit(TALK)
    with work(store) as w:
        claim = claims.claim(w, dt.timedelta(minutes=1))
    assert claim is not None
    return claim


@pytest.mark.usefixtures("here")
def test_what_goes_wrong_in_the_program_tells_nothing_of_the_conversation(
    store: Store, claimed: Claim, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def fails(*_: object) -> None:
        raise ValueError("kwartelkoning")

    monkeypatch.setattr(drafting, "find", fails)
    draft(claimed)
    told = status(store, claimed.conversation_id)
    assert (told.state, told.error) == ("failed", PROGRAM_ERROR)
    assert "ValueError" in caplog.text
    assert "kwartelkoning" not in caplog.text


@pytest.mark.usefixtures("here")
def test_a_store_that_cannot_be_used_now_fails_no_conversation(
    store: Store, claimed: Claim, monkeypatch: pytest.MonkeyPatch
):
    def fails(*_: object) -> None:
        raise OperationalError("kwartelkoning", {}, Exception())

    monkeypatch.setattr(drafting, "find", fails)
    with pytest.raises(DraftingError) as raised:
        draft(claimed)
    assert str(raised.value) == "OperationalError"
    assert raised.value.__context__ is None
    assert status(store, claimed.conversation_id).state == "extracting"


@pytest.mark.usefixtures("here")
def test_a_draft_that_is_anothers_by_now_is_dropped(store: Store, nurse: Actor, claimed: Claim):
    with work(store) as w:
        conversations.tell(w, nurse, claimed.conversation_id, ParticipantsFile(date=dt.date(2026, 1, 1)))
    draft(claimed)
    assert status(store, claimed.conversation_id).state == "waiting"


# The processes themselves.


def load_to_wait(settings: Settings) -> None:
    """A process that waits in the middle of a draft as long as it is told to."""
    drafting.load(settings)
    find = drafting.find

    def waits(*given: Any) -> Any:
        while to_wait(settings).exists():
            time.sleep(0.02)
        return find(*given)

    drafting.find = waits


def to_wait(settings: Settings) -> Path:
    return settings.data_dir / "wacht"


@pytest.fixture(scope="module")
def drafter(store: Store, settings: Settings) -> Iterator[Drafter]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(drafting, "DRAFTERS", 1)
        patched.setattr(drafting, "PAUSE_S", 0.1)
        patched.setattr(drafting, "load", load_to_wait)
        with Drafter(settings, store) as running:
            yield running


def test_what_is_handed_in_is_drafted(store: Store, drafter: Drafter, submit: Callable[..., str]):
    talk = submit(TALK, SPEAKER_00="care_team", SPEAKER_01="parent")
    drafter.wake()
    assert until(store, talk, ("done", "failed")).state == "done"
    with look(store) as w:
        plan = reviews.plan_of(w, talk)
        record = reviews.dossier(w, talk)
    assert any("thuis kan zijn" in entry.words for entry in plan.entries)
    assert {person.label: person.role for person in record.conversation.participants} == {
        "SPEAKER_00": "care_team",
        "SPEAKER_01": "parent",
    }


def test_a_child_that_the_file_does_not_name_has_the_name_on_record(
    store: Store, drafter: Drafter, submit: Callable[..., str]
):
    talk = submit("Moeder: Ik wil graag dat hij thuis kan zijn.\nArts: Dat begrijp ik.\n")
    drafter.wake()
    assert until(store, talk, ("done", "failed")).state == "done"
    with look(store) as w:
        assert reviews.dossier(w, talk).conversation.child == "Sem"


def test_a_file_that_is_no_conversation_fails_with_a_sentence(
    store: Store, drafter: Drafter, submit: Callable[..., str]
):
    talk = submit("   \n")
    drafter.wake()
    told = until(store, talk, ("done", "failed"))
    assert told.state == "failed"
    assert told.error is not None
    assert told.error.endswith(".")


def test_a_worker_that_is_killed_loses_nothing(
    store: Store, settings: Settings, drafter: Drafter, submit: Callable[..., str]
):
    to_wait(settings).touch()
    try:
        talk = submit(TALK)
        drafter.wake()
        until(store, talk, ("extracting",))
        for worker in multiprocessing.active_children():
            os.kill(worker.pid or 0, signal.SIGKILL)
    finally:
        to_wait(settings).unlink()
    assert until(store, talk, ("done", "failed")).state == "done"
