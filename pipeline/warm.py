"""A process that is ready for its task: all that takes long to load is loaded before the task comes.

It ends with the process that started it, however that ends, and with a task that takes too long.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import Any, Final, Self, TypeVar

Result = TypeVar("Result")

LONGEST_S: Final = 300
"""So long a task may take."""


class ProcessEnded(Exception):  # noqa: N818  # it may have been told to
    """The process ended before its task did. There is another by now."""


class WarmProcess:
    """A process of this kind, one task at a time. Where it ends, or did `most` tasks, another follows."""

    def __init__(self, load: Callable[..., object], *given: Any, most: int | None = None) -> None:
        self._load = (load, *given)
        self._most = most
        self._done = 0
        self._pool: ProcessPoolExecutor

    def __enter__(self) -> Self:
        self._begin()
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def run(self, task: Callable[..., Result], *given: Any) -> Result:
        """What a task gives.

        Args:
            task: A function of a module.
            given: What it is given. That goes to the process, and what the task gives or raises comes back.

        Raises:
            ProcessEnded: The process did not live to the end of it.
        """
        try:
            result = self._pool.submit(_within_time, LONGEST_S, task, *given).result()
        except BrokenProcessPool:
            self._again()
            raise ProcessEnded from None
        self._done += 1
        if self._done == self._most:
            self._again()
        return result

    def _again(self) -> None:
        self._pool.shutdown()
        self._begin()

    def _begin(self) -> None:
        self._done = 0
        self._pool = ProcessPoolExecutor(
            1, multiprocessing.get_context("spawn"), initializer=_load, initargs=self._load
        )
        self._pool.submit(_nothing)  # it is started with the first task, and this one can go wrong


def _load(load: Callable[..., object], *given: Any) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which may want to finish
    load(*given)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        wait([parent.sentinel])
    os._exit(1)


def _within_time(longest_s: int, task: Callable[..., Result], *given: Any) -> Result:
    # The system ends the process then: one that hangs in a library would not do so itself.
    signal.alarm(longest_s)
    try:
        return task(*given)
    finally:
        signal.alarm(0)


def _nothing() -> None:
    pass
