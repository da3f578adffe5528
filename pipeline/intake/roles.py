"""What the words of people.yaml say about a person: role and function."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import AfterValidator, Field, model_validator

from extractors.schema import Record, Role

_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")
_DIARISED = re.compile(
    r"(?:speaker|spreker|spk|deelnemer|s|unknown speaker|onbekende spreker)[ _-]?(?:\d+|[A-Z])\b",
    re.IGNORECASE,
)


def _lower(word: str) -> str:
    if word != word.lower():
        raise ValueError(f"{word!r} is not in lower case")
    return word


Word = Annotated[str, Field(min_length=1), AfterValidator(_lower)]


class Titles(Record):
    """Words before a name that are no part of it; those under `care_team` also tell the role."""

    care_team: frozenset[Word]
    none: frozenset[Word]


class PeopleWords(Record):
    """The file people.yaml. One spelling stands for one function."""

    roles: dict[Role, dict[str, tuple[Word, ...]]]
    endings: dict[Role, tuple[Word, ...]]
    organisations: tuple[Word, ...]
    titles: Titles
    no_speakers: frozenset[Word]
    no_names: frozenset[Word]
    no_calls: frozenset[Word]

    @model_validator(mode="after")
    def _one_function_a_spelling(self) -> Self:
        spellings = [
            word for functions in self.roles.values() for words in functions.values() for word in words
        ]
        for word, count in Counter(spellings).items():
            if count > 1:
                raise ValueError(f"{word!r} stands for more than one function")
        return self


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word lists: spelling -> (role, function), and the rest of people.yaml in lower case."""

    functions: dict[str, tuple[Role, str]]
    endings: tuple[tuple[str, Role], ...]
    organisations: tuple[str, ...]
    care_titles: frozenset[str]
    titles: frozenset[str]
    no_speakers: frozenset[str]
    no_names: frozenset[str]
    no_calls: frozenset[str]


@dataclass(frozen=True, slots=True)
class Found:
    """A function word in a phrase: its role, the function's usual name, and its place in the phrase."""

    role: Role
    function: str
    start: int
    end: int


@cache
def lexicon() -> Lexicon:
    """The word lists of people.yaml, read once.

    Raises:
        ValueError: the file breaks its schema.
    """
    path = Path(__file__).parent / "people.yaml"
    words = PeopleWords.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    return Lexicon(
        functions={
            spelling: (role, function)
            for role, functions in words.roles.items()
            for function, spellings in functions.items()
            for spelling in spellings
        },
        endings=tuple((ending, role) for role, endings in words.endings.items() for ending in endings),
        organisations=words.organisations,
        care_titles=words.titles.care_team,
        titles=words.titles.care_team | words.titles.none,
        no_speakers=words.no_speakers,
        no_names=words.no_names,
        no_calls=words.no_calls,
    )


def find_function(phrase: str) -> Found | None:
    """The first function word of a phrase, the longest spelling that begins there."""
    words = list(_WORD.finditer(phrase))
    known = lexicon().functions
    for first in range(len(words)):
        for last in range(min(first + 3, len(words)) - 1, first - 1, -1):
            spelling = " ".join(_plain(word[0]) for word in words[first : last + 1])
            if spelling in known:
                role, function = known[spelling]
                return Found(role, function, words[first].start(), words[last].end())
        word = _plain(words[first][0])
        for ending, role in lexicon().endings:
            if word.endswith(ending) and len(word) > len(ending):
                return Found(role, word, words[first].start(), words[first].end())
    return None


def in_organisation(phrase: str) -> bool:
    """Whether a phrase names an organisation that takes part in the care."""
    plain = " ".join(_plain(word) for word in _WORD.findall(phrase))
    return any(re.search(rf"\b{re.escape(name)}\b", plain) for name in lexicon().organisations)


def is_diarised(label: str) -> bool:
    """Whether a label is a machine's number for a voice (SPEAKER_00, Spreker 1, S01)."""
    return _DIARISED.fullmatch(label.strip()) is not None


def is_no_speaker(label: str) -> bool:
    """Whether a label is a word that opens a note, not a person."""
    words = [_plain(word) for word in _WORD.findall(label)]
    return not words or " ".join(words) in lexicon().no_speakers or words[0] in {"let", "nb"}


def without_title(name: str) -> str:
    """A name without `dr.`, `mw.` and the like before it."""
    words = name.split()
    while len(words) > 1 and _plain(words[0]) in lexicon().titles:
        words = words[1:]
    return " ".join(words)


def has_care_title(name: str) -> bool:
    """Whether a name begins with a professional's title (`dr.`, `juf`)."""
    words = name.split()
    return len(words) > 1 and _plain(words[0]) in lexicon().care_titles


def _plain(word: str) -> str:
    return word.lower().rstrip(".").replace("’", "'")
