"""Where statements stand because a reader put them there: in another place, or below another statement."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.plan.given import Given
from pipeline.template import Shows


def chapter_that(shows: Shows, given: Given) -> str:
    """The id of the one chapter that shows this."""
    return next(chapter.id for chapter in given.template.chapters if chapter.shows == shows)


def sent_to(name: str, given: Given) -> str | None:
    """Where a reader sent a statement: struck out, or to another place."""
    if name in given.corrected.rejected:
        return chapter_that("rejected", given)
    moved = given.corrected.moved.get(name)
    return part_named(moved.after, given) if moved else None


def part_named(name: str, given: Given) -> str:
    """The part of the plan that a reader means; what is no longer in it stands with what is to be reviewed.

    The only section of a chapter has its heading: what stands under that heading is meant for the section.
    """
    for chapter in given.chapters:
        if chapter.id == name:
            return chapter.sections[0].id if chapter.in_full and len(chapter.sections) == 1 else name
        if any(section.id == name for section in chapter.sections):
            return name
    return chapter_that("to_review", given)


def is_doubtful(name: str, given: Given) -> bool:
    """Whether a statement to review is so still: no reader accepted it."""
    return name in given.doubtful and name not in given.corrected.accepted


def folded(given: Given) -> dict[str, str]:
    """The statements that stand below another, and which one that is.

    What was folded into a statement that is struck out, to review or not there any more stands by itself
    again; a statement that others are folded into can be folded itself, with all of them.
    """
    merged = given.corrected.merged
    if not merged:
        return {}
    standing = dict(_standing(given))

    def top(name: str) -> str:
        while name in merged and standing.get(merged[name].after):
            name = merged[name].after
        return name

    return {name: top(name) for name in standing if top(name) != name}


def _standing(given: Given) -> Iterator[tuple[str, bool]]:
    """Every statement, and whether it stands in the plan itself."""
    away = (chapter_that("rejected", given), chapter_that("to_review", given))
    for statement in (*given.findings.statements, *given.findings.to_review):
        sent = sent_to(statement.id, given)
        yield statement.id, sent not in away and (sent is not None or not is_doubtful(statement.id, given))
    for one in given.corrected.added:
        yield one.id, (sent_to(one.id, given) or part_named(one.target, given)) not in away
