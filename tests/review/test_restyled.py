"""Approving in one go what was approved before and now only stands in another template."""

import datetime as dt
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError

from pipeline.plan import Approval
from pipeline.render import RenderError
from pipeline.store import approvals, drafts, reviews, runs, templates
from pipeline.store.audit import Actor, Event
from pipeline.store.database import Store, look, work
from pipeline.store.documents import KINDS, Kind
from pipeline.store.objects import UNREACHABLE, ObjectsError
from pipeline.store.restyled import restyled
from pipeline.template import TEMPLATE
from review.app import create_app
from review.settings import ReviewSettings

from .conftest import PASSWORD, URL, Browser, Idle, People
from .talks import draft, statement_with, text_of

Open = Callable[..., Browser]


class Printer:
    """Makes documents that say nothing but whose they are; not those of a plan in `broken`."""

    def __init__(self) -> None:
        self.broken = ""
        self.error: Exception = RenderError("De documenten konden niet worden gemaakt.")

    def documents(self, conversation_id: str, number: int, _: Approval | None = None) -> dict[Kind, bytes]:
        if conversation_id == self.broken:
            raise self.error
        return {kind: f"{conversation_id} {number}".encode() for kind in KINDS}


@pytest.fixture
def printer() -> Printer:
    return Printer()


@pytest.fixture
def app(store: Store, settings: ReviewSettings, printer: Printer) -> FastAPI:
    return create_app(store, settings, URL, drafter=Idle(), renderer=printer)  # type: ignore[arg-type]


@pytest.fixture
def waiting(store: Store, people: People, child: str, printer: Printer, tmp_path: Path) -> list[str]:
    """Two conversations whose plan was approved, and put in another template since."""
    nurse, doctor = Actor(people.verpleegkundige.id), Actor(people.behandelaar.id)
    found = [
        draft(store, nurse.user_id or "", child, f"{name}.txt", f"Moeder: Noor wil {name} bij opa eten.")
        for name in ("elke week", "iedere maand")
    ]
    for conversation in found:
        with look(store) as w:
            seen = approvals.approvable(w, conversation).seen
            approval = approvals.to_approve(w, doctor, conversation, seen)
        with work(store) as w:
            made = printer.documents(conversation, 1)
            approvals.approve(w, doctor, conversation, seen, approval, made)
    folder = tmp_path / "sjabloon"
    shutil.copytree(TEMPLATE, folder)
    manifest = folder / "template.yaml"
    manifest.write_text(re.sub(r"(?m)^version: .*$", "version: 99.0.0", manifest.read_text()))
    with work(store) as w:
        new = templates.install(w, Actor(), folder).id
    for conversation in found:
        with work(store) as w:
            drafts.restyle(w, Actor(), conversation, 1, new)
    return found


def chosen(page: str) -> list[str]:
    return re.findall(r'name="plan" value="([^"]+)" checked', page)


def test_all_that_wait_are_approved_at_once(
    browser: Open, people: People, store: Store, waiting: list[str], trail: Callable[[], list[Event]]
) -> None:
    doctor = browser(people.behandelaar)
    assert "2 plannen die goedgekeurd waren, wachten" in text_of(doctor.get("/kinderen").text)
    page = doctor.get("/vormgeving").text
    assert "Versie 1 is goedgekeurd door Karin Smit" in text_of(page)
    answer = doctor.post(
        "/vormgeving", data={"csrf": doctor.csrf, "plan": chosen(page), "wachtwoord": PASSWORD}
    )
    assert "Klaar: 2 van 2 goedgekeurd" in text_of(answer.text)
    with look(store) as w:
        for conversation in waiting:
            before, after = drafts.versions(w, conversation)
            assert before.approval
            assert after.approval
            assert before.approval.content_hash == after.approval.content_hash
            assert before.template_id != after.template_id
        assert restyled(w, people.behandelaar.id) == ()
    assert [event.action for event in trail()].count("approve") == 4
    assert "Er staat niets klaar" in doctor.get("/vormgeving").text


def test_one_that_was_changed_since_is_no_longer_among_them(
    browser: Open, people: People, store: Store, waiting: list[str]
) -> None:
    doctor, nurse = browser(people.behandelaar), browser(people.verpleegkundige)
    seen = chosen(doctor.get("/vormgeving").text)
    path = f"/gesprekken/{waiting[0]}"
    name = statement_with(nurse.get(path).text, "bij opa eten")
    nurse.submit(f"{path}/uitspraken/{name}/wijzigen", gezien="1.0", toont="1.0", woorden="Bij oma eten")
    answer = doctor.post("/vormgeving", data={"csrf": doctor.csrf, "plan": seen, "wachtwoord": PASSWORD})
    told = text_of(answer.text)
    assert "1 plan dat u koos, wachtte niet meer op goedkeuring" in told
    assert "Klaar: 1 van 1 goedgekeurd" in told
    with look(store) as w:
        assert [drafts.head(w, each).state for each in waiting] == ["concept", "approved"]
        assert reviews.dossier(w, waiting[0]).corrections


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (RenderError("De documenten konden niet worden gemaakt."), "konden niet worden gemaakt"),
        (ObjectsError(UNREACHABLE), UNREACHABLE),
        (OperationalError("SELECT", {}, Exception("weg")), "waren even niet te bereiken"),
    ],
)
def test_one_whose_documents_cannot_be_made_does_not_hold_up_the_others(
    browser: Open,
    people: People,
    store: Store,
    waiting: list[str],
    printer: Printer,
    error: Exception,
    sentence: str,
) -> None:
    doctor = browser(people.behandelaar)
    printer.broken, printer.error = waiting[0], error
    seen = chosen(doctor.get("/vormgeving").text)
    answer = doctor.post("/vormgeving", data={"csrf": doctor.csrf, "plan": seen, "wachtwoord": PASSWORD})
    assert sentence in text_of(answer.text)
    assert "Klaar: 1 van 2 goedgekeurd" in text_of(answer.text)
    with look(store) as w:
        assert [drafts.head(w, each).state for each in waiting] == ["concept", "approved"]


def test_one_that_stands_in_another_template_than_was_seen_is_not_approved(
    browser: Open, people: People, store: Store, waiting: list[str]
) -> None:
    doctor = browser(people.behandelaar)
    seen = chosen(doctor.get("/vormgeving").text)
    with work(store) as w:
        drafts.restyle(w, Actor(), waiting[0], 2, drafts.version(w, waiting[0], 1).template_id)
    answer = doctor.post("/vormgeving", data={"csrf": doctor.csrf, "plan": seen, "wachtwoord": PASSWORD})
    assert "1 plan dat u koos, wachtte niet meer op goedkeuring" in text_of(answer.text)
    with look(store) as w:
        assert [drafts.head(w, each).state for each in waiting] == ["concept", "approved"]


def test_one_that_asks_for_attention_says_why_and_is_not_chosen_beforehand(
    browser: Open, people: People, store: Store, waiting: list[str]
) -> None:
    with work(store) as w:
        template = drafts.head(w, waiting[0]).template_id
        run = runs.begin(w, Actor(), "rerender", waiting[:1], template_id=template)
    with work(store) as w:
        part = runs.claim(w, run.id, "een", 1, dt.timedelta(minutes=1))
        assert part
        detail = runs.Detail(attention=("Een punt blokkeert nu wel.",))
        runs.finish_item(w, part, waiting[0], "attention", milliseconds=1, detail=detail)
    doctor = browser(people.behandelaar)
    page = doctor.get("/vormgeving").text
    assert "vraagt aandacht Een punt blokkeert nu wel." in text_of(page)
    assert [name.split("/")[0] for name in chosen(page)] == waiting[1:]
    assert f'value="{waiting[0]}/2/{template}"' in page


@pytest.mark.parametrize("password", ["", "een ander wachtwoord"])
def test_without_the_password_nothing_is_approved(
    browser: Open, people: People, store: Store, waiting: list[str], password: str
) -> None:
    doctor = browser(people.behandelaar)
    seen = chosen(doctor.get("/vormgeving").text)
    answer = doctor.post("/vormgeving", data={"csrf": doctor.csrf, "plan": seen, "wachtwoord": password})
    assert answer.status_code == 422
    with look(store) as w:
        assert len(restyled(w, people.behandelaar.id)) == 2


def test_only_who_is_in_the_team_sees_or_approves_them(
    browser: Open, people: People, store: Store, waiting: list[str]
) -> None:
    stranger = browser(people.stranger)
    page = stranger.get("/vormgeving").text
    assert "Er staat niets klaar" in page
    with look(store) as w:
        found = restyled(w, people.behandelaar.id)
    names = [f"{one.conversation_id}/2/{one.seen.template_id}" for one in found]
    answer = stranger.post("/vormgeving", data={"csrf": stranger.csrf, "plan": names, "wachtwoord": PASSWORD})
    assert "Klaar: 0 van 0 goedgekeurd" in text_of(answer.text)
    with look(store) as w:
        assert len(restyled(w, people.behandelaar.id)) == 2
