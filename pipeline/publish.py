"""Puts finished files in place: together, whole, and never over a file that someone may have edited."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from pipeline.staging import staging


def publish(
    directory: Path, name: str, contents: Mapping[str, bytes], *, overwrite: bool = False
) -> dict[str, Path]:
    """Writes the files of one outcome, all of them or none.

    Every byte is on disk, in a hidden folder beside the targets, before the first file takes its name.
    Where one of the names is taken, all files get a number (`noor-2.izp.docx`); two processes
    that write at once get different numbers. The files hold patient text: only their owner reads them.

    Args:
        directory: Where the files go; made where it does not exist.
        name: What their names begin with.
        contents: The bytes of each file, by the suffix that its name ends with.
        overwrite: Whether files of these names are replaced: one after the other, so that a power cut
            between two of them leaves new beside old.

    Returns:
        The path of each file, by suffix.

    Raises:
        OSError: The files cannot be written, for instance because the disk is full; none was.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with staging(directory) as folder:
        staged = {suffix: folder / str(index) for index, suffix in enumerate(contents)}
        for suffix, path in staged.items():
            write(path, contents[suffix])
        targets = _replace(staged, directory, name) if overwrite else _add(staged, directory, name)
    sync(directory)
    return targets


def replace(path: Path, content: bytes) -> None:
    """Replaces one file in a single step: whoever looks sees the old content or the new.

    Raises:
        OSError: It cannot be written; the old file is still there.
    """
    with staging(path.parent) as folder:
        staged = folder / "0"
        write(staged, content)
        staged.replace(path)
    sync(path.parent)


def _replace(staged: Mapping[str, Path], directory: Path, name: str) -> dict[str, Path]:
    """Puts the new files in place of the old ones; where one cannot be, the old ones come back.

    The old ones are copied and not moved: whenever the process ends, each name has a whole file.
    """
    targets = {suffix: directory / f"{name}{suffix}" for suffix in staged}
    for target in targets.values():
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    done: list[tuple[Path, Path]] = []
    try:
        for suffix, target in targets.items():
            old = staged[suffix].with_suffix(".old")
            with contextlib.suppress(FileNotFoundError):
                shutil.copy(target, old)
            done.append((target, old))
            staged[suffix].replace(target)
    except BaseException:
        for target, old in done:
            if old.exists():
                old.replace(target)
            else:
                target.unlink(missing_ok=True)
        raise
    return targets


def _add(staged: Mapping[str, Path], directory: Path, name: str) -> dict[str, Path]:
    number, numbered = 1, name
    while True:
        targets = {suffix: directory / f"{numbered}{suffix}" for suffix in staged}
        claimed: list[Path] = []
        try:
            for target in targets.values():
                # Exclusive creation is the one claim on a name that every file system honours.
                os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
                claimed.append(target)
            for suffix, target in targets.items():
                staged[suffix].replace(target)
        except BaseException as error:
            for target in claimed:
                target.unlink(missing_ok=True)
            if not isinstance(error, FileExistsError):
                raise
        else:
            return targets
        number += 1
        numbered = f"{name}-{number}"


def write(path: Path, content: bytes) -> None:
    """Writes a new file that only its owner reads; it is on disk then.

    Raises:
        OSError: There is a file of that name, or it cannot be written.
    """
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync(directory: Path) -> None:
    """Makes the new names outlive a power cut, where the platform and the file system can."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            with contextlib.suppress(OSError):  # some network shares refuse it; the files are in place
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
