"""Sexes: of whom a conversation tells that it is a woman or a man, and so whom "zij" or "mw." can mean.

A sex that is not told in so many words stays unknown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Literal

from extractors.names import NAME, PARTICLES, either, is_name
from extractors.roles import people_words, plain
from extractors.schema import Conversation, Participant

Sex = Literal["woman", "man"]
SEXES: tuple[Sex, ...] = ("woman", "man")

_PRONOUNS: Mapping[str, Sex] = {
    "hij": "man", "hem": "man", "z'n": "man", "zij": "woman", "ze": "woman", "haar": "woman",
}  # fmt: skip
_TOLD: Mapping[Sex, re.Pattern[str]] = {
    "man": re.compile(r"\b(?:zijn (?:vrouw|echtgenote)|zoontje|jongetje|jongen|ventje)\b", re.IGNORECASE),
    "woman": re.compile(r"\b(?:haar (?:man|echtgenoot)|dochtertje|meisje|meid)\b", re.IGNORECASE),
}
"""Words that are said of the one whose plan it is more often than of others."""
_REACH = 60
_DECISIVE = 2
"""So many times as often as the other sex, a pronoun must follow the name."""


def other_sex(sex: Sex) -> Sex:
    """The one sex beside the other."""
    return "man" if sex == "woman" else "woman"


def titles_of(sex: Sex) -> frozenset[str]:
    """The titles of a woman or a man."""
    return people_words().titles.woman if sex == "woman" else people_words().titles.man


def sex_of_function(function: str | None) -> Sex | None:
    """The sex of those who bear a function ("moeder")."""
    known = people_words()
    return "woman" if function in known.women else "man" if function in known.men else None


@cache
def sexes_of_words() -> Mapping[str, Sex]:
    """The words for a function or a title that tell the sex, as `plain` gives them: "oma", "mw"."""
    known = people_words()
    named = {**known.short_forms, **known.functions}
    words = {plain(form): sex for form, (_, function) in named.items() if (sex := sex_of_function(function))}
    return words | {plain(title): sex for sex in SEXES for title in titles_of(sex)}


def names_of(participant: Participant) -> frozenset[str]:
    """The words with a capital in a participant's label and name, without titles."""
    called = f"{participant.label} {participant.name or ''}"
    return frozenset(
        word for word in re.findall(NAME, called) if plain(word) not in people_words().titles.all
    )


@lru_cache(maxsize=16)
def surnames(text: str, first: str) -> frozenset[str]:
    """The last names that follow a first name in a text."""
    whole = rf"(?<!\w){re.escape(first)}\s+{PARTICLES}(?P<last>[A-ZÀ-Ý][\w'’-]+)"
    return frozenset(found["last"] for found in re.finditer(whole, text) if is_name(found["last"])) - {first}


def last_names(conversation: Conversation) -> frozenset[str]:
    """The last names, in lower case, of the one whose plan it is; relatives can bear them too."""
    if conversation.child is None:
        return frozenset()
    return frozenset(name.lower() for name in surnames(conversation.text, conversation.child))


def patient_sex(conversation: Conversation) -> Sex | None:
    """Whether the one whose plan it is, is a woman or a man: by title, by pronoun, by what else is said."""
    patients = [person for person in conversation.participants if person.role == "child"]
    names = {name for person in patients for name in names_of(person)}
    names |= {conversation.child} if conversation.child else set()
    return _patient_sex(conversation.text, frozenset(names), " ".join(person.label for person in patients))


@lru_cache(maxsize=16)
def _patient_sex(text: str, names: frozenset[str], labels: str) -> Sex | None:
    family = frozenset(last for name in names for last in surnames(text, name))
    for called in (names, family):  # a last name is the spouse's too
        titled = [sex for sex in SEXES if is_titled(text, sex, called) or is_titled(labels, sex, called)]
        if len(titled) == 1:
            return titled[0]
    after = re.compile(
        rf"(?<!\w)(?:{either(names | family)})(?!\w)[^.:;\n]{{0,{_REACH}}}?"
        rf"\b(?P<who>{either(_PRONOUNS)})\b"
    )
    votes = Counter(_PRONOUNS[found["who"]] for found in after.finditer(text))
    votes.update(sex for sex, told in _TOLD.items() for _ in told.finditer(text))
    most = votes.most_common(1)
    return most[0][0] if most and most[0][1] >= _DECISIVE * votes[other_sex(most[0][0])] else None


def is_titled(text: str, sex: Sex, names: frozenset[str]) -> bool:
    """Whether a text puts a title of this sex before one of the names ("mw. A. Bakker")."""
    name = re.compile(rf"(?:[A-Z]\.\s?)*(?i:{either(names)})(?!\w)")
    return any(name.match(text, place) for place in _behind_titles(text, sex))


@lru_cache(maxsize=16)  # every participant is looked for
def _behind_titles(text: str, sex: Sex) -> tuple[int, ...]:
    """The places in a text right behind a title of this sex, where the name begins."""
    title = re.compile(rf"(?<!\w)(?i:{either(titles_of(sex))})\.?\s+")
    return tuple(found.end() for found in title.finditer(text))
