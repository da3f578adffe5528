"""Reads a conversation that was handed in, with all that is told of it."""

from __future__ import annotations

import datetime as dt

from extractors.schema import Conversation
from pipeline.intake import read_data
from pipeline.store import children, conversations
from pipeline.store.database import Store, look


def read_handed_in(store: Store, conversation_id: str) -> Conversation:
    """The conversation of a file in the store.

    Raises:
        IntakeError: The file is not a conversation that can be read; says why, in Dutch.
        NotFound: There is no such conversation.
    """
    with look(store) as w:
        handed = conversations.status(w, conversation_id)
        data = conversations.source(w, conversation_id)
        name = children.get(w, handed.child_id).about.name
    latest, given = handed.created_at.date() + dt.timedelta(days=1), handed.given
    talk = read_data(data, handed.name, latest=latest, given=given)
    if talk.child is None:
        given = given.model_copy(update={"child": name.split()[0]})
        talk = read_data(data, handed.name, latest=latest, given=given)
    return talk
