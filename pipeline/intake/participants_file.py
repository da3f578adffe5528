"""The optional file that says who is who: strict YAML, with errors that name the line.

child: Noor
date: 2026-03-12
kind: het_belangrijk
labels:
  SPEAKER_00: {role: care_team, function: kinderarts, name: dr. Bakker}
  SPEAKER_01: {role: parent, function: moeder}
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, get_args

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from extractors.schema import Kind, Role
from pipeline.intake.blocks import tidy_line
from pipeline.intake.decode import decode
from pipeline.intake.errors import IntakeError

MAX_BYTES = 32 * 1024
MAX_BRACKETS = 1_000
_KEYS = "child, date, kind en labels; per label: role, function en name"


def _tidied(value: object) -> object:
    return tidy_line(value) if isinstance(value, str) else value


# Labels and names as they stand in a conversation, where they are tidied too.
Line = Annotated[str, BeforeValidator(_tidied)]


class Person(BaseModel):
    """What the file says of one label."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Role
    function: Line | None = Field(default=None, min_length=1, max_length=200)
    name: Line | None = Field(default=None, min_length=1, max_length=200)


class ParticipantsFile(BaseModel):
    """Who is who by hand; everything here wins over what the source says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    child: Line | None = Field(default=None, min_length=1, max_length=100)
    date: dt.date | None = None
    kind: Kind | None = None
    labels: dict[Line, Person] = Field(default_factory=dict)


def load_participants_file(path: Path) -> ParticipantsFile:
    """Read and check a participants file.

    Raises:
        IntakeError: it cannot be read, is no YAML, or says something it may not; the message names the line.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if path.is_file() and size <= MAX_BYTES else b""
    except (OSError, ValueError):
        raise IntakeError(
            "Het deelnemersbestand is niet gevonden of niet leesbaar; controleer de naam en de map."
        ) from None
    if not data.strip():
        raise IntakeError(
            "Het deelnemersbestand is leeg, te groot of geen bestand; geef een YAML-bestand met labels."
        )
    text = decode(data)
    if text.count("[") + text.count("{") > MAX_BRACKETS:  # YAML takes hours over brackets in brackets
        raise IntakeError("Het deelnemersbestand bevat te veel haken; schrijf per label één regel.")
    try:
        # An alias can stand for a text a million times as long.
        aliased = any(
            isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)
        )
        value = None if aliased else yaml.safe_load(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise IntakeError(
            f"Het deelnemersbestand is geen geldige YAML{_line(error)}; "
            "controleer het inspringen en de dubbele punten."
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise IntakeError(
            "Het deelnemersbestand is geen geldige YAML; controleer het inspringen en de dubbele punten."
        ) from None
    if aliased:
        raise IntakeError(
            "Het deelnemersbestand bevat verwijzingen (& en *), die niet mogen; schrijf alles uit."
        )
    _refuse_doubles(node)
    if not isinstance(value, dict):
        raise IntakeError(
            f"Het deelnemersbestand heeft een andere vorm dan verwacht; gebruik alleen {_KEYS}."
        )
    try:
        return ParticipantsFile.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise IntakeError(_explain(first["type"], first["loc"], _line_of(node, first["loc"]))) from None


def _line(error: yaml.MarkedYAMLError) -> str:
    return f" (regel {error.problem_mark.line + 1})" if error.problem_mark else ""


def _explain(kind: str, location: tuple[int | str, ...], line: int) -> str:
    where = f"Regel {line} van het deelnemersbestand"
    key = str(location[-1]) if location else ""
    if kind == "extra_forbidden":
        return f"{where} heeft een onbekend veld; gebruik alleen {_KEYS}."
    if key == "role":
        return f"{where} heeft geen geldige role; kies uit {', '.join(get_args(Role))}."
    if key == "kind":
        return f"{where} heeft geen geldige kind; kies uit {', '.join(get_args(Kind))}."
    if key == "date":
        return f"{where} heeft geen geldige datum; schrijf die als jjjj-mm-dd."
    return f"{where} heeft een waarde van de verkeerde soort; gebruik {_KEYS}."


def _line_of(node: yaml.Node | None, location: tuple[int | str, ...]) -> int:
    """The line of a field in the YAML, or of the nearest field above it that is there."""
    line = 1
    for key in location:
        if not isinstance(node, yaml.MappingNode):
            break
        for key_node, value_node in node.value:
            if key_node.value == str(key):
                line, node = key_node.start_mark.line + 1, value_node
                break
        else:
            break
    return line


def _refuse_doubles(node: yaml.Node | None) -> None:
    """A key given twice would silently lose the first."""
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        if key.value in seen:
            raise IntakeError(
                f"Regel {key.start_mark.line + 1} van het deelnemersbestand noemt iets dubbel; "
                "haal er een weg."
            )
        seen.add(key.value)
        _refuse_doubles(value)
