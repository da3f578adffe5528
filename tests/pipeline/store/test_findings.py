import datetime as dt
from collections.abc import Callable

import pytest

from pipeline.dossier import Extraction
from pipeline.store import findings
from pipeline.store.database import Store, look
from pipeline.store.errors import NotFound


def test_each_drafting_has_its_day(
    store: Store, talk: str, found: Callable[..., Extraction], redraft: Callable[[Extraction], None]
):
    made = found()
    day = dt.date(2026, 3, 12)
    redraft(made.model_copy(update={"conversation": made.conversation.model_copy(update={"date": day})}))
    for _ in range(2):  # as it is read, and as it is kept
        with look(store) as w:
            assert findings.date_of(w, talk, 1) == made.conversation.date
            assert findings.date_of(w, talk, 2) == day


def test_a_conversation_that_is_not_there_has_no_day(store: Store):
    with look(store) as w, pytest.raises(NotFound):
        findings.date_of(w, "0" * 32, 1)
