"""One's own account: password, code, sessions and tokens for programs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.requests import Request

from pipeline.store import accounts, audit, sessions, tokens
from pipeline.store.accounts import Totp
from pipeline.store.database import look, work
from pipeline.store.errors import Unfit
from review.guard import Visit, knows_password, needs
from review.pages import page
from review.signin import enter
from review.site import site_of
from review.welcome import DIFFERENT

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form()]
Own = Annotated[Visit, Depends(needs("sign_out"))]
OwnTokens = Annotated[Visit, Depends(needs("api_token"))]

WRONG_PASSWORD = "Dit is niet uw wachtwoord van nu."  # noqa: S105  # a sentence
PASSWORD_FIRST = "Het duurde te lang. Geef uw wachtwoord opnieuw."  # noqa: S105  # a sentence
DONE = {
    "wachtwoord": "Uw wachtwoord is gewijzigd. Overal elders bent u uitgelogd.",
    "code": "Vanaf nu vraagt izp bij het inloggen ook om een code uit uw app.",
    "geen-code": "Vanaf nu vraagt izp bij het inloggen niet meer om een code.",
    "sessies": "Overal elders bent u nu uitgelogd.",
    "sleutel": "De toegangssleutel is ingetrokken.",
}


@router.get("/account")
def show_account(request: Request, visit: Own, klaar: str = "") -> Response:
    """The page of one's own account."""
    return _page(request, visit, done=DONE.get(klaar))


@router.get("/account/sessie")
def show_session(visit: Own) -> Response:
    """Who is signed in, and the token for forms: for a page that waits for a sign-in at another tab."""
    return JSONResponse({"user": visit.user.id, "csrf": visit.csrf})


@router.post("/account/wachtwoord")
def change_password(request: Request, visit: Own, nu: Text, wachtwoord: Text, nogmaals: Text) -> Response:
    """Changes one's password, and ends all sessions but this one, which is begun anew."""
    store = site_of(request).store
    if wachtwoord != nogmaals:
        return _page(request, visit, wrong_password=DIFFERENT)
    if not knows_password(request, visit, nu):
        return _page(request, visit, wrong_password=WRONG_PASSWORD)
    try:
        with work(store) as w:
            accounts.set_password(w, visit.actor, visit.user.id, wachtwoord)
    except Unfit as error:
        return _page(request, visit, wrong_password=str(error))
    return enter(request, visit.user.id, RedirectResponse("/account?klaar=wachtwoord", 303))


@router.post("/account/code/nieuw")
def begin_totp(request: Request, visit: Own, wachtwoord: Text) -> Response:
    """Shows the secret for an authenticator app, to whoever knows the password."""
    if not knows_password(request, visit, wachtwoord):
        return _page(request, visit, wrong_totp=WRONG_PASSWORD)
    with work(site_of(request).store) as w:
        sessions.prove(w, visit.session_id)
    return _page(request, visit, totp=accounts.new_totp(visit.user))


@router.post("/account/code")
def set_totp(request: Request, visit: Own, geheim: Text, code: Text) -> Response:
    """Asks for a code from now on, if the app shows the right one, in the minutes after the password."""
    try:
        with work(site_of(request).store) as w:
            is_proved = sessions.use_proof(w, visit.session_id)
            if is_proved:
                accounts.set_totp(w, visit.actor, visit.user.id, geheim, code)
    except Unfit as error:
        return _page(request, visit, wrong_totp=str(error), totp=accounts.shown_totp(visit.user, geheim))
    if not is_proved:
        return _page(request, visit, wrong_totp=PASSWORD_FIRST)
    return RedirectResponse("/account?klaar=code#code", 303)


@router.post("/account/code/stop")
def stop_totp(request: Request, visit: Own, wachtwoord: Text) -> Response:
    """Asks for no code any more."""
    store = site_of(request).store
    if not knows_password(request, visit, wachtwoord):
        return _page(request, visit, wrong_totp=WRONG_PASSWORD)
    with work(store) as w:
        accounts.stop_totp(w, visit.actor, visit.user.id)
    return RedirectResponse("/account?klaar=geen-code#code", 303)


@router.post("/account/sessies")
def end_sessions(request: Request, visit: Own) -> Response:
    """Signs someone out everywhere but here."""
    with work(site_of(request).store) as w:
        sessions.end_others(w, visit.user.id, visit.session_id)
        audit.record(w, visit.actor, "sign_out")
    return RedirectResponse("/account?klaar=sessies#sessies", 303)


@router.post("/account/sleutels")
def make_token(request: Request, visit: OwnTokens, naam: Text, dagen: Annotated[int, Form()]) -> Response:
    """Makes a token for a program, and shows it once."""
    try:
        with work(site_of(request).store) as w:
            secret = tokens.make_token(w, visit.actor, naam, dagen)
    except Unfit as error:
        return _page(request, visit, wrong_token=str(error))
    return _page(request, visit, secret=secret)


@router.post("/account/sleutels/{token}/intrekken")
def revoke_token(request: Request, visit: OwnTokens, token: str) -> Response:
    """Takes a token back."""
    with work(site_of(request).store) as w:
        tokens.revoke(w, visit.actor, token)
    return RedirectResponse("/account?klaar=sleutel#sleutels", 303)


def _page(
    request: Request,
    visit: Visit,
    *,
    done: str | None = None,
    wrong_password: str | None = None,
    wrong_totp: str | None = None,
    wrong_token: str | None = None,
    totp: Totp | None = None,
    secret: str | None = None,
) -> Response:
    with look(site_of(request).store) as w:
        shown: dict[str, Any] = {
            "sessions": sessions.of_user(w, visit.user.id),
            "tokens": tokens.of_user(w, visit.user.id),
            "now": w.at,
        }
    return page(
        request,
        "account.html",
        status=422 if wrong_password or wrong_totp or wrong_token else 200,
        done=done,
        wrong_password=wrong_password,
        wrong_totp=wrong_totp,
        wrong_token=wrong_token,
        totp=totp,
        secret=secret,
        days=tokens.TOKEN_DAYS,
        **shown,
    )
