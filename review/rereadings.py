"""What is other in a plan since izp worked its conversation out again, until somebody has looked at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from extractors.schema import Flag, Statement
from pipeline.differences import Differences, Found, in_words
from pipeline.plan.points import point_id
from pipeline.store import accounts, rereadings
from pipeline.store.database import look, work
from pipeline.store.rereadings import Rereading
from review.guard import Visit, needs
from review.pages import page
from review.plans import Held, held, values
from review.site import site_of

router = APIRouter(prefix="/gesprekken/{conversation}/opnieuw-uitgewerkt", include_in_schema=False)

TO_REVIEW: Final = "nog te beoordelen"
OTHER_CUT: Final = "nu in andere woorden afgebakend"
NOT_FOUND: Final = "nu niet gevonden"


class Row(NamedTuple):
    """A statement or a point that is other; `what` says how, `anchor` is where it is on the screen."""

    words: str
    where: str
    anchor: str
    what: tuple[str, ...] = ()


class Shown(NamedTuple):
    """What was other at one time, in groups with a heading, and who looked at it."""

    rereading: Rereading
    by: str | None
    groups: tuple[tuple[str, tuple[Row, ...]], ...]


@router.get("", dependencies=[Depends(needs("see_conversation"))])
def show(request: Request, conversation: str) -> Response:
    """What is other: all that nobody has looked at yet, or else the last of it."""
    with look(site_of(request).store) as w:
        now = held(w, conversation)
        found = rereadings.rereadings(w, conversation)
        names = accounts.names(w, {each.seen_by for each in found if each.seen_by})
    unseen = [each for each in found if each.seen_at is None]
    shown = [
        Shown(each, names.get(each.seen_by or ""), tuple(_groups(each.differences, now)))
        for each in unseen or found[:1]
    ]
    return page(request, "plan/rereadings.html", shown=shown, unseen=bool(unseen), **values(now))


@router.post("/gezien")
def set_seen(
    request: Request,
    conversation: str,
    visit: Annotated[Visit, Depends(needs("correct"))],
    uitwerking: Annotated[int, Form(ge=1, le=2**31 - 1)],
) -> Response:
    """Somebody has looked at it."""
    with work(site_of(request).store) as w:
        rereadings.set_seen(w, visit.actor, conversation, uitwerking)
    return RedirectResponse(f"/gesprekken/{conversation}", 303)


def _groups(other: Differences, now: Held) -> Iterator[tuple[str, tuple[Row, ...]]]:
    labels = now.template.labels
    groups = (
        ("Nieuw gevonden", [_row(one.statement, now, _sorted(one, now)) for one in other.new]),
        (
            "Niet meer gevonden",
            [_row(one.statement, now, (TO_REVIEW,) if one.to_review else ()) for one in other.vanished],
        ),
        (
            "Anders gelezen",
            [_row(one.statement, now, in_words(one.readings, labels)) for one in other.changed],
        ),
        (
            "Gebleven zoals u of een ander het beoordeelde",
            [
                _row(
                    one.statement,
                    now,
                    in_words(one.readings, labels) or (OTHER_CUT if one.found else NOT_FOUND,),
                )
                for one in other.held
            ],
        ),
        ("Open punten die erbij kwamen", _points(other.came, now)),
        ("Open punten die vervielen", _points(other.went, now)),
    )
    return ((heading, tuple(rows)) for heading, rows in groups if rows)


def _sorted(one: Found, now: Held) -> tuple[str, ...]:
    labels = now.template.labels
    sorts = (labels.categories[one.statement.category], labels.perspectives[one.statement.perspective])
    return (*sorts, TO_REVIEW) if one.to_review else sorts


def _row(statement: Statement, now: Held, what: tuple[str, ...]) -> Row:
    turn = now.screen.turns[statement.turn]
    anchor = statement.id if statement.id in now.screen.statements else f"beurt-{statement.turn}"
    return Row(statement.quote, ", ".join(filter(None, (turn.who, turn.place))), anchor, what)


def _points(flags: Iterable[Flag], now: Held) -> list[Row]:
    numbers = {
        (item.type, tuple(entry.id for entry in item.entries)): item.number for item in now.screen.plan.points
    }
    titles = now.template.labels.flags
    rows = []
    for flag in flags:
        number = numbers.get((flag.type, flag.statements))
        rows.append(Row(titles[flag.type].title, flag.note, point_id(number) if number else ""))
    return rows
