"""What was read last, kept in memory so that the next look at it need not decrypt and check it again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

from sqlalchemy import event

from pipeline.store.database import Work

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """The last few values of a process, by a key that no other value will ever have.

    What is kept must never change: it is handed out again as it is, to every thread.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[Hashable, Value] = OrderedDict()
        self._lock = Lock()

    def get(self, w: Work, key: Hashable) -> Value | None:
        """The value of a key, if it is kept."""
        if key in self._own(w):
            return self._own(w)[key]
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, w: Work, key: Hashable, value: Value) -> None:
        """Keeps a value that was made in a transaction; for others only once what that changed is there."""
        if w.session.connection().get_execution_options().get("izp_reads"):
            self._put(key, value)
        else:
            self._own(w)[key] = value
            event.listen(w.session, "after_commit", lambda _session: self._put(key, value), once=True)

    def _own(self, w: Work) -> dict[Hashable, Value]:
        """What the transaction keeps for itself."""
        own: dict[Hashable, Value] = w.session.info.setdefault(self, {})
        return own

    def _put(self, key: Hashable, value: Value) -> None:
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
