"""The day of a conversation, as its header or its first turns give it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from extractors.dutch_calendar import FOLD, MONTHS, NUMBERS, SHORT_WEEKDAYS, WEEKDAYS

_SPOKEN = {word: int(number) for word, number in NUMBERS.items() if number == int(number) and number < 32}
_SPOKEN_YEAR = {
    f"tweeduizend{gap}{word}": 2000 + number for word, number in _SPOKEN.items() for gap in ("", " ")
}

_WEEKDAY_NAME = "|".join(WEEKDAYS)
_WEEKDAY = rf"(?:(?P<weekday>{_WEEKDAY_NAME}|\b(?:ma|di|wo|do|vr|za|zo))\b\.?[\s,]*)?"
_DAY = r"(?P<day>\d{1,2}|" + "|".join(sorted(_SPOKEN, key=len, reverse=True)) + r")(?:e|ste|de)?"
_MONTH = r"(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_YEAR = r"(?:[\s,]+(?P<year>20\d{2}|" + "|".join(sorted(_SPOKEN_YEAR, key=len, reverse=True)) + r")\b)?"
_AFTER = rf"(?:\s*[,(]?\s*(?P<weekday2>{_WEEKDAY_NAME}|(?:ma|di|wo|do|vr|za|zo)\b))?"
_WORDS = re.compile(rf"{_WEEKDAY}\b{_DAY}\s+{_MONTH}{_YEAR}{_AFTER}", re.IGNORECASE)
_DIGITS = re.compile(
    rf"{_WEEKDAY}(?<![\d.,-])(?P<day>\d{{1,2}})(?P<sep>[-/.])(?P<month>\d{{1,2}})(?P=sep)(?P<year>20\d{{2}}|\d{{2}})(?!\d|[-/]\d){_AFTER}",
    re.IGNORECASE,
)
_ISO = re.compile(r"\b(?P<year>20\d{2})-(?P<month>\d{2})-(?P<day>\d{2})\b")
# A date after one of these is another day than that of the conversation.
_OTHER_DAY = re.compile(
    r"(?:vorig\w*|vervolg\w*|volgend\w*|geboren|geboortedatum|geb\.?|sinds|per|vanaf|tot|voor|uiterlijk|was|plan)"
    r"\W{1,4}(?:(?:plan|gesprek|overleg|controle)\W{1,4})?(?:op\W+)?$",
    re.IGNORECASE,
)
_YEARS_BACK = 4


def find_day(texts: Iterable[str], latest: dt.date) -> dt.date | None:
    """The first date that the texts give as a whole, with day, month and year, and that exists.

    A date without a year counts only with a weekday that fits one year of the last five: `latest` is the
    last day the conversation can have been held on (the day the file was written).
    """
    for text in texts:
        head = text[:2000].translate(FOLD)
        for pattern in (_WORDS, _DIGITS, _ISO):
            for match in pattern.finditer(head):
                if _OTHER_DAY.search(head[: match.start()][-40:]):
                    continue
                day = _date(match.groupdict(), latest)
                if day is not None:
                    return day
    return None


def has_day(text: str) -> bool:
    """Whether a text holds a date with a year or a weekday."""
    return any(
        match["year"] or match.groupdict().get("weekday") or match.groupdict().get("weekday2")
        for pattern in (_WORDS, _DIGITS, _ISO)
        for match in pattern.finditer(text[:500].translate(FOLD))
    )


def _date(parts: dict[str, str | None], latest: dt.date) -> dt.date | None:
    day_text, month_text = (parts["day"] or "").lower(), (parts["month"] or "").lower()
    day = int(day_text) if day_text.isdigit() else _SPOKEN[day_text]
    month = int(month_text) if month_text.isdigit() else MONTHS[month_text]
    named = parts.get("weekday") or parts.get("weekday2")
    weekday = SHORT_WEEKDAYS[named.lower()[:2]] if named else None
    year_text = (parts.get("year") or "").lower()
    if year_text:
        year = int(year_text) if year_text.isdigit() else _SPOKEN_YEAR[year_text]
        years = [year + 2000 if year < 100 else year]
    elif weekday is not None:
        years = list(range(latest.year, latest.year - _YEARS_BACK - 1, -1))
    else:
        return None
    for year in years:
        try:
            date = dt.date(year, month, day)
        except ValueError:
            continue
        # A weekday that does not fit means a slip of the pen: nobody can tell in which of the two.
        if year_text:
            return date if weekday is None or date.weekday() == weekday else None
        if date.weekday() == weekday and date <= latest:
            return date
    return None
