"""How often something may be tried: kept in memory, for the web app is one process."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

WINDOW: Final = 300.0
_MOST_KEYS: Final = 10_000


class Limits:
    """Counts failures by key over the last five minutes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def is_over(self, key: str, most: int) -> bool:
        """Whether there were as many failures as there may be."""
        with self._lock:
            return len(self._recent(key)) >= most

    def count(self, key: str) -> None:
        """Counts a failure."""
        with self._lock:
            failures = self._recent(key)
            failures.append(self._clock())
            self._failures[key] = failures
            if len(self._failures) > _MOST_KEYS:
                for each in list(self._failures):
                    if not self._recent(each):
                        del self._failures[each]

    def _recent(self, key: str) -> deque[float]:
        failures = self._failures.get(key) or deque()
        while failures and failures[0] < self._clock() - WINDOW:
            failures.popleft()
        return failures
