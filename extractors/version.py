"""Which version of the extraction this is: another one may find something else in the same conversation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Final

from spacy.util import get_package_path, is_package

from extractors.language import ModelError

_PACKAGE: Final = Path(__file__).parent
_LIBRARIES: Final = ("spacy", "thinc", "simplemma")
_ASIDE: Final = frozenset(
    {
        "__pycache__",
        "model/corpus",
        "model/train.py",
        "model/train.cfg",
        "model/talk.conllu",
        "model/scores.json",
        "training.py",
        "evaluate.py",
    }
)
"""What only learns, measures or keeps; what was learned is in the files that count."""


@cache
def version(model: str | None = None, threshold: float | None = None) -> str:
    """What decides what is found, as a SHA-256 hash (hex); worked out once a process.

    Code, patterns, tables and models of this package are in it, the libraries that read words, and what is
    set otherwise for an installation.

    Args:
        model: The spaCy pipeline that is used instead of the shipped one, as for `extract.load`.
        threshold: The threshold that is used instead of the one that was fitted, as for `extract.extract`.

    Raises:
        ModelError: The model is not installed.
    """
    digest = hashlib.sha256()
    for name in _LIBRARIES:
        digest.update(f"{name} {installed_version(name)}\n".encode())
    digest.update(f"{_named(model)}\n{threshold}\n".encode())
    for name, path in sorted(_files(_PACKAGE)):
        with path.open("rb") as file:
            digest.update(f"{name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files that count in a folder, each with its name within the package."""
    for path in folder.iterdir():
        name = path.relative_to(_PACKAGE).as_posix()
        if name in _ASIDE or path.name in _ASIDE or path.suffix == ".md":
            continue
        if path.is_dir():
            yield from _files(path)
        else:
            yield name, path


def _named(model: str | None) -> str:
    """The name and the version of another model, as it tells them itself."""
    if model is None:
        return ""
    folder = get_package_path(model) if is_package(model) else Path(model)
    try:
        meta = json.loads((folder / "meta.json").read_text("utf-8"))
    except OSError as error:
        raise ModelError(
            f"Het taalmodel {model!r} is niet geïnstalleerd. Installeer het, of laat de instelling leeg."
        ) from error
    return f"{meta['lang']}_{meta['name']} {meta['version']}"
