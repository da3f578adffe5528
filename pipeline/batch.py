"""Works off a run over many plans, in warm processes that get ids and claim their own parts of it.

One plan at a time is changed, in one transaction with what became of it. A process that dies, or is ended
because a plan takes too long, takes nothing along: what it had claimed is given back or claimed again when
the claim has run out, and a plan that ends its process each time is given up without stopping the rest.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import logging
import os
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from pipeline import rerender
from pipeline.intake import IntakeEndedError
from pipeline.render import RenderEndedError
from pipeline.settings import Settings
from pipeline.store import runs, templates
from pipeline.store.database import Store, Work, look, open_store, work
from pipeline.store.errors import Outdated, StoreError
from pipeline.store.keys import KeysError
from pipeline.store.objects import ObjectsError
from pipeline.store.runs import Busy, Detail, Outcome, Part, Run
from pipeline.warm import ProcessEnded, WarmProcess

CORES: Final = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
"""The cores that this process may use, which can be fewer than the machine has (Linux tells)."""

SIZE: Final = 4
"""So many plans a process claims at once: those that Ctrl-C waits for, and that a dead process holds up."""

LEASE: Final = dt.timedelta(seconds=30)
"""So long a claim holds, unless its process says that it is still there: three times as often."""

LONGEST_S: Final = 120
"""So long a plan may take; then the system ends its process."""

ASK_S: Final = 30.0
"""So often who waits for others asks whether any are at it."""

COLLECTS: Final = 10_000
"""After so many new objects Python looks among them for those that nobody uses; a plan makes some 6,000."""

RENEWED: Final = 400
"""After so many plans a process makes place for another, whatever it holds on to by then."""

POLL_S: Final = 1.0
TRIES: Final = 5
PAUSE_S: Final = 2.0
"""What a worker does when the store cannot be reached: so often it tries, after ever longer pauses."""

Progress = Callable[[Run], None]

_PASSES: Final = (SQLAlchemyError, ObjectsError)
"""What is wrong with the store and not with a plan, and may be over when it is tried again."""

_AWAY: Final = frozenset({"08", "40", "53", "55", "57"})
"""Classes of errors of PostgreSQL by which no plan could be kept: no connection, no room, a lock, a stop."""

_log: Final = logging.getLogger(__name__)


class BatchError(Exception):
    """A part of a run could not be worked on now. Tells the kind of the error, and nothing of any plan."""


class _LackingError(Exception):
    """This machine lacks something, such as memory, room on its disk or a program that it may start."""


class OtherVersionError(BatchError):
    """The izp of this machine is not the one that a run needs, or lacks what it needs. That does not pass."""


def work_off(
    settings: Settings,
    store: Store,
    run_id: str,
    processes: int | None = None,
    progress: Progress = lambda _run: None,
) -> Run:
    """Works off a run, until no plan of it waits or it is stopped.

    Others may work on it too: their plans are waited for. When it is broken off, the plans that are begun are
    finished first.

    Args:
        settings: Where the store is, for the processes.
        store: The same, open.
        run_id: The run.
        processes: How many processes; as many as this one may use cores when it is not said.
        progress: Is told every now and then how far the run is.

    Returns:
        The run as it is then.

    Raises:
        BatchError: The store cannot be reached, or the processes keep ending. The run can be gone on with.
        NotFound: There is no such run.
    """
    ends = threading.Event()
    errors: list[BaseException] = []

    def worker() -> None:
        try:
            _work(settings, store, run_id, ends)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=worker, daemon=True) for _ in range(processes or CORES)]
    try:
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            began, run = time.monotonic(), None
            # One that fails is no harm: those who work try for longer, and say so when they give up.
            with contextlib.suppress(SQLAlchemyError), look(store) as w:
                run = runs.get(w, run_id)
            if run:
                progress(run)
            # Counting takes longer the more plans there are, and must not become the work.
            until = time.monotonic() + max(POLL_S, 20 * (time.monotonic() - began))
            while time.monotonic() < until and any(thread.is_alive() for thread in threads):
                time.sleep(0.05)
    finally:
        ends.set()
        for thread in threads:
            thread.join()
    run = _ended(store, run_id)
    progress(run)
    if errors and run.state == "running":
        raise errors[0]
    return run


def _ended(store: Store, run_id: str) -> Run:
    """Ends a run, as soon as the store can be reached.

    Raises:
        BatchError: It cannot.
        NotFound: There is no such run.
    """
    kind = ""
    for tried in range(TRIES):
        time.sleep(PAUSE_S * tried)
        try:
            with work(store) as w:
                return runs.end(w, run_id)
        except SQLAlchemyError as error:
            kind = type(error).__name__
    raise BatchError(kind)


def follow(store: Store, run_id: str, is_tended: Callable[[], bool], progress: Progress) -> Run:
    """Waits until a run that others work off has ended, or nobody is at it any more.

    Args:
        store: The store.
        run_id: The run.
        is_tended: Whether others are at it; asked every half minute.
        progress: Is told every now and then how far the run is.

    Returns:
        The run as it is then; `running` where nobody is at it.

    Raises:
        NotFound: There is no such run.
        sqlalchemy.exc.SQLAlchemyError: The store cannot be reached; the others may go on.
    """
    asked, failures = time.monotonic(), 0
    while True:
        began = time.monotonic()
        is_left = began - asked >= ASK_S and not is_tended()
        if began - asked >= ASK_S:
            asked = began
        try:
            with look(store) as w:
                run = runs.get(w, run_id)
        except SQLAlchemyError:
            failures += 1
            if failures == TRIES:
                raise
            time.sleep(PAUSE_S * failures)
            continue
        failures = 0
        progress(run)
        if run.state != "running" or is_left:
            return run
        time.sleep(max(POLL_S, 20 * (time.monotonic() - began)))


def _work(settings: Settings, store: Store, run_id: str, ends: threading.Event) -> None:
    """What one process is made to do, part by part."""
    failures = 0
    with WarmProcess(load, settings, most=RENEWED // SIZE) as process:
        while not ends.is_set():
            name = secrets.token_hex(16)
            try:
                if process.run(part, run_id, SIZE, name):
                    failures = 0
                elif _waits(store, run_id):
                    ends.wait(POLL_S)
                else:
                    return
            except OtherVersionError:
                raise
            except (ProcessEnded, BatchError, SQLAlchemyError) as error:
                failures += 1
                kind = str(error) if isinstance(error, BatchError) else type(error).__name__
                _log.warning("run %s: %s", run_id, kind)
                with contextlib.suppress(SQLAlchemyError), work(store) as w:
                    # Where plans are given back, it is they that ended the process and not the machine.
                    failures -= bool(runs.release(w, run_id, name)) and isinstance(error, ProcessEnded)
                if failures == TRIES:
                    raise BatchError(kind) from None
                ends.wait(PAUSE_S * failures)


def _waits(store: Store, run_id: str) -> bool:
    with look(store) as w:
        run = runs.get(w, run_id)
    return run.state == "running" and bool(run.waiting)


# What follows runs in the processes.

_open: list[tuple[Store, Settings]] = []


def load(settings: Settings) -> None:
    """Gets a process ready for `part`."""
    _open.append((open_store(settings, make=False), settings))
    # What is loaded by now stays: Python need not go through it plan after plan for what nobody uses.
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECTS)


def part(run_id: str, size: int, worker: str) -> bool:
    """Claims some plans of a run and does what the run is for with each.

    Args:
        run_id: The run.
        size: How many plans at most.
        worker: A name that only this claim has, to give it back by (`runs.release`).

    Returns:
        Whether there was one to claim.

    Raises:
        BatchError: The store cannot be used now, or this machine lacks something.
        OtherVersionError: This process cannot do what the run is for, or not any more. What it claimed is
            given back, so that no plan fails for that.
    """
    store, settings = _open[0]
    failure, kind, is_no_plans_fault, claimed = BatchError, "", False, None
    try:
        run = _run(run_id)
        _check_key(store)
        with work(store) as w:
            claimed = runs.claim(w, run_id, worker, size, LEASE)
        if claimed is None:
            return False
        with _held(store, claimed):
            for conversation_id in claimed.conversation_ids:
                with look(store) as w:
                    is_running = runs.is_running(w, run_id)
                if not is_running:
                    break
                signal.alarm(LONGEST_S)
                _one(store, settings, run, claimed, conversation_id)
            signal.alarm(LONGEST_S)
    except _PASSES as error:
        kind, is_no_plans_fault = type(error).__name__, _is_away(error)
    except _LackingError:
        kind, is_no_plans_fault = runs.LACKING, True
    except KeysError as error:
        failure, kind, is_no_plans_fault = OtherVersionError, type(error).__name__, True
    if claimed and is_no_plans_fault:
        signal.alarm(LONGEST_S)
        with contextlib.suppress(SQLAlchemyError), work(store) as w:
            runs.give_back(w, claimed)
    signal.alarm(0)
    # Not in the handlers: an exception takes the one it was raised in along, with what was said.
    if kind:
        raise failure(kind)
    return True


def _check_key(store: Store) -> None:
    """Opens something that every plan needs with the main key, as it would be wrapped after a rotation.

    Raises:
        KeysError: The main key of this process was rotated out.
    """
    with look(store) as w:
        w.key_for("audit")


def _is_away(error: Exception) -> bool:
    """Whether the store could not be used, by any plan; another fault of the database may be of one plan."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, ObjectsError | PoolTimeout)
    told = next(iter(getattr(error.orig, "args", ())), None)
    if isinstance(told, dict):  # by PostgreSQL, whose driver has one kind of error for all
        return str(told.get("C", ""))[:2] in _AWAY
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)


def _one(store: Store, settings: Settings, run: Run, claimed: Part, conversation_id: str) -> None:
    """Does one plan; whatever is wrong with it, the next one is done too.

    Raises:
        _LackingError: This machine lacks something; the plan is for later.
        KeysError: The main key was rotated: none can be done here.
        ObjectsError: The store of documents cannot be used now.
        SQLAlchemyError: The database cannot be used now.
    """
    began, later, code = time.monotonic(), "", ""

    def finish(w: Work, outcome: Outcome, detail: Detail | None, code: str | None = None) -> None:
        spent = round(1000 * (time.monotonic() - began))
        runs.finish_item(w, claimed, conversation_id, outcome, code=code, milliseconds=spent, detail=detail)

    try:
        _again(store, settings, run, conversation_id, finish)
    except Busy:
        later = runs.BUSY
    except Outdated:
        return  # another worker has the plan by now, or it was erased
    except _PASSES:
        raise
    except (OSError, MemoryError, IntakeEndedError, RenderEndedError) as error:
        _log.warning("plan of %s: %s", conversation_id, type(error).__name__)
        later = runs.LACKING
    except Exception as error:
        code = type(error).__name__
    if code == KeysError.__name__:
        _check_key(store)
    if later:
        _leave(store, claimed, conversation_id, later)
    if code:
        _log.error("plan of %s: %s", conversation_id, code)
        with contextlib.suppress(StoreError), work(store) as w:
            finish(w, "failed", None, code)


def _leave(store: Store, claimed: Part, conversation_id: str, why: str) -> None:
    """Leaves a plan for later.

    Raises:
        _LackingError: Because of something that this machine lacks.
    """
    with contextlib.suppress(StoreError), work(store) as w:
        runs.postpone(w, claimed, conversation_id, why)
    if why == runs.LACKING:
        raise _LackingError


def _again(store: Store, settings: Settings, run: Run, conversation_id: str, finish: rerender.Finish) -> None:
    if run.kind == "rerender":
        rerender.again(store, run, conversation_id, finish)
    else:
        from pipeline import reextract  # with the language model, which the other kind does without

        reextract.again(store, settings, run, conversation_id, finish)


@cache
def _run(run_id: str) -> Run:
    """What a run is for, which never changes, and this process can do.

    Raises:
        OtherVersionError: It cannot: the run is towards another extraction, or a template that it cannot use.
    """
    store, settings = _open[0]
    with look(store) as w:
        run = runs.get(w, run_id)
        kind = _lacks_template(w, run.template_id) if run.template_id else _lacks_extractor(settings, run)
    if kind:
        raise OtherVersionError(kind)
    return run


def _lacks_template(w: Work, template_id: str) -> str:
    """The kind of the error that a template gives here, if it does."""
    try:
        templates.get(w, template_id)
    except StoreError as error:
        return type(error).__name__
    return ""


def _lacks_extractor(settings: Settings, run: Run) -> str:
    """The kind of the error that a run towards a version of the extraction would give here, if it would."""
    from extractors.language import ModelError
    from pipeline import reextract  # with the language model, which the other kind does without

    try:
        is_other = reextract.extractor(settings) != run.extractor
    except ModelError as error:
        return type(error).__name__
    return reextract.OtherExtractorError.__name__ if is_other else ""


@contextlib.contextmanager
def _held(store: Store, claimed: Part) -> Iterator[None]:
    """Holds on to a claim for as long as this process lives and works on it."""
    ends = threading.Event()

    def hold() -> None:
        while not ends.wait(LEASE.total_seconds() / 3):
            # One that fails is no harm yet, and the next may not.
            with contextlib.suppress(SQLAlchemyError), work(store) as w:
                runs.extend(w, claimed, LEASE)

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()
