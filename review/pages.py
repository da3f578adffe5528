"""Pages and pieces of pages, from the templates in `templates/`."""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, StreamingResponse

from pipeline.plan.dates import dutch_date
from pipeline.store.permissions import may

_HERE: Final = Path(__file__).parent
STATIC: Final = _HERE / "static"


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    block: str | None = None,
    headers: dict[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    """A page, or with `block` one block of its template: a piece that HTMX puts in its place.

    A template can use `visit` (who is signed in, or None), `csrf` (what a form must carry) and `may(action)`
    besides the values given here.

    Args:
        request: What was asked.
        template: The file in `templates/`.
        status: The HTTP status.
        block: The block to render by itself.
        headers: More headers.
        values: What the template shows.
    """
    context = _context(request) | values
    found = _environment().get_template(template)
    if block is None:
        return HTMLResponse(found.render(context), status, headers)
    piece = "".join(found.blocks[block](found.new_context(context)))
    return HTMLResponse(piece, status, headers)


def stream(request: Request, template: str, **values: Any) -> StreamingResponse:
    """A page that is sent piece by piece, as `page` makes it: a value can be an iterator that takes long."""
    found = _environment().get_template(template)
    return StreamingResponse(found.generate(_context(request) | values), media_type="text/html")


def _context(request: Request) -> dict[str, Any]:
    visit = getattr(request.state, "visit", None)
    return {
        "visit": visit,
        "csrf": visit.csrf if visit else getattr(request.state, "form_token", ""),
        "may": lambda action: visit is not None and may(visit.user.role, action),
        "path": request.url.path,
    }


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static"] = _static
    environment.filters |= {"day": _day, "moment": _moment, "clock": _clock}
    return environment


@cache
def _static(name: str) -> str:
    """The address of a file in `static/`; another when its bytes are, so that a browser can keep it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def _day(value: dt.date | dt.datetime | None) -> str:
    """A date in Dutch words; a moment as the date it is here."""
    if value is None:
        return "–"
    return dutch_date(value.astimezone().date() if isinstance(value, dt.datetime) else value)


def _moment(value: dt.datetime | None) -> str:
    """A moment in Dutch words, as the clock says here."""
    return "–" if value is None else f"{_day(value)}, {_clock(value)}"


def _clock(value: dt.datetime) -> str:
    return f"{value.astimezone():%H.%M} uur"
