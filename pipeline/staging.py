"""Hidden folders for files on their way to their names, swept where the process that made them was killed."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PREFIX = ".izp-"
LOCK = "lock"

LONGEST = 24 * 60 * 60
"""So many seconds a folder is left alone of which it cannot be told whether its process still lives."""


@contextlib.contextmanager
def staging(directory: Path) -> Iterator[Path]:
    """A folder in a directory for files that are not finished; it is gone afterwards.

    A process that is killed leaves its folder, with patient text. The next one that writes into the directory
    removes it, and not those of the living, who each hold a lock on a file in theirs.

    Raises:
        OSError: The folder cannot be made.
    """
    _sweep(directory)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=directory) as name:
        folder = Path(name)
        with _claimed(folder):
            yield folder


@contextlib.contextmanager
def _claimed(folder: Path) -> Iterator[None]:
    """Locks a file in a folder that tells which machine it is of; it takes its name when it is locked."""
    unlocked = folder / f"{LOCK}.new"
    descriptor = os.open(unlocked, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    try:
        os.write(descriptor, platform.node().encode())
        if _lock(descriptor):
            unlocked.rename(folder / LOCK)
        yield
    finally:
        os.close(descriptor)


def _sweep(directory: Path) -> None:
    """Removes what the dead left; what cannot be looked at or removed is never in the way of who writes."""
    for folder in directory.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.is_dir() and not folder.is_symlink() and _is_left(folder):
                shutil.rmtree(folder)


def _is_left(folder: Path) -> bool:
    """Whether the process that made a folder is gone.

    A lock need not reach from one machine to another on a network share, and some systems have none: what is
    not known to be of this machine is left behind when it is a day old.
    """
    with contextlib.suppress(FileNotFoundError), (folder / LOCK).open("r+b") as file:
        if not _lock(file.fileno()):
            return False
        if file.read() == platform.node().encode():
            return True
    return time.time() - folder.stat().st_mtime > LONGEST


def _lock(descriptor: int) -> bool:
    """Locks an open file until it closes; tells whether nobody else has, and the system can."""
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
