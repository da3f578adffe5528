"""What the words of patterns/people.yaml say about a person: role and function.

Every step reads them here: the intake for labels and headers, the extraction for whose view a note gives and
who takes on an action point.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Self

from pydantic import model_validator

from extractors.cues import PATTERNS, Strict, read_yaml
from extractors.schema import Role

_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")
_LONGEST = 3
"""So many words the longest spelling looked for has."""

Spellings = dict[Role, dict[str, tuple[str, ...]]]


class Titles(Strict):
    """Words before a name: those that tell the role, and those that tell a woman from a man."""

    care_team: frozenset[str]
    parent: frozenset[str]
    woman: frozenset[str]
    man: frozenset[str]

    @cached_property
    def all(self) -> frozenset[str]:
        """Every title."""
        return self.care_team | self.parent | self.woman | self.man


class PeopleWords(Strict):
    """The contents of patterns/people.yaml; the comments in that file say what each list is for."""

    roles: Spellings
    in_notes: Spellings
    of_adults: frozenset[str]
    labels_only: frozenset[str]
    endings: dict[Role, tuple[str, ...]]
    no_compounds: tuple[str, ...]
    organisations: frozenset[str]
    services: tuple[str, ...]
    service_endings: tuple[str, ...]
    titles: Titles
    women: frozenset[str]
    men: frozenset[str]
    no_speakers: frozenset[str]
    no_names: frozenset[str]
    no_calls: frozenset[str]

    @model_validator(mode="after")
    def _each_spelling_stands_once(self) -> Self:
        seen: set[str] = set()
        for functions in self.roles.values():
            for spellings in functions.values():
                for spelling in spellings:
                    if spelling in seen or spelling != spelling.lower():
                        raise ValueError(f"{spelling!r} stands here twice, or has a capital")
                    seen.add(spelling)
        return self

    @model_validator(mode="after")
    def _lists_name_known_words(self) -> Self:
        functions = {function for role in self.roles.values() for function in role}
        if unknown := self.of_adults - functions | self.labels_only - self.functions.keys():
            raise ValueError(f"unknown functions or spellings: {sorted(unknown)}")
        return self

    @cached_property
    def functions(self) -> Mapping[str, tuple[Role, str]]:
        """Each spelling of a function without its last full stop, with the role and the function."""
        return _by_spelling(self.roles)

    @cached_property
    def short_forms(self) -> Mapping[str, tuple[Role, str]]:
        """Each short form of a note, to the letter, with the role and the function."""
        return {
            form: (role, function)
            for role, functions in self.in_notes.items()
            for function, forms in functions.items()
            for form in forms
        }


def _by_spelling(roles: Spellings) -> dict[str, tuple[Role, str]]:
    return {
        " ".join(plain(word) for word in spelling.split()): (role, function)
        for role, functions in roles.items()
        for function, spellings in functions.items()
        for spelling in spellings
    }


@dataclass(frozen=True, slots=True)
class Found:
    """A function word in a phrase: its role, the function's usual name, and its place (characters)."""

    role: Role
    function: str
    start: int
    end: int


@cache
def people_words() -> PeopleWords:
    """The words of patterns/people.yaml, checked against their schema.

    Raises:
        PatternError: The file breaks its schema.
    """
    return read_yaml(PATTERNS / "people.yaml", PeopleWords)


@lru_cache(maxsize=4096)
def plain(word: str) -> str:
    """A word in lower case, without the full stop of an abbreviation, with a straight apostrophe."""
    return word.lower().rstrip(".").replace("’", "'")


def find_function(phrase: str) -> Found | None:
    """The first function word of a label or a phrase, the longest spelling that begins there."""
    words = list(_WORD.finditer(phrase))
    known = people_words().functions
    for first, word in enumerate(words):
        for last in range(min(first + _LONGEST, len(words)) - 1, first - 1, -1):
            spelling = " ".join(plain(part[0]) for part in words[first : last + 1])
            if spelling in known:
                return Found(*known[spelling], word.start(), words[last].end())
        if role := role_of_compound(word[0]):
            return Found(role, plain(word[0]), word.start(), word.end())
    return None


@lru_cache(maxsize=4096)  # asked for every word of a note, of which most come again
def role_of_compound(word: str) -> Role | None:
    """The role of a word that is known by its end: "kinderneuroloog", "wijkverpleegkundige"."""
    word = plain(word)
    if word.endswith(people_words().no_compounds):
        return None
    for role, endings in people_words().endings.items():
        if word.endswith(endings) and word not in endings:
            return role
    return None
