"""Dates in Dutch words."""

from __future__ import annotations

import datetime as dt

MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)
WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")


def dutch_date(date: dt.date, *, weekday: bool = False) -> str:
    """A date in Dutch words: "12 maart 2026", with `weekday` "donderdag 12 maart 2026"."""
    words = f"{date.day} {MONTHS[date.month - 1]} {date.year}"
    return f"{WEEKDAYS[date.weekday()]} {words}" if weekday else words


def term(due: str | None) -> str | None:
    """The term of an action point: a date in words, or what was said."""
    if due is None:
        return None
    try:
        return dutch_date(dt.date.fromisoformat(due), weekday=True)
    except ValueError:
        return due
