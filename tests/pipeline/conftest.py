"""A store with reviewed plans, and another template to put them in."""

import datetime as dt
import multiprocessing
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from extractors.schema import Findings, Flag, Statement, statement_id
from pipeline.corrections import Correction, correction_id
from pipeline.dossier import Extraction
from pipeline.intake import read_data
from pipeline.intake.participants_file import ParticipantsFile
from pipeline.settings import Settings
from pipeline.store import approvals, children, claims, conversations, reviews, templates
from pipeline.store.accounts import add_user
from pipeline.store.audit import Actor
from pipeline.store.children import About
from pipeline.store.database import Store, work
from pipeline.store.documents import KINDS
from pipeline.template import MANIFEST, TEMPLATE

LINES = (
    "Ik wil graag dat hij thuis kan zijn",
    "Niet meer reanimeren, dat willen wij niet",
    "Ik hoop dat hij nog naar school kan",
)


class Reviewed(NamedTuple):
    """A store, who works in it, and the versions of the template: the one that comes along, and 2.3.0.

    In that the first chapter of statements is called otherwise, a field is gone and another is new.
    """

    settings: Settings
    store: Store
    nurse: Actor
    physician: Actor
    first: str
    second: str

    def add(self, name: str = "Sem de Vries") -> str:
        """A child with a conversation that was drafted."""
        with work(self.store) as w:
            child = children.add(w, self.nurse, About(name=name)).id
            text = "\n".join(f"Moeder: {line} ({name})." for line in LINES)
            handed = conversations.submit(
                w, self.nurse, child, "gesprek.txt", text.encode(), ParticipantsFile(), 10_000
            )
            claimed = claims.claim(w, dt.timedelta(minutes=1))
            assert claimed is not None
            claims.finish(w, claimed, _found(text))
        return handed.id

    def correct(self, conversation_id: str, kind: str, target: str, after: str = "") -> None:
        """Corrects a plan as the physician, who saw all that there was; a number is that of a statement."""
        with work(self.store) as w:
            plan = reviews.plan_of(w, conversation_id)
            about = plan.entries[int(target) - 1].id if target.isdecimal() else target
            one = Correction(
                id=correction_id(plan.fingerprint, kind, about, after),
                kind=kind,  # type: ignore[arg-type]
                target=about,
                after=after,
                plan=plan.fingerprint,
            )
            seen = reviews.last_seen(reviews.dossier(w, conversation_id).corrections)
            reviews.append(w, self.physician, conversation_id, (one,), seen)

    def approve(self, conversation_id: str) -> None:
        """Ratifies the treatment limit of a plan, and approves it."""
        self.correct(conversation_id, "ratify", "2")
        with work(self.store) as w:
            seen = approvals.approvable(w, conversation_id).seen
            approval = approvals.to_approve(w, self.physician, conversation_id, seen)
            made = dict.fromkeys(KINDS, b"approved")
            approvals.approve(w, self.physician, conversation_id, seen, approval, made)


def _found(text: str) -> Extraction:
    talk = read_data(text.encode(), "gesprek.txt", latest=dt.date(2026, 11, 23), given=ParticipantsFile())
    statements = []
    for turn, quote in zip(talk.turns, LINES, strict=True):
        start = talk.text.index(quote, turn.start)
        statements.append(
            Statement(
                id=statement_id(talk.id, start, start + len(quote)),
                quote=quote,
                turn=turn.index,
                start=start,
                end=start + len(quote),
                perspective="parent",
                speaker=turn.label,
                category="preference",
                domains=("fysiek",),
                topics=("resuscitation",) if "reanimeren" in quote else (),
            )
        )
    flags = (
        Flag(type="tentative", statements=(statements[2].id,), note="Dit is twijfel."),
        Flag(type="treatment_limit", statements=(statements[1].id,), note="Bespreek dit."),
    )
    return Extraction(
        conversation=talk,
        findings=Findings(conversation=talk.id, statements=tuple(statements), flags=flags),
    )


@pytest.fixture(scope="session")
def second_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Version 2.3.0 of the template."""
    directory = tmp_path_factory.mktemp("sjabloon") / "izp"
    shutil.copytree(TEMPLATE, directory)
    manifest = directory / MANIFEST
    text = manifest.read_text()
    for old, new in (
        ("version: 2.2.0", "version: 2.3.0"),
        ("heading: Waarden, doelen en voorkeuren", "heading: Wat telt"),
        ("{id: apotheek, heading: Apotheek}", "{id: tandarts, heading: Tandarts}"),
    ):
        assert old in text
        text = text.replace(old, new)
    manifest.write_text(text)
    return directory


@contextmanager
def _opened(
    settings: Settings, second_template: Path, open_new_store: Callable[[Settings], Store]
) -> Iterator[Reviewed]:
    store = open_new_store(settings)
    with work(store) as w:
        nurse = add_user(w, Actor(), login="saskia", name="S. de Wit", role="verpleegkundige")
        physician = add_user(w, Actor(), login="karel", name="K. Smit", role="behandelaar", function="arts")
        first = templates.current_id(w)
        second = templates.install(w, Actor(), second_template).id
        templates.install(w, Actor(), TEMPLATE)  # new plans are in the first again
    yield Reviewed(settings, store, Actor(nurse.id), Actor(physician.id), first, second)
    store.engine.dispose()


@pytest.fixture(scope="module")
def reviewed(
    tmp_path_factory: pytest.TempPathFactory,
    second_template: Path,
    open_new_store: Callable[[Settings], Store],
) -> Iterator[Reviewed]:
    """A store that the tests of a module share: each adds the children that it is about."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("izp"))
    with _opened(settings, second_template, open_new_store) as opened:
        yield opened


@pytest.fixture
def reviewed_alone(
    tmp_path: Path, second_template: Path, open_new_store: Callable[[Settings], Store]
) -> Iterator[Reviewed]:
    """A store for one test."""
    with _opened(Settings(data_dir=tmp_path / "izp"), second_template, open_new_store) as opened:
        yield opened


@pytest.fixture
def on_postgresql(
    tmp_path: Path,
    postgres_url: str,
    second_template: Path,
    open_new_store: Callable[[Settings], Store],
) -> Iterator[Reviewed]:
    """A store for one test, on PostgreSQL."""
    settings = Settings(data_dir=tmp_path / "izp", database=postgres_url)
    with _opened(settings, second_template, open_new_store) as opened:
        yield opened


@pytest.fixture(scope="module")
def quick_processes() -> Iterator[None]:
    """Has warm processes begin as copies of one that has imported izp, where a new one takes seconds to.

    That they begin as new ones is for the tests of `warm`, of the flows, and of the app in a browser.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pipeline.batch", "pipeline.drafting", "pipeline.rendering"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(multiprocessing, "get_context", lambda _method: context)
        yield


@pytest.fixture
def no_documents(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Makes documents of nothing, at once; tells how many plans were made."""
    made: list[str] = []

    def documents(plan, _template, _layouts):  # type: ignore[no-untyped-def]
        made.append(plan.fingerprint)
        return {kind: f"{kind} {plan.edition}".encode() for kind in KINDS}

    monkeypatch.setattr("pipeline.rerender._documents", documents)
    return lambda: len(made)
