"""Signing in with the hospital's own sign-on: OpenID Connect, authorization code with PKCE, state and nonce.

A beheerder makes the account and tells who that is to the hospital (`sub`); nobody gets in whom izp does
not know. Where the hospital decides on roles (`IZP_OIDC_ROLE_CLAIM`), an account follows what it says at
every sign-in.
"""

from __future__ import annotations

import hmac
import json
import logging
import secrets
import threading
import time
from collections.abc import Mapping
from typing import Annotated, Any, Final, NamedTuple, cast
from urllib.parse import quote

import httpx
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from starlette.requests import Request

from pipeline.store import accounts, audit, sessions
from pipeline.store.accounts import User
from pipeline.store.audit import Actor
from pipeline.store.database import work
from pipeline.store.errors import Unfit
from review import cookies, errors
from review.guard import Visit, needs, origin_of
from review.settings import ReviewSettings
from review.signin import enter, local
from review.site import site_of

router = APIRouter(prefix="/inloggen", include_in_schema=False)
log = logging.getLogger("izp.review")

RETURN: Final = "/inloggen/terug"
_TIMEOUT: Final = 10.0
_KEEP: Final = 3600.0
_LEEWAY: Final = 60
_FRESH: Final = 300
_ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
)

UNKNOWN = "Het ziekenhuis kent u, maar izp niet. Vraag de beheerder van izp om een account."
NO_ROLE = "Het ziekenhuis heeft u geen rol voor izp gegeven. Vraag de beheerder van izp om hulp."
NOT_THROUGH = "Inloggen bij het ziekenhuis is niet gelukt. Probeer het opnieuw."
OTHER = "U logde bij het ziekenhuis in als iemand anders. Probeer het opnieuw met uw eigen account."


class SignOnError(Exception):
    """The hospital's sign-on did not tell who somebody is; says which step failed, nothing that it told."""


class Provider:
    """The hospital's sign-on.

    Args:
        settings: The settings, with the issuer and what izp is called there.
        back: The address that people come back to.
    """

    def __init__(self, settings: ReviewSettings, back: str) -> None:
        self.name = settings.oidc_name
        self.issuer = str(settings.oidc_issuer).rstrip("/")
        self._client_id = cast("str", settings.oidc_client_id)
        self._secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret else ""
        self._back = back
        self._lock = threading.Lock()
        self._found: tuple[float, dict[str, Any], KeySet] | None = None

    def subject(self, sub: str) -> str:
        """Who somebody is, as an account keeps it: the same `sub` of another issuer is another person."""
        return f"{self.issuer} {sub}"

    def told(self, subject: str) -> str:
        """The `sub` of what an account keeps."""
        return subject.removeprefix(f"{self.issuer} ")

    def begin(self, *, again: bool) -> tuple[str, dict[str, str]]:
        """Where to send somebody to sign on, and what to remember until they are back.

        Args:
            again: They must show who they are, also if the hospital knows them already.

        Raises:
            SignOnError: The sign-on cannot be reached.
        """
        told, _ = self._discover()
        kept = {name: secrets.token_urlsafe(48) for name in ("state", "nonce", "verifier")}
        asked = {
            "response_type": "code",
            "scope": "openid profile",
            "client_id": self._client_id,
            "redirect_uri": self._back,
            "state": kept["state"],
            "nonce": kept["nonce"],
            "code_challenge": create_s256_code_challenge(kept["verifier"]),
            "code_challenge_method": "S256",
        }
        if again:
            asked |= {"prompt": "login", "max_age": "0"}
        return str(add_params_to_uri(told["authorization_endpoint"], list(asked.items()))), kept

    def finish(self, code: str, kept: Mapping[str, str], *, again: bool) -> Mapping[str, Any]:
        """What the hospital tells of somebody who came back: the claims of the id token, checked.

        Args:
            code: What they brought along.
            kept: What `begin` gave to remember.
            again: They must have shown who they are just now.

        Raises:
            SignOnError: It cannot be reached, or something does not fit together.
        """
        told, keys = self._discover()
        try:
            got = self._exchanged(told, code, kept["verifier"])
            id_token = cast("str", got["id_token"])
            try:
                decoded = self._decoded(id_token, keys, told)
            except JoseError:
                # They may have begun to sign with another key since.
                told, keys = self._discover(anew=True)
                decoded = self._decoded(id_token, keys, told)
            options = {"iss": {"values": [told["issuer"]]}, "aud": {"values": [self._client_id]}}
            params = {
                "nonce": kept["nonce"],
                "client_id": self._client_id,
                "access_token": got["access_token"],
            }
            claims = CodeIDToken(decoded.claims, decoded.header, options, params)
            claims.validate(leeway=_LEEWAY)
        except (JoseError, httpx.HTTPError, KeyError, TypeError, ValueError) as error:
            raise SignOnError(type(error).__name__) from None
        if again and not time.time() - float(claims.get("auth_time") or 0) < _FRESH:
            raise SignOnError("auth_time")
        return dict(claims)

    def _exchanged(self, told: Mapping[str, Any], code: str, verifier: str) -> dict[str, Any]:
        """The tokens that a code stands for (RFC 6749, sections 2.3.1 and 4.1.3)."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "code_verifier": verifier,
        }
        methods = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        by_header = "client_secret_basic" in methods
        if not by_header:
            form |= {"client_id": self._client_id, "client_secret": self._secret}
        auth = (quote(self._client_id, safe=""), quote(self._secret, safe=""))
        with httpx.Client(timeout=_TIMEOUT) as client:
            answer = client.post(
                told["token_endpoint"], data=form, auth=auth if by_header else httpx.USE_CLIENT_DEFAULT
            )
            return cast("dict[str, Any]", answer.raise_for_status().json())

    def _decoded(self, id_token: str, keys: KeySet, told: Mapping[str, Any]) -> jwt.Token:
        offered = told.get("id_token_signing_alg_values_supported") or ["RS256"]
        # Only signatures with a key pair: "none", and a secret that izp shares, prove nothing here.
        taken = [each for each in offered if each in _ALGORITHMS]
        return jwt.decode(id_token, keys, registry=JWSRegistry(algorithms=taken, strict_check_header=False))

    def _discover(self, *, anew: bool = False) -> tuple[dict[str, Any], KeySet]:
        """What the sign-on publishes of itself, and its keys; kept for an hour."""
        with self._lock:
            if self._found is None or anew or time.monotonic() - self._found[0] > _KEEP:
                try:
                    with httpx.Client(timeout=_TIMEOUT) as client:
                        answer = client.get(f"{self.issuer}/.well-known/openid-configuration")
                        told = answer.raise_for_status().json()
                        keys = client.get(told["jwks_uri"]).raise_for_status().json()
                    if told["issuer"].rstrip("/") != self.issuer:
                        raise SignOnError("issuer")
                    self._found = (time.monotonic(), told, KeySet.import_key_set(keys))
                except (httpx.HTTPError, JoseError, KeyError, ValueError) as error:
                    raise SignOnError(type(error).__name__) from None
            return self._found[1], self._found[2]


class _Kept(NamedTuple):
    """What is remembered while somebody is at the hospital's sign-on."""

    where: str
    again: str | None  # the session that is to be proved
    codes: dict[str, str]


def provider_of(settings: ReviewSettings, back: str) -> Provider | None:
    """The hospital's sign-on, if the settings name one."""
    return Provider(settings, back) if settings.oidc_issuer else None


@router.get("/ziekenhuis")
def begin(request: Request, naar: str = "/") -> Response:
    """Sends somebody to the hospital's sign-on."""
    return _begin(request, local(naar), None)


@router.get("/ziekenhuis/opnieuw")
def begin_again(
    request: Request, visit: Annotated[Visit, Depends(needs("sign_out"))], naar: str = "/"
) -> Response:
    """Sends somebody there to show once more who they are, before they approve something."""
    return _begin(request, local(naar), visit.session_id)


@router.get("/terug")
def finish(request: Request, code: str = "", state: str = "") -> Response:
    """Takes somebody back from the hospital's sign-on, and lets them in."""
    provider, kept = _provider(request), _taken(request)
    if kept is None or not code or not hmac.compare_digest(state.encode(), kept.codes["state"].encode()):
        return _refused(request, None, NOT_THROUGH)
    try:
        claims = provider.finish(code, kept.codes, again=kept.again is not None)
    except SignOnError as error:
        log.warning("%s sign-on failed: %s", request.state.error_id, error)
        return _refused(request, None, NOT_THROUGH)
    with work(site_of(request).store) as w:
        user = accounts.find_subject(w, provider.subject(str(claims["sub"])))
    if user is None:
        return _refused(request, None, UNKNOWN)
    if kept.again is not None:
        return _proved(request, user, kept)
    try:
        _follow(request, user, claims)
    except Unfit:
        return _refused(request, user, NO_ROLE)
    return enter(request, user.id, RedirectResponse(kept.where, 303))


def _begin(request: Request, where: str, session_id: str | None) -> Response:
    provider = _provider(request)
    try:
        address, codes = provider.begin(again=session_id is not None)
    except SignOnError as error:
        log.warning("%s sign-on failed: %s", request.state.error_id, error)
        return errors.problem(request, 502, NOT_THROUGH)
    with work(site_of(request).store) as w:
        told = {"where": where, "again": session_id, "codes": codes}
        secret = sessions.begin_sign_in(w, json.dumps(told).encode())
    response = RedirectResponse(address, 303)
    cookies.hold_sign_in(request, response, secret)
    return response


def _taken(request: Request) -> _Kept | None:
    """What was remembered; it counts for one return only."""
    secret = cookies.sign_in_secret(request)
    if secret is None:
        return None
    with work(site_of(request).store) as w:
        told = sessions.read_sign_in(w, secret)
        sessions.end_sign_in(w, secret)
    found = json.loads(told) if told else None
    return _Kept(**found) if isinstance(found, dict) else None


def _proved(request: Request, user: User, kept: _Kept) -> Response:
    secret = cookies.session_secret(request)
    with work(site_of(request).store) as w:
        session = sessions.find(w, secret) if secret else None
        if session is None or session.id != kept.again or session.user.id != user.id:
            session = None
        else:
            sessions.prove(w, session.id)
    return RedirectResponse(kept.where, 303) if session else _refused(request, user, OTHER)


def _follow(request: Request, user: User, claims: Mapping[str, Any]) -> None:
    """Gives an account the role that the hospital says, where it decides on roles.

    Raises:
        Unfit: It says none, or more than one.
    """
    settings = site_of(request).settings
    if settings.oidc_role_claim is None:
        return
    value = claims.get(settings.oidc_role_claim)
    values = value if isinstance(value, list) else [value]
    told = {
        settings.oidc_roles[each] for each in values if isinstance(each, str) and each in settings.oidc_roles
    }
    if len(told) != 1:
        raise Unfit(NO_ROLE)
    role, _, function = told.pop().partition(":")
    if (role, function or None) == (user.role, user.function):
        return
    with work(site_of(request).store) as w:
        accounts.change_user(
            w,
            Actor(None, origin_of(request)),
            user.id,
            version=accounts.get_user(w, user.id).version,
            name=user.name,
            role=role,
            function=function or None,
            subject=user.subject,
            active=True,
        )


def _refused(request: Request, user: User | None, sentence: str) -> Response:
    with work(site_of(request).store) as w:
        actor = Actor(None, origin_of(request))
        audit.record(w, actor, "sign_in_failed", outcome="refused", object=user.id if user else None)
    return errors.problem(request, 403, sentence)


def _provider(request: Request) -> Provider:
    provider = site_of(request).provider
    if provider is None:
        raise errors.refusal(404)
    return provider
