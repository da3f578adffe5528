"""The audit trail to read: all of it for a beheerder, that of one child for its care team.

A beheerder sees who did what, and children by id only.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final, NamedTuple, cast
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response, StreamingResponse
from starlette.requests import Request

from pipeline.store import accounts, children, trail
from pipeline.store.actions import ACTIONS, LABELS, Action
from pipeline.store.audit import Event
from pipeline.store.database import Store, Work, look
from pipeline.store.trail import Wanted
from review.guard import Visit, needs
from review.pages import page
from review.site import site_of

router = APIRouter(include_in_schema=False)

Before = Annotated[int | None, Query(ge=1, le=2**31 - 1)]
Asks = Annotated[str, Query(pattern=r"^[^\x00]*$")]
TeamReader = Annotated[Visit, Depends(needs("see_child_audit"))]


def _asked(
    wie: Asks = "", kind: Asks = "", wat: Asks = "", uitkomst: Asks = "", van: Asks = "", tot: Asks = ""
) -> dict[str, str]:
    """What the form above the trail asks: who, which child, what, with what outcome, from and until when."""
    return {"wie": wie, "kind": kind, "wat": wat, "uitkomst": uitkomst, "van": van, "tot": tot}


Asked = Annotated[dict[str, str], Depends(_asked)]

OUTCOMES: Final = {"done": "gedaan", "refused": "geweigerd", "failed": "mislukt"}
COLUMNS: Final = ("nummer", "tijd", "wat", "uitkomst", "wie", "namens", "kind", "onderwerp", "vanaf")
_PER_PAGE: Final = 100
_PER_READ: Final = 1000


class Line(NamedTuple):
    """An event in words."""

    event: Event
    what: str
    outcome: str
    who: str


@router.get("/beheer/logboek", dependencies=[Depends(needs("see_audit"))])
def show_trail(request: Request, asked: Asked, voor: Before = None) -> Response:
    """The audit trail, by who, which child, what and when."""
    wanted = _wanted(asked)
    with look(site_of(request).store) as w:
        found = trail.events(w, wanted, before=voor, most=_PER_PAGE + 1)
        lines = _lines(w, found[:_PER_PAGE])
        people = accounts.users(w)
    query = {key: value for key, value in asked.items() if value}
    older = query | {"voor": str(lines[-1].event.number)} if len(found) > _PER_PAGE else None
    return page(
        request,
        "beheer/trail.html",
        lines=lines,
        people=[(user.id, user.name) for user in people],
        actions=[(action, LABELS[action]) for action in ACTIONS],
        outcomes=list(OUTCOMES.items()),
        asked=asked,
        is_first=voor is None,
        newest=urlencode(query),
        older=urlencode(older) if older else None,
    )


@router.get("/beheer/logboek.csv", dependencies=[Depends(needs("see_audit"))])
def download_trail(request: Request, asked: Asked) -> Response:
    """The same as a file for a spreadsheet."""
    wanted = _wanted(asked)
    headers = {"Content-Disposition": f'attachment; filename="logboek-{dt.date.today()}.csv"'}
    return StreamingResponse(
        _csv(site_of(request).store, wanted), headers=headers, media_type="text/csv; charset=utf-8"
    )


@router.get("/kinderen/{child}/logboek")
def show_child_trail(request: Request, visit: TeamReader, voor: Before = None) -> Response:
    """Who did and saw what of a child, for its care team."""
    with look(site_of(request).store) as w:
        found = trail.events(w, Wanted(child_id=visit.child), before=voor, most=_PER_PAGE + 1)
        return page(
            request,
            "child_trail.html",
            child=children.get(w, visit.child),
            lines=_lines(w, found[:_PER_PAGE]),
            older=found[_PER_PAGE - 1].number if len(found) > _PER_PAGE else None,
        )


def _wanted(asked: Mapping[str, str]) -> Wanted:
    """What somebody asks for; a day that is no day does not count."""
    return Wanted(
        user_id=asked["wie"] or None,
        child_id=asked["kind"].strip() or None,
        action=asked["wat"] or None,
        outcome=asked["uitkomst"] or None,
        since=_midnight(asked["van"]),
        until=_midnight(asked["tot"], days=1),
    )


def _midnight(day: str, days: int = 0) -> dt.datetime | None:
    """When a day begins here, or a day so many days later."""
    try:
        date = dt.date.fromisoformat(day) + dt.timedelta(days=days)
        return dt.datetime.combine(date, dt.time()).astimezone()
    except (ValueError, OverflowError):
        return None


def _lines(w: Work, events: Sequence[Event]) -> list[Line]:
    ids = {each for event in events for each in (event.user_id, event.object) if each}
    names = accounts.names(w, ids)
    return [
        Line(
            event,
            LABELS.get(cast("Action", event.action), event.action),
            OUTCOMES.get(event.outcome, event.outcome),
            _who(event, names),
        )
        for event in events
    ]


def _who(event: Event, names: dict[str, str]) -> str:
    if event.user_id is not None:
        return names.get(event.user_id, event.user_id)
    if event.action == "sign_in_failed":
        return names.get(event.object or "", "onbekend")
    return "izp"


def _csv(store: Store, wanted: Wanted) -> Iterator[str]:
    """The lines of the file, a thousand at a time: the trail may be long."""
    before: int | None = None
    yield "\ufeff" + _row(COLUMNS)  # Excel takes a file for UTF-8 by this mark
    while True:
        with look(store) as w:
            events = trail.events(w, wanted, before=before, most=_PER_READ)
            lines = _lines(w, events)
        for line in lines:
            event = line.event
            yield _row(
                (
                    str(event.number),
                    event.at.isoformat(timespec="seconds"),
                    line.what,
                    line.outcome,
                    line.who,
                    event.on_behalf_of or "",
                    event.child_id or "",
                    event.object or "",
                    event.origin or "",
                )
            )
        if len(events) < _PER_READ:
            return
        before = events[-1].number


def _row(cells: Sequence[str]) -> str:
    """One line; what a spreadsheet would take for a formula is made text (a name may begin with `=`)."""
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerow(
        [f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell for cell in cells]
    )
    return written.getvalue()
