"""The form that is open beside the plan: which one, about what, and with what was typed in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from extractors.schema import Turn
from pipeline.corrections import Correction, history
from pipeline.dossier import Dossier
from pipeline.plan import Entry
from pipeline.store.errors import NotFound
from pipeline.template import Labels
from review.reasons import reasons
from review.screen import VIEWS, PointView, Screen, StatementView

NOT_HERE: Final = "Deze uitspraak staat niet (meer) in het plan."
NO_FIELD: Final = "Dit veld staat niet (meer) in het plan."

TITLES: Final = {
    "bevestigen": "Uitspraak {} bevestigen",
    "wijzigen": "Uitspraak {} wijzigen",
    "verplaatsen": "Uitspraak {} verplaatsen",
    "schrappen": "Uitspraak {} schrappen",
    "samenvoegen": "Uitspraak {} samenvoegen",
    "splitsen": "Uitspraak {} splitsen",
    "opmerken": "Opmerking bij uitspraak {}",
    "gezin": "Uitspraak {}: voor het gezin?",
    "bekrachtigen": "Behandelgrens {} bekrachtigen",
    "waarom": "Uitspraak {}",
    "meer": "Uitspraak {}",
}
REASONS: Final = (
    "Dit klopt niet",
    "Dit hoort niet in het plan",
    "Dit staat er al",
    "Dit is in vertrouwen verteld",
    "Anders",
)
DEEDS: Final = {
    "edit": "gewijzigd in",
    "reject": "geschrapt",
    "move": "verplaatst",
    "add": "toegevoegd",
    "fill": "ingevuld",
    "remark": "opmerking",
    "resolve": "behandeld",
    "confirm": "bevestigd",
    "classify": "anders ingedeeld",
    "merge": "samengevoegd",
    "ratify": "bekrachtigd",
    "share": "bepaald voor wie",
    "undo": "een handeling ongedaan gemaakt",
}

AUDIENCES: Final = {
    "family": "mag in de samenvatting voor het gezin",
    "team": "niet in de samenvatting voor het gezin",
}
"""What a reader said of for whom a statement is, in words."""

Typed = Mapping[str, Sequence[str]]
Choices = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
"""What can be chosen, by group: a value and its words."""


class Happened(NamedTuple):
    """Something that was done with a statement; `undo` is what to take back, "" if nothing is left of it."""

    deed: str
    words: str
    author: str | None
    at: dt.datetime | None
    holds: bool
    undo: str


class Panel(NamedTuple):
    """An open form. `typed` is what it holds, `others` what somebody else did meanwhile."""

    name: str
    title: str
    action: str
    about: str = ""
    view: StatementView | None = None
    point: PointView | None = None
    typed: Typed = {}  # noqa: RUF012  # never changed
    places: Choices = ()
    sentence: str = ""
    others: tuple[Correction, ...] = ()
    why: tuple[str, ...] = ()
    events: tuple[Happened, ...] = ()
    reasons: tuple[str, ...] = REASONS

    def value(self, name: str) -> str:
        """What was typed in one of its fields."""
        return next(iter(self.typed.get(name, ())), "")

    def values(self, name: str) -> Sequence[str]:
        """What was chosen where several things can be."""
        return self.typed.get(name, ())


def for_statement(
    here: str,
    what: str,
    name: str,
    screen: Screen,
    dossier: Dossier,
    labels: Labels,
    *,
    typed: Typed | None = None,
    sentence: str = "",
    others: tuple[Correction, ...] = (),
) -> Panel:
    """A form about a statement.

    Args:
        here: The address of the conversation.
        what: Which form.
        name: The id of the statement.
        screen: The plan.
        dossier: What it was made from.
        labels: The words of its template.
        typed: What was typed in it, if it comes back.
        sentence: What is wrong with that.
        others: What others did with the statement meanwhile.

    Raises:
        NotFound: The statement is not in the plan, or is folded into another.
    """
    view = screen.statements.get(name)
    if view is None:
        raise NotFound(NOT_HERE)
    panel = Panel(
        name=what,
        title=TITLES[what].format(view.entry.number),
        action=f"{here}/uitspraken/{name}/{what}",
        about=name,
        view=view,
        typed=_filled(what, view) if typed is None else typed,
        sentence=sentence,
        others=others,
    )
    match what:
        case "verplaatsen":
            return panel._replace(places=sections(screen))
        case "samenvoegen":
            return panel._replace(places=tuple(_others(screen, view)))
        case "waarom":
            return panel._replace(
                why=reasons(view.entry.because),
                events=tuple(_events(dossier.corrections, view.entry, labels)),
            )
        case _:
            return panel


def for_turn(
    here: str, turn: int, start: int | None, end: int | None, screen: Screen, dossier: Dossier
) -> Panel:
    """The form to make a statement of words of the conversation.

    Whose view it is follows from who speaks; what kind it is and where it stands is for the reviewer to say,
    unless the turn has a statement already: then it is proposed where that stands.

    Args:
        here: The address of the conversation.
        turn: The turn.
        start: Where the words begin, None for the whole turn.
        end: Where they end.
        screen: The plan.
        dossier: What it was made from.

    Raises:
        NotFound: There is no such turn.
    """
    conversation = dossier.conversation
    if not 0 <= turn < len(conversation.turns):
        raise NotFound(NOT_HERE)
    said = conversation.turns[turn]
    first, last = _within(said, start, end)
    beside = [
        view for view in screen.statements.values() if view.entry.place and view.entry.place.turn == turn
    ]
    beside = [view for view in beside if view.standing == "plan"]
    like = beside[0].entry if beside else None
    participant = conversation.participant(said.label)
    spoken = VIEWS.get(participant.role if participant else said.role, "unknown")
    typed: Typed = {
        "beurt": [str(turn)],
        "begin": [str(first)],
        "woorden": [" ".join(conversation.text[first:last].split())],
        "soort": [],
        "van": [like.perspective if like and spoken == "unknown" else spoken],
        "lezing": ["affirmed"],
        "zekerheid": ["firm"],
        "domein": list(like.domains) if like else [],
        "deel": [like.home] if like else [],
    }
    return back_to_turn(here, typed, screen)


def back_to_turn(here: str, typed: Typed, screen: Screen, sentence: str = "") -> Panel:
    """The form to make a statement of words of the conversation, with what was typed in it."""
    turn = screen.turns.get(int(next(iter(typed.get("beurt", ())), "-1")))
    if turn is None:
        raise NotFound(NOT_HERE)
    return Panel(
        name="toevoegen",
        title=f"Nieuwe uitspraak uit {turn.place}",
        action=f"{here}/toevoegen",
        about=f"beurt-{turn.turn}",
        typed=typed,
        places=sections(screen),
        sentence=sentence,
    )


def for_point(
    here: str,
    number: int,
    screen: Screen,
    *,
    typed: Typed | None = None,
    sentence: str = "",
    others: tuple[Correction, ...] = (),
) -> Panel:
    """The form to say why an open point needs nothing.

    Raises:
        NotFound: There is no such point.
    """
    point = screen.points.get(number)
    if point is None:
        raise NotFound(NOT_HERE)
    return Panel(
        name="afwijzen",
        title=f"Punt {number} is niet nodig",
        action=f"{here}/punten/{number}",
        about=f"punt-{number}",
        point=point,
        typed=typed or {},
        sentence=sentence,
        others=others,
    )


def for_field(
    here: str,
    name: str,
    screen: Screen,
    *,
    typed: Typed | None = None,
    sentence: str = "",
    others: tuple[Correction, ...] = (),
) -> Panel:
    """The form to fill a field in.

    Raises:
        NotFound: There is no such field.
    """
    field = screen.fields.get(name)
    if field is None:
        raise NotFound(NO_FIELD)
    return Panel(
        name="invullen",
        title=field.label,
        action=f"{here}/velden/{name}",
        about=f"veld-{name}",
        typed={"woorden": [field.words]} if typed is None else typed,
        sentence=sentence,
        others=others,
    )


def sections(screen: Screen) -> Choices:
    """The parts of the plan that a statement can stand in, by chapter."""
    found: dict[str, list[tuple[str, str]]] = {}
    over = ""
    for chapter in screen.plan.chapters:
        over = chapter.heading or over
        if chapter.shows in ("statements", "limits", "actions"):
            found.setdefault(over, []).extend((part.id, part.heading or over) for part in chapter.sections)
    return tuple((group, tuple(parts)) for group, parts in found.items())


def _filled(what: str, view: StatementView) -> Typed:
    """What a form holds when it opens."""
    entry = view.entry
    match what:
        case "wijzigen":
            return {"woorden": [entry.words]}
        case "splitsen":
            return {"delen": [entry.words]}
        case "verplaatsen":
            return {
                "soort": [entry.category] if entry.category else [],
                "van": [entry.perspective],
                "lezing": [entry.polarity],
                "zekerheid": [entry.certainty],
                "domein": list(entry.domains),
                "deel": [entry.home] if view.standing == "plan" else [],
            }
        case _:
            return {}


def _others(screen: Screen, view: StatementView) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """The statements that one can be folded into: those beside it first."""
    rest = [other for other in screen.statements.values() if other != view and other.standing != "rejected"]
    near = [other for other in rest if other.entry.home == view.entry.home]
    far = [other for other in rest if other.entry.home != view.entry.home]
    for group, found in (("In hetzelfde onderdeel", near), ("Elders in het plan", far)):
        if found:
            yield group, tuple((each.entry.id, _in_short(each.entry)) for each in found)


def _in_short(entry: Entry) -> str:
    words = entry.words if len(entry.words) <= 90 else f"{entry.words[:89]}…"
    return f"{entry.number} – {words}"


def _events(corrections: Sequence[Correction], entry: Entry, labels: Labels) -> Iterator[Happened]:
    """The history of a statement, an act as one."""
    acts = set()
    words_of = dict[str, str](
        (*labels.categories.items(), *labels.perspectives.items(), *labels.domains.items())
    )
    for one, holds in history(corrections, entry.id):
        words = one.after if one.kind in ("edit", "remark") else ""
        if one.kind == "share":
            words = AUDIENCES.get(one.after, "")
        if one.kind == "classify":
            words = ", ".join(words_of.get(value, value) for value in one.after.split(","))
        undo = "" if not holds or one.kind == "undo" or one.act in acts else one.act or one.id
        if one.act:
            acts.add(one.act)
        yield Happened(DEEDS[one.kind], words, one.author, one.at, holds, undo)


def _within(said: Turn, start: int | None, end: int | None) -> tuple[int, int]:
    """The characters that were chosen in a turn, to whole words; the whole turn if that is no place in it."""
    if start is None or end is None or not said.start <= start < end <= said.end:
        return said.start, said.end
    first, last = start - said.start, end - said.start
    while first > 0 and said.text[first - 1].isalnum() and said.text[first].isalnum():
        first -= 1
    while last < len(said.text) and said.text[last - 1].isalnum() and said.text[last].isalnum():
        last += 1
    return said.start + first, said.start + last
