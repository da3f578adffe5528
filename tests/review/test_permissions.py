"""Who gets through to what: every route by every kind of person, through HTTP.

For each person: `yes` gets through the guard, `no` is refused by role (403), `--` sees what is seen
if the child does not exist (404), `in` must sign in first, `open` is for everyone.
"""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from sqlalchemy import func, select
from starlette.testclient import TestClient

from pipeline.intake.participants_file import ParticipantsFile
from pipeline.store import accounts, children, conversations, members, sessions
from pipeline.store.audit import Actor
from pipeline.store.database import Store, look, open_store, work
from pipeline.store.tables import AuditRow
from review.app import create_app
from review.settings import ReviewSettings

from .conftest import URL, Idle

PERSONS = ("nobody", "stranger", "emergency", "verpleegkundige", "behandelaar", "lezer", "beheerder")

TABLE = """
                                                   nobody stranger emergency verpl. behand. lezer beheerder
GET  /                                                in    yes    yes    yes    yes    yes    yes
GET  /inloggen                                        open  open   open   open   open   open   open
POST /inloggen                                        open  open   open   open   open   open   open
GET  /inloggen/code                                   open  open   open   open   open   open   open
POST /inloggen/code                                   open  open   open   open   open   open   open
GET  /inloggen/klaar                                  open  open   open   open   open   open   open
GET  /inloggen/venster                                open  open   open   open   open   open   open
POST /inloggen/venster                                open  open   open   open   open   open   open
GET  /inloggen/ziekenhuis                             open  open   open   open   open   open   open
GET  /inloggen/ziekenhuis/opnieuw                     in    yes    yes    yes    yes    yes    yes
GET  /inloggen/terug                                  open  open   open   open   open   open   open
GET  /welkom                                          open  open   open   open   open   open   open
POST /welkom                                          open  open   open   open   open   open   open
POST /uitloggen                                       in    yes    yes    yes    yes    yes    yes
GET  /account                                         in    yes    yes    yes    yes    yes    yes
GET  /account/sessie                                  in    yes    yes    yes    yes    yes    yes
POST /account/wachtwoord                              in    yes    yes    yes    yes    yes    yes
POST /account/code/nieuw                              in    yes    yes    yes    yes    yes    yes
POST /account/code                                    in    yes    yes    yes    yes    yes    yes
POST /account/code/stop                               in    yes    yes    yes    yes    yes    yes
POST /account/sessies                                 in    yes    yes    yes    yes    yes    yes
POST /account/sleutels                                in    yes    yes    yes    yes    yes    no
POST /account/sleutels/{token}/intrekken              in    yes    yes    yes    yes    yes    no
GET  /beheer/gebruikers                               in    no     no     no     no     no     yes
GET  /beheer/gebruikers/nieuw                         in    no     no     no     no     no     yes
POST /beheer/gebruikers/nieuw                         in    no     no     no     no     no     yes
GET  /beheer/gebruikers/{user}                        in    no     no     no     no     no     yes
POST /beheer/gebruikers/{user}                        in    no     no     no     no     no     yes
POST /beheer/gebruikers/{user}/link                   in    no     no     no     no     no     yes
POST /beheer/gebruikers/{user}/code                   in    no     no     no     no     no     yes
GET  /beheer/teams                                    in    no     no     no     no     no     yes
GET  /beheer/teams/{child}                            in    --     no     yes    yes    no     yes
POST /beheer/teams/{child}                            in    --     no     yes    yes    no     yes
POST /beheer/teams/{child}/weg                        in    --     no     yes    yes    no     yes
GET  /beheer/logboek                                  in    no     no     no     no     no     yes
GET  /beheer/logboek.csv                              in    no     no     no     no     no     yes
GET  /noodtoegang                                     in    yes    yes    yes    yes    no     no
POST /noodtoegang                                     in    yes    yes    yes    yes    no     no
GET  /kinderen/{child}/team                           in    --     yes    yes    yes    yes    --
POST /kinderen/{child}/team                           in    --     no     yes    yes    no     --
POST /kinderen/{child}/team/weg                       in    --     no     yes    yes    no     --
GET  /kinderen/{child}/logboek                        in    --     yes    yes    yes    no     --
GET  /kinderen                                        in    yes    yes    yes    yes    yes    no
GET  /vormgeving                                      in    yes    yes    yes    yes    yes    no
POST /vormgeving                                      in    yes    yes    no     yes    no     no
GET  /kinderen/nieuw                                  in    yes    yes    yes    yes    no     no
POST /kinderen/nieuw                                  in    yes    yes    yes    yes    no     no
GET  /kinderen/{child}                                in    --     yes    yes    yes    yes    --
GET  /kinderen/{child}/gegevens                       in    --     yes    yes    yes    no     --
POST /kinderen/{child}/gegevens                       in    --     yes    yes    yes    no     --
GET  /kinderen/{child}/gesprekken/nieuw               in    --     yes    yes    yes    no     --
POST /kinderen/{child}/gesprekken/nieuw               in    --     yes    yes    yes    no     --
POST /kinderen/{child}/gesprekken/wie                 in    --     yes    yes    yes    no     --
GET  /gesprekken/{conversation}/wie                   in    --     yes    yes    yes    no     --
POST /gesprekken/{conversation}/wie                   in    --     yes    yes    yes    no     --
POST /gesprekken/{conversation}/klaar                 in    --     yes    yes    yes    no     --
POST /gesprekken/{conversation}/heropenen             in    --     yes    yes    yes    no     --
GET  /gesprekken/{conversation}/goedkeuren            in    --     yes    yes    yes    yes    --
POST /gesprekken/{conversation}/goedkeuren            in    --     yes    no     yes    no     --
GET  /gesprekken/{conversation}/versies               in    --     yes    yes    yes    yes    --
GET  /gesprekken/{conversation}/verschillen/{number}  in    --     yes    yes    yes    yes    --
GET  /gesprekken/{conversation}/opnieuw-uitgewerkt    in    --     yes    yes    yes    yes    --
POST /gesprekken/{conversation}/opnieuw-uitgewerkt/gezien  in  --  yes    yes    yes    no     --
GET  /gesprekken/{conversation}/versies/{number}/{file}  in  --    yes    yes    yes    yes    --
POST /gesprekken/{conversation}/word                  in    --     yes    yes    yes    no     --
POST /gesprekken/{conversation}/word/overnemen        in    --     yes    yes    yes    no     --
GET  /gesprekken/{conversation}                       in    --     yes    yes    yes    yes    --
GET  /gesprekken/{conversation}/voortgang             in    --     yes    yes    yes    yes    --
POST /gesprekken/{conversation}/opnieuw               in    --     yes    yes    yes    no     --
GET  /gesprekken/{conversation}/uitspraken/{statement}/{what}           in  --  yes  yes  yes  no   --
POST /gesprekken/{conversation}/uitspraken/{statement}/bekrachtigen     in  --  yes  no   yes  no   --
POST /gesprekken/{conversation}/uitspraken/{statement}/{what}           in  --  yes  yes  yes  no   --
GET  /gesprekken/{conversation}/toevoegen             in    --     yes    yes    yes    no     --
POST /gesprekken/{conversation}/toevoegen             in    --     yes    yes    yes    no     --
GET  /gesprekken/{conversation}/velden/{field}        in    --     yes    yes    yes    no     --
POST /gesprekken/{conversation}/velden/{field}        in    --     yes    yes    yes    no     --
GET  /gesprekken/{conversation}/punten/{number}/afwijzen  in  --   yes    yes    yes    no     --
POST /gesprekken/{conversation}/punten/{number}       in    --     yes    yes    yes    no     --
POST /gesprekken/{conversation}/ongedaan              in    --     yes    yes    yes    no     --
POST /gesprekken/{conversation}/wachtrij/{unmatched}  in    --     yes    yes    yes    no     --
"""

ROWS = {tuple(line.split()[:2]): line.split()[2:] for line in TABLE.splitlines()[2:]}
CELLS = [
    pytest.param(*row, person, expected, id=f"{' '.join(row)} {person}")
    for row, cells in ROWS.items()
    for person, expected in zip(PERSONS, cells, strict=True)
]


class World(NamedTuple):
    """A web app with everyone, and what stands for the parameters of addresses."""

    app: FastAPI
    store: Store
    users: dict[str, str]
    parameters: dict[str, str]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    settings = ReviewSettings(data_dir=Path(tmp_path_factory.mktemp("izp")))
    store = open_store(settings)
    with work(store) as w:

        def add(login: str, role: str, function: str | None = None) -> str:
            return accounts.add_user(w, Actor(), login=login, name=login, role=role, function=function).id

        users = {role: add(role, role) for role in ("verpleegkundige", "lezer", "beheerder")}
        for person in ("behandelaar", "stranger", "emergency"):
            users[person] = add(person, "behandelaar", "arts")
        nurse = Actor(users["verpleegkundige"])
        child = children.add(w, nurse, children.About(name="Noor", born=dt.date(2018, 4, 2)))
        for person in ("behandelaar", "lezer"):
            members.add_member(w, nurse, child.id, users[person])
        members.break_glass(w, Actor(users["emergency"]), child.id, "dienst vannacht, benauwd")
        handed = conversations.submit(
            w, nurse, child.id, "a.txt", b"Moeder: Noor wil naar huis.", ParticipantsFile(), 1000
        )
    parameters = {
        "child": child.id,
        "conversation": handed.id,
        "user": users["lezer"],
        "token": "0" * 64,
        "statement": "s0123456789ab",
        "what": "wijzigen",
        "number": "1",
    }
    yield World(
        create_app(store, settings, URL, drafter=Idle(), renderer=Idle()),  # type: ignore[arg-type]
        store,
        users,
        parameters,
    )
    store.engine.dispose()


def refusals(store: Store) -> int:
    with look(store) as w:
        found = select(func.count()).where(AuditRow.outcome == "refused", AuditRow.action != "sign_in_failed")
        return w.session.scalar(found) or 0


def signed_in(world: World, person: str) -> tuple[TestClient, str]:
    client = TestClient(world.app, base_url=URL, follow_redirects=False, raise_server_exceptions=False)
    if person == "nobody":
        return client, ""
    with work(world.store) as w:
        secret = sessions.start(w, world.users[person])
        w.session.flush()
        found = sessions.find(w, secret)
    assert found
    client.cookies.set("izp", secret)
    return client, found.csrf


def ask(client: TestClient, method: str, path: str, csrf: str) -> int:
    if method == "GET":
        return client.get(path).status_code
    return client.request(method, path, data={"csrf": csrf}).status_code


def address(world: World, path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: world.parameters.get(found[1], "onbekend"), path)


@pytest.mark.parametrize(("method", "path", "person", "expected"), CELLS)
def test_cell(world: World, method: str, path: str, person: str, expected: str) -> None:
    client, csrf = signed_in(world, person)
    before = refusals(world.store)
    status = ask(client, method, address(world, path), csrf)
    refused = refusals(world.store) - before
    told = {
        "open": status not in (401, 500) and refused == 0,
        "in": status == (303 if method == "GET" else 401) and refused == 0,
        "yes": status not in (401, 403) and status < 500 and refused == 0,
        "no": status == 403 and refused == 1,
        "--": status == 404 and refused == 1,
    }
    assert told[expected], (status, refused)


def test_every_route_is_in_the_table(world: World) -> None:
    pages = [each for each in iter_route_contexts(world.app.routes) if not each.path.startswith("/api/")]
    there = {(method, page.path) for page in pages for method in page.methods or ()}
    assert there == set(ROWS)  # those of the API are in test_api.py


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row[0] == "POST" and ROWS[row][0] == "in"], ids=" ".join
)
def test_no_form_goes_through_without_its_token(world: World, row: tuple[str, str]) -> None:
    person = next(each for each, cell in zip(PERSONS, ROWS[row], strict=True) if cell == "yes")
    client, _ = signed_in(world, person)
    before = refusals(world.store)
    assert ask(client, "POST", address(world, row[1]), "of-another-session") == 403
    assert refusals(world.store) == before + 1


def test_a_stranger_sees_of_a_child_what_anyone_sees_of_none(world: World) -> None:
    client, _ = signed_in(world, "stranger")
    path = "/kinderen/{}/team"
    theirs, none = (client.get(path.format(child)) for child in (world.parameters["child"], "f" * 32))
    number = re.compile(r"<code>\w{12}</code>")
    assert (theirs.status_code, number.sub("", theirs.text)) == (none.status_code, number.sub("", none.text))
    assert theirs.headers.keys() == none.headers.keys()


def test_emergency_access_ends(world: World) -> None:
    with look(world.store) as w:
        assert members.access(w, world.parameters["child"], world.users["emergency"]) == "emergency"
        w.at += members.EMERGENCY_LASTS
        assert members.access(w, world.parameters["child"], world.users["emergency"]) is None
