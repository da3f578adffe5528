"""The care team of a child, emergency access to a child, and the teams as a beheerder sees them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from pipeline.store import audit, children, members
from pipeline.store.database import look, work
from pipeline.store.errors import Unfit
from review import errors
from review.guard import Visit, check, needs
from review.pages import page
from review.site import site_of

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form()]
Manager = Annotated[Visit, Depends(needs("manage_members"))]
TeamReader = Annotated[Visit, Depends(needs("see_child"))]
Breaker = Annotated[Visit, Depends(needs("break_glass"))]

NOT_FOUND = "Er is geen kind met dit nummer. Kijk het na. Dat u zocht, staat met uw naam in het logboek."


@router.get("/kinderen/{child}/team")
def show_team(request: Request, visit: TeamReader) -> Response:
    """The care team of a child, and who took emergency access."""
    return _team(request, visit)


@router.post("/kinderen/{child}/team")
def add_member(request: Request, visit: Manager, wie: Text = "") -> Response:
    """Puts someone in the care team."""
    return _changed(request, visit, wie, add=True)


@router.post("/kinderen/{child}/team/weg")
def remove_member(request: Request, visit: Manager, wie: Text = "") -> Response:
    """Takes someone out of the care team."""
    return _changed(request, visit, wie, add=False)


@router.get("/noodtoegang", dependencies=[Depends(needs("break_glass"))])
def show_emergency(request: Request) -> Response:
    """The form to take emergency access."""
    return page(request, "emergency.html", number="", reason="", wrong=None)


@router.post("/noodtoegang")
def break_glass(request: Request, visit: Breaker, nummer: Text, reden: Text = "") -> Response:
    """Gives access to a child for a few hours; who and why is shown to the team."""
    store = site_of(request).store
    try:
        reason = members.fitting_reason(reden)
        with look(store) as w:
            found = children.find(w, nummer)
        if found is None:
            with work(store) as w:
                audit.record(w, visit.actor, "break_glass", outcome="failed")
            raise Unfit(NOT_FOUND)
        with work(store) as w:
            members.break_glass(w, visit.actor, found, reason)
    except Unfit as error:
        return page(request, "emergency.html", status=422, number=nummer, reason=reden, wrong=str(error))
    return RedirectResponse(f"/kinderen/{found}", 303)


@router.get("/beheer/teams", dependencies=[Depends(needs("manage_users"))])
def show_teams(request: Request) -> Response:
    """All children by id, without anything that is known of them."""
    with look(site_of(request).store) as w:
        return page(request, "beheer/teams.html", teams=members.teams(w))


@router.get("/beheer/teams/{child}", dependencies=[Depends(needs("manage_members"))])
def show_team_by_id(request: Request, child: str) -> Response:
    """The care team of a child of whom nothing is shown."""
    return _team_by_id(request, child)


@router.post("/beheer/teams/{child}")
def add_member_by_id(request: Request, visit: Manager, child: str, wie: Text = "") -> Response:
    """Puts someone in the care team of a child of whom nothing is shown."""
    with work(site_of(request).store) as w:
        members.add_member(w, visit.actor, child, wie)
    return RedirectResponse(f"/beheer/teams/{child}", 303)


@router.post("/beheer/teams/{child}/weg")
def remove_member_by_id(request: Request, visit: Manager, child: str, wie: Text) -> Response:
    """Takes someone out of the care team of a child of whom nothing is shown."""
    try:
        with work(site_of(request).store) as w:
            members.remove_member(w, visit.actor, child, wie)
    except Unfit as error:
        return _team_by_id(request, child, wrong=str(error))
    return RedirectResponse(f"/beheer/teams/{child}", 303)


def _changed(request: Request, visit: Visit, user_id: str, *, add: bool) -> Response:
    check(request, visit, "see_child")  # a beheerder changes teams too, and does not see these pages
    try:
        with work(site_of(request).store) as w:
            if add:
                members.add_member(w, visit.actor, visit.child, user_id)
            else:
                members.remove_member(w, visit.actor, visit.child, user_id)
    except Unfit as error:
        return _team(request, visit, wrong=str(error))
    # Who takes themselves out may not see the page any more.
    leaves = not add and user_id == visit.user.id
    return RedirectResponse("/kinderen" if leaves else f"/kinderen/{visit.child}/team", 303)


def _team(request: Request, visit: Visit, *, wrong: str | None = None) -> Response:
    with look(site_of(request).store) as w:
        return page(
            request,
            "team.html",
            status=422 if wrong else 200,
            child=children.get(w, visit.child),
            team=members.team(w, visit.child),
            candidates=members.candidates(w, visit.child),
            emergencies=members.emergencies(w, visit.child),
            wrong=wrong,
        )


def _team_by_id(request: Request, child_id: str, *, wrong: str | None = None) -> Response:
    with look(site_of(request).store) as w:
        if not members.exists(w, child_id):
            raise errors.refusal(404)
        return page(
            request,
            "beheer/team.html",
            status=422 if wrong else 200,
            child_id=child_id,
            team=members.team(w, child_id),
            candidates=members.candidates(w, child_id),
            wrong=wrong,
        )
