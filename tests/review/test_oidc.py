"""Signing in with the hospital's sign-on, against a provider that may lie."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from joserfc.jwk import RSAKey
from playwright.sync_api import Page, expect
from pydantic import SecretStr, ValidationError

from pipeline.store import accounts, members, sessions
from pipeline.store.accounts import User
from pipeline.store.audit import Actor, Event
from pipeline.store.database import Store, look, work
from review import oidc
from review.settings import ReviewSettings

from .browsing import NEEDS_CHROMIUM
from .conftest import Browser, People
from .hospital import CLIENT_ID, CLIENT_SECRET, Hospital
from .talks import draft

Browsers = Callable[[User | None], Browser]
Trail = Callable[[], list[Event]]


@pytest.fixture
def hospital() -> Iterator[Hospital]:
    with Hospital() as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, hospital: Hospital) -> ReviewSettings:
    return ReviewSettings(
        data_dir=tmp_path / "izp",
        oidc_issuer=hospital.issuer,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=SecretStr(CLIENT_SECRET),
        oidc_name="het Voorbeeldziekenhuis",
    )


@pytest.fixture
def known(store: Store, hospital: Hospital) -> User:
    """An account without a password, of somebody whom the hospital knows as z123."""
    with work(store) as w:
        return accounts.add_user(
            w,
            Actor(),
            login="zoe",
            name="Zoë Haan",
            role="behandelaar",
            function="arts",
            subject=f"{hospital.issuer} z123",
        )


def sign_on(one: Browser, hospital: Hospital, path: str = "/inloggen/ziekenhuis?naar=/account") -> Response:
    there = one.get(path)
    assert there.status_code == 303, there.text
    return one.get(hospital.sign_on(there.headers["location"]))


def test_somebody_whom_both_know_gets_in(
    browser: Browsers, hospital: Hospital, known: User, trail: Trail
) -> None:
    one = browser(None)
    assert "Inloggen met het Voorbeeldziekenhuis" in one.get("/inloggen").text
    answer = sign_on(one, hospital)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert "Zoë Haan" in one.get("/account").text
    assert (trail()[-1].action, trail()[-1].user_id) == ("sign_in", known.id)


def test_the_request_has_pkce_state_and_nonce(browser: Browsers, hospital: Hospital, known: User) -> None:
    sign_on(browser(None), hospital)
    assert hospital.asked["code_challenge_method"] == "S256"
    assert hospital.asked["response_type"] == "code"
    assert min(len(hospital.asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43


def test_the_secret_goes_in_the_form_where_the_hospital_wants_that(
    browser: Browsers, hospital: Hospital, known: User
) -> None:
    hospital.methods = ["client_secret_post"]
    assert sign_on(browser(None), hospital).status_code == 303


def test_somebody_whom_izp_does_not_know_stays_out(
    browser: Browsers, hospital: Hospital, known: User, trail: Trail
) -> None:
    hospital.claims["sub"] = "onbekend"
    one = browser(None)
    answer = sign_on(one, hospital)
    assert (answer.status_code, oidc.UNKNOWN in answer.text) == (403, True)
    assert (trail()[-1].action, trail()[-1].outcome) == ("sign_in_failed", "refused")
    assert one.get("/account").status_code == 303


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elders.example"},
        {"aud": "een-ander-programma"},
        {"aud": [CLIENT_ID, "een-ander-programma"], "azp": "een-ander-programma"},
        {"exp": 1_000_000},
        {"nonce": "van-een-ander"},
        {"sub": None},
        {"at_hash": "klopt-niet"},
    ],
    ids=lambda claims: next(iter(claims)),
)
def test_an_id_token_that_is_not_for_us_now_lets_no_one_in(
    browser: Browsers, hospital: Hospital, known: User, claims: dict[str, Any]
) -> None:
    hospital.claims |= claims
    assert sign_on(browser(None), hospital).status_code == 403


@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "exp", "iat", "nonce"])
def test_an_id_token_without_one_of_its_claims_lets_no_one_in(
    browser: Browsers, hospital: Hospital, known: User, claim: str
) -> None:
    hospital.left_out.add(claim)
    assert sign_on(browser(None), hospital).status_code == 403


def test_a_token_signed_with_the_shared_secret_lets_no_one_in(
    browser: Browsers, hospital: Hospital, known: User
) -> None:
    hospital.algorithm = "HS256"
    assert sign_on(browser(None), hospital).status_code == 403


def test_a_token_signed_by_another_lets_no_one_in(browser: Browsers, hospital: Hospital, known: User) -> None:
    hospital.key = RSAKey.generate_key(2048, {"kid": "one"})
    assert sign_on(browser(None), hospital).status_code == 403


def test_a_new_key_of_the_hospital_is_fetched(browser: Browsers, hospital: Hospital, known: User) -> None:
    assert sign_on(browser(None), hospital).status_code == 303
    hospital.key = hospital.published = RSAKey.generate_key(2048, {"kid": "two"})
    assert sign_on(browser(None), hospital).status_code == 303


def test_the_answer_to_another_browser_lets_no_one_in(
    browser: Browsers, hospital: Hospital, known: User
) -> None:
    address = browser(None).get("/inloggen/ziekenhuis").headers["location"]
    other = browser(None)
    other.get("/inloggen/ziekenhuis")
    assert other.get(hospital.sign_on(address)).status_code == 403


def test_an_answer_counts_once(browser: Browsers, hospital: Hospital, known: User) -> None:
    one = browser(None)
    back = hospital.sign_on(one.get("/inloggen/ziekenhuis").headers["location"])
    assert [one.get(back).status_code for _ in range(2)] == [303, 403]


def test_a_refusal_of_the_hospital_is_told(browser: Browsers, hospital: Hospital, known: User) -> None:
    one = browser(None)
    one.get("/inloggen/ziekenhuis")
    answer = one.get("/inloggen/terug?error=access_denied&state=x")
    assert (answer.status_code, oidc.NOT_THROUGH in answer.text) == (403, True)


def test_a_hospital_that_cannot_be_reached_is_told(
    browser: Browsers, people: People, hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hospital, "_configuration", lambda: None)
    answer = browser(None).get("/inloggen/ziekenhuis")
    assert (answer.status_code, oidc.NOT_THROUGH in answer.text) == (502, True)


def test_without_a_sign_on_there_is_no_page_for_it(browser: Browsers, people: People, app: Any) -> None:
    app.state.site = app.state.site._replace(provider=None)
    assert browser(None).get("/inloggen/ziekenhuis").status_code == 404


def proved(store: Store, one: Browser) -> bool:
    with work(store) as w:
        found = sessions.find(w, next(each.value or "" for each in one.cookies.jar if each.name == "izp"))
        assert found
        return sessions.use_proof(w, found.id)


def test_signing_on_again_proves_who_somebody_is_once(
    browser: Browsers, hospital: Hospital, known: User, store: Store
) -> None:
    one = browser(known)
    assert not proved(store, one)
    answer = sign_on(one, hospital, "/inloggen/ziekenhuis/opnieuw?naar=/account")
    assert answer.headers["location"] == "/account"
    assert (hospital.asked["prompt"], hospital.asked["max_age"]) == ("login", "0")
    assert [proved(store, one), proved(store, one)] == [True, False]


def test_an_old_sign_on_proves_nothing(
    browser: Browsers, hospital: Hospital, known: User, store: Store
) -> None:
    one = browser(known)
    hospital.claims["auth_time"] = 1_000_000
    assert sign_on(one, hospital, "/inloggen/ziekenhuis/opnieuw").status_code == 403
    assert not proved(store, one)


def test_somebody_else_proves_nothing(
    browser: Browsers, hospital: Hospital, known: User, people: People, store: Store
) -> None:
    one = browser(people.behandelaar)
    answer = sign_on(one, hospital, "/inloggen/ziekenhuis/opnieuw")
    assert (answer.status_code, oidc.OTHER in answer.text) == (403, True)
    assert not proved(store, one)


@NEEDS_CHROMIUM
def test_a_plan_is_approved_in_a_browser_by_signing_on_once_more(
    page: Page, url: str, hospital: Hospital, known: User, people: People, child: str, store: Store
) -> None:
    nurse = Actor(people.verpleegkundige.id)
    with work(store) as w:
        members.add_member(w, nurse, child, known.id)
    said = "Moeder: Wij willen graag zoveel mogelijk thuis zijn.\n"
    talk = draft(store, people.verpleegkundige.id, child, "noor.txt", said)
    page.goto(f"{url}/inloggen")
    page.get_by_role("link", name="Inloggen met het Voorbeeldziekenhuis").click()
    page.wait_for_url("**/kinderen")
    page.goto(f"{url}/gesprekken/{talk}/goedkeuren")
    page.get_by_role("button", name="Keur versie 1 goed").click()
    expect(page.get_by_role("alert").get_by_text("Er is niets goedgekeurd")).to_be_visible()
    page.get_by_role("link", name="Log eerst opnieuw in bij het ziekenhuis").click()
    page.wait_for_url("**/goedkeuren")
    assert hospital.asked["prompt"] == "login"
    page.get_by_role("button", name="Keur versie 1 goed").click()
    expect(page.get_by_text("Goedgekeurd door Zoë Haan (arts)")).to_be_visible()


class TestRoles:
    """The hospital decides on roles."""

    @pytest.fixture
    def settings(self, tmp_path: Path, hospital: Hospital) -> ReviewSettings:
        return ReviewSettings(
            data_dir=tmp_path / "izp",
            oidc_issuer=hospital.issuer,
            oidc_client_id=CLIENT_ID,
            oidc_client_secret=SecretStr(CLIENT_SECRET),
            oidc_role_claim="groups",
            oidc_roles={"izp-lezers": "lezer", "izp-artsen": "behandelaar:arts"},
        )

    def test_an_account_follows_the_role_that_the_hospital_tells(
        self, browser: Browsers, hospital: Hospital, known: User, store: Store, trail: Trail
    ) -> None:
        hospital.claims["groups"] = ["allen", "izp-lezers"]
        assert sign_on(browser(None), hospital).status_code == 303
        with look(store) as w:
            assert accounts.get_user(w, known.id).role == "lezer"
        assert [event.action for event in trail()[-2:]] == ["manage_users", "sign_in"]

    @pytest.mark.parametrize("groups", [None, [], "allen", ["izp-lezers", "izp-artsen"], [["izp-lezers"]]])
    @pytest.mark.usefixtures("known")
    def test_without_one_role_nobody_gets_in(
        self, browser: Browsers, hospital: Hospital, groups: object
    ) -> None:
        hospital.claims["groups"] = groups
        answer = sign_on(browser(None), hospital)
        assert (answer.status_code, oidc.NO_ROLE in answer.text) == (403, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"oidc_client_id": None},
        {"oidc_role_claim": "groups"},
        {"oidc_role_claim": "groups", "oidc_roles": {"a": "directeur"}},
        {"oidc_role_claim": "groups", "oidc_roles": {"a": "behandelaar"}},
        {"oidc_role_claim": "groups", "oidc_roles": {"a": "lezer:arts"}},
    ],
    ids=str,
)
def test_settings_that_do_not_fit_together_are_refused(
    settings: ReviewSettings, wrong: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        ReviewSettings(**(settings.model_dump() | wrong))
