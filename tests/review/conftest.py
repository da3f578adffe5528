"""A running web app with a few people and a child, for every test of its own."""

import datetime as dt
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
import uvicorn
from argon2 import PasswordHasher, profiles
from fastapi import FastAPI
from httpx import Response
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright
from starlette.routing import BaseRoute
from starlette.testclient import TestClient

from pipeline.draft import find
from pipeline.intake import read_data
from pipeline.intake.participants_file import ParticipantsFile
from pipeline.settings import Settings
from pipeline.store import (
    accounts,
    audit,
    children,
    claims,
    conversations,
    members,
    passwords,
    sessions,
)
from pipeline.store.accounts import User
from pipeline.store.audit import Actor, Event
from pipeline.store.database import Store, look, work
from pipeline.store.tables import AuditRow
from review import oidc
from review.app import create_app
from review.settings import ReviewSettings

URL = "http://127.0.0.1:8000"
PASSWORD = "vier losse woorden hier"  # noqa: S105
PATIENCE_MS = 60_000
"""So long a page may take, with all that may run beside a test."""

expect.set_options(timeout=PATIENCE_MS)
BORN = dt.date(2017, 3, 12)


class People(NamedTuple):
    """Who there are. All but `stranger` and `beheerder` are in the care team of the child."""

    verpleegkundige: User
    behandelaar: User
    lezer: User
    beheerder: User
    stranger: User


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher.from_parameters(profiles.CHEAPEST))
    passwords._nobodys.cache_clear()


BOTH_DATABASES = pytest.mark.parametrize("settings", ["sqlite", "postgresql"], indirect=True)
"""Has a test run on PostgreSQL too: one of a whole story, or of what databases do in their own way."""


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> ReviewSettings:
    is_server = getattr(request, "param", "sqlite") == "postgresql"
    url = request.getfixturevalue("postgres_url") if is_server else None
    return ReviewSettings(data_dir=tmp_path / "izp", database=url)


@pytest.fixture
def store(settings: ReviewSettings, open_new_store: Callable[[Settings], Store]) -> Iterator[Store]:
    opened = open_new_store(settings)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def people(store: Store) -> People:
    with work(store) as w:

        def add(login: str, name: str, role: str, function: str | None = None) -> User:
            return accounts.add_user(
                w, Actor(), login=login, name=name, role=role, function=function, password=PASSWORD
            )

        return People(
            add("vera", "Vera Zand", "verpleegkundige"),
            add("karin", "Karin Smit", "behandelaar", "arts"),
            add("lars", "Lars Boom", "lezer"),
            add("bea", "Bea Heer", "beheerder"),
            add("stan", "Stan Verre", "behandelaar", "arts"),
        )


@pytest.fixture
def child(store: Store, people: People) -> str:
    """A child whose care team is the nurse, the physician and the reader."""
    actor = Actor(people.verpleegkundige.id)
    with work(store) as w:
        about = children.About(name="Noor de Wit", born=BORN, number="1234567")
        added = children.add(w, actor, about)
        for each in (people.behandelaar, people.lezer):
            members.add_member(w, actor, added.id, each.id)
        return added.id


class Idle:
    """Stands in for what drafts and renders, where a test is not about that."""

    def wake(self) -> None:
        """Does nothing."""

    def documents(self, *_: object) -> dict[str, bytes]:
        """Documents that are none."""
        return {"docx": b"docx", "pdf": b"pdf", "family": b"family"}


@pytest.fixture(scope="session")
def _routes() -> list[BaseRoute]:
    """Those of the first app of this process: FastAPI prepares routes when a request first comes to them."""
    return []


@pytest.fixture
def app(store: Store, settings: ReviewSettings, _routes: list[BaseRoute]) -> FastAPI:
    made = create_app(store, settings, URL, drafter=Idle(), renderer=Idle())  # type: ignore[arg-type]
    _routes[:] = _routes or made.router.routes
    made.router.routes[:] = _routes  # they are the same in every app, and hold nothing of it
    return made


@contextmanager
def listening(app: FastAPI, settings: ReviewSettings) -> Iterator[str]:
    """Has the web app listen on a free port; gives its address."""
    with socket.socket() as listens:
        listens.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listens.getsockname()[1]}"
        provider = oidc.provider_of(settings, f"{address}{oidc.RETURN}")
        app.state.site = app.state.site._replace(url=address, provider=provider)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, args=([listens],))
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.02)
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def url(app: FastAPI, settings: ReviewSettings) -> Iterator[str]:
    """The address at which the web app listens, for a real browser."""
    with listening(app, settings) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
            args=["--no-sandbox"],
        ) as browser,
    ):
        yield browser


def opened(chromium: Chromium, width: int = 1280, height: int = 720) -> BrowserContext:
    """A browser that knows nothing of another."""
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="nl-NL")
    context.set_default_timeout(PATIENCE_MS)
    return context


@pytest.fixture
def page(chromium: Chromium) -> Iterator[Page]:
    """A page of a browser that knows nothing of the test before."""
    with opened(chromium) as context:
        yield context.new_page()


class Browser(TestClient):
    """A browser that is signed in, or not: `csrf` is what the forms of its session carry."""

    csrf = ""

    def submit(self, path: str, **fields: str) -> Response:
        """Sends a form."""
        return self.post(path, data={"csrf": self.csrf, **fields})


@pytest.fixture
def browser(app: FastAPI, store: Store) -> Iterator[Callable[[User | None], Browser]]:
    """Makes browsers: `browser(user)` is signed in as that user, `browser(None)` as no one."""
    opened = []

    def open_one(user: User | None = None) -> Browser:
        one = Browser(app, base_url=URL, follow_redirects=False, raise_server_exceptions=False)
        opened.append(one)
        if user is not None:
            with work(store) as w:
                secret = sessions.start(w, user.id)
                w.session.flush()
                found = sessions.find(w, secret)
            assert found
            one.csrf = found.csrf
            one.cookies.set("izp", secret)
        return one

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def trail(store: Store) -> Callable[[], list[Event]]:
    """Reads the audit trail."""

    def read() -> list[Event]:
        with look(store) as w:
            rows = w.session.query(AuditRow).order_by(AuditRow.number)
            return [audit._event(row) for row in rows]

    return read


WORDS = """\
Moeder: Ik wil graag dat Noor zoveel mogelijk thuis kan zijn.
Kinderarts: Over reanimeren praten we een andere keer verder.
Moeder: Niet meer reanimeren, dat willen wij niet voor haar.
Vader: Ik hoop dat zij nog naar school kan.
"""


def drafted(store: Store, user: User, child_id: str) -> str:
    """Hands WORDS in for a child, and drafts them here."""
    with work(store) as w:
        handed = conversations.submit(
            w, Actor(user.id), child_id, "gesprek.txt", WORDS.encode(), ParticipantsFile(), 10_000
        )
    with work(store) as w:
        claimed = claims.claim(w, dt.timedelta(minutes=1))
        assert claimed
        talk = read_data(WORDS.encode(), "gesprek.txt", latest=dt.date.today(), given=ParticipantsFile())
        claims.finish(w, claimed, find(talk, Settings()))
    return handed.id


@pytest.fixture
def conversation(store: Store, people: People, child: str) -> str:
    """A conversation of the child that was drafted."""
    return drafted(store, people.verpleegkundige, child)
