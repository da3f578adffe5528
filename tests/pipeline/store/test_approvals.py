import datetime as dt
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from pipeline.dossier import Extraction
from pipeline.plan import content_hash
from pipeline.store import approvals, documents, drafts, reviews, templates
from pipeline.store.approvals import Seen
from pipeline.store.audit import Actor
from pipeline.store.database import Store, Work, look, work
from pipeline.store.documents import KINDS
from pipeline.store.drafts import Version
from pipeline.store.errors import NotApprovable, Outdated, StoreError, Unfit
from pipeline.store.reviews import Appended
from pipeline.template import TEMPLATE

MADE = dict.fromkeys(KINDS, b"%PDF")


@pytest.fixture
def seen(
    store: Store,
    physician: Actor,
    talk: str,
    found: Callable[..., Extraction],
    correct: Callable,
) -> Seen:
    """A plan in whose way nothing stands."""
    correct(physician, "ratify", found().findings.statements[1].id)
    with look(store) as w:
        return approvals.approvable(w, talk).seen


def test_an_approved_version_holds_who_when_and_what(store: Store, physician: Actor, talk: str, seen: Seen):
    with work(store) as w:
        approval = approvals.to_approve(w, physician, talk, seen)
    with work(store) as w:
        version = approvals.approve(w, physician, talk, seen, approval, MADE)
        assert version.template_id == templates.current_id(w)
    assert (version.number, version.state, version.corrections) == (1, "approved", 1)
    given = version.approval
    assert given is not None
    assert (given.user_id, given.name, given.function) == (physician.user_id, "K. Smit", "arts")
    assert (given.at, given.content_hash) == (approval.at, seen.content_hash)


def test_an_approved_plan_says_who_approved_it(store: Store, talk: str, approve: Callable[[], Version]):
    approve()
    with look(store) as w:
        plan = reviews.plan_of(w, talk)
    assert plan.approval is not None
    assert (plan.approval.by, plan.approval.version) == ("K. Smit", 1)


def test_the_documents_of_an_approval_are_kept(store: Store, talk: str, approve: Callable[[], Version]):
    approve()
    with look(store) as w:
        assert [documents.stored(w, talk, 1, kind, None) for kind in KINDS] == [b"%PDF"] * 3


def test_a_plan_without_all_documents_is_not_approved(store: Store, physician: Actor, talk: str, seen: Seen):
    with work(store) as w:
        approval = approvals.to_approve(w, physician, talk, seen)
        with pytest.raises(ValueError, match="documents"):
            approvals.approve(w, physician, talk, seen, approval, {"pdf": b"%PDF"})


def attempt(w: Work, actor: Actor, talk: str, seen: Seen) -> None:
    approval = approvals.to_approve(w, actor, talk, seen)
    approvals.approve(w, actor, talk, seen, approval, MADE)


def test_a_nurse_approves_nothing(store: Store, nurse: Actor, talk: str, seen: Seen):
    with pytest.raises(Unfit, match="Alleen een arts"), work(store) as w:
        attempt(w, nurse, talk, seen)


def test_points_that_block_are_named(store: Store, physician: Actor, talk: str):
    with look(store) as w:
        told = approvals.approvable(w, talk)
    with pytest.raises(NotApprovable) as refused, work(store) as w:
        attempt(w, physician, talk, told.seen)
    assert refused.value.blocking == told.blocking
    assert [item.type for item in told.blocking] == ["treatment_limit"]


def test_what_changed_since_it_was_seen_is_not_approved(
    store: Store,
    nurse: Actor,
    physician: Actor,
    talk: str,
    seen: Seen,
    found: Callable[..., Extraction],
    correct: Callable[..., Appended],
):
    correct(nurse, "edit", found().findings.statements[0].id, "Thuis.")
    with pytest.raises(Outdated), work(store) as w:
        attempt(w, physician, talk, seen)


def test_what_changed_while_the_documents_were_made_is_not_approved(
    store: Store,
    nurse: Actor,
    physician: Actor,
    talk: str,
    seen: Seen,
    found: Callable[..., Extraction],
    correct: Callable[..., Appended],
):
    with look(store) as w:
        approval = approvals.to_approve(w, physician, talk, seen)
    correct(nurse, "edit", found().findings.statements[0].id, "Thuis.")
    with pytest.raises(Outdated), work(store) as w:
        approvals.approve(w, physician, talk, seen, approval, MADE)
    with look(store) as w:
        assert documents.stored(w, talk, 1, "pdf", None) is None


def test_a_plan_that_stands_in_another_template_than_was_seen_is_not_approved(
    store: Store, physician: Actor, talk: str, seen: Seen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with look(store) as w:
        approval = approvals.to_approve(w, physician, talk, seen)
    shutil.copytree(TEMPLATE, folder := tmp_path / "sjabloon")
    manifest = folder / "template.yaml"
    manifest.write_text(re.sub(r"(?m)^version: .*", "version: 99.0.0", manifest.read_text()))
    monkeypatch.setattr(templates, "check", lambda _: [])  # it takes a second
    with work(store) as w:
        drafts.restyle(w, Actor(), talk, 1, templates.install(w, Actor(), folder).id)
    with pytest.raises(Outdated), look(store) as w:
        approvals.to_approve(w, physician, talk, seen)
    with pytest.raises(Outdated), work(store) as w:
        approvals.approve(w, physician, talk, seen, approval, MADE)
    with look(store) as w:
        assert documents.stored(w, talk, 1, "pdf", None) is None
        assert approvals.approvable(w, talk).seen.content_hash == seen.content_hash


def test_a_plan_is_approved_once(
    store: Store, physician: Actor, talk: str, seen: Seen, approve: Callable[[], Version]
):
    with work(store) as w:
        attempt(w, physician, talk, seen)
    with pytest.raises(Outdated), work(store) as w:
        attempt(w, physician, talk, seen)


def test_documents_that_name_another_are_not_those_of_this_approval(
    store: Store, physician: Actor, talk: str, seen: Seen
):
    with look(store) as w:
        approval = approvals.to_approve(w, physician, talk, seen)
    other = approval.model_copy(update={"by": "Iemand anders"})
    with pytest.raises(StoreError), work(store) as w:
        approvals.approve(w, physician, talk, seen, other, MADE)


def test_the_hash_is_that_of_all_that_the_plan_is_made_from(store: Store, talk: str, seen: Seen):
    with look(store) as w:
        record = reviews.dossier(w, talk)
    assert seen.content_hash == content_hash(record.conversation, record.findings, record.corrections)


def test_a_correction_after_approval_begins_a_new_version(
    store: Store,
    nurse: Actor,
    talk: str,
    approve: Callable[[], Version],
    found: Callable[..., Extraction],
    correct: Callable[..., Appended],
):
    approved = approve()
    correct(nurse, "edit", found().findings.statements[0].id, "Thuis.")
    with look(store) as w:
        first, second = drafts.versions(w, talk)
    assert first == approved
    assert (second.number, second.state, second.created_by) == (2, "concept", nurse.user_id)


def test_an_approval_cannot_be_changed(store: Store, talk: str, approve: Callable[[], Version]):
    approve()
    for statement in ("UPDATE approvals SET name = 'X'", "DELETE FROM approvals"):
        with pytest.raises(SQLAlchemyError), store.engine.begin() as connection:
            connection.exec_driver_sql(statement)


def test_an_approval_is_of_now(store: Store, talk: str, approve: Callable[[], Version]):
    given = approve().approval
    assert given is not None
    assert abs(dt.datetime.now(dt.UTC) - given.at) < dt.timedelta(minutes=1)
