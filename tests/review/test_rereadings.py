"""What is other since another version of izp worked a conversation out again, as reviewers see it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from extractors.flags import treatment_limits
from extractors.schema import Flag, Statement
from pipeline import reextract
from pipeline.dossier import Extraction
from pipeline.store import runs
from pipeline.store.audit import Actor, Event
from pipeline.store.database import Store, work
from review.settings import ReviewSettings

from .browsing import NEEDS_CHROMIUM, is_sound, sign_in
from .conftest import Browser, People
from .talks import draft, extraction, revision, statement_with, text_of

Open = Callable[..., Browser]
ANNOUNCED = "Dit gesprek is opnieuw uitgewerkt door een nieuwere versie van izp."


@pytest.fixture
def path(store: Store, people: People, child: str) -> str:
    """The address of a conversation."""
    return f"/gesprekken/{draft(store, people.verpleegkundige.id, child)}"


def said(words: str) -> Statement:
    """The statement that was found with these words."""
    statements = (*extraction().findings.statements, *extraction().findings.to_review)
    return next(each for each in statements if words in each.quote)


def other_version() -> Extraction:
    """What another version finds: one wish is not there, one is read otherwise, and one is new."""
    before = extraction()
    gone, limit = said("filmpjes mag maken"), said("naar de IC gaat")
    new = limit.model_copy(
        update={"id": "s000000000000", "quote": "Lekker weer", "turn": 9, "topics": (), "category": "context"}
    )
    start = before.conversation.text.index(new.quote)
    place = {"turn": before.conversation.turns[-1].index, "start": start, "end": start + len(new.quote)}
    kept = [each for each in before.findings.statements if each.id not in (gone.id, limit.id)]
    flags = [each for each in before.findings.flags if gone.id not in each.statements]
    findings = before.findings.model_copy(
        update={
            "statements": (*kept, limit.model_copy(update={"certainty": "tentative"})),
            "to_review": (*before.findings.to_review, new.model_copy(update=place)),
            "flags": (*flags, Flag(type="tentative", statements=(limit.id,), note="Staat niet vast.")),
        }
    )
    return before.model_copy(update={"findings": findings})


@pytest.fixture
def work_out_again(
    store: Store, settings: ReviewSettings, path: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], None]:
    """Works the conversation out again, by another version of the extraction."""
    monkeypatch.setattr(reextract, "find", lambda *_: other_version())
    monkeypatch.setattr(reextract, "extractor", lambda _: "b" * 64)
    monkeypatch.setattr(reextract, "read_handed_in", lambda *_: extraction().conversation)

    def done() -> None:
        with work(store) as w:
            run = runs.begin(w, Actor(), "reextract", [], extractor="b" * 64)
        reextract.again(store, settings, run, path.rpartition("/")[2], lambda *_: None)

    return done


def test_it_is_announced_until_somebody_says_that_it_was_seen(
    browser: Open,
    people: People,
    path: str,
    work_out_again: Callable[[], None],
    trail: Callable[[], list[Event]],
) -> None:
    nurse = browser(people.verpleegkundige)
    assert ANNOUNCED not in text_of(nurse.get(path).text)
    work_out_again()
    for page in (path, f"{path}/goedkeuren"):
        assert ANNOUNCED in text_of(nurse.get(page).text)
        assert f'href="{path}/opnieuw-uitgewerkt"' in nurse.get(page).text
    answer = nurse.submit(f"{path}/opnieuw-uitgewerkt/gezien", uitwerking="2")
    assert answer.headers["location"] == path
    assert ANNOUNCED not in text_of(nurse.get(path).text)
    assert trail()[-2].object == f"{path.rpartition('/')[2]}/2"
    page = text_of(nurse.get(f"{path}/opnieuw-uitgewerkt").text)
    assert "Bekeken door Vera Zand" in page
    assert "Ik heb dit bekeken" not in page


def test_what_is_new_gone_and_read_otherwise_is_told_with_its_place(
    browser: Open, people: People, path: str, work_out_again: Callable[[], None]
) -> None:
    work_out_again()
    reader = browser(people.lezer)
    answer = reader.get(f"{path}/opnieuw-uitgewerkt").text
    page = text_of(answer)
    assert "Nieuw gevonden (1) “Lekker weer” Moeder, beurt" in page
    assert "Niet meer gevonden (1) “Als ik filmpjes mag maken met mijn zus” Noor, beurt" in page
    assert "Anders gelezen (1) “Ik wil niet dat ze nog naar de IC gaat” Moeder, beurt" in page
    assert "Open punten die erbij kwamen (1)" in page
    assert f'href="{path}#beurt-{said("filmpjes mag maken").turn}"' in answer
    assert f'href="{path}#{said("naar de IC gaat").id}"' in answer
    assert "Ik heb dit bekeken" not in page  # a reader has no say in it


def test_what_a_reviewer_confirmed_stays_and_is_told(
    browser: Open, people: People, path: str, work_out_again: Callable[[], None]
) -> None:
    nurse = browser(people.verpleegkundige)
    for words in ("filmpjes mag maken", "naar de IC gaat"):
        name = statement_with(nurse.get(path).text, words)
        nurse.submit(f"{path}/uitspraken/{name}/bevestigen", gezien="1.0")
    work_out_again()
    page = text_of(nurse.get(f"{path}/opnieuw-uitgewerkt").text)
    assert "Gebleven zoals u of een ander het beoordeelde (2)" in page
    assert re.search(r"“Als ik filmpjes mag maken met mijn zus” Noor, beurt \d+ nu niet gevonden", page)
    assert re.search(r"nog naar de IC gaat” Moeder, beurt \d+ \w+ .*\(was: zeker\)", page)
    assert "Niet meer gevonden" not in page
    screen = nurse.get(path).text
    assert statement_with(screen, "filmpjes mag maken")


def another_wish() -> Extraction:
    """What a version finds that hears one more wish about the treatment that was spoken of."""
    before = extraction()
    limit, other = said("naar de IC gaat"), said("thuis zijn bij mama")
    more = other.model_copy(update={"topics": limit.topics, "category": "preference"})
    statements = tuple(more if each.id == more.id else each for each in before.findings.statements)
    of_limits = treatment_limits(statements, before.findings.limits_named)
    flags = [flag for flag in before.findings.flags if flag.type != "treatment_limit"]
    update = {"statements": statements, "flags": (*flags, *of_limits)}
    return before.model_copy(update={"findings": before.findings.model_copy(update=update)})


def test_a_decided_limit_says_what_it_is_about_and_that_more_is_to_be_decided(
    browser: Open,
    people: People,
    path: str,
    work_out_again: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    doctor = browser(people.behandelaar)
    point = re.search(r'href="#punt-(\d+)"', doctor.get(f"{path}/goedkeuren").text)
    assert point
    doctor.submit(f"{path}/punten/{point[1]}", uitkomst="resolved", gezien=revision(doctor.get(path).text))
    monkeypatch.setattr(reextract, "find", lambda *_: another_wish())
    work_out_again()
    page = doctor.get(f"{path}/goedkeuren").text
    told = re.findall(r'<section class="treatment".*?</section>', page, re.DOTALL)
    assert [text_of(each).partition(" Uitspraak")[0].split(" Ook")[0] for each in told] == [
        "Behandelgrens: opname op de IC",
        "Behandelgrens: opname op de IC",
    ]
    still_open, decided = told
    number = re.search(r'id="(punt-\d+)"', still_open)
    assert number
    assert "Beslist: wat niet bekrachtigd is" in text_of(still_open)
    assert f'Deze uitspraak hoort ook bij <a href="#{number[1]}">' in decided
    assert "Hierover is beslist." in text_of(decided)


def test_what_no_drafting_can_be_called_is_refused(browser: Open, people: People, path: str) -> None:
    nurse = browser(people.verpleegkundige)
    for number in ("0", "-1", str(2**31), str(10**30)):
        assert nurse.submit(f"{path}/opnieuw-uitgewerkt/gezien", uitwerking=number).status_code == 422


def test_where_no_other_version_read_it_that_is_told(browser: Open, people: People, path: str) -> None:
    page = text_of(browser(people.lezer).get(f"{path}/opnieuw-uitgewerkt").text)
    assert "niet opnieuw uitgewerkt met een andere versie" in page


@NEEDS_CHROMIUM
@pytest.mark.parametrize("width", [1280, 320])  # 320 is 1280 at 400 %
def test_axe_finds_nothing_on_what_is_other(
    page: Page, url: str, path: str, work_out_again: Callable[[], None], width: int
) -> None:
    work_out_again()
    page.set_viewport_size({"width": width, "height": 720})
    sign_in(page, url, "vera")
    page.goto(f"{url}{path}")
    page.get_by_role("link", name="Bekijk wat er anders is").click()
    expect(page.get_by_role("heading", name="Nieuw gevonden (1)")).to_be_visible()
    assert is_sound(page)
    page.get_by_role("button", name="Ik heb dit bekeken").click()
    expect(page.get_by_role("heading", name="Het gesprek")).to_be_visible()
    expect(page.get_by_role("link", name="Bekijk wat er anders is")).to_have_count(0)
