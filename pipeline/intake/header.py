"""What the top of a file says: which lines it is, what kind of conversation, and whose plan it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from extractors.roles import find_function, people_words
from extractors.schema import Kind
from pipeline.intake.day import has_day
from pipeline.intake.roles import is_no_speaker
from pipeline.intake.saying import says_something

_FIELD = re.compile(
    r"[-*\s]*(?:datum|aanwezig(?:en)?|aanw|afwezig|erbij|aan tafel|deelnemers?|genodigden|uitgenodigd"
    r"|attendees|invited|in de kamer|bij het gesprek|locatie|plaats|tijd|tijdstip|betreft|van|aan|door"
    r"|verslag|notulen|verslaglegging|notulist|notuliste|voorzitter|gespreksleider|cliënt|client|patiënt|patient|naam"
    r"|naam kind|kind|leeftijd|geboortedatum|onderwerp|vorig gesprek|vorig plan)"
    r"(?:\s+m\.?k\.?)?\s*\.?(?:\s*\*\*)?\s*:",
    re.IGNORECASE,
)
# What stands behind one of these is a person; behind "Kind: " a note may as well tell something of the child.
_PERSON_FIELD = re.compile(
    r"[-*\s]*(?:van|aan|door|verslag|notulen|notulist|notuliste|voorzitter|gespreksleider|cliënt|client|patiënt"
    r"|patient|naam|naam kind|kind)\s*(?:\*\*)?\s*:[*\s]*(?P<value>.*)",
    re.IGNORECASE | re.DOTALL,
)
_TITLE = re.compile(
    r"\W*(?:[\w-]+,?\s+){0,2}(?:[\w-]*gesprek|[\w-]*verslag|[\w-]*overleg|huisbezoek|notulen|notitie|transcript\w*|izp|pzp"
    r"|swg|mdo|het belangrijk)\b",
    re.IGNORECASE,
)
_TRANSCRIBED = re.compile(r"\b(?:uitgetypt|uitgeschreven|uitgewerkt|transcript\w*)\b", re.IGNORECASE)
_AFTER_COLON = re.compile(r":[*\s]+(?P<more>[^\W\d_].*)", re.DOTALL)
_PEOPLE = re.compile(
    r"\W*(?:\d+\W+)?(?:aanwezig(?:en)?|deelnemers?|betrokkenen|genodigden|attendees|gesprekspartners)\W*",
    re.IGNORECASE,
)
_WHO = re.compile(r"\W*(?:wie|naam|namen|aanwezig(?:en)?|deelnemers?)\W*", re.IGNORECASE)
_WHAT = re.compile(r"\W*(?:rol|rollen|functie|relatie|organisatie|discipline|hoedanigheid)\W*", re.IGNORECASE)
_CLOCK = re.compile(r"\b\d{1,2}[.:]\d{2}\s*(?:u\b|uur|-|–)")
_LONGEST = 400
_ADULT_AGE = 18
_MOST_WORDS = 25

_SAMENWERKING = re.compile(
    r"samenwerkings?(?:gesprek|overleg)|\bswg\b|intercollegiaal|\bkompas\b|\bmdo\b|multidisciplinair overleg",
    re.IGNORECASE,
)
_PZP = re.compile(r"proactieve zorgplanning|\bpzp\b|verpleeghuis|\bacp\b", re.IGNORECASE)
# Relatives and professionals that only an adult has.
_ADULT = re.compile(
    r"(?:echtgeno(?:te?|ot)|dochter|zoon|kleinkind|kleinzoon|bewoner|poh|praktijkondersteuner|casemanager.*"
    r"|specialist ouderengeneeskunde)",
    re.IGNORECASE,
)

_NAME = r"[A-ZÀ-ÖØ-ÞĀ-Ž](?:[\w’'-]*\w)?"
_ONE_PERSON = re.compile(rf"{_NAME}(?: {_NAME})?, ")
_AGE = (
    r"(?P<age>\d{1,3})(?:[.,]5|½)?\s*(?P<unit>jaar|jr|j|mnd|maanden|maand|weken|wkn|wk|dagen|dgn)?\b\.?"
    r"(?:\s+(?:en\s+)?\d{1,2}\s+(?:mnd|maanden)\b)?"
    # A day of a month ("Noor, 12 maart") or a clock time is no age.
    r"(?!\s*-?\s*(?:u\b|uur|hoog\b|jan|feb|maart|mrt|apr|mei|jun|jul|aug|sep|okt|nov|dec|[-/.:]\d))"
)
_NAME_AGE = re.compile(
    rf"(?P<names>{_NAME}(?:\s+(?:(?:van|de|der|den|ten|ter|te)\s+)*{_NAME})*)\.?\s*(?:\(\s*|,\s*|\s[-–]\s*){_AGE}"
)
# Without a mark between them only an age with its unit counts ("Elif 20 mnd", "Lotte 2j4m").
_NAME_UNIT = re.compile(
    rf"(?P<names>{_NAME}) (?P<age>\d{{1,2}})\s?(?P<unit>jaar|jr|j|mnd|maanden|weken|wkn|wk|dgn)"
    r"(?:\s?\d{1,2}\s?m)?\b"
)
_COUNTED = (
    "een|één|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|dertien|veertien|vijftien|zestien"
    "|zeventien"
)
_IS_AGED = re.compile(
    rf"\b(?P<name>{_NAME})(?:, (?:geboren|geb\.)| is (?:net |bijna |nu |pas )?"
    rf"(?:\d{{1,2}}|{_COUNTED})\b"
    r"(?=\s*(?:jaar\b|jr\b|[.,;]|en\b|$|dagen\b|weken\b|maanden\b)))"
)
_TITLED = re.compile(
    r"(?:(?i:gesprek(?:sverslag)?|zorgplangesprek|zorgplanning|vervolggesprek|oudergesprek|samenwerkingsgesprek"
    r"|overleg|huisbezoek|pzp|izp|swg|verslag|notulen|notitie|transcript|opname|ouders van|cliënt"
    r"|patiënt|pt|kind)(?: izp)?(?:\s+(?:met|over|bij|van))?[\s:–-]+"
    r"(?:(?:dhr|mw)\.\s+|mevrouw\s+|meneer\s+)?)"
    rf"(?P<names>{_NAME}(?:\s+{_NAME})*)"
)
_SPOKEN = re.compile(
    rf"\b(?:[Ww]ie is (?P<a>{_NAME})|[Ww]ie (?P<b>{_NAME}) is\b|(?:arts|dokter|kinderarts) van (?P<c>{_NAME})"
    rf"|[Hh]oe het met (?P<d>{_NAME}) gaat|[Ii]s (?P<e>{_NAME}) er zelf)"
)


def is_header_line(text: str, *, first: bool = False, strict: bool = False) -> bool:
    """Whether a line says who, when or where: a field ("Aanwezig: ..."), a date, a time, or a list of people.

    `first` is for the file's first line, which is a title if it is short; `strict` asks for a field.
    """
    if len(text) > _LONGEST:
        return False
    if _FIELD.match(text):
        return True
    if strict:
        return False
    if first and ((len(text) <= 90 and text[-1] not in ".?!") or has_day(text)):
        return True
    if (
        len(text) <= 80
        and _ONE_PERSON.match(text)
        and find_function(text) is not None
        and text[-1] not in ".?!"
    ):
        return True
    return (
        has_day(text[:60]) or bool(_CLOCK.search(text[:60])) or (len(text) <= 250 and _is_people_line(text))
    )


def is_only_header(text: str, *, first: bool = False) -> bool:
    """Whether a line says who, when or where, or what kind of talk it is, and nothing else.

    A line that also says something ("12 maart: moeder wil geen opname") is read for the header but is none.
    """
    if len(text) > _LONGEST or says_something(text):
        return False
    field = _PERSON_FIELD.match(text)
    if field:
        return _begins_with_person(field["value"])
    if _FIELD.match(text) or _is_people_line(text):
        return True
    if first and _NAME_AGE.search(text):
        return True
    more = _AFTER_COLON.search(text)
    if len(text.split()) > _MOST_WORDS or (more and not _begins_with_person(more["more"])):
        return False
    return bool(
        is_header_line(text)
        or _NAME_AGE.search(text)
        or _TRANSCRIBED.search(text)
        or (first and _TITLE.match(text))
    )


def _begins_with_person(text: str) -> bool:
    """Whether a text begins with a name or a function that nothing is told of."""
    name = re.match(rf"(?:\w{{1,5}}\.\s+)*{_NAME}(?:\s+(?:van|de|der|den|el|ten|ter|{_NAME}))*", text)
    found = find_function(text)
    ends = [name.end()] if name else []
    ends += [found.end] if found is not None and len(text[: found.start].split()) <= 1 else []
    return any(re.match(r"\.?\W*$|\s*[,;(.:=/&+–-]|\s+(?:en\b|[A-ZÀ-Þ])", text[end:]) for end in ends)


def is_people_heading(title: str) -> bool:
    """Whether a heading stands above a list or a table of those present."""
    return _PEOPLE.fullmatch(title) is not None


def is_people_table(columns: Sequence[str]) -> bool:
    """Whether a table with these column headings says who was there, and as what."""
    return (
        len(columns) > 1
        and _WHO.fullmatch(columns[0]) is not None
        and any(_WHAT.fullmatch(column) for column in columns[1:])
    )


def kind_of(header: str, age: int | None, functions: Iterable[str]) -> Kind:
    """The kind of conversation, by the words of its header and by whose plan it is.

    A pzp conversation is one with an adult: of 18 or more, or with relatives and professionals only an adult
    has. An advance care plan of a child is a het_belangrijk conversation.
    """
    if _SAMENWERKING.search(header):
        return "samenwerkingsgesprek"
    if age is not None:
        return "pzp" if age >= _ADULT_AGE else "het_belangrijk"
    if _PZP.search(header) and any(_ADULT.fullmatch(function) for function in functions):
        return "pzp"
    return "het_belangrijk"


def find_child(lines: Sequence[str]) -> tuple[str | None, int | None]:
    """Whose plan it is, by the lines of the header: first name (capitals lowered), and age in years.

    A name with an age counts ("Romy (9)", "Ilyas, 4 jaar"), unless a relation stands before it ("moeder Farah
    (31)") or a younger one is named too; so does the one name that a line tells the age of ("Roos is vijf").
    Then a name in a title counts ("Gesprek Noor").
    """
    text = "\n".join(line[:_LONGEST] for line in lines)
    found: list[tuple[int, str, int]] = []
    for match in (*_NAME_AGE.finditer(text), *_NAME_UNIT.finditer(text)):
        years = int(match["age"]) if (match["unit"] or "jaar")[0] == "j" else 0
        if name := _own_name(match["names"], text, match.start()):
            found.append((match.start(), name, years))
    aged = [match for match in _IS_AGED.finditer(text) if _own_name(match["name"], text, match.start())]
    if len({match["name"] for match in aged}) == 1 and (name := _first_name(aged[0]["name"])):
        found.append((aged[0].start(), name, 0))
    if found:
        _, name, years = min(found, key=lambda one: (one[2] >= _ADULT_AGE, one[0]))
        return name, years
    for line in lines:
        for match in _TITLED.finditer(line[:_LONGEST]):
            name = _first_name(match["names"])
            if name:
                return name, None
    return None, None


def spoken_child(texts: Iterable[str]) -> str | None:
    """The child that a talk is about, where it is asked after ("Wie is Evi?") and named more often."""
    joined = "\n".join(texts)
    for match in _SPOKEN.finditer(joined):
        found = next(value for value in match.groupdict().values() if value)
        name = _first_name(found)
        if name and len(re.findall(rf"\b{re.escape(name)}\b", joined)) >= 3:
            return name
    return None


def _own_name(names: str, text: str, start: int) -> str | None:
    """The first name of the names at a place of the header, where they are not a relative's."""
    line = text[text.rfind("\n", 0, start) + 1 :]
    before = text[text.rfind("\n", 0, start) + 1 : start].rstrip()
    name = _first_name(names)
    return None if _is_relative(before, in_list=_FIELD.match(line) is not None) else name


def _first_name(names: str) -> str | None:
    """The first word that can be a name: not a kind of talk, a place, a function or a pronoun."""
    for name in names.split():
        plain = name.lower()
        if (
            plain in people_words().no_names
            or plain.endswith(("gesprek", "overleg", "bezoek", "verslag"))
            or is_no_speaker(name)
        ):
            continue
        if (
            find_function(name) is not None
            or len(name) < 2
            or not name[0].isupper()
            or (name.isupper() and len(name) < 4)
        ):
            continue
        return name.capitalize() if name.isupper() else name
    return None


def _is_relative(before: str, *, in_list: bool) -> bool:
    """Whether a name with an age is another's: "broertje Aarav (8)", "mw. Ruthmila (20)" in a list."""
    words = before.split()
    if not words:
        return False
    last = words[-1].lower()
    if last in {"mw.", "dhr.", "mevrouw", "meneer"}:
        return in_list
    if last in {"=", "en"} or (before[-1] in ",;(:." and not last.endswith(("z.", "br."))):
        return last in {"=", "en"}
    found = find_function(words[-1])
    return found is not None and found.role != "child"


def _is_people_line(text: str) -> bool:
    """A list of those present, not a sentence: short parts, two or more of them with a function."""
    parts = [part.split() for part in re.split(r"[,;()=]| en |\. ", text)]
    found = [find_function(" ".join(part)) for part in parts if len(part) <= 6]
    return (
        len(parts) > 2
        and sum(map(len, parts)) <= 4 * len(parts)
        and sum(item is not None for item in found) >= 2
    )
