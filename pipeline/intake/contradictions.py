"""Labels that contradict themselves: a sign that a transcript mixed up its speakers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.schema import Flag, Participant, Turn

MIXED_UP = (
    "De sprekers in dit bestand lijken verwisseld: wat er onder een naam staat past niet bij die persoon. "
    "Kijk na wie wat zei."
)
_OWN_CHILD = re.compile(
    r"(?:^|[.?!,]\s+|\b(?:is|voor|met|van|over|dat|als|en|wij|we|wil|willen|heeft) )"
    r"(?:onze|ons|mijn) (?:dochter|zoon|zoontje|dochtertje|kind)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"['\"‘“][^'\"’”]*['\"’”]|\b(?:zei|zegt|zeggen|zeiden|roept|vroeg)\b.*", re.IGNORECASE)


def mixed_up(turns: Sequence[Turn], participants: Sequence[Participant], *, adult: bool) -> Flag | None:
    """A flag for the whole file where a child speaks of "onze dochter", or somebody calls themselves by name.

    In a conversation with an adult (`adult`) the patient may well have a daughter.
    """
    by_label = {participant.label: participant for participant in participants}
    for turn in turns:
        person = by_label.get(turn.label or "")
        if person is None or turn.block != "speech":
            continue
        own_words = _QUOTED.sub(" ", turn.text)
        if (person.role == "child" and not adult and _OWN_CHILD.search(own_words)) or _calls_self(
            own_words, person
        ):
            return Flag(type="unclear_speaker", note=MIXED_UP)
    return None


def _calls_self(text: str, person: Participant) -> bool:
    """Whether a turn begins with the speaker's own name or word, and goes on with "you"."""
    words = (
        [person.name or ""]
        if person.role != "parent" or person.function not in {"moeder", "vader"}
        else [person.name or "", person.label]
    )
    label_name = re.match(r"[A-ZÀ-Þ][\w’'-]{2,}$", person.label)
    for word in {*words, label_name[0] if label_name else ""} - {""}:
        if re.match(
            rf"(?:en |hoi |dag |goed,? )?{re.escape(word)},? (?:[^.?!]{{0,40}}\b)?(?:jij|jou|jouw|u|uw)\b",
            text,
            re.IGNORECASE,
        ):
            return True
    return False
