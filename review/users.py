"""Accounts, for a beheerder: who may sign in, as what, and a link to choose a password."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from pipeline.store import accounts, tokens
from pipeline.store.accounts import User
from pipeline.store.database import look, work
from pipeline.store.errors import Unfit
from pipeline.store.permissions import FUNCTIONS, ROLES
from review.guard import Visit, needs
from review.pages import page
from review.site import Site, site_of
from review.welcome import WELCOME

router = APIRouter(prefix="/beheer/gebruikers", include_in_schema=False)

Text = Annotated[str, Form()]
Beheerder = Annotated[Visit, Depends(needs("manage_users"))]

DONE = {
    "gewijzigd": "Het account is gewijzigd.",
    "geen-code": "Het account vraagt niet meer om een code. Laat de eigenaar de code opnieuw instellen.",
}


@router.get("", dependencies=[Depends(needs("manage_users"))])
def show_users(request: Request) -> Response:
    """All accounts."""
    with look(site_of(request).store) as w:
        return page(request, "beheer/users.html", users=accounts.users(w))


@router.get("/nieuw", dependencies=[Depends(needs("manage_users"))])
def show_new_user(request: Request) -> Response:
    """The form for a new account."""
    return _form(request, None, {})


@router.post("/nieuw")
def add_user(
    request: Request,
    visit: Beheerder,
    naam: Text,
    login: Text,
    rol: Text = "",
    functie: Text = "",
    kenmerk: Text = "",
) -> Response:
    """Makes an account, and shows the link with which its owner chooses a password."""
    site = site_of(request)
    try:
        with work(site.store) as w:
            user = accounts.add_user(
                w,
                visit.actor,
                login=login,
                name=naam,
                role=rol,
                function=functie or None,
                subject=_subject(site, kenmerk),
            )
            secret = tokens.make_link(w, visit.actor, user.id)
    except Unfit as error:
        typed = {"naam": naam, "login": login, "rol": rol, "functie": functie, "kenmerk": kenmerk}
        return _form(request, None, typed, wrong=str(error))
    return _linked(request, user, secret)


@router.get("/{user}", dependencies=[Depends(needs("manage_users"))])
def show_user(request: Request, user: str, klaar: str = "") -> Response:
    """An account."""
    with look(site_of(request).store) as w:
        found = accounts.get_user(w, user)
    return _form(request, found, _typed(site_of(request), found), done=DONE.get(klaar))


@router.post("/{user}")
def change_user(
    request: Request,
    visit: Beheerder,
    user: str,
    versie: Annotated[int, Form()],
    naam: Text,
    rol: Text = "",
    functie: Text = "",
    kenmerk: Text = "",
    actief: Text = "",
) -> Response:
    """Changes an account."""
    site = site_of(request)
    try:
        with work(site.store) as w:
            accounts.change_user(
                w,
                visit.actor,
                user,
                version=versie,
                name=naam,
                role=rol,
                function=functie or None,
                subject=_subject(site, kenmerk),
                active=bool(actief),
            )
    except Unfit as error:
        with look(site.store) as w:
            found = accounts.get_user(w, user)
        typed = {"naam": naam, "rol": rol, "functie": functie, "kenmerk": kenmerk, "actief": bool(actief)}
        return _form(request, found, typed, wrong=str(error))
    return RedirectResponse(f"/beheer/gebruikers/{user}?klaar=gewijzigd", 303)


@router.post("/{user}/link")
def make_link(request: Request, visit: Beheerder, user: str) -> Response:
    """Makes a new link to choose a password."""
    with work(site_of(request).store) as w:
        found = accounts.get_user(w, user)
        secret = tokens.make_link(w, visit.actor, user)
    return _linked(request, found, secret)


@router.post("/{user}/code")
def stop_totp(request: Request, visit: Beheerder, user: str) -> Response:
    """Has an account ask for no code any more: its owner lost the telephone."""
    with work(site_of(request).store) as w:
        accounts.stop_totp(w, visit.actor, user)
    return RedirectResponse(f"/beheer/gebruikers/{user}?klaar=geen-code", 303)


def _subject(site: Site, told: str) -> str | None:
    """Who somebody is to the hospital's sign-on, as the account keeps it."""
    return site.provider.subject(told.strip()) if site.provider and told.strip() else None


def _typed(site: Site, user: User) -> dict[str, Any]:
    return {
        "naam": user.name,
        "rol": user.role,
        "functie": user.function or "",
        "kenmerk": site.provider.told(user.subject) if site.provider and user.subject else "",
        "actief": user.active,
    }


def _form(
    request: Request,
    user: User | None,
    typed: dict[str, Any],
    *,
    done: str | None = None,
    wrong: str | None = None,
) -> Response:
    provider = site_of(request).provider
    return page(
        request,
        "beheer/user.html",
        status=422 if wrong else 200,
        user=user,
        typed={"naam": "", "login": "", "rol": "", "functie": "", "kenmerk": "", "actief": True} | typed,
        roles=[(role, role) for role in ROLES],
        functions=[(function, function) for function in FUNCTIONS],
        sign_on=provider.name if provider else None,
        done=done,
        wrong=wrong,
    )


def _linked(request: Request, user: User, secret: str) -> Response:
    address = f"{site_of(request).url}{WELCOME}?{urlencode({'code': secret})}"
    hours = int(tokens.LINK_LASTS.total_seconds() // 3600)
    return page(request, "beheer/link.html", user=user, address=address, hours=hours)
