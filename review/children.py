"""The children of whoever is signed in: the list, the page of a child, and what is known of one."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Depends, Form
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.store import children, conversations, drafts, findings, members
from pipeline.store.children import About
from pipeline.store.conversations import Status
from pipeline.store.database import Work, look, work
from pipeline.store.drafts import Version
from pipeline.store.restyled import restyled
from review.guard import Visit, needs
from review.pages import page
from review.site import site_of

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form()]

STATES: Final = {
    "waiting": ("wordt uitgewerkt", "info"),
    "reading": ("wordt uitgewerkt", "info"),
    "extracting": ("wordt uitgewerkt", "info"),
    "failed": ("niet gelukt", "bad"),
    "concept": ("concept", "warn"),
    "ready": ("klaar voor beoordeling", "info"),
    "approved": ("goedgekeurd", "good"),
}
"""What a state of a plan, or of its draft, is called, and which badge goes with it."""

UNREADABLE: Final = (
    "De gegevens van dit kind zijn nu niet te lezen. Vraag de beheerder om de sleutel of een reservekopie "
    "terug te zetten."
)
NO_NAME: Final = "Vul de naam van het kind in."
NO_DAY: Final = "De geboortedatum is geen dag die kan kloppen. Kijk hem na."
TOO_LONG: Final = "Een naam of nummer heeft hoogstens 200 tekens."


class Talk(NamedTuple):
    """A conversation of a child, with the versions of its plan."""

    status: Status
    versions: tuple[Version, ...]
    date: dt.date | None

    @property
    def state(self) -> str:
        """How far it is: the state of its newest plan, or of the draft that is being made."""
        if self.status.state != "done" or not self.versions:
            return self.status.state
        return self.versions[-1].state


@router.get("/kinderen")
def show_children(request: Request, visit: Annotated[Visit, Depends(needs("see_children"))]) -> Response:
    """The children in whose care team someone is."""
    with look(site_of(request).store) as w:
        found = children.of_user(w, visit.user.id)
        waiting = restyled(w, visit.user.id)
    return page(
        request,
        "children/list.html",
        found=found,
        waiting=len(waiting),
        states=STATES,
        age=age,
        unreadable=UNREADABLE,
    )


@router.get("/kinderen/nieuw", dependencies=[Depends(needs("add_child"))])
def show_new(request: Request) -> Response:
    """The form to add a child."""
    return _form(request, None)


@router.post("/kinderen/nieuw")
def add(
    request: Request,
    visit: Annotated[Visit, Depends(needs("add_child"))],
    naam: Text = "",
    geboren: Text = "",
    nummer: Text = "",
) -> Response:
    """Adds a child; whoever does is the first in the care team."""
    about = _about(naam, geboren, nummer)
    if isinstance(about, str):
        return _form(request, None, naam=naam, geboren=geboren, nummer=nummer, wrong=about)
    with work(site_of(request).store) as w:
        child = children.add(w, visit.actor, about)
    return RedirectResponse(f"/kinderen/{child.id}", 303)


@router.get("/kinderen/{child}")
def show(request: Request, visit: Annotated[Visit, Depends(needs("see_child"))]) -> Response:
    """A child: the conversations with their plans, and who is in the care team."""
    with look(site_of(request).store) as w:
        found = children.get(w, visit.child)
        talks = [_talk(w, status) for status in conversations.of_child(w, visit.child)]
        team = members.team(w, visit.child)
        emergencies = members.emergencies(w, visit.child)
    return page(
        request,
        "children/child.html",
        child=found,
        talks=talks,
        team=team,
        emergencies=emergencies,
        states=STATES,
        age=age,
    )


@router.get("/kinderen/{child}/gegevens")
def show_about(request: Request, visit: Annotated[Visit, Depends(needs("change_child"))]) -> Response:
    """The form with what is known of a child."""
    with look(site_of(request).store) as w:
        found = children.get(w, visit.child)
    born = found.about.born.isoformat() if found.about.born else ""
    values = {"naam": found.about.name, "geboren": born, "nummer": found.about.number or ""}
    return _form(request, visit.child, version=found.version, **values)


@router.post("/kinderen/{child}/gegevens")
def change(
    request: Request,
    visit: Annotated[Visit, Depends(needs("change_child"))],
    versie: Annotated[int, Form()],
    naam: Text = "",
    geboren: Text = "",
    nummer: Text = "",
) -> Response:
    """Changes what is known of a child."""
    about = _about(naam, geboren, nummer)
    if isinstance(about, str):
        typed = {"naam": naam, "geboren": geboren, "nummer": nummer}
        return _form(request, visit.child, version=versie, wrong=about, **typed)
    with work(site_of(request).store) as w:
        children.change(w, visit.actor, visit.child, about, versie)
    return RedirectResponse(f"/kinderen/{visit.child}", 303)


def age(born: dt.date | None) -> str:
    """How old someone is today, in words."""
    if born is None:
        return "leeftijd onbekend"
    today = dt.datetime.now().astimezone().date()
    months = (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)
    if months < 0:
        return "nog niet geboren"
    if months < 24:
        return "1 maand" if months == 1 else f"{months} maanden"
    return f"{months // 12} jaar"


def _talk(w: Work, status: Status) -> Talk:
    if not status.drafting:
        return Talk(status, (), status.given.date)
    versions = drafts.versions(w, status.id)
    return Talk(status, versions, findings.date_of(w, status.id, versions[-1].drafting))


def _about(name: str, born: str, number: str) -> About | str:
    """What was filled in about a child, or what is wrong with it."""
    if not name.strip():
        return NO_NAME
    try:
        day = dt.date.fromisoformat(born) if born else None
        if day and day > dt.datetime.now().astimezone().date() + dt.timedelta(days=300):
            return NO_DAY
    except ValueError:
        return NO_DAY
    try:
        return About(name=name, born=day, number=number.strip() or None)
    except ValidationError as error:
        return (
            NO_DAY if any(one["loc"] == ("born",) for one in error.errors(include_input=False)) else TOO_LONG
        )


def _form(
    request: Request,
    child_id: str | None,
    *,
    naam: str = "",
    geboren: str = "",
    nummer: str = "",
    version: int = 0,
    wrong: str = "",
) -> Response:
    return page(
        request,
        "children/form.html",
        status=422 if wrong else 200,
        child_id=child_id,
        naam=naam,
        geboren=geboren,
        nummer=nummer,
        version=version,
        wrong=wrong,
    )
