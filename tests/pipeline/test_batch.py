import datetime as dt
import multiprocessing
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from pipeline import batch, rerender
from pipeline.batch import BatchError, OtherVersionError, follow, part, work_off
from pipeline.intake import IntakeEndedError
from pipeline.render import RenderEndedError
from pipeline.settings import Settings
from pipeline.store import documents, drafts, lagging, reviews, runs, templates
from pipeline.store.audit import Actor
from pipeline.store.database import Work, look, work
from pipeline.store.documents import KINDS
from pipeline.store.errors import StoreError
from pipeline.store.keys import OTHER_KEY, KeysError, MainKeys, new_key
from pipeline.store.objects import ObjectsError
from pipeline.store.runs import ENDED, Busy, Run
from pipeline.store.tables import AuditRow, RunItemRow

pytestmark = pytest.mark.usefixtures("quick_processes")

NAME = "0" * 32


@pytest.fixture
def here(reviewed: Any, no_documents: Callable[[], int]) -> Iterator[Any]:
    """This process as one that works on parts."""
    batch._open.append((reviewed.store, reviewed.settings))
    yield reviewed
    batch._open.clear()
    batch._run.cache_clear()


def begin(reviewed: Any, *talks: str, trial: bool = False) -> Run:
    with work(reviewed.store) as w:
        return runs.begin(w, Actor(), "rerender", talks, template_id=reviewed.second, trial=trial)


def end(reviewed: Any, run: Run) -> Run:
    with work(reviewed.store) as w:
        return runs.end(w, run.id)


def outcomes(reviewed: Any, run: Run) -> list[tuple[str, str | None]]:
    with look(reviewed.store) as w:
        return [(item.outcome, item.code) for item in runs.items(w, run.id)]


def test_a_part_of_a_run_is_worked_off(here: Any):
    talks = [here.add(), here.add(), here.add()]
    run = begin(here, *talks)
    assert part(run.id, 2, NAME)
    assert part(run.id, 2, NAME)
    assert not part(run.id, 2, NAME)
    assert end(here, run).counts == {"attention": 3}
    with look(here.store) as w:
        assert {drafts.head(w, talk).template_id for talk in talks} == {here.second}
        assert not set(lagging.behind_template(w, here.second)) & set(talks)


def test_one_broken_plan_does_not_stop_the_rest(here: Any, monkeypatch: pytest.MonkeyPatch):
    broken, whole = here.add(), here.add()
    make = rerender._look

    def look_at(w: Any, run: Run, talk: str) -> Any:
        if talk == broken:
            raise RuntimeError("Ik wil graag dat hij thuis kan zijn")
        return make(w, run, talk)

    monkeypatch.setattr(rerender, "_look", look_at)
    run = begin(here, broken, whole)
    part(run.id, 2, NAME)
    assert outcomes(here, run) == [("failed", "RuntimeError"), ("attention", None)]
    end(here, run)


def test_an_error_is_logged_by_its_kind_alone(
    here: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def fail(*_: object) -> None:
        raise RuntimeError("Ik wil graag dat hij thuis kan zijn")

    monkeypatch.setattr(rerender, "_look", fail)
    talk = here.add()
    run = begin(here, talk)
    part(run.id, 2, NAME)
    assert caplog.messages == [f"plan of {talk}: RuntimeError"]
    end(here, run)


def test_a_plan_that_others_work_on_is_for_later(here: Any, monkeypatch: pytest.MonkeyPatch):
    def busy(*_: object) -> None:
        raise Busy

    monkeypatch.setattr(rerender, "again", busy)
    run = begin(here, here.add())
    assert part(run.id, 2, NAME)
    assert not part(run.id, 2, NAME)  # not yet
    assert outcomes(here, run) == []
    with work(here.store) as w:
        runs.cancel(w, Actor(), run.id)


def test_of_a_run_that_is_stopped_no_plan_is_begun(here: Any, monkeypatch: pytest.MonkeyPatch):
    run = begin(here, here.add(), here.add())
    make = rerender.again

    def then_stopped(*given: Any) -> None:
        make(*given)
        with work(here.store) as w:
            runs.cancel(w, Actor(), run.id)

    monkeypatch.setattr(rerender, "again", then_stopped)
    assert part(run.id, 2, NAME)
    assert [outcome for outcome, _ in outcomes(here, run)] == ["attention"]


@pytest.mark.parametrize(
    "error", [OSError(28, "vol"), MemoryError(), IntakeEndedError("Pandoc"), RenderEndedError("Pandoc")]
)
def test_a_plan_for_which_this_machine_lacks_something_is_for_later(
    here: Any, monkeypatch: pytest.MonkeyPatch, error: Exception
):
    def lacks(*_: object) -> None:
        raise error

    monkeypatch.setattr(rerender, "again", lacks)
    monkeypatch.setattr(runs, "PAUSE", -runs.PAUSE)
    run = begin(here, here.add(), here.add())
    for _ in range(2 * runs.MOST):  # one at a time: the other is given back
        with pytest.raises(BatchError, match="OSError") as raised:
            part(run.id, 2, NAME)
        assert raised.value.__context__ is None
    assert not part(run.id, 2, NAME)
    assert outcomes(here, run) == [("failed", runs.LACKING)] * 2
    end(here, run)


def test_a_store_that_cannot_be_reached_is_no_plans_fault(here: Any, monkeypatch: pytest.MonkeyPatch):
    def unreachable(*_: object) -> None:
        raise OperationalError("SELECT naam", {}, Exception("Sem"))

    monkeypatch.setattr(rerender, "_look", unreachable)
    run = begin(here, here.add())
    with pytest.raises(BatchError) as error:
        part(run.id, 2, NAME)
    assert str(error.value) == "OperationalError"
    assert error.value.__context__ is None
    assert outcomes(here, run) == []
    with work(here.store) as w:
        runs.cancel(w, Actor(), run.id)


@pytest.mark.parametrize(
    "error",
    [
        ObjectsError("weg"),
        OperationalError("INSERT", {}, Exception("database or disk is full")),
        DatabaseError("INSERT", {}, Exception({"C": "53100", "M": "disk full"})),
        PoolTimeout(),
    ],
)
def test_a_store_that_is_away_costs_no_plan_an_attempt(
    here: Any, monkeypatch: pytest.MonkeyPatch, error: Exception
):
    def away(*_: object) -> None:
        raise error

    run = begin(here, here.add(), here.add())
    with monkeypatch.context() as patch:
        patch.setattr(rerender, "again", away)
        for _ in range(runs.MOST + 1):
            with pytest.raises(BatchError, match=type(error).__name__):
                part(run.id, 2, NAME)
    assert part(run.id, 2, NAME)
    assert outcomes(here, run) == [("attention", None)] * 2
    end(here, run)


def test_a_plan_that_the_database_never_takes_is_given_up(here: Any, monkeypatch: pytest.MonkeyPatch):
    def refused(*_: object) -> None:
        raise DatabaseError("INSERT", {}, Exception({"C": "22001"}))

    monkeypatch.setattr(rerender, "again", refused)
    monkeypatch.setattr(batch, "LEASE", -batch.LEASE)
    run = begin(here, here.add())
    for _ in range(runs.MOST):
        with pytest.raises(BatchError, match="DatabaseError"):
            part(run.id, 2, NAME)
    assert not part(run.id, 2, NAME)
    assert outcomes(here, run) == [("failed", ENDED)]
    end(here, run)


def test_a_run_that_this_izp_cannot_do_fails_no_plan(here: Any):
    talk = here.add()
    with work(here.store) as w:
        run = runs.begin(w, Actor(), "reextract", [talk], extractor="of another izp")
    with pytest.raises(OtherVersionError, match="OtherExtractorError"):
        part(run.id, 2, NAME)
    with work(here.store) as w:
        assert runs.claim(w, run.id, NAME, 1, batch.LEASE) is not None
        runs.cancel(w, Actor(), run.id)


def test_a_template_that_this_izp_cannot_use_fails_no_plan(here: Any, monkeypatch: pytest.MonkeyPatch):
    def unusable(*_: object) -> None:
        raise StoreError("Werk izp bij.")

    run = begin(here, here.add())
    with monkeypatch.context() as patch:
        patch.setattr(templates, "get", unusable)
        with pytest.raises(OtherVersionError, match="StoreError"):
            part(run.id, 2, NAME)
    assert outcomes(here, run) == []
    assert part(run.id, 2, NAME)
    end(here, run)


def test_a_process_with_a_main_key_that_was_rotated_out_fails_no_plan(here: Any):
    run = begin(here, here.add())
    batch._open[0] = (here.store._replace(keys=MainKeys((new_key(),))), here.settings)
    with pytest.raises(OtherVersionError, match="KeysError"):
        part(run.id, 2, NAME)
    assert outcomes(here, run) == []
    batch._open[0] = (here.store, here.settings)
    assert part(run.id, 2, NAME)
    end(here, run)


def test_a_main_key_that_is_rotated_in_mid_part_fails_no_plan(here: Any, monkeypatch: pytest.MonkeyPatch):
    run = begin(here, here.add())
    with monkeypatch.context() as patch:
        patch.setattr(rerender, "_look", other_key)
        patch.setattr(Work, "key_for", at_first(Work.key_for, other_key))
        with pytest.raises(OtherVersionError, match="KeysError"):
            part(run.id, 2, NAME)
    assert outcomes(here, run) == []
    assert part(run.id, 2, NAME)
    end(here, run)


def test_a_plan_with_a_damaged_key_fails_alone(here: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rerender, "_look", other_key)
    run = begin(here, here.add())
    assert part(run.id, 2, NAME)
    assert outcomes(here, run) == [("failed", "KeysError")]
    end(here, run)


def test_a_process_uses_the_cores_that_it_may_use():
    one = f"import os; os.sched_setaffinity(0, {{{min(os.sched_getaffinity(0))}}})"
    program = [sys.executable, "-c", f"{one}; from pipeline import batch; print(batch.CORES)"]
    told = subprocess.run(program, capture_output=True, check=True)  # noqa: S603  # our own
    assert told.stdout == b"1\n"


def test_a_run_survives_a_database_that_is_away_for_a_moment(
    reviewed_alone: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(batch, "load", load_with_fake_documents)
    monkeypatch.setattr(batch, "PAUSE_S", 0.01)
    run = begin(reviewed_alone, reviewed_alone.add())
    for name in ("get", "end"):
        monkeypatch.setattr(runs, name, at_first_away(getattr(runs, name)))
    assert work_off(reviewed_alone.settings, reviewed_alone.store, run.id, 1).state == "done"


def test_a_database_that_stays_away_is_told_by_its_kind(reviewed: Any, monkeypatch: pytest.MonkeyPatch):
    def away(*_: object) -> None:
        raise OperationalError("SELECT naam", {}, Exception("Sem"))

    monkeypatch.setattr(batch, "PAUSE_S", 0)
    monkeypatch.setattr(batch, "_work", lambda *_: None)
    monkeypatch.setattr(runs, "end", away)
    run = begin(reviewed, reviewed.add())
    with pytest.raises(BatchError) as error:
        work_off(reviewed.settings, reviewed.store, run.id, 1)
    assert (str(error.value), error.value.__context__) == ("OperationalError", None)
    with work(reviewed.store) as w:
        runs.cancel(w, Actor(), run.id)


def test_who_waits_for_others_stops_when_none_is_at_it(reviewed: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batch, "ASK_S", 0.0)
    run = begin(reviewed, reviewed.add())
    assert follow(reviewed.store, run.id, lambda: False, lambda _: None).state == "running"
    with work(reviewed.store) as w:
        runs.cancel(w, Actor(), run.id)
    assert follow(reviewed.store, run.id, lambda: True, lambda _: None).state == "cancelled"


def test_who_waits_for_others_gets_over_a_database_that_is_away_for_a_moment(
    reviewed: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(batch, "PAUSE_S", 0)
    run = begin(reviewed, reviewed.add())
    with work(reviewed.store) as w:
        runs.cancel(w, Actor(), run.id)
    monkeypatch.setattr(runs, "get", at_first_away(runs.get))
    assert follow(reviewed.store, run.id, lambda: True, lambda _: None).state == "cancelled"


def at_first_away(act: Callable[..., Any]) -> Callable[..., Any]:
    """A function that cannot reach the database the first time."""
    times: list[None] = []

    def tried(*given: Any) -> Any:
        times.append(None)
        if len(times) == 1:
            raise OperationalError("SELECT", {}, Exception())
        return act(*given)

    return tried


def at_first(act: Callable[..., Any], then: Callable[..., Any]) -> Callable[..., Any]:
    """A function that does something else from the second time on."""
    left = [act]
    return lambda *given: (left.pop() if left else then)(*given)


def other_key(*_: object) -> None:
    raise KeysError(OTHER_KEY)


# In processes of their own: with real documents, and what the tests put in their way.


def load_with_fake_documents(settings: Settings) -> None:
    batch.load(settings)
    rerender._documents = lambda plan, *_: dict.fromkeys(KINDS, plan.edition.encode())  # type: ignore[assignment]


def load_in_steps(settings: Settings) -> None:
    """Every plan but the first waits until it may go on."""
    load_with_fake_documents(settings)
    make, plans = rerender._documents, count()

    def waits(*given: Any) -> Any:
        if next(plans):
            until(may_go_on(settings).exists)
            time.sleep(0.3)  # time to break off
        return make(*given)

    rerender._documents = waits


def may_go_on(settings: Settings) -> Path:
    return settings.data_dir / "verder"


def until(so: Callable[[], bool]) -> None:
    end = time.monotonic() + 100
    while not so():
        assert time.monotonic() < end
        time.sleep(0.02)


def load_deadly(settings: Settings) -> None:
    load_with_fake_documents(settings)
    runs.MOST = 2  # type: ignore[misc]  # twice is enough here
    look_at = rerender._look

    def deadly(w: Any, run: Run, talk: str) -> Any:
        if "DODELIJK" in reviews.plan_of(w, talk).fields.values():
            os.kill(os.getpid(), signal.SIGKILL)
        return look_at(w, run, talk)

    rerender._look = deadly


def load_not(settings: Settings) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_run_is_worked_off_by_processes(reviewed_alone: Any):
    talk = reviewed_alone.add()
    told: list[Run] = []
    run = work_off(
        reviewed_alone.settings, reviewed_alone.store, begin(reviewed_alone, talk).id, 1, told.append
    )
    assert (run.state, dict(run.counts)) == ("done", {"attention": 1})
    assert told[-1] == run
    with look(reviewed_alone.store) as w:
        plan = reviews.plan_of(w, talk)
        pdf = documents.stored(w, talk, 1, "pdf", plan.fingerprint)
    assert pdf is not None
    assert pdf.startswith(b"%PDF")


def test_a_plan_that_ends_its_process_fails_alone(reviewed_alone: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batch, "load", load_deadly)
    deadly, other = reviewed_alone.add(), reviewed_alone.add()
    reviewed_alone.correct(deadly, "fill", "apotheek", "DODELIJK")
    run = begin(reviewed_alone, deadly, other)
    run = work_off(reviewed_alone.settings, reviewed_alone.store, run.id, 1)
    assert run.state == "done"
    assert outcomes(reviewed_alone, run) == [("failed", ENDED), ("attention", None)]


def test_processes_that_cannot_begin_end_the_run_unfinished(
    reviewed_alone: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(batch, "load", load_not)
    monkeypatch.setattr(batch, "TRIES", 1)
    run = begin(reviewed_alone, reviewed_alone.add())
    with pytest.raises(BatchError):
        work_off(reviewed_alone.settings, reviewed_alone.store, run.id, 1)
    with look(reviewed_alone.store) as w:
        assert runs.get(w, run.id).state == "running"


def test_a_run_that_is_broken_off_finishes_what_was_begun_and_can_be_gone_on_with(
    reviewed_alone: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(batch, "load", load_in_steps)
    monkeypatch.setattr(batch, "SIZE", 1)
    run = begin(reviewed_alone, *(reviewed_alone.add() for _ in range(6)))

    def broken_off(now: Run) -> None:
        if now.counts.get("attention"):
            may_go_on(reviewed_alone.settings).touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work_off(reviewed_alone.settings, reviewed_alone.store, run.id, 1, broken_off)
    with look(reviewed_alone.store) as w:
        half = runs.get(w, run.id)
    assert half.state == "running"
    assert half.waiting
    with work(reviewed_alone.store) as w:  # nothing is claimed any more: others can go on at once
        left = runs.claim(w, run.id, NAME, 6, batch.LEASE)
    assert left is not None
    assert len(left.conversation_ids) == half.waiting


def test_a_claim_is_held_on_to_while_its_process_works(here: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batch, "LEASE", dt.timedelta(seconds=6))
    run = begin(here, here.add())
    with work(
        here.store
    ) as w:  # it runs out at once: what keeps others from the plan is that it is held on to
        claimed = runs.claim(w, run.id, NAME, 1, dt.timedelta(0))
    assert claimed is not None

    def is_extended() -> bool:
        lease = select(RunItemRow.lease_until).where(RunItemRow.run_id == run.id)
        with look(here.store) as w:
            return w.session.scalars(lease).one() > claimed.until

    with batch._held(here.store, claimed):
        until(is_extended)
        with work(here.store) as w:
            assert runs.claim(w, run.id, "b", 1, batch.LEASE) is None
    with work(here.store) as w:
        runs.cancel(w, Actor(), run.id)


STEPS = (
    (runs, "is_running"),
    (rerender, "_look"),
    (rerender, "_documents"),
    (documents, "note"),
    (runs, "finish_item"),
    (drafts, "restyle"),
)


def work_until_killed(settings: Settings, run_id: str, step: int | None) -> None:
    """What a process does in the next test: it does a plan, and gets as far as a step in the one after it."""
    load_with_fake_documents(settings)
    runs.MOST = 100  # type: ignore[misc]
    if step is not None:
        module, name = STEPS[step]
        do, plans = getattr(module, name), count()

        def do_and_wait(*given: Any, **named: Any) -> Any:
            done = do(*given, **named)
            if next(plans):
                may_go_on(settings).touch()
                signal.pause()
            return done

        setattr(module, name, do_and_wait)
    while part(run_id, 2, secrets.token_hex(16)):
        pass


def test_after_kills_at_any_step_no_plan_is_missing_and_none_was_done_twice(reviewed_alone: Any):
    talks = [reviewed_alone.add() for _ in range(len(STEPS) + 2)]
    for talk in talks:
        reviewed_alone.correct(talk, "edit", "1", "Liefst thuis")
    run = begin(reviewed_alone, *talks)
    context, reached = multiprocessing.get_context("forkserver"), may_go_on(reviewed_alone.settings)
    for step in range(len(STEPS)):
        process = context.Process(target=work_until_killed, args=(reviewed_alone.settings, run.id, step))
        process.start()
        until(reached.exists)
        process.kill()
        process.join()
        reached.unlink()
        with work(reviewed_alone.store) as w:
            assert runs.get(w, run.id).waiting == len(talks) - step - 1
            w.session.execute(update(RunItemRow).values(lease_until=w.at))  # what was claimed is free
    process = context.Process(target=work_until_killed, args=(reviewed_alone.settings, run.id, None))
    process.start()
    process.join()
    assert dict(end(reviewed_alone, run).counts) == {"attention": len(talks)}
    with look(reviewed_alone.store) as w:
        done = w.session.scalars(select(AuditRow.object).where(AuditRow.action == "rerender")).all()
        assert sorted(done) == sorted(f"{talk}/1" for talk in talks)
        for talk in talks:
            plan = reviews.plan_of(w, talk)
            assert (plan.version, plan.entries[0].words) == ("2.3.0", "Liefst thuis")
            assert lagging.has_documents(w, talk, 1, plan.fingerprint)
