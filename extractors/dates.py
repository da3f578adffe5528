"""Dutch dates in running text: what was said, and the day it stands for.

`find_dates` walks over the words of a text. A word that can open a date ("volgende", "dinsdag", "12", "over")
is handed to the readers for that word; the first that understands what follows wins. The word before
("voor", "uiterlijk", "sinds") gives the relation. What names no single day keeps its words: a period
("volgende week"), an event ("voor het volgende gesprek"), two days at once ("dinsdag of donderdag"). What
repeats ("elke dinsdag", "om de dag") or lasts ("drie weken lang", "tot vrijdag") is no date.

Conventions, those of the annotated conversations: "maandag" is the first Monday after today, "volgende week
dinsdag" the Tuesday of the next ISO week, "dinsdag over een week" the coming Tuesday (today, if it is one)
plus seven days, "over een maand" the same day of the next month. A date without a year lies at most a
quarter of a year back, else ahead.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from extractors.cues import PATTERNS, Strict, read_yaml
from extractors.dutch_calendar import (
    FOLD,
    FULL_MONTHS,
    MONTHS,
    NUMBERS,
    ORDINALS,
    SHORT_MONTHS,
    SHORT_WEEKDAYS,
    WEEKDAYS,
    Period,
    add_days,
    add_months,
    is_day,
    monday_of,
    month_to_come,
    next_weekday,
    this_or_next,
    whole_month,
    whole_week,
    without_year,
)
from extractors.holidays import HOLIDAYS, nth_weekday

Relation = Literal["op", "uiterlijk", "voor", "na", "vanaf", "rond", "verleden"]


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date as said: `text` stands at `start:end` (characters) of the text it was found in.

    `date` is the day, None where the words name no single day or the day of the conversation is
    unknown; `anchor` then holds the words without the preposition. `period` holds the first and the last
    day of a stretch that can be computed ("volgende week", "week 49"). `relation` "verleden" is for what
    lies behind: "drie dagen geleden", "sinds vrijdag".
    """

    start: int
    end: int
    text: str
    date: dt.date | None
    relation: Relation
    anchor: str | None
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class _When:
    """What a reader understood: up to where, and which day or period; neither means words only.

    `fixed` marks a date that holds its year, and so does not depend on the day of the conversation.
    """

    end: int
    date: dt.date | None = None
    period: Period | None = None
    relation: Relation | None = None
    fixed: bool = False


_Reader = Callable[[str, int, dt.date], _When | None]


class DateExample(Strict):
    """A sentence and the words that must be found in it (None: nothing)."""

    text: str
    words: str | None


class DateWords(Strict):
    """The contents of patterns/dates.yaml."""

    events: tuple[str, ...]
    stretches: tuple[str, ...]
    finished: tuple[str, ...]
    examples: tuple[DateExample, ...]


@cache
def date_words() -> DateWords:
    """The event words of patterns/dates.yaml, checked against their schema."""
    return read_yaml(PATTERNS / "dates.yaml", DateWords)


# ---- words -----------------------------------------------------------------------------------------------

_DAY_WORDS = {
    "vandaag": 0, "vanochtend": 0, "vanmorgen": 0, "vanmiddag": 0, "vanavond": 0, "morgen": 1,
    "morgenochtend": 1, "morgenvroeg": 1, "morgenvoormiddag": 1, "morgenmiddag": 1, "morgennamiddag": 1,
    "morgenavond": 1, "overmorgen": 2, "vanvoormiddag": 0, "vannamiddag": 0,
    "gisteren": -1,
    "gister": -1, "gisterochtend": -1, "gistermiddag": -1, "gisteravond": -1, "eergisteren": -2,
}  # fmt: skip
_PARTS_OF_DAY = ("ochtend", "morgen", "voormiddag", "middag", "namiddag", "avond", "nacht")
_PAST = ("vorige", "vorig", "afgelopen", "verleden")


def _either(*words: str) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_LETTERS = "[a-z]{1,24}"  # bounded, so that a word of a million letters costs no time
_NUMBER = rf"(?:[0-9]{{1,3}}|een\s+hal(?:f|ve)|(?:{_LETTERS}\s+en\s+)?{_LETTERS}tig|{_LETTERS})"
_ANY_WEEKDAY = rf"(?:{_either(*WEEKDAYS)})"
_WEEKDAY = rf"(?P<weekday>{_ANY_WEEKDAY})(?:{_either(*_PARTS_OF_DAY)})?\b"
_SHORT_WEEKDAY = rf"(?:{_either(*SHORT_WEEKDAYS)})"
_MONTH = rf"(?P<month>(?:{_either(*FULL_MONTHS)})\b|(?:{_either(*SHORT_MONTHS)})\b\.?)"
_YEAR = (
    r"(?:(?:\s+|\s*')(?P<year>20[0-9]{2}|(?<=')[0-9]{2})(?![0-9])"
    rf"|\s+tweeduizend\s*(?P<spoken_year>{_LETTERS}))"
)
_UNIT = (
    r"(?P<unit>(?:dag(?:en)?|week|weken|maand(?:en)?|jaar|uur(?:tje)?|kwartier(?:tje)?|halfuur(?:tje)?"
    r"|minuten|minuut)\b|(?:dgn|wkn?|mnd|jr)\b\.?)"
)
_WEEKS = rf"over\s+(?P<weeks>{_NUMBER})\s+we(?:ek|ken)\b"
_SOON = r"(?:aanstaande|a\.s\.|komende|aankomende)"
_COUNTED = (
    r"(?:x|u|uur|keer|dag|dagen|dgn|week|weken|wk|wkn|maand|maanden|mnd|jaar|jr|min|ml|mg|cc|kg|%)(?![a-z])"
)

_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})(?![0-9])")
_NUMERIC = re.compile(
    r"(?P<day>[0-9]{1,2})(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?:(?P=mark)(?P<year>[0-9]{4}|[0-9]{2}))?(?![0-9])"
    rf"(?!\s*{_COUNTED})"
)
_CLOSES = re.compile(r"\s*(?:$|[,;:)\]\n]|\.(?![0-9]))|\s+om\b|\s+[0-9]{1,2}[.:][0-9]{2}\b")
_WEEKDAY_BEFORE = re.compile(rf"(?<![a-z])(?:{_ANY_WEEKDAY}|{_SHORT_WEEKDAY})\.?,?\s+$")
_WEEKDAY_BEHIND = re.compile(rf"\s*\((?:{_ANY_WEEKDAY}|{_SHORT_WEEKDAY})\.?\)")
_DAY_MONTH = re.compile(
    r"(?:(?P<from>[0-9]{1,2})\s*(?:-|/|t/m|tot(?:\s+en\s+met)?|en|of)\s*)?"
    rf"(?P<day>[0-9]{{1,2}}(?:e|ste|de)?(?![0-9])|(?:{_LETTERS}\s+en\s+)?{_LETTERS})\s+{_MONTH}(?:{_YEAR})?"
)
_ORDINAL_SUFFIX = re.compile(r"(?<=[0-9])(?:e|ste|de)$")
_ONE_WEEKDAY = re.compile(_WEEKDAY)
_SEVERAL_DAYS = re.compile(
    rf"{_ANY_WEEKDAY}(?:(?:\s*,\s*|\s+(?:(?:of|en|t/m|tot(?:\s+en\s+met)?)\s+)?){_ANY_WEEKDAY}\b)+"
)
_AFTER_WEEKDAY = re.compile(
    rf"\s+(?:(?P<how>volgende|deze|vorige|afgelopen)\s+week\b|{_WEEKS}|{_SOON}(?![a-z]))"
)
_ONE_SHORT_WEEKDAY = re.compile(rf"(?P<short>{_SHORT_WEEKDAY})\b\.?")
_TO_DATE = re.compile(r"\.?,?\s+(?:de\s+)?")
_ALONE = re.compile(r"\.?(?:$|[,;)\n])")
_AFTER_COMMA = re.compile(r"[,(]\s*$")
_RELATIVE = re.compile(
    r"(?P<how>eerstvolgende|volgende?|(?:aan)?komende?|aanstaande|a\.s\.|deze|dit|vorige?|afgelopen|verleden)\s+"
    rf"(?:(?P<what>weekend|week|wk|maand|jaar)\b(?:\s+(?:op\s+)?{_WEEKDAY}|\s+(?:{_either(*FULL_MONTHS)})\b)?"
    rf"|{_WEEKDAY.replace('<weekday>', '<bare>')}|{_MONTH})"
)
_LETTER_WORD = re.compile(_LETTERS)
_OR_OTHER_DAY = re.compile(rf"\s+of\s+(?:{_either(*_DAY_WORDS)})\b")
_WEEKS_LATER = re.compile(rf"\s+{_WEEKS}")
_TODAY = re.compile(
    r"(?:nu\s+(?:meteen|direct)|zo\s?(?:meteen|dadelijk|direct)|dadelijk|(?:nu|straks)(?=\s*(?:$|[.,;!?]|meteen))"
    r"|straks)\b|nu(?=$)"
)
_TONIGHT = re.compile(r"vannacht\b")
_A_WHILE = re.compile(rf"over\s+een\s+(?:tijdje|poosje|paar)\b(?:\s+{_UNIT})?")
_IN_TIME = re.compile(
    r"(?P<how>over|binnen)\s+"
    r"(?:(?P<about>zo'?n|ongeveer|circa|ca\.?|(?:een\s+)?(?:paar|aantal)|enkele)\s+)?"
    rf"(?:(?P<number>{_NUMBER})(?P<range>\s*(?:-|a|tot|of)\s*{_NUMBER})?\s+)?{_UNIT}"
    rf"(?P<or>\s+of\s+{_NUMBER}\b)?(?:\s+(?:op\s+)?{_WEEKDAY})?"
)
_AGO = re.compile(rf"(?:een\s+paar|(?P<number>{_NUMBER}))\s+{_UNIT}\s+(?:geleden|terug|eerder)\b")
_WEEK_NUMBER = re.compile(r"(?:week|wk\.?)\s*(?P<week>[0-9]{1,2})(?![0-9])(?!\s*(?:van|vd|v\.d\.)\b)")
_WEEK_OF = re.compile(r"week\s+van\s+(?:(?:maandag|ma)\.?\s+)?")
_NTH = re.compile(
    rf"(?P<nth>eerste|tweede|derde|vierde|laatste|[1-4](?:e|ste|de))\s+(?:{_WEEKDAY}|week|weekend)\s+(?:van|in)\s+"
    rf"(?:{_MONTH}|(?:de\s+)?(?P<relative>(?:volgende|deze)\s+maand|maand)\b)"
)
_PART = re.compile(
    r"(?P<part>begin|half|halverwege|medio|midden|einde?|(?<=in de )loop)\s+(?:van\s+)?(?:de\s+|het\s+)?"
    rf"(?:{_MONTH}(?:\s+(?P<year>20[0-9]{{2}}))?"
    r"|(?:(?P<how>volgende?|deze|dit|komende?)\s+)?(?P<what>week|maand|jaar)\b)"
)
_BARE_MONTH = re.compile(
    rf"(?P<month>{_either(*FULL_MONTHS)})\b(?:\s+(?P<year>20[0-9]{{2}}))?|(?P<short>febr|sept|okt|nov|dec|aug)\."
)
_HOLIDAY = re.compile(rf"(?:{_either(*HOLIDAYS)})\b(?!-)")
_ORDINAL_DAY = re.compile(rf"(?P<ordinal>{_LETTERS})\b(?!\s+[a-z])")
_ON_THE = re.compile(r"(?:op|voor|na|vanaf|uiterlijk)\s+de\s+$")

_RELATIONS: tuple[tuple[str, Relation], ...] = (
    (r"(?:tot\s+)?uiterlijk(?:\s+(?:op|voor|in))?|niet\s+later\s+dan", "uiterlijk"),
    (r"(?:nog\s+)?voor", "voor"),
    (r"(?:pas\s+)?na", "na"),
    (r"vanaf|met\s+ingang\s+van|v\.a\.", "vanaf"),
    (r"(?:ergens\s+)?rond|omstreeks|ongeveer|circa|tegen", "rond"),
    (r"(?:al\s+)?(?:sinds|sedert)", "verleden"),
    (r"op|in|met|per|tijdens", "op"),
)
_BEFORE = re.compile(
    r"(?<![^\W_])(?:"
    + "|".join(f"(?P<r{number}>{words})" for number, (words, _) in enumerate(_RELATIONS))
    + r")\s+(?P<article>(?:de|het)\s+)?$"
)
_ARTICLE_BEFORE = re.compile(r"(?<![^\W_])(?:de|het)\s+$")
_TAKES_ARTICLE = re.compile(
    rf"(?:begin|einde?|midden|week|laatste|{_either(*ORDINALS)}|[0-9]{{1,2}}(?:e|ste|de)\b)"
)
_LASTS_BEFORE = re.compile(r"(?<![^\W_])(?:tot(?:\s+en\s+met)?|t/m)\s+(?:(?:de|het|aan)\s+)?$")
_EVERY_BEFORE = re.compile(r"(?<![^\W_])(?:elke|iedere?|alle|om\s+de)\s+$")
_HABIT_BEFORE = re.compile(
    r"(?<![^\W_])(?:elke|iedere?|alle|om\s+de|de|(?<!ik )(?<!we )(?<!wij )(?<!jij )die|'s|goede)\s+$"
)
_REACH = 30  # characters: the longest preposition phrase looked for before a date


def _lead(text: str, at: int) -> str:
    return text[max(0, at - _REACH) : at]


def _number(words: str) -> float | None:
    words = re.sub(r"\s+", "", words)
    return int(words) if re.fullmatch("[0-9]{1,3}", words) else NUMBERS.get(words)


def _whole(words: str) -> int | None:
    number = _number(words)
    return int(number) if number is not None and number == int(number) else None


# ---- readers: what stands at this place, and which day is it -----------------------------------------------


def _read_numeric(text: str, at: int, today: dt.date) -> _When | None:
    """Reads 2027-03-12, 12-03-2027 and 14/2/26; 18-11 and 24/4 only where nothing else can be meant."""
    if at and text[at - 1] in "0123456789-/.,+":
        return None
    match = _ISO.match(text, at) or _NUMERIC.match(text, at)
    if not match:
        return None
    day, month = int(match["day"]), int(match["month"])
    if match["year"]:
        year = int(match["year"]) + (2000 if len(match["year"]) == 2 else 0)
        return _When(match.end(), dt.date(year, month, day), fixed=True) if is_day(year, month, day) else None
    lead = _lead(text, at)
    announced = _BEFORE.search(lead) or _WEEKDAY_BEFORE.search(lead)
    closes = match["mark"] == "-" and _CLOSES.match(text, match.end())
    if match["mark"] == "." or not (announced or closes) or not is_day(2000, month, day):
        return None
    return _When(match.end(), without_year(month, day, today))


def _read_day_month(text: str, at: int, today: dt.date) -> _When | None:
    """Reads "12 maart", "twintig april 2027", "1e mei"; of "3 en 4 juni" the words."""
    match = _DAY_MONTH.match(text, at)
    if not match:
        return None
    said = _ORDINAL_SUFFIX.sub("", match["day"])
    day = _whole(said) or ORDINALS.get(said, 0)
    month = MONTHS[match["month"].rstrip(".")]
    if not is_day(2000, month, day):
        return None
    if match["from"]:
        return _When(match.end())
    year = int(match["year"]) if match["year"] else _whole(match["spoken_year"] or "")
    if year is None:
        return _When(match.end(), without_year(month, day, today))
    year += 2000 if year < 100 else 0
    return _When(match.end(), dt.date(year, month, day) if is_day(year, month, day) else None, fixed=True)


def _read_weekday(text: str, at: int, today: dt.date) -> _When | None:
    """Reads "dinsdag", "dinsdagmiddag", "dinsdag 7 april", "dinsdag volgende week", "dinsdag a.s."."""
    if several := _SEVERAL_DAYS.match(text, at):
        return _When(several.end())
    match = _ONE_WEEKDAY.match(text, at)
    if not match:
        return None
    weekday = WEEKDAYS[match["weekday"]]
    if dated := _read_date_of(weekday, text, match.end(), today):
        return dated
    if _HABIT_BEFORE.search(_lead(text, at)):
        return None
    after = _AFTER_WEEKDAY.match(text, match.end())
    if after and after["how"]:
        step = -1 if after["how"] in _PAST else 1 if after["how"] == "volgende" else 0
        day = add_days(monday_of(today), 7 * step + weekday)
        return _When(after.end(), day, relation="verleden" if step < 0 else None)
    if after and after["weeks"] and (weeks := _whole(after["weeks"])):
        return _When(after.end(), add_days(next_weekday(weekday, add_days(today, -1)), 7 * weeks))
    return _When(after.end() if after else match.end(), next_weekday(weekday, today))


def _read_date_of(weekday: int, text: str, at: int, today: dt.date) -> _When | None:
    """Reads the date right after a weekday. Where the two contradict each other only the words are kept."""
    gap = _TO_DATE.match(text, at)
    if not gap:
        return None
    dated = _read_numeric(text, gap.end(), today) or _read_day_month(text, gap.end(), today)
    return _When(dated.end) if dated and dated.date and dated.date.weekday() != weekday else dated


def _read_short_weekday(text: str, at: int, today: dt.date) -> _When | None:
    """Reads "vr 12-06", "di. 18 aug." and, where it cannot be another word, "wo" by itself."""
    match = _ONE_SHORT_WEEKDAY.match(text, at)
    if not match:
        return None
    weekday = SHORT_WEEKDAYS[match["short"]]
    if dated := _read_date_of(weekday, text, at + 2, today):
        return dated
    alone = _ALONE.match(text, at + 2) or _AFTER_COMMA.search(_lead(text, at))
    # "ma" is also mother, "zo" also so, "vr" also short for "voor"
    if match["short"] in ("ma", "zo") or (match["short"] == "vr" and not alone):
        return None
    return None if _HABIT_BEFORE.search(_lead(text, at)) else _When(at + 2, next_weekday(weekday, today))


def _read_relative(text: str, at: int, today: dt.date) -> _When | None:
    """Reads "volgende week (dinsdag)", "deze maand", "komende vrijdag", "vorig jaar", "afgelopen oktober"."""
    match = _RELATIVE.match(text, at)
    if not match:
        return None
    how, what, end = match["how"], match["what"], match.end()
    relation: Relation | None = "verleden" if how in _PAST else None
    if match["month"]:
        return _When(end, relation=relation)
    if match["bare"]:
        return _When(end, _weekday_meant(how, WEEKDAYS[match["bare"]], today), relation=relation)
    step = -1 if relation else 0 if how in ("deze", "dit") else 1
    if match["weekday"]:
        day = add_days(monday_of(today), 7 * step + WEEKDAYS[match["weekday"]])
        return _When(end, day if what in ("week", "wk") else None, relation=relation)
    if "komend" in how:  # "komende week": from today on, or the next one; the weekend is the coming one
        return _When(end, period=this_or_next(what, 0, today) if what == "weekend" else None)
    return _When(end, period=this_or_next(what, step, today), relation=relation)


def _weekday_meant(how: str, weekday: int, today: dt.date) -> dt.date | None:
    """The day of "komende", "deze", "vorige" or "volgende" dinsdag; None where it can be two days."""
    coming = next_weekday(weekday, today)
    if how in _PAST:
        return add_days(coming, -7)
    if how == "deze":
        return add_days(monday_of(today), weekday)
    return None if how == "volgende" and coming <= whole_week(today)[1] else coming


def _read_day_word(text: str, at: int, today: dt.date) -> _When | None:
    """Reads "vandaag", "vanavond", "morgen", "overmorgen", "gisteren", "morgen over een week"."""
    word = _LETTER_WORD.match(text, at)
    if not word or (word[0] == "morgen" and _HABIT_BEFORE.search(_lead(text, at))):
        return None
    if either := _OR_OTHER_DAY.match(text, word.end()):
        return _When(either.end())
    days = _DAY_WORDS[word[0]]
    later = _WEEKS_LATER.match(text, word.end())
    if later and (weeks := _whole(later["weeks"])):
        return _When(later.end(), add_days(today, days + 7 * weeks))
    return _When(word.end(), add_days(today, days), relation="verleden" if days < 0 else None)


def _read_now(text: str, at: int, today: dt.date) -> _When | None:
    """Reads "nu meteen" and "straks" as today; "vannacht" keeps its words: it can be two days."""
    if soon := _TODAY.match(text, at):
        return _When(soon.end(), today)
    tonight = _TONIGHT.match(text, at)
    return _When(tonight.end()) if tonight else None


def _read_in_time(text: str, at: int, today: dt.date) -> _When | None:
    """Reads "over twee weken (dinsdag)", "binnen drie dagen"; of "over een paar dagen" the words."""
    if vague := _A_WHILE.match(text, at):
        return _When(vague.end())
    match = _IN_TIME.match(text, at)
    if not match:
        return None
    if match["about"] or match["range"] or match["or"]:
        return _When(match.end(), relation="rond")
    number = _number(match["number"] or "")
    if not number:
        return None
    day = _later(number, match["unit"], today)
    if match["weekday"]:
        day = add_days(monday_of(day), WEEKDAYS[match["weekday"]])
    return _When(match.end(), day, relation="uiterlijk" if match["how"] == "binnen" else "op")


def _later(number: float, unit: str, today: dt.date) -> dt.date:
    """The day so much later; half a day counts as a whole one, and hours and minutes as today."""
    if unit.startswith(("jaar", "jr")):
        return add_months(today, round(12 * number))
    if unit.startswith(("maand", "mnd")):
        return add_days(add_months(today, int(number)), 0 if number == int(number) else 15)
    if unit.startswith(("d", "w")):
        return add_days(today, math.ceil(number * (1 if unit.startswith("d") else 7)))
    return add_days(today, int(number / 24)) if unit.startswith("uur") else today


def _read_ago(text: str, at: int, today: dt.date) -> _When | None:
    """Reads "drie dagen geleden", "een week terug"."""
    match = _AGO.match(text, at)
    if not match:
        return None
    number = _number(match["number"] or "")
    return _When(match.end(), _later(-number, match["unit"], today) if number else None, relation="verleden")


def _read_week_number(text: str, at: int, today: dt.date) -> _When | None:
    """Reads "week 49" as the ISO week that has not passed yet, and "de week van 9 november"."""
    if around := _WEEK_OF.match(text, at):
        dated = _read_numeric(text, around.end(), today) or _read_day_month(text, around.end(), today)
        return (
            _When(dated.end, period=whole_week(dated.date) if dated.date else None, fixed=dated.fixed)
            if dated
            else None
        )
    match = _WEEK_NUMBER.match(text, at)
    week = int(match["week"]) if match else 0
    if not match or not 1 <= week <= 53:
        return None
    this_year = today.isocalendar().year
    for year in (this_year, this_year + 1):
        last_week = dt.date(year, 12, 28).isocalendar().week  # not every year has a week 53
        if week <= last_week and (period := whole_week(dt.date.fromisocalendar(year, week, 1)))[1] >= today:
            return _When(match.end(), period=period)
    return _When(match.end())


def _read_nth(text: str, at: int, today: dt.date) -> _When | None:
    """Reads "eerste maandag van januari", "laatste vrijdag van de maand"; "tweede week van juli" as words."""
    match = _NTH.match(text, at)
    if not match or _EVERY_BEFORE.search(_lead(text, at)):
        return None
    if not match["weekday"]:
        return _When(match.end())
    nth = 0 if match["nth"] == "laatste" else ORDINALS.get(match["nth"]) or int(match["nth"][0])
    weekday = WEEKDAYS[match["weekday"]]
    this_month = today.replace(day=1)
    if match["month"]:
        month = MONTHS[match["month"].rstrip(".")]
        months = [dt.date(today.year, month, 1), dt.date(today.year + 1, month, 1)]
    elif match["relative"] == "maand":
        months = [this_month, add_months(this_month, 1)]
    else:
        months = [add_months(this_month, 1 if match["relative"].startswith("volgende") else 0)]
    days = [nth_weekday(first.year, first.month, weekday, nth) for first in months]
    return _When(match.end(), next((day for day in days if day >= today), days[-1]))


def _read_part(text: str, at: int, today: dt.date) -> _When | None:
    """Reads "begin volgende maand", "half december", "in de loop van volgende week" as words.

    For "eind" of a month or a year the last ten days are known too, for that of a week its last working days.
    """
    match = _PART.match(text, at)
    if not match:
        return None
    if not match["part"].startswith("eind"):
        return _When(match.end())
    if match["what"] == "week":
        friday = add_days(
            this_or_next("week", 1 if (match["how"] or "").startswith("volgend") else 0, today)[0], 4
        )
        return _When(match.end(), period=(add_days(friday, -1), friday))
    if match["month"]:
        month = MONTHS[match["month"].rstrip(".")]
        whole = whole_month(int(match["year"]), month) if match["year"] else month_to_come(month, today)
    else:
        whole = this_or_next(match["what"], 1 if (match["how"] or "").startswith("volgend") else 0, today)
    return _When(match.end(), period=(add_days(whole[1], -9), whole[1]), fixed=bool(match["year"]))


def _read_month(text: str, at: int, today: dt.date) -> _When | None:
    """Reads "augustus", "maart 2027" and "febr." as a period."""
    match = _BARE_MONTH.match(text, at)
    if not match:
        return None
    month = MONTHS[match["month"] or match["short"]]
    if match["year"]:
        return _When(match.end(), period=whole_month(int(match["year"]), month), fixed=True)
    return _When(match.end(), period=month_to_come(month, today))


def _read_holiday(text: str, at: int, today: dt.date) -> _When | None:
    """Reads "Tweede Kerstdag", "Koningsdag"; Kerst and Pasen are two days and so a period."""
    match = _HOLIDAY.match(text, at)
    if not match:
        return None
    holiday = HOLIDAYS[match[0]]
    for year in (today.year - 1, today.year, today.year + 1):  # "oud en nieuw" ends in the next year
        first = holiday.first(year)
        last = add_days(first, holiday.days - 1)
        if last >= today:
            return _When(match.end(), first) if first == last else _When(match.end(), period=(first, last))
    return None


def _read_ordinal_day(text: str, at: int, today: dt.date) -> _When | None:
    """Reads "op de negenentwintigste". Below thirteen it may as well be a rank or a floor."""
    match = _ORDINAL_DAY.match(text, at)
    day = ORDINALS.get(match["ordinal"], 0) if match else 0
    if not match or day < 13 or not _ON_THE.search(_lead(text, at)):
        return None
    month = today.replace(day=1)
    while not is_day(month.year, month.month, day) or month.replace(day=day) < today:
        month = add_months(month, 1)
    return _When(match.end(), month.replace(day=day))


def _by_opening_word() -> dict[str, tuple[_Reader, ...]]:
    """For each word that can open a date the readers to try, in this order. "#" stands for a digit."""
    opening: tuple[tuple[_Reader, tuple[str, ...]], ...] = (
        (_read_holiday, ("#", *{re.split("[ -]", name)[0] for name in HOLIDAYS})),
        (_read_numeric, ("#",)),
        (_read_nth, ("#", "eerste", "tweede", "derde", "vierde", "laatste")),
        (_read_day_month, ("#", *NUMBERS, *ORDINALS)),
        (_read_ago, ("#", *NUMBERS)),
        (_read_ordinal_day, tuple(ORDINALS)),
        (_read_weekday, tuple(name + part for name in WEEKDAYS for part in ("", *_PARTS_OF_DAY))),
        (_read_short_weekday, tuple(SHORT_WEEKDAYS)),
        (
            _read_relative,
            ("eerstvolgende", "volgende", "volgend", "komende", "komend", "aankomende", "aankomend"),
        ),
        (_read_relative, ("aanstaande", "a", "deze", "dit", *_PAST)),
        (_read_day_word, tuple(_DAY_WORDS)),
        (_read_now, ("nu", "straks", "zo", "zometeen", "zodadelijk", "dadelijk", "vannacht")),
        (_read_in_time, ("over", "binnen")),
        (_read_week_number, ("week", "wk", *(f"week{number}" for number in range(1, 54)))),
        (_read_part, ("begin", "half", "halverwege", "medio", "midden", "eind", "einde", "loop")),
        (_read_month, tuple(MONTHS)),
    )
    table: dict[str, tuple[_Reader, ...]] = {}
    for reader, words in opening:
        for word in words:
            table[word] = (*table.get(word, ()), reader)
    return table


_READERS = _by_opening_word()


# ---- events ----------------------------------------------------------------------------------------------

_THIS_TALK = re.compile(r"na\s+(?:dit|het|ons)\s+(?:gesprek|overleg)$")
_EVENT_RELATIONS: dict[str, Relation] = {
    "voor": "voor", "na": "na", "vanaf": "vanaf", "rond": "rond", "tegen": "rond", "uiterlijk": "uiterlijk",
    "sinds": "verleden",
}  # fmt: skip


@cache
def _event_patterns() -> tuple[re.Pattern[str], ...]:
    """Patterns for an event after a preposition, for the next one, and for a clause that waits for it."""
    words = date_words()
    compound = "[a-z]{0,24}"
    stretch = rf"{compound}(?:{_either(*words.stretches)})\b"
    event = rf"{compound}(?:{_either(*words.events, *words.stretches)})\b"
    determiner = r"(?:(?:de|het|een|dit|deze|die|dat|je|jouw|uw|zijn|z'n|haar|hun|mijn|m'n|onze|ons)\s+)?"
    adjective = r"(?:(?:(?:eerst)?volgende|nieuwe|komende|eerste|tweede|laatste|grote)\s+)?"
    done = _either(*words.finished)
    return tuple(
        re.compile(rf"(?<![^\W_]){pattern}")
        for pattern in (
            rf"(?P<relation>{_either(*_EVENT_RELATIONS)})\s+(?P<anchor>{determiner}{adjective}{event})",
            rf"(?:in|bij|tijdens|met|op)\s+(?P<anchor>{determiner}{adjective}{stretch})",
            rf"(?P<anchor>(?:(?:de|het)\s+)?(?:eerst)?volgende\s+{event})",
            r"(?P<anchor>(?:als|zodra|wanneer|nadat|voordat)\s+(?:de|het|die|dat|zijn|haar|hun|mijn|onze?)\s+"
            rf"(?:{_LETTERS}\s+){{1,4}}?(?:(?:{done})\s+(?:is|zijn)|(?:is|zijn)\s+(?:{done}))\b)",
        )
    )


def _find_events(text: str, folded: str, today: dt.date | None) -> Iterator[DateMention]:
    for pattern in _event_patterns():
        for match in pattern.finditer(folded):
            start, end = match.span()
            relation = _EVENT_RELATIONS.get(match.groupdict().get("relation") or "", "op")
            day = today if _THIS_TALK.match(match[0]) else None
            anchor = None if day else text[match.start("anchor") : match.end("anchor")]
            yield DateMention(start, end, text[start:end], day, "op" if day else relation, anchor)


# ---- the whole -------------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W_]+")
_UNKNOWN_DAY = dt.date(2000, 1, 1)


_IN_FULL = {
    short: full
    for full, number in WEEKDAYS.items()
    for short in SHORT_WEEKDAYS
    if SHORT_WEEKDAYS[short] == number
} | {
    short: full
    for full, number in FULL_MONTHS.items()
    for short in SHORT_MONTHS
    if SHORT_MONTHS[short] == number
}


def find_dates_in_field(words: str, today: dt.date | None) -> list[DateMention]:
    """The dates in a field that is there for a day: in it "ma" and "okt" can be nothing else."""
    return find_dates(_IN_FULL.get(words.strip(" .").lower(), words), today)


def find_dates(text: str, today: dt.date | None) -> list[DateMention]:
    """Find the dates in a text, in the order of the text; they do not overlap.

    Args:
        text: any text, such as one turn of a conversation.
        today: the day it was said. None: only dates that hold their year get a day.

    Returns:
        The mentions. Repetition and duration ("elke dinsdag", "drie weken lang") are not among them.
    """
    folded = text.translate(FOLD).lower()
    mentions: list[DateMention] = []
    done = 0
    for word in _WORD.finditer(folded):
        if word.start() < done:
            continue
        when = _read(folded, word, today or _UNKNOWN_DAY)
        if when:
            if not today and not when.fixed:
                when = replace(when, date=None, period=None)
            mentions += _mention(text, folded, word.start(), when, today, floor=done)
            done = when.end
    for event in _find_events(text, folded, today):
        if all(event.end <= mention.start or event.start >= mention.end for mention in mentions):
            mentions.append(event)
    return sorted(mentions, key=lambda mention: mention.start)


def _read(folded: str, word: re.Match[str], today: dt.date) -> _When | None:
    """What the first reader makes of the text from this word on."""
    for reader in _READERS.get("#" if "0" <= word[0][0] <= "9" else word[0], ()):
        try:
            when = reader(folded, word.start(), today)
        except (OverflowError, ValueError):  # a day that no calendar has, such as one in the year 10000
            continue
        if when:
            behind = _WEEKDAY_BEHIND.match(folded, when.end)  # "3 februari 2026 (dinsdag)"
            return replace(when, end=behind.end()) if behind else when
    return None


def _mention(
    text: str, folded: str, core: int, when: _When, today: dt.date | None, *, floor: int
) -> Iterator[DateMention]:
    """The mention with the preposition before it, which gives the relation; none after "tot": that lasts."""
    begin = max(floor, core - _REACH)
    lead = folded[begin:core]
    if _LASTS_BEFORE.search(lead):
        return
    start = anchored = core
    relation = when.relation or "op"
    if before := _BEFORE.search(lead):
        start = begin + before.start()
        anchored = begin + before.start("article") if before["article"] else core
        relation = next(name for number, (_, name) in enumerate(_RELATIONS) if before[f"r{number}"])
    elif _TAKES_ARTICLE.match(folded, core) and (article := _ARTICLE_BEFORE.search(lead)):
        start = anchored = begin + article.start()
    by_its_end = relation == "uiterlijk" or (relation == "voor" and folded.startswith("eind", core))
    day = when.period[1] if when.period and by_its_end else when.date
    if relation == "verleden" and day and today and day > today:  # "sinds vrijdag": not the coming one
        day = None
    if when.relation == "verleden" or (day and today and day < today):
        relation = "verleden"
    anchor = None if day else text[anchored : when.end]
    yield DateMention(start, when.end, text[start : when.end], day, relation, anchor, when.period)
