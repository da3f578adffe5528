"""Where a statement stands: its turn, its sentence, and the sentences around it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from extractors.schema import Conversation, Turn

_STOP = re.compile(r"[.?!;]+(?=\s|$)|\n")
_TITLE = re.compile(r"(?<![^\W_])(?:dr|drs|mw|mevr|dhr|ds|prof|st|ped|[a-z])\.$", re.IGNORECASE)
_SHORT = re.compile(
    r"(?<![^\W_])(?:vpk|ca|nr|tel|evt|incl|mrt|apr|jan|febr?|aug|sept?|okt|nov|dec|ma|di|wo|do|vr|za|zo|mnd|wkn?)\.$",
    re.IGNORECASE,
)


@lru_cache(maxsize=16)  # every action point of a turn asks for those of the same few turns
def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """The sentences of a text as (start, end); an abbreviation ("dr.", "vr. 10 juli") does not end one."""
    spans, start = [], 0
    for stop in _STOP.finditer(text):
        lead, follow = text[max(0, stop.end() - 8) : stop.end()], text[stop.end() : stop.end() + 2].lstrip()
        if (
            follow
            and stop[0] == "."
            and (_TITLE.search(lead) or (_SHORT.search(lead) and not follow.isupper()))
        ):
            continue
        spans.append((start, stop.end()))
        start = stop.end()
        while start < len(text) and text[start].isspace():
            start += 1
    return (*spans, (start, len(text))) if start < len(text) else tuple(spans)


def _ended_by(text: str, place: int) -> int:
    """How many sentences end at or before this character."""
    return bisect_right(sentences(text), place, key=lambda span: span[1])


def sentence_at(text: str, place: int) -> tuple[int, int]:
    """The sentence in which this character stands."""
    spans = sentences(text)
    number = _ended_by(text, place)
    return spans[number] if number < len(spans) else (0, len(text))


def sentence_before(place: Place) -> Place | None:
    """The sentence before that of the quote, in the same turn."""
    number = _ended_by(place.turn.text, place.start)
    return Place(place.turn, *sentences(place.turn.text)[number - 1], place.conversation) if number else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the quote of an action point stands: characters `start:end` of the text of a turn."""

    turn: Turn
    start: int
    end: int
    conversation: Conversation

    @property
    def quote(self) -> str:
        """The words of the action point."""
        return self.turn.text[self.start : self.end]

    @property
    def before(self) -> str:
        """The words of its sentence before the quote."""
        return self.turn.text[sentence_at(self.turn.text, self.start)[0] : self.start]

    @property
    def after(self) -> str:
        """The words of its sentence after the quote."""
        return self.turn.text[self.end : sentence_at(self.turn.text, max(self.start, self.end - 1))[1]]

    @property
    def in_note(self) -> bool:
        """Whether nobody speaks here: a note, or a list."""
        return self.turn.label is None

    def turn_at(self, distance: int) -> Turn | None:
        """The turn so many places further on (or back, below zero), None past the ends."""
        index = self.turn.index + distance
        return self.conversation.turns[index] if 0 <= index < len(self.conversation.turns) else None
