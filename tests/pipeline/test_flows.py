import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline import jobs
from pipeline.draft import Options
from pipeline.settings import Settings

# One Prefect server serves all these tests, so they run in one worker.
pytestmark = pytest.mark.xdist_group("prefect")

TEXT, CHILD, FILE = "zwaluwstaartje", "Quirijntje", "kwartelkoning"
TALK = f"Moeder: Ik wil dat {CHILD} thuis is met het {TEXT}.\nKinderarts: Ik bel morgen de thuiszorg.\n"


class Runs(NamedTuple):
    """What two runs of the flow left behind: one that went well, one that failed on a text-laden error."""

    good: Path
    failed: jobs.JobError
    states: set[str]
    logged: str
    kept: bytes


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    home, data = tmp_path_factory.mktemp("prefect"), tmp_path_factory.mktemp("data")
    talk = tmp_path_factory.mktemp("in") / f"{FILE}.txt"
    talk.write_text(TALK, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", str(home))
        patch.setenv("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
        patch.setenv("IZP_DATA_DIR", str(data))
        yield run_both(talk, home, patch)


def run_both(talk: Path, home: Path, patch: pytest.MonkeyPatch) -> Runs:
    from prefect.client.orchestration import get_client
    from prefect.settings import get_current_settings
    from prefect.testing.utilities import prefect_test_harness

    from pipeline import flows  # Prefect reads its environment when it is imported

    def fail(*_: object) -> None:
        raise RuntimeError(TALK + FILE)

    async def read_states() -> set[str]:
        async with get_client() as client:
            return {run.state_name or "" for run in await client.read_flow_runs()}

    settings = Settings()
    log = Log()
    with prefect_test_harness(server_startup_timeout=120):
        database = get_current_settings().server.database.connection_url
        assert database is not None
        for name in (None, "prefect"):
            logging.getLogger(name).addHandler(log)
        good = jobs.submit(talk, Options(child=CHILD), settings)
        flows.run(good)
        bad = jobs.submit(talk, Options(child=CHILD), settings)
        with patch.context() as broken:
            broken.setattr("pipeline.draft.render", fail)
            with pytest.raises(jobs.JobError) as raised:
                flows.draft(bad)  # as another would start it, with Prefect's own settings
        states = asyncio.run(read_states())
        for name in (None, "prefect"):
            logging.getLogger(name).removeHandler(log)
    folders = (home, Path(database.get_secret_value().split("///")[1]).parent)
    kept = b"".join(path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file())
    return Runs(jobs.folder(good, settings), raised.value, states, log.text, kept)


class Log(logging.Handler):
    """Keeps everything that is logged, tracebacks included."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text += self.format(record) + "\n"


def test_the_flow_leaves_the_draft_in_the_folder_of_the_job(runs: Runs):
    names = sorted(path.name for path in (runs.good / "out").iterdir())
    assert names == [f"{FILE}.gezin.docx", f"{FILE}.izp.docx", f"{FILE}.izp.json", f"{FILE}.izp.pdf"]


def test_prefect_knows_how_each_run_ended(runs: Runs):
    assert runs.states == {"Completed", "Failed"}


def test_a_failed_run_names_the_job_and_the_kind_of_error(runs: Runs):
    assert str(runs.failed) == f"job {runs.failed.job_id}: RuntimeError"


def test_what_prefect_keeps_holds_the_ids_and_the_kind_of_error(runs: Runs):
    assert runs.good.name.encode() in runs.kept
    assert str(runs.failed).encode() in runs.kept


@pytest.mark.parametrize("mark", [TEXT, CHILD, FILE])
def test_what_prefect_keeps_holds_nothing_of_the_conversation(mark: str, runs: Runs):
    assert mark.encode() not in runs.kept


@pytest.mark.parametrize("mark", [TEXT, CHILD, FILE])
def test_what_is_logged_holds_nothing_of_the_conversation(mark: str, runs: Runs):
    assert runs.failed.job_id in runs.logged
    assert mark not in runs.logged
