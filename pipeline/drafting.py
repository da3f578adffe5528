"""Drafts the conversations that wait in the store, in warm processes beside the one that serves the pages.

What goes to a process are ids: it reads the store itself and keeps there what it found. One that dies takes
nothing along: the conversation that it was at is claimed again.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import os
import threading
from types import ModuleType
from typing import Final, Self

from sqlalchemy.exc import SQLAlchemyError

from extractors.schema import Conversation, Turn
from extractors.version import version
from pipeline.draft import find
from pipeline.intake import IntakeError
from pipeline.reading import read_handed_in
from pipeline.settings import Settings
from pipeline.store import claims, templates
from pipeline.store.claims import Claim
from pipeline.store.database import Store, look, open_store, work
from pipeline.store.errors import StoreError
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
        with WarmProcess(load, self._settings) as process:
            while not self._ends.is_set():
                claimed = None
                try:
                    with work(self._store) as w:
                        claimed = claims.claim(w, LEASE)
                    if claimed:
                        process.run(draft_seen, claimed)
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


def load(settings: Settings) -> Store:
    """Loads what `draft` needs, and gives the open store."""
    store = open_store(settings, make=False)
    _open.append((store, settings))
    with contextlib.suppress(StoreError), look(store) as w:  # who needs the template is told then
        templates.current(w)
    # What is loaded when it is first needed is loaded by this.
    words = "Moeder: Hij wil graag thuis zijn."
    turn = Turn(index=0, label="Moeder", text=words, start=0, end=len(words))
    talk = Conversation(id="", source="", sha256="", format="", text=words, turns=(turn,))
    find(talk, settings)
    version(settings.model, settings.threshold)
    if flows := _flows():
        flows.get_ready()
    return store


def draft_seen(claimed: Claim) -> None:
    """Drafts a conversation; where a Prefect server is configured, as a flow that it shows.

    Raises:
        DraftingError: The store or its key cannot be used now.
    """
    if flows := _flows():
        flows.draft_claimed(claimed)
    else:
        draft(claimed)


def _flows() -> ModuleType | None:
    """The flows, where there is a Prefect server. It takes seconds to import them, and 80 MB."""
    if not os.environ.get("PREFECT_API_URL"):
        return None
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")
    from pipeline import flows

    return flows


def draft(claimed: Claim) -> str:
    """Drafts a conversation; one that cannot be drafted is failed, with the sentence for the user.

    Returns:
        The kind of the error, where it failed.

    Raises:
        DraftingError: The store or its key cannot be used now.
    """
    store, settings = _open[0]
    sentence, kind, not_now = "", "", False
    try:
        _draft(claimed, store, settings)
    except StoreError:
        return ""  # it was erased, or is another's by now
    except (SQLAlchemyError, KeysError) as error:
        kind, not_now = type(error).__name__, True
    except IntakeError as error:
        kind, sentence = type(error).__name__, str(error)
    except Exception as error:
        kind, sentence = type(error).__name__, PROGRAM_ERROR
        _log.error("draft of %s: %s", claimed.conversation_id, kind)
    # Not in the handlers: an exception takes the one it was raised in along, with what was said.
    if not_now:
        raise DraftingError(kind)
    if sentence:
        with contextlib.suppress(StoreError), work(store) as w:
            claims.fail(w, claimed, sentence)
    return kind


def _draft(claimed: Claim, store: Store, settings: Settings) -> None:
    talk = read_handed_in(store, claimed.conversation_id)
    with work(store) as w:
        claims.step(w, claimed, "extracting")
    made, extractor = find(talk, settings), version(settings.model, settings.threshold)
    with work(store) as w:
        claims.finish(w, claimed, made, extractor)
