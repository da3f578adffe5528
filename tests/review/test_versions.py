"""The versions of a plan: put forward, ratified, approved, compared and downloaded."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Self

import pytest
from fastapi import FastAPI
from httpx import Response

from pipeline import rendering
from pipeline.rendering import Renderer
from pipeline.store.audit import Event
from pipeline.store.database import Store
from pipeline.store.objects import LOST, UNREACHABLE, Lost, ObjectsError
from review.settings import ReviewSettings

from .conftest import BOTH_DATABASES, PASSWORD, Browser, People
from .talks import draft, revision, statement_with, text_of

Open = Callable[..., Browser]


class Here:
    """Stands in for a process that makes documents: each would load for seconds what is loaded here."""

    def __init__(self, *_: object) -> None:
        """Has nothing to load."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Has nothing to end."""

    def run(self, task: Callable[..., object], *given: object) -> object:
        return task(*given)


@pytest.fixture
def printing(
    app: FastAPI, store: Store, settings: ReviewSettings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Lets the web app make documents."""
    monkeypatch.setattr(rendering, "WarmProcess", Here)
    monkeypatch.setattr(rendering, "_open", [store])
    with Renderer(settings, store) as renderer:
        app.state.site = app.state.site._replace(renderer=renderer)
        yield


@pytest.fixture
def path(store: Store, people: People, child: str) -> str:
    """The address of a conversation."""
    return f"/gesprekken/{draft(store, people.verpleegkundige.id, child)}"


def decide_all(doctor: Browser, path: str) -> None:
    """Ratifies the treatment limit and settles the rest."""
    page = doctor.get(path).text
    limit = statement_with(page, "naar de IC gaat")
    doctor.submit(f"{path}/uitspraken/{limit}/bekrachtigen", gezien=revision(page))
    for number in re.findall(r'id="punt-(\d+)" [^>]*data-waits="1"', doctor.get(path).text):
        doctor.submit(f"{path}/punten/{number}", uitkomst="resolved", gezien=revision(page))


def approve(doctor: Browser, path: str, password: str = PASSWORD) -> Response:
    """Approves what the page shows."""
    return doctor.submit(f"{path}/goedkeuren", **looked_at(doctor, path), wachtwoord=password)


def looked_at(doctor: Browser, path: str) -> dict[str, str]:
    """What the page for approval says of the plan that it shows."""
    page = doctor.get(f"{path}/goedkeuren").text
    return dict(re.findall(r'name="(inhoud|sjabloon)" value="(\w+)"', page)) or {"inhoud": "", "sjabloon": ""}


def test_a_nurse_puts_the_concept_forward_and_takes_it_back(browser: Open, people: People, path: str) -> None:
    nurse = browser(people.verpleegkundige)
    nurse.submit(f"{path}/klaar", versie="1")
    assert "Klaar voor beoordeling, versie 1" in nurse.get(path).text
    assert nurse.submit(f"{path}/klaar", versie="1").status_code == 409
    nurse.submit(f"{path}/heropenen", versie="1")
    assert "Concept, versie 1" in nurse.get(path).text


def test_what_stands_in_the_way_of_approval_is_listed(browser: Open, people: People, path: str) -> None:
    doctor = browser(people.behandelaar)
    page = doctor.get(f"{path}/goedkeuren").text
    assert "2 punten staan goedkeuring nog in de weg" in text_of(page)
    in_the_way = re.findall(r'<li><a href="([^"]*)#punt-(\d+)"', page)
    assert {address for address, _ in in_the_way} <= {"", path}
    assert all(
        f'id="punt-{number}"' in (page if not address else doctor.get(path).text)
        for address, number in in_the_way
    )
    assert "Ik wil niet dat ze nog naar de IC gaat" in page
    assert 'name="wachtwoord"' not in page


def test_limits_stand_by_treatment_with_those_that_were_struck_out(
    browser: Open, people: People, path: str
) -> None:
    doctor, nurse = browser(people.behandelaar), browser(people.verpleegkundige)
    name = statement_with(doctor.get(path).text, "naar de IC gaat")
    nurse.submit(f"{path}/uitspraken/{name}/schrappen", gezien="1.0", reden="dubbel")
    told = text_of(doctor.get(f"{path}/goedkeuren").text)
    treatment = told[told.index("2. Behandelgrenzen") : told.index("3. Het plan goedkeuren")]
    assert "Behandelgrens: opname op de IC" in treatment
    assert "naar de IC gaat" in treatment
    assert "geschrapt door Vera Zand" in treatment
    assert "Bekrachtig uitspraak" not in treatment


def test_a_limit_is_ratified_from_the_list_and_one_comes_back_to_it(
    browser: Open, people: People, path: str
) -> None:
    doctor = browser(people.behandelaar)
    name = statement_with(doctor.get(path).text, "naar de IC gaat")
    answer = doctor.submit(f"{path}/uitspraken/{name}/bekrachtigen", gezien="1.0", terug="goedkeuren")
    assert answer.headers["location"] == f"{path}/goedkeuren#{name}"
    assert "bekrachtigd door Karin Smit (arts)" in text_of(doctor.get(f"{path}/goedkeuren").text)


def test_a_nurse_sees_what_is_needed_but_does_not_approve(browser: Open, people: People, path: str) -> None:
    nurse = browser(people.verpleegkundige)
    page = nurse.get(f"{path}/goedkeuren").text
    assert "bekrachtigen</button>" not in page
    assert (
        nurse.submit(f"{path}/goedkeuren", inhoud="x", sjabloon="x", wachtwoord=PASSWORD).status_code == 403
    )


@pytest.mark.usefixtures("printing")
@BOTH_DATABASES
def test_an_approved_version_is_frozen_and_its_documents_say_so(
    browser: Open, people: People, path: str, trail: Callable[[], list[Event]]
) -> None:
    doctor, nurse = browser(people.behandelaar), browser(people.verpleegkundige)
    decide_all(doctor, path)
    assert approve(doctor, path, "een ander wachtwoord").status_code == 422
    assert "concept" in text_of(doctor.get(f"{path}/versies").text)
    assert approve(doctor, path).status_code == 303
    assert [event.action for event in trail()].count("approve") == 1
    versions = text_of(doctor.get(f"{path}/versies").text)
    assert "Goedgekeurd door Karin Smit (arts)" in versions
    words = zipfile.ZipFile(io.BytesIO(nurse.get(f"{path}/versies/1/docx").content)).read("word/document.xml")
    assert b"Goedgekeurd door Karin Smit" in words
    assert b"CONCEPT" not in words
    before = nurse.get(f"{path}/versies/1/pdf").content

    page = nurse.get(path).text
    assert "Wijzigt u iets, dan begint versie 2 als concept" in page
    name = statement_with(page, "filmpjes mag maken")
    shown = re.search(r'name="toont" value="([\w.]+)"', page)
    assert shown
    answer = nurse.post(
        f"{path}/uitspraken/{name}/wijzigen",
        data={"csrf": nurse.csrf, "gezien": shown[1], "toont": shown[1], "woorden": "Filmpjes maken"},
        headers={"HX-Request": "true"},
    )
    assert "Hiermee is versie 2 begonnen, als concept." in answer.text
    assert nurse.get(f"{path}/versies/1/pdf").content == before
    difference = text_of(nurse.get(f"{path}/verschillen/1").text)
    assert "anders “Als ik filmpjes mag maken met mijn zus” Filmpjes maken Vera Zand" in difference


def test_what_changed_since_the_page_was_loaded_is_not_approved(
    browser: Open, people: People, path: str
) -> None:
    doctor, nurse = browser(people.behandelaar), browser(people.verpleegkundige)
    decide_all(doctor, path)
    seen = looked_at(doctor, path)
    assert seen["inhoud"]
    nurse.submit(f"{path}/velden/huisarts", woorden="dokter Vos", gezien="1.0")
    answer = doctor.submit(f"{path}/goedkeuren", **seen, wachtwoord=PASSWORD)
    assert answer.status_code == 409
    assert "Er is niets goedgekeurd" in answer.text


@pytest.mark.usefixtures("printing")
@pytest.mark.parametrize(("wrong", "status"), [(ObjectsError(UNREACHABLE), 503), (Lost(LOST), 500)])
def test_a_document_that_cannot_be_reached_now_is_told_in_a_sentence(
    browser: Open,
    people: People,
    path: str,
    monkeypatch: pytest.MonkeyPatch,
    wrong: ObjectsError,
    status: int,
) -> None:
    def fail(*_: object) -> None:
        raise wrong

    monkeypatch.setattr("pipeline.rendering.documents.stored", fail)
    answer = browser(people.lezer).get(f"{path}/versies/1/pdf")
    assert answer.status_code == status
    assert str(wrong) in text_of(answer.text)


@pytest.mark.usefixtures("printing")
@pytest.mark.parametrize(
    ("file", "kind", "start"),
    [
        ("docx", "wordprocessingml", b"PK"),
        ("pdf", "application/pdf", b"%PDF"),
        ("gezin", "wordprocessingml", b"PK"),
        ("json", "application/json", b"{"),
    ],
)
def test_a_document_is_downloaded_under_a_name_that_tells_nothing(
    browser: Open,
    people: People,
    path: str,
    file: str,
    kind: str,
    start: bytes,
    trail: Callable[[], list[Event]],
) -> None:
    answer = browser(people.lezer).get(f"{path}/versies/1/{file}")
    assert answer.status_code == 200
    assert kind in answer.headers["content-type"]
    assert answer.content.startswith(start)
    assert answer.headers["cache-control"] == "no-store"
    assert re.fullmatch(
        r'attachment; filename="izp-\d{4}-\d\d-\d\d-[0-9a-f]{8}-versie-1[.\w-]+"',
        answer.headers["content-disposition"],
    )
    assert trail()[-1].action == "download"


@pytest.mark.parametrize("number", ["-1", "0", str(10**30)])
@pytest.mark.parametrize("page", ["versies/{}/json", "verschillen/{}"])
def test_a_number_that_no_version_has_is_refused(
    browser: Open, people: People, path: str, page: str, number: str
) -> None:
    assert browser(people.lezer).get(f"{path}/{page.format(number)}").status_code == 422


@pytest.mark.usefixtures("printing")
def test_a_version_that_is_not_there_is_not_found(browser: Open, people: People, path: str) -> None:
    reader = browser(people.lezer)
    assert reader.get(f"{path}/versies/7/pdf").status_code == 404
    assert reader.get(f"{path}/verschillen/7").status_code == 404
    assert reader.get(f"{path}/versies/1/exe").status_code == 422
