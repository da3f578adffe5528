"""Ratifying the treatment limits of a plan one by one, and approving the plan."""

from __future__ import annotations

from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.plan import Approval, Entry, Item, Plan, treatment_limits
from pipeline.render import RenderError
from pipeline.store import approvals
from pipeline.store.approvals import Seen
from pipeline.store.database import look, work
from pipeline.store.errors import NotApprovable, Outdated
from review.guard import Visit, is_proved, needs
from review.pages import page
from review.plans import held, values
from review.site import site_of

router = APIRouter(prefix="/gesprekken/{conversation}", include_in_schema=False)

WRONG: Final = "Dit wachtwoord klopt niet. Er is niets goedgekeurd."
WRONG_SIGN_ON: Final = "Log eerst opnieuw in bij het ziekenhuis. Er is niets goedgekeurd."
CHANGED: Final = "Het plan is intussen gewijzigd. Er is niets goedgekeurd; bekijk het opnieuw."


class Treatment(NamedTuple):
    """What was said about one treatment: its point, None for limits without one, and the statements.

    `struck_out` holds those that readers struck out of the plan: whoever ratifies sees them too. `open` holds
    the numbers of the points still to be decided that this one, decided before, is a part of.
    """

    point: Item | None
    limits: tuple[Entry, ...]
    struck_out: tuple[Entry, ...]
    open: tuple[int, ...] = ()


def treatments(plan: Plan) -> tuple[Treatment, ...]:
    """The treatment limits of a plan by treatment, in the order of its points."""
    limits = {entry.id: entry for entry in treatment_limits(plan)}
    gone = {entry.id: entry for entry in plan.rejected}
    points = [item for item in plan.points if item.type == "treatment_limit"]
    found = [
        Treatment(
            item,
            tuple(limits[entry.id] for entry in item.entries if entry.id in limits),
            tuple(gone[entry.id] for entry in item.entries if entry.id in gone),
            tuple(other.number for other in points if item.resolved and _holds(other, item)),
        )
        for item in points
    ]
    with_point = {entry.id for item in points for entry in item.entries}
    rest = tuple(entry for name, entry in limits.items() if name not in with_point)
    return (*found, Treatment(None, rest, ())) if rest else tuple(found)


def _holds(other: Item, item: Item) -> bool:
    """Whether a point is still to be decided that is about all statements of one that was decided."""
    return other.resolved is None and {each.id for each in item.entries} <= {
        each.id for each in other.entries
    }


@router.get("/goedkeuren")
def show(
    request: Request, conversation: str, visit: Annotated[Visit, Depends(needs("see_conversation"))]
) -> Response:
    """What stands in the way of approval, the treatment limits one by one, and the approval itself."""
    return _page(request, visit, conversation)


@router.post("/goedkeuren")
def approve(
    request: Request,
    conversation: str,
    visit: Annotated[Visit, Depends(needs("approve"))],
    inhoud: Annotated[str, Form()],
    sjabloon: Annotated[str, Form()],
    wachtwoord: Annotated[str, Form()] = "",
) -> Response:
    """Approves the plan, by someone who shows once more who that is."""
    site, seen = site_of(request), Seen(inhoud, sjabloon)
    try:
        with look(site.store) as w:
            approval: Approval = approvals.to_approve(w, visit.actor, conversation, seen)
        if not is_proved(request, visit, wachtwoord):
            wrong = WRONG if visit.user.has_password else WRONG_SIGN_ON
            return _page(request, visit, conversation, wrong, 422)
        made = site.renderer.documents(conversation, approval.version, approval)
        with work(site.store) as w:
            approvals.approve(w, visit.actor, conversation, seen, approval, made)
    except NotApprovable as blocked:
        return _page(request, visit, conversation, str(blocked), 422)
    except Outdated:
        return _page(request, visit, conversation, CHANGED, 409)
    except RenderError as failed:
        return _page(request, visit, conversation, str(failed), 503)
    return RedirectResponse(f"/gesprekken/{conversation}/versies", 303)


def _page(request: Request, visit: Visit, conversation: str, wrong: str = "", status: int = 200) -> Response:
    with look(site_of(request).store) as w:
        now = held(w, conversation)
        found = approvals.approvable(w, conversation)
    return page(
        request,
        "plan/approve.html",
        status=status,
        found=found,
        treatments=treatments(now.screen.plan),
        by_password=visit.user.has_password,
        wrong=wrong,
        **values(now),
    )
