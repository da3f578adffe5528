"""The cookies: out of reach of scripts, and where izp is reached by https bound to https and to this host.

SameSite is Lax and not Strict: coming back from the hospital's sign-on is a visit from another site, on which
a Strict cookie would stay behind. No GET changes anything, and every form carries a token of its own.
"""

from __future__ import annotations

import hmac
import secrets

from starlette.requests import Request
from starlette.responses import Response

from pipeline.store.sessions import HALF_WAY, LONGEST
from review.site import site_of

_SESSION, _SIGN_IN, _FORM, _DEVICE = "izp", "izp-inloggen", "izp-formulier", "izp-apparaat"
_DEVICE_DAYS = 90


def session_secret(request: Request) -> str | None:
    """The secret of the session that a browser holds."""
    return request.cookies.get(_name(request, _SESSION))


def hold_session(request: Request, response: Response, secret: str) -> None:
    """Has a browser hold a session, and forget how it was begun."""
    _hold(request, response, _SESSION, secret, int(LONGEST.total_seconds()))
    _drop(request, response, _SIGN_IN)
    _drop(request, response, _FORM)


def drop_session(request: Request, response: Response) -> None:
    """Has a browser forget its session."""
    _drop(request, response, _SESSION)


def sign_in_secret(request: Request) -> str | None:
    """The secret of a sign-in that is half way."""
    return request.cookies.get(_name(request, _SIGN_IN))


def hold_sign_in(request: Request, response: Response, secret: str) -> None:
    """Has a browser hold a sign-in that is half way."""
    _hold(request, response, _SIGN_IN, secret, int(HALF_WAY.total_seconds()))


def form_token(request: Request) -> str:
    """The token for the forms of someone who is not signed in; the browser holds the same in a cookie."""
    if not hasattr(request.state, "form_token"):
        held = request.cookies.get(_name(request, _FORM))
        request.state.form_token = held or secrets.token_urlsafe(32)
    return str(request.state.form_token)


def hold_form_token(request: Request, response: Response) -> None:
    """Has a browser hold the token that its form carries."""
    _hold(request, response, _FORM, form_token(request), int(LONGEST.total_seconds()))


def is_own_form(request: Request, token: str) -> bool:
    """Whether a form of someone who is not signed in is one of ours."""
    held = request.cookies.get(_name(request, _FORM), "")
    return bool(held) and hmac.compare_digest(held.encode(), token.encode())


def device(request: Request) -> str:
    """What a browser holds of an earlier sign-in; "" if there was none."""
    return request.cookies.get(_name(request, _DEVICE), "")


def hold_device(request: Request, response: Response, mark: str) -> None:
    """Has a browser hold that someone signed in on it."""
    _hold(request, response, _DEVICE, mark, _DEVICE_DAYS * 24 * 3600)


def _name(request: Request, name: str) -> str:
    return f"__Host-{name}" if site_of(request).is_secure else name


def _hold(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        _name(request, name),
        value,
        max_age=seconds,
        path="/",
        secure=site_of(request).is_secure,
        httponly=True,
        samesite="lax",
    )


def _drop(request: Request, response: Response, name: str) -> None:
    response.delete_cookie(
        _name(request, name), path="/", secure=site_of(request).is_secure, httponly=True, samesite="lax"
    )
