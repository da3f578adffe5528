"""Signing in, a code, signing in again over a page, and signing out."""

import re
from collections.abc import Callable

import pyotp
import pytest
from fastapi import FastAPI
from httpx import Response

from pipeline.store import accounts, sessions
from pipeline.store.accounts import User
from pipeline.store.audit import Actor, Event
from pipeline.store.database import Store, look, work
from review import signin

from .conftest import BOTH_DATABASES, PASSWORD, Browser, People

Browsers = Callable[[User | None], Browser]
Trail = Callable[[], list[Event]]


def token(answer: Response) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', answer.text)
    assert found
    return found[1]


def sign_in(
    one: Browser, login: str = "vera", password: str = PASSWORD, where: str = "/", path: str = "/inloggen"
) -> Response:
    csrf = token(one.get("/inloggen"))
    return one.post(path, data={"csrf": csrf, "login": login, "wachtwoord": password, "naar": where})


@pytest.fixture
def secret(store: Store, people: People) -> str:
    """The secret of the authenticator app that Vera set up a while ago."""
    made = pyotp.random_base32()
    with work(store) as w:
        accounts.set_totp(w, Actor(), people.verpleegkundige.id, made, pyotp.TOTP(made).now())
        row = w.session.get_one(accounts.UserRow, people.verpleegkundige.id)
        row.totp_used = 0
    return made


@BOTH_DATABASES
def test_the_right_password_opens_the_page_that_was_asked_for(browser: Browsers, people: People) -> None:
    one = browser(None)
    asked = one.get("/account")
    assert asked.headers["location"] == "/inloggen?naar=/account"
    answer = sign_in(one, " Vera ", where="/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert people.verpleegkundige.name in one.get("/account").text


@pytest.mark.parametrize("login", ["vera", "niemand"])
def test_a_wrong_password_gets_the_same_answer_whether_there_is_an_account_or_not(
    browser: Browsers, people: People, login: str
) -> None:
    answer = sign_in(browser(None), login, "iets heel anders")
    assert answer.status_code == 422
    assert signin.WRONG in answer.text


@BOTH_DATABASES
def test_what_is_no_text_lets_no_one_in(browser: Browsers, people: People) -> None:
    assert sign_in(browser(None), "vera\0").status_code == 422


@BOTH_DATABASES
def test_an_account_is_locked_after_five_wrong_passwords(
    browser: Browsers, people: People, trail: Trail
) -> None:
    one = browser(None)
    for _ in range(accounts.TRIES):
        sign_in(one, "vera", "iets heel anders")
    assert sign_in(one).status_code == 422
    refused = [event for event in trail() if event.action == "sign_in_failed"]
    assert len(refused) == accounts.TRIES + 1
    assert {event.object for event in refused} == {people.verpleegkundige.id}


def lock_out(browser: Browsers, login: str = "vera") -> None:
    """Types wrong passwords for somebody, as often as there are answers to it."""
    other = browser(None)
    for _ in range(11):
        sign_in(other, login, "iets heel anders")


def test_who_is_locked_out_by_another_gets_in_on_the_own_device(browser: Browsers, people: People) -> None:
    one = browser(None)
    sign_in(one)
    one.cookies.delete("izp")
    lock_out(browser)
    assert sign_in(browser(None)).status_code == 429
    assert sign_in(one).status_code == 303


def test_a_code_is_taken_on_the_own_device_while_others_are_kept_out(
    browser: Browsers, people: People, store: Store, secret: str
) -> None:
    one = browser(None)
    with look(store) as w:
        one.cookies.set("izp-apparaat", accounts.device_of(w, people.verpleegkundige.id))
    lock_out(browser)
    sign_in(one)
    csrf = token(one.get("/inloggen/code"))
    answer = one.post("/inloggen/code", data={"csrf": csrf, "code": pyotp.TOTP(secret).now()})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_on_the_own_device_too_a_password_is_tried_a_few_times_only(
    browser: Browsers, people: People
) -> None:
    one = browser(None)
    sign_in(one)
    for _ in range(10):
        assert sign_in(one, "vera", "iets heel anders").status_code == 422
    assert sign_in(one).status_code == 429


def test_a_device_is_of_its_owner_alone_and_until_the_password_is_another(
    browser: Browsers, people: People, store: Store
) -> None:
    one = browser(None)
    sign_in(one)
    device = one.cookies["izp-apparaat"]
    with work(store) as w:
        assert accounts.is_known_device(w, " Vera ", device)
        assert not accounts.is_known_device(w, "karin", device)
        assert not accounts.is_known_device(w, "niemand", device)
        accounts.set_password(w, Actor(), people.verpleegkundige.id, "een heel ander geheimpje")
        assert not accounts.is_known_device(w, "vera", device)


def test_who_is_signed_in_proves_who_it_is_while_others_are_kept_out(
    browser: Browsers, people: People
) -> None:
    lock_out(browser)
    one = browser(people.verpleegkundige)
    assert 'name="geheim"' in one.submit("/account/code/nieuw", wachtwoord=PASSWORD).text


def test_in_a_session_the_password_is_tried_a_few_times_only(browser: Browsers, people: People) -> None:
    one = browser(people.verpleegkundige)
    for _ in range(accounts.TRIES):
        assert one.submit("/account/code/nieuw", wachtwoord="iets heel anders").status_code == 422
    assert one.submit("/account/code/nieuw", wachtwoord=PASSWORD).status_code == 429


def test_too_many_tries_are_told_also_for_a_login_that_is_not_there(
    browser: Browsers, people: People
) -> None:
    one = browser(None)
    answers = [sign_in(one, "niemand", "iets heel anders").status_code for _ in range(12)]
    assert answers == [422] * 10 + [429] * 2


def test_an_account_that_is_not_in_use_lets_no_one_in(
    browser: Browsers, people: People, store: Store
) -> None:
    user = people.verpleegkundige
    one = browser(user)
    with work(store) as w:
        accounts.change_user(
            w,
            Actor(),
            user.id,
            version=1,
            name=user.name,
            role=user.role,
            function=None,
            subject=None,
            active=False,
        )
    assert sign_in(browser(None)).status_code == 422
    assert one.get("/account").status_code == 303


def test_a_form_of_another_site_signs_no_one_in(browser: Browsers, people: People) -> None:
    one = browser(None)
    one.get("/inloggen")
    sent = {"csrf": "geraden", "login": "vera", "wachtwoord": PASSWORD}
    assert one.post("/inloggen", data=sent).status_code == 403
    assert not one.cookies.get("izp")


@pytest.mark.parametrize(
    "where",
    ["https://elders.example", "//elders.example", "/\\elders.example", "elders", "/\n/elders.example"],
)
def test_nobody_is_sent_on_to_another_site(browser: Browsers, people: People, where: str) -> None:
    assert sign_in(browser(None), where=where).headers["location"] == "/"


def test_a_code_is_asked_for_where_one_was_set_up(browser: Browsers, secret: str) -> None:
    one = browser(None)
    assert sign_in(one, where="/account").headers["location"] == "/inloggen/code"
    assert one.get("/account").status_code == 303
    csrf = token(one.get("/inloggen/code"))
    wrong = one.post("/inloggen/code", data={"csrf": csrf, "code": "000000"})
    assert (wrong.status_code, signin.WRONG_CODE in wrong.text) == (422, True)
    right = one.post("/inloggen/code", data={"csrf": csrf, "code": pyotp.TOTP(secret).now()})
    assert (right.status_code, right.headers["location"]) == (303, "/account")


@BOTH_DATABASES
def test_a_code_works_once(browser: Browsers, secret: str) -> None:
    code = pyotp.TOTP(secret).now()
    answers = []
    for _ in range(2):
        one = browser(None)
        sign_in(one)
        csrf = token(one.get("/inloggen/code"))
        answers.append(one.post("/inloggen/code", data={"csrf": csrf, "code": code}).status_code)
    assert answers == [303, 422]


def test_wrong_codes_lock_the_account_though_the_password_is_right(browser: Browsers, secret: str) -> None:
    for _ in range(accounts.TRIES):
        one = browser(None)
        sign_in(one)
        csrf = token(one.get("/inloggen/code"))
        one.post("/inloggen/code", data={"csrf": csrf, "code": "000000"})
    assert sign_in(browser(None)).status_code == 422


def test_without_a_right_password_no_code_is_taken(browser: Browsers, secret: str) -> None:
    one = browser(None)
    assert one.get("/inloggen/code").headers["location"] == "/inloggen"
    csrf = token(one.get("/inloggen"))
    answer = one.post("/inloggen/code", data={"csrf": csrf, "code": pyotp.TOTP(secret).now()})
    assert answer.status_code == 403


def test_signing_in_gives_a_new_session(browser: Browsers, people: People) -> None:
    one = browser(people.verpleegkundige)
    before = one.cookies.get("izp")
    sign_in(one)
    after = one.cookies.get("izp", domain="127.0.0.1")
    assert after != before
    other = browser(None)
    other.cookies.set("izp", before or "")
    assert other.get("/account").status_code == 303


def test_signing_in_again_over_a_page_gives_it_the_new_token(browser: Browsers, people: People) -> None:
    one = browser(None)
    csrf = token(one.get("/inloggen/venster"))
    told = one.post("/inloggen/venster", data={"csrf": csrf, "login": "vera", "wachtwoord": PASSWORD}).json()
    assert told["user"] == people.verpleegkundige.id
    assert one.post("/account/sessies", headers={"X-CSRF-Token": told["csrf"]}).status_code == 303


def test_signing_in_again_asks_for_the_code_too(browser: Browsers, secret: str) -> None:
    one = browser(None)
    csrf = token(one.get("/inloggen/venster"))
    asked = one.post("/inloggen/venster", data={"csrf": csrf, "login": "vera", "wachtwoord": PASSWORD})
    assert 'name="code"' in asked.text
    told = one.post("/inloggen/venster", data={"csrf": csrf, "code": pyotp.TOTP(secret).now()})
    assert told.json()["csrf"]


def test_signing_out_ends_the_session(browser: Browsers, people: People, trail: Trail) -> None:
    one = browser(people.verpleegkundige)
    secret = one.cookies.get("izp") or ""
    assert one.submit("/uitloggen").headers["location"] == "/inloggen"
    other = browser(None)
    other.cookies.set("izp", secret)
    assert other.get("/account").status_code == 303
    assert trail()[-1].action == "sign_out"


@pytest.mark.parametrize(("column", "late"), [("seen_at", sessions.IDLE), ("created_at", sessions.LONGEST)])
def test_a_session_ends_by_itself(
    browser: Browsers, people: People, store: Store, column: str, late: object
) -> None:
    one = browser(people.verpleegkundige)
    with work(store) as w:
        row = w.session.query(sessions.SessionRow).one()
        setattr(row, column, w.at - late)  # type: ignore[operator]
    assert one.get("/account").status_code == 303


def test_cookies_are_bound_to_https_and_the_host_where_izp_has_https(
    app: FastAPI, browser: Browsers, people: People
) -> None:
    app.state.site = app.state.site._replace(url="https://izp.example")
    one = browser(None)
    one.base_url = "https://127.0.0.1:8000"  # type: ignore[assignment]
    held = sign_in(one).headers.get_list("set-cookie")
    session = next(each for each in held if each.startswith("__Host-izp="))
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert part in session
    assert "Domain" not in session
