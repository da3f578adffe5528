"""A store for each test, on both databases."""

import datetime as dt
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, String, insert

from extractors.schema import Findings, Flag, Statement, statement_id
from pipeline.corrections import Correction, Kind, correction_id
from pipeline.dossier import Extraction
from pipeline.intake import read_data
from pipeline.intake.participants_file import ParticipantsFile, Person
from pipeline.settings import Settings
from pipeline.store import approvals, audit, children, claims, conversations, reviews
from pipeline.store.accounts import add_user
from pipeline.store.audit import Actor
from pipeline.store.children import About
from pipeline.store.conversations import Submitted
from pipeline.store.database import Store, Work, work
from pipeline.store.documents import KINDS
from pipeline.store.drafts import Version
from pipeline.store.keys import seal
from pipeline.store.reviews import Appended
from pipeline.store.tables import Moment, Table

BESIDE_THE_RECORD = {"keys", "audit", "audit_head"}


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """The settings of an installation of its own, whose store is new."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    return Settings(data_dir=tmp_path / "izp", database=url)


@pytest.fixture
def store(settings: Settings, open_new_store: Callable[[Settings], Store]) -> Iterator[Store]:
    """A new store."""
    opened = open_new_store(settings)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def fill() -> Callable[[Store, bytes], str]:
    """Puts a child into a store with a row in every table, in which something sealed stands; gives its id."""

    def filled(store: Store, words: bytes) -> str:
        child_id = secrets.token_hex(16)
        with work(store) as opened:
            wrapped = opened.new_child_key(child_id)
            given = {
                "children.id": child_id,
                "children.wrapped_by": wrapped.by,
                "children.wrapped": wrapped.wrapped,
                "documents.object": None,
            }
            for table in Table.metadata.sorted_tables:
                if table.name in BESIDE_THE_RECORD:
                    continue
                row = {column.name: _value(opened, column, given, words) for column in table.columns}
                opened.session.execute(insert(table).values(row))
                given |= {f"{table.name}.{name}": value for name, value in row.items()}
            audit.record(opened, Actor(given["users.id"]), "add_child", child_id=child_id)
        return child_id

    return filled


def _value(opened: Work, column: Any, given: dict[str, Any], words: bytes) -> Any:
    name = str(column)
    if name in given:
        return given[name]
    for key in column.foreign_keys:
        return given[key.target_fullname]
    if column.name == "child_id":
        return given["children.id"]
    if isinstance(column.type, LargeBinary):
        return seal(words, opened.child_key(given["children.id"]), name)
    if isinstance(column.type, String):
        return secrets.token_hex(min(column.type.length or 16, 16) // 2)
    if isinstance(column.type, Moment):
        return opened.at
    return column.type.python_type(1)


TALK = """\
Moeder: Ik wil graag dat hij zoveel mogelijk thuis kan zijn.
Kinderarts: Een reanimatie bespreken we samen, als u dat wilt.
Moeder: Niet meer reanimeren, dat willen wij niet voor hem.
Vader: Ik hoop dat hij nog naar school kan.
"""
SENTENCES = {
    "Ik wil graag dat hij zoveel mogelijk thuis kan zijn": "preference",
    "Niet meer reanimeren, dat willen wij niet voor hem": "preference",
    "Ik hoop dat hij nog naar school kan": "goal",
}


@pytest.fixture
def nurse(store: Store) -> Actor:
    with work(store) as w:
        user = add_user(w, Actor(), login="saskia", name="S. de Wit", role="verpleegkundige")
    return Actor(user.id)


@pytest.fixture
def physician(store: Store) -> Actor:
    with work(store) as w:
        user = add_user(w, Actor(), login="karel", name="K. Smit", role="behandelaar", function="arts")
    return Actor(user.id)


@pytest.fixture
def child(store: Store, nurse: Actor) -> str:
    """A child with the nurse in its care team."""
    with work(store) as w:
        return children.add(w, nurse, About(name="Sem de Vries")).id


@pytest.fixture
def found() -> Callable[..., Extraction]:
    """What might be found in TALK: a statement for each sentence that is named, all of them by default."""

    def extraction(sentences: Mapping[str, str] = SENTENCES, **labels: str) -> Extraction:
        latest = dt.date(2026, 11, 23)
        people = {label: Person(role=role) for label, role in labels.items()}
        talk = read_data(TALK.encode(), "gesprek.txt", latest=latest, given=ParticipantsFile(labels=people))
        statements = []
        for quote, category in sentences.items():
            start = talk.text.index(quote)
            turn = next(each for each in talk.turns if each.start <= start < each.end)
            statements.append(
                Statement(
                    id=statement_id(talk.id, start, start + len(quote)),
                    quote=quote,
                    turn=turn.index,
                    start=start,
                    end=start + len(quote),
                    perspective="parent",
                    speaker=turn.label,
                    category=category,
                    domains=("fysiek",),
                    topics=("resuscitation",) if "reanimeren" in quote else (),
                )
            )
        limits = tuple(each.id for each in statements if each.topics)
        flags = (
            Flag(type="tentative", statements=(statements[-1].id,), note="Dit is twijfel."),
            *(Flag(type="treatment_limit", statements=(name,), note="Bespreek dit.") for name in limits),
        )
        return Extraction(
            conversation=talk,
            findings=Findings(conversation=talk.id, statements=tuple(statements), flags=flags),
        )

    return extraction


@pytest.fixture
def talk(store: Store, nurse: Actor, child: str, found: Callable[..., Extraction]) -> str:
    """A conversation that was drafted."""
    with work(store) as w:
        handed = conversations.submit(
            w, nurse, child, "gesprek.txt", TALK.encode(), ParticipantsFile(), 10_000
        )
    with work(store) as w:
        claimed = claims.claim(w, dt.timedelta(minutes=1))
        assert claimed is not None
        claims.finish(w, claimed, found())
    return handed.id


@pytest.fixture
def correct(store: Store, talk: str) -> Callable[..., Appended]:
    """Corrects one thing in the plan of `talk`, as someone who saw all that there was."""

    def corrected(actor: Actor, kind: Kind, target: str, after: str = "", **more: Any) -> Appended:
        with work(store) as w:
            plan = reviews.plan_of(w, talk)
            seen = reviews.last_seen(reviews.dossier(w, talk).corrections)
            one = Correction(
                id=correction_id(plan.fingerprint, kind, target, after),
                kind=kind,
                target=target,
                after=after,
                plan=plan.fingerprint,
                **more,
            )
            return reviews.append(w, actor, talk, (one,), seen)

    return corrected


@pytest.fixture
def submit(store: Store, nurse: Actor, child: str) -> Callable[..., Submitted]:
    """Hands in a conversation of the child, by default as the nurse."""

    def submitted(
        data: bytes, *, actor: Actor = nurse, name: str = "gesprek.txt", **labels: str
    ) -> Submitted:
        given = ParticipantsFile(labels={label: Person(role=role) for label, role in labels.items()})
        with work(store) as w:
            return conversations.submit(w, actor, child, name, data, given, 10_000)

    return submitted


@pytest.fixture
def approve(
    store: Store,
    physician: Actor,
    talk: str,
    found: Callable[..., Extraction],
    correct: Callable[..., Appended],
) -> Callable[[], Version]:
    """Ratifies the treatment limits of the plan of `talk`, and approves it."""

    def approved() -> Version:
        for limit in (each for each in found().findings.statements if each.topics):
            correct(physician, "ratify", limit.id)
        with work(store) as w:
            seen = approvals.approvable(w, talk).seen
            approval = approvals.to_approve(w, physician, talk, seen)
            made = dict.fromkeys(KINDS, b"%PDF")
            return approvals.approve(w, physician, talk, seen, approval, made)

    return approved


@pytest.fixture
def redraft(store: Store, nurse: Actor, talk: str) -> Callable[[Extraction], None]:
    """Drafts `talk` again, after somebody told something else of it."""

    def redrafted(made: Extraction) -> None:
        with work(store) as w:
            conversations.tell(w, nurse, talk, ParticipantsFile(date=dt.date(2026, 1, 1)))
        with work(store) as w:
            claimed = claims.claim(w, dt.timedelta(minutes=1))
            assert claimed is not None
            claims.finish(w, claimed, made)

    return redrafted
