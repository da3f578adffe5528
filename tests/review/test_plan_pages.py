"""The pages of a plan that come without script, or once in a while, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from pipeline.intake.participants_file import ParticipantsFile
from pipeline.store import claims, conversations
from pipeline.store.audit import Actor
from pipeline.store.database import Store, work

from .browsing import NEEDS_CHROMIUM, is_sound, sign_in
from .conftest import People, opened
from .talks import draft, statement_with
from .test_word import corrected

pytestmark = NEEDS_CHROMIUM
WIDTHS = pytest.mark.parametrize("width", [1280, 320])  # 320 is 1280 at 400 %
SAID = "filmpjes mag maken"


@pytest.fixture
def talk(store: Store, people: People, child: str) -> str:
    return draft(store, people.verpleegkundige.id, child)


@WIDTHS
def test_axe_finds_nothing_where_two_changed_the_same_without_script(
    chromium: Browser, url: str, talk: str, width: int
) -> None:
    here = f"{url}/gesprekken/{talk}"
    with opened(chromium, width) as mine, opened(chromium, width) as others:
        pages = [mine.new_page(), others.new_page()]
        for page, login in zip(pages, ("vera", "karin"), strict=True):
            page.route("**/static/**/*.js*", lambda route: route.abort())  # axe-core itself needs script
            sign_in(page, url, login)
            page.goto(here)
            page.goto(f"{here}/uitspraken/{statement_with(page.content(), SAID)}/wijzigen")
        one, other = pages
        other.get_by_label("Woorden").fill("Filmpjes met Fenna")
        other.get_by_role("button", name="Bewaar").click()
        one.get_by_label("Woorden").fill("Filmpjes maken")
        one.get_by_role("button", name="Bewaar").click()
        expect(one.get_by_text("Intussen heeft een ander dit gewijzigd")).to_be_visible()
        assert is_sound(one)
        one.get_by_role("button", name="Bewaar mijn woorden").click()
        expect(one.get_by_text("Filmpjes maken").first).to_be_visible()


@WIDTHS
def test_axe_finds_nothing_while_a_draft_is_made_or_when_it_cannot_be(
    page: Page, url: str, people: People, child: str, store: Store, width: int
) -> None:
    with work(store) as w:
        given, nurse = ParticipantsFile(), Actor(people.verpleegkundige.id)
        talk = conversations.submit(w, nurse, child, "a.txt", b"Moeder: ja.", given, 1000).id
    page.set_viewport_size({"width": width, "height": 720})
    sign_in(page, url, "vera")
    page.goto(f"{url}/gesprekken/{talk}")
    expect(page.get_by_text("Het gesprek is ingeleverd")).to_be_visible()
    assert is_sound(page)
    with work(store) as w:
        claimed = claims.claim(w, claims.dt.timedelta(minutes=1))
        assert claimed
        claims.fail(w, claimed, "Hier staat geen gesprek in.")
    expect(page.get_by_text("Hier staat geen gesprek in.")).to_be_visible()
    assert is_sound(page)


@WIDTHS
def test_axe_finds_nothing_on_what_a_word_document_changes(
    page: Page, url: str, talk: str, store: Store, tmp_path: Path, width: int
) -> None:
    document = tmp_path / "plan.docx"
    document.write_bytes(corrected(store, talk))
    page.set_viewport_size({"width": width, "height": 720})
    sign_in(page, url, "vera")
    page.goto(f"{url}/gesprekken/{talk}/versies")
    page.get_by_label("Verbeterd Word-bestand").set_input_files(document)
    page.get_by_role("button", name="Bekijk de verbeteringen").click()
    expect(page.get_by_text("Dit wordt overgenomen")).to_be_visible()
    assert is_sound(page)
    page.get_by_role("button", name="Neem over").click()
    expect(page.get_by_text("grote zorgen over de nachten").first).to_be_visible()
