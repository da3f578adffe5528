"""A real browser: Debian's Chromium, signing in with it, and what axe-core says of a page."""

import os
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from .conftest import PASSWORD

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
NEEDS_CHROMIUM = pytest.mark.skipif(
    CHROMIUM is None and os.environ.get("CI") != "true", reason="Chromium is not installed"
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def sign_in(page: Page, url: str, login: str) -> None:
    page.goto(f"{url}/inloggen")
    page.get_by_label("Inlognaam").fill(login)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/inloggen" not in address)


def is_sound(page: Page) -> bool:
    """Whether axe-core finds nothing on a page (else it says what), and it is no wider than its window."""
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    told = [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]
    assert not told, told
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
