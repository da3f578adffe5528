"""Signing in with a login and a password, and a code where somebody has set that up; and signing out."""

from __future__ import annotations

import json
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.requests import Request

from pipeline.store import accounts, audit, sessions
from pipeline.store.accounts import User
from pipeline.store.audit import Actor
from pipeline.store.database import Work, look, work
from review import cookies, errors
from review.guard import Visit, needs, origin_of
from review.pages import page
from review.site import site_of

router = APIRouter(include_in_schema=False)

_PER_LOGIN: Final = 10
_PER_ADDRESS: Final = 50

WRONG: Final = (
    "Deze inlognaam en dit wachtwoord horen niet bij elkaar. Na vijf keer is een account even op slot; "
    "wacht dan een paar minuten."
)
WRONG_CODE: Final = "Deze code klopt niet, of is al gebruikt. Wacht op de volgende code en typ die."
AGAIN: Final = "Het inloggen duurde te lang. Begin opnieuw."

Text = Annotated[str, Form()]


@router.get("/inloggen")
def show_sign_in(request: Request, naar: str = "/") -> Response:
    """The page to sign in."""
    return _form(request, local(naar))


@router.post("/inloggen")
def sign_in(request: Request, login: Text, wachtwoord: Text, csrf: Text, naar: Text = "/") -> Response:
    """Signs someone in, or asks for the code."""
    user, status, sentence = _tried(request, login, wachtwoord, csrf)
    if user is None:
        return _form(request, local(naar), login=login, status=status, wrong=sentence)
    return enter_at(request, user, local(naar))


@router.get("/inloggen/code")
def show_code(request: Request) -> Response:
    """The page that asks for a code."""
    if _half_way(request) is None:
        return RedirectResponse("/inloggen", 303)
    return _code_form(request)


@router.post("/inloggen/code")
def sign_in_with_code(request: Request, code: Text, csrf: Text) -> Response:
    """Signs someone in whose password was right."""
    half_way = _half_way(request)
    if half_way is None or not cookies.is_own_form(request, csrf):
        return _form(request, "/", status=403, wrong=AGAIN)
    user_id, where = half_way
    if not _code_is_right(request, user_id, code):
        return _code_form(request, status=422, wrong=WRONG_CODE)
    return enter(request, user_id, RedirectResponse(where, 303))


@router.get("/inloggen/klaar")
def show_done(request: Request) -> Response:
    """The page of a tab that was only opened to sign in."""
    return page(request, "sign_in_done.html")


@router.get("/inloggen/venster")
def show_window(request: Request) -> Response:
    """The form of a window to sign in again over a page that somebody was at work in."""
    return _window(request)


@router.post("/inloggen/venster")
def sign_in_again(
    request: Request, csrf: Text, login: Text = "", wachtwoord: Text = "", code: Text = ""
) -> Response:
    """Signs someone in again; the page goes on with the new token, if it is the same person."""
    if code:
        half_way = _half_way(request)
        if half_way is None or not cookies.is_own_form(request, csrf):
            return _window(request, status=403, wrong=AGAIN)
        if not _code_is_right(request, half_way[0], code):
            return _window(request, status=422, wrong=WRONG_CODE, asks_code=True)
        return _told_again(request, half_way[0])
    user, status, sentence = _tried(request, login, wachtwoord, csrf)
    if user is None:
        return _window(request, status=status, wrong=sentence)
    if user.has_totp:
        return _to_code(request, user, _window(request, asks_code=True), "/")
    return _told_again(request, user.id)


@router.post("/uitloggen")
def sign_out(request: Request, visit: Annotated[Visit, Depends(needs("sign_out"))]) -> Response:
    """Signs someone out."""
    with work(site_of(request).store) as w:
        sessions.end(w, visit.session_id)
        audit.record(w, visit.actor, "sign_out")
    response = RedirectResponse("/inloggen", 303)
    cookies.drop_session(request, response)
    return response


def enter_at(request: Request, user: User, where: str) -> Response:
    """Lets someone in whose password is right, and goes on to `where`; or asks for the code first."""
    if user.has_totp:
        return _to_code(request, user, RedirectResponse("/inloggen/code", 303), where)
    return enter(request, user.id, RedirectResponse(where, 303))


def enter(request: Request, user_id: str, response: Response) -> Response:
    """Lets someone in: a new session, whatever the browser held before."""
    with work(site_of(request).store) as w:
        _forget(w, request)
        accounts.signed_in(w, Actor(user_id, origin_of(request)))
        secret = sessions.start(w, user_id)
        mark = accounts.device_of(w, user_id)
    cookies.hold_session(request, response, secret)
    cookies.hold_device(request, response, mark)
    return response


def local(where: str) -> str:
    """An address within izp to go on to; the first page for anything else."""
    is_local = (
        where.startswith("/") and not where.startswith("//") and where.isprintable() and "\\" not in where
    )
    return where if is_local else "/"


def _tried(request: Request, login: str, password: str, token: str) -> tuple[User | None, int, str]:
    """Looks at a login and a password: whose they are, or the status and the sentence that say why not."""
    if not cookies.is_own_form(request, token):
        return None, 403, errors.FORGED
    site, origin, device = site_of(request), origin_of(request), cookies.device(request)
    with look(site.store) as w:
        is_known = bool(device) and accounts.is_known_device(w, login, device)
    by_login = f"device {device}" if is_known else f"login {login.strip().lower()[:200]}"
    by_address = f"address {origin}"
    is_over = not is_known and site.limits.is_over(by_address, _PER_ADDRESS)
    if is_over or site.limits.is_over(by_login, _PER_LOGIN):
        with work(site.store) as w:
            audit.record(w, Actor(None, origin), "sign_in_failed", outcome="refused")
        return None, 429, errors.SENTENCES[429]
    user = accounts.check_login(site.store, Actor(None, origin), login, password, is_known=is_known)
    if user is None:
        site.limits.count(by_login)
        if not is_known:
            site.limits.count(by_address)
        return None, 422, WRONG
    return user, 200, ""


def _code_is_right(request: Request, user_id: str, code: str) -> bool:
    site, device = site_of(request), cookies.device(request)
    by_device = f"device {device}"
    with look(site.store) as w:
        is_known = bool(device) and accounts.is_known_device(w, accounts.get_user(w, user_id).login, device)
    if is_known and site.limits.is_over(by_device, _PER_LOGIN):
        return False
    actor = Actor(None, origin_of(request))
    is_right = accounts.check_code(site.store, actor, user_id, code, is_known=is_known)
    if is_known and not is_right:
        site.limits.count(by_device)
    return is_right


def _to_code(request: Request, user: User, response: Response, where: str) -> Response:
    """Remembers whose password was right while the code is asked for."""
    with work(site_of(request).store) as w:
        secret = sessions.begin_sign_in(w, json.dumps([user.id, where]).encode())
    cookies.hold_sign_in(request, response, secret)
    return response


def _half_way(request: Request) -> tuple[str, str] | None:
    """Whose password was right, and where to go on to."""
    secret = cookies.sign_in_secret(request)
    if secret is None:
        return None
    with work(site_of(request).store) as w:
        told = sessions.read_sign_in(w, secret)
    found = json.loads(told) if told else None
    return (found[0], found[1]) if isinstance(found, list) else None


def _forget(w: Work, request: Request) -> None:
    if secret := cookies.sign_in_secret(request):
        sessions.end_sign_in(w, secret)
    if secret := cookies.session_secret(request):
        sessions.end(w, sessions.hash_of(secret))


def _told_again(request: Request, user_id: str) -> Response:
    """Tells a page that somebody is signed in again: who, and the token for its forms."""
    response = enter(request, user_id, JSONResponse({}))
    held = response.headers.getlist("set-cookie")
    with work(site_of(request).store) as w:
        session = sessions.of_user(w, user_id)[0]
    told = JSONResponse({"user": user_id, "csrf": session.csrf})
    for cookie in held:
        told.headers.append("set-cookie", cookie)
    return told


def _form(
    request: Request, where: str, *, login: str = "", status: int = 200, wrong: str | None = None
) -> Response:
    cookies.form_token(request)
    provider = site_of(request).provider
    response = page(
        request,
        "sign_in.html",
        status=status,
        where=where,
        login=login,
        wrong=wrong,
        sign_on=provider.name if provider else None,
    )
    cookies.hold_form_token(request, response)
    return response


def _code_form(request: Request, *, status: int = 200, wrong: str | None = None) -> Response:
    cookies.form_token(request)
    response = page(request, "sign_in_code.html", status=status, wrong=wrong)
    cookies.hold_form_token(request, response)
    return response


def _window(
    request: Request, *, status: int = 200, wrong: str | None = None, asks_code: bool = False
) -> Response:
    cookies.form_token(request)
    provider = site_of(request).provider
    response = page(
        request,
        "sign_in_window.html",
        status=status,
        wrong=wrong,
        asks_code=asks_code,
        sign_on=provider.name if provider else None,
    )
    cookies.hold_form_token(request, response)
    return response
