"""What is other in a plan than in an earlier version of it, statement by statement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from pipeline.plan import Entry, Plan
from pipeline.template import Labels

Kind = Literal["added", "changed", "gone", "back"]


class Difference(NamedTuple):
    """A statement that is not as it was; `what` says in words how, besides its own words."""

    kind: Kind
    before: Entry | None
    after: Entry
    what: tuple[str, ...]


def differences(old: Plan, new: Plan, labels: Labels) -> tuple[Difference, ...]:
    """What is other, in the order of the new plan.

    A statement to review that was left aside in both is no difference, whatever became of it.

    Args:
        old: The earlier version.
        new: The later one.
        labels: The words of the template.
    """
    return tuple(_differences(old, new, labels))


def _differences(old: Plan, new: Plan, labels: Labels) -> Iterator[Difference]:
    before = {entry.id: entry for entry in old.entries}
    headings = {
        part.id: part.heading or chapter.heading or ""
        for chapter in new.chapters
        for part in chapter.sections
    }
    stood, stands = _in_plan(old), _in_plan(new)
    for entry in new.entries:
        was = before.get(entry.id)
        if entry.id in stands and entry.id not in stood:
            yield Difference("added" if was is None or was.change != "reject" else "back", was, entry, ())
        elif entry.id in stood and entry.id not in stands:
            yield Difference("gone", was, entry, ())
        elif was and entry.id in stands:
            what = tuple(_changed(was, entry, headings, labels))
            if what or was.words != entry.words:
                yield Difference("changed", was, entry, what)


def _in_plan(plan: Plan) -> frozenset[str]:
    away = {chapter.id for chapter in plan.chapters if chapter.shows in ("rejected", "to_review")}
    return frozenset(entry.id for entry in plan.entries if entry.home not in away and entry.change != "merge")


def _changed(was: Entry, entry: Entry, headings: dict[str, str], labels: Labels) -> Iterator[str]:
    if was.category != entry.category and entry.category:
        yield f"soort: {labels.categories[entry.category]}"
    if was.perspective != entry.perspective:
        yield f"van wie: {labels.perspectives[entry.perspective]}"
    if was.domains != entry.domains:
        yield f"domein: {', '.join(labels.domains[domain] for domain in entry.domains)}"
    if was.polarity != entry.polarity:
        yield "gelezen als ja" if entry.polarity == "affirmed" else "gelezen als nee"
    if was.certainty != entry.certainty:
        yield labels.certainties[entry.certainty] or "zeker"
    if was.home != entry.home:
        yield f"staat nu bij: {headings.get(entry.home, '')}"
    if was.ratified is None and entry.ratified:
        yield "bekrachtigd"
    if was.ratified and entry.ratified is None:
        yield "niet meer bekrachtigd"
