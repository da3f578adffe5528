"""What an operator may set, by environment variables that start with `IZP_`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pydantic import Field, PositiveInt
from pydantic_settings import BaseSettings, SettingsConfigDict


def user_data_dir() -> Path:
    """Where this platform keeps a user's application data, for this program."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "izp"


class Settings(BaseSettings):
    """The settings of one installation, the same for every conversation.

    Attributes:
        max_bytes: The largest source file that is read, in bytes.
        threshold: How sure it must be, from 0 to 1, that a statement belongs in the plan; a less sure one is
            to be reviewed. None is the threshold that the extraction was fitted with.
        model: An installed spaCy pipeline to use instead of the Dutch model that comes along.
        data_dir: Where the store and its key lie.
        database: The URL of the store's database (`postgresql+pg8000://...`); without it an SQLite file in
            the data folder.
        objects: Where the documents are (`file:///folder`, `s3://bucket/prefix`); without it in the database.
        key: The main key of the store; comes before the key file.
        key_file: The file with the main key; `sleutel` in the data folder without it.
    """

    model_config = SettingsConfigDict(env_prefix="IZP_", frozen=True, env_ignore_empty=True)

    max_bytes: PositiveInt = 20 * 1024 * 1024
    threshold: float | None = Field(default=None, ge=0, le=1)
    model: str | None = None
    data_dir: Path = Field(default_factory=user_data_dir)
    database: str | None = Field(default=None, repr=False)
    objects: str | None = Field(default=None, repr=False)
    key: str | None = Field(default=None, repr=False)
    key_file: Path | None = None
