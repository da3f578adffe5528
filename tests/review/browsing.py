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


LAID_OUT = "document.querySelectorAll('main *').forEach(each => each.style.contentVisibility = 'visible')"


def faults(page: Page, part: str | None = None) -> list[str]:
    """What axe-core finds wrong with a page, or a part of it by its selector, and whether it is too wide."""
    page.evaluate(LAID_OUT)  # what is out of view has a guessed size, and would lie over what is below
    # Without the result types it describes whatever is right too, which takes longer than to find it.
    options = {"runOnly": RULES, "resultTypes": ["violations"]}
    found = Axe().run(page, context=part, options=options).response["violations"]
    told = [
        f"{each['id']}: {node['html'][:200]} {node['failureSummary']}"
        for each in found
        for node in each["nodes"]
    ]
    fits = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return told if fits else [*told, "wider than the window"]


def is_sound(page: Page) -> bool:
    """Whether axe-core finds nothing on a page (else it says what), and it is no wider than its window."""
    told = faults(page)
    assert not told, told
    return True
