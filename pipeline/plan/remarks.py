"""What readers remarked, with the part of the plan that it is about."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from pipeline.corrections import Correction
from pipeline.plan.given import Given
from pipeline.plan.homes import chapter_that
from pipeline.plan.points import point_id
from pipeline.plan.records import Chapter, Entry, Remark


def remarks_of(
    given: Given, chapters: Sequence[Chapter], entries: Iterable[Entry], fields: Collection[str]
) -> dict[str, tuple[Remark, ...]]:
    """The remarks of readers by what they are about.

    What is about something that is no longer in the plan, and what was filled in a field that is not, stands
    with what is to be reviewed: nothing that a reader wrote is lost.
    """
    there = {entry.id for entry in entries} | set(fields)
    there |= {point_id(number) for number in range(1, len(given.flags) + 1)}
    there |= {chapter.id for chapter in chapters}
    there |= {section.id for chapter in chapters for section in chapter.sections}
    lost = chapter_that("to_review", given)
    filled = [one for name, one in given.corrected.filled.items() if name not in there and one.after]
    remarks = [one for each in given.corrected.remarks.values() for one in each]
    found: dict[str, list[Remark]] = {}
    for number, one in enumerate((*remarks, *filled), start=1):
        name = one.target if one.target in there else lost
        found.setdefault(name, []).append(_remark(number, one))
    return {name: tuple(each) for name, each in found.items()}


def _remark(number: int, one: Correction) -> Remark:
    signed = " ".join(re.sub(r"[^\w.'-]+", " ", one.author or "").split()) or "Lezer"
    return Remark(
        number=number, words=one.after, by=one.author, function=one.function, at=one.at, signed=signed
    )
