"""The spaCy extension attributes that the components share, registered in one place.

A `Doc` is one turn. On it: `izp_conversation` and `izp_turn` (the records it was made from),
`izp_previous` (the `Doc` of the turn before, which every component before this one has seen; None
for the first turn) and `izp_people` (the words that stand for a participant). Each component sets
the span attributes of its own concern.
"""

from collections.abc import Mapping
from typing import Any

from spacy.tokens import Doc, Span

from extractors.schema import Conversation, Role, Turn

_DOC_ATTRIBUTES: Mapping[str, object] = {
    "izp_conversation": None,
    "izp_turn": None,
    "izp_previous": None,
    "izp_people": {},
}
_SPAN_ATTRIBUTES: Mapping[str, object] = {
    "izp_lead": None,  # clause: the few words before its colon ("PEG"), a Span
    "izp_is_question": False,  # clause: it asks
    "izp_question": None,  # clause: the Span of the question it answers
    "izp_cues": frozenset(),  # clause: the full ids of its cues
    "izp_named": (),  # clause: the concept ids in its words
    "izp_topics": (),  # clause: those, and the ones it points back to
    "izp_leans": False,  # clause: it cannot be read without what was said before
    "izp_category": None,
    "izp_confidence": 1.0,
    "izp_because": (),
    "izp_perspective": None,
    "izp_perspective_reason": None,
    "izp_reported": False,
    "izp_reading": None,  # statement: what the sorter makes of it, log probabilities by output
    "izp_domains": (),
    "izp_polarity": "affirmed",
    "izp_certainty": "firm",
    "izp_owner": None,
    "izp_due": None,
}


def register_attributes() -> None:
    """Registers all attributes; calling it again changes nothing."""
    for owner, attributes in ((Doc, _DOC_ATTRIBUTES), (Span, _SPAN_ATTRIBUTES)):
        for name, default in attributes.items():
            if not owner.has_extension(name):
                owner.set_extension(name, default=default)


register_attributes()

# Where spaCy keeps what `doc._.izp_turn` gives. `doc._` makes an object each time it is asked for, and the
# components ask for it so often that this takes a tenth of the time of an extraction.
_CONVERSATION: Any = ("._.", "izp_conversation", None, None)
_TURN: Any = ("._.", "izp_turn", None, None)
_PREVIOUS: Any = ("._.", "izp_previous", None, None)
_PEOPLE: Any = ("._.", "izp_people", None, None)


def conversation_of(doc: Doc) -> Conversation:
    """The conversation that a `Doc` is a turn of, its `izp_conversation`."""
    conversation: Conversation = doc.user_data[_CONVERSATION]
    return conversation


def turn_of(doc: Doc) -> Turn:
    """The turn that a `Doc` was made from, its `izp_turn`."""
    turn: Turn = doc.user_data[_TURN]
    return turn


def previous_of(doc: Doc) -> Doc | None:
    """The `Doc` of the turn before, its `izp_previous`; None for the first."""
    previous: Doc | None = doc.user_data.get(_PREVIOUS)
    return previous


def people_of(doc: Doc) -> Mapping[str, Role]:
    """The words that stand for a participant, its `izp_people`."""
    people: Mapping[str, Role] = doc.user_data.get(_PEOPLE, {})
    return people
