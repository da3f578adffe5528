"""The drafting of a plan as a Prefect flow, for an installation that has a Prefect server.

    job_id = jobs.submit(Path("gesprek.vtt"), Options(), Settings())
    flows.run(job_id)                       # the draft lies in jobs.folder(job_id, Settings()) / "out"

`PREFECT_API_URL` names the server. Prefect keeps what it is told in a database and on web pages that
others read, so it is told a job's id and nothing else: the flow takes the id, gives nothing back,
keeps no result, and fails with an exception that holds the id and the kind of the error.
The server itself should run with `PREFECT_SERVER_ANALYTICS_ENABLED=false`.
"""

from __future__ import annotations

import os

# Prefect reports its use to its makers, unless this stands before it is imported.
os.environ["DO_NOT_TRACK"] = "1"

from prefect import flow
from prefect.settings import (
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    PREFECT_LOGGING_TO_API_ENABLED,
    PREFECT_SERVER_ALLOW_EPHEMERAL_MODE,
    temporary_settings,
)

from pipeline import jobs
from pipeline.settings import Settings


@flow(name="izp-draft", persist_result=False, log_prints=False)
def draft(job_id: str) -> None:
    """Drafts the plan of one job; the documents lie in the job's folder.

    Raises:
        JobError: The job failed.
    """
    jobs.run(job_id, Settings())


def run(job_id: str) -> None:
    """Runs the flow in this process, as it should be run.

    Nothing is logged to the server. There is no heartbeat: a synchronous flow waits for the heartbeat's
    thread when it ends, which takes longer than the draft itself. Where no server is set, none is started.

    Raises:
        JobError: The job failed.
        ValueError: `PREFECT_API_URL` is not set.
    """
    settings = {
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
        PREFECT_LOGGING_TO_API_ENABLED: False,
        PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: False,
    }
    with temporary_settings(settings):
        draft(job_id)
