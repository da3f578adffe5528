"""Makes the documents of the plans in the store, in warm processes beside the one that serves the pages."""

from __future__ import annotations

import contextlib
import logging
import os
from queue import SimpleQueue
from typing import Final, Self

from pipeline.plan import Approval
from pipeline.render import RenderError, render, render_family
from pipeline.settings import Settings
from pipeline.store import documents, reviews, templates
from pipeline.store.conversations import locked
from pipeline.store.database import Store, look, open_store, work
from pipeline.store.documents import KINDS, Kind
from pipeline.store.errors import StoreError
from pipeline.warm import ProcessEnded, WarmProcess

RENDERERS: Final = 1

GIVES_WAY: Final = 10
"""So nice (`os.nice`) is a process that makes documents, beside the one that all wait for at every click."""

FAILED: Final = "De documenten konden niet worden gemaakt. Probeer het over een minuut opnieuw."

_log: Final = logging.getLogger(__name__)


class Renderer:
    """Makes the documents of plans, as long as its context lasts."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._store = store
        self._processes = [WarmProcess(_load, settings) for _ in range(RENDERERS)]
        self._idle: SimpleQueue[WarmProcess] = SimpleQueue()
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        for process in self._processes:
            self._idle.put(self._stack.enter_context(process))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def documents(
        self, conversation_id: str, number: int, approval: Approval | None = None
    ) -> dict[Kind, bytes]:
        """The documents of a version, as they were made before, or made now.

        Args:
            conversation_id: Whose plan it is.
            number: The version.
            approval: What they print of an approval that is about to be given; these are not kept.

        Raises:
            NotFound: There is no such version.
            RenderError: They cannot be made; says so in Dutch.
        """
        if approval:
            return self._made(conversation_id, number, approval)
        with look(self._store) as w:
            plan = reviews.plan_of(w, conversation_id, number)
            # Those of an approved version stay what was approved, whatever would be made of it now.
            made_from = None if plan.approval else plan.fingerprint
            kept = {kind: documents.stored(w, conversation_id, number, kind, made_from) for kind in KINDS}
        there = {kind: data for kind, data in kept.items() if data is not None}
        if len(there) == len(KINDS):
            return there
        made = self._made(conversation_id, number, None)
        with work(self._store) as w:
            locked(w, conversation_id)
            now = reviews.plan_of(w, conversation_id, number)
            if (now.fingerprint, now.approval) == (plan.fingerprint, plan.approval):
                documents.keep(w, conversation_id, number, plan.fingerprint, made)
        return made

    def _made(self, conversation_id: str, number: int, approval: Approval | None) -> dict[Kind, bytes]:
        process = self._idle.get()
        try:
            for _ in range(2):  # that one process was ended is no reason to refuse
                with contextlib.suppress(ProcessEnded):
                    return process.run(_render, conversation_id, number, approval)
        finally:
            self._idle.put(process)
        _log.error("documents of %s: ProcessEnded", conversation_id)
        raise RenderError(FAILED)


# What follows runs in the processes.

_open: list[Store] = []


def _load(settings: Settings) -> None:
    store = open_store(settings, make=False)
    _open.append(store)
    with contextlib.suppress(StoreError), look(store) as w:  # who needs the template is told then
        templates.current(w)
    # Only now: it may hold no one up while it writes, and from here on it only reads.
    os.nice(GIVES_WAY)


def _render(conversation_id: str, number: int, approval: Approval | None) -> dict[Kind, bytes]:
    """The documents of a version; an error says its kind and nothing of the plan."""
    kind = ""
    try:
        with look(_open[0]) as w:
            template = reviews.template_of(w, conversation_id, number)
            plan = reviews.plan_of(w, conversation_id, number, approval)
        whole = render(plan, template)
        return {"docx": whole.docx, "pdf": whole.pdf, "family": render_family(plan, template)}
    except RenderError:
        raise
    except Exception as error:
        kind = type(error).__name__
    _log.error("documents of %s: %s", conversation_id, kind)
    raise RenderError(FAILED)
