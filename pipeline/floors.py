"""Floors of quality: figures that an evaluation must reach, kept in a YAML file and edited by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from pydantic import ValidationError

from extractors.evaluate import Figures
from extractors.schema import Record


class FloorsError(ValueError):
    """The file with floors cannot be used; the message is one Dutch sentence."""


class Floors(Record):
    """`least` gives what a figure must reach, `most` what a count of errors may not pass.

    A figure is named as in `extractors.evaluate.Figures`; one of a category or a flag with a point
    between ("flag_recall.treatment_limit").
    """

    least: dict[str, float]
    most: dict[str, int]


def load_floors(path: Path) -> Floors:
    """Reads a file with floors.

    Raises:
        FloorsError: The file is not there, or is not of this shape.
    """
    try:
        return Floors.model_validate(yaml.safe_load(path.read_bytes()))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError):
        raise FloorsError("Dit bestand met ondergrenzen kan niet worden gelezen.") from None


def shortfalls(figures: Figures, floors: Floors) -> Iterator[str]:
    """A Dutch sentence for every figure on the wrong side of its floor.

    Raises:
        FloorsError: There is no figure of such a name.
    """
    values = named_figures(figures)
    if unknown := (floors.least.keys() | floors.most.keys()) - values.keys():
        raise FloorsError(f"Er is geen cijfer dat zo heet: {', '.join(sorted(unknown))}.")
    for name, least in floors.least.items():
        if values[name] < least:
            yield f"{name} is {_dutch(values[name])} en moet minstens {_dutch(least)} zijn."
    for name, most in floors.most.items():
        if values[name] > most:
            yield f"{name} is {values[name]:.0f} en mag hoogstens {most} zijn."


def named_figures(figures: Figures) -> Mapping[str, float]:
    """All figures by name; one that could not be counted, for want of flags of its type, is 0."""
    named: dict[str, float] = {}
    for name, value in figures:
        if isinstance(value, int | float):
            named[name] = value
        elif isinstance(value, dict):
            named |= {f"{name}.{part}": share or 0.0 for part, share in value.items()}
    return named


def _dutch(value: float) -> str:
    return f"{value:.4g}".replace(".", ",")
