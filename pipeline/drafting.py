"""Drafts the conversations that wait in the store, in warm processes beside the one that serves the pages.

What goes to a process are ids: it reads the store itself and keeps there what it found. One that dies takes
nothing along: the conversation that it was at is claimed again.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import threading
from typing import Final, Self

from sqlalchemy.exc import SQLAlchemyError

from extractors.schema import Conversation, Turn
from pipeline.draft import find, installed_template
from pipeline.intake import IntakeError, read_data
from pipeline.settings import Settings
from pipeline.store import children, claims, conversations
from pipeline.store.claims import Claim
from pipeline.store.database import Store, StoreError, look, open_store, work
from pipeline.store.keys import KeysError
from pipeline.warm import LONGEST_S, WarmProcess

DRAFTERS: Final = 2

LEASE: Final = dt.timedelta(seconds=LONGEST_S + 10)
"""A worker that took longer was ended by then."""

POLL_S: Final = 10
"""So often a worker that nobody wakes looks for a conversation whose claim ran out, here or elsewhere."""

PAUSE_S: Final = 1
"""So long a worker waits when something went wrong, which may be over then."""

PROGRAM_ERROR: Final = (
    "Er ging iets mis bij het uitwerken van dit gesprek. Probeer het opnieuw; lukt het weer niet, meld dit "
    "dan aan de beheerder."
)

_log: Final = logging.getLogger(__name__)


class DraftingError(Exception):
    """A conversation could not be drafted now. Tells the kind of the error, and nothing of what was said."""


class Drafter:
    """Drafts what waits in the store, as long as its context lasts; then it finishes what it is at."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._calls = threading.Semaphore(0)
        self._ends = threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(DRAFTERS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._calls.release(len(self._threads))
        for thread in self._threads:
            thread.join()

    def wake(self) -> None:
        """Says that there is a conversation to draft."""
        self._calls.release()

    def _run(self) -> None:
        with WarmProcess(_load, self._settings) as process:
            while not self._ends.is_set():
                claimed = None
                try:
                    with work(self._store) as w:
                        claimed = claims.claim(w, LEASE)
                    if claimed:
                        process.run(draft, claimed)
                    else:
                        self._calls.acquire(timeout=POLL_S)
                except Exception as error:  # whatever it is, the next conversation is drafted
                    kind = str(error) if isinstance(error, DraftingError) else type(error).__name__
                    _log.warning("draft of %s: %s", claimed.conversation_id if claimed else "-", kind)
                    self._ends.wait(PAUSE_S)
                    self._give_back(claimed)

    def _give_back(self, claimed: Claim | None) -> None:
        with contextlib.suppress(SQLAlchemyError, StoreError):
            if claimed:
                with work(self._store) as w:
                    claims.release(w, claimed)


# What follows runs in the processes.

_open: list[tuple[Store, Settings]] = []


def _load(settings: Settings) -> None:
    _open.append((open_store(settings), settings))
    installed_template()
    # What is loaded when it is first needed is loaded by this.
    words = "Moeder: Hij wil graag thuis zijn."
    turn = Turn(index=0, label="Moeder", text=words, start=0, end=len(words))
    talk = Conversation(id="", source="", sha256="", format="", text=words, turns=(turn,))
    find(talk, settings)


def draft(claimed: Claim) -> None:
    """Drafts a conversation; one that cannot be drafted is failed, with the sentence for the user.

    Raises:
        DraftingError: The store or its key cannot be used now.
    """
    store, settings = _open[0]
    sentence, kind = "", ""
    try:
        _draft(claimed, store, settings)
    except StoreError:
        return  # it was erased, or is another's by now
    except (SQLAlchemyError, KeysError) as error:
        kind = type(error).__name__
    except IntakeError as error:
        sentence = str(error)
    except Exception as error:
        _log.error("draft of %s: %s", claimed.conversation_id, type(error).__name__)
        sentence = PROGRAM_ERROR
    # Not in the handlers: an exception takes the one it was raised in along, with what was said.
    if kind:
        raise DraftingError(kind)
    if sentence:
        with contextlib.suppress(StoreError), work(store) as w:
            claims.fail(w, claimed, sentence)


def _draft(claimed: Claim, store: Store, settings: Settings) -> None:
    with look(store) as w:
        handed = conversations.status(w, claimed.conversation_id)
        data = conversations.source(w, claimed.conversation_id)
        name = children.get(w, claimed.child_id).about.name
    latest, given = handed.created_at.date() + dt.timedelta(days=1), handed.given
    talk = read_data(data, handed.name, latest=latest, given=given)
    if talk.child is None:
        given = given.model_copy(update={"child": name.split()[0]})
        talk = read_data(data, handed.name, latest=latest, given=given)
    with work(store) as w:
        claims.step(w, claimed, "extracting")
    made = find(talk, settings)
    with work(store) as w:
        claims.finish(w, claimed, made, installed_template())
