"""Makes the pictures of the web app in the docs: `make docs-images`. Needs Debian's Chromium.

The people and the conversations are invented (`samples/`).
"""

from __future__ import annotations

import datetime as dt
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
from playwright.sync_api import Page, ViewportSize, sync_playwright

from pipeline.drafting import Drafter
from pipeline.intake.participants_file import ParticipantsFile
from pipeline.rendering import Renderer
from pipeline.store import accounts, children, conversations, drafts, members
from pipeline.store.audit import Actor
from pipeline.store.database import Store, look, open_store, work
from review.app import create_app
from review.settings import ReviewSettings

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
PASSWORD = "alleen voor de plaatjes"  # noqa: S105  # of accounts that end with the pictures
SIZE: ViewportSize = {"width": 1366, "height": 820}


def main() -> None:
    """Starts izp with an invented child and takes the pictures."""
    with TemporaryDirectory() as folder, _running(Path(folder)) as (url, store, drafter):
        with work(store) as w:
            nurse, doctor = (
                accounts.add_user(
                    w, Actor(), login=login, name=name, role=role, function=function, password=PASSWORD
                )
                for login, name, role, function in (
                    ("vera", "Vera Zand", "verpleegkundige", None),
                    ("karin", "Karin Smit", "behandelaar", "arts"),
                )
            )
            about = children.About(name="Noor de Wit", born=dt.date(2015, 3, 12), number="0012345")
            child = children.add(w, Actor(nurse.id), about).id
            members.add_member(w, Actor(nurse.id), child, doctor.id)
        talk = _drafted(store, drafter, nurse.id, child)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_context(viewport=SIZE, locale="nl-NL").new_page()
            _sign_in(page, url, "vera")
            _upload(page, url, child)
            _review(page, url, talk)
            with work(store) as w:
                drafts.set_ready(w, Actor(nurse.id), talk, 1)
            page = browser.new_context(viewport=SIZE, locale="nl-NL").new_page()
            _sign_in(page, url, "karin")
            _approve(page, url, talk)
            page.goto(f"{url}/kinderen/{child}")
            _take(page, "child")
            browser.close()


@contextmanager
def _running(folder: Path) -> Iterator[tuple[str, Store, Drafter]]:
    """The web app on a free port, with an empty store."""
    settings = ReviewSettings(data_dir=folder)
    store = open_store(settings)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with Drafter(settings, store) as drafter, Renderer(settings, store) as renderer:
        app = create_app(store, settings, url, drafter=drafter, renderer=renderer)
        server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield url, store, drafter
        server.should_exit = True
        thread.join()
    store.engine.dispose()


def _drafted(store: Store, drafter: Drafter, user_id: str, child: str) -> str:
    data = (ROOT / "samples" / "noor-sma.txt").read_bytes()
    with work(store) as w:
        given = ParticipantsFile()
        talk = conversations.submit(w, Actor(user_id), child, "gesprek-maart.txt", data, given, len(data)).id
    drafter.wake()
    while True:
        with look(store) as w:
            if conversations.status(w, talk).state == "done":
                return talk
        time.sleep(0.1)


def _sign_in(page: Page, url: str, login: str) -> None:
    page.goto(f"{url}/inloggen")
    page.get_by_label("Inlognaam").fill(login)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/kinderen")


def _upload(page: Page, url: str, child: str) -> None:
    page.goto(f"{url}/kinderen/{child}/gesprekken/nieuw")
    page.locator("#bestand").set_input_files(ROOT / "samples" / "esra-cf.vtt")
    page.locator("#wie table").wait_for()
    _take(page, "upload")


def _review(page: Page, url: str, talk: str) -> None:
    page.goto(f"{url}/gesprekken/{talk}#deel-domeinen")
    cards = page.locator("#lijst-fysiek .statement")
    for at in (0, 1):
        cards.nth(at).locator("button.do-a").click()
        page.locator("#lijst-fysiek .is-confirmed").nth(at).wait_for()
    cards.nth(2).click(position={"x": 300, "y": 8})
    page.keyboard.press("Shift")
    page.locator("#melding").evaluate("told => { told.textContent = ''; }")
    _take(page, "review")


def _approve(page: Page, url: str, talk: str) -> None:
    page.goto(f"{url}/gesprekken/{talk}/goedkeuren")
    page.get_by_role("button", name="Bekrachtig uitspraak").nth(1).click()
    page.locator(".limit.ratified").scroll_into_view_if_needed()
    _take(page, "approve")


def _take(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(600)
    page.screenshot(path=IMAGES / f"screen-{name}.png")


if __name__ == "__main__":
    main()
