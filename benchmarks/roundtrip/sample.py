"""An invented record to edit: small, with a statement of every kind, copies, points and fields."""

from __future__ import annotations

import datetime as dt

from extractors.schema import (
    Category,
    Conversation,
    Domain,
    Findings,
    Flag,
    Named,
    Participant,
    Perspective,
    Statement,
    Turn,
    statement_id,
)
from pipeline.dossier import Dossier

_SAID: tuple[tuple[str, str, Perspective, Category, Domain, tuple[str, ...]], ...] = (
    ("Fem", "ik wil elke dag even naar buiten met de hond", "child", "value", "sociaal", ()),
    ("Fem", "ik ben bang als het piept in de nacht", "child", "concern", "psychologisch", ()),
    ("Moeder", "wij willen dat ze thuis in haar eigen bed slaapt", "parent", "preference", "fysiek", ()),
    ("Vader", "ik hoop dat we in de zomer nog naar zee gaan", "parent", "goal", "sociaal", ()),
    (
        "Moeder",
        "we willen geen reanimatie als het hart stopt",
        "parent",
        "preference",
        "fysiek",
        ("resuscitation",),
    ),
    ("Vader", "ik wil wel dat alles geprobeerd wordt", "parent", "preference", "fysiek", ("resuscitation",)),
    ("Kinderarts", "we spreken af dat de thuiszorg om acht uur komt", "care_team", "agreement", "fysiek", ()),
    ("Kinderarts", "ik bel morgen de huisarts", "care_team", "action_point", "fysiek", ()),
    ("Moeder", "iemand moet de school nog bellen", "parent", "action_point", "pedagogisch", ()),
    ("Moeder", "bidden geeft ons rust", "parent", "value", "spiritueel", ()),
    ("Vader", "de achterdeur gaat op slot", "parent", "context", "veiligheid", ()),
)
_PEOPLE = (
    Participant(label="Fem", role="child", function="kind", name="Fem"),
    Participant(label="Moeder", role="parent", function="moeder"),
    Participant(label="Vader", role="parent", function="vader"),
    Participant(label="Kinderarts", role="care_team", function="kinderarts"),
)
NAME = "fem"


def sample() -> Dossier:
    """The record of an invented conversation."""
    turns: list[Turn] = []
    statements: list[Statement] = []
    start = 0
    for index, (label, words, perspective, category, domain, topics) in enumerate(_SAID):
        end = start + len(words)
        turns.append(Turn(index=index, label=label, text=words, start=start, end=end))
        statements.append(
            Statement(
                id=statement_id(NAME, start, end),
                quote=words,
                turn=index,
                start=start,
                end=end,
                perspective=perspective,
                speaker=label,
                category=category,
                domains=(domain,),
                owner="kinderarts" if index == 7 else None,
                topics=topics,
                confidence=0.9,
            )
        )
        start = end + 1
    ids = [statement.id for statement in statements]
    limit = "Alleen een arts maakt hier een afspraak van."
    flags = (
        Flag(type="treatment_limit", statements=(ids[4],), note=limit),
        Flag(type="treatment_limit", statements=(ids[5],), note=limit),
        Flag(
            type="conflict", statements=(ids[4], ids[5]), note="Over dit onderwerp is verschillend gesproken."
        ),
        Flag(type="missing_owner", statements=(ids[8],), note="Er is niet gezegd wie dit doet."),
    )
    conversation = Conversation(
        id=NAME,
        source=f"{NAME}.txt",
        sha256="0" * 64,
        format="dialogue",
        date=dt.date(2026, 3, 12),
        child="Fem",
        text="\n".join(turn.text for turn in turns),
        participants=_PEOPLE,
        turns=tuple(turns),
    )
    named = (Named(topic="resuscitation", turns=(4, 5)),)
    findings = Findings(conversation=NAME, statements=tuple(statements), flags=flags, limits_named=named)
    return Dossier(conversation=conversation, findings=findings)
