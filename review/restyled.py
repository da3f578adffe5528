"""Approving in one go what was approved before and now only stands in another template."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Depends, Form
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from pipeline.render import RenderError
from pipeline.store import approvals, runs
from pipeline.store.database import Work, look, work
from pipeline.store.errors import StoreError
from pipeline.store.keys import KeysError
from pipeline.store.objects import ObjectsError
from pipeline.store.restyled import Restyled, restyled
from review.children import UNREADABLE
from review.guard import Visit, is_proved, needs
from review.pages import page, stream
from review.site import Site, site_of

router = APIRouter(prefix="/vormgeving", include_in_schema=False)

WRONG: Final = "Dit wachtwoord klopt niet. Er is niets goedgekeurd."
WRONG_SIGN_ON: Final = "Log eerst opnieuw in bij het ziekenhuis. Er is niets goedgekeurd."
NOT_NOW: Final = "De gegevens waren even niet te bereiken. Probeer het straks opnieuw."
STILL_HOLDS: Final = f"{UNREADABLE} De versie die goedgekeurd was, blijft gelden."
NOT_TOLD: Final = "Wat er bij het omzetten over dit plan is gemeld, is niet te lezen."
FAILED: Final = "Dit plan kan nu niet worden goedgekeurd. Vraag de beheerder ernaar te kijken."
NONE: Final = "Kies eerst welke plannen u goedkeurt."


log = logging.getLogger("izp.review")


class Result(NamedTuple):
    """What came of one plan: approved, or why not."""

    plan: Restyled
    wrong: str


@router.get("")
def show(request: Request, visit: Annotated[Visit, Depends(needs("see_children"))]) -> Response:
    """The plans that wait, with what each was approved as."""
    return _page(request, visit)


@router.post("")
def approve(
    request: Request,
    visit: Annotated[Visit, Depends(needs("approve"))],
    plan: Annotated[list[str] | None, Form()] = None,
    wachtwoord: Annotated[str, Form()] = "",
) -> Response:
    """Approves those that were chosen, one after the other; the page tells of each as soon as it is done.

    A plan is chosen by the id of its conversation, its version and its template, "0123/2/4567": what was not
    on the page is not approved.
    """
    if not plan:
        return _page(request, visit, NONE, 422)
    if not is_proved(request, visit, wachtwoord):
        return _page(request, visit, WRONG if visit.user.has_password else WRONG_SIGN_ON, 422)
    with look(site_of(request).store) as w:
        waiting = {_name(one): one for one in restyled(w, visit.user.id)}
    chosen = [waiting[name] for name in dict.fromkeys(plan) if name in waiting]
    gone = len(set(plan)) - len(chosen)
    results = _approved(site_of(request), visit, chosen)
    return stream(request, "restyled/done.html", results=results, chosen=len(chosen), gone=gone)


def _approved(site: Site, visit: Visit, chosen: list[Restyled]) -> Iterator[Result]:
    for plan in chosen:
        wrong = ""
        try:
            _approve(site, visit, plan)
        except (StoreError, RenderError, ObjectsError) as error:
            wrong = str(error)
        except KeysError:
            wrong = STILL_HOLDS
        except SQLAlchemyError:
            wrong = NOT_NOW
        except Exception as error:  # the page has begun: what comes of the others must still be told
            log.error("approving %s: %s", plan.conversation_id, type(error).__name__)
            wrong = FAILED
        yield Result(plan, wrong)


def _approve(site: Site, visit: Visit, plan: Restyled) -> None:
    """Approves one, as the page of a plan does, provided that it holds what was approved before."""
    conversation, seen = plan.conversation_id, plan.seen
    with look(site.store) as w:
        approval = approvals.to_approve(w, visit.actor, conversation, seen)
    made = site.renderer.documents(conversation, approval.version, approval)
    with work(site.store) as w:
        approvals.approve(w, visit.actor, conversation, seen, approval, made)


def _name(plan: Restyled) -> str:
    return f"{plan.conversation_id}/{plan.number}/{plan.seen.template_id}"


def _page(request: Request, visit: Visit, wrong: str = "", status: int = 200) -> Response:
    with look(site_of(request).store) as w:
        found = [(one, _attention(w, one)) for one in restyled(w, visit.user.id)]
    by_password = visit.user.has_password
    return page(
        request, "restyled/list.html", status=status, found=found, by_password=by_password, wrong=wrong
    )


def _attention(w: Work, plan: Restyled) -> tuple[str, ...]:
    """Why a plan is to be looked at before it is approved."""
    if plan.child is None:
        return (STILL_HOLDS,)
    try:
        return runs.attention(w, plan.conversation_id, plan.child_id, plan.begun_at)
    except KeysError:
        return (NOT_TOLD,)
