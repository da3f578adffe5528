"""The files of a template: read within bounds, known by their hash, packed in an archive and put down again.

Files and folders whose name begins with a full stop are no part of a template.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import io
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from pipeline.publish import write
from pipeline.staging import staging
from pipeline.template import Mistake, TemplateError

MOST_FILES: Final = 200
MOST_BYTES: Final = 32 * 2**20
"""So many files and folders, and so many bytes in all, a template may have."""

TOO_MANY: Final = f"Een sjabloon heeft hoogstens {MOST_FILES} bestanden. Geef de map van het sjabloon alleen."
TOO_LARGE: Final = f"Een sjabloon is hoogstens {MOST_BYTES // 2**20} MB groot. Haal weg wat er niet in hoort."
NO_FILE: Final = (
    "Dit is geen gewoon bestand (maar een verwijzing of apparaat). Zet het bestand zelf in de map."
)
BAD_NAME: Final = "Een naam heeft alleen letters zonder accent, cijfers, spaties en ( ) + - _ en punten."
UNREADABLE: Final = "Dit is er niet, of mag niet worden gelezen."
DAMAGED: Final = "De bewaarde bestanden zijn beschadigd."

_ARCHIVE: Final = "archief"
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_ ()+.-]{0,99}")
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def read(directory: Path) -> dict[str, bytes]:
    """The files of a template, by their path in it, in the order of these.

    Raises:
        TemplateError: One of them is no plain file or cannot be read, or they are too many or too large.
    """
    files, left = {}, MOST_BYTES
    for name in sorted(_names(directory)):
        files[name] = _content(directory, name, left)
        left -= len(files[name])
    return files


def content_id(directory: Path) -> str:
    """What tells a template from any other: a hash (SHA-256, hex) of its files and their paths.

    Raises:
        TemplateError: As `read`.
    """
    return id_of(read(directory))


def id_of(files: Mapping[str, bytes]) -> str:
    """The id of a template with these files."""
    digest = hashlib.sha256()
    for name, data in sorted(files.items()):
        digest.update(f"{name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def pack(files: Mapping[str, bytes]) -> bytes:
    """An archive (ZIP) of files: the same bytes for the same files, so nothing is compressed or dated."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name)
            entry.create_system, entry.external_attr = 3, (stat.S_IFREG | 0o600) << 16
            archive.writestr(entry, data)
    return packed.getvalue()


def unpack(archive: bytes, template_id: str) -> dict[str, bytes]:
    """The files in an archive.

    Args:
        archive: What `pack` made.
        template_id: The id of the template that it must hold.

    Raises:
        TemplateError: It does not hold that.
    """
    files: dict[str, bytes] = {}
    with (
        contextlib.suppress(
            zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, EOFError
        ),
        zipfile.ZipFile(io.BytesIO(archive)) as packed,
    ):
        entries = packed.infolist()
        if len(entries) <= MOST_FILES and sum(entry.file_size for entry in entries) <= MOST_BYTES:
            files = {entry.filename: packed.read(entry) for entry in entries}
    parts = (part for name in files for part in name.split("/"))
    if id_of(files) != template_id or not all(map(_NAME.fullmatch, parts)):
        raise TemplateError(Mistake(_ARCHIVE, None, DAMAGED))
    return files


def holds(directory: Path, template_id: str) -> bool:
    """Whether a folder holds just the files of a template."""
    try:
        return content_id(directory) == template_id
    except TemplateError:
        return False


def put(files: Mapping[str, bytes], directory: Path) -> None:
    """Puts files down in a folder, whole or not at all, in the place of what is there that is no good.

    Others may do the same at the same time: whoever is first has done it for all.

    Raises:
        OSError: They cannot be written.
    """
    directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(directory.parent), staging(directory.parent) as hidden:
        if holds(directory, id_of(files)):
            return
        put_in(files, new := hidden / "new")
        with contextlib.suppress(FileNotFoundError):
            directory.rename(hidden / "old")
        new.rename(directory)


@contextlib.contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Waits until nobody else puts files down in a folder."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def put_in(files: Mapping[str, bytes], directory: Path) -> None:
    """Writes files into a new folder.

    Raises:
        OSError: They cannot be written.
    """
    directory.mkdir(mode=0o700)
    for name, data in files.items():
        path = directory / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write(path, data)


def _names(directory: Path) -> Iterator[str]:
    """The paths of the files in a folder and those in it; nothing leads out of it."""
    folders, seen = [""], 0
    while folders:
        here = folders.pop()
        try:
            with os.scandir(directory / here) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    seen += 1
                    if seen > MOST_FILES:
                        raise TemplateError(_mistake(directory, here, TOO_MANY))
                    name = f"{here}{entry.name}"
                    if not _NAME.fullmatch(entry.name):
                        raise TemplateError(_mistake(directory, name, BAD_NAME))
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(f"{name}/")
                    elif entry.is_file(follow_symlinks=False):
                        yield name
                    else:
                        raise TemplateError(_mistake(directory, name, NO_FILE))
        except OSError:
            raise TemplateError(_mistake(directory, here, UNREADABLE)) from None


def _content(directory: Path, name: str, most: int) -> bytes:
    try:
        # What is looked at is what was opened, and opening what is no plain file waits for no one.
        with open(os.open(directory / name, os.O_RDONLY | _NO_LINK), "rb") as file:  # noqa: PTH123
            told = os.fstat(file.fileno())
            if not stat.S_ISREG(told.st_mode):
                raise TemplateError(_mistake(directory, name, NO_FILE))
            data = file.read(most + 1) if told.st_size <= most else b""
    except OSError:
        raise TemplateError(_mistake(directory, name, UNREADABLE)) from None
    if max(told.st_size, len(data)) > most:
        raise TemplateError(_mistake(directory, name, TOO_LARGE))
    return data


def _mistake(directory: Path, name: str, sentence: str) -> Mistake:
    shown = (name or directory.name).encode("unicode_escape").decode()[:100]
    return Mistake(shown, None, sentence)
