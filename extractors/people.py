"""People: who a word of a note stands for ("M.", "dr. Bakker", "vlgs oma"), and so whose view follows.

Where it cannot be told a word stands for nobody: the patient's wish printed as the family's is the gravest
mistake a plan can make.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache

from spacy.tokens import Span

from extractors.names import NAME, action_words, either, is_name, writer_of
from extractors.roles import PeopleWords, people_words, plain, role_of_compound
from extractors.schema import Conversation, Participant, Role, Turn

_VIEWS: frozenset[Role] = frozenset(("child", "parent", "care_team"))
_LINKING = frozenset(("de", "het", "een", "van", "en", "der", "den", "ter"))
_LONGEST = 3
_NO_SUBJECT_AFTER = frozenset(
    ("naar", "met", "over", "aan", "op", "in", "uit", "tegen", "door", "langs", "samen", "zonder")
)
"""A person after one of these is not who the clause is about: "samen met papa vissen"."""
_QUOTATION = re.compile(r"[\"“”„«»]|(?<!\w)['‘]\w")


def known_people(conversation: Conversation) -> dict[str, Role]:
    """Each word that stands for one of the participants, with the role; a word for two roles is left out.

    A participant is known by the label, the words of the name, the function, and the initial that notes use
    ("J."). A title alone ("mw.") is the one participant who bears it; in a conversation with an adult the
    patient too can be meant, and then nobody is where it could also be another.
    """
    roles: dict[str, set[Role]] = {}
    for participant in conversation.participants:
        if participant.role in _VIEWS:
            for word in _words_for(participant):
                roles.setdefault(word, set()).add(participant.role)
    if conversation.child:
        for word in _words_for(Participant(label=conversation.child)):
            roles.setdefault(word, set()).add("child")
    if conversation.kind == "pzp":
        for spelling, (role, function) in people_words().functions.items():
            if function in people_words().of_adults:
                roles.setdefault(spelling, set()).add(role)
    known = {word: next(iter(found)) for word, found in roles.items() if len(found) == 1}
    return _told_names(conversation.text, roles) | known | _bare_titles(conversation)


_INSIDE = re.compile(r"(?<![\w-])[A-ZÀ-Ý][a-zà-ÿ][\w'’-]+")
_FUNCTION_BEFORE = re.compile(r"([\w-]+)(\.?)(?:,| \()? ?\Z")
_FUNCTION_WITHIN = re.compile(r" ?\(([^()\d,;]{1,40})")
_NEAR = 30


def _told_names(text: str, known: Collection[str]) -> dict[str, Role]:
    """Names that a text puts beside a function, always of one role: "zus Rosario", "Coby (pleegmoeder)".

    Only those of the family and the care team that nobody bears yet, and that are no other word ("Wil").
    """
    told: dict[str, set[Role]] = {}
    for name in _INSIDE.finditer(text):
        before = _FUNCTION_BEFORE.search(text, max(0, name.start() - _NEAR), name.start())
        within = _FUNCTION_WITHIN.match(text, name.end())
        role = None
        if before and (not before[2] or plain(before[1]) in people_words().titles.all):
            role = _general([before[1].lower()], people_words())
        if role is None and within:
            role = _general([word.lower() for word in within[1].split()[:_LONGEST]], people_words())
        if role in ("parent", "care_team") and is_name(name[0]):
            told.setdefault(name[0].lower(), set()).add(role)
    return {
        name: next(iter(roles))
        for name, roles in told.items()
        if len(roles) == 1
        and name not in known
        and _general([name], people_words()) is None
        and not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    }


def _words_for(participant: Participant) -> Iterator[str]:
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


def _bare_titles(conversation: Conversation) -> dict[str, Role]:
    """Whom "mw." and "dhr." without a name stand for: nobody where two people can be meant."""
    titles, family = people_words().titles, people_words().bare_titles
    known: dict[str, Role] = {}
    for own, other, functions in (
        (titles.woman, titles.man, family.woman),
        (titles.man, titles.woman, family.man),
    ):
        if not _found(
            own, f"{conversation.text} {' '.join(person.label for person in conversation.participants)}"
        ):
            continue  # nobody is called so
        role = _meant(conversation, own, other, functions)
        if role in _VIEWS:
            known |= {form: role for title in own for form in (title, f"{title}.")}
    return known


def _meant(
    conversation: Conversation, own: frozenset[str], other: frozenset[str], functions: frozenset[str]
) -> Role | None:
    """The role of the one person whom these titles can mean; `other` are the titles of the other sex.

    That is who bears the title, and in a conversation with an adult the patient; there nobody, where both
    titles occur and it is not told which the patient bears. Where it is sure that the patient is somebody
    else and nobody bears the title, it is the one relative with a fitting function.
    """
    people = conversation.participants
    patient = next((person for person in people if person.role == "child"), None)
    if patient is None and conversation.child:
        patient = Participant(label=conversation.child, role="child")
        people = (*people, patient)
    fits = [person for person in people if _bears(person, own, conversation)]
    if conversation.kind == "pzp":
        somebody_else = patient is not None and _bears(patient, other, conversation)
        if patient and patient not in fits and not somebody_else:
            fits.append(patient)
            if _found(other, conversation.text):
                return None
    else:
        somebody_else = patient is not None and _named_beside(patient, own, conversation)
    if somebody_else and not fits:
        fits = [person for person in people if person.function in functions]
    return fits[0].role if len(fits) == 1 else None


def _bears(person: Participant, titles: frozenset[str], conversation: Conversation) -> bool:
    """Whether a person is called by one of these titles, in the label ("mw. Ruthmila") or in the text."""
    called = f"{person.label} {person.name or ''}"
    names = [
        re.escape(word) for word in re.findall(NAME, called) if plain(word) not in people_words().titles.all
    ]
    in_text = rf"(?<!\w)(?i:{either(titles)})\.?\s+(?:[A-Z]\.\s?)*(?:{'|'.join(names)})(?!\w)"
    return _found(titles, called) or (bool(names) and re.search(in_text, conversation.text) is not None)


def _named_beside(child: Participant, titles: frozenset[str], conversation: Conversation) -> bool:
    """Whether some line names a child beside one of these titles: then the title is not the child's."""
    names = frozenset(_words_for(child.model_copy(update={"function": None})))
    return any(_found(titles, turn.text) and _found(names, turn.text) for turn in conversation.turns)


def _found(words: frozenset[str], text: str) -> bool:
    return re.search(rf"(?<!\w)(?:{either(words)})(?!\w)", text, re.IGNORECASE) is not None


def mention(words: Sequence[str], people: Mapping[str, Role]) -> Role | None:
    """The role of the person whom a row of words names first; None where it names nobody.

    `people` is what `known_people` gave; it goes before the words of patterns/people.yaml. A title takes the
    name after it ("dr. Bakker", "oma Habiba"); before an unknown name with a capital it stands for nobody.
    """
    return next((role for _, role in mentions(words, people)), None)


def mention_in(span: Span, first: int) -> Role | None:
    """The role of the person whom a clause is about: named within its first `first` words.

    "Ik" is the writer of a note, where no other words of the note can be somebody else's.
    """
    words = [token.text for token in span[:first]]
    for at, role in mentions(words, span.doc._.izp_people):
        before = words[at - 1].lower() if at else ""
        if before not in _NO_SUBJECT_AFTER and plain(words[at]) not in people_words().places:
            return role
    return "care_team" if "ik" in (word.lower() for word in words) and _writer_speaks(span) else None


def mentions(words: Sequence[str], people: Mapping[str, Role]) -> Iterator[tuple[int, Role]]:
    """The place and the role of each person that a row of words names."""
    known = people_words()
    titles, bare = known.titles.all, known.titles.woman | known.titles.man
    lower = [word.lower() for word in words]
    for at, word in enumerate(lower):
        if plain(word) in titles and at + 1 < len(words):
            if named := people.get(lower[at + 1]):
                yield at, named
                continue
            if plain(word) in bare and words[at + 1][:1].isupper():
                continue
        if role := people.get(word) or _general(lower[at : at + _LONGEST], known):
            yield at, role


def _general(words: Sequence[str], known: PeopleWords) -> Role | None:
    """The role of the longest spelling of a function, or of the compound, that these words begin with."""
    if short := known.short_forms.get(words[0]):
        return short[0]
    longest = len(words) if plain(words[0]) in _first_words() else 0
    for length in range(longest, 0, -1):
        spelling = " ".join(plain(word) for word in words[:length])
        if spelling in known.organisations:
            return "care_team"
        role, function = known.functions.get(spelling, (None, ""))
        if role in _VIEWS and function not in known.of_adults and spelling not in known.labels_only:
            return role
        if role is not None:
            return None
    role = role_of_compound(words[0])
    return role if role in _VIEWS else None


@cache
def _first_words() -> frozenset[str]:
    """The words that a function or an organisation begins with."""
    known = people_words()
    return frozenset(spelling.split()[0] for spelling in (*known.functions, *known.organisations))


def _writer_speaks(span: Span) -> bool:
    """Whether "ik" in a note is its writer: one from the care team, and nobody else is quoted or named."""
    turn: Turn = span.doc._.izp_turn
    conversation: Conversation = span.doc._.izp_conversation
    if turn.block == "speech" or writer_of(conversation) is None or _QUOTATION.search(turn.text):
        return False
    around = [word for heading in turn.section for word in heading.split()] + [t.text for t in span.doc]
    says = any(word.lower() in action_words().saying for word in around)
    return not says and all(role == "care_team" for _, role in mentions(around, span.doc._.izp_people))
