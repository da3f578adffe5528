"""What a user sees when something cannot be done: a Dutch sentence, and an id that the log has too.

No page of these shows anything that somebody sent or that the store holds. Whoever asks for a child that is
not theirs sees the same as for a child that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from pipeline.intake import IntakeError
from pipeline.render.errors import RenderError
from pipeline.store.errors import NotFound, Outdated, StoreError
from pipeline.store.objects import Lost, ObjectsError
from review.pages import page

SENTENCES: Final = {
    400: "Wat u stuurde, is niet te lezen. Ga terug en probeer het opnieuw.",
    401: "U bent niet (meer) ingelogd. Log opnieuw in; wat u typte, staat er dan nog.",
    403: "Dit mag u met uw account niet doen.",
    404: "Deze pagina is er niet, of is niet voor u.",
    405: "Dit kan op deze pagina niet.",
    408: "Het versturen duurde te lang. Controleer de verbinding en probeer het opnieuw.",
    409: "Iemand anders heeft dit intussen gewijzigd. Bekijk het opnieuw.",
    413: "Dit bestand is te groot.",
    422: "Er ontbreekt iets, of er is iets verkeerd ingevuld. Ga terug en vul het aan.",
    429: "Er is te vaak achter elkaar geprobeerd. Wacht vijf minuten en probeer het dan opnieuw.",
    500: "Er ging iets mis in izp. Probeer het opnieuw. Blijft het misgaan, geef dan dit nummer door.",
}
FORGED: Final = (
    "Dit formulier is verlopen; er is niets gewijzigd. Laad de pagina opnieuw en probeer het nog eens."
)
API: Final = "/api/"


class SignedOut(Exception):  # noqa: N818  # they say what is so
    """Nobody is signed in, or no longer."""


def problem(request: Request, status: int, sentence: str | None = None) -> Response:
    """The answer to a request that cannot be done: a page, or for a program `application/problem+json`.

    Args:
        request: What was asked.
        status: The HTTP status.
        sentence: What to say, in Dutch; without it what goes with the status.
    """
    sentence = sentence or SENTENCES.get(status) or SENTENCES[500 if status >= 500 else 400]
    error_id = getattr(request.state, "error_id", "")
    if request.url.path.startswith(API):
        told = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": sentence,
        }
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
        return JSONResponse(
            told | {"instance": f"urn:izp:{error_id}"}, status, headers, media_type="application/problem+json"
        )
    return page(request, "error.html", status=status, sentence=sentence, error_id=error_id)


def failed(request: Request, error_id: str) -> Response:
    """The answer when izp itself failed."""
    request.state.error_id = error_id
    return problem(request, 500)


def too_large(request: Request) -> Response:
    """The answer to a request that is too large."""
    return problem(request, 413)


def install(app: FastAPI) -> None:
    """Tells an app how to answer what goes wrong."""

    def signed_out(request: Request, _: Exception) -> Response:
        if request.method == "GET" and "hx-request" not in request.headers and not _is_api(request):
            return RedirectResponse(f"/inloggen?naar={quote(request.url.path)}", 303)
        return problem(request, 401)

    def not_found(request: Request, _: Exception) -> Response:
        return problem(request, 404)

    def told(status: int) -> Callable[[Request, Exception], Response]:
        return lambda request, error: problem(request, status, str(error))

    def invalid(request: Request, _: Exception) -> Response:
        return problem(request, 422)

    def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101  # registered for nothing else
        # The words of the framework are English and not ours; our own are told in Dutch.
        sentence = error.detail if isinstance(error.detail, Sentence) else None
        return problem(request, error.status_code, sentence)

    for kind, answer in (
        (SignedOut, signed_out),
        (NotFound, not_found),
        (Outdated, told(409)),
        (StoreError, told(422)),
        (IntakeError, told(422)),
        (RenderError, told(500)),
        (Lost, told(500)),
        (ObjectsError, told(503)),
        (RequestValidationError, invalid),
        (HTTPException, http),
    ):
        app.add_exception_handler(kind, answer)


class Sentence(str):
    """A Dutch sentence of izp's own, as the detail of an `HTTPException`."""


def refusal(status: int, sentence: str | None = None) -> HTTPException:
    """What to raise to refuse a request, with a sentence for the user."""
    return HTTPException(status, Sentence(sentence or SENTENCES[status]))


def _is_api(request: Request) -> bool:
    return request.url.path.startswith(API)
