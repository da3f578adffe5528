"""What a speaker label says about a person, by the words of `extractors.roles`."""

from __future__ import annotations

import re

from extractors.names import NUMBERED
from extractors.roles import people_words, plain

_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")


def in_organisation(phrase: str) -> bool:
    """Whether a phrase names an organisation that takes part in the care."""
    words = " ".join(plain(word) for word in _WORD.findall(phrase))
    return any(f" {name} " in f" {words} " for name in people_words().organisations)


def is_diarised(label: str) -> bool:
    """Whether a label is a machine's number for a voice (SPEAKER_00, Spreker 1, S01)."""
    return NUMBERED.fullmatch(label.strip()) is not None


def is_no_speaker(label: str) -> bool:
    """Whether a label is a word that opens a note, not a person."""
    words = [plain(word) for word in _WORD.findall(label)]
    return not words or " ".join(words) in people_words().no_speakers or words[0] in {"let", "nb"}


def without_title(name: str) -> str:
    """A name without `dr.`, `mw.` and the like before it."""
    words = name.split()
    while len(words) > 1 and plain(words[0]) in people_words().titles.all:
        words = words[1:]
    return " ".join(words)


def has_care_title(name: str) -> bool:
    """Whether a name begins with a professional's title (`dr.`, `juf`)."""
    words = name.split()
    return len(words) > 1 and plain(words[0]) in people_words().titles.care_team
