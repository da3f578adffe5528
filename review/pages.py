"""Pages and pieces of pages, from the templates in `templates/`."""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse, StreamingResponse

from pipeline.plan.dates import dutch_date
from pipeline.store.permissions import may

_HERE: Final = Path(__file__).parent
STATIC: Final = _HERE / "static"
_CONTEXTS: Final = "_contexts"


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
    contexts: list[Context] = []
    context = _context(request) | values | {_CONTEXTS: contexts}
    found = _environment().get_template(template)
    try:
        if block is None:
            made = found.render(context)
        else:
            made = "".join(found.blocks[block](found.new_context(context)))
    finally:
        for each in contexts:
            each.vars.clear()
            each.parent.clear()
    return HTMLResponse(made, status, headers)


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


class _Context(Context):
    """What the names in a template stand for, to be emptied when the page is made.

    The macros of a template and its context hold each other, and with them all that the page showed: a whole
    plan would stay in memory until the garbage collector comes by, which then takes long.
    """

    def __init__(self, environment: Environment, parent: dict[str, Any], *rest: Any, **more: Any) -> None:
        super().__init__(environment, parent, *rest, **more)
        if _CONTEXTS in parent:
            parent[_CONTEXTS].append(self)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.context_class = _Context
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
