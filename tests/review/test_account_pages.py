"""The pages for signing in, accounts, teams and the audit trail in a real browser."""

from playwright.sync_api import Page, expect

from .browsing import NEEDS_CHROMIUM, is_sound, sign_in
from .conftest import PASSWORD, People

pytestmark = NEEDS_CHROMIUM


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
