from collections.abc import Callable

import pytest

from pipeline.dossier import Extraction
from pipeline.store import conversations, drafts, reviews
from pipeline.store.audit import Actor
from pipeline.store.conversations import Submitted
from pipeline.store.database import Store, look, work
from pipeline.store.drafts import Version
from pipeline.store.errors import NotFound, Outdated
from pipeline.store.reviews import Appended


def states(store: Store, talk: str) -> list[str]:
    with look(store) as w:
        return [one.state for one in drafts.versions(w, talk)]


def test_the_first_version_is_a_concept_of_the_program(store: Store, talk: str):
    with look(store) as w:
        (one,) = drafts.versions(w, talk)
        assert drafts.head(w, talk) == one
    assert (one.number, one.state, one.corrections, one.created_by) == (1, "concept", 0, None)


def test_a_conversation_that_is_not_drafted_has_no_version(store: Store, submit: Callable[..., Submitted]):
    handed = submit(b"Moeder: Hij wil naar huis.")
    with look(store) as w:
        assert drafts.versions(w, handed.id) == ()
        with pytest.raises(NotFound):
            drafts.head(w, handed.id)


def test_a_version_that_does_not_exist_is_not_found(store: Store, talk: str):
    with look(store) as w, pytest.raises(NotFound):
        drafts.version(w, talk, 2)


def test_a_concept_is_put_forward_and_taken_back(store: Store, nurse: Actor, talk: str):
    with work(store) as w:
        ready = drafts.set_ready(w, nurse, talk, 1)
    assert (ready.state, ready.ready_by) == ("ready", nurse.user_id)
    with work(store) as w:
        again = drafts.reopen(w, nurse, talk, 1)
    assert (again.number, again.state, again.ready_by, again.ready_at) == (1, "concept", None, None)


@pytest.mark.parametrize("change", [drafts.set_ready, drafts.reopen])
def test_another_version_than_the_newest_does_not_change(
    store: Store, nurse: Actor, talk: str, change: Callable[..., Version]
):
    with pytest.raises(Outdated), work(store) as w:
        change(w, nurse, talk, 2)
    assert states(store, talk) == ["concept"]


def test_what_is_ready_is_not_put_forward_twice(store: Store, nurse: Actor, talk: str):
    with work(store) as w:
        drafts.set_ready(w, nurse, talk, 1)
    with pytest.raises(Outdated), work(store) as w:
        drafts.set_ready(w, nurse, talk, 1)


def test_a_concept_is_not_reopened(store: Store, nurse: Actor, talk: str):
    with pytest.raises(Outdated), work(store) as w:
        drafts.reopen(w, nurse, talk, 1)


def test_a_correction_leaves_a_plan_ready(
    store: Store, nurse: Actor, talk: str, found: Callable[..., Extraction], correct: Callable[..., Appended]
):
    with work(store) as w:
        drafts.set_ready(w, nurse, talk, 1)
    correct(nurse, "edit", found().findings.statements[0].id, "Thuis.")
    assert states(store, talk) == ["ready"]


def test_an_approved_plan_is_reopened_as_a_new_version(
    store: Store, nurse: Actor, talk: str, approve: Callable[[], Version]
):
    approved = approve()
    with work(store) as w:
        again = drafts.reopen(w, nurse, talk, 1)
    assert (again.number, again.state, again.created_by) == (2, "concept", nurse.user_id)
    with look(store) as w:
        assert drafts.version(w, talk, 1) == approved


def test_a_new_draft_after_approval_is_a_new_version(
    store: Store,
    nurse: Actor,
    talk: str,
    approve: Callable[[], Version],
    redraft: Callable[[Extraction], None],
    found: Callable[..., Extraction],
):
    approve()
    with look(store) as w:
        before = reviews.plan_of(w, talk, 1)
    redraft(found({"Ik hoop dat hij nog naar school kan": "goal"}, Vader="other"))
    with look(store) as w:
        assert [(one.number, one.state, one.drafting) for one in drafts.versions(w, talk)] == [
            (1, "approved", 1),
            (2, "concept", 2),
        ]
        assert reviews.plan_of(w, talk, 1) == before
        assert conversations.status(w, talk).state == "done"
