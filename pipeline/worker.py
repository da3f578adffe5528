"""A worker: the machine that it runs on takes up the flows that wait at a Prefect server, one at a time.

It puts the work pool and the deployments in place, so that a new server needs nothing else. A flow runs in a
process of its own (Prefect's process worker), which uses all cores. What a worker was at when it stopped or
was killed is scheduled again: by itself when it stops, or when a worker of its name starts.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from pathlib import Path
from typing import Final

# isort: off
from pipeline.work_pool import DEPLOYMENT, POOL, QUIET  # sets what Prefect reads when it is imported

# isort: on
import httpx
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import ObjectAlreadyExists
from prefect.settings import temporary_settings
from prefect.states import Scheduled
from prefect.types.entrypoint import EntrypointType
from prefect.workers.process import ProcessWorker

from pipeline import flows

STOP_S: Final = 60
"""So long a flow may take to finish the plans that it is at, when its worker is told to stop."""

RETRY_S: Final = 30
"""So long a worker waits that lost the server, before it begins anew."""

_NOT_DONE: Final = (StateType.PENDING, StateType.RUNNING, StateType.CRASHED)
_WORKER: Final = "prefect.worker.name"

_log: Final = logging.getLogger(__name__)


def work_until_told(name: str) -> None:
    """Works off what waits at the Prefect server of `PREFECT_API_URL` until SIGTERM or Ctrl-C.

    Args:
        name: What this worker is called; no two that run may be called the same.

    Raises:
        httpx.HTTPError: The server cannot be reached when it starts.
    """
    with temporary_settings(QUIET):
        asyncio.run(_work(name))


async def _work(name: str) -> None:
    # Flows run by the Python that this one is run by.
    os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    told = asyncio.Event()
    async with get_client() as client:
        await _install(client)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, told.set)
        while not told.is_set():
            try:
                await _work_off(client, name, told)
            except* (RuntimeError, httpx.HTTPError) as errors:  # the server stayed away too long
                _log.warning("worker: %s", ", ".join(type(each).__name__ for each in errors.exceptions))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(told.wait(), RETRY_S)


async def _work_off(client: PrefectClient, name: str, told: asyncio.Event) -> None:
    await _schedule_again(client, await _at_hand(client, name))
    worker = ProcessWorker(work_pool_name=POOL, name=name, limit=1)
    async with asyncio.TaskGroup() as group:
        working = group.create_task(worker.start())
        await told.wait()
        at_hand: list[FlowRun] = []
        with contextlib.suppress(httpx.HTTPError):  # its next start finds them
            at_hand = await _at_hand(client, name)
        await _end_flow()
        working.cancel()
    await _schedule_again(client, [*at_hand, *await _at_hand(client, name)])


async def _install(client: PrefectClient) -> None:
    """Makes the work pool and the deployments, or brings them up to date; schedules stay."""
    template = ProcessWorker.get_default_base_job_template()
    with contextlib.suppress(ObjectAlreadyExists):
        await client.create_work_pool(WorkPoolCreate(name=POOL, type="process", base_job_template=template))
    quiet = {"DO_NOT_TRACK": "1"} | {setting.name: str(value) for setting, value in QUIET.items()}
    for each in (flows.draft, flows.rerender, flows.reextract):
        deployment = await each.ato_deployment(
            DEPLOYMENT,
            work_pool_name=POOL,
            entrypoint_type=EntrypointType.MODULE_PATH,
            job_variables={"env": quiet, "command": "python -m pipeline.flow_process"},
        )
        await deployment.aapply()


async def _at_hand(client: PrefectClient, name: str) -> list[FlowRun]:
    """The flow runs that a worker of this name was at last, as far as the server knows."""
    found = await client.read_flow_runs(
        work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL])),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.PENDING, StateType.RUNNING]))
        ),
    )
    return [run for run in found if run.labels.get(_WORKER) == name]


async def _end_flow() -> None:
    """Tells the process of a flow to stop, and waits while it finishes the plans that it is at."""
    children = Path("/proc/self/task").glob("*/children")
    pids = {int(pid) for each in children for pid in each.read_text().split()}
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + STOP_S
    while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < until:
        await asyncio.sleep(0.2)


async def _schedule_again(client: PrefectClient, at_hand: list[FlowRun]) -> None:
    """Leaves flow runs that did not end to the next worker that is free, this one or another."""
    for run in {each.id: each for each in at_hand}.values():
        now = await client.read_flow_run(run.id)
        if now.state_type in _NOT_DONE:
            await client.set_flow_run_state(run.id, Scheduled(message="De worker is gestopt."), force=True)
            _log.info("flow run %s is scheduled again", run.id)
