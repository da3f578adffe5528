"""Flags: what a reviewer must still resolve, found in the statements of a whole conversation.

One function a type, in the order of the annotation guide ("A flag"). A flag's note is a fixed Dutch
sentence; the words of the conversation stay in the statements it names.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from extractors.concepts import limit_concepts, load_lexicon
from extractors.schema import Category, Conversation, Flag, Statement, Turn

WISHES: frozenset[Category] = frozenset(("preference", "goal"))
STANCES: frozenset[Category] = frozenset(("preference", "goal", "agreement"))
OWN_VIEWS: frozenset[Category] = frozenset(("value", "preference", "goal", "concern"))
DISPUTED_AREAS = frozenset(
    ("treatment", "device", "medication", "nutrition", "symptom", "communication", "place", "school")
)
"""Areas of the lexicon whose concepts people can want different things about; to share a person is none."""

_NO_ANSWER = (
    "weet ik niet",
    "zoek ik uit",
    "zoek het uit",
    "kom ik op terug",
    "kom erop terug",
    "vraag ik na",
)
_ASKED_IN_NOTE = (" vroeg ", " vraagt ", " vroegen ", " vragen of ", " vraagt zich af ")


def find_flags(conversation: Conversation, statements: Sequence[Statement]) -> tuple[Flag, ...]:
    """All flags of a conversation, those of the intake first."""
    return (
        *_of_intake(conversation, statements),
        *_conflicts(statements),
        *_tentative(statements),
        *_missing(statements),
        *_proxy_only(statements),
        *_treatment_limits(statements),
        *_open_questions(conversation, statements),
        *_unclear_speakers(conversation, statements),
    )


def _of_intake(conversation: Conversation, statements: Sequence[Statement]) -> Iterator[Flag]:
    """The flags of the intake, with the statements of the turns they are about."""
    for flag in conversation.flags:
        unknown = tuple(s.id for s in statements if s.turn in flag.turns and s.perspective == "unknown")
        yield flag.model_copy(update={"statements": unknown})


def _by_topic(statements: Iterable[Statement]) -> dict[str, list[Statement]]:
    topics: dict[str, list[Statement]] = defaultdict(list)
    for statement in statements:
        for topic in statement.topics:
            topics[topic].append(statement)
    return topics


def _conflicts(statements: Sequence[Statement]) -> Iterator[Flag]:
    """One topic on which one wants what another, or the same person at another moment, does not."""
    lexicon = load_lexicon()
    seen: set[tuple[str, ...]] = set()
    for topic, stances in _by_topic(s for s in statements if s.category in STANCES).items():
        if lexicon[topic].area not in DISPUTED_AREAS:
            continue
        wanted = [s for s in stances if s.polarity == "affirmed"]
        refused = [s for s in stances if s.polarity == "negated"]
        ids = tuple(s.id for s in stances)
        if wanted and refused and ids not in seen:
            seen.add(ids)
            yield Flag(type="conflict", statements=ids, note="Over dit onderwerp is verschillend gesproken.")


def _tentative(statements: Sequence[Statement]) -> Iterator[Flag]:
    for s in statements:
        if s.category in WISHES and s.certainty == "tentative":
            yield Flag(type="tentative", statements=(s.id,), note="Deze wens staat nog niet vast.")


def _missing(statements: Sequence[Statement]) -> Iterator[Flag]:
    for s in statements:
        if s.category == "action_point" and s.owner is None:
            yield Flag(type="missing_owner", statements=(s.id,), note="Niet bekend wie dit doet.")
        if s.category == "action_point" and s.due is None:
            yield Flag(type="missing_due", statements=(s.id,), note="Niet bekend wanneer dit gebeurt.")


def _proxy_only(statements: Sequence[Statement]) -> Iterator[Flag]:
    ids = tuple(
        s.id for s in statements if s.perspective == "child" and s.reported and s.category in OWN_VIEWS
    )
    if ids:
        yield Flag(type="proxy_only", statements=ids, note="Dit is alleen via een ander van het kind bekend.")


def _treatment_limits(statements: Sequence[Statement]) -> Iterator[Flag]:
    stances = (s for s in statements if s.category in STANCES)
    for topic, about in _by_topic(stances).items():
        if topic in limit_concepts():
            yield Flag(
                type="treatment_limit",
                statements=tuple(s.id for s in about),
                note="Alleen een arts, physician assistant of verpleegkundig specialist bekrachtigt dit.",
            )


def _open_questions(conversation: Conversation, statements: Sequence[Statement]) -> Iterator[Flag]:
    for s in statements:
        if s.category != "concern" or s.perspective == "care_team":
            continue
        turn = conversation.turns[s.turn]
        if turn.block == "speech":
            after = (
                conversation.turns[s.turn + 1].text.lower() if s.turn + 1 < len(conversation.turns) else ""
            )
            asked = conversation.text[s.end : s.end + 1] == "?" or s.quote.endswith("?")
            open_ = asked and (not after or any(words in after for words in _NO_ANSWER))
        else:
            open_ = any(word in f" {turn.text.lower()} " for word in _ASKED_IN_NOTE) and _near_asking(turn, s)
        if open_:
            yield Flag(
                type="open_question", statements=(s.id,), note="Op deze vraag is nog geen antwoord gegeven."
            )


def _near_asking(turn: Turn, statement: Statement) -> bool:
    """Whether the asking word stands in a note's statement or just before it."""
    start, end = statement.start - turn.start, statement.end - turn.start
    around = f" {turn.text[max(0, start - 25) : end].lower()} "
    return statement.quote.endswith("?") or any(word in around for word in _ASKED_IN_NOTE)


def _unclear_speakers(conversation: Conversation, statements: Sequence[Statement]) -> Iterator[Flag]:
    """One flag a speaker and reason, for the views that no flag of the intake is about already."""
    flagged = {turn for flag in conversation.flags for turn in flag.turns}
    by_reason: dict[tuple[str | None, str | None], list[str]] = defaultdict(list)
    for s in statements:
        if s.perspective == "unknown" and s.turn not in flagged:
            by_reason[s.speaker, s.perspective_reason].append(s.id)
    for ids in by_reason.values():
        yield Flag(type="unclear_speaker", statements=tuple(ids), note="Niet bekend wiens standpunt dit is.")
