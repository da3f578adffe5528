import datetime as dt
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select

from pipeline.store import erase, runs
from pipeline.store.audit import Actor
from pipeline.store.conversations import Submitted
from pipeline.store.database import Store, look, work
from pipeline.store.errors import NotFound, Outdated
from pipeline.store.runs import BUSY, ENDED, Change, Detail, OtherRunError, Part, Run
from pipeline.store.tables import AuditRow, DraftingRow, RunItemRow

LEASE = dt.timedelta(minutes=1)
OVER = dt.timedelta(seconds=-1)
AIM = {"extractor": "v2"}


@pytest.fixture
def ids(submit: Callable[..., Submitted]) -> list[str]:
    """Four conversations."""
    return [submit(f"Moeder: Hij wil naar huis {number}.\n".encode()).id for number in range(4)]


@pytest.fixture
def run(store: Store, nurse: Actor, ids: list[str]) -> Run:
    """A run over them."""
    with work(store) as w:
        return runs.begin(w, nurse, "reextract", ids, **AIM)


def claim(store: Store, run: Run, most: int = 4, lease: dt.timedelta = LEASE, worker: str = "a") -> Part:
    with work(store) as w:
        part = runs.claim(w, run.id, worker, most, lease)
    assert part is not None
    return part


def finish(store: Store, part: Part, conversation_id: str, outcome: runs.Outcome = "changed", **more: object):
    with work(store) as w:
        runs.finish_item(w, part, conversation_id, outcome, milliseconds=5, **more)  # type: ignore[arg-type]


def now(store: Store, run: Run) -> Run:
    with look(store) as w:
        return runs.get(w, run.id)


def test_plans_are_claimed_in_order(store: Store, run: Run, ids: list[str]):
    first, second = claim(store, run, 3), claim(store, run, 3, worker="b")
    assert [*first.conversation_ids, *second.conversation_ids] == ids
    with work(store) as w:
        assert runs.claim(w, run.id, "c", 3, LEASE) is None


def test_each_plan_is_claimed_by_one_worker(store: Store, run: Run, ids: list[str]):
    together, came = threading.Barrier(6, timeout=60), []

    def look_for_work(name: str) -> None:
        together.wait()
        with work(store) as w:
            came.append(runs.claim(w, run.id, name, 1, LEASE))

    threads = [threading.Thread(target=look_for_work, args=(str(number),)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    got = [name for part in came if part for name in part.conversation_ids]
    assert len(got) == len(set(got)) <= len(ids)


def test_what_became_of_each_plan_is_counted(store: Store, run: Run, ids: list[str]):
    part = claim(store, run)
    finish(store, part, ids[0])
    finish(store, part, ids[1], "attention")
    finish(store, part, ids[2], "failed", code="RenderError")
    assert now(store, run).counts == {"changed": 1, "attention": 1, "failed": 1, "waiting": 1}


def test_details_are_read_back_with_what_they_are_of(store: Store, run: Run, ids: list[str], child: str):
    change = Change(above=None, before=("Naar huis",), after=("Thuis",), below="Einde")
    detail = Detail(attention=("Nieuw veld.",), text=(change,), further=2)
    finish(store, claim(store, run), ids[0], "attention", detail=detail)
    with look(store) as w:
        [item] = runs.items(w, run.id)
    assert (item.conversation_id, item.child_id, item.outcome, item.detail) == (
        ids[0],
        child,
        "attention",
        detail,
    )


def test_details_are_sealed(store: Store, run: Run, ids: list[str]):
    finish(store, claim(store, run), ids[0], detail=Detail(attention=("Naar huis",)))
    with store.engine.connect() as connection:
        [sealed] = connection.exec_driver_sql("SELECT sealed FROM run_items WHERE sealed IS NOT NULL").all()
    assert b"Naar huis" not in bytes(sealed[0])


def test_a_claim_that_ran_out_is_anothers_one_plan_at_a_time(store: Store, run: Run, ids: list[str]):
    late = claim(store, run, lease=OVER)
    again = claim(store, run, worker="b")
    assert again.conversation_ids == (ids[0],)
    with pytest.raises(Outdated):
        finish(store, late, ids[0])
    finish(store, again, ids[0])


def test_what_was_not_begun_comes_before_what_was(store: Store, run: Run, ids: list[str]):
    claim(store, run, 1, lease=OVER)
    assert claim(store, run, worker="b").conversation_ids == tuple(ids[1:])


def test_a_plan_that_ends_its_process_each_time_is_given_up(store: Store, nurse: Actor, ids: list[str]):
    with work(store) as w:
        run = runs.begin(w, nurse, "reextract", ids[:1], **AIM)
    for _ in range(3):
        claim(store, run, lease=OVER)
    with work(store) as w:
        assert runs.claim(w, run.id, "b", 4, LEASE) is None
    with look(store) as w:
        [item] = runs.items(w, run.id)
    assert (item.outcome, item.code) == ("failed", ENDED)


def test_a_claim_that_is_held_on_to_does_not_run_out(store: Store, run: Run):
    part = claim(store, run, lease=OVER)
    with work(store) as w:
        runs.extend(w, part, LEASE)
        assert runs.claim(w, run.id, "b", 4, LEASE) is None


def test_a_claim_can_be_given_back(store: Store, run: Run, ids: list[str]):
    part = claim(store, run)
    finish(store, part, ids[0])
    with work(store) as w:
        assert runs.release(w, run.id, part.worker) == 3
    assert claim(store, run, worker="b").conversation_ids == (ids[1],)


def test_a_plan_that_others_work_on_is_left_for_later(
    store: Store, nurse: Actor, ids: list[str], monkeypatch: pytest.MonkeyPatch
):
    with work(store) as w:
        run = runs.begin(w, nurse, "reextract", ids[:1], **AIM)
    part = claim(store, run)
    with work(store) as w:
        runs.postpone(w, part, ids[0])
        assert runs.claim(w, run.id, "b", 4, LEASE) is None
    monkeypatch.setattr(runs, "PAUSE", OVER)
    for _ in range(2):
        with work(store) as w:
            w.session.execute(runs.update(runs.RunItemRow).values(lease_until=dt.datetime.now(dt.UTC) + OVER))
        part = claim(store, run)
        with work(store) as w:
            runs.postpone(w, part, ids[0])
    with work(store) as w:
        assert runs.claim(w, run.id, "b", 4, LEASE) is None
    with look(store) as w:
        [item] = runs.items(w, run.id)
    assert (item.outcome, item.code) == ("failed", BUSY)


def test_the_same_run_begun_again_goes_on_with_what_waits(
    store: Store, nurse: Actor, run: Run, ids: list[str], submit: Callable[..., Submitted]
):
    finish(store, claim(store, run, 1), ids[0])
    more = submit(b"Vader: En dan.\n").id
    with work(store) as w:
        again = runs.begin(w, nurse, "reextract", [*ids, more], **AIM)
    assert (again.id, again.total, again.waiting) == (run.id, 5, 4)


def test_a_plan_that_failed_is_tried_again_when_its_run_goes_on(
    store: Store, nurse: Actor, run: Run, ids: list[str]
):
    part = claim(store, run, 2)
    finish(store, part, ids[0], "failed", code=BUSY)
    finish(store, part, ids[1])
    with work(store) as w:
        again = runs.begin(w, nurse, "reextract", ids[:1], **AIM)
    assert (again.id, again.counts) == (run.id, {"waiting": 3, "changed": 1})
    assert claim(store, run).conversation_ids == (ids[0], *ids[2:])


def test_a_trial_does_not_go_on_but_begins_anew(store: Store, nurse: Actor, run: Run, ids: list[str]):
    with work(store) as w:
        trials = [runs.begin(w, nurse, "reextract", ids, **AIM, trial=True) for _ in range(2)]
    assert len({run.id, *(one.id for one in trials)}) == 3
    assert [now(store, one).state for one in (*trials, run)] == ["cancelled", "running", "running"]


@pytest.mark.parametrize("is_stopped", [False, True])
def test_a_run_towards_something_else_begins_when_the_first_has_ended(
    store: Store, nurse: Actor, run: Run, ids: list[str], is_stopped: bool
):
    with work(store) as w:
        assert runs.begin(w, nurse, "reextract", [], extractor="v3", trial=True).id != run.id
    with pytest.raises(OtherRunError, match=f"izp runs stop {run.id[:8]}"), work(store) as w:
        runs.begin(w, nurse, "reextract", ids, extractor="v3")
    part = claim(store, run)
    if is_stopped:
        with work(store) as w:
            runs.cancel(w, nurse, run.id)
    else:  # all is done, and whoever did it was killed before that was told
        for conversation_id in ids:
            finish(store, part, conversation_id)
    with work(store) as w:
        assert runs.begin(w, nurse, "reextract", ids, extractor="v3").id != run.id


def test_a_version_that_another_followed_is_outdated_until_somebody_begins_a_run_towards_it_again(
    store: Store, nurse: Actor, ids: list[str]
):
    def begun(extractor: str, *, trial: bool = False) -> list[str]:
        with work(store) as w:
            runs.begin(w, nurse, "reextract", [], extractor=extractor, trial=trial)
            return [name for name in ("v1", "v2", "v3") if runs.is_outdated(w, name)]

    assert begun("v1") == []
    assert begun("v2", trial=True) == []
    assert begun("v2") == ["v1"]
    assert begun("v1") == ["v2"]
    with work(store) as w:  # what an upload was drafted by before any run
        before = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
        sealed = {"conversation_sealed": b"", "limits_sealed": b""}
        w.session.add(DraftingRow(conversation_id=ids[0], number=1, at=before, extractor="v3", **sealed))
    assert begun("v1") == ["v2", "v3"]


def test_a_run_ends_when_nothing_waits(store: Store, run: Run, ids: list[str]):
    part = claim(store, run)
    for conversation_id in ids:
        with work(store) as w:
            assert runs.end(w, run.id).state == "running"
        finish(store, part, conversation_id)
    with work(store) as w:
        assert runs.end(w, run.id).state == "done"


def test_of_a_run_that_was_stopped_nothing_is_claimed(store: Store, nurse: Actor, run: Run, ids: list[str]):
    part = claim(store, run, 1)
    with work(store) as w:
        assert runs.cancel(w, Actor(), run.id).state == "cancelled"
        assert runs.claim(w, run.id, "b", 1, LEASE) is None
        assert not runs.is_running(w, run.id)
    finish(store, part, ids[0])  # what was begun is kept
    with work(store) as w:
        assert runs.end(w, run.id).state == "cancelled"
        assert runs.begin(w, nurse, "reextract", ids, **AIM).id != run.id


def test_an_erased_child_is_in_no_run(store: Store, run: Run, child: str, ids: list[str]):
    part = claim(store, run)
    erase.erase(store, Actor(), child)
    with pytest.raises(Outdated):
        finish(store, part, ids[0])
    assert now(store, run).total == 0


def test_a_run_is_found_by_the_beginning_of_its_id(store: Store, run: Run):
    with look(store) as w:
        assert runs.named(w, run.id[:8]) == run.id
        assert [one.id for one in runs.recent(w)] == [run.id]
        with pytest.raises(NotFound):
            runs.named(w, "x")
        assert runs.named(w, "") == run.id


def test_a_beginning_that_two_runs_share_says_so(store: Store, nurse: Actor, run: Run):
    with work(store) as w:
        runs.begin(w, nurse, "reextract", [], **AIM, trial=True)
        with pytest.raises(NotFound, match="meer dan één"):
            runs.named(w, "")


def test_a_claim_that_is_given_back_as_never_begun_costs_no_attempt(store: Store, run: Run, ids: list[str]):
    for _ in range(runs.MOST + 1):
        part = claim(store, run)
        assert part.conversation_ids == tuple(ids)
        with work(store) as w:
            runs.give_back(w, part)


def test_plans_without_an_outcome_are_waiting(store: Store, run: Run, ids: list[str]):
    finish(store, claim(store, run), ids[0])
    with look(store) as w:
        assert runs.waiting(w, run.id) == set(ids[1:])


def test_only_some_outcomes_are_read(store: Store, run: Run, ids: list[str]):
    part = claim(store, run)
    for conversation_id, outcome in zip(ids, ("changed", "failed", "attention", "unchanged"), strict=True):
        finish(store, part, conversation_id, outcome)
    with look(store) as w:
        told = [item.conversation_id for item in runs.items(w, run.id, ("attention", "failed"))]
    assert told == ids[1:3]


def test_details_that_cannot_be_unsealed_hide_no_others(store: Store, run: Run, ids: list[str]):
    part = claim(store, run)
    for conversation_id in ids[:2]:
        finish(store, part, conversation_id, detail=Detail(new=("Thuis",)))
    with work(store) as w:
        w.session.get_one(RunItemRow, (run.id, ids[0])).sealed = b"damaged"
    with look(store) as w:
        told = [(item.code, item.detail is None) for item in runs.items(w, run.id)]
    assert told == [("KeysError", True), (None, False)]


def test_who_began_and_stopped_a_run_is_in_the_audit_trail(store: Store, nurse: Actor, run: Run):
    with work(store) as w:
        runs.cancel(w, Actor(origin="opdracht"), run.id)
        runs.cancel(w, Actor(origin="opdracht"), run.id)  # which was stopped already
        events = w.session.scalars(select(AuditRow).where(AuditRow.object == run.id))
        told = [(event.action, event.user_id, event.origin) for event in events]
    assert told == [("begin_run", nurse.user_id, nurse.origin), ("stop_run", None, "opdracht")]
