import datetime as dt
import threading
from collections.abc import Callable

import pytest

from pipeline.dossier import Extraction
from pipeline.intake.participants_file import ParticipantsFile, Person
from pipeline.store import claims, conversations, drafts, findings, rereadings, reviews
from pipeline.store.audit import Actor
from pipeline.store.claims import GIVEN_UP, Claim
from pipeline.store.conversations import Submitted
from pipeline.store.database import Store, look, work
from pipeline.store.errors import Outdated
from pipeline.store.recent import Recent
from pipeline.store.reviews import Appended

LEASE = dt.timedelta(minutes=1)
OVER = dt.timedelta(seconds=-1)
DATA = b"Moeder: Hij wil naar huis.\n"


def claim(store: Store, lease: dt.timedelta = LEASE) -> Claim | None:
    with work(store) as w:
        return claims.claim(w, lease)


def test_what_waits_longest_is_claimed_first(store: Store, submit: Callable[..., Submitted]):
    first, second = submit(DATA), submit(DATA + b"Vader: Ja.")
    claimed = [claim(store), claim(store)]
    assert [one.conversation_id for one in claimed if one] == [first.id, second.id]
    assert claim(store) is None


def test_a_claim_that_ran_out_is_anothers(store: Store, submit: Callable[..., Submitted]):
    handed = submit(DATA)
    claim(store, OVER)
    again = claim(store)
    assert again is not None
    assert again.conversation_id == handed.id


def test_a_conversation_is_claimed_by_one_worker(store: Store, submit: Callable[..., Submitted]):
    handed = {submit(DATA + bytes([number])).id for number in range(97, 103)}
    together, came = threading.Barrier(12, timeout=60), []

    def look_for_work() -> None:
        together.wait()
        came.append(claim(store))

    threads = [threading.Thread(target=look_for_work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    got = [one.conversation_id for one in came if one]
    assert len(got) == len(set(got))
    got += [one.conversation_id for _ in handed if (one := claim(store))]
    assert sorted(got) == sorted(handed)


def test_what_brings_down_every_worker_is_given_up(store: Store, submit: Callable[..., Submitted]):
    handed = submit(DATA)
    for _ in range(claims.MOST):
        assert claim(store, OVER) is not None
    assert claim(store) is None
    with look(store) as w:
        status = conversations.status(w, handed.id)
    assert (status.state, status.error) == ("failed", GIVEN_UP)


def test_what_was_given_up_is_in_the_way_of_nothing(store: Store, submit: Callable[..., Submitted]):
    submit(DATA)
    for _ in range(claims.MOST):
        claim(store, OVER)
    other = submit(DATA + b"Vader: Ja.")
    claimed = claim(store)
    assert claimed is not None
    assert claimed.conversation_id == other.id


def test_the_steps_of_a_draft_are_told(store: Store, submit: Callable[..., Submitted]):
    handed = submit(DATA)
    claimed = claim(store)
    assert claimed is not None
    with look(store) as w:
        assert conversations.status(w, handed.id).state == "reading"
    with work(store) as w:
        claims.step(w, claimed, "extracting")
    with look(store) as w:
        assert conversations.status(w, handed.id).state == "extracting"


def test_who_lost_a_claim_keeps_nothing(
    store: Store, submit: Callable[..., Submitted], found: Callable[..., Extraction]
):
    submit(DATA)
    lost = claim(store, OVER)
    current = claim(store)
    assert lost is not None
    assert current is not None
    for attempt in (
        lambda w: claims.step(w, lost, "extracting"),
        lambda w: claims.finish(w, lost, found()),
        lambda w: claims.fail(w, lost, "Mislukt."),
    ):
        with pytest.raises(Outdated), work(store) as w:
            attempt(w)
    with look(store) as w:
        assert conversations.status(w, current.conversation_id).state == "reading"


def test_a_claim_that_is_given_back_is_free_at_once(store: Store, submit: Callable[..., Submitted]):
    submit(DATA)
    claimed = claim(store)
    assert claimed is not None
    with work(store) as w:
        claims.release(w, claimed)
    assert claim(store) is not None


def test_a_claim_that_is_anothers_is_not_given_back(store: Store, submit: Callable[..., Submitted]):
    submit(DATA)
    lost = claim(store, OVER)
    assert claim(store) is not None
    assert lost is not None
    with work(store) as w:
        claims.release(w, lost)
    assert claim(store) is None


def test_what_failed_tells_why(store: Store, submit: Callable[..., Submitted]):
    handed = submit(DATA)
    claimed = claim(store)
    assert claimed is not None
    with work(store) as w:
        claims.fail(w, claimed, "Dit bestand is leeg.")
    with look(store) as w:
        status = conversations.status(w, handed.id)
    assert (status.state, status.error) == ("failed", "Dit bestand is leeg.")
    assert claim(store) is None


def test_what_was_told_meanwhile_takes_the_claim_away(
    store: Store,
    nurse: Actor,
    submit: Callable[..., Submitted],
    found: Callable[..., Extraction],
):
    handed = submit(DATA)
    claimed = claim(store)
    assert claimed is not None
    with work(store) as w:
        conversations.tell(w, nurse, handed.id, ParticipantsFile(labels={"Moeder": Person(role="other")}))
    with pytest.raises(Outdated), work(store) as w:
        claims.finish(w, claimed, found())
    assert claim(store) is not None


@pytest.fixture
def in_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept in memory is gone."""
    monkeypatch.setattr(findings, "_recent", Recent[Extraction](1))


def test_a_draft_is_read_back_as_it_was_made(
    store: Store,
    talk: str,
    found: Callable[..., Extraction],
    in_another_process: None,
):
    with look(store) as w:
        record = reviews.dossier(w, talk)
        status = conversations.status(w, talk)
    assert (record.conversation, record.findings) == (found().conversation, found().findings)
    assert (status.state, status.drafting, status.error) == ("done", 1, None)
    assert (status.open_points, status.blocking) == (2, 1)


def test_a_new_draft_is_that_of_the_concept(
    store: Store,
    nurse: Actor,
    talk: str,
    found: Callable[..., Extraction],
    redraft: Callable[[Extraction], None],
):
    redraft(found(Vader="other"))
    with look(store) as w:
        assert reviews.dossier(w, talk).conversation == found(Vader="other").conversation
        assert [one.drafting for one in drafts.versions(w, talk)] == [2]


def test_a_statement_keeps_its_corrections_in_a_new_draft(
    store: Store,
    nurse: Actor,
    talk: str,
    found: Callable[..., Extraction],
    redraft: Callable[[Extraction], None],
    correct: Callable[..., Appended],
):
    name = found().findings.statements[0].id
    correct(nurse, "edit", name, "Hij is het liefst thuis.")
    redraft(found(Vader="other"))
    with look(store) as w:
        plan = reviews.plan_of(w, talk)
    assert {entry.id: entry.words for entry in plan.entries}[name] == "Hij is het liefst thuis."


def test_a_corrected_statement_that_is_no_longer_found_stays(
    store: Store,
    nurse: Actor,
    talk: str,
    found: Callable[..., Extraction],
    redraft: Callable[[Extraction], None],
    correct: Callable[..., Appended],
):
    first, second, third = found().findings.statements
    correct(nurse, "edit", second.id, "Geen reanimatie.")
    redraft(found({third.quote: "goal"}))
    with look(store) as w:
        plan = reviews.plan_of(w, talk)
    words = {entry.id: entry.words for entry in plan.entries}
    assert words == {second.id: "Geen reanimatie.", third.id: third.quote}
    assert first.id not in words
    limit = next(item for item in plan.points if item.type == "treatment_limit")
    assert [entry.id for entry in limit.entries] == [second.id]


def test_a_resolved_point_keeps_its_resolution_when_points_get_other_numbers(
    store: Store,
    nurse: Actor,
    talk: str,
    found: Callable[..., Extraction],
    redraft: Callable[[Extraction], None],
    correct: Callable[..., Appended],
):
    last = found().findings.statements[2].quote
    with look(store) as w:
        before = reviews.plan_of(w, talk)
    (doubt,) = (item.number for item in before.points if item.type == "tentative")
    correct(nurse, "resolve", f"punt-{doubt}", "Zij weet het nu zeker.")
    redraft(found({last: "goal"}))
    with look(store) as w:
        after = reviews.plan_of(w, talk)
    (now,) = (item for item in after.points if item.type == "tentative")
    assert now.number != doubt
    assert now.resolved is not None
    assert now.resolved.words == "Zij weet het nu zeker."


def test_a_resolved_point_stays_with_its_statement_and_what_comes_behind_it_is_open(
    store: Store,
    physician: Actor,
    talk: str,
    found: Callable[..., Extraction],
    redraft: Callable[[Extraction], None],
    correct: Callable[..., Appended],
):
    with look(store) as w:
        before = reviews.plan_of(w, talk)
    (limit,) = (item.number for item in before.points if item.type == "treatment_limit")
    correct(physician, "resolve", f"punt-{limit}", "Besproken.")
    only = found().findings.statements[2].quote
    redraft(found({only: "goal"}))
    with look(store) as w:
        after = reviews.plan_of(w, talk)
    first, second = after.points
    assert first.resolved is not None
    assert (first.number, first.resolved.words) == (limit, "Besproken.")
    assert [entry.id for entry in first.entries] == [found().findings.statements[1].id]
    assert (second.type, second.resolved) == ("tentative", None)


@pytest.fixture
def drafted_by(store: Store, nurse: Actor, talk: str) -> Callable[[Extraction, str], None]:
    """Drafts a conversation by a version of the extraction after somebody told who is who."""

    names = iter(("A. de Vries", "B. de Vries"))

    def drafted(made: Extraction, extractor: str) -> None:
        name = next(names)
        with work(store) as w:
            told = ParticipantsFile(labels={"Vader": Person(role="parent", name=name)})
            conversations.tell(w, nurse, talk, told)
        claimed = claim(store)
        assert claimed is not None
        with work(store) as w:
            claims.finish(w, claimed, made, extractor)

    return drafted


def test_what_another_version_found_otherwise_is_shown_also_when_somebody_told_who_is_who(
    store: Store,
    nurse: Actor,
    talk: str,
    found: Callable[..., Extraction],
    drafted_by: Callable[[Extraction, str], None],
    correct: Callable[..., Appended],
):
    first, second, third = found().findings.statements
    correct(nurse, "confirm", first.id)
    drafted_by(found({third.quote: "goal"}), "b" * 64)
    with look(store) as w:
        [kept] = rereadings.rereadings(w, talk)
    assert kept.drafting == 2
    assert [each.statement for each in kept.differences.held] == [first]
    assert [each.statement for each in kept.differences.vanished] == [second]


def test_what_the_same_version_finds_when_somebody_told_who_is_who_needs_no_look(
    store: Store,
    nurse: Actor,
    talk: str,
    found: Callable[..., Extraction],
    drafted_by: Callable[[Extraction, str], None],
):
    drafted_by(found(), "b" * 64)
    with work(store) as w:
        rereadings.set_seen(w, nurse, talk, 2)
    drafted_by(found({found().findings.statements[2].quote: "goal"}), "b" * 64)
    with look(store) as w:
        assert not rereadings.is_unseen(w, talk)


def claim_this(store: Store, conversation_id: str) -> Claim | None:
    with work(store) as w:
        return claims.claim_this(w, conversation_id, LEASE)


def test_a_conversation_that_waits_can_be_claimed_by_its_name(store: Store, submit: Callable[..., Submitted]):
    submit(DATA)
    second = submit(DATA + b"Vader: Ja.")
    claimed = claim_this(store, second.id)
    assert claimed is not None
    assert claimed.conversation_id == second.id
    assert claim_this(store, second.id) is None


def test_a_conversation_that_failed_can_be_claimed_by_its_name(
    store: Store, submit: Callable[..., Submitted]
):
    handed = submit(DATA)
    first = claim(store)
    assert first is not None
    with work(store) as w:
        claims.fail(w, first, "Dit lukt niet.")
    assert claim_this(store, handed.id) is not None
    with look(store) as w:
        told = conversations.status(w, handed.id)
    assert (told.state, told.error) == ("reading", None)


def test_a_conversation_that_is_drafted_cannot_be_claimed_by_its_name(store: Store, talk: str):
    assert claim_this(store, talk) is None
