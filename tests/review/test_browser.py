"""The web app in a real browser: the whole story, the keyboard and two reviewers."""

import datetime as dt
import os
import re
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
from playwright.sync_api import Browser, Page, Playwright, Route, expect, sync_playwright

from pipeline.drafting import Drafter
from pipeline.intake.participants_file import ParticipantsFile
from pipeline.rendering import Renderer
from pipeline.store import accounts, children, claims, conversations, members, passwords
from pipeline.store.audit import Actor
from pipeline.store.claims import Claim
from pipeline.store.database import Store, Work, look, open_store, work
from review.app import create_app
from review.settings import ReviewSettings

from .conftest import PASSWORD, opened
from .talks import TALK

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None and os.environ.get("CI") != "true", reason="Chromium is not installed"
)


SignIn = Callable[..., Page]

# A page that asks for something tells whether it may.
TELLS = """document.addEventListener("htmx:beforeRequest", event => setTimeout(() =>
    console.info(event.defaultPrevented ? "held back" : "asked")))"""


class Site(NamedTuple):
    """A web app that listens, and who and what is in it."""

    url: str
    store: Store
    users: dict[str, str]
    drafter: Drafter

    def child(self, name: str) -> str:
        """Adds a child with the nurse, another nurse and the physician in the care team."""
        with work(self.store) as w:
            nurse = Actor(self.users["vera"])
            added = children.add(w, nurse, children.About(name=name))
            for login in ("vic", "karin", "lars"):
                members.add_member(w, nurse, added.id, self.users[login])
        return added.id

    def talk(self, child: str, text: str = TALK) -> str:
        """Hands a conversation of a child in, and waits for its draft."""
        with work(self.store) as w:
            nurse, given = Actor(self.users["vera"]), ParticipantsFile()
            handed = conversations.submit(w, nurse, child, "gesprek.txt", text.encode(), given, 10**6)
        self.drafter.wake()
        for _ in range(600):
            with look(self.store) as w:
                if conversations.status(w, handed.id).state == "done":
                    return handed.id
            time.sleep(0.1)
        raise AssertionError("no draft within a minute")


@contextmanager
def serving(settings: ReviewSettings) -> Iterator[Site]:
    """A web app on a free port, with what drafts and makes documents beside it."""
    store = open_store(settings)
    with socket.socket() as listens, pytest.MonkeyPatch.context() as patch:
        listens.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listens.getsockname()[1]}"
        patch.setattr(passwords, "_hasher", PasswordHasher.from_parameters(profiles.CHEAPEST))
        people = {
            "vera": ("Vera Zand", "verpleegkundige", None),
            "vic": ("Vic Berg", "verpleegkundige", None),
            "karin": ("Karin Smit", "behandelaar", "arts"),
            "lars": ("Lars Boom", "lezer", None),
            "stan": ("Stan Verre", "behandelaar", "arts"),
        }
        with work(store) as w:
            users = {
                login: accounts.add_user(
                    w, Actor(), login=login, name=name, role=role, function=function, password=PASSWORD
                ).id
                for login, (name, role, function) in people.items()
            }
        with Drafter(settings, store) as drafter, Renderer(settings, store) as renderer:
            app = create_app(store, settings, url, drafter=drafter, renderer=renderer)
            server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
            thread = threading.Thread(target=server.run, args=([listens],))
            thread.start()
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.05)
            running = Site(url, store, users, drafter)
            running.talk(running.child("Vooraf"))  # what drafts has been loaded by then
            yield running
            server.should_exit = True
            thread.join()
    store.engine.dispose()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(ReviewSettings(data_dir=Path(tmp_path_factory.mktemp("izp")))) as running:
        yield running


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    with playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser:
        yield browser


@pytest.fixture
def faults() -> list[str]:
    """What pages complained of in the console, or failed with."""
    return []


@pytest.fixture
def sign_in(chromium: Browser, site: Site, faults: list[str]) -> Iterator[SignIn]:
    """Opens a browser of its own for someone."""
    contexts = []

    def enter(login: str, width: int = 1366, height: int = 768) -> Page:
        context = opened(chromium, width, height)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
        page.goto(f"{site.url}/inloggen")
        page.get_by_label("Inlognaam").fill(login)
        page.get_by_label("Wachtwoord").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/kinderen")
        return page

    yield enter
    for context in contexts:
        context.close()


def said(page: Page, words: str) -> None:
    """Waits until the page has told something."""
    expect(page.locator("#melding")).to_contain_text(words)


def test_from_a_conversation_to_an_approved_plan(
    site: Site, sign_in: SignIn, faults: list[str], tmp_path: Path
) -> None:
    child = site.child("Noor de Wit")
    source = tmp_path / "noor.txt"
    source.write_text(TALK)
    nurse = sign_in("vera")
    nurse.get_by_role("link", name="Noor de Wit").click()
    nurse.get_by_role("link", name="Gesprek toevoegen").click()
    nurse.get_by_label("Sleep een bestand hierheen").set_input_files(source)
    expect(nurse.get_by_label("Rol van Moeder")).to_have_value("parent")
    nurse.get_by_role("button", name="Maak het concept").click()
    expect(nurse.get_by_role("heading", name="Het plan", exact=True)).to_be_visible()
    nurse.get_by_role("button", name="Klaar voor beoordeling").click()
    expect(nurse.get_by_text("Klaar voor beoordeling, versie 1")).to_be_visible()

    doctor = sign_in("karin")
    doctor.goto(f"{site.url}/kinderen/{child}")
    doctor.get_by_role("link", name="Bekrachtigen en goedkeuren").click()
    expect(doctor.get_by_text("punten staan goedkeuring nog in de weg")).to_be_visible()
    doctor.get_by_role("button", name="Bekrachtig uitspraak").first.click()
    expect(doctor.get_by_text("bekrachtigd door Karin Smit (arts)").first).to_be_visible()
    while doctor.locator("#kop-weg + p + ul a").count():
        doctor.locator("#kop-weg + p + ul a").first.click()
        expect(doctor.locator(".point.current")).to_be_focused()
        doctor.keyboard.press("a")
        said(doctor, "is opgelost")
        doctor.get_by_role("link", name="Bekrachtigen en goedkeuren").click()
        doctor.wait_for_load_state()
    doctor.get_by_label("Uw wachtwoord").fill(PASSWORD)
    doctor.get_by_role("button", name="Keur versie 1 goed").click()
    expect(doctor.get_by_text("Goedgekeurd door Karin Smit (arts)")).to_be_visible()
    with doctor.expect_download() as download:
        doctor.get_by_role("link", name="PDF van versie 1").click()
    assert download.value.suggested_filename.endswith("-versie-1.pdf")
    assert "noor" not in download.value.suggested_filename.lower()
    assert faults == []


class TestOnPostgreSQL:
    """The same on the other database."""

    @pytest.fixture
    def site(self, postgres_url: str, tmp_path: Path) -> Iterator[Site]:
        with serving(ReviewSettings(data_dir=tmp_path / "izp", database=postgres_url)) as running:
            yield running

    def test_from_a_conversation_to_an_approved_plan(
        self, site: Site, sign_in: SignIn, faults: list[str], tmp_path: Path
    ) -> None:
        test_from_a_conversation_to_an_approved_plan(site, sign_in, faults, tmp_path)


def test_a_page_that_waits_sends_for_the_plan_once(
    site: Site, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = site.child("Wacht")
    nurse = sign_in("vera")
    may_begin, claim = threading.Event(), claims.claim

    def claim_late(w: Work, lease: dt.timedelta) -> Claim | None:
        return claim(w, lease) if may_begin.is_set() else None

    monkeypatch.setattr(claims, "claim", claim_late)
    nurse.add_init_script(TELLS)
    nurse.goto(f"{site.url}/kinderen/{child}/gesprekken/nieuw")
    nurse.get_by_label("Of plak").fill(TALK)
    nurse.get_by_role("button", name="Maak het concept").click()
    expect(nurse.get_by_role("heading", name="Het gesprek wordt uitgewerkt")).to_be_visible()
    sent: list[Route] = []
    nurse.route(re.compile(r"/gesprekken/[0-9a-f]{32}$"), lambda route: sent.append(route))
    with nurse.expect_console_message(lambda told: told.text == "held back"):
        may_begin.set()
        site.drafter.wake()
    sent[0].continue_()
    expect(nurse.get_by_role("heading", name="Het plan", exact=True)).to_be_visible()
    assert len(sent) == 1


def test_corrections_by_the_keyboard_alone(site: Site, sign_in: SignIn, faults: list[str]) -> None:
    talk = site.talk(site.child("Toetsen"))
    page = sign_in("vera")
    page.goto(f"{site.url}/gesprekken/{talk}")
    current = page.locator(".statement.current")
    page.keyboard.press("j")
    first = current.get_attribute("id")
    page.keyboard.press("a")
    said(page, "Bevestigd.")
    expect(page.locator(f"#{first}")).to_contain_text("bevestigd door Vera Zand")
    assert current.get_attribute("id") != first
    expect(current).to_be_focused()

    page.keyboard.press("e")
    expect(page.locator("#woorden")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Andere woorden")
    page.keyboard.press("Control+Enter")
    said(page, "De nieuwe woorden zijn bewaard.")
    expect(current).to_contain_text("Andere woorden")
    page.keyboard.press("u")
    said(page, "Ongedaan gemaakt.")
    expect(current).not_to_contain_text("Andere woorden")

    page.keyboard.press("r")
    expect(page.get_by_role("heading", name="schrappen")).to_be_visible()
    expect(page.get_by_role("radio").first).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    said(page, "Geschrapt.")
    page.keyboard.press("Control+z")
    said(page, "Ongedaan gemaakt.")

    page.keyboard.press("n")
    expect(page.locator(".point.current")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("g")
    expect(page.locator(".said:focus")).to_have_class("said stands-plan lit")
    page.keyboard.press("g")
    page.keyboard.press("w")
    expect(page.get_by_role("heading", name="Waarom staat dit hier?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(current).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("nachten")
    expect(page.locator("#delen .statement:visible")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Werken met het toetsenbord")).to_be_visible()
    assert faults == []


def test_words_light_up_and_chosen_words_become_a_statement(
    site: Site, sign_in: SignIn, faults: list[str]
) -> None:
    talk = site.talk(site.child("Woorden"))
    page = sign_in("vera")
    page.goto(f"{site.url}/gesprekken/{talk}")
    page.locator(".said", has_text="filmpjes").click()
    expect(page.locator(".statement.current")).to_contain_text("filmpjes")
    expect(page.locator(".said.lit")).to_have_text("Als ik filmpjes mag maken met mijn zus")
    turn = page.locator(".turn", has_text="Lekker weer")
    turn.locator(".words").dblclick(position={"x": 20, "y": 12})
    page.get_by_role("button", name="Maak een uitspraak van deze woorden").click()
    expect(page.locator("#woorden")).to_have_value("Lekker")
    page.get_by_label("Soort", exact=True).select_option("value")
    page.get_by_label("Onderdeel van het plan").select_option("sociaal")
    page.get_by_role("button", name="Neem op in het plan").click()
    said(page, "Opgenomen in het plan.")
    expect(turn.locator(".said")).to_have_text("Lekker")
    assert faults == []


def test_two_reviewers_at_one_statement(site: Site, sign_in: SignIn) -> None:
    talk = site.talk(site.child("Samen"))
    one, other = sign_in("vera"), sign_in("vic")
    for page in (one, other):
        page.goto(f"{site.url}/gesprekken/{talk}")
        page.keyboard.press("j")
        page.keyboard.press("e")
        expect(page.locator("#woorden")).to_be_focused()
    one.locator("#woorden").fill("Woorden van Vera")
    one.keyboard.press("Control+Enter")
    said(one, "bewaard")
    other.locator("#woorden").fill("Woorden van Vic")
    other.keyboard.press("Control+Enter")
    expect(other.get_by_text("Intussen heeft een ander dit gewijzigd.")).to_be_visible()
    expect(other.locator("#vak")).to_contain_text("Woorden van Vera")
    expect(other.locator("#woorden")).to_have_value("Woorden van Vic")
    other.get_by_role("button", name="Bewaar mijn woorden").click()
    said(other, "bewaard")
    expect(other.locator(".statement.current")).to_contain_text("Woorden van Vic")


def test_what_was_typed_is_kept_when_the_session_has_ended(site: Site, sign_in: SignIn) -> None:
    talk = site.talk(site.child("Sessie"))
    page = sign_in("vera")
    page.goto(f"{site.url}/gesprekken/{talk}")
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.locator("#woorden").fill("Dit mag niet weg")
    page.context.clear_cookies()
    page.keyboard.press("Control+Enter")
    window = page.get_by_role("dialog", name="U bent uitgelogd")
    window.get_by_label("Inlognaam").fill("vera")
    window.get_by_label("Wachtwoord").fill(PASSWORD)
    window.get_by_role("button", name="Inloggen", exact=True).click()
    expect(window).to_be_hidden()
    expect(page.locator("#woorden")).to_have_value("Dit mag niet weg")
    page.locator("#vak").get_by_role("button", name="Bewaar").click()
    expect(page.locator(".statement.current")).to_contain_text("Dit mag niet weg")


def test_a_stranger_finds_nothing(site: Site, sign_in: SignIn) -> None:
    child = site.child("Vreemd")
    talk = site.talk(child)
    page = sign_in("stan")
    for path in (f"/kinderen/{child}", f"/gesprekken/{talk}", f"/gesprekken/{talk}/versies/1/json"):
        answer = page.goto(f"{site.url}{path}")
        assert answer
        assert answer.status == 404
        expect(page.get_by_text("Deze pagina is er niet, of is niet voor u.")).to_be_visible()
