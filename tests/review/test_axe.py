"""What axe-core finds on the pages of the app: all routes that give one are looked at, wide and narrow."""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Final, NamedTuple, get_args

import pytest
from argon2 import PasswordHasher, profiles
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from sqlalchemy import update
from starlette.routing import compile_path

from pipeline.intake.participants_file import ParticipantsFile
from pipeline.store import (
    accounts,
    children,
    claims,
    conversations,
    members,
    passwords,
    runs,
    sessions,
    tokens,
)
from pipeline.store.audit import Actor
from pipeline.store.database import Store, open_store, work
from pipeline.store.tables import ChildRow
from review.app import create_app
from review.corrections import Form
from review.settings import ReviewSettings

from .browsing import NEEDS_CHROMIUM, faults
from .conftest import PASSWORD, URL, Idle, listening, opened
from .talks import TALK, approve, draft, extraction, restyle, sample

WIDTHS: Final = (1280, 320)  # 320 is 1280 at 400 %

TABLE: Final = """
nobody  /inloggen
half    /inloggen/code
nobody  /inloggen/klaar
nobody  /welkom?code={link}
nobody  /welkom?code=onbekend 404
vera    /account
bea     /beheer/gebruikers
bea     /beheer/gebruikers/nieuw
bea     /beheer/gebruikers/{user}
bea     /beheer/teams
bea     /beheer/teams/{child}
bea     /beheer/logboek
vera    /noodtoegang
vera    /kinderen/{child}/team
vera    /kinderen/{child}/logboek
karin   /kinderen
nora    /kinderen
karin   /kinderen/nieuw
karin   /kinderen/{child}
stan    /kinderen/{child}
karin   /kinderen/{child}/gegevens
karin   /kinderen/{child}/gesprekken/nieuw
karin   /vormgeving
nora    /vormgeving
karin   /gesprekken/{long}
karin   /gesprekken/{long}/goedkeuren
karin   /gesprekken/{talk}
lars    /gesprekken/{talk}
stan    /gesprekken/{talk}
karin   /gesprekken/{talk}/wie
karin   /gesprekken/{talk}/goedkeuren
karin   /gesprekken/{talk}/versies
karin   /gesprekken/{talk}/verschillen/1
karin   /gesprekken/{talk}/toevoegen?beurt=1
karin   /gesprekken/{talk}/velden/dag-en-nacht
karin   /gesprekken/{talk}/punten/1/afwijzen
karin   /gesprekken/{approved}
karin   /gesprekken/{approved}/goedkeuren
karin   /gesprekken/{approved}/versies
karin   /gesprekken/{restyled}/goedkeuren
karin   /gesprekken/{restyled}/verschillen/1
karin   /gesprekken/{reread}
karin   /gesprekken/{reread}/opnieuw-uitgewerkt
karin   /gesprekken/{failed}
karin   /gesprekken/{waiting}
nora    /er-is-niets 404
nora    /kinderen/{child} 404
nora    /beheer/logboek 403
karin   /kinderen/{unreadable} 500
"""
"""Who looks at which address, and with which status it answers where that is not 200."""

FORMS: Final = [f"karin /gesprekken/{{talk}}/uitspraken/{{limit}}/{what}" for what in get_args(Form)]

NO_PAGE: Final = {
    "/": "leads on to the first page of whoever is signed in",
    "/account/sessie": "JSON, for a page that waits",
    "/beheer/logboek.csv": "a file",
    "/gesprekken/{conversation}/versies/{number}/{file}": "a file",
    "/gesprekken/{conversation}/voortgang": "a part of the page of a conversation that is not drafted yet",
    "/inloggen/terug": "leads on, or gives the page to sign in",
    "/inloggen/venster": "a window over a page (test_axe_finds_nothing_wrong_with_what_opens_over_a_page)",
    "/inloggen/ziekenhuis": "leads on to the sign-on of the hospital",
    "/inloggen/ziekenhuis/opnieuw": "leads on to the sign-on of the hospital",
}
"""The routes that are not looked at, and why."""


class Seen(NamedTuple):
    """An address that somebody looks at, with the status that it answers with."""

    who: str
    address: str
    status: int


PAGES: Final = [
    Seen(who, address, int(*status) if status else 200)
    for who, address, *status in map(str.split, (*TABLE.strip().splitlines(), *FORMS))
]


class World(NamedTuple):
    """A web app that listens, what stands for the parameters of addresses, and the cookies of people."""

    url: str
    store: Store
    parameters: dict[str, str]
    cookies: dict[str, tuple[str, str]]


PEOPLE: Final = {
    "vera": ("Vera Zand", "verpleegkundige", None),
    "karin": ("Karin Smit", "behandelaar", "arts"),
    "lars": ("Lars Boom", "lezer", None),
    "bea": ("Bea Heer", "beheerder", None),
    "stan": ("Stan Verre", "behandelaar", "arts"),
    "nora": ("Nora Nieuw", "verpleegkundige", None),
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Children and plans in every state that a page shows."""
    folder = tmp_path_factory.mktemp("izp")
    settings = ReviewSettings(data_dir=folder / "izp")
    store = open_store(settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher.from_parameters(profiles.CHEAPEST))
        with work(store) as w:
            users = {
                login: accounts.add_user(
                    w, Actor(), login=login, name=name, role=role, function=function, password=PASSWORD
                ).id
                for login, (name, role, function) in PEOPLE.items()
            }
            w.session.flush()
            cookies = {login: ("izp", sessions.start(w, user)) for login, user in users.items()}
            half_way = json.dumps([users["vera"], "/"]).encode()
            cookies["half"] = ("izp-inloggen", sessions.begin_sign_in(w, half_way))
            link = tokens.make_link(w, Actor(users["bea"]), users["lars"])
        child, other, unreadable = (cared_for(store, users, each) for each in ("Noor", "Sem", "Fenna"))
        with work(store) as w:
            members.add_member(w, Actor(users["vera"]), child, users["lars"])
            members.break_glass(w, Actor(users["stan"]), child, "dienst vannacht, benauwd")
        parameters = {"child": child, "unreadable": unreadable, "user": users["lars"], "link": link}
        restyled = [approved(store, users, each, "elke week") for each in (child, other, unreadable)]
        parameters["restyled"] = restyled[0]
        ask_for_attention(store, restyled[1], restyle(store, folder / "sjabloon", *restyled))
        parameters |= in_every_state(store, users, child)
        with work(store) as w:
            w.session.execute(update(ChildRow).where(ChildRow.id == unreadable).values(wrapped=b"0" * 40))
        app = create_app(store, settings, URL, drafter=Idle(), renderer=Idle())  # type: ignore[arg-type]
        with listening(app, settings) as url:
            yield World(url, store, parameters, cookies)
    store.engine.dispose()


def cared_for(store: Store, users: dict[str, str], name: str) -> str:
    """A child with the nurse and the physician in the care team."""
    with work(store) as w:
        about = children.About(name=f"{name} de Wit", born=dt.date(2018, 4, 2))
        child = children.add(w, Actor(users["vera"]), about).id
        members.add_member(w, Actor(users["vera"]), child, users["karin"])
    return child


def approved(store: Store, users: dict[str, str], child: str, often: str) -> str:
    """A conversation with an approved plan."""
    words = f"Moeder: Noor wil {often} bij opa eten."
    conversation = draft(store, users["vera"], child, f"{often}.txt", words)
    approve(store, users["karin"], conversation)
    return conversation


def in_every_state(store: Store, users: dict[str, str], child: str) -> dict[str, str]:
    """Conversations: drafted, approved, worked out again, one that cannot be drafted and one that waits."""
    nurse, told = Actor(users["vera"]), ParticipantsFile(date=dt.date(2026, 1, 1))
    there = {
        "long": draft(store, users["vera"], child, "lang.txt", sample("noor-sma.txt")),
        "talk": draft(store, users["vera"], child),
        "approved": approved(store, users, child, "iedere maand"),
        "reread": draft(store, users["vera"], child, "opnieuw.txt", f"{TALK}Vader: Ja."),
    }
    before = extraction("opnieuw.txt", f"{TALK}Vader: Ja.")
    findings = before.findings
    other = findings.model_copy(update={"statements": findings.statements[1:]})
    with work(store) as w:
        conversations.tell(w, nurse, there["reread"], told)
    with work(store) as w:
        claims.finish(w, claimed(store), before.model_copy(update={"findings": other}), "b" * 64)
    for name, words in (("failed", b"Moeder: ja."), ("waiting", b"Moeder: nee.")):
        with work(store) as w:
            there[name] = conversations.submit(w, nurse, child, "kort.txt", words, told, 1000).id
    with work(store) as w:
        claims.fail(w, claimed(store), "Hier staat geen gesprek in.")
    limits = next(flag for flag in extraction().findings.flags if flag.type == "treatment_limit")
    return there | {"limit": limits.statements[0]}


def claimed(store: Store) -> claims.Claim:
    """The claim of the conversation that waits longest."""
    with work(store) as w:
        found = claims.claim(w, dt.timedelta(minutes=1))
    assert found
    return found


def ask_for_attention(store: Store, conversation: str, template: str) -> None:
    """Has a run over plans report something of one."""
    with work(store) as w:
        run = runs.begin(w, Actor(), "rerender", [conversation], template_id=template)
    with work(store) as w:
        part = runs.claim(w, run.id, "een", 1, dt.timedelta(minutes=1))
        assert part
        detail = runs.Detail(attention=("Een punt blokkeert nu wel.",))
        runs.finish_item(w, part, conversation, "attention", milliseconds=1, detail=detail)


Enter = Callable[[str], Page]


@pytest.fixture
def enter(chromium: Chromium, world: World) -> Iterator[Enter]:
    """Opens a page of a browser of its own, in which somebody is signed in."""
    with ExitStack() as entered:

        def open_one(who: str) -> Page:
            context = entered.enter_context(opened(chromium))
            if held := world.cookies.get(who):
                context.add_cookies([{"name": held[0], "value": held[1], "url": world.url}])
            return context.new_page()

        yield open_one


def at_each_width(page: Page) -> Iterator[int]:
    """Sizes the window of a page; gives each width."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 768})
        yield width


def faults_at_each_width(page: Page, part: str | None = None) -> list[str]:
    """What is wrong with what a page shows, or with a part of it."""
    return [f"{width}: {fault}" for width in at_each_width(page) for fault in faults(page, part)]


@NEEDS_CHROMIUM
@pytest.mark.parametrize("who", sorted({page.who for page in PAGES}))
def test_axe_finds_nothing_wrong_with_any_page(world: World, enter: Enter, who: str) -> None:
    page, found = enter(who), []
    for each in (each for each in PAGES if each.who == who):
        address = f"{world.url}{each.address.format_map(world.parameters)}"
        for width in at_each_width(page):
            answer = page.goto(address)
            assert answer
            assert (answer.status, page.url) == (each.status, address), each.address
            found += [f"{each.address} {width}: {fault}" for fault in faults(page)]
    assert not found, "\n".join(found)


@NEEDS_CHROMIUM
def test_axe_finds_nothing_wrong_with_what_opens_over_a_page(world: World, enter: Enter) -> None:
    page, found = enter("karin"), []
    page.goto(f"{world.url}/gesprekken/{world.parameters['talk']}")
    page.keyboard.press("j")
    for key in "emrsdofw":
        page.keyboard.press(key)
        expect(page.locator("#vak .sheet")).to_be_visible()
        found += faults_at_each_width(page, "#vak")  # what is around it was looked at by itself
        page.keyboard.press("Escape")
    page.keyboard.press("?")
    found += faults_at_each_width(page, "dialog[open]")
    page.keyboard.press("Escape")
    page.context.clear_cookies()
    page.keyboard.press("a")
    expect(page.get_by_role("dialog", name="U bent uitgelogd")).to_be_visible()
    found += faults_at_each_width(page, "dialog[open]")
    assert not found, "\n".join(found)


@NEEDS_CHROMIUM
def test_axe_finds_nothing_wrong_with_what_answers_a_form(world: World, enter: Enter) -> None:
    admin, doctor = enter("bea"), enter("karin")
    admin.goto(f"{world.url}/beheer/gebruikers/{world.parameters['user']}")
    admin.get_by_role("button", name="Link maken").click()
    expect(admin.get_by_role("heading", name="Link voor Lars Boom")).to_be_visible()
    found = faults_at_each_width(admin)
    doctor.goto(f"{world.url}/vormgeving")
    for password, words in (("een ander wachtwoord", "klopt niet"), (PASSWORD, "Klaar: 1 van 1")):
        doctor.get_by_label("Uw wachtwoord").fill(password)
        doctor.get_by_role("button", name="Keur deze plannen goed").click()
        expect(doctor.get_by_text(words)).to_be_visible()
        found += faults_at_each_width(doctor)
    assert not found, "\n".join(found)


@NEEDS_CHROMIUM
def test_axe_finds_nothing_wrong_with_the_first_page_of_all(page: Page, url: str, store: Store) -> None:
    with work(store) as w:
        link = tokens.make_first_link(w)
    page.goto(f"{url}/welkom?code={link}")
    expect(page.get_by_label("Inlognaam")).to_be_visible()
    assert faults_at_each_width(page) == []


def test_every_route_is_looked_at_or_gives_no_page(app: FastAPI) -> None:
    routes = [each for each in iter_route_contexts(app.routes) if not each.path.startswith("/api/")]
    patterns = {each.path: compile_path(each.path)[0] for each in routes if "GET" in (each.methods or ())}
    looked_at = {
        next((path for path, pattern in patterns.items() if pattern.match(address)), address)
        for address in (re.sub(r"\?.*", "", page.address) for page in PAGES if page.status == 200)
    }
    assert looked_at.isdisjoint(NO_PAGE)
    assert looked_at | set(NO_PAGE) == set(patterns)
