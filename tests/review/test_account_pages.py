"""The pages for signing in, accounts, teams and the audit trail in a real browser."""

import os
import shutil
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Page, expect, sync_playwright

from pipeline.store import members, tokens
from pipeline.store.audit import Actor
from pipeline.store.database import Store, work

from .conftest import PASSWORD, People
from .test_serving import free_port

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(
        CHROMIUM is None and os.environ.get("CI") != "true", reason="Chromium is not installed"
    ),
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def url(app: FastAPI) -> Iterator[str]:
    """The address at which the web app listens."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    app.state.site = app.state.site._replace(url=address)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield address
    server.should_exit = True
    thread.join()


@pytest.fixture
def page() -> Iterator[Page]:
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser,
    ):
        yield browser.new_page(locale="nl-NL")


def sign_in(page: Page, url: str, login: str) -> None:
    page.goto(f"{url}/inloggen")
    page.get_by_label("Inlognaam").fill(login)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/inloggen" not in address)


def is_sound(page: Page) -> bool:
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("width", [1280, 320])  # 320 is 1280 at 400 %
def test_axe_finds_nothing_and_no_page_is_too_wide(
    page: Page, url: str, people: People, child: str, store: Store, width: int
) -> None:
    with work(store) as w:
        members.break_glass(w, Actor(people.stranger.id), child, "dienst vannacht, benauwd")
        link = tokens.make_link(w, Actor(people.beheerder.id), people.lezer.id)
    page.set_viewport_size({"width": width, "height": 720})
    for path in ("/inloggen", f"/welkom?code={link}", "/welkom?code=onbekend"):
        page.goto(url + path)
        assert is_sound(page), path
    sign_in(page, url, "bea")
    admin = ("gebruikers", "gebruikers/nieuw", f"gebruikers/{people.lezer.id}", "teams", f"teams/{child}")
    for path in (*admin, "logboek"):
        page.goto(f"{url}/beheer/{path}")
        assert is_sound(page), path
    page.get_by_role("button", name="Uitloggen").click()
    sign_in(page, url, "vera")
    for path in ("/account", "/noodtoegang", f"/kinderen/{child}/team", f"/kinderen/{child}/logboek"):
        page.goto(url + path)
        assert is_sound(page), path


def test_a_code_is_set_up_by_hand_or_by_scanning(page: Page, url: str, people: People) -> None:
    sign_in(page, url, "vera")
    page.goto(f"{url}/account")
    page.locator("#begin").fill(PASSWORD)
    page.get_by_role("button", name="Instellen").click()
    picture = page.get_by_role("img", name="QR-code")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 100
    assert is_sound(page)


def test_a_beheerder_gives_somebody_an_account_with_the_keyboard(
    page: Page, url: str, people: People
) -> None:
    sign_in(page, url, "bea")
    page.get_by_role("link", name="Nieuw account").press("Enter")
    page.get_by_label("Naam", exact=True).fill("Piet Vos")
    page.keyboard.press("Tab")
    page.keyboard.type("piet")
    page.keyboard.press("Tab")
    page.keyboard.type("lezer")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Account maken").press("Enter")
    link = page.locator("#link").inner_text()
    page.get_by_role("button", name="Uitloggen").press("Enter")
    page.goto(link)
    for label in ("Wachtwoord", "Wachtwoord nogmaals"):
        page.get_by_label(label, exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Piet Vos")).to_be_visible()
