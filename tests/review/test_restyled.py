"""Approving in one go what was approved before and now only stands in another template."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from pipeline.plan import Approval
from pipeline.render import RenderError
from pipeline.store import children, drafts, members, reviews, runs
from pipeline.store.audit import Actor, Event
from pipeline.store.database import Store, look, work
from pipeline.store.documents import KINDS, Kind
from pipeline.store.keys import OTHER_KEY, KeysError
from pipeline.store.objects import UNREACHABLE, ObjectsError
from pipeline.store.restyled import restyled
from pipeline.store.tables import ChildRow, RunItemRow
from review.app import create_app
from review.settings import ReviewSettings

from .conftest import PASSWORD, URL, Browser, Idle, People
from .talks import approve, draft, restyle, statement_with, text_of

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
def waiting(store: Store, people: People, child: str, tmp_path: Path) -> list[str]:
    """Two conversations, of a child each, whose plan was approved and put in another template since."""
    nurse = Actor(people.verpleegkundige.id)
    with work(store) as w:
        sibling = children.add(w, nurse, children.About(name="Sem de Wit")).id
        members.add_member(w, nurse, sibling, people.behandelaar.id)
    found = [
        draft(store, people.verpleegkundige.id, each, f"{name}.txt", f"Moeder: Noor wil {name} bij opa eten.")
        for each, name in ((child, "elke week"), (sibling, "iedere maand"))
    ]
    for conversation in found:
        approve(store, people.behandelaar.id, conversation)
    restyle(store, tmp_path / "sjabloon", *found)
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
        (KeysError(OTHER_KEY), "De gegevens van dit kind zijn nu niet te lezen."),
        (ValueError("stuk"), "Dit plan kan nu niet worden goedgekeurd."),
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


@pytest.fixture
def locked_child(store: Store, child: str, waiting: list[str]) -> str:
    """The child of the first plan, whose key no longer opens anything."""
    with work(store) as w:
        w.session.execute(update(ChildRow).where(ChildRow.id == child).values(wrapped=b"0" * 40))
    return child


def test_a_child_whose_data_cannot_be_read_says_so_and_the_others_are_approved(
    browser: Open, people: People, store: Store, waiting: list[str], locked_child: str
) -> None:
    doctor = browser(people.behandelaar)
    page = doctor.get("/vormgeving").text
    assert f"Kind {locked_child} , versie 2 vraagt aandacht De gegevens van dit kind zijn nu" in text_of(page)
    assert "Vraag de beheerder om de sleutel" in text_of(page)
    assert f"Kind {locked_child} De gegevens van dit kind" in text_of(doctor.get("/kinderen").text)
    assert f'value="{waiting[0]}/' not in page
    form = {"csrf": doctor.csrf, "plan": chosen(page), "wachtwoord": PASSWORD}
    assert "Klaar: 1 van 1 goedgekeurd" in text_of(doctor.post("/vormgeving", data=form).text)
    with look(store) as w:
        assert [drafts.head(w, each).state for each in waiting] == ["concept", "approved"]


def test_a_child_whose_data_cannot_be_read_any_more_does_not_hold_up_the_others(
    browser: Open, people: People, store: Store, waiting: list[str], request: pytest.FixtureRequest
) -> None:
    doctor = browser(people.behandelaar)
    seen = chosen(doctor.get("/vormgeving").text)
    request.getfixturevalue("locked_child")
    answer = doctor.post("/vormgeving", data={"csrf": doctor.csrf, "plan": seen, "wachtwoord": PASSWORD})
    assert "niet goedgekeurd De gegevens van dit kind zijn nu niet te lezen." in text_of(answer.text)
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


def test_one_of_which_it_cannot_be_read_what_was_reported_is_not_chosen_beforehand(
    browser: Open, people: People, store: Store, waiting: list[str]
) -> None:
    with work(store) as w:
        run = runs.begin(
            w, Actor(), "rerender", waiting[:1], template_id=drafts.head(w, waiting[0]).template_id
        )
    with work(store) as w:
        part = runs.claim(w, run.id, "een", 1, dt.timedelta(minutes=1))
        assert part
        runs.finish_item(w, part, waiting[0], "attention", milliseconds=1, detail=runs.Detail())
        w.session.flush()
        w.session.execute(update(RunItemRow).values(sealed=b"0" * 40))
    page = browser(people.behandelaar).get("/vormgeving").text
    assert "is gemeld, is niet te lezen." in text_of(page)
    assert [name.split("/")[0] for name in chosen(page)] == waiting[1:]


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
