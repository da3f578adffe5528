"""Dutch words for days and numbers, and arithmetic with days: shared by all that read dates."""

from __future__ import annotations

import calendar
import datetime as dt

Period = tuple[dt.date, dt.date]

WEEKDAYS = {
    "maandag": 0, "dinsdag": 1, "woensdag": 2, "donderdag": 3, "vrijdag": 4, "zaterdag": 5, "zondag": 6,
}  # fmt: skip
SHORT_WEEKDAYS = {"ma": 0, "di": 1, "wo": 2, "do": 3, "vr": 4, "za": 5, "zo": 6}
FULL_MONTHS = {
    "januari": 1, "februari": 2, "maart": 3, "april": 4, "mei": 5, "juni": 6, "juli": 7, "augustus": 8,
    "september": 9, "oktober": 10, "november": 11, "december": 12,
}  # fmt: skip
SHORT_MONTHS = {
    "jan": 1, "febr": 2, "feb": 2, "mrt": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sept": 9, "sep": 9,
    "okt": 10, "nov": 11, "dec": 12,
}  # fmt: skip
MONTHS = FULL_MONTHS | SHORT_MONTHS
_ONES = (
    "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf",
    "dertien",
    "veertien", "vijftien", "zestien", "zeventien", "achttien", "negentien",
)  # fmt: skip
_TENS = ("twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig")
NUMBERS = (
    {word: float(value) for value, word in enumerate(_ONES, start=1)}
    | {word: 10.0 * tens for tens, word in enumerate(_TENS, start=2)}
    | {
        f"{one}en{ten}": 10.0 * tens + value
        for tens, ten in enumerate(_TENS, start=2)
        for value, one in enumerate(_ONES[:9], start=1)
    }
    | {"anderhalf": 1.5, "anderhalve": 1.5, "half": 0.5, "halve": 0.5, "eenhalf": 0.5, "eenhalve": 0.5}
)
ORDINALS = (
    {
        "eerste": 1, "tweede": 2, "derde": 3, "vierde": 4, "vijfde": 5, "zesde": 6, "zevende": 7,
        "achtste": 8,
        "negende": 9, "tiende": 10, "elfde": 11, "twaalfde": 12,
    }
    | {f"{word}de": int(value) for word, value in NUMBERS.items() if 13 <= value <= 19}
    | {f"{word}ste": int(value) for word, value in NUMBERS.items() if 20 <= value <= 31}
)  # fmt: skip
FOLD = str.maketrans(
    "áàäâéèëêíìïîóòöôúùüûÁÀÄÂÉÈËÊÍÌÏÎÓÒÖÔÚÙÜÛ’‘`´İ\u00a0",
    "aaaaeeeeiiiioooouuuuaaaaeeeeiiiioooouuuu''''i ",
)
"""Folds accents and apostrophes, one character for one: places in the folded text are places in the text."""


# ---- calendar: beyond the year 9999 these raise OverflowError or ValueError -------------------------------


def is_day(year: int, month: int, day: int) -> bool:
    """Whether there is such a day."""
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def add_days(day: dt.date, days: int) -> dt.date:
    """The day so many days later."""
    return day + dt.timedelta(days=days)


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; the last day of a month that is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return dt.date(year, month + 1, min(day.day, whole_month(year, month + 1)[1].day))


def whole_month(year: int, month: int) -> Period:
    """The first and the last day of a month."""
    first = dt.date(year, month, 1)
    return first, first.replace(day=calendar.monthrange(year, month)[1])


def monday_of(day: dt.date) -> dt.date:
    """The Monday of a day's ISO week."""
    return add_days(day, -day.weekday())


def whole_week(day: dt.date) -> Period:
    """The Monday and the Sunday of a day's ISO week."""
    return monday_of(day), add_days(monday_of(day), 6)


def next_weekday(weekday: int, today: dt.date) -> dt.date:
    """The first such weekday after today."""
    return add_days(today, (weekday - today.weekday() - 1) % 7 + 1)


def without_year(month: int, day: int, today: dt.date) -> dt.date:
    """The date that is meant: at most a quarter of a year back, else the first ahead."""
    oldest = add_days(today, -91)
    year = oldest.year
    while not is_day(year, month, day) or dt.date(year, month, day) < oldest:
        year += 1
    return dt.date(year, month, day)


def month_to_come(month: int, today: dt.date) -> Period:
    """The month that is not over yet."""
    return whole_month(today.year if month >= today.month else today.year + 1, month)


def this_or_next(what: str, step: int, today: dt.date) -> Period:
    """This week, weekend, month ("maand") or year ("jaar") (step 0), the next (1) or the previous (-1)."""
    if what == "jaar":
        return dt.date(today.year + step, 1, 1), dt.date(today.year + step, 12, 31)
    if what == "maand":
        first = add_months(today.replace(day=1), step)
        return whole_month(first.year, first.month)
    monday, sunday = whole_week(add_days(today, 7 * step))
    return (add_days(sunday, -1), sunday) if what == "weekend" else (monday, sunday)
