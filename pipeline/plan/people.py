"""Who took part, and what they are called."""

from __future__ import annotations

from extractors.schema import Participant
from extractors.voices import GROUND
from pipeline.plan.given import Given, role_word
from pipeline.plan.records import Person
from pipeline.template import ChapterTemplate

FUNCTION, REACH = "functie", "bereikbaar"
"""What the fields of a person are called, with the person's number behind it."""


def people(chapter: ChapterTemplate, given: Given) -> tuple[Person, ...]:
    """Who took part in one of the chapter's roles; whose role is open stands with the "other" people."""
    return tuple(
        Person(
            name=participant.name or participant.label,
            function=participant.function
            or (role_word(participant.role, given) if GROUND in participant.because else None),
            inferred=GROUND in participant.because,
            field=f"{FUNCTION}-{number}",
            reach=f"{REACH}-{number}",
        )
        for number, participant in enumerate(given.conversation.participants, start=1)
        if (participant.role or "other") in chapter.roles
    )


def called(participant: Participant | None, label: str | None) -> str | None:
    """A speaker as shown: the name or label, with an adult's function where that says more."""
    if participant is None:
        return label
    name = participant.name or participant.label
    function = participant.function
    if not function or participant.role == "child" or function.casefold() in name.casefold():
        return name
    return function if name.casefold() in function.casefold() else f"{name} ({function})"
