"""Which corrections can be added to those on record: what is new, what clashes, and what makes sense."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from pipeline.corrections import Correction, correction_id, replay, touched
from pipeline.dossier import Dossier
from pipeline.plan import Plan, assemble, problem
from pipeline.plan.points import point_id
from pipeline.store.errors import Unfit
from pipeline.template import Template

LONGEST: Final = 10_000
"""So many letters a correction may have; what is longer is no statement, field or remark."""

TOO_LONG: Final = "Deze tekst is te lang (meer dan 10.000 tekens). Kort hem in."

NO_CORRECTION: Final = "Dit is geen verbetering van dit plan. Laad de pagina opnieuw."


OWN: Final = frozenset({"add", "edit", "fill", "remark"})
"""What readers say in words of their own, however the program reads the conversation. All else accepts,
sorts, strikes out or decides on what stood on the page."""


class Shown(NamedTuple):
    """What the page showed that a reader acted on: the plan of which drafting, in which template."""

    drafting: int
    template_id: str


class Kept(NamedTuple):
    """A correction on record, and the account that brought it in."""

    correction: Correction
    user_id: str | None


def concerns(corrections: Sequence[Correction]) -> list[frozenset[str]]:
    """What each correction is about: the statements that it changes, or else its target."""
    return [
        names or frozenset({one.target}) for one, names in zip(corrections, touched(corrections), strict=True)
    ]


def not_on_record(
    new: Sequence[Correction], before: Sequence[Correction], kept: Sequence[Kept], user_id: str
) -> list[Correction]:
    """What of the new corrections is not on record, each by an id that no other correction has.

    An id comes from outside: the page makes it of the plan and the act, so that two reviewers who confirm the
    same statement at once send the same one, and a program may send any.
    """
    known = {one.id: (one, each.user_id) for one, each in zip(before, kept, strict=True)}
    names: dict[str, str] = {}
    found = []
    for one in new:
        if one.id in known and not _is_same(one, *known[one.id], user_id):
            names[one.id] = correction_id(one.plan, one.id, user_id, one.kind, one.target, one.after)
        name = names.get(one.id, one.id)
        if name not in known:
            about = one.target if one.kind == "undo" else names.get(one.target, one.target)
            found.append(one.model_copy(update={"id": name, "target": about}))
    return found


def _is_same(one: Correction, other: Correction, by: str | None, user_id: str) -> bool:
    """Whether a correction with the same id is the same act; who accepts something is part of that."""
    told = [
        (each.kind, each.target, each.after, each.aspect, each.outcome, each.place) for each in (one, other)
    ]
    return told[0] == told[1] and (by == user_id or one.kind not in ("confirm", "ratify"))


def rests_on_reading(new: Sequence[Correction]) -> bool:
    """Whether corrections rest on how the program read the conversation when they were made."""
    made = {one.id for one in new if one.kind == "add"}
    return any(one.kind not in OWN and one.target not in made for one in new)


def decides_on_limit(new: Sequence[Correction], before: Dossier, plan: Plan) -> bool:
    """Whether corrections decide on a treatment limit: ratify it or settle its point, again, or no longer."""
    limits = limit_points(plan)

    def decided(corrections: Sequence[Correction]) -> set[str]:
        done = replay(corrections)
        settled = (
            one.id
            for point, one in done.resolved.items()
            if point in limits and one.outcome != "next_conversation"
        )
        return {*(one.id for one in done.ratified.values()), *settled}

    earlier, later = decided(before.corrections), decided((*before.corrections, *new))
    return bool(later - earlier) or (bool(earlier - later) and any(one.kind == "undo" for one in new))


def limit_points(plan: Plan) -> frozenset[str]:
    """The points of a plan that are about a treatment limit."""
    return frozenset(point_id(item.number) for item in plan.points if item.type == "treatment_limit")


def rivals_of(
    kept: Sequence[Kept], before: Dossier, new: Sequence[Correction], seen: Mapping[str, str], user_id: str
) -> tuple[Correction, ...]:
    """What others did, after what the reader saw, with the same as the new corrections are about."""
    concerned = concerns((*before.corrections, *new))
    position = {one.id: number for number, one in enumerate(before.corrections)}
    rivals = []
    for one, names in zip(new, concerned[len(before.corrections) :], strict=True):
        for number, other in enumerate(before.corrections):
            shared = names & concerned[number]
            unseen = any(number > position.get(seen.get(name, ""), -1) for name in shared)
            if unseen and kept[number].user_id != user_id and _clash(one, other):
                rivals.append(other)
    return tuple(dict.fromkeys(rivals))


def _clash(one: Correction, other: Correction) -> bool:
    """Whether two corrections of the same thing get in each other's way."""
    accepting = {"confirm", "ratify"}
    alone = {"add", "remark"}
    same = (one.kind, one.after, one.aspect) == (other.kind, other.after, other.aspect)
    kinds = {one.kind, other.kind}
    if "share" in kinds:  # for whom words are has to do with the words, and not with how they are sorted
        return not same and kinds <= {"share", "edit", "merge"}
    return not (same or kinds <= accepting or kinds & alone)


def check(new: Sequence[Correction], before: Dossier, plan: Plan, template: Template) -> None:
    """Refuses corrections that make no sense in a plan; one may be about another that is made with it.

    Raises:
        Unfit: One of them does not; says why.
    """
    check_form(new)
    earlier = list(before.corrections)
    made: set[str] = set()
    for one in new:
        if made & {one.target, one.after}:
            plan = assemble(before.conversation, before.findings, template, earlier)
        if sentence := problem(one, plan, before.conversation, earlier):
            raise Unfit(sentence)
        earlier.append(one)
        made.add(one.id)


def check_form(new: Iterable[Correction]) -> None:
    """Refuses what no correction can be, whatever the plan.

    Raises:
        Unfit: One of them is too long, or has an id that none has.
    """
    for one in new:
        if len(one.after) > LONGEST:
            raise Unfit(TOO_LONG)
        if not re.fullmatch(r"c[0-9a-f]{12}", one.id) or len(one.target) > 80:
            raise Unfit(NO_CORRECTION)
