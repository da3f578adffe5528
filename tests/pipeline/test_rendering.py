import datetime as dt
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from pypdf import PdfReader

from extractors.schema import Findings
from pipeline import rendering
from pipeline.corrections import Correction
from pipeline.dossier import Extraction
from pipeline.intake import read_data
from pipeline.intake.participants_file import ParticipantsFile
from pipeline.plan import Plan
from pipeline.render import RenderError, render, render_family
from pipeline.rendering import Renderer
from pipeline.settings import Settings
from pipeline.store import approvals, children, claims, conversations, documents, reviews
from pipeline.store.accounts import add_user
from pipeline.store.audit import Actor
from pipeline.store.children import About
from pipeline.store.database import Store, look, work
from pipeline.store.documents import KINDS
from pipeline.template import installed_template

pytestmark = pytest.mark.usefixtures("quick_processes")

TALK = b"Moeder: Ik wil graag dat hij thuis kan zijn.\nArts: Dat begrijp ik.\n"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(data_dir=tmp_path_factory.mktemp("izp"))


@pytest.fixture(scope="module")
def store(settings: Settings, open_new_store: Callable[[Settings], Store]) -> Iterator[Store]:
    opened = open_new_store(settings)
    yield opened
    opened.engine.dispose()


@pytest.fixture(scope="module")
def renderer(store: Store, settings: Settings) -> Iterator[Renderer]:
    with Renderer(settings, store) as running:
        yield running


@pytest.fixture(scope="module")
def physician(store: Store) -> Actor:
    with work(store) as w:
        user = add_user(w, Actor(), login="karel", name="K. Smit", role="behandelaar", function="arts")
    return Actor(user.id)


@pytest.fixture
def talk(store: Store, physician: Actor) -> str:
    """A conversation in which nothing was found."""
    given = ParticipantsFile()
    with work(store) as w:
        child = children.add(w, physician, About(name="Sem de Vries")).id
        handed = conversations.submit(w, physician, child, "gesprek.txt", TALK, given, 10_000)
    conversation = read_data(TALK, "gesprek.txt", latest=dt.date(2026, 11, 23), given=given)
    made = Extraction(conversation=conversation, findings=Findings(conversation=conversation.id))
    with work(store) as w:
        claimed = claims.claim(w, dt.timedelta(minutes=1))
        assert claimed is not None
        claims.finish(w, claimed, made)
    return handed.id


@pytest.fixture
def plan(store: Store, talk: str) -> Callable[[], Plan]:
    def now() -> Plan:
        with look(store) as w:
            return reviews.plan_of(w, talk)

    return now


def stored(store: Store, talk: str) -> dict[str, bytes | None]:
    with look(store) as w:
        return {kind: documents.stored(w, talk, 1, kind, None) for kind in KINDS}


def test_the_documents_are_those_of_the_plan_and_are_kept(
    store: Store, renderer: Renderer, talk: str, plan: Callable[[], Plan]
):
    made = renderer.documents(talk, 1)
    template = installed_template()
    assert made == {**render(plan(), template)._asdict(), "family": render_family(plan(), template)}
    assert stored(store, talk) == made


def test_documents_that_are_there_are_not_made_again(
    store: Store, renderer: Renderer, talk: str, monkeypatch: pytest.MonkeyPatch
):
    made = renderer.documents(talk, 1)
    monkeypatch.setattr(Renderer, "_made", None)
    assert renderer.documents(talk, 1) == made


def test_after_a_correction_documents_are_made_anew(
    store: Store, renderer: Renderer, physician: Actor, talk: str, plan: Callable[[], Plan]
):
    before = renderer.documents(talk, 1)
    section = next(chapter.id for chapter in plan().chapters if chapter.shows == "questions")
    words = Correction(id="c000000000001", kind="remark", target=section, after="Vraag oma.", plan="0" * 8)
    with work(store) as w:
        reviews.append(w, physician, talk, (words,), {})
    after = renderer.documents(talk, 1)
    assert before["docx"] != after["docx"]
    assert stored(store, talk) == after


def test_an_approval_is_printed_and_stays_as_it_was_printed(
    store: Store, renderer: Renderer, physician: Actor, talk: str, monkeypatch: pytest.MonkeyPatch
):
    with look(store) as w:
        seen = approvals.approvable(w, talk).seen
        approval = approvals.to_approve(w, physician, talk, seen)
    made = renderer.documents(talk, 1, approval)
    assert set(stored(store, talk).values()) == {None}
    text = " ".join(PdfReader(BytesIO(made["pdf"])).pages[0].extract_text().split())
    assert "Goedgekeurd door K. Smit" in text
    with work(store) as w:
        approvals.approve(w, physician, talk, seen, approval, made)
    monkeypatch.setattr(Renderer, "_made", None)
    assert renderer.documents(talk, 1) == made


def test_a_process_that_was_killed_is_no_reason_to_refuse(renderer: Renderer, talk: str):
    for worker in multiprocessing.active_children():
        os.kill(worker.pid or 0, signal.SIGKILL)
    assert set(renderer.documents(talk, 1)) == set(KINDS)


def test_what_cannot_be_made_tells_nothing_of_the_plan(
    store: Store, talk: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def fails(*_: object) -> None:
        raise ValueError("kwartelkoning")

    monkeypatch.setattr(rendering, "_open", [store])
    monkeypatch.setattr(rendering, "render", fails)
    with pytest.raises(RenderError) as raised:
        rendering._render(talk, 1, None)
    assert raised.value.__context__ is None
    assert "ValueError" in caplog.text
    assert "kwartelkoning" not in caplog.text + str(raised.value)
