"""The plan of a conversation as reviewers have it before them: read, kept for a while, and shown."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.corrections import Unmatched
from pipeline.dossier import Dossier
from pipeline.plan import Plan, assemble
from pipeline.store import children, conversations, rereadings, reviews, templates
from pipeline.store.additions import Shown
from pipeline.store.children import Child
from pipeline.store.conversations import Status
from pipeline.store.database import Work
from pipeline.store.drafts import Version
from pipeline.store.recent import Recent
from pipeline.store.reviews import Appended
from pipeline.template import Template
from review import errors
from review.pages import page
from review.panels import AUDIENCES, DEEDS, Panel
from review.screen import Screen, changes, everything, screen_of

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

MOST_DIGITS: Final = 9
"""A number of more digits that somebody sends is none."""

_screens: Final = Recent[Screen](48)


class Held(NamedTuple):
    """A conversation with its plan as it is now.

    `reread` tells that another version of izp made something other that nobody has looked at yet.
    """

    status: Status
    child: Child
    head: Version
    dossier: Dossier
    template: Template
    screen: Screen
    queue: tuple[Unmatched, ...]
    reread: bool

    @property
    def revision(self) -> str:
        """What a page gives back to tell which plan it shows: drafting, number of corrections, template."""
        return f"{self.head.drafting}.{len(self.dossier.corrections)}.{self.head.template_id}"


def held(w: Work, conversation_id: str) -> Held:
    """A conversation with its plan.

    Raises:
        NotFound: There is no such conversation, or no plan of it yet.
    """
    status = conversations.status(w, conversation_id)
    now = reviews.as_it_is(w, conversation_id)
    waiting = reviews.queue(w, conversation_id) if now.dossier.queue else ()
    queue = tuple(each.unmatched for each in waiting if each.done_by is None)
    screen = screen_after(w, conversation_id, now.version, now.dossier, plan=now.plan)
    child, reread = children.get(w, status.child_id), rereadings.is_unseen(w, conversation_id)
    return Held(status, child, now.version, now.dossier, now.template, screen, queue, reread)


def after(w: Work, before: Held, added: Appended) -> Held:
    """A conversation with the plan that came of what was just added to it."""
    screen = screen_after(w, before.status.id, added.head, added.dossier, plan=added.plan)
    template = templates.get(w, added.head.template_id)
    return before._replace(head=added.head, dossier=added.dossier, template=template, screen=screen)


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
    seen = dossier.corrections[:count]
    key = (conversation_id, head.drafting, head.template_id, len(seen))
    screen = _screens.get(w, key)
    if screen is None:
        then = dossier.model_copy(update={"corrections": seen})
        template = templates.get(w, head.template_id)
        made = plan or assemble(then.conversation, then.findings, template, seen)
        screen = screen_of(then, made, template)
        _screens.keep(w, key, screen)
    return screen


def seen_by(revision: str, now: Held) -> int:
    """How many corrections a page showed; they are counted on through all draftings of a conversation."""
    _, count, _ = f"{revision}..".split(".", 2)
    most = len(now.dossier.corrections)
    return min(int(count), most) if count.isdecimal() and len(count) <= MOST_DIGITS else 0


def shown_by(revision: str) -> Shown:
    """Which plan a page showed; drafting 0, which is none, if it does not tell."""
    drafting, _, template = f"{revision}..".split(".", 2)
    is_told = drafting.isdecimal() and len(drafting) <= MOST_DIGITS
    return Shown(int(drafting) if is_told else 0, template.rstrip("."))


def values(now: Held, **more: Any) -> dict[str, Any]:
    """What the templates of a plan use."""
    return {
        "deeds": DEEDS,
        "audiences": AUDIENCES,
        "here": f"/gesprekken/{now.status.id}",
        "child": now.child,
        "talk": now.status,
        "head": now.head,
        "s": now.screen,
        "queue": now.queue,
        "revision": now.revision,
        "reread": now.reread,
        "labels": now.template.labels,
        "texts": now.template.texts,
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
        before: What was on the screen; None if that is another plan altogether, which is then shown anew.
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
    headers = {"HX-Reswap": "none", "X-Now": about, "X-Fragment": "1"}
    told = values(now, panel=panel, said=said, shut=shut, anew=before is None)
    told["changed"] = changes(before, now.screen) if before else everything()
    return page(request, "plan/changed.html", status=status, headers=headers, **told)
