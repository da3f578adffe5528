"""When an action point is due: `due_of`."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from extractors.dates import DateMention, find_dates, find_dates_in_field
from extractors.listed import WHEN, filled_in, listed, row_parts
from extractors.owners import FIRST_PERSON, ONLY_AND, WILL_DO
from extractors.place import Place, sentence_before, sentences

_REFERS_BACK = re.compile(
    r"\W*(?:en\s+)?(?:dat|die|dit|deze|daar|dan|bellen|u|je|jullie|ik\s+(?:probeer|doe)\s+d(?:at|it)"
    r"|ik\s+(?:heb|zie|spreek|ben)\s+(?:daar|er|haar|hem|ze|hen))\b"
    r"|.*\b(?:is|zijn)\s+(?:dat|het|die)\s+(?:rond|klaar|geregeld|binnen)\b",
    re.IGNORECASE,
)
_ASKS_WHEN = re.compile(r"\bwanneer\b|\bhoe\s+laat\b", re.IGNORECASE)
_THEN = re.compile(r"\W*(?:en\s+|ja,?\s+)*dan\b", re.IGNORECASE)
_PROMISES = re.compile(rf"\W*(?:ja\W+)?{WILL_DO.pattern}", re.IGNORECASE)
_OTHER_CLAUSE = re.compile(r"[:;](?=[^:;]*\b(?:ik|we|wij)\b)")
_IK_OR_WE = re.compile(r"\b(?:ik|we|wij)\b", re.IGNORECASE)
_SHORT_SENTENCE = 4  # words: "Volgende week, na schooltijd."
_SHORT_QUESTION = 8


def due_of(place: Place) -> str | None:
    """When an action point is due.

    Looked for in the list's own column, in the quote, in the rest of its sentence, in what follows and refers
    back ("Vanavond.", "Die hebben jullie maandag.") and in the answer to "wanneer?".

    Returns:
        An ISO date where the words name one day to do it on or before, else the words as said; None where
        nothing is said.
    """
    today = place.conversation.date
    if (field := listed(place, WHEN)) is not None:
        soonest = _soonest(find_dates_in_field(field, today))
        if soonest is None:
            return filled_in(field) if re.search(r"[a-z]{4}", field) else None
        return soonest if soonest[0].isdigit() else filled_in(field)
    if in_row := _in_row(place, today):
        return in_row
    found = (_soonest(find_dates(words, today)) for words in _around(place))
    return next((due for due in found if due), None)


def _in_row(place: Place, today: dt.date | None) -> str | None:
    """The day that has a place of its own in the row of an item: "1 / map maken / Ilse / 17-11"."""
    found = (_soonest(find_dates_in_field(part, today)) for part in row_parts(place))
    return next((due for due in found if due), None)


def _soonest(mentions: Sequence[DateMention]) -> str | None:
    """The first day that is named, else the first words of time; what lies behind does not count."""
    ahead = [mention for mention in mentions if mention.relation != "verleden"]
    for mention in ahead:
        if mention.date and mention.relation in ("op", "uiterlijk", "voor"):
            return mention.date.isoformat()
    if not ahead:
        return None
    first = ahead[0]
    return first.date.isoformat() if first.date and first.relation == "vanaf" else first.text


def _around(place: Place) -> Iterator[str]:
    """Where the day can stand, the nearest words first."""
    yield place.quote
    yield _OTHER_CLAUSE.split(place.after)[0]
    yield place.before
    yield from _following(place)
    earlier = sentence_before(place)
    if earlier and (
        ONLY_AND.fullmatch(place.before) or _THEN.match(place.quote) or _THEN.match(place.before)
    ):
        yield earlier.quote
    elif not earlier and _THEN.match(place.quote):
        yield _question_before(place)
    yield from _answers(place)


def _following(place: Place) -> Iterator[str]:
    """Up to two sentences of the turn after the quote's, as long as they are short or refer back."""
    text = place.turn.text
    spans = sentences(text)
    first = bisect_right(spans, place.end - 1, key=lambda span: span[0])
    for start, end in spans[first : first + 2]:
        sentence = text[start:end]
        short = len(sentence.split()) <= _SHORT_SENTENCE and not _IK_OR_WE.search(sentence)
        if not (short or _REFERS_BACK.match(sentence)):
            return
        yield sentence


def _question_before(place: Place) -> str:
    """The question that ends the turn before; "" where it ends with none."""
    earlier = place.turn_at(-1)
    if earlier is None or not earlier.text.rstrip().endswith("?"):
        return ""
    return earlier.text[slice(*sentences(earlier.text)[-1])]


def _answers(place: Place) -> Iterator[str]:
    """The day in a "Doe ik vanavond" to a request, and in the answer to "wanneer?"."""
    later, answer = place.turn_at(1), place.turn_at(2)
    if later is None or later.label == place.turn.label:
        return
    if not FIRST_PERSON.search(place.quote) and _PROMISES.match(later.text):
        yield later.text[slice(*sentences(later.text)[0])]
    asks = _ASKS_WHEN.search(later.text) and len(later.text.split()) <= _SHORT_QUESTION
    if asks and answer and answer.label == place.turn.label and (spans := sentences(answer.text)):
        yield answer.text[slice(*spans[0])]
