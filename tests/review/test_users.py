"""Accounts and links, for a beheerder."""

import html
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from fastapi import FastAPI
from httpx import Response

from pipeline.store import accounts, tokens
from pipeline.store.accounts import User
from pipeline.store.audit import Actor
from pipeline.store.database import Store, look, work
from review.serving import first_link

from .conftest import BOTH_DATABASES, PASSWORD, URL, Browser, People

Browsers = Callable[[User | None], Browser]


def link_in(answer: Response) -> str:
    found = re.search(r"/welkom\?code=[\w-]+", html.unescape(answer.text))
    assert found
    return found[0]


def choose(one: Browser, link: str, password: str = PASSWORD, **more: str) -> Response:
    shown = one.get(link)
    csrf = re.search(r'name="csrf" value="([^"]+)"', shown.text)
    assert csrf
    code = link.partition("code=")[2]
    sent = {"csrf": csrf[1], "code": code, "wachtwoord": password, "nogmaals": password}
    return one.post("/welkom", data=sent | more)


def test_the_first_beheerder_makes_an_account_by_a_link_that_works_once(
    store: Store, app: FastAPI, browser: Browsers
) -> None:
    link = (first_link(store, URL) or "").removeprefix(URL)
    one = browser(None)
    answer = choose(one, link, naam="Bea de Heer", login="bea")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert one.get("/beheer/gebruikers").status_code == 200
    assert browser(None).get(link).status_code == 404
    assert first_link(store, URL) is None


def test_a_new_first_link_ends_the_one_before(store: Store, browser: Browsers) -> None:
    old, new = ((first_link(store, URL) or "").removeprefix(URL) for _ in range(2))
    assert [browser(None).get(link).status_code for link in (old, new)] == [404, 200]


def test_somebody_with_a_new_account_chooses_a_password(browser: Browsers, people: People) -> None:
    made = browser(people.beheerder).submit(
        "/beheer/gebruikers/nieuw", naam="Piet Vos", login="Piet", rol="behandelaar", functie="arts"
    )
    one = browser(None)
    short = choose(one, link_in(made), "kort")
    assert (short.status_code, "ten minste 12 tekens" in short.text) == (422, True)
    assert choose(one, link_in(made)).status_code == 303
    assert "Piet Vos" in one.get("/account").text


def test_a_link_for_a_forgotten_password_ends_all_sessions(browser: Browsers, people: People) -> None:
    signed_in = browser(people.verpleegkundige)
    admin = browser(people.beheerder)
    made = admin.submit(f"/beheer/gebruikers/{people.verpleegkundige.id}/link")
    choose(browser(None), link_in(made), "nog eens heel iets anders")
    assert signed_in.get("/account").status_code == 303


def test_a_link_goes_stale(browser: Browsers, people: People, store: Store) -> None:
    made = browser(people.beheerder).submit(f"/beheer/gebruikers/{people.verpleegkundige.id}/link")
    secret = link_in(made).partition("code=")[2]
    with work(store) as w:
        row = w.session.get_one(tokens.TokenRow, tokens.hash_of(secret))
        row.expires_at = w.at
    assert browser(None).get(link_in(made)).status_code == 404


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"rol": "behandelaar", "functie": ""}, "Kies de functie"),
        ({"rol": "directeur"}, "Kies een rol"),
        ({"login": "vera"}, "al in gebruik"),
        ({"login": "a b"}, "Een inlognaam bestaat"),
        ({"naam": " "}, "Vul een naam in"),
    ],
)
def test_an_account_that_cannot_be_is_refused_and_what_was_typed_stays(
    browser: Browsers, people: People, typed: dict[str, str], told: str
) -> None:
    fields = {"naam": "Piet Vos", "login": "piet", "rol": "lezer", **typed}
    answer = browser(people.beheerder).submit("/beheer/gebruikers/nieuw", **fields)
    assert (answer.status_code, told in answer.text) == (422, True)
    assert f'value="{html.escape(fields["login"])}"' in answer.text


def at_once(*asked: Callable[[], Response]) -> list[int]:
    """The statuses of answers to what is asked in the same moment, the lowest first."""
    together = threading.Barrier(len(asked), timeout=60)

    def ask(one: Callable[[], Response]) -> int:
        together.wait()
        return one().status_code

    with ThreadPoolExecutor(len(asked)) as pool:
        return sorted(pool.map(ask, asked))


@BOTH_DATABASES
def test_of_two_beheerders_who_add_one_login_at_once_one_is_told(
    browser: Browsers, people: People, store: Store
) -> None:
    fields = {"naam": "Piet Vos", "login": "piet", "rol": "lezer"}
    ways = [partial(browser(people.beheerder).submit, "/beheer/gebruikers/nieuw", **fields) for _ in range(4)]
    assert at_once(*ways) == [200, 422, 422, 422]
    with look(store) as w:
        assert [user.login for user in accounts.users(w)].count("piet") == 1


@BOTH_DATABASES
def test_the_last_two_beheerders_do_not_both_stop_at_once(
    browser: Browsers, people: People, store: Store
) -> None:
    with work(store) as w:
        other = accounts.add_user(w, Actor(), login="ben", name="Ben Heer", role="beheerder")
    ways = [
        partial(
            browser(user).submit, f"/beheer/gebruikers/{user.id}", versie="1", naam=user.name, rol="lezer"
        )
        for user in (people.beheerder, other)
    ]
    assert at_once(*ways) == [303, 422]
    with look(store) as w:
        assert accounts.has_beheerder(w)


@BOTH_DATABASES
@pytest.mark.parametrize("login", ["piet\0", "p" * 10_000])
def test_what_is_no_login_is_refused(browser: Browsers, people: People, login: str) -> None:
    fields = {"naam": "Piet Vos", "login": login, "rol": "lezer"}
    assert browser(people.beheerder).submit("/beheer/gebruikers/nieuw", **fields).status_code == 422


def test_a_changed_role_signs_somebody_out_and_takes_their_tokens(
    browser: Browsers, people: People, store: Store
) -> None:
    user = people.verpleegkundige
    signed_in = browser(user)
    with work(store) as w:
        secret = tokens.make_token(w, Actor(user.id), "systeem", 30)
    answer = browser(people.beheerder).submit(
        f"/beheer/gebruikers/{user.id}", versie="1", naam=user.name, rol="lezer", actief="ja"
    )
    assert answer.status_code == 303
    assert signed_in.get("/account").status_code == 303
    with look(store) as w:
        assert accounts.get_user(w, user.id).role == "lezer"
        assert tokens.find(w, secret) is None


def test_a_new_name_signs_nobody_out(browser: Browsers, people: People) -> None:
    user = people.verpleegkundige
    signed_in = browser(user)
    browser(people.beheerder).submit(
        f"/beheer/gebruikers/{user.id}", versie="1", naam="V. Zandstra", rol=user.role, actief="ja"
    )
    assert "V. Zandstra" in signed_in.get("/account").text


def test_two_beheerders_do_not_undo_each_other(browser: Browsers, people: People) -> None:
    path, one = f"/beheer/gebruikers/{people.lezer.id}", browser(people.beheerder)
    answers = [
        one.submit(path, versie="1", naam=name, rol="lezer", actief="ja").status_code for name in ("AA", "BB")
    ]
    assert answers == [303, 409]


@pytest.mark.parametrize("typed", [{"rol": "lezer", "actief": "ja"}, {"rol": "beheerder"}])
def test_the_last_beheerder_stays(browser: Browsers, people: People, typed: dict[str, str]) -> None:
    answer = browser(people.beheerder).submit(
        f"/beheer/gebruikers/{people.beheerder.id}", versie="1", naam="Bea Heer", **typed
    )
    assert (answer.status_code, "enige beheerder" in answer.text) == (422, True)
