"""What izp does as Prefect flows, for an installation that has a Prefect server (`PREFECT_API_URL`).

Prefect keeps what it is told in a database and on web pages that others read. So flows and tasks take ids
and give numbers, no result is kept, nothing is logged to the server, and what they raise holds the kind of
an error and never the error itself.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeVar, cast

# isort: off
from pipeline.work_pool import HELP, WAITED_FOR, call_help  # sets what Prefect reads when it is imported

# isort: on
from prefect import Flow, State, Task, flow, runtime, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, TaskRun
from prefect.futures import PrefectFuture
from prefect.settings import temporary_settings
from prefect.states import Cancelled, Completed, Failed
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner
from sqlalchemy.exc import SQLAlchemyError

from pipeline import batch, drafting
from pipeline import reextract as reextraction
from pipeline.batch import CORES, BatchError, OtherVersionError
from pipeline.drafting import DraftingError
from pipeline.reextract import OtherExtractorError
from pipeline.settings import Settings
from pipeline.store import claims, lagging, runs, templates
from pipeline.store.audit import Actor
from pipeline.store.claims import Claim
from pipeline.store.database import Store, Work, look, open_store, work
from pipeline.store.runs import Kind, Run
from pipeline.warm import ProcessEnded, WarmProcess

Result = TypeVar("Result")

DOWN_S: Final = 60
"""So long a server that did not answer is left alone."""

_LANES: Final = cast("TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=CORES))

PARTS: Final = 12
"""So many parts of a run a task works off (of `batch.SIZE` plans): what a task costs is lost in that."""

PAUSES_S: Final = (2, 5, 15, 30, 60, 60, 60, 60)
"""After so many seconds a task is tried again, where the store could not be reached."""

OUTCOMES: Final = {
    "changed": "gewijzigd",
    "attention": "vraagt aandacht",
    "unchanged": "ongewijzigd",
    "failed": "mislukt",
    "waiting": "niet gedaan",
}

ACTOR: Final = Actor(origin="prefect")

_log: Final = logging.getLogger(__name__)


class NotNowError(Exception):
    """The store cannot be used now, which can pass. Tells the kind of the error."""


class RunError(Exception):
    """A run cannot go on. Tells the kind of the error."""


@dataclass
class _Handed:
    """A conversation that this process claimed, on its way into the flow: whether it got there, and how."""

    claimed: Claim
    begun: bool = False
    not_now: str = ""


_handed: Final[dict[str, _Handed]] = {}
_down_until: Final = [0.0]


@flow(name="draft", flow_run_name="draft {conversation_id}", persist_result=False, log_prints=False)
def draft(conversation_id: str) -> State[None]:
    """Drafts a conversation: one that this process claimed, or else one that waits or failed.

    The run fails with the kind of the error; what the user is to know of it is in the store.
    """
    handed = _handed.get(conversation_id) or _claim(conversation_id)
    if handed is None:
        return Completed(message="Het wacht niet op uitwerking.")
    handed.begun = True
    try:
        kind = drafting.draft(handed.claimed)
    except DraftingError as error:
        kind = handed.not_now = str(error)
    return Failed(message=kind) if kind else Completed()


def get_ready() -> None:
    """Imports what Prefect would import with the first flow, for which somebody waits."""
    draft.serialize_parameters({"conversation_id": ""})


def draft_claimed(claimed: Claim) -> None:
    """Drafts a conversation as a flow, or without one where the Prefect server does not answer.

    A server that did not answer is left alone for a minute, so that nobody waits for it each time.

    Raises:
        DraftingError: The store or its key cannot be used now.
    """
    conversation_id = claimed.conversation_id
    handed = _handed[conversation_id] = _Handed(claimed)
    try:
        if time.monotonic() >= _down_until[0]:
            _as_flow(conversation_id)
        if not handed.begun:
            drafting.draft(claimed)
    finally:
        del _handed[conversation_id]
    if handed.not_now:
        raise DraftingError(handed.not_now)


def _as_flow(conversation_id: str) -> None:
    try:
        with temporary_settings(WAITED_FOR):
            draft(conversation_id, return_state=True)
    except Exception as error:  # whatever Prefect is at, the draft does not wait for it
        _down_until[0] = time.monotonic() + DOWN_S
        _log.warning("flow of draft %s: %s", conversation_id, type(error).__name__)


def _claim(conversation_id: str) -> _Handed | None:
    """Claims a conversation for a worker that was told to draft it."""
    _told(lambda: drafting.load(Settings()))
    claimed = _told(lambda: _in_store(lambda w: claims.claim_this(w, conversation_id, drafting.LEASE)))
    return _Handed(claimed) if claimed else None


@flow(
    name="rerender",
    persist_result=False,
    log_prints=False,
    task_runner=_LANES,
)
def rerender(run_id: str | None = None) -> State[None]:
    """Puts plans into another template: works off a run, with all others that do.

    Args:
        run_id: The run; without it, one over all plans that are not in the chosen template.
    """
    return _work_off("rerender", run_id)


@flow(
    name="reextract",
    persist_result=False,
    log_prints=False,
    task_runner=_LANES,
)
def reextract(run_id: str | None = None) -> State[None]:
    """Extracts conversations again: works off a run, with all others that do.

    Args:
        run_id: The run; without it, one over all that an earlier version of the extraction drafted.
    """
    return _work_off("reextract", run_id)


@rerender.on_cancellation
@reextract.on_cancellation
def stop(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:  # noqa: ARG001  # Prefect's
    """Stops the run of a flow that was cancelled: nobody begins a plan of it any more."""
    if run_id := flow_run.parameters.get("run_id"):
        _told(lambda: _in_store(lambda w: runs.cancel(w, ACTOR, run_id)))


def _work_off(kind: Kind, run_id: str | None) -> State[None]:
    run = begin(kind, run_id)
    if run is None:
        return Completed(message="Er is niets te doen.")
    if HELP not in runtime.flow_run.tags:
        _prepare(kind, run)
    done: SimpleQueue[PrefectFuture[bool]] = SimpleQueue()
    with _processes():
        going = CORES
        for _ in range(CORES):
            plans.submit(run.id).add_done_callback(done.put)
        while going:
            if done.get().result():
                plans.submit(run.id).add_done_callback(done.put)
            else:
                going -= 1
    run = end(run.id)
    create_markdown_artifact(_table(run), key=f"{kind}-{run.id}")
    return Cancelled(message=_counts(run)) if run.state == "cancelled" else Completed(message=_counts(run))


def _prepare(kind: Kind, run: Run) -> None:
    """Tells Prefect which run it is, so that cancelling finds it, and asks the other workers to help."""
    try:
        with get_client(sync_client=True) as client:
            client.update_flow_run(
                runtime.flow_run.id, name=f"{kind} {run.id[:8]}", parameters={"run_id": run.id}
            )
        called = call_help(kind, run.id, most=run.waiting // (PARTS * batch.SIZE))
        _log.info("run %s: %d workers are asked to help", run.id, called)
    except Exception as error:  # without help it takes longer
        _log.warning("run %s: %s", run.id, type(error).__name__)


def _can_pass(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    return isinstance(state.result(raise_on_failure=False), NotNowError)


_step: Final = task(
    retries=len(PAUSES_S),
    retry_delay_seconds=list(PAUSES_S),
    retry_condition_fn=_can_pass,
    persist_result=False,
    cache_policy=NO_CACHE,
    log_prints=False,
)


@_step
def begin(kind: Kind, run_id: str | None) -> Run | None:
    """The run to work off; without an id one over what lags behind, or the unfinished one of that aim.

    Raises:
        NotNowError: The store cannot be reached.
        RunError: There is no such run; or none can begin, as one towards something else is unfinished or this
            machine was forgotten in an update.
    """
    return _told(lambda: _in_store(lambda w: runs.get(w, run_id) if run_id else _behind(w, kind)))


@_step
def plans(run_id: str) -> bool:
    """Works off some parts of a run, and waits for those that others are at when there are no more.

    Returns:
        Whether the run goes on.

    Raises:
        NotNowError: The store cannot be reached, this machine lacks something, or the process ended without
            having claimed anything.
        RunError: The run is not there any more, or this machine has another izp or main key than it needs.
    """
    process = _free()
    if process is None:
        return False
    try:
        for _ in range(PARTS):
            while not _part(process, run_id):
                if not _told(lambda: _waits(run_id)) or _ends.wait(batch.POLL_S):
                    return False
            if _ends.is_set():
                return False
        return True
    finally:
        _idle.put(process)


@_step
def end(run_id: str) -> Run:
    """Ends a run when no plan of it waits.

    Raises:
        NotNowError: The store cannot be reached.
        RunError: The run is not there any more.
    """
    return _told(lambda: _in_store(lambda w: runs.end(w, run_id)))


_idle: Final[SimpleQueue[WarmProcess]] = SimpleQueue()
_ends: Final = threading.Event()


@contextmanager
def _processes() -> Iterator[None]:
    """Processes for `plans`; when it is broken off, the parts that they are at are finished first."""
    _ends.clear()
    with ExitStack() as stack:
        for _ in range(CORES):
            most = batch.RENEWED // batch.SIZE
            _idle.put(stack.enter_context(WarmProcess(batch.load, Settings(), most=most)))
        try:
            yield
        finally:
            _ends.set()
            for _ in range(CORES):
                _idle.get()


def _free() -> WarmProcess | None:
    """A process that nobody uses; none when the flow ends, which a task may find that paused meanwhile."""
    while not _ends.is_set():
        with suppress(Empty):
            return _idle.get(timeout=batch.POLL_S)
    return None


def _part(process: WarmProcess, run_id: str) -> bool:
    """Works off one part in a process; gives back what it had claimed where it ended."""
    name = secrets.token_hex(16)
    try:
        return process.run(batch.part, run_id, batch.SIZE, name)
    except Exception as error:
        kind = str(error) if isinstance(error, BatchError) else type(error).__name__
        can_pass = isinstance(error, BatchError | ProcessEnded) and not isinstance(error, OtherVersionError)
        has_ended = isinstance(error, ProcessEnded)
    _log.warning("run %s: %s", run_id, kind)
    given_back = _told(lambda: _in_store(lambda w: runs.release(w, run_id, name)))
    if has_ended and given_back:
        return True  # it is a plan that ended the process: the run goes on, and gives that plan up
    raise NotNowError(kind) if can_pass else RunError(kind)


def _behind(w: Work, kind: Kind) -> Run | None:
    if kind == "rerender":
        template_id, extractor = templates.current_id(w), None
        ids = lagging.behind_template(w, template_id)
    else:
        template_id, extractor = None, reextraction.extractor(Settings())
        ids = lagging.behind_extractor(w, extractor)
        if ids and runs.is_outdated(w, extractor):
            raise OtherExtractorError  # this machine was forgotten in an update, and nobody looks on
    unfinished = runs.unfinished(w, kind, template_id=template_id, extractor=extractor)
    if not ids and unfinished is None:
        return None
    return runs.begin(w, ACTOR, kind, ids, template_id=template_id, extractor=extractor)


def _waits(run_id: str) -> bool:
    with look(_store()) as w:
        run = runs.get(w, run_id)
    return run.state == "running" and bool(run.waiting)


def _in_store(act: Callable[[Work], Result]) -> Result:
    with work(_store()) as w:
        return act(w)


@cache
def _store() -> Store:
    return open_store(Settings(), make=False)


def _told(act: Callable[[], Result]) -> Result:
    """What an act gives; what it raises is told by its kind alone, as Prefect keeps it."""
    try:
        return act()
    except SQLAlchemyError as error:
        kind, can_pass = type(error).__name__, True
    except Exception as error:
        kind, can_pass = type(error).__name__, False
    # Not in the handlers: an exception takes the one it was raised in along.
    raise NotNowError(kind) if can_pass else RunError(kind)


def _counts(run: Run) -> str:
    told = [f"{run.counts[name]} {words}" for name, words in OUTCOMES.items() if run.counts.get(name)]
    return ", ".join(told) or "geen plannen"


def _table(run: Run) -> str:
    rows = [f"| {words} | {run.counts.get(name, 0)} |" for name, words in OUTCOMES.items()]
    return "\n".join((f"Run {run.id}", "", "| plannen | aantal |", "|---|---:|", *rows))
