"""Flags: what a reviewer must still resolve, found in the statements of a whole conversation.

One function a type, in the order of the annotation guide ("A flag"). A flag's note is a fixed Dutch
sentence; the words of the conversation stay in the statements it names.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from extractors.conflicts import find_conflicts
from extractors.evidence import role_of
from extractors.limits import limit_threads
from extractors.open_questions import is_open_question
from extractors.polarity import DOUBT
from extractors.schema import Category, Conversation, Flag, HeldLimits, Named, Statement
from extractors.statements import WISHES

OWN_VIEWS: frozenset[Category] = frozenset(("value", "preference", "goal", "concern"))
_LIKELY = 0.5
"""An action point less sure than this is itself to be judged first: nobody asks yet who does it, and when."""
_REPEATED = re.compile(
    r"\b(?:elke|iedere?|telkens|steeds|altijd|voortaan|meestal|om de|per (?:dag|week|maand))\b", re.IGNORECASE
)
"""What is done again and again has no day."""
RATIFIES = "Alleen een arts, physician assistant of verpleegkundig specialist bekrachtigt dit."
READ_AGAIN = "Lees de woorden na: het is niet zeker of dit gewenst is of geweigerd wordt."


def find_flags(
    conversation: Conversation, statements: Sequence[Statement], named: Sequence[Named] = ()
) -> tuple[Flag, ...]:
    """All flags of a conversation, those of the intake first.

    Args:
        conversation: The conversation.
        statements: What was found in it, in the order of the text.
        named: The turns that name a treatment with limits, in a statement or not.
    """
    return (
        *_of_intake(conversation, statements),
        *_conflicts(conversation, statements),
        *_tentative(statements),
        *_missing(statements),
        *_proxy_only(conversation, statements),
        *treatment_limits(statements, named),
        *_open_questions(conversation, statements),
        *_unclear_speakers(conversation, statements),
    )


def _of_intake(conversation: Conversation, statements: Sequence[Statement]) -> Iterator[Flag]:
    """The flags of the intake, with the statements of the turns they are about."""
    for flag in conversation.flags:
        unclear = tuple(s.id for s in statements if s.turn in flag.turns and _is_unclear(conversation, s))
        yield flag.model_copy(update={"statements": unclear})


def _conflicts(conversation: Conversation, statements: Sequence[Statement]) -> Iterator[Flag]:
    for ids in find_conflicts(conversation, statements):
        yield Flag(type="conflict", statements=ids, note="Over dit onderwerp is verschillend gesproken.")


def _tentative(statements: Sequence[Statement]) -> Iterator[Flag]:
    for s in statements:
        if s.category in WISHES and s.certainty == "tentative":
            yield Flag(type="tentative", statements=(s.id,), note="Deze wens staat nog niet vast.")


def _missing(statements: Sequence[Statement]) -> Iterator[Flag]:
    for s in statements:
        if s.category != "action_point" or s.confidence < _LIKELY:
            continue
        if s.owner is None:
            yield Flag(type="missing_owner", statements=(s.id,), note="Niet bekend wie dit doet.")
        if s.due is None and _REPEATED.search(s.quote) is None:
            yield Flag(type="missing_due", statements=(s.id,), note="Niet bekend wanneer dit gebeurt.")


def _proxy_only(conversation: Conversation, statements: Sequence[Statement]) -> Iterator[Flag]:
    """What is known of the child through somebody else.

    What a professional says back to a child who spoke is not: the child's own words are there.
    """
    of_child = [s for s in statements if s.perspective == "child" and s.category in OWN_VIEWS]
    spoke = any(not s.reported for s in of_child)
    ids = tuple(
        s.id for s in of_child if s.reported and not (spoke and _speaks_for_care(conversation, s.speaker))
    )
    if ids:
        yield Flag(type="proxy_only", statements=ids, note="Dit is alleen via een ander van het kind bekend.")


def _speaks_for_care(conversation: Conversation, label: str | None) -> bool:
    speaker = conversation.participant(label)
    return speaker is not None and speaker.role == "care_team"


def treatment_limits(
    statements: Sequence[Statement], named: Sequence[Named], held: Sequence[HeldLimits] = ()
) -> Iterator[Flag]:
    """A flag for each treatment with limits that somebody wished or agreed something about.

    Args are those of `limits.limit_threads`.
    """
    doubtful = {s.id for s in statements if DOUBT in s.because}
    for ids in limit_threads(statements, named, held).values():
        note = RATIFIES if doubtful.isdisjoint(ids) else f"{RATIFIES} {READ_AGAIN}"
        yield Flag(type="treatment_limit", statements=ids, note=note)


def _open_questions(conversation: Conversation, statements: Sequence[Statement]) -> Iterator[Flag]:
    for s in statements:
        if is_open_question(conversation, s):
            yield Flag(
                type="open_question", statements=(s.id,), note="Op deze vraag is nog geen antwoord gegeven."
            )


def _is_unclear(conversation: Conversation, statement: Statement) -> bool:
    """Whether nothing but the words, or nothing at all, tells whose view a statement is."""
    turn = conversation.turns[statement.turn]
    return statement.perspective == "unknown" or (
        turn.block == "speech" and role_of(conversation, turn) is None
    )


def _unclear_speakers(conversation: Conversation, statements: Sequence[Statement]) -> Iterator[Flag]:
    """One flag a speaker and reason, for the views that no flag of the intake is about already."""
    flagged = {turn for flag in conversation.flags for turn in flag.turns}
    by_reason: dict[tuple[str | None, str | None], list[str]] = defaultdict(list)
    for s in statements:
        if _is_unclear(conversation, s) and s.turn not in flagged:
            by_reason[s.speaker, s.perspective_reason].append(s.id)
    for ids in by_reason.values():
        yield Flag(type="unclear_speaker", statements=tuple(ids), note="Niet bekend wiens standpunt dit is.")
