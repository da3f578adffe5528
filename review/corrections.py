"""What a reviewer does with a plan: each act is one form, and the answer is what it changed on the screen.

A form tells what its sender had on screen (`gezien`): an act on what somebody else changed since comes back
with both, and nothing that was typed is lost. One that rests on how the conversation was read comes back when
it was worked out again since. `toont` tells what the whole page shows, so that it can follow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Final, Literal, get_args

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from extractors.schema import DOMAINS
from pipeline.corrections import Correction, Outcome
from pipeline.dossier import Dossier
from pipeline.plan.points import point_id
from pipeline.store import reviews
from pipeline.store.database import Work, look, work
from pipeline.store.errors import Conflict, NotFound, Outdated, Unfit
from pipeline.store.reviews import RENUMBERED, REREAD
from review import acts, panels
from review.acts import Sorting
from review.gone import gone
from review.guard import Visit, check, needs
from review.pages import page
from review.panels import Panel, Typed
from review.plans import MOST_DIGITS, Held, after, changed, held, screen_after, seen_by, shown_by, values
from review.screen import Screen, StatementView
from review.site import site_of

router = APIRouter(prefix="/gesprekken/{conversation}", include_in_schema=False)

Act = Literal[
    "bevestigen", "wijzigen", "verplaatsen", "schrappen", "samenvoegen", "splitsen", "opmerken", "gezin"
]
Form = Literal[Act, "bekrachtigen", "waarom", "meer"]

SAID: Final = {
    "bevestigen": "Bevestigd.",
    "wijzigen": "De nieuwe woorden zijn bewaard.",
    "verplaatsen": "Bewaard.",
    "schrappen": "Geschrapt. Terughalen kan met u.",
    "samenvoegen": "Samengevoegd.",
    "splitsen": "Gesplitst.",
    "opmerken": "De opmerking is bewaard.",
    "gezin": "Bewaard voor wie dit is.",
    "bekrachtigen": "De behandelgrens is bekrachtigd.",
}
NEW_VERSION: Final = "Hiermee is versie {} begonnen, als concept."
READ_AGAIN: Final = "Het gesprek is intussen opnieuw uitgewerkt: bekijk hoe het er nu staat."


async def sent_form(request: Request) -> Typed:
    """The fields of a form that was sent, files left out."""
    form = await request.form()
    return {name: [value for value in form.getlist(name) if isinstance(value, str)] for name in form}


Sent = Annotated[Typed, Depends(sent_form)]
Corrects = Annotated[Visit, Depends(needs("correct"))]
Make = Callable[[Screen, Dossier], Sequence[Correction]]
Again = Callable[[Held, str, tuple[Correction, ...]], Panel | None]


@router.get("/uitspraken/{statement}/{what}")
def show_form(
    request: Request,
    conversation: str,
    statement: str,
    what: Form,
    visit: Annotated[Visit, Depends(needs("see_conversation"))],
) -> Response:
    """A form about a statement, in its place on the screen or on a page of its own."""
    if what != "waarom":
        check(request, visit, "ratify" if what == "bekrachtigen" else "correct")
    with look(site_of(request).store) as w:
        now = held(w, conversation)
    if statement not in now.screen.statements and (told := gone(statement, now.screen.plan, now.dossier)):
        return changed(request, now, None, told, status=409)
    panel = panels.for_statement(
        _here(conversation), what, statement, now.screen, now.dossier, now.template.labels
    )
    return _panel(request, now, panel)


@router.post("/uitspraken/{statement}/bekrachtigen")
def ratify(
    request: Request,
    conversation: str,
    statement: str,
    typed: Sent,
    visit: Annotated[Visit, Depends(needs("ratify"))],
) -> Response:
    """A treatment limit is ratified."""
    return _on_statement(request, visit, conversation, "bekrachtigen", statement, typed)


@router.post("/uitspraken/{statement}/{what}")
def correct(
    request: Request, conversation: str, statement: str, what: Act, typed: Sent, visit: Corrects
) -> Response:
    """Something is done with a statement."""
    return _on_statement(request, visit, conversation, what, statement, typed)


@router.get("/toevoegen")
def show_words(
    request: Request,
    conversation: str,
    visit: Annotated[Visit, Depends(needs("see_conversation"))],
    beurt: int = -1,
    begin: int | None = None,
    eind: int | None = None,
) -> Response:
    """The form to make a statement of words of the conversation."""
    here = _here(conversation)
    return _opened(
        request,
        visit,
        conversation,
        lambda now: panels.for_turn(here, beurt, begin, eind, now.screen, now.dossier),
    )


@router.post("/toevoegen")
def add(request: Request, conversation: str, typed: Sent, visit: Corrects) -> Response:
    """A statement is made of words of the conversation."""

    def make(screen: Screen, dossier: Dossier) -> list[Correction]:
        turn = _number(typed, "beurt")
        if turn not in screen.turns:
            raise NotFound(panels.NOT_HERE)
        return acts.add(
            screen.plan, dossier, turn, _number(typed, "begin"), _value(typed, "woorden"), _sorting(typed)
        )

    return _take(
        request,
        visit,
        conversation,
        typed,
        make,
        "Opgenomen in het plan.",
        again=lambda now, sentence, _: panels.back_to_turn(_here(conversation), typed, now.screen, sentence),
    )


@router.get("/velden/{field}")
def show_field(
    request: Request,
    conversation: str,
    field: str,
    visit: Annotated[Visit, Depends(needs("see_conversation"))],
) -> Response:
    """The form to fill a field in."""
    check(request, visit, "correct")
    with look(site_of(request).store) as w:
        now = held(w, conversation)
    if field not in now.screen.fields and (told := gone(field, now.screen.plan, now.dossier)):
        return changed(request, now, None, told, status=409)
    return _panel(request, now, panels.for_field(_here(conversation), field, now.screen))


@router.post("/velden/{field}")
def fill(request: Request, conversation: str, field: str, typed: Sent, visit: Corrects) -> Response:
    """A field is filled in."""

    def make(screen: Screen, _: Dossier) -> list[Correction]:
        if field not in screen.fields:
            raise NotFound(panels.NO_FIELD)
        if _value(typed, "woorden").strip() == screen.fields[field].words:
            return []
        return [acts.fill(screen.plan, field, _value(typed, "woorden"))]

    def again(now: Held, sentence: str, others: tuple[Correction, ...]) -> Panel | None:
        if not others and _is_other(now, typed):
            return None  # the field of a person may be another's by now
        return panels.for_field(
            _here(conversation), field, now.screen, typed=typed, sentence=sentence, others=others
        )

    return _take(request, visit, conversation, typed, make, "Ingevuld.", about=f"veld-{field}", again=again)


@router.get("/punten/{number}/afwijzen")
def show_point(
    request: Request,
    conversation: str,
    number: int,
    visit: Annotated[Visit, Depends(needs("see_conversation"))],
) -> Response:
    """The form to say why an open point needs nothing."""
    return _opened(
        request, visit, conversation, lambda now: panels.for_point(_here(conversation), number, now.screen)
    )


@router.post("/punten/{number}")
def resolve(request: Request, conversation: str, number: int, typed: Sent, visit: Corrects) -> Response:
    """An open point is decided; what becomes of a treatment limit is for whoever may ratify it."""
    outcome = _value(typed, "uitkomst")
    said = {
        "resolved": f"Punt {number} is opgelost.",
        "dismissed": f"Punt {number} is niet nodig.",
        "next_conversation": f"Punt {number} is een vraag voor het volgende gesprek.",
    }

    with look(site_of(request).store) as w:
        now = held(w, conversation)

    def make(screen: Screen, _: Dossier) -> list[Correction]:
        if _is_other(now, typed):
            raise Outdated(REREAD if _is_reread(now, typed) else RENUMBERED)
        if number not in screen.points:
            raise NotFound(panels.NOT_HERE)
        if screen.points[number].item.type == "treatment_limit" and outcome != "next_conversation":
            check(request, visit, "ratify")
        for each in get_args(Outcome):
            if each == outcome:
                return [acts.resolve(screen.plan, point_id(number), each, _value(typed, "reden"))]
        raise Unfit(acts.EMPTY)

    def again(now: Held, sentence: str, others: tuple[Correction, ...]) -> Panel | None:
        if _is_other(now, typed):
            return None  # the number may be another point's by now
        panel = panels.for_point(
            _here(conversation), number, now.screen, typed=typed, sentence=sentence, others=others
        )
        return panel if outcome == "dismissed" else panel._replace(name="behandelen", title=f"Punt {number}")

    told = said.get(outcome, "")
    return _take(request, visit, conversation, typed, make, told, about=point_id(number), again=again)


@router.post("/ongedaan")
def undo(request: Request, conversation: str, typed: Sent, visit: Corrects) -> Response:
    """Something is taken back: what the form names, or else the last thing that the reviewer did."""

    def make(screen: Screen, dossier: Dossier) -> list[Correction]:
        what = _value(typed, "wat")
        if not what:
            last = acts.last_of(dossier.corrections, visit.user.name, visit.user.function or visit.user.role)
            if last is None:
                raise Unfit(acts.NOTHING_TO_UNDO)
            what = last.act or last.id
        return [acts.undo(screen.plan, what)]

    return _take(request, visit, conversation, typed, make, "Ongedaan gemaakt.")


@router.post("/wachtrij/{unmatched}")
def work_off(request: Request, conversation: str, unmatched: str, typed: Sent, visit: Corrects) -> Response:
    """A change in a Word document was worked in by hand."""
    with work(site_of(request).store) as w:
        reviews.set_done(w, visit.actor, conversation, unmatched, done=True)
    with look(site_of(request).store) as w:
        now = held(w, conversation)
        before = _before(w, now, typed)
    return changed(request, now, before, "Verwerkt.", about="wachtrij")


def _on_statement(
    request: Request, visit: Visit, conversation: str, what: str, name: str, typed: Typed
) -> Response:
    def make(screen: Screen, dossier: Dossier) -> Sequence[Correction]:
        view = screen.statements.get(name)
        if view is None:
            raise NotFound(panels.NOT_HERE)
        return _made(what, view, typed, screen, dossier)

    def again(now: Held, sentence: str, others: tuple[Correction, ...]) -> Panel:
        return panels.for_statement(
            _here(conversation),
            what,
            name,
            now.screen,
            now.dossier,
            now.template.labels,
            typed=typed,
            sentence=sentence,
            others=others,
        )

    return _take(request, visit, conversation, typed, make, SAID[what], about=name, again=again)


def _made(
    what: str, view: StatementView, typed: Typed, screen: Screen, dossier: Dossier
) -> Sequence[Correction]:
    plan, entry = screen.plan, view.entry
    match what:
        case "bevestigen":
            return [acts.confirm(plan, entry.id)]
        case "bekrachtigen":
            return [acts.ratify(plan, entry.id)]
        case "wijzigen":
            return [acts.edit(plan, entry, _value(typed, "woorden"))]
        case "schrappen":
            told = (_value(typed, "reden"), _value(typed, "toelichting").strip())
            return acts.reject(plan, entry, ": ".join(filter(None, told)))
        case "samenvoegen":
            return [acts.merge(plan, entry, _value(typed, "met"))]
        case "splitsen":
            return acts.split(plan, dossier, entry, _value(typed, "delen"))
        case "opmerken":
            return [acts.remark(plan, entry.id, _value(typed, "woorden"))]
        case "gezin":
            return [acts.share(plan, entry, "team" if _value(typed, "voor") == "team" else "family")]
        case _:
            return acts.sort(plan, entry, _sorting(typed))


def _take(
    request: Request,
    visit: Visit,
    conversation: str,
    typed: Typed,
    make: Make,
    said: str,
    *,
    about: str = "",
    again: Again = lambda *_: None,
) -> Response:
    """Adds what a reviewer did, and answers with what that changed.

    Args:
        request: What was asked.
        visit: Who acts.
        conversation: On which plan.
        typed: The form that was sent.
        make: Makes the corrections, for the plan that the form was about.
        said: What to tell when it is done.
        about: The id of what it is about.
        again: Makes the form to show if it cannot be done like this.
    """
    store = site_of(request).store
    with look(store) as w:
        now = held(w, conversation)
        seen = seen_by(_value(typed, "gezien"), now)
        before = _before(w, now, typed)
        screen = screen_after(w, conversation, now.head, now.dossier, seen)
    try:
        new = make(screen, now.dossier)
        if not new:
            return changed(request, now, before, "", about=about)
        with work(store) as w:
            last = reviews.last_seen(now.dossier.corrections[:seen])
            shown = shown_by(_value(typed, "gezien"))
            added = reviews.append(w, visit.actor, conversation, new, last, shown)
    except (NotFound, Outdated, Unfit) as error:
        with look(store) as w:
            now = held(w, conversation)
            before = _before(w, now, typed)
        is_gone = isinstance(error, NotFound)
        if is_gone and not _is_reread(now, typed):
            raise
        sentence = REREAD if is_gone else str(error)
        if isinstance(error, Unfit) and _is_reread(now, typed):
            sentence = f"{sentence} {READ_AGAIN}"
        clash = error.others if isinstance(error, Conflict) else ()
        try:
            panel = again(now, "" if clash else sentence, clash)
        except NotFound:
            panel = None
        status = 422 if isinstance(error, Unfit) else 409
        return changed(request, now, before, sentence, about=about, panel=panel, status=status)
    with look(store) as w:
        now = after(w, now, added)
        before = _before(w, now, typed)
    told = f"{said} {NEW_VERSION.format(added.version)}" if added.opened else said
    if _is_reread(now, typed):
        told = f"{told} {READ_AGAIN}"
    back = "/goedkeuren" if _value(typed, "terug") == "goedkeuren" else ""
    return changed(request, now, before, told, about=about or new[0].id, back=back, shut=True)


def _before(w: Work, now: Held, typed: Typed) -> Screen | None:
    """What the page of a form shows; None if that is another plan altogether."""
    page_shows = _value(typed, "toont")
    if shown_by(page_shows) != (now.head.drafting, now.head.template_id):
        return None
    return screen_after(w, now.status.id, now.head, now.dossier, seen_by(page_shows, now))


def _is_other(now: Held, typed: Typed) -> bool:
    """Whether a form is of a page that reads or numbers otherwise than the plan of now."""
    return shown_by(_value(typed, "gezien")) != (now.head.drafting, now.head.template_id)


def _is_reread(now: Held, typed: Typed) -> bool:
    """Whether the conversation was worked out again since the page of a form was made."""
    return shown_by(_value(typed, "gezien")).drafting != now.head.drafting


def _opened(request: Request, visit: Visit, conversation: str, form: Callable[[Held], Panel]) -> Response:
    """A form to correct something with, about a plan as it is now."""
    check(request, visit, "correct")
    with look(site_of(request).store) as w:
        now = held(w, conversation)
    return _panel(request, now, form(now))


def _panel(request: Request, now: Held, panel: Panel) -> Response:
    name = "plan/panel.html" if "hx-request" in request.headers else "plan/form.html"
    return page(request, name, **values(now, panel=panel))


def _here(conversation: str) -> str:
    return f"/gesprekken/{conversation}"


def _value(typed: Typed, name: str) -> str:
    return next(iter(typed.get(name, ())), "")


def _number(typed: Typed, name: str) -> int:
    value = _value(typed, name)
    return int(value) if value.isdecimal() and len(value) <= MOST_DIGITS else -1


def _sorting(typed: Typed) -> Sorting:
    """What was filled in about where a statement belongs."""
    return Sorting(
        category=_value(typed, "soort"),
        perspective=_value(typed, "van"),
        polarity=_value(typed, "lezing"),
        certainty=_value(typed, "zekerheid"),
        domains=tuple(domain for domain in DOMAINS if domain in typed.get("domein", ())),
        section=_value(typed, "deel"),
    )
