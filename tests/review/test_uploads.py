"""Handing in a conversation, who is who in it, and how far its draft is."""

import datetime as dt
from collections.abc import Callable

import pytest
from httpx import Response

from pipeline.store import claims, conversations, reviews
from pipeline.store.database import Store, look, work

from .conftest import BOTH_DATABASES, Browser, People
from .talks import NAME, TALK, draft, draft_waiting, extraction, text_of

Open = Callable[..., Browser]


def hand_in(
    nurse: Browser, child: str, text: str = TALK, name: str = NAME, path: str = "nieuw", **fields: str
) -> Response:
    return nurse.post(
        f"/kinderen/{child}/gesprekken/{path}",
        data={"csrf": nurse.csrf, **fields},
        files={"bestand": (name, text.encode())},
    )


@BOTH_DATABASES
def test_a_file_is_handed_in_and_its_page_tells_how_far_it_is(
    browser: Open, people: People, child: str
) -> None:
    nurse = browser(people.verpleegkundige)
    answer = hand_in(nurse, child)
    page = nurse.get(answer.headers["location"])
    assert answer.status_code == 303
    assert "Het gesprek is ingeleverd – bezig" in text_of(page.text)
    assert 'hx-trigger="every 250ms"' in page.text


def test_pasted_text_is_handed_in_as_well(browser: Open, people: People, child: str, store: Store) -> None:
    nurse = browser(people.verpleegkundige)
    answer = nurse.submit(f"/kinderen/{child}/gesprekken/nieuw", tekst=TALK, datum="2026-03-12", soort="pzp")
    with look(store) as w:
        status = conversations.status(w, answer.headers["location"].rsplit("/")[-1])
    assert status.name == "geplakte-tekst.txt"
    assert str(status.given.date) == "2026-03-12"
    assert status.given.kind == "pzp"


def test_who_is_who_is_shown_when_a_file_is_chosen(browser: Open, people: People, child: str) -> None:
    answer = hand_in(browser(people.verpleegkundige), child, path="wie")
    text = text_of(answer.text)
    assert "gesprek van 12 maart 2026" in text
    assert "“Als ik filmpjes mag maken met mijn zus.”" in text
    assert '<option value="care_team" selected>' in answer.text


def test_who_is_who_goes_along_when_it_is_handed_in(
    browser: Open, people: People, child: str, store: Store
) -> None:
    told = {"label-1": "Noor", "rol-1": "child", "functie-1": "", "label-2": "Moeder", "rol-2": ""}
    answer = hand_in(browser(people.verpleegkundige), child, **told)
    with look(store) as w:
        given = conversations.status(w, answer.headers["location"].rsplit("/")[-1]).given
    assert {label: person.role for label, person in given.labels.items()} == {"Noor": "child"}


@pytest.mark.parametrize(
    ("text", "name", "fields", "sentence"),
    [
        ("", "leeg.txt", {}, "Kies een bestand of plak de tekst"),
        ("tekst", "a.txt", {"tekst": "nog meer tekst"}, "niet allebei"),
        ("\x00\x01\x02", "foto.png", {}, "izp"),
        (TALK, NAME, {"datum": "2999-01-01"}, "geen dag die kan kloppen"),
    ],
)
def test_what_cannot_be_taken_in_says_why_and_leaves_the_form(
    browser: Open, people: People, child: str, text: str, name: str, fields: dict[str, str], sentence: str
) -> None:
    nurse = browser(people.verpleegkundige)
    answer = hand_in(nurse, child, text, name, **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert fields.get("datum", "") in answer.text
    assert fields.get("tekst", "") in answer.text
    assert hand_in(nurse, child, text, name, path="wie", **fields).status_code == 200


@BOTH_DATABASES
def test_the_same_file_leads_to_the_conversation_that_is_there(
    browser: Open, people: People, child: str, store: Store
) -> None:
    talk = draft(store, people.verpleegkundige.id, child)
    nurse = browser(people.behandelaar)
    answer = hand_in(nurse, child)
    assert answer.headers["location"] == f"/gesprekken/{talk}?bekend=1"
    assert "stond er al" in nurse.get(answer.headers["location"]).text


def test_a_draft_that_is_there_sends_for_the_page(
    browser: Open, people: People, child: str, store: Store
) -> None:
    talk = draft(store, people.verpleegkundige.id, child)
    answer = browser(people.verpleegkundige).get(f"/gesprekken/{talk}/voortgang")
    assert answer.headers["hx-refresh"] == "true"


def test_a_page_that_waits_is_told_of_another_step_only(browser: Open, people: People, child: str) -> None:
    nurse = browser(people.verpleegkundige)
    path = hand_in(nurse, child).headers["location"]
    assert "bezig" in nurse.get(f"{path}/voortgang").text
    assert nurse.get(f"{path}/voortgang?stap=waiting").status_code == 204
    assert "bezig" in nurse.get(f"{path}/voortgang?stap=reading").text


def test_a_draft_that_failed_says_so_and_can_be_tried_again(
    browser: Open, people: People, child: str, store: Store
) -> None:
    nurse = browser(people.verpleegkundige)
    path = hand_in(nurse, child).headers["location"]
    with work(store) as w:
        claimed = claims.claim(w, dt.timedelta(seconds=60))
    assert claimed
    with work(store) as w:
        claims.fail(w, claimed, "In dit bestand staat geen gesprek.")
    assert "In dit bestand staat geen gesprek." in nurse.get(path).text
    nurse.submit(f"{path}/opnieuw")
    assert "bezig" in nurse.get(path).text


def test_who_is_who_can_be_told_afterwards_and_corrections_stay(
    browser: Open, people: People, child: str, store: Store
) -> None:
    nurse = browser(people.verpleegkundige)
    talk = draft(store, people.verpleegkundige.id, child)
    name = extraction().findings.statements[0].id
    nurse.submit(f"/gesprekken/{talk}/uitspraken/{name}/wijzigen", woorden="filmpjes met zus", gezien="1.0")
    shown = nurse.get(f"/gesprekken/{talk}/wie")
    assert "Wat u en anderen verbeterden" in shown.text
    answer = nurse.submit(
        f"/gesprekken/{talk}/wie",
        **{"label-1": "Kinderarts", "rol-1": "care_team", "functie-1": "dokter Bos"},
    )
    assert answer.status_code == 303
    assert "bezig" in nurse.get(f"/gesprekken/{talk}").text
    draft_waiting(store, extraction())
    with look(store) as w:
        record = reviews.dossier(w, talk)
        given = conversations.status(w, talk).given
    assert [one.after for one in record.corrections] == ["filmpjes met zus"]
    assert given.labels["Kinderarts"].function == "dokter Bos"
