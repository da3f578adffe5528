"""What was told in confidence: which turns ask to keep something from others, and which turns that is about.

The words say that there is something, not how far it reaches, so what stands around them counts as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import islice
from typing import NamedTuple

from extractors.cues import PATTERNS, Cue, Strict, read_yaml
from extractors.schema import Conversation, Turn

GAP = 5
"""How many words `...` stands for at most."""

REACH = 800
"""How many letters from the request what it is about can lie in a long turn: about a minute of speech."""

_SENTENCE = re.compile(r"(?:[^.!?\n]|\.(?=\w))+")
_WORD = re.compile(r"[\w'’]+")
NAME = "{name}"


class ConfidedFile(Strict):
    """`patterns/confided.yaml`, which tells what each part means."""

    about: str
    sets: dict[str, tuple[str, ...]]
    cues: tuple[Cue, ...]


class _Phrase(NamedTuple):
    """A phrase of a cue; it is only looked for where one of the words of its rarest place stands."""

    cue: Cue
    pattern: re.Pattern[str]
    anchors: tuple[str, ...]


@cache
def load_confided() -> ConfidedFile:
    """The words by which people ask to keep something to oneself.

    Raises:
        PatternError: The file breaks its schema.
    """
    return read_yaml(PATTERNS / "confided.yaml", ConfidedFile)


@lru_cache(maxsize=4096)  # the same turns are read with every new draft of a plan
def requests(text: str) -> tuple[tuple[int, int], ...]:
    """The sentences that ask to keep something from others or off the record, from start to end."""
    return tuple(sentence.span() for sentence in _SENTENCE.finditer(text) if _asks(sentence[0]))


def confided(conversation: Conversation) -> dict[int, tuple[tuple[int, int], ...]]:
    """For each turn that asks for confidence the stretches of the text that this may be about.

    These are the turn itself, those right before and behind it, whoever speaks, and the nearest ones of the
    same speaker; where nobody is labelled, two on either side. In a note they are the lines right before and
    behind it, if they stand under the same heading. Of a long turn it is what lies within `REACH`.
    """
    found = {}
    for turn in conversation.turns:
        asked = () if turn.block in ("heading", "header") else requests(turn.text)
        if asked:
            first, last = turn.start + asked[0][0], turn.start + asked[-1][1]
            before, behind = conversation.turns[: turn.index][::-1], conversation.turns[turn.index + 1 :]
            found[turn.index] = (
                (max(turn.start, first - REACH), min(turn.end, last + REACH)),
                *((max(other.start, other.end - REACH), other.end) for other in _nearest(turn, before)),
                *((other.start, min(other.end, other.start + REACH)) for other in _nearest(turn, behind)),
            )
    return found


def _nearest(turn: Turn, others: Sequence[Turn]) -> list[Turn]:
    """Those of the turns on one side, the nearest first, that may be about the same."""
    if turn.block != "speech":
        return [other for other in others[:1] if other.section == turn.section]
    if turn.label is None:
        return list(others[:2])
    own = islice((other for other in others if other.label == turn.label), 1)
    return list(dict.fromkeys((*others[:1], *own)))


def _asks(sentence: str) -> bool:
    found = _WORD.findall(sentence)
    if not found:
        return False
    # Each word with a space behind it; the capital of the first tells nothing.
    words = " ".join([found[0].lower(), *found[1:], ""])
    forms = words.lower().split()
    by_word, by_start = _phrases()
    starts = tuple(by_start)
    near = [phrase for form in forms for phrase in by_word.get(form, ())]
    for form in forms:
        if form.startswith(starts):
            near += [phrase for start in starts if form.startswith(start) for phrase in by_start[start]]
    return any(
        not any(match.start() < stop and start < match.end() for start, stop in _denied(words, phrase.cue))
        for phrase in dict.fromkeys(near)
        for match in phrase.pattern.finditer(words)
    )


def _denied(words: str, cue: Cue) -> list[tuple[int, int]]:
    """Where the exceptions of a cue stand."""
    return [match.span() for phrase in cue.unless for match in _expression(phrase).finditer(words)]


@cache
def _phrases() -> tuple[dict[str, list[_Phrase]], dict[str, list[_Phrase]]]:
    """All phrases by each word of their anchor: whole words, and the starts of words."""
    by_word: dict[str, list[_Phrase]] = {}
    by_start: dict[str, list[_Phrase]] = {}
    for cue in load_confided().cues:
        for phrase in cue.phrases:
            anchors = _anchors(phrase)
            made = _Phrase(cue, _expression(phrase), anchors)
            for word in anchors:
                (by_start if word.endswith("*") else by_word).setdefault(word.removesuffix("*"), []).append(
                    made
                )
    return by_word, by_start


def _anchors(phrase: str) -> tuple[str, ...]:
    """The words of the place of a phrase that the fewest words can stand at."""
    places = [_words(part) for part in phrase.split() if part != "..." and not part.endswith("?")]
    return min((words for words in places if NAME not in words), key=len)


@cache
def _expression(phrase: str) -> re.Pattern[str]:
    pieces = []
    for part in phrase.split():
        words = "|".join(map(_word, _words(part.removesuffix("?"))))
        if part == "...":
            pieces.append(rf"(?:\S+ ){{0,{GAP}}}?")
        else:
            pieces.append(rf"(?:(?:{words}) ){'?' if part.endswith('?') else ''}")
    return re.compile(r"(?<!\S)" + "".join(pieces), re.IGNORECASE)


def _words(part: str) -> tuple[str, ...]:
    """The words that can stand at one place of a phrase."""
    if "|" in part:
        return tuple(word for each in part.split("|") for word in _words(each))
    if part.startswith("{") and part != NAME:
        return tuple(word for each in load_confided().sets[part.strip("{}")] for word in _words(each))
    return (part,)


def _word(word: str) -> str:
    return r"(?-i:[A-ZÀ-Þ])\S*" if word == NAME else re.escape(word).replace(r"\*", r"\S*")
