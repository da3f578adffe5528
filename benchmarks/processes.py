"""What a process and those that it started spend and hold, as the system tells (Linux only)."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

EVERY_S: Final = 0.2


class Watch:
    """What a process and all that it starts spend and hold, seen every so often."""

    def __init__(self, pid: int) -> None:
        self.memory = 0
        self._pid = pid
        self._spent: dict[int, float] = {}
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def processor(self) -> float:
        """The processor time (s) of every process that was seen."""
        return sum(self._spent.values())

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ends.wait(EVERY_S):
            held = 0
            for pid in tree(self._pid):
                try:
                    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
                except OSError:  # it ended
                    continue
                self._spent[pid] = spent_by(pid) or self._spent.get(pid, 0)
                share = re.search(r"Pss:\s+(\d+)", rollup)
                held += int(share[1]) // 1024 if share else 0
            self.memory = max(self.memory, held)


def tree(pid: int) -> Iterator[int]:
    """A process and all that it started, as far as they are there."""
    yield pid
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # the thread ended
            for child in path.read_text().split():
                yield from tree(int(child))


def spent_by(pid: int) -> float:
    """The processor time (s) of a process, 0 if it ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")
