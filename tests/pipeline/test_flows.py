"""The flows on a Prefect server of their own, with a worker, while one after the other is killed."""

import datetime as dt
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple, Self

import pytest
from sqlalchemy import select, update

from pipeline import drafting
from pipeline.batch import BatchError, OtherVersionError
from pipeline.corrections import Correction, Kind, correction_id
from pipeline.intake.participants_file import ParticipantsFile
from pipeline.reextract import extractor
from pipeline.settings import Settings
from pipeline.store import children, claims, conversations, reviews, runs, templates
from pipeline.store.accounts import add_user
from pipeline.store.audit import Actor
from pipeline.store.children import About
from pipeline.store.claims import Claim
from pipeline.store.conversations import Status
from pipeline.store.database import Store, look, open_store, work
from pipeline.store.keys import seal
from pipeline.store.runs import Run
from pipeline.store.sealed import place
from pipeline.store.tables import AuditRow, DraftingRow, RunItemRow
from pipeline.template import TEMPLATE
from pipeline.warm import ProcessEnded

# One Prefect server serves all these tests, so they run in one worker.
pytestmark = [
    pytest.mark.xdist_group("prefect"),
    pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals"),
]

TEXT, CHILD, FILE, WHY = "zwaluwstaartje", "Quirijntje", "kwartelkoning", "winterkoninkje"
MARKS = (TEXT, CHILD, FILE, WHY)
TALK = f"Moeder: Ik wil graag dat {CHILD} thuis is met het {TEXT}.\nKinderarts: Ik bel morgen de thuiszorg.\n"
PLANS = 24
LONGEST_S = 300.0


class Program:
    """A program with all that it starts, which is killed as one: as when its machine goes down."""

    def __init__(self, command: list[str], log: Path, env: dict[str, str]) -> None:
        with log.open("ab") as told:
            self._process = subprocess.Popen(  # noqa: S603  # our own
                command, stdout=told, stderr=told, env=env, start_new_session=True
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self.kill()

    def kill(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> int:
        self._process.terminate()
        return self._process.wait(LONGEST_S)


class Site:
    """An installation: a store in PostgreSQL, a Prefect server, and workers."""

    def __init__(self, folder: Path, port: int, settings: Settings) -> None:
        self.settings = settings
        self.home, self.logs = folder / "prefect", folder / "logs"
        for each in (self.home, self.logs):
            each.mkdir()
        self.api = f"http://127.0.0.1:{port}/api"
        self._port = port
        self._env = os.environ | {
            "DO_NOT_TRACK": "1",
            "IZP_DATA_DIR": str(settings.data_dir),
            "IZP_DATABASE": str(settings.database),
            "PREFECT_API_URL": self.api,
            "PREFECT_HOME": str(self.home),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_WORKER_QUERY_SECONDS": "1",
        }

    def start_server(self) -> Program:
        where = ["--host", "127.0.0.1", "--port", str(self._port), "--no-ui"]
        command = [sys.executable, "-m", "prefect", "server", "start", *where]
        server = Program(command, self.logs / "server", self._env)
        until(self._answers)
        return server

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.api}/health", timeout=2) as answer:  # noqa: S310  # our own
                return bool(answer.status == 200)
        except OSError:
            return False

    def start_worker(self) -> Program:
        izp = "from review.cli import main; import sys; sys.exit(main())"
        command = [sys.executable, "-c", izp, "worker", "--naam", "ziekenhuis"]
        return Program(command, self.logs / "worker", self._env)

    def prefect(self, ask: Callable[[Any], Any]) -> Any:
        """What the Prefect server answers to a client."""
        from prefect.client.orchestration import get_client

        with self.here(), get_client(sync_client=True) as client:
            return ask(client)

    def here(self) -> Any:
        """Makes this process one that the Prefect server is configured for."""
        from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

        return temporary_settings({PREFECT_API_URL: self.api, PREFECT_HOME: self.home})

    def flow_run(self, run_id: str) -> Any:
        found = self.prefect(lambda client: client.read_flow_runs())
        return next(run for run in found if run.parameters == {"run_id": run_id} and run.deployment_id)

    def until_ended(self, run_id: str) -> None:
        """Waits for the flow of a run; a client for each question would take most of the time there is."""
        flow_run = self.flow_run(run_id)
        self.prefect(
            lambda client: until(lambda: client.read_flow_run(flow_run.id).state.is_final(), pause_s=1)
        )

    def kept(self) -> bytes:
        files = [path for folder in (self.home, self.logs) for path in folder.rglob("*") if path.is_file()]
        return b"".join(path.read_bytes() for path in files)


def until(so: Callable[[], bool], pause_s: float = 0.3) -> None:
    end = time.monotonic() + LONGEST_S
    while not so():
        assert time.monotonic() < end
        time.sleep(pause_s)


class Told(NamedTuple):
    """What came of it all."""

    good: Status
    bad: Status
    alone: Status
    tried: int
    drafts: dict[str, str]
    talks: tuple[str, ...]
    broken: str
    rerendered: Run
    extracted: Run
    cancelled: Run
    states: dict[str, Any]
    restyled: Counter[str | None]
    shown_in: set[str]
    wanted: str
    code: int
    kept: bytes
    artifacts: list[Any]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, postgres: Any) -> Iterator[Told]:
    folder = tmp_path_factory.mktemp("site")
    name = f"izp_{secrets.token_hex(8)}"
    postgres.command(f"CREATE DATABASE {name} TEMPLATE izp_template STRATEGY FILE_COPY")
    settings = Settings(data_dir=folder / "izp", database=postgres.url(name))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    site = Site(folder, port, settings)
    open_store(settings).engine.dispose()
    store = drafting.load(settings)

    def cut_off() -> None:
        """The database goes down, for all who use it, and comes back."""
        postgres.command(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        postgres.command(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608
        time.sleep(2)
        postgres.command(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    with ExitStack() as stack:
        yield go_through(stack, site, store, folder, cut_off)
    store.engine.dispose()
    postgres.command(f"DROP DATABASE {name} WITH (FORCE)")


def go_through(stack: ExitStack, site: Site, store: Store, folder: Path, cut_off: Callable[[], None]) -> Told:
    from prefect.settings import PREFECT_API_REQUEST_TIMEOUT
    from prefect.states import Cancelling

    from pipeline import flows, work_pool

    server = stack.enter_context(site.start_server())

    def start(run: Run) -> str:
        with site.here():
            until(lambda: work_pool.started(run.kind, run.id), pause_s=1)
        return run.id

    def done(run_id: str) -> int:
        with look(store) as w:
            run = runs.get(w, run_id)
        return run.total - run.waiting

    def hold(run: Run, plans: Sequence[str], lease: dt.timedelta = dt.timedelta(days=1)) -> None:
        """Has plans claimed by another worker, or by one that is gone."""
        with work(store) as w:
            w.session.execute(
                update(RunItemRow)
                .where(
                    RunItemRow.run_id == run.id,
                    RunItemRow.conversation_id.in_(plans),
                    RunItemRow.state == "waiting",
                )
                .values(worker="another", lease_until=w.at + lease)
            )

    # Drafts, as a flow in this process.
    with work(store) as w:
        nurse = Actor(add_user(w, Actor(), login="saskia", name="S. de Wit", role="verpleegkundige").id)
    claimed = [hand_in(store, nurse) for _ in range(PLANS + 2)]
    without = [hand_in(store, nurse) for _ in range(2)]
    with site.here(), pytest.MonkeyPatch.context() as patch:
        patch.setitem(work_pool.WAITED_FOR, PREFECT_API_REQUEST_TIMEOUT, LONGEST_S)  # nobody waits here
        flows.draft_claimed(claimed[0])
        patch.setattr(drafting, "find", fails)
        flows.draft_claimed(claimed[1])
    with socket.socket() as silent, pytest.MonkeyPatch.context() as patch:
        silent.bind(("127.0.0.1", 0))
        patch.setattr(site, "api", f"http://127.0.0.1:{silent.getsockname()[1]}/api")
        tries: list[str] = []
        as_flow = flows._as_flow

        def tried(conversation_id: str) -> None:
            tries.append(conversation_id)
            as_flow(conversation_id)

        patch.setattr(flows, "_as_flow", tried)
        with site.here():
            for each in without:
                flows.draft_claimed(each)
    drafts = {
        run.name.split()[1]: run.state_name for run in site.prefect(lambda client: client.read_flow_runs())
    }
    for each in claimed[2:]:
        drafting.draft(each)
    talks = tuple(each.conversation_id for each in (claimed[0], *claimed[2:]))
    for talk in talks:
        correct(store, nurse, talk)
    spoil(store, claimed[-1])

    # A run, while its worker, the Prefect server and the database go down and come back.
    wanted = other_template(store, folder)
    with work(store) as w:
        run = runs.begin(w, nurse, "rerender", talks, template_id=wanted)
    hold(run, talks[6:])  # with many cores all would be done before anything goes down
    worker = stack.enter_context(site.start_worker())
    rerender = start(run)
    until(lambda: done(rerender) > 4)
    worker.kill()
    hold(run, talks, dt.timedelta(0))  # the claims of the dead run out
    hold(run, talks[12:])
    before = done(rerender)
    worker = stack.enter_context(site.start_worker())
    until(lambda: done(rerender) > before)
    hold(run, talks[12:], dt.timedelta(0))
    server.kill()
    cut_off()
    server = stack.enter_context(site.start_server())
    site.until_ended(rerender)

    # Another kind of run, and one that somebody cancels in Prefect.
    with work(store) as w:
        run = runs.begin(w, nurse, "reextract", talks, extractor=extractor(site.settings))
    extract = start(run)
    site.until_ended(extract)
    with work(store) as w:
        run = runs.begin(w, nurse, "rerender", talks, template_id=wanted, trial=True)
    hold(run, talks[:1])
    cancel = start(run)
    until(lambda: done(cancel) > 4)
    flow_run = site.flow_run(cancel)
    site.prefect(lambda client: client.set_flow_run_state(flow_run.id, Cancelling()))
    site.until_ended(cancel)

    states = {each: site.flow_run(each).state for each in (rerender, extract, cancel)}
    artifacts = site.prefect(lambda client: client.read_artifacts())
    code = worker.stop()
    server.kill()
    with look(store) as w:
        restyled = Counter(w.session.scalars(select(AuditRow.object).where(AuditRow.action == "rerender")))
        return Told(
            good=conversations.status(w, claimed[0].conversation_id),
            bad=conversations.status(w, claimed[1].conversation_id),
            alone=conversations.status(w, without[0].conversation_id),
            tried=len(tries),
            drafts=drafts,
            talks=talks,
            broken=talks[-1],
            rerendered=runs.get(w, rerender),
            extracted=runs.get(w, extract),
            cancelled=runs.get(w, cancel),
            states=states,
            restyled=restyled,
            shown_in={reviews.template_of(w, each).version for each in talks[:-1]},
            wanted=wanted,
            code=code,
            kept=site.kept(),
            artifacts=artifacts,
        )


def hand_in(store: Store, nurse: Actor) -> Claim:
    with work(store) as w:
        child = children.add(w, nurse, About(name=f"{CHILD} de Vries"))
        given = ParticipantsFile(child=CHILD)
        handed = conversations.submit(w, nurse, child.id, f"{FILE}.txt", TALK.encode(), given, 10_000)
        claimed = claims.claim_this(w, handed.id, dt.timedelta(minutes=10))
    assert claimed
    return claimed


def correct(store: Store, nurse: Actor, talk: str) -> None:
    with work(store) as w:
        plan = reviews.plan_of(w, talk)
        target = plan.entries[0].id
        acts: tuple[tuple[Kind, str], ...] = (
            ("edit", f"{CHILD} wil {TEXT}"),
            ("remark", f"Let op het {WHY}"),
        )
        for kind, after in acts:
            one = Correction(
                id=correction_id(plan.fingerprint, kind, target, after),
                kind=kind,
                target=target,
                after=after,
                plan=plan.fingerprint,
            )
            reviews.append(w, nurse, talk, (one,), reviews.last_seen(reviews.dossier(w, talk).corrections))


def spoil(store: Store, claimed: Claim) -> None:
    """Makes a plan one that cannot be read, of which the error holds the text."""
    with work(store) as w:
        row = w.session.get_one(DraftingRow, (claimed.conversation_id, 1))
        where = place("draftings.conversation_sealed", claimed.conversation_id, 1)
        row.conversation_sealed = seal(f'{{"text": "{TEXT}"}}'.encode(), w.child_key(claimed.child_id), where)


def fails(*_: object) -> None:
    raise ValueError(f"{TEXT} {CHILD} {FILE}")


def other_template(store: Store, folder: Path) -> str:
    other = folder / "template"
    shutil.copytree(TEMPLATE, other)
    told = (other / "template.yaml").read_text("utf-8")
    now = next(line for line in told.splitlines() if line.startswith("version:"))
    (other / "template.yaml").write_text(told.replace(now, "version: 99.0.0", 1), "utf-8")
    with work(store) as w:
        return templates.install(w, Actor(), other).id


def test_a_draft_is_a_flow_that_prefect_shows(told: Told):
    assert (told.good.state, told.bad.state) == ("done", "failed")
    assert told.drafts == {told.good.id: "Completed", told.bad.id: "Failed"}


def test_a_draft_is_made_without_a_server_that_does_not_answer(told: Told):
    assert told.alone.state == "done"


def test_a_server_that_does_not_answer_is_left_alone_for_a_while(told: Told):
    assert told.tried == 1


def test_no_plan_is_missing_after_worker_server_and_database_went_down(told: Told):
    assert told.rerendered.state == "done"
    assert told.rerendered.counts == {"changed": PLANS, "failed": 1}
    assert told.shown_in == {"99.0.0"}


def test_no_plan_was_done_twice_after_worker_server_and_database_went_down(told: Told):
    assert set(told.restyled.values()) == {1}
    assert len(told.restyled) == PLANS


def test_the_flow_of_a_run_says_what_became_of_the_plans(told: Told):
    state = told.states[told.rerendered.id]
    assert (state.name, state.message) == ("Completed", f"{PLANS} gewijzigd, 1 mislukt")
    table = next(each.data for each in told.artifacts if each.key == f"rerender-{told.rerendered.id}")
    assert f"| gewijzigd | {PLANS} |" in table


def test_a_new_extraction_is_a_flow_too(told: Told):
    assert told.extracted.state == "done"
    assert told.extracted.counts["failed"] == 1
    assert told.extracted.total == len(told.talks)


def test_who_cancels_a_flow_stops_its_run(told: Told):
    assert told.states[told.cancelled.id].name == "Cancelled"
    assert told.cancelled.state == "cancelled"
    assert told.cancelled.waiting


def test_a_worker_that_is_told_to_stop_ends_well(told: Told):
    assert told.code == 0


def test_what_prefect_and_the_workers_kept_holds_the_ids(told: Told):
    for each in (told.good.id, told.rerendered.id, told.broken):
        assert each.encode() in told.kept


@pytest.mark.parametrize("mark", MARKS)
def test_what_prefect_and_the_workers_kept_holds_nothing_of_the_talks(mark: str, told: Told):
    assert mark.encode() not in told.kept


# Steps of a flow, without a server.


class Ended(NamedTuple):
    """A process of which each task raises this."""

    error: Exception

    def run(self, *_: object) -> bool:
        raise self.error


@pytest.mark.parametrize(
    ("error", "kind"),
    [(BatchError("ObjectsError"), "NotNowError"), (OtherVersionError("StoreError"), "RunError")],
)
def test_a_part_that_could_not_be_done_is_tried_again_or_ends_the_flow(
    error: Exception, kind: str, monkeypatch: pytest.MonkeyPatch
):
    from pipeline import flows

    monkeypatch.setattr(flows, "_in_store", lambda _act: 4)  # plans were given back
    with pytest.raises(getattr(flows, kind), match=str(error)):
        flows._part(Ended(error), "run")  # type: ignore[arg-type]


def test_a_part_whose_process_ended_is_begun_again(monkeypatch: pytest.MonkeyPatch):
    from pipeline import flows

    monkeypatch.setattr(flows, "_in_store", lambda _act: 4)
    assert flows._part(Ended(ProcessEnded()), "run")  # type: ignore[arg-type]


def test_a_machine_that_was_not_updated_begins_no_run_by_itself(
    reviewed_alone: Any, monkeypatch: pytest.MonkeyPatch
):
    from pipeline import flows

    monkeypatch.setattr(flows, "_store", lambda: reviewed_alone.store)
    for version in (extractor(reviewed_alone.settings), "newer"):
        with work(reviewed_alone.store) as w:
            runs.begin(w, Actor(), "reextract", [], extractor=version)
    assert flows.begin.fn("reextract", None) is None  # there is nothing to do
    reviewed_alone.add()
    with pytest.raises(flows.RunError, match="OtherExtractorError"):
        flows.begin.fn("reextract", None)


def test_a_task_that_paused_while_its_flow_ended_ends_too(monkeypatch: pytest.MonkeyPatch):
    from pipeline import flows

    monkeypatch.setattr(flows.batch, "POLL_S", 0.05)
    monkeypatch.setattr(flows, "_ends", threading.Event())
    told: list[bool] = []
    task = threading.Thread(target=lambda: told.append(flows.plans.fn("run")), daemon=True)
    task.start()
    flows._ends.set()
    task.join(10)
    assert told == [False]
