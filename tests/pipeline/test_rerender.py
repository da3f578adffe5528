from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from pipeline import rerender
from pipeline.plan import blocking
from pipeline.rerender import NOT_COMPARED, again
from pipeline.store import audit, conversations, documents, drafts, lagging, reviews, runs, templates
from pipeline.store.audit import Actor
from pipeline.store.database import Store, Work, look, work
from pipeline.store.errors import StoreError
from pipeline.store.runs import Busy, Detail, Outcome, Run
from pipeline.store.tables import AuditRow, ConversationRow, CorrectionRow, DocumentRow

BOTH = pytest.mark.parametrize("database", ["reviewed", "on_postgresql"])


@pytest.fixture
def either(request: pytest.FixtureRequest, database: str) -> Any:
    """The store on each database."""
    return request.getfixturevalue(database)


@pytest.fixture
def put(no_documents: Callable[[], int]) -> Callable[..., tuple[Outcome, Detail | None]]:
    """Puts a plan into the second template, in a run."""

    def done(reviewed: Any, conversation_id: str, *, trial: bool = False) -> tuple[Outcome, Detail | None]:
        told: list[tuple[Outcome, Detail | None]] = []
        run = begin(reviewed, trial=trial)
        again(reviewed.store, run, conversation_id, lambda _w, *what: told.append(what))
        [only] = told
        return only

    return done


def begin(reviewed: Any, *, trial: bool = False) -> Run:
    with work(reviewed.store) as w:
        return runs.begin(w, Actor(), "rerender", [], template_id=reviewed.second, trial=trial)


def record(store: Store, conversation_id: str) -> list[tuple[Any, ...]]:
    """The corrections as they are in the database."""
    with look(store) as w:
        rows = select(CorrectionRow.number, CorrectionRow.id, CorrectionRow.at, CorrectionRow.sealed)
        found = rows.where(CorrectionRow.conversation_id == conversation_id).order_by(CorrectionRow.number)
        return [tuple(row) for row in w.session.execute(found)]


@BOTH
def test_a_concept_is_the_same_record_in_the_other_template(either: Any, put: Any):
    talk = either.add()
    either.correct(talk, "edit", "1", "Hij is het liefst thuis")
    either.correct(talk, "confirm", "3")
    before = record(either.store, talk)
    with look(either.store) as w:
        was = reviews.plan_of(w, talk)
    outcome, detail = put(either, talk)
    with look(either.store) as w:
        head, plan = drafts.head(w, talk), reviews.plan_of(w, talk)
        assert all(documents.stored(w, talk, head.number, kind, plan.fingerprint) for kind in documents.KINDS)
    assert outcome == "attention"  # there is a new field
    assert (head.number, head.state, head.template_id) == (1, "concept", either.second)
    assert (plan.version, was.version) == ("2.3.0", "2.2.0")
    assert record(either.store, talk) == before
    assert [(one.words, one.state) for one in plan.entries] == [(one.words, one.state) for one in was.entries]
    assert detail is not None
    assert detail.attention == ("Nieuw veld om in te vullen: “Tandarts”.",)
    assert ("Wat telt",) in [change.after for change in detail.text]


@BOTH
def test_an_approved_plan_stays_and_a_concept_of_the_same_content_follows(either: Any, put: Any):
    talk = either.add()
    either.approve(talk)
    with look(either.store) as w:
        approved = drafts.head(w, talk)
    put(either, talk)
    with look(either.store) as w:
        first, head = drafts.versions(w, talk)
        assert documents.stored(w, talk, 1, "pdf", None) == b"approved"
        assert documents.stored(w, talk, 2, "pdf", None) != b"approved"
    assert first == approved
    assert (head.number, head.state, head.restyled, head.template_id) == (2, "concept", 1, either.second)
    assert (head.drafting, head.corrections) == (first.drafting, first.corrections)


def test_a_plan_that_is_ready_stays_ready(reviewed: Any, put: Any):
    talk = reviewed.add()
    with work(reviewed.store) as w:
        drafts.set_ready(w, reviewed.nurse, talk, 1)
    put(reviewed, talk)
    with look(reviewed.store) as w:
        assert drafts.head(w, talk).state == "ready"


def test_a_second_time_nothing_changes(reviewed: Any, put: Any, no_documents: Callable[[], int]):
    talk = reviewed.add()
    put(reviewed, talk)
    with look(reviewed.store) as w:
        before = drafts.versions(w, talk)
    assert put(reviewed, talk) == ("unchanged", None)
    assert no_documents() == 1
    with look(reviewed.store) as w:
        assert drafts.versions(w, talk) == before


def test_documents_that_are_missing_are_made_without_any_other_change(reviewed: Any, put: Any):
    talk = reviewed.add()
    put(reviewed, talk)
    reviewed.correct(talk, "confirm", "1")
    outcome, detail = put(reviewed, talk)
    assert (outcome, detail) == ("changed", Detail())
    assert put(reviewed, talk)[0] == "unchanged"


def test_a_trial_tells_what_would_change_and_changes_nothing(
    reviewed: Any, put: Any, no_documents: Callable[[], int]
):
    talk = reviewed.add()
    with look(reviewed.store) as w:
        before = drafts.versions(w, talk), conversations.status(w, talk)
    outcome, detail = put(reviewed, talk, trial=True)
    assert outcome == "attention"
    assert detail is not None
    assert detail.text
    assert no_documents() == 0
    with look(reviewed.store) as w:
        assert (drafts.versions(w, talk), conversations.status(w, talk)) == before
    assert put(reviewed, talk) == (outcome, detail)  # and then does just that


def test_a_plan_in_a_template_that_cannot_be_used_any_more_is_to_be_read(
    reviewed: Any, put: Any, monkeypatch: pytest.MonkeyPatch
):
    concept, approved = reviewed.add(), reviewed.add()
    reviewed.correct(concept, "edit", "1", "Hij is het liefst thuis")
    reviewed.approve(approved)
    before = [record(reviewed.store, talk) for talk in (concept, approved)]
    get = templates.get

    def usable(w: Work, template_id: str) -> Any:
        if template_id == reviewed.first:
            raise StoreError("Werk izp bij.")
        return get(w, template_id)

    monkeypatch.setattr(templates, "get", usable)
    for talk, number in ((concept, 1), (approved, 2)):
        assert put(reviewed, talk) == ("attention", Detail(attention=(NOT_COMPARED,)))
        with look(reviewed.store) as w:
            head = drafts.head(w, talk)
        assert (head.number, head.template_id) == (number, reviewed.second)
    assert [record(reviewed.store, talk) for talk in (concept, approved)] == before


def test_what_a_reader_did_meanwhile_is_in_the_new_documents(
    reviewed: Any, put: Any, monkeypatch: pytest.MonkeyPatch
):
    talk = reviewed.add()
    make, made = rerender._documents, []

    def meanwhile(*given: Any) -> Any:
        if not made:
            reviewed.correct(talk, "reject", "1")
        made.append(given)
        return make(*given)

    monkeypatch.setattr(rerender, "_documents", meanwhile)
    put(reviewed, talk)
    assert len(made) == 2
    with look(reviewed.store) as w:
        head, plan = drafts.head(w, talk), reviews.plan_of(w, talk)
        assert head.corrections == 1
        assert lagging.has_documents(w, talk, head.number, plan.fingerprint)


def test_a_plan_that_readers_keep_changing_is_for_later(
    reviewed: Any, put: Any, monkeypatch: pytest.MonkeyPatch
):
    talk = reviewed.add()
    monkeypatch.setattr(
        rerender,
        "_documents",
        lambda *_: reviewed.correct(talk, "remark", "1", f"nog een {len(record(reviewed.store, talk))}"),
    )
    with pytest.raises(Busy):
        put(reviewed, talk)
    with look(reviewed.store) as w:
        assert drafts.head(w, talk).template_id == reviewed.first


def test_a_conversation_that_is_being_drafted_is_for_later(reviewed: Any, put: Any):
    talk = reviewed.add()
    with work(reviewed.store) as w:
        w.session.get_one(ConversationRow, talk).state = "extracting"
    with pytest.raises(Busy):
        put(reviewed, talk)


def test_a_plan_and_what_became_of_it_are_kept_together_or_not_at_all(
    reviewed: Any, no_documents: Callable[[], int]
):
    talk = reviewed.add()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        again(reviewed.store, begin(reviewed), talk, killed)
    with look(reviewed.store) as w:
        assert drafts.head(w, talk).template_id == reviewed.first
        assert documents.stored(w, talk, 1, "pdf", None) is None


def test_what_changed_is_in_the_audit_trail(reviewed: Any, put: Any):
    talk = reviewed.add()
    put(reviewed, talk)
    with look(reviewed.store) as w:
        events = select(AuditRow.object, AuditRow.user_id).where(AuditRow.action == "rerender")
        told = [tuple(row) for row in w.session.execute(events)]
    assert told.count((f"{talk}/1", None)) == 1


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        ("concept", ["write", "finish", "note", "record"]),
        ("approved", ["write", "finish", "note", "record"]),
        ("lost its documents", ["write", "finish", "note"]),
    ],
)
def test_the_end_of_the_audit_trail_is_held_as_late_as_can_be(
    reviewed: Any, put: Any, monkeypatch: pytest.MonkeyPatch, state: str, steps: list[str]
):
    talk, run, order = reviewed.add(), begin(reviewed), []
    if state == "approved":
        reviewed.approve(talk)
    if state == "lost its documents":
        put(reviewed, talk)
        with work(reviewed.store) as w:
            w.session.execute(delete(DocumentRow).where(DocumentRow.conversation_id == talk))
    for module, name in ((documents, "write"), (documents, "note"), (audit, "record")):
        done = getattr(module, name)

        def told(*given: Any, done: Any = done, name: str = name, **named: Any) -> Any:
            order.append(name)
            return done(*given, **named)

        monkeypatch.setattr(module, name, told)
    again(reviewed.store, run, talk, lambda *_: order.append("finish"))
    assert order == steps


def test_the_lists_tell_how_many_points_are_open_in_the_other_template(reviewed: Any, put: Any):
    talk = reviewed.add()
    with work(reviewed.store) as w:
        w.session.execute(
            update(ConversationRow).where(ConversationRow.id == talk).values(open_points=99, blocking=98)
        )
    put(reviewed, talk)
    with look(reviewed.store) as w:
        plan, row = reviews.plan_of(w, talk), w.session.get_one(ConversationRow, talk)
        is_open = sum(item.resolved is None for item in plan.points)
        assert (row.open_points, row.blocking) == (is_open, len(blocking(plan)))
