from collections.abc import Callable

import pytest

from pipeline.store import documents, lagging, reviews, templates
from pipeline.store.audit import Actor
from pipeline.store.database import Store, look, work
from pipeline.store.documents import KINDS
from pipeline.store.drafts import Version
from pipeline.store.reviews import Appended
from pipeline.store.tables import DocumentRow, TemplateRow


@pytest.fixture
def behind(store: Store) -> Callable[..., tuple[str, ...]]:
    """The plans that are behind the current template."""

    def found(**which: object) -> tuple[str, ...]:
        with look(store) as w:
            return lagging.behind_template(w, templates.current_id(w), **which)  # type: ignore[arg-type]

    return found


def keep_documents(store: Store, talk: str) -> None:
    with work(store) as w:
        mark = reviews.plan_of(w, talk).fingerprint
        for kind in KINDS:
            documents.keep(w, talk, 1, mark, {kind: b"%PDF"})


def test_a_plan_in_its_template_with_its_documents_is_not_behind(
    store: Store, talk: str, behind: Callable[..., tuple[str, ...]]
):
    assert behind() == (talk,)
    keep_documents(store, talk)
    assert behind() == ()


def test_a_plan_that_changed_after_its_documents_were_made_is_behind(
    store: Store,
    talk: str,
    nurse: Actor,
    correct: Callable[..., Appended],
    behind: Callable[..., tuple[str, ...]],
):
    keep_documents(store, talk)
    correct(nurse, "fill", "apotheek", "De Linde")
    assert behind() == (talk,)


def test_a_plan_in_another_template_is_behind(store: Store, talk: str):
    keep_documents(store, talk)
    with look(store) as w:
        assert lagging.behind_template(w, "another") == (talk,)


def test_only_some_children_or_older_versions_are_named(
    talk: str, child: str, behind: Callable[..., tuple[str, ...]]
):
    assert behind(child_ids=[child]) == (talk,)
    assert behind(child_ids=["another"]) == ()
    assert behind(older_than="10.0.0") == (talk,)
    assert behind(older_than="2.2.0") == ()


def test_what_is_approved_is_left_out_when_only_concepts_are_asked_for(
    store: Store, talk: str, approve: Callable[[], Version]
):
    approve()
    with look(store) as w:
        assert lagging.behind_template(w, "another") == (talk,)
        assert lagging.behind_template(w, "another", only_concept=True) == ()


def test_a_plan_of_another_extraction_is_behind(store: Store, talk: str, child: str):
    with look(store) as w:
        assert lagging.behind_extractor(w, "v2") == (talk,)
        assert lagging.behind_extractor(w, "v2", child_ids=["another"]) == ()


def test_documents_are_there_when_all_kinds_are_of_the_same_plan(store: Store, talk: str):
    keep_documents(store, talk)
    with look(store) as w:
        mark = reviews.plan_of(w, talk).fingerprint
        assert lagging.has_documents(w, talk, 1, mark)
        assert lagging.has_documents(w, talk, 1, None)
        assert not lagging.has_documents(w, talk, 1, "another")


def test_only_versions_of_the_same_template_are_older(store: Store, talk: str):
    other = "0" * 64
    with work(store) as w:
        row = TemplateRow(
            id=other, name="ander", version="9.0.0", archive=b"", installed_at=w.at, chosen_at=w.at
        )
        w.session.add(row)
        w.session.flush()
        assert lagging.behind_template(w, other) == (talk,)
        assert lagging.behind_template(w, other, older_than="9.0.0") == ()


def test_a_row_without_its_file_is_no_document(
    store: Store, talk: str, behind: Callable[..., tuple[str, ...]]
):
    keep_documents(store, talk)
    with work(store) as w:
        w.session.get_one(DocumentRow, (talk, 1, "pdf")).sealed = None
        assert not lagging.has_documents(w, talk, 1, None)
    assert behind() == (talk,)
