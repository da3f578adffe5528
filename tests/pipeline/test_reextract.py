import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from extractors.schema import Conversation, Flag, HeldLimits, Named, Statement
from pipeline import reextract
from pipeline.differences import AT_CONFIRMED, AT_CONFLICT, AT_LIMIT
from pipeline.dossier import Extraction
from pipeline.reextract import OtherExtractorError, again
from pipeline.settings import Settings
from pipeline.store import audit, conversations, drafts, findings, rereadings, reviews, runs
from pipeline.store.audit import Actor
from pipeline.store.database import Store, look, work
from pipeline.store.recent import Recent
from pipeline.store.runs import Busy, Detail, Outcome, Run
from pipeline.store.tables import AuditRow

Finds = Callable[[Extraction], Extraction]


def now(store: Store, conversation_id: str) -> Extraction:
    """The newest drafting."""
    with look(store) as w:
        row = conversations.found(w, conversation_id)
        return findings.extraction(w, row, row.drafting)


def with_findings(draft: Extraction, **found: Any) -> Extraction:
    return draft.model_copy(update={"findings": draft.findings.model_copy(update=found)})


def without(name: str) -> Finds:
    """An extraction that does not find a statement any more, nor what is flagged of it."""
    return lambda draft: with_findings(
        draft,
        statements=tuple(each for each in draft.findings.statements if each.id != name),
        flags=tuple(flag for flag in draft.findings.flags if name not in flag.statements),
    )


def reads(name: str, **readings: object) -> Finds:
    """An extraction that reads a statement otherwise."""

    def read(said: Statement) -> Statement:
        return said.model_copy(update=readings) if said.id == name else said

    return lambda draft: with_findings(draft, statements=tuple(map(read, draft.findings.statements)))


@pytest.fixture
def work_out(reviewed: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Outcome, Detail | None]]:
    """Works a conversation out by another version of the extraction, which finds what a test says."""
    return working_out(reviewed, monkeypatch)


def working_out(
    reviewed: Any, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[Outcome, Detail | None]]:
    def done(
        conversation_id: str, finds: Finds, version: str = "b" * 64, *, trial: bool = False
    ) -> tuple[Outcome, Detail | None]:
        def find(_talk: Conversation, _settings: Settings) -> Extraction:
            return finds(now(reviewed.store, conversation_id))

        monkeypatch.setattr(reextract, "extractor", lambda _settings: version)
        monkeypatch.setattr(reextract, "find", find)
        told: list[tuple[Outcome, Detail | None]] = []
        again(
            reviewed.store,
            reviewed.settings,
            begin(reviewed, version, trial=trial),
            conversation_id,
            lambda _w, *what: told.append(what),
        )
        [only] = told
        return only

    return done


def begin(reviewed: Any, version: str = "b" * 64, *, trial: bool = False) -> Run:
    with work(reviewed.store) as w:
        return runs.begin(w, Actor(), "reextract", [], extractor=version, trial=trial)


def extractor_of(store: Store, conversation_id: str) -> tuple[int, str | None]:
    with look(store) as w:
        row = conversations.found(w, conversation_id)
        return row.drafting, findings.extractor_of(w, row, row.drafting)


def test_where_nothing_is_other_only_the_version_is_noted(reviewed: Any, work_out: Any):
    talk = reviewed.add()
    reviewed.approve(talk)
    name = now(reviewed.store, talk).findings.statements[0].id
    with look(reviewed.store) as w:
        before = drafts.versions(w, talk)
    assert work_out(talk, reads(name, confidence=0.4, because=("wish",))) == ("unchanged", None)
    assert extractor_of(reviewed.store, talk) == (1, "b" * 64)
    with look(reviewed.store) as w:
        assert drafts.versions(w, talk) == before
        assert not rereadings.is_unseen(w, talk)


def test_a_concept_follows_and_keeps_what_readers_did(reviewed: Any, work_out: Any):
    talk = reviewed.add()
    first, _, third = now(reviewed.store, talk).findings.statements
    reviewed.correct(talk, "edit", "1", "Hij is het liefst thuis")
    outcome, detail = work_out(talk, lambda draft: without(first.id)(reads(third.id, category="goal")(draft)))
    assert outcome == "changed"
    assert detail is not None
    quotes = [each.partition(":")[0] for each in detail.read_otherwise]
    assert quotes == [f"“{third.quote}”", f"“{first.quote}”"]
    with look(reviewed.store) as w:
        head, plan = drafts.head(w, talk), reviews.plan_of(w, talk)
        about = set(w.session.scalars(select(AuditRow.object).where(AuditRow.action == "reextract")))
    assert (head.number, head.drafting, head.state) == (1, 2, "concept")
    assert plan.entries[0].words == "Hij is het liefst thuis"
    assert plan.entries[2].category == "goal"
    assert f"{talk}/2" in about
    assert extractor_of(reviewed.store, talk) == (2, "b" * 64)


def test_the_end_of_the_audit_trail_is_held_as_late_as_can_be(reviewed: Any, monkeypatch: pytest.MonkeyPatch):
    talk, order = reviewed.add(), []
    first = now(reviewed.store, talk).findings.statements[0]
    found = without(first.id)(now(reviewed.store, talk))
    monkeypatch.setattr(reextract, "extractor", lambda _settings: "b" * 64)
    monkeypatch.setattr(reextract, "find", lambda *_: found)
    run, add = begin(reviewed), audit.record

    def told(*given: Any, **named: Any) -> None:
        order.append("record")
        add(*given, **named)

    monkeypatch.setattr(audit, "record", told)
    again(reviewed.store, reviewed.settings, run, talk, lambda *_: order.append("finish"))
    assert order == ["finish", "record"]


def test_an_approved_plan_stays_and_a_concept_follows_it(reviewed: Any, work_out: Any):
    talk = reviewed.add()
    reviewed.approve(talk)
    with look(reviewed.store) as w:
        approved, plan = drafts.head(w, talk), reviews.plan_of(w, talk)
    third = now(reviewed.store, talk).findings.statements[2]
    assert work_out(talk, without(third.id))[0] == "changed"
    with look(reviewed.store) as w:
        first, head = drafts.versions(w, talk)
        assert reviews.plan_of(w, talk, 1) == plan
    assert first == approved
    assert (head.number, head.state, head.drafting) == (2, "concept", 2)


def test_what_is_other_at_a_treatment_limit_asks_for_attention(reviewed: Any, work_out: Any):
    talk = reviewed.add()
    limit = now(reviewed.store, talk).findings.statements[1]
    outcome, detail = work_out(talk, reads(limit.id, certainty="tentative"))
    assert (outcome, detail.attention) == ("attention", (AT_LIMIT,))


def test_a_conflict_that_comes_asks_for_attention(reviewed: Any, work_out: Any):
    talk = reviewed.add()
    first, _, third = now(reviewed.store, talk).findings.statements
    flag = Flag(type="conflict", statements=(first.id, third.id), note="Kijk dit na.")
    outcome, detail = work_out(talk, lambda draft: with_findings(draft, flags=(*draft.findings.flags, flag)))
    assert (outcome, detail.attention) == ("attention", (AT_CONFLICT,))
    assert detail.points == ("Verschil in wensen: 1 erbij",)


def test_where_only_the_conversation_is_read_otherwise_the_report_says_so(reviewed: Any, work_out: Any):
    talk = reviewed.add()

    def finds(draft: Extraction) -> Extraction:
        other = draft.conversation.model_copy(update={"date": dt.date(2026, 1, 2)})
        return draft.model_copy(update={"conversation": other})

    outcome, detail = work_out(talk, finds)
    told = ("Wie er spreekt, wanneer dat was of waar een behandeling genoemd wordt, is anders gelezen.",)
    assert (outcome, detail) == ("changed", Detail(points=told))


def test_a_confirmed_statement_that_is_read_otherwise_stays_and_asks_for_attention(
    reviewed: Any, work_out: Any
):
    talk = reviewed.add()
    reviewed.correct(talk, "confirm", "1")
    before = now(reviewed.store, talk)
    outcome, detail = work_out(talk, reads(before.findings.statements[0].id, polarity="negated"))
    assert (outcome, detail.attention) == ("attention", (AT_CONFIRMED,))
    assert detail.read_otherwise == (
        f"“{before.findings.statements[0].quote}”: {reextract.HELD}; nu gelezen als nee (was: ja)",
    )
    assert now(reviewed.store, talk) == before
    assert extractor_of(reviewed.store, talk) == (1, "b" * 64)
    with look(reviewed.store) as w:
        [kept] = rereadings.rereadings(w, talk)
        assert rereadings.is_unseen(w, talk)
        assert [each.statement for each in kept.differences.held] == [before.findings.statements[0]]
        assert kept.at > drafts.head(w, talk).created_at


def test_what_stays_on_an_approved_plan_is_shown_and_begins_no_concept(reviewed: Any, work_out: Any):
    talk = reviewed.add()
    reviewed.approve(talk)
    limit = now(reviewed.store, talk).findings.statements[1]
    outcome, detail = work_out(talk, reads(limit.id, polarity="negated"))
    assert (outcome, detail.attention) == ("attention", (AT_LIMIT, AT_CONFIRMED))
    with look(reviewed.store) as w:
        assert [each.state for each in drafts.versions(w, talk)] == ["approved"]
        assert rereadings.is_unseen(w, talk)


def test_what_stays_is_shown_once_however_many_versions_read_it_so(reviewed: Any, work_out: Any):
    talk = reviewed.add()
    reviewed.correct(talk, "confirm", "1")
    reviewed.correct(talk, "confirm", "3")
    first, _, third = now(reviewed.store, talk).findings.statements

    def held() -> list[tuple[str, str | None]]:
        with look(reviewed.store) as w:
            [kept] = rereadings.rereadings(w, talk)
        return [(each.statement.id, kept.seen_by) for each in kept.differences.held]

    work_out(talk, reads(third.id, polarity="negated"), "b" * 64)
    work_out(talk, reads(first.id, polarity="negated"), "c" * 64)
    assert held() == [(first.id, None), (third.id, None)]
    nurse = reviewed.nurse.user_id
    with work(reviewed.store) as w:
        rereadings.set_seen(w, reviewed.nurse, talk, 1)
    work_out(talk, reads(first.id, polarity="negated"), "d" * 64)
    assert held() == [(first.id, nurse), (third.id, nurse)]
    work_out(talk, reads(first.id, certainty="tentative"), "e" * 64)
    assert held() == [(first.id, None)]


def test_in_a_trial_nothing_is_shown(reviewed: Any, work_out: Any):
    talk = reviewed.add()
    reviewed.correct(talk, "confirm", "1")
    name = now(reviewed.store, talk).findings.statements[0].id
    assert work_out(talk, reads(name, polarity="negated"), trial=True)[0] == "attention"
    with look(reviewed.store) as w:
        assert not rereadings.is_unseen(w, talk)


def test_what_statements_stay_about_is_read_back(
    reviewed: Any, work_out: Any, monkeypatch: pytest.MonkeyPatch
):
    talk = reviewed.add()
    reviewed.correct(talk, "confirm", "1")
    name = now(reviewed.store, talk).findings.statements[0].id
    named = (Named(topic="ventilation", turns=(0,)),)
    outcome, detail = work_out(talk, lambda draft: with_findings(draft, limits_named=named))
    assert (outcome, detail.attention) == ("attention", (AT_LIMIT, AT_CONFIRMED))
    monkeypatch.setattr(findings, "_recent", Recent[Extraction](1))  # as in another process
    assert now(reviewed.store, talk).findings.limits_held == (HeldLimits(statement=name),)


def test_a_trial_tells_what_would_be_other_and_changes_nothing(reviewed: Any, work_out: Any):
    talk = reviewed.add()
    before = now(reviewed.store, talk)
    third = before.findings.statements[2]
    outcome, detail = work_out(talk, without(third.id), trial=True)
    assert (outcome, detail.vanished) == ("changed", (f"“{third.quote}”",))
    assert work_out(talk, lambda draft: draft, trial=True) == ("unchanged", None)
    assert extractor_of(reviewed.store, talk) == (1, None)
    assert now(reviewed.store, talk) == before


def test_a_second_time_nothing_is_done(reviewed: Any, work_out: Any):
    talk = reviewed.add()
    work_out(talk, without(now(reviewed.store, talk).findings.statements[2].id))

    def not_asked(_: Extraction) -> Extraction:
        raise AssertionError

    assert work_out(talk, not_asked) == ("unchanged", None)
    assert extractor_of(reviewed.store, talk) == (2, "b" * 64)


def test_a_correction_that_comes_in_between_is_kept(reviewed: Any, work_out: Any):
    talk = reviewed.add()
    name = now(reviewed.store, talk).findings.statements[2].id

    def finds(draft: Extraction) -> Extraction:
        reviewed.correct(talk, "confirm", "3")
        return without(name)(draft)

    work_out(talk, finds)
    assert name in {each.id for each in now(reviewed.store, talk).findings.statements}
    with look(reviewed.store) as w:
        assert reviews.plan_of(w, talk).entries[2].state == "confirmed"


def test_a_conversation_that_is_being_drafted_is_left(reviewed: Any, work_out: Any):
    talk = reviewed.add()

    def finds(draft: Extraction) -> Extraction:
        with work(reviewed.store) as w:
            conversations.locked(w, talk).state = "extracting"
        return draft

    with pytest.raises(Busy):
        work_out(talk, finds)
    with pytest.raises(Busy):
        work_out(talk, lambda draft: draft)
    assert extractor_of(reviewed.store, talk) == (1, None)


def test_a_process_with_another_version_than_the_run_does_nothing(reviewed: Any, work_out: Any):
    talk = reviewed.add()
    work_out(talk, lambda draft: draft)
    with pytest.raises(OtherExtractorError):
        again(reviewed.store, reviewed.settings, begin(reviewed, "c" * 64), talk, lambda *_: None)


def test_a_source_that_is_read_with_its_words_elsewhere_stays_as_it_was_read(
    reviewed: Any, monkeypatch: pytest.MonkeyPatch
):
    talk, read = reviewed.add(), []
    before = now(reviewed.store, talk)

    def moved(_store: Store, _conversation_id: str) -> Conversation:
        return before.conversation.model_copy(update={"text": f"{before.conversation.text}\n"})

    def find(conversation: Conversation, _settings: Settings) -> Extraction:
        read.append(conversation)
        return before

    monkeypatch.setattr(reextract, "extractor", lambda _settings: "b" * 64)
    monkeypatch.setattr(reextract, "read_handed_in", moved)
    monkeypatch.setattr(reextract, "find", find)
    again(reviewed.store, reviewed.settings, begin(reviewed), talk, lambda *_: None)
    assert read == [before.conversation]


def test_what_is_other_is_there_until_somebody_looked_at_it(reviewed: Any, work_out: Any):
    talk = reviewed.add()
    first, _, third = now(reviewed.store, talk).findings.statements
    work_out(talk, without(third.id))
    work_out(talk, without(first.id), "c" * 64)
    with look(reviewed.store) as w:
        last, earlier = rereadings.rereadings(w, talk)
        assert rereadings.is_unseen(w, talk)
    assert (last.drafting, earlier.drafting) == (3, 2)
    assert [one.statement for one in earlier.differences.vanished] == [third]
    assert (last.seen_by, last.seen_at) == (None, None)
    with work(reviewed.store) as w:
        rereadings.set_seen(w, reviewed.nurse, talk, last.drafting)
    with look(reviewed.store) as w:
        assert not rereadings.is_unseen(w, talk)
        assert {each.seen_by for each in rereadings.rereadings(w, talk)} == {reviewed.nurse.user_id}


def test_who_looks_is_on_the_audit_trail_and_only_where_there_was_something_to_see(
    reviewed: Any, work_out: Any
):
    talk = reviewed.add()
    work_out(talk, without(now(reviewed.store, talk).findings.statements[2].id))
    for _ in range(2):
        with work(reviewed.store) as w:
            rereadings.set_seen(w, reviewed.nurse, talk, 2)
    with look(reviewed.store) as w:
        about = w.session.scalars(select(AuditRow.object).where(AuditRow.action == "see_reread")).all()
    assert about.count(f"{talk}/2") == 1


def test_what_somebody_looked_at_leaves_what_came_later(reviewed: Any, work_out: Any):
    talk = reviewed.add()
    first, _, third = now(reviewed.store, talk).findings.statements
    work_out(talk, without(third.id))
    work_out(talk, without(first.id), "c" * 64)
    with work(reviewed.store) as w:
        rereadings.set_seen(w, reviewed.nurse, talk, 2)
    with look(reviewed.store) as w:
        last, earlier = rereadings.rereadings(w, talk)
    assert (last.seen_by, earlier.seen_by) == (None, reviewed.nurse.user_id)


def test_it_is_the_same_on_postgresql(on_postgresql: Any, monkeypatch: pytest.MonkeyPatch):
    work_out, store = working_out(on_postgresql, monkeypatch), on_postgresql.store
    talk = on_postgresql.add()
    on_postgresql.approve(talk)
    first, limit, third = now(store, talk).findings.statements

    def finds(draft: Extraction) -> Extraction:
        on_postgresql.correct(talk, "confirm", "3")  # in between
        return without(first.id)(without(third.id)(reads(limit.id, polarity="negated")(draft)))

    outcome, detail = work_out(talk, finds)
    assert (outcome, detail.attention) == ("attention", (AT_LIMIT, AT_CONFIRMED))
    assert now(store, talk).findings.statements == (limit, third)
    assert extractor_of(store, talk) == (2, "b" * 64)
    with look(store) as w:
        assert [(each.state, each.drafting) for each in drafts.versions(w, talk)] == [
            ("approved", 1),
            ("concept", 2),
        ]
        assert rereadings.is_unseen(w, talk)
    with work(store) as w:
        rereadings.set_seen(w, on_postgresql.nurse, talk, 2)
    with look(store) as w:
        assert not rereadings.is_unseen(w, talk)
    assert work_out(talk, finds) == ("unchanged", None)
