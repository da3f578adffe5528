"""What was spoken of: the domains that came up, and what is left to ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.plan.entries import Said, apart
from pipeline.plan.given import Given, heading_of, is_adult, is_unasked
from pipeline.plan.placing import domains_of
from pipeline.plan.records import Chapter, Coverage, Item, Question, State
from pipeline.template import ChapterTemplate, SectionTemplate, VoiceTemplate

UNSPOKEN: tuple[State, ...] = ("not_discussed", "only_context")
"""The states of a section of which nobody spoke."""


def coverage(given: Given, chapters: Sequence[Chapter], said: Sequence[Said]) -> tuple[Coverage, ...]:
    """How often each domain came up among the statements that stand in the plan."""
    sections = {section.id: section for chapter in chapters for section in chapter.sections}
    rows = []
    for chapter in given.chapters:
        for part in chapter.sections if chapter.rest else ():
            if is_unasked(part, given) and (part.id not in sections or sections[part.id].state in UNSPOKEN):
                continue
            domains = domains_of(part)
            spoken = [
                one
                for one in said
                if one.statement.category != "context" and domains.intersection(one.statement.domains)
            ]
            counts = Counter(one.statement.perspective for one in apart(spoken))
            rows.append(
                Coverage(
                    heading=sections[part.id].heading or "",
                    state=sections[part.id].state,
                    counts={name: counts[name] for name in given.template.labels.perspectives},
                )
            )
    return tuple(rows)


def questions(
    given: Given, chapters: Sequence[Chapter], said: Sequence[Said], points: Sequence[Item]
) -> tuple[Question, ...]:
    """What to ask in a next conversation.

    Those who were not heard are asked, and what nobody spoke of; then come the points that a reader kept for
    it, in the words of that reader.
    """
    return (*_of_voices(given, said), *_on_subjects(given, chapters), *_kept(points))


def _kept(points: Sequence[Item]) -> Iterator[Question]:
    for item in points:
        if item.resolved and item.resolved.outcome == "next_conversation":
            words = item.resolved.words or item.note
            yield Question(about=(item.title,), words=words, in_person=True, point=item.number)


def _of_voices(given: Given, said: Sequence[Said]) -> Iterator[Question]:
    labels = given.template.labels
    names = labels.perspectives_adult if is_adult(given) else labels.perspectives
    heard = {one.statement.perspective for one in said}
    for chapter in given.chapters:
        for voice in chapter.voices:
            if voice.perspective not in heard and (words := _asked(voice, given)):
                yield Question(about=(names[voice.perspective],), words=words)


def _on_subjects(given: Given, chapters: Sequence[Chapter]) -> Iterator[Question]:
    sections = {section.id: section for chapter in chapters for section in chapter.sections}
    for chapter in given.chapters:
        silent = [
            part
            for part in chapter.sections
            if part.id in sections and sections[part.id].state in UNSPOKEN and not is_unasked(part, given)
        ]
        together = []
        for part in silent:
            heading = heading_of(part, given) or heading_of(chapter, given) or ""
            if words := _asked(part, given):
                yield Question(about=(heading,), words=words, in_person=part.in_person)
            elif not part.otherwise:
                together.append(heading)
        if together and (words := _asked(chapter, given)):
            yield Question(about=tuple(together), words=words, in_person=chapter.in_person)


def _asked(part: ChapterTemplate | SectionTemplate | VoiceTemplate, given: Given) -> str | None:
    """The question of a part of the template, for this kind of conversation."""
    return (part.ask_adult if is_adult(given) else None) or part.ask
