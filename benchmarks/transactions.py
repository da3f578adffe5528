"""How long transactions take, and how long each holds the end of the audit trail, for which others wait."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, event


class Took(NamedTuple):
    """A transaction that added an event: from its begin, and from that event, until it was over (s)."""

    whole: float
    from_event: float


@contextmanager
def transactions(engine: Engine) -> Iterator[list[Took]]:
    """The transactions of an engine that add an event to the audit trail, as they end."""
    took: list[Took] = []

    def begins(connection: Connection) -> None:
        connection.info.update(began=time.perf_counter(), event=None)

    def asks(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if "audit_head" in statement and connection.info["event"] is None:
            connection.info["event"] = time.perf_counter()

    def ends(_connection: object, record: Any) -> None:
        now, of_event = time.perf_counter(), record.info.get("event")
        if of_event is not None:
            took.append(Took(now - record.info["began"], now - of_event))
            record.info["event"] = None

    listeners: dict[str, Callable[..., Any]] = {
        "begin": begins,
        "before_cursor_execute": asks,
        "checkin": ends,
    }
    for name, listener in listeners.items():
        event.listen(engine, name, listener)
    try:
        yield took
    finally:
        for name, listener in listeners.items():
            event.remove(engine, name, listener)
