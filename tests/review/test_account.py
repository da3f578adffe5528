"""One's own account."""

import re
from collections.abc import Callable

import pyotp

from pipeline.store import accounts
from pipeline.store.accounts import User
from pipeline.store.audit import Actor, Event
from pipeline.store.database import Store, look, work
from review import account

from .conftest import PASSWORD, Browser, People

Browsers = Callable[[User | None], Browser]
NEW = "een heel ander geheimpje"


def test_a_new_password_ends_every_other_session(
    browser: Browsers, people: People, store: Store, trail: Callable[[], list[Event]]
) -> None:
    one, other = browser(people.verpleegkundige), browser(people.verpleegkundige)
    answer = one.submit("/account/wachtwoord", nu=PASSWORD, wachtwoord=NEW, nogmaals=NEW)
    assert answer.status_code == 303
    assert other.get("/account").status_code == 303
    assert "manage_users" in {event.action for event in trail() if event.user_id == people.verpleegkundige.id}
    assert accounts.check_login(store, Actor(), "vera", NEW)
    assert not accounts.check_login(store, Actor(), "vera", PASSWORD)


def test_the_password_of_now_is_asked(browser: Browsers, people: People) -> None:
    one = browser(people.verpleegkundige)
    answer = one.submit("/account/wachtwoord", nu="niet dit", wachtwoord=NEW, nogmaals=NEW)
    assert (answer.status_code, account.WRONG_PASSWORD in answer.text) == (422, True)


def test_a_password_that_is_easily_guessed_is_refused(browser: Browsers, people: People) -> None:
    one = browser(people.verpleegkundige)
    easy = "welkom12345678"
    answer = one.submit("/account/wachtwoord", nu=PASSWORD, wachtwoord=easy, nogmaals=easy)
    assert (answer.status_code, "makkelijk te raden" in answer.text) == (422, True)


def test_a_code_is_set_up_and_stopped(browser: Browsers, people: People, store: Store) -> None:
    one, user = browser(people.verpleegkundige), people.verpleegkundige
    shown = one.submit("/account/code/nieuw", wachtwoord=PASSWORD).text
    assert 'src="data:image/svg+xml' in shown
    found = re.search(r'name="geheim" value="([A-Z2-7]{32})"', shown)
    assert found
    wrong = one.submit("/account/code", geheim=found[1], code="000000")
    assert (wrong.status_code, found[1] in wrong.text) == (422, True)
    right = one.submit("/account/code", geheim=found[1], code=pyotp.TOTP(found[1]).now())
    assert right.status_code == 303
    with look(store) as w:
        assert accounts.get_user(w, user.id).has_totp
    assert one.submit("/account/code/stop", wachtwoord="niet dit").status_code == 422
    assert one.submit("/account/code/stop", wachtwoord=PASSWORD).status_code == 303
    with look(store) as w:
        assert not accounts.get_user(w, user.id).has_totp


def test_a_code_is_not_set_up_by_who_does_not_know_the_password(browser: Browsers, people: People) -> None:
    one, secret = browser(people.verpleegkundige), pyotp.random_base32()
    code = pyotp.TOTP(secret).now()
    answer = one.submit("/account/code", geheim=secret, code=code)
    assert (answer.status_code, account.PASSWORD_FIRST in answer.text) == (422, True)
    one.submit("/account/code/nieuw", wachtwoord=PASSWORD)
    other = browser(people.verpleegkundige)
    assert other.submit("/account/code", geheim=secret, code=code).status_code == 422
    assert one.submit("/account/code", geheim=secret, code=code).status_code == 303


def test_the_secret_of_a_code_is_sealed(browser: Browsers, people: People, store: Store) -> None:
    secret = pyotp.random_base32()
    with work(store) as w:
        accounts.set_totp(w, Actor(), people.verpleegkundige.id, secret, pyotp.TOTP(secret).now())
        sealed = w.session.get_one(accounts.UserRow, people.verpleegkundige.id).totp_sealed
    assert sealed
    assert secret.encode() not in sealed


def test_other_sessions_are_ended(browser: Browsers, people: People) -> None:
    one, other = browser(people.verpleegkundige), browser(people.verpleegkundige)
    assert "Overal elders uitloggen" in one.get("/account").text
    one.submit("/account/sessies")
    assert (one.get("/account").status_code, other.get("/account").status_code) == (200, 303)


def test_a_token_is_shown_once_and_can_be_taken_back(browser: Browsers, people: People) -> None:
    one = browser(people.verpleegkundige)
    shown = one.submit("/account/sleutels", naam="dossiersysteem", dagen="90").text
    secret = re.search(r"izp_[\w-]{43}", shown)
    assert secret
    page = one.get("/account").text
    assert secret[0] not in page
    revoke = re.search(r"/account/sleutels/\w{64}/intrekken", page)
    assert revoke
    assert one.submit(revoke[0]).status_code == 303
    assert "dossiersysteem" not in one.get("/account").text


def test_nobody_takes_back_the_token_of_another(browser: Browsers, people: People) -> None:
    one = browser(people.verpleegkundige)
    one.submit("/account/sleutels", naam="dossiersysteem", dagen="90")
    revoke = re.search(r"/account/sleutels/\w{64}/intrekken", one.get("/account").text)
    assert revoke
    assert browser(people.behandelaar).submit(revoke[0]).status_code == 404
    assert "dossiersysteem" in one.get("/account").text
