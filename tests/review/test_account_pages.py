"""The pages for signing in, accounts, teams and the audit trail in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from pipeline.store import members, tokens
from pipeline.store.audit import Actor
from pipeline.store.database import Store, work

from .browsing import NEEDS_CHROMIUM, is_sound, sign_in
from .conftest import PASSWORD, People

pytestmark = NEEDS_CHROMIUM


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
