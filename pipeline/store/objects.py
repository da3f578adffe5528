"""Sealed files outside of the database: in a folder, or in a bucket of a server that speaks S3.

A file has a random name that tells nothing of whose it is. It is written before the row that names it, and
removed after that row is gone: what breaks off in between leaves a file that no row names (`sweep` removes
it), and never a row without its file.

What a server or a disk says when it fails may hold addresses and secrets, so it goes nowhere: the log gets
the kind of the error, and the user a sentence.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

from fsspec.asyn import AsyncFileSystem
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from pipeline.publish import sync, write

BAD_SETTING: Final = (
    "IZP_OBJECTS moet de opslag van documenten noemen: file:///map/van/documenten of s3://emmer/map."
)
NO_S3: Final = "Voor een opslag met s3:// is meer nodig: installeer izp met de toevoeging s3 (izp[s3])."
NOT_SET: Final = (
    "Dit document staat in een opslag buiten de database, en IZP_OBJECTS noemt die niet. Waarschuw de "
    "beheerder van izp."
)
UNREACHABLE: Final = (
    "De opslag van de documenten is nu niet te gebruiken. Probeer het over een paar minuten opnieuw. Blijft "
    "het zo, waarschuw dan de beheerder van izp."
)
LOST: Final = (
    "Dit document staat niet meer zoals het was in de opslag. Het plan zelf is er nog. Waarschuw de "
    "beheerder van izp: die kan het document uit een reservekopie halen."
)

LIMIT_S: Final = 20
"""So long one file may take, tries that failed included."""

AT_ONCE: Final = 8
"""So many files are fetched or brought at the same time."""

# The client tries again by itself what may pass: so often, with short pauses.
_CLIENT: Final = {"connect_timeout": 3, "read_timeout": 8, "retries": {"max_attempts": 2}}

_log: Final = logging.getLogger(__name__)

_In = TypeVar("_In")
_Out = TypeVar("_Out")


class ObjectsError(Exception):
    """The files outside of the database cannot be used now; says so in Dutch, without an address."""


class Lost(ObjectsError):  # noqa: N818  # it says what is so
    """A file is not there, or is not what was written."""


class Objects:
    """The files of one store. Threads share it; processes each open their own."""

    def __init__(self, system: Any, root: str, folder: str) -> None:
        self._system = system
        self._root = root.rstrip("/")
        self._folder = folder
        # What waits for a server takes a limit; a disk does not.
        self._limit = {"timeout": LIMIT_S} if isinstance(system, AsyncFileSystem) else {}

    def new_name(self) -> str:
        """A name for a new file: within the folder of this store, parted over 256 folders."""
        name = secrets.token_hex(16)
        return f"{self._folder}/{name[:2]}/{name}"

    def write(self, files: Mapping[str, bytes]) -> None:
        """Writes new files, and looks whether they are there as long as they should be.

        Raises:
            ObjectsError: One of them cannot be written now.
        """
        _each(self._write, files.items())

    def read(self, name: str) -> bytes:
        """A file.

        Raises:
            Lost: There is none of that name.
            ObjectsError: It cannot be read now.
        """
        return bytes(self._ask("cat_file", name))

    def read_all(self, names: Iterable[str]) -> dict[str, bytes]:
        """Those files that are there, by name.

        Raises:
            ObjectsError: One of them cannot be read now.
        """

        def found(name: str) -> tuple[str, bytes | None]:
            try:
                return name, self.read(name)
            except Lost:
                return name, None

        return {name: data for name, data in _each(found, names) if data is not None}

    def remove(self, names: Iterable[str]) -> tuple[str, ...]:
        """Removes files, and gives the names of those that were not there.

        Raises:
            ObjectsError: One of them cannot be removed now; others may be gone.
        """

        def removed(name: str) -> str | None:
            try:
                self._ask("info", name)
                self._ask("rm_file", name)
            except Lost:
                return name
            return None

        return tuple(name for name in _each(removed, names) if name)

    def names(self) -> Iterator[list[str]]:
        """The names of all files in the folder of this store, a part of them at a time.

        Raises:
            ObjectsError: They cannot be listed now.
        """
        for part in self._within(self._folder):
            yield self._within(part)

    def written_at(self, name: str) -> dt.datetime:
        """When a file was written.

        Raises:
            Lost: There is none of that name.
            ObjectsError: It cannot be asked now.
        """
        told = self._ask("info", name)
        moment = told.get("LastModified") or dt.datetime.fromtimestamp(told["mtime"], dt.UTC)
        assert isinstance(moment, dt.datetime)  # noqa: S101  # what the two systems that there are give
        return moment

    def other_folders(self) -> tuple[str, ...]:
        """The folders that are not of this store: of data that were put aside, or of another store.

        Raises:
            ObjectsError: They cannot be listed now.
        """
        return tuple(name for name in self._within("") if name != self._folder)

    def _within(self, folder: str) -> list[str]:
        """What is in a folder, if there is one; without what a bucket may list as the folder itself."""
        try:
            paths = self._ask("ls", folder, False)
        except Lost:
            return []
        names = (str(path).rstrip("/").removeprefix(self._root).lstrip("/") for path in paths)
        return sorted(name for name in names if name not in ("", folder))

    def _write(self, file: tuple[str, bytes]) -> None:
        name, data = file
        try:
            if isinstance(self._system, LocalFileSystem):
                _write_on_disk(Path(self._path(name)), data)
            else:
                self._ask("pipe_file", name, data)
            size = self._ask("info", name)["size"]
        except (Lost, OSError) as error:  # there is no such bucket, or the disk is full
            kind, size = type(error).__name__, -1
        else:
            kind = "size"
        if size != len(data):
            _log.warning("objects: write: %s", kind)
            raise ObjectsError(UNREACHABLE)

    def _ask(self, operation: str, name: str, *more: object) -> Any:
        kind = ""
        try:
            return getattr(self._system, operation)(self._path(name), *more, **self._limit)
        except FileNotFoundError:
            pass
        except Exception as error:  # every system has its own
            kind = type(error).__name__
        # Raised here and not in the handler: nothing of what was told goes along.
        if not kind:
            raise Lost(LOST)
        _log.warning("objects: %s: %s", operation, kind)
        raise ObjectsError(UNREACHABLE)

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}".rstrip("/")


def open_objects(url: str, key: bytes) -> Objects:
    """The files of a store; nothing is asked of a server yet.

    Args:
        url: `file:///folder` or `s3://bucket/prefix`. Where the server is and who may use it come from the
            environment (`AWS_ENDPOINT_URL` and the like), as its client knows them.
        key: What names the folder of this store, so that stores which share a bucket stay apart.

    Raises:
        ObjectsError: The URL is none of these, or what S3 needs is not installed.
    """
    protocol, _, path = url.partition("://")
    if protocol not in ("file", "s3") or not path.strip("/") or (protocol == "file") != (path[0] == "/"):
        raise ObjectsError(BAD_SETTING)
    # No lists are kept: other processes write too.
    how = {"use_listings_cache": False, "config_kwargs": _CLIENT} if protocol == "s3" else {}
    try:
        system, root = url_to_fs(url, skip_instance_cache=True, **how)
    except ImportError:
        raise ObjectsError(NO_S3) from None
    return Objects(system, root, hashlib.sha256(b"izp objects" + key).hexdigest()[:16])


def _write_on_disk(path: Path, data: bytes) -> None:
    """Writes a new file that outlives a power cut; `fsspec` leaves that to chance."""
    is_new = not path.parent.exists()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write(path, data)
    sync(path.parent)
    if is_new:
        for folder in (path.parents[1], path.parents[2]):
            sync(folder)


def _each(do: Callable[[_In], _Out], values: Iterable[_In]) -> list[_Out]:
    """Does something with each value, some at once."""
    given = list(values)
    if len(given) < 2:
        return [do(value) for value in given]
    with ThreadPoolExecutor(min(AT_ONCE, len(given))) as pool:
        return list(pool.map(do, given))
