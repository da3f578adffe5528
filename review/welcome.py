"""Links that work once: the first beheerder makes an account, anyone else chooses a password.

The secret of a link is in the query of its address, which izp does not log, and no page leads on to another
site.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response
from starlette.requests import Request

from pipeline.store import accounts, tokens
from pipeline.store.accounts import User
from pipeline.store.audit import Actor
from pipeline.store.database import look, work
from pipeline.store.errors import NotFound, Unfit
from pipeline.store.tokens import Link
from review import cookies, errors
from review.guard import origin_of
from review.pages import page
from review.signin import enter_at
from review.site import site_of

router = APIRouter(include_in_schema=False)

WELCOME = "/welkom"
DIFFERENT = "De twee wachtwoorden zijn niet hetzelfde. Typ ze opnieuw."

Text = Annotated[str, Form()]


@router.get(WELCOME)
def show_welcome(request: Request, code: str = "") -> Response:
    """The page of a link."""
    with look(site_of(request).store) as w:
        try:
            link = tokens.read_link(w, code)
        except NotFound as error:
            raise errors.refusal(404, str(error)) from None
        user = accounts.get_user(w, link.user_id) if link.user_id else None
    return _form(request, code, link, user)


@router.post(WELCOME)
def welcome(
    request: Request,
    csrf: Text,
    code: Text,
    wachtwoord: Text,
    nogmaals: Text,
    login: Text = "",
    naam: Text = "",
) -> Response:
    """Makes the first account, or gives an account the password that its owner chose, and signs them in."""
    if not cookies.is_own_form(request, csrf):
        raise errors.refusal(403, errors.FORGED)
    site = site_of(request)
    with look(site.store) as w:
        try:
            link = tokens.read_link(w, code)
        except NotFound as error:
            raise errors.refusal(404, str(error)) from None
        user = accounts.get_user(w, link.user_id) if link.user_id else None
    if wachtwoord != nogmaals:
        return _form(request, code, link, user, login=login, name=naam, wrong=DIFFERENT)
    try:
        with work(site.store) as w:
            link = tokens.use_link(w, code)
            actor = Actor(link.user_id, origin_of(request))
            if link.user_id is None:
                made = accounts.add_user(
                    w, actor, login=login, name=naam, role="beheerder", password=wachtwoord
                )
                user_id = made.id
            else:
                user_id = link.user_id
                accounts.set_password(w, actor, user_id, wachtwoord)
                made = accounts.get_user(w, user_id)
    except Unfit as error:
        return _form(request, code, link, user, login=login, name=naam, wrong=str(error))
    except NotFound as error:
        raise errors.refusal(404, str(error)) from None
    return enter_at(request, made, "/")


def _form(
    request: Request,
    code: str,
    link: Link,
    user: User | None,
    *,
    login: str = "",
    name: str = "",
    wrong: str | None = None,
) -> Response:
    cookies.form_token(request)
    response = page(
        request,
        "welcome.html",
        status=422 if wrong else 200,
        code=code,
        is_first=link.purpose == "first_beheerder",
        user=user,
        login=login,
        name=name,
        wrong=wrong,
    )
    cookies.hold_form_token(request, response)
    return response
