"""People: who a word of a note stands for ("M.", "dr. Bakker", "vlgs oma"), and so whose view follows.

Where it cannot be told a word stands for nobody: the patient's wish printed as the family's is the gravest
mistake a plan can make.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from spacy.tokens import Doc

from extractors.attributes import conversation_of, people_of
from extractors.roles import people_words, plain, role_of_compound
from extractors.schema import Conversation, Role
from extractors.sexes import Sex, names_of, patient_sex, sex_of_function, sexes_of_words

VIEW_HOLDERS: frozenset[Role] = frozenset(("child", "parent", "care_team"))
"""The roles whose views a plan gives."""

MOST_WORDS = 3
"""So many words the longest spelling of a function that is looked for has."""


class Person(NamedTuple):
    """Whom a word stands for: the role, and the sex where it is known."""

    role: Role
    sex: Sex | None


def mention(words: Sequence[str], people: Mapping[str, Role]) -> Role | None:
    """The role of the person whom a row of words names first; None where it names nobody.

    `people` is what `extractors.known_people` gave; it goes before the words of patterns/people.yaml. A title
    takes the name after it ("dr. Bakker", "oma Habiba"); before an unknown name with a capital it stands for
    nobody.
    """
    return next((role for _, role in mentions(words, people)), None)


def mentions(words: Sequence[str], people: Mapping[str, Role]) -> Iterator[tuple[int, Role]]:
    """The place and the role of each person that a row of words names."""
    known = people_words()
    titles, bare = known.titles.all, known.titles.woman | known.titles.man
    lower = [word.lower() for word in words]
    for at, word in enumerate(lower):
        if plain(word) in titles and at + 1 < len(words):
            if named := people.get(f"{plain(word)} {lower[at + 1]}") or people.get(lower[at + 1]):
                yield at, named
                continue
            if plain(word) in bare and words[at + 1][:1].isupper():
                continue
        if role := people.get(word) or role_of_words(lower[at : at + MOST_WORDS]):
            yield at, role


def role_of_words(words: Sequence[str]) -> Role | None:
    """The role of the longest spelling of a function, or of the compound, that these words begin with."""
    if not _begins_function(words[0]):
        return None
    known = people_words()
    if short := known.short_forms.get(words[0]):
        return short[0]
    for length in range(len(words), 0, -1):
        spelling = " ".join(plain(word) for word in words[:length])
        if spelling in known.organisations:
            return "care_team"
        role, function = known.functions.get(spelling, (None, ""))
        if role in VIEW_HOLDERS and function not in known.of_adults and spelling not in known.labels_only:
            return role
        if role is not None:
            return None
    role = role_of_compound(words[0])
    return role if role in VIEW_HOLDERS else None


@lru_cache(maxsize=4096)  # asked for every word, of which most come again
def _begins_function(word: str) -> bool:
    """Whether a function, an organisation or a compound can begin with a word."""
    known = word in people_words().short_forms or plain(word) in _first_words()
    return known or role_of_compound(word) is not None


@cache
def _first_words() -> frozenset[str]:
    """The words that a function or an organisation begins with."""
    known = people_words()
    return frozenset(spelling.split()[0] for spelling in (*known.functions, *known.organisations))


def people_named(words: Sequence[str], doc: Doc) -> Iterator[tuple[int, Person]]:
    """The place of each person that words of a note name, and who that is."""
    conversation = conversation_of(doc)
    for at, role in mentions(words, people_of(doc)):
        if role == "child":
            yield at, Person(role, patient_sex(conversation))
        else:
            yield at, Person(role, _sex_named(words[at : at + 2], conversation))


def _sex_named(words: Sequence[str], conversation: Conversation) -> Sex | None:
    """The sex of a relative or professional: by the word itself, or by the function of whom it names."""
    if sex := sexes_of_words().get(plain(words[0])):
        return sex
    bearers = {
        sex_of_function(person.function)
        for person in conversation.participants
        if person.role != "child" and any(word in names_of(person) for word in words)
    }
    return bearers.pop() if len(bearers) == 1 else None
