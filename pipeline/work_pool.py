"""The work pool of a Prefect server, where the flows of `flows` wait for a worker of `worker`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, Final

# Prefect reports its use to its makers, unless this stands before it is imported.
os.environ["DO_NOT_TRACK"] = "1"

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterName,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType, WorkerStatus
from prefect.exceptions import ObjectNotFound
from prefect.settings import (
    PREFECT_API_REQUEST_TIMEOUT,
    PREFECT_CLIENT_MAX_RETRIES,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    PREFECT_LOGGING_TO_API_ENABLED,
    PREFECT_RESULTS_PERSIST_BY_DEFAULT,
    PREFECT_SERVER_ALLOW_EPHEMERAL_MODE,
    temporary_settings,
)
from prefect.settings.legacy import Setting

POOL: Final = "izp"
DEPLOYMENT: Final = "izp"
HELP: Final = "help"
"""The tag of a flow run that another one called for help."""

QUIET: Final[dict[Setting, Any]] = {
    PREFECT_LOGGING_TO_API_ENABLED: False,
    PREFECT_RESULTS_PERSIST_BY_DEFAULT: False,
    PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: False,
}
"""Prefect's settings for every flow: it keeps states and nothing else, and starts no server by the way."""

WAITED_FOR: Final[dict[Setting, Any]] = {
    **QUIET,
    PREFECT_API_REQUEST_TIMEOUT: 2.0,
    PREFECT_CLIENT_MAX_RETRIES: 0,
    # A synchronous flow waits for the thread of its heartbeat when it ends, longer than a draft takes.
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
}
"""The same where somebody waits for it."""


def online() -> int:
    """How many workers there are now.

    Raises:
        httpx.HTTPError: The Prefect server cannot be reached, or does not let this program in.
    """
    with temporary_settings(QUIET), get_client(sync_client=True) as client:
        return _online(client)


def started(kind: str, run_id: str) -> bool:
    """Starts the flow of a run for the workers, if there are any.

    Args:
        kind: The kind of the run, which is the name of its flow.
        run_id: The run.

    Returns:
        Whether a worker will take it up; else it is for this process.
    """
    with temporary_settings(WAITED_FOR):
        try:
            with get_client(sync_client=True) as client:
                if not _online(client):
                    return False
                _start(client, kind, run_id, ())
        except Exception:  # a server that is away is no reason not to do what was asked
            return False
    return True


def is_tended(kind: str, run_id: str) -> bool:
    """Whether a flow of a run waits or runs, and there is a worker; so too where the server does not say."""
    states = FlowRunFilterStateType(
        any_=[StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING, StateType.PAUSED]
    )
    asked = FlowRunFilter(
        name=FlowRunFilterName(any_=[_name(kind, run_id)]), state=FlowRunFilterState(type=states)
    )
    with temporary_settings(WAITED_FOR):
        try:
            with get_client(sync_client=True) as client:
                return bool(_online(client) and client.read_flow_runs(flow_run_filter=asked, limit=1))
        except Exception:  # it may be back soon, and the workers go on without it
            return True


def call_help(kind: str, run_id: str, most: int) -> int:
    """Starts the flow of a run once more for each other worker of the pool.

    Args:
        kind: The kind of the run.
        run_id: The run.
        most: So many at most.

    Returns:
        How many were called.
    """
    with get_client(sync_client=True) as client:
        others = min(_online(client) - 1, most)
        for _ in range(others):
            _start(client, kind, run_id, (HELP,))
    return max(others, 0)


def _online(client: SyncPrefectClient) -> int:
    try:
        client.read_work_pool(POOL)
    except ObjectNotFound:
        return 0
    workers = client.read_workers_for_work_pool(POOL)
    return sum(worker.status == WorkerStatus.ONLINE for worker in workers)


def _start(client: SyncPrefectClient, kind: str, run_id: str, tags: Iterable[str]) -> None:
    deployment = client.read_deployment_by_name(f"{kind}/{DEPLOYMENT}")
    client.create_flow_run_from_deployment(
        deployment.id, parameters={"run_id": run_id}, name=_name(kind, run_id), tags=tags
    )


def _name(kind: str, run_id: str) -> str:
    return f"{kind} {run_id[:8]}"
