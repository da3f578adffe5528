"""The plan of a conversation as reviewers have it before them: read, kept for a while, and shown."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.corrections import Unmatched
from pipeline.draft import Dossier, installed_template
from pipeline.plan import Plan, assemble
from pipeline.store import children, conversations, drafts, reviews
from pipeline.store.children import Child
from pipeline.store.conversations import Status
from pipeline.store.database import Work
from pipeline.store.drafts import Version
from pipeline.store.recent import Recent
from pipeline.store.reviews import Appended
from review import errors
from review.pages import page
from review.panels import DEEDS, Panel
from review.screen import Screen, changes, screen_of

STATES: Final = {
    "discussed": "besproken",
    "only_context": "niet besproken; alleen achtergrond genoemd",
    "only_mentioned": "geen wens of afspraak gevonden; wel genoemd",
    "to_review": "mogelijk besproken",
    "not_discussed": "niet besproken",
}
CHANGED_BY: Final = {
    "edit": "gewijzigd door",
    "add": "toegevoegd door",
    "move": "verplaatst door",
    "classify": "anders ingedeeld door",
}

_screens: Final = Recent[Screen](48)


class Held(NamedTuple):
    """A conversation with its plan as it is now."""

    status: Status
    child: Child
    head: Version
    dossier: Dossier
    screen: Screen
    queue: tuple[Unmatched, ...]

    @property
    def revision(self) -> str:
        """What a page gives back to tell which plan it shows: the drafting, and how many corrections."""
        return f"{self.head.drafting}.{len(self.dossier.corrections)}"


def held(w: Work, conversation_id: str) -> Held:
    """A conversation with its plan.

    Raises:
        NotFound: There is no such conversation, or no plan of it yet.
    """
    template = installed_template()
    status = conversations.status(w, conversation_id)
    head = drafts.head(w, conversation_id)
    record = reviews.dossier(w, conversation_id, template)
    plan = reviews.plan_of(w, conversation_id, template)
    queue = tuple(each.unmatched for each in reviews.queue(w, conversation_id) if each.done_by is None)
    screen = screen_after(w, conversation_id, head, record, plan=plan)
    return Held(status, children.get(w, status.child_id), head, record, screen, queue)


def after(w: Work, before: Held, added: Appended) -> Held:
    """A conversation with the plan that came of what was just added to it."""
    head = drafts.head(w, before.status.id)
    screen = screen_after(w, before.status.id, head, added.dossier, plan=added.plan)
    return before._replace(head=head, dossier=added.dossier, screen=screen)


def screen_after(
    w: Work,
    conversation_id: str,
    head: Version,
    dossier: Dossier,
    count: int | None = None,
    plan: Plan | None = None,
) -> Screen:
    """The screen after the first so many corrections (None: all).

    Args:
        w: The transaction.
        conversation_id: Whose plan.
        head: The version that the dossier is of.
        dossier: The conversation with all corrections.
        count: How many of them.
        plan: The plan, where it was made already.
    """
    template = installed_template()
    seen = dossier.corrections[:count]
    key = (conversation_id, head.drafting, len(seen))
    screen = _screens.get(w, key)
    if screen is None:
        then = dossier.model_copy(update={"corrections": seen})
        made = plan or assemble(then.conversation, then.findings, template, seen)
        screen = screen_of(then, made, template)
        _screens.keep(w, key, screen)
    return screen


def seen_by(form_value: str, now: Held) -> int | None:
    """How many corrections a page showed; None if it is of another drafting, or did not tell."""
    drafting, _, count = form_value.partition(".")
    most = str(len(now.dossier.corrections))
    if drafting != str(now.head.drafting) or not count.isdecimal() or len(count) > len(most):
        return None
    return min(int(count), int(most))


def values(now: Held, **more: Any) -> dict[str, Any]:
    """What the templates of a plan use."""
    template = installed_template()
    return {
        "deeds": DEEDS,
        "here": f"/gesprekken/{now.status.id}",
        "child": now.child,
        "talk": now.status,
        "head": now.head,
        "s": now.screen,
        "queue": now.queue,
        "revision": now.revision,
        "labels": template.labels,
        "texts": template.texts,
        "states": STATES,
        "changed_by": CHANGED_BY,
        "panel": None,
        "said": "",
        **more,
    }


def changed(
    request: Request,
    now: Held,
    before: Screen | None,
    said: str,
    *,
    about: str = "",
    panel: Panel | None = None,
    back: str = "",
    shut: bool = False,
    status: int = 200,
) -> Response:
    """The answer to an action: for HTMX what it changed on the screen, else the page again.

    Args:
        request: What was asked.
        now: The plan after it.
        before: What was on the screen, None if that is another plan altogether.
        said: What to tell.
        about: The id of what it was about.
        panel: The form to show, if something is still to be decided.
        back: The page of the conversation to go back to, without HTMX.
        shut: Whether the form that was open is done with.
        status: The HTTP status.
    """
    here = f"/gesprekken/{now.status.id}"
    if "hx-request" not in request.headers:
        if panel:
            return page(request, "plan/form.html", status=status, **values(now, panel=panel))
        if status != 200:
            raise errors.refusal(status, said)
        return RedirectResponse(f"{here}{back}{'#' if about else ''}{about}", 303)
    if before is None:
        return Response(status_code=200, headers={"HX-Refresh": "true"})
    headers = {"HX-Reswap": "none", "X-Now": about, "X-Fragment": "1"}
    told = values(now, changed=changes(before, now.screen), panel=panel, said=said, shut=shut)
    return page(request, "plan/changed.html", status=status, headers=headers, **told)
