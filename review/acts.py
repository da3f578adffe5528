"""From what a reviewer does on the screen to corrections. Nothing is stored here.

Who does it and when is not known here either: the store tells (`reviews.append`). The id of a correction is
made from the plan that the reviewer had on screen, so that the same act sent twice is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from extractors.schema import Domain
from pipeline.corrections import (
    Aspect,
    Audience,
    Correction,
    Kind,
    Outcome,
    Span,
    correction_id,
    history,
    touched,
)
from pipeline.dossier import Dossier
from pipeline.plan import Entry, Plan
from pipeline.store.errors import Unfit

UNCHANGED: Final = "U hebt niets gewijzigd."
EMPTY: Final = "Vul eerst iets in."
MOST_DOMAINS: Final = "Kies hoogstens drie domeinen, en ten minste één."
OTHER_WORDS: Final = (
    "Deze woorden staan zo niet in het gesprek. Laat alleen woorden weg aan het begin of het einde; "
    "verbeteren kan daarna met “Wijzig”."
)
OTHER_PARTS: Final = (
    "De regels samen moeten dezelfde woorden zijn, in dezelfde volgorde. Zet alleen een Enter waar u splitst."
)
ONE_PART: Final = "Zet de cursor waar u wilt splitsen en druk op Enter: elke regel wordt een uitspraak."
SPLIT: Final = "gesplitst"
NOTHING_TO_UNDO: Final = "U hebt hier niets meer om ongedaan te maken."


class Sorting(NamedTuple):
    """Where a statement belongs, as a reviewer filled it in; "" and () leave it as it is."""

    category: str
    perspective: str
    polarity: str
    certainty: str
    domains: tuple[Domain, ...]
    section: str


def confirm(plan: Plan, name: str) -> Correction:
    """A statement is accepted as it is."""
    return _correction(plan, "confirm", name)


def ratify(plan: Plan, name: str) -> Correction:
    """A treatment limit is ratified."""
    return _correction(plan, "ratify", name)


def edit(plan: Plan, entry: Entry, words: str) -> Correction:
    """A statement gets other words.

    Raises:
        Unfit: There are none, or they are the same.
    """
    words = " ".join(words.split())
    if not words:
        raise Unfit(EMPTY)
    if words == entry.words:
        raise Unfit(UNCHANGED)
    return _correction(plan, "edit", entry.id, words, before=entry.words)


def reject(plan: Plan, entry: Entry, reason: str = "") -> list[Correction]:
    """A statement is struck out; the reason is a remark on it."""
    if not reason:
        return [_correction(plan, "reject", entry.id, before=entry.words)]
    act = correction_id(plan.fingerprint, "act", "reject", entry.id, reason)
    return [
        _correction(plan, "reject", entry.id, before=entry.words, act=act),
        _correction(plan, "remark", entry.id, f"Geschrapt: {reason}", act=act),
    ]


def merge(plan: Plan, entry: Entry, into: str) -> Correction:
    """A statement is folded into another."""
    return _correction(plan, "merge", entry.id, into, before=entry.words)


def share(plan: Plan, entry: Entry, audience: Audience) -> Correction:
    """A statement may go into the summary for the family, or is for the care team alone.

    Raises:
        Unfit: That is so already.
    """
    now: Audience = "team" if _is_confided(plan, entry) else "family"
    if audience == now:
        raise Unfit(UNCHANGED)
    return _correction(plan, "share", entry.id, audience, before=now)


def _is_confided(plan: Plan, entry: Entry) -> bool:
    """Whether the summary for the family leaves a statement out."""
    return any(entry.id == each.id for one in plan.confided for each in one.entries)


def remark(plan: Plan, name: str, words: str) -> Correction:
    """Something is remarked.

    Raises:
        Unfit: There are no words.
    """
    if not words.strip():
        raise Unfit(EMPTY)
    return _correction(plan, "remark", name, words.strip())


def fill(plan: Plan, field: str, words: str) -> Correction:
    """A field is filled in, corrected or made empty.

    Raises:
        Unfit: It holds these words already.
    """
    words = " ".join(words.split())
    if words == plan.fields.get(field):
        raise Unfit(UNCHANGED)
    return _correction(plan, "fill", field, words, before=plan.fields.get(field, ""))


def resolve(plan: Plan, point: str, outcome: Outcome, reason: str = "") -> Correction:
    """An open point is decided.

    Raises:
        Unfit: It is dismissed without a reason.
    """
    if outcome == "dismissed" and not reason.strip():
        raise Unfit(EMPTY)
    return _correction(plan, "resolve", point, reason.strip(), outcome=outcome)


def sort(plan: Plan, entry: Entry, sorting: Sorting) -> list[Correction]:
    """A statement is put elsewhere: only what is other than before becomes a correction.

    Raises:
        Unfit: Nothing is other than before, or the domains are none or too many.
    """
    found = list(
        _sorted(plan, entry, sorting, correction_id(plan.fingerprint, "act", "sort", entry.id, str(sorting)))
    )
    if not found:
        raise Unfit(UNCHANGED)
    return found


def add(
    plan: Plan, dossier: Dossier, turn: int, start: int, words: str, sorting: Sorting
) -> list[Correction]:
    """A statement is made of words of the conversation.

    Args:
        plan: The plan on screen.
        dossier: What it was made from.
        turn: The turn that they are chosen from.
        start: Where to begin to look for them, for words that stand there twice.
        words: The words.
        sorting: Where the statement belongs.

    Raises:
        Unfit: The words do not stand in that turn, or it is not told where they belong.
    """
    said = dossier.conversation.turns[turn]
    place = _locate(dossier, Span(turn=turn, start=max(start, said.start), end=said.end), words) or _locate(
        dossier, Span(turn=turn, start=said.start, end=said.end), words
    )
    if not words.split():
        raise Unfit(EMPTY)
    if place is None:
        raise Unfit(OTHER_WORDS)
    if not sorting.section or not sorting.category:
        raise Unfit("Kies de soort en het onderdeel van het plan.")
    act = correction_id(plan.fingerprint, "act", "add", str(place), str(sorting))
    return _added(plan, dossier, place, sorting, act)


def split(plan: Plan, dossier: Dossier, entry: Entry, parts: str) -> list[Correction]:
    """A statement is split: each line becomes a statement of its own, and the one there was is struck out.

    What the family's summary leaves out, it leaves out in parts as well.

    Raises:
        Unfit: There is one line only, or together they are other words.
    """
    lines = [line.strip() for line in parts.splitlines() if line.strip()]
    if len(lines) < 2:
        raise Unfit(ONE_PART)
    if " ".join(parts.split()) != " ".join(entry.words.split()):
        raise Unfit(OTHER_PARTS)
    act = correction_id(plan.fingerprint, "act", "split", entry.id, *lines)
    same = Sorting(
        entry.category or "", entry.perspective, entry.polarity, entry.certainty, entry.domains, entry.home
    )
    left = span_of(dossier, entry.id) if entry.quoted else None
    found = []
    for line in lines:
        place = _locate(dossier, left, line) if left else None
        if left and place:
            left = left.model_copy(update={"start": place.end})
            found += _added(plan, dossier, place, same, act)
        else:
            found += _as(
                plan, _correction(plan, "add", same.section, line, salt=str(len(found)), act=act), same, act
            )
    if _is_confided(plan, entry):
        names = [one.id for one in found if one.kind == "add"]
        found += [_correction(plan, "share", name, "team", act=act) for name in names]
    struck_out = _correction(plan, "reject", entry.id, before=entry.words, act=act)
    return [*found, struck_out, _correction(plan, "remark", entry.id, f"Geschrapt: {SPLIT}", act=act)]


def undo(plan: Plan, what: str) -> Correction:
    """A correction, or all of an act, is taken back."""
    return _correction(plan, "undo", what)


def last_of(corrections: Sequence[Correction], author: str, function: str) -> Correction | None:
    """The last thing that somebody did and that still holds."""
    for one, names in zip(reversed(corrections), reversed(touched(corrections)), strict=True):
        if (one.author, one.function) != (author, function) or one.kind == "undo":
            continue
        target = next(iter(names), one.target)
        if any(event.correction.id == one.id and event.holds for event in history(corrections, target)):
            return one
    return None


def span_of(dossier: Dossier, name: str) -> Span | None:
    """The place of a statement in the source, if it was quoted from there."""
    for said in (*dossier.findings.statements, *dossier.findings.to_review):
        if said.id == name:
            return Span(turn=said.turn, start=said.start, end=said.end)
    return next((one.place for one in dossier.corrections if one.id == name), None)


def _section(plan: Plan, entry: Entry) -> str:
    """The part of the plan that a statement stands in; for one to review, that it would stand in."""
    parts = [
        part
        for chapter in plan.chapters
        if chapter.shows in ("limits", "actions", "statements")
        for part in chapter.sections
    ]
    home = [part.id for part in parts if part.id == entry.home]
    meant = [part.id for part in parts if any(each.id == entry.id for each in part.to_review)]
    domain = [part.id for part in parts if part.id in entry.domains]
    return [*home, *meant, *domain, parts[0].id][0]


def _added(plan: Plan, dossier: Dossier, place: Span, sorting: Sorting, act: str) -> list[Correction]:
    words = dossier.conversation.text[place.start : place.end]
    one = _correction(plan, "add", sorting.section, words, salt=str(place), place=place, act=act)
    return _as(plan, one, sorting, act)


def _as(plan: Plan, one: Correction, sorting: Sorting, act: str) -> list[Correction]:
    """A new statement with how it is sorted."""
    blank = Entry(id=one.id, number=0, words=one.after, home=one.target)
    return [one, *_sorted(plan, blank, sorting._replace(section=""), act)]


def _sorted(plan: Plan, entry: Entry, sorting: Sorting, act: str) -> Iterator[Correction]:
    kept = [domain for domain in entry.domains if domain in sorting.domains]
    domains = [*kept, *(domain for domain in sorting.domains if domain not in kept)]
    if not len(domains) <= 3 or (entry.domains and not domains):
        raise Unfit(MOST_DOMAINS)
    values: tuple[tuple[Aspect, str, str], ...] = (
        ("category", entry.category or "", sorting.category),
        ("perspective", entry.perspective, sorting.perspective),
        ("domains", ",".join(entry.domains), ",".join(domains)),
        ("polarity", entry.polarity, sorting.polarity),
        ("certainty", entry.certainty, sorting.certainty),
    )
    for aspect, before, after in values:
        if after not in (before, ""):
            yield _correction(
                plan, "classify", entry.id, after, before=before, aspect=aspect, salt=aspect, act=act
            )
    if sorting.section not in ("", entry.home):
        yield _correction(plan, "move", entry.id, sorting.section, before=entry.home, act=act)


def _locate(dossier: Dossier, within: Span, words: str) -> Span | None:
    """Where words stand in a part of the source; how they are spaced does not matter."""
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    found = (
        re.compile(pattern).search(dossier.conversation.text, within.start, within.end) if pattern else None
    )
    return Span(turn=within.turn, start=found.start(), end=found.end()) if found else None


def _correction(
    plan: Plan, kind: Kind, target: str, after: str = "", *, before: str = "", salt: str = "", **told: Any
) -> Correction:
    name = correction_id(plan.fingerprint, "web", kind, target, after, salt)
    return Correction(
        id=name, kind=kind, target=target, before=before, after=after, plan=plan.fingerprint, **told
    )
