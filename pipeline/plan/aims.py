"""Which parts of a template a statement is for, by the template's rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from extractors.schema import FlagType, Statement
from pipeline.template import ChapterTemplate, Shows, any_takes

TABLES: tuple[Shows, ...] = ("limits", "actions")


class Aim(NamedTuple):
    """The sections that a statement is for, by their ids.

    `about` are those on whose subject it is, `held_by` those of them that hold it too, `home` is where it
    stands in full if no reader put it elsewhere.
    """

    about: frozenset[str]
    held_by: frozenset[str]
    home: str


def aim_of(statement: Statement, flags: Collection[FlagType], chapters: Iterable[ChapterTemplate]) -> Aim:
    """The sections of these chapters that a statement with these flags is for.

    Its home is in a table that takes it, else in the section that asks for its topic, or that it is under a
    condition, before one that looks at its category and domain only. That there is one is checked when the
    template is loaded.
    """
    about, held, homes = set(), set(), []
    for chapter in chapters:
        admitted = not chapter.only or any_takes(chapter.only, statement, flags)
        for section in chapter.sections:
            if not chapter.is_about(section, statement, flags):
                continue
            about.add(section.id)
            if admitted:
                held.add(section.id)
            if admitted and chapter.in_full:
                closeness = (chapter.shows not in TABLES, chapter.rest, -section.aim(statement, flags))
                homes.append((closeness, section.id))
    _, home = min(homes, key=lambda one: one[0])
    return Aim(frozenset(about), frozenset(held), home)
