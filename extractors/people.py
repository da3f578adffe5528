"""People: who a word of a note stands for ("M.", "dr. Bakker", "vlgs oma"), and so whose view follows."""

from collections.abc import Iterator, Mapping, Sequence

from spacy.tokens import Span

from extractors.cues import PATTERNS, Strict, read_yaml
from extractors.schema import Conversation, Role

_TITLES = frozenset(("dr", "dr.", "mw", "mw.", "dhr", "dhr.", "juf", "dokter", "opa", "oma", "tante", "oom"))
_LINKING = frozenset(("de", "het", "een", "van", "en", "der", "den", "ter", "kct"))


class PeopleWords(Strict):
    """The words of `patterns/people.yaml` by role."""

    child: frozenset[str]
    parent: frozenset[str]
    care_team: frozenset[str]


WORDS = read_yaml(PATTERNS / "people.yaml", PeopleWords)
_GENERAL: dict[str, Role] = {
    **dict.fromkeys(WORDS.child, "child"),
    **dict.fromkeys(WORDS.parent, "parent"),
    **dict.fromkeys(WORDS.care_team, "care_team"),
}


def known_people(conversation: Conversation) -> dict[str, Role]:
    """Each word that stands for one of the participants, with the role; a word for two roles is left out.

    A participant is known by the label, the words of the name, and the initial that notes use ("J.").
    """
    roles: dict[str, set[Role]] = {}
    for participant in conversation.participants:
        if participant.role in ("child", "parent", "care_team"):
            for word in _words_for(participant.label, participant.name):
                roles.setdefault(word, set()).add(participant.role)
    if conversation.child:
        for word in _words_for(conversation.child, None):
            roles.setdefault(word, set()).add("child")
    return {word: next(iter(found)) for word, found in roles.items() if len(found) == 1}


def _words_for(label: str, name: str | None) -> Iterator[str]:
    for text in filter(None, (label, name)):
        words = [word.strip("().,") for word in text.lower().split()]
        yield text.lower()
        for word in words:
            if len(word) > 1 and word not in _TITLES and word not in _LINKING:
                yield word
                if len(words) == 1:
                    yield f"{word[0]}."


def mention(words: Sequence[str], people: Mapping[str, Role]) -> Role | None:
    """The role of the person whom a row of lower-case words names first; None where it names nobody.

    `people` is what `known_people` gave; it goes before the general words. A title takes the name after
    it ("dr. Bakker", "oma Habiba").
    """
    for i, word in enumerate(words):
        if word in _TITLES and i + 1 < len(words) and (named := people.get(words[i + 1])):
            return named
        if found := people.get(word) or _GENERAL.get(word):
            return found
    return None


def mention_in(span: Span, first: int) -> Role | None:
    """The role of the person named within the first `first` words of a span."""
    return mention([token.lower_ for token in span[:first]], span.doc._.izp_people)
