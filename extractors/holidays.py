"""The Dutch feasts and public holidays by name, computed for any year. School holidays are not."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Mapping
from typing import NamedTuple

SUNDAY = 6


class Holiday(NamedTuple):
    """A feast: its first day in a year, and how many days it lasts."""

    first: Callable[[int], dt.date]
    days: int = 1


def easter(year: int) -> dt.date:
    """Easter Sunday by the anonymous Gregorian computus (Meeus, Astronomical Algorithms, ch. 8)."""
    golden, (century, in_century) = year % 19, divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon_shift = (8 * century + 13) // 25
    moon = (19 * golden + century - leap_centuries - moon_shift + 15) % 30
    leaps, leap_rest = divmod(in_century, 4)
    late = (golden + 11 * moon) // 319
    to_sunday = (2 * century_rest + 2 * leaps - leap_rest - moon + late + 32) % 7
    month = (moon - late + to_sunday + 90) // 25
    return dt.date(year, month, (moon - late + to_sunday + month + 19) % 32)


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> dt.date:
    """The nth weekday (0 is Monday) of a month; nth 0 is the last."""
    if nth == 0:
        last = dt.date(year, month, calendar.monthrange(year, month)[1])
        return last - dt.timedelta(days=(last.weekday() - weekday) % 7)
    first = dt.date(year, month, 1)
    return first + dt.timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _on(month: int, day: int, days: int = 1) -> Holiday:
    return Holiday(lambda year: dt.date(year, month, day), days)


def _after_easter(shift: int, days: int = 1) -> Holiday:
    return Holiday(lambda year: easter(year) + dt.timedelta(days=shift), days)


def _kings_day(year: int) -> dt.date:
    """27 April, a day earlier where that is a Sunday."""
    day = dt.date(year, 4, 27)
    return day if day.weekday() != SUNDAY else dt.date(year, 4, 26)


HOLIDAYS: Mapping[str, Holiday] = {
    "nieuwjaar": _on(1, 1),
    "nieuwjaarsdag": _on(1, 1),
    "driekoningen": _on(1, 6),
    "valentijnsdag": _on(2, 14),
    "carnaval": _after_easter(-49, days=3),
    "goede vrijdag": _after_easter(-2),
    "pasen": _after_easter(0, days=2),
    "eerste paasdag": _after_easter(0),
    "1e paasdag": _after_easter(0),
    "tweede paasdag": _after_easter(1),
    "2e paasdag": _after_easter(1),
    "koningsdag": Holiday(_kings_day),
    "dodenherdenking": _on(5, 4),
    "bevrijdingsdag": _on(5, 5),
    "moederdag": Holiday(lambda year: nth_weekday(year, 5, SUNDAY, 2)),
    "hemelvaart": _after_easter(39),
    "hemelvaartsdag": _after_easter(39),
    "pinksteren": _after_easter(49, days=2),
    "eerste pinksterdag": _after_easter(49),
    "1e pinksterdag": _after_easter(49),
    "tweede pinksterdag": _after_easter(50),
    "2e pinksterdag": _after_easter(50),
    "vaderdag": Holiday(lambda year: nth_weekday(year, 6, SUNDAY, 3)),
    "dierendag": _on(10, 4),
    "sint maarten": _on(11, 11),
    "sint-maarten": _on(11, 11),
    "sinterklaas": _on(12, 5),
    "pakjesavond": _on(12, 5),
    "kerstavond": _on(12, 24),
    "kerst": _on(12, 25, days=2),
    "kerstmis": _on(12, 25, days=2),
    "eerste kerstdag": _on(12, 25),
    "1e kerstdag": _on(12, 25),
    "tweede kerstdag": _on(12, 26),
    "2e kerstdag": _on(12, 26),
    "oud en nieuw": _on(12, 31, days=2),
    "oudjaar": _on(12, 31),
    "oudjaarsdag": _on(12, 31),
    "oudejaarsavond": _on(12, 31),
}
"""By name in lower case. A feast of more than one day keeps its words as a due date ("met Kerst")."""
