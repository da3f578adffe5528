"""Accounts: passwords, locks and codes."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from argon2 import PasswordHasher, profiles

from pipeline.store import accounts, passwords, sessions, tokens
from pipeline.store.accounts import User
from pipeline.store.audit import Actor
from pipeline.store.database import Store, look, work
from pipeline.store.errors import NotFound, Unfit

PASSWORD = "vier losse woorden hier"  # noqa: S105
WRONG = "heel andere woorden dus"


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher.from_parameters(profiles.CHEAPEST))
    passwords._nobodys.cache_clear()


@pytest.fixture
def vera(store: Store) -> User:
    with work(store) as w:
        return accounts.add_user(
            w, Actor(), login="vera", name="Vera Zand", role="verpleegkundige", password=PASSWORD
        )


def row(store: Store, user: User) -> accounts.UserRow:
    with work(store) as w:
        return w.session.get_one(accounts.UserRow, user.id)


@pytest.mark.parametrize(
    "password",
    [
        "kort",
        "elf tekens!",
        "a" * 201,
        "aaaaaaaaaaaaaaaa",
        "123456789012",
        "welkomwelkom",
        "Wachtwoord2026!",
        "Welkom-Ziekenhuis-1",
        "ik ben Vera Zand 1",
        "xxvera@izp.examplexx",
        "mijn vera woorden",
    ],
)
def test_a_password_that_is_short_or_easily_guessed_is_refused(password: str) -> None:
    assert passwords.problem(password, login="vera@izp.example", name="Vera Zand")


@pytest.mark.parametrize(
    "password", [PASSWORD, "paard batterij nietje juist", "x7#Kq!92mPz$", "ééntje op de fiets"]
)
def test_a_long_one_is_taken(password: str) -> None:
    assert passwords.problem(password, login="vera", name="Vera Zand") is None


def test_a_password_is_kept_as_an_argon2id_hash(store: Store, vera: User) -> None:
    kept = row(store, vera).password or ""
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


def test_a_hash_with_older_parameters_is_renewed_at_the_next_sign_in(
    store: Store, vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = row(store, vera).password
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=16, parallelism=1))
    assert accounts.check_login(store, Actor(), "vera", PASSWORD)
    after = row(store, vera).password
    assert after != before
    assert accounts.check_login(store, Actor(), "vera", PASSWORD)


def test_a_lock_lasts_longer_each_time(store: Store, vera: User) -> None:
    minutes = []
    for _ in range(accounts.TRIES + 6):
        accounts.check_login(store, Actor(), "vera", WRONG)
        until = row(store, vera).locked_until
        if until:
            left = until - dt.datetime.now(dt.UTC)
            minutes.append(round(left.total_seconds() / 60))
            with work(store) as w:
                w.session.get_one(accounts.UserRow, vera.id).locked_until = w.at
    assert minutes == [1, 2, 4, 8, 16, 30, 30]


def test_while_it_is_locked_the_right_password_does_not_open_it(store: Store, vera: User) -> None:
    for _ in range(accounts.TRIES):
        accounts.check_login(store, Actor(), "vera", WRONG)
    assert not accounts.check_login(store, Actor(), "vera", PASSWORD)
    with work(store) as w:
        w.session.get_one(accounts.UserRow, vera.id).locked_until = w.at
    assert accounts.check_login(store, Actor(), "vera", PASSWORD)


def test_many_tries_at_once_get_no_further_than_one_after_another(store: Store, vera: User) -> None:
    tried = [f"{WRONG} {number}" for number in range(20)]
    looked_at = []

    def matches(kept: str | None, _: str) -> bool:
        looked_at.append(kept is not None)
        return False

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(8) as pool:
        patch.setattr(passwords, "matches", matches)
        list(pool.map(lambda one: accounts.check_login(store, Actor(), "vera", one), tried))
    assert looked_at.count(True) == accounts.TRIES


@pytest.mark.parametrize("login", ["niemand", "vera"])
def test_a_password_is_worked_out_whether_there_is_an_account_or_not(
    store: Store, vera: User, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked_out = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002
            worked_out.append(hash)
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_hasher", Counting.from_parameters(profiles.CHEAPEST))
    assert not accounts.check_login(store, Actor(), login, WRONG)
    assert len(worked_out) == 1


def test_signing_in_forgets_wrong_tries(store: Store, vera: User) -> None:
    for _ in range(accounts.TRIES - 1):
        accounts.check_login(store, Actor(), "vera", WRONG)
    assert accounts.check_login(store, Actor(), "vera", PASSWORD)
    with work(store) as w:
        accounts.signed_in(w, Actor(vera.id))
    assert row(store, vera).failures == 0


def test_the_code_of_the_step_before_or_after_is_taken_and_no_older_one(store: Store, vera: User) -> None:
    secret = pyotp.random_base32()
    now = dt.datetime.now(dt.UTC)
    with work(store) as w:
        accounts.set_totp(w, Actor(), vera.id, secret, pyotp.TOTP(secret).at(now))
        w.session.get_one(accounts.UserRow, vera.id).totp_used = 0
    codes = [pyotp.TOTP(secret).at(now, counter_offset=offset) for offset in (-3, -1, 0, 1, -1)]
    # A later code ends the earlier ones.
    taken = [accounts.check_code(store, Actor(), vera.id, code) for code in codes]
    assert taken[0] is False
    assert taken[-1] is False
    assert taken[1:4].count(True) >= 2


def test_somebody_who_has_no_code_gets_in_by_none(store: Store, vera: User) -> None:
    assert not accounts.check_code(store, Actor(), vera.id, "000000")
    assert not accounts.check_code(store, Actor(), "0" * 32, "000000")


def test_an_account_needs_its_own_subject(store: Store) -> None:
    with work(store) as w:
        accounts.add_user(w, Actor(), login="een", name="Een", role="lezer", subject="https://a.example z1")
    with pytest.raises(Unfit), work(store) as w:
        accounts.add_user(w, Actor(), login="twee", name="Twee", role="lezer", subject="https://a.example z1")
    with look(store) as w:
        found = accounts.find_subject(w, "https://a.example z1")
    assert found
    assert found.login == "een"


def test_a_session_is_kept_by_the_hash_of_its_secret(store: Store, vera: User) -> None:
    with work(store) as w:
        secret = sessions.start(w, vera.id)
    with look(store) as w:
        (one,) = sessions.of_user(w, vera.id)
        assert sessions.find(w, secret) == one
        assert sessions.find(w, one.id) is None
    assert secret not in one.id


def test_sessions_that_ended_are_cleared_away(store: Store, vera: User) -> None:
    with work(store) as w:
        sessions.start(w, vera.id)
        w.session.query(sessions.SessionRow).one().seen_at = w.at - sessions.IDLE - sessions.IDLE
    with work(store) as w:
        sessions.start(w, vera.id)
        assert w.session.query(sessions.SessionRow).count() == 1


def test_a_link_works_once_also_for_two_at_once(store: Store, vera: User) -> None:
    with work(store) as w:
        secret = tokens.make_link(w, Actor(), vera.id)

    def use() -> bool:
        try:
            with work(store) as w:
                tokens.use_link(w, secret)
        except NotFound:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        used = [pool.submit(use) for _ in range(4)]
    assert [each.result() for each in used].count(True) == 1


def test_a_link_is_no_token_and_a_token_no_link(store: Store, vera: User) -> None:
    with work(store) as w:
        link = tokens.make_link(w, Actor(), vera.id)
        token = tokens.make_token(w, Actor(vera.id), "systeem", 30)
    with look(store) as w:
        assert tokens.find(w, link) is None
        with pytest.raises(NotFound):
            tokens.read_link(w, token)
