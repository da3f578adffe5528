"""Titles: whom "mw." and "dhr." without a name can mean.

The patient's wish printed as the family's is the gravest mistake a plan can make: where two people of
different roles can be meant, a title means nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.names import either
from extractors.people import VIEW_HOLDERS
from extractors.roles import people_words, plain
from extractors.schema import Conversation, Participant, Role
from extractors.sexes import (
    SEXES,
    Sex,
    is_titled,
    last_names,
    names_of,
    other_sex,
    patient_sex,
    sex_of_function,
    titles_of,
)

_LINKING = frozenset(("de", "het", "een", "van", "en", "der", "den", "ter"))
_ADULT = 18
_RELATIVE = Participant(label="", role="parent")


def words_for(participant: Participant) -> Iterator[str]:
    """What a participant is called: label, words of the name, initial ("J."), function."""
    titles = people_words().titles.all
    for text in filter(None, (participant.label, participant.name)):
        words = [word.strip("().,") for word in text.lower().split()]
        yield text.lower()
        for word in words:
            if len(word) > 1 and word not in titles | _LINKING and word not in people_words().organisations:
                yield word
                if len(words) == 1:
                    yield f"{word[0]}."
    if participant.function:
        yield participant.function.lower()


def whom_titles_mean(conversation: Conversation) -> dict[str, Role]:
    """Whom "mw." and "dhr." without a name stand for: nobody where two people can be meant."""
    labels = " ".join(person.label for person in conversation.participants)
    known: dict[str, Role] = {}
    for sex in SEXES:
        titles = titles_of(sex)
        if not _found(titles, f"{conversation.text} {labels}"):
            continue  # nobody is called so
        role = _meant(conversation, sex)
        if role in VIEW_HOLDERS:
            known |= {form: role for title in titles for form in (title, f"{title}.")}
            known |= {f"{plain(title)} {name}": role for title in titles for name in last_names(conversation)}
    return known


def _meant(conversation: Conversation, sex: Sex) -> Role | None:
    """The role of the one person whom the titles of a sex can mean.

    That is who bears the title, and in a conversation with an adult the patient; there nobody, where both
    titles occur and the patient's sex is not told. Where it is sure that the patient is somebody else and
    nobody bears the title, it is the relatives with a fitting function.
    """
    people = conversation.participants
    patient = next((person for person in people if person.role == "child"), None)
    if patient is None and conversation.child:
        patient = Participant(label=conversation.child, role="child")
        people = (*people, patient)
    own = titles_of(sex)
    fits = [person for person in people if _bears(person, sex, conversation)]
    relatives = [
        person for person in people if person.role == "parent" and sex_of_function(person.function) == sex
    ]
    if conversation.kind == "pzp":
        told = patient_sex(conversation)
        somebody_else = told == other_sex(sex)
        if patient and patient not in fits and not somebody_else:
            fits.append(patient)
            if told is None and _found(titles_of(other_sex(sex)), conversation.text):
                return None
        relatives = relatives or [person for person in people if person.function == "partner"]
        if not relatives and is_titled(conversation.text, sex, last_names(conversation)):
            relatives = [_RELATIVE]  # "mw. Bakker" beside "dhr. Bakker"
    else:
        somebody_else = patient is not None and (
            bool(relatives) or _named_beside(patient, own, conversation) or _is_young(patient, conversation)
        )
        relatives = relatives or [_RELATIVE]
    if somebody_else and not fits:
        fits = relatives
    roles = {person.role for person in fits}
    return roles.pop() if len(roles) == 1 else None


def _is_young(child: Participant, conversation: Conversation) -> bool:
    """Whether the text gives a child's age, so that nobody would say "mw." to it."""
    age = r"\s*[(,]?\s*(?P<age>\d{1,2})\s*(?P<unit>mnd|maanden|wk|weken|dgn|dagen|jaar|jr?|\))"
    found = re.search(rf"(?<!\w)(?:{either(names_of(child))}){age}", conversation.text)
    return found is not None and (found["unit"][0] in "mwd" or int(found["age"]) < _ADULT)


def _bears(person: Participant, sex: Sex, conversation: Conversation) -> bool:
    """Whether a person is called by a title of this sex, in the label ("mw. Ruthmila") or in the text."""
    called = f"{person.label} {person.name or ''}"
    return _found(titles_of(sex), called) or is_titled(conversation.text, sex, names_of(person))


def _named_beside(child: Participant, titles: frozenset[str], conversation: Conversation) -> bool:
    """Whether some line names a child beside one of these titles: then the title is not the child's."""
    names = frozenset(words_for(child.model_copy(update={"function": None})))
    return any(_found(titles, turn.text) and _found(names, turn.text) for turn in conversation.turns)


def _found(words: frozenset[str], text: str) -> bool:
    return re.search(rf"(?<!\w)(?:{either(words)})(?!\w)", text, re.IGNORECASE) is not None
