"""Who is who: what a header says of the people in it, and which of them a speaker's label stands for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.roles import Found, find_function, people_words
from extractors.schema import Participant, Role
from pipeline.intake.roles import has_care_title, in_organisation, is_diarised, is_no_speaker, without_title

_NAME = r"[A-ZÀ-ÖØ-ÞĀ-Ž][\w’'-]*\.?"
_PARTICLES = r"(?:\s+(?:van|de|der|den|el|ten|ter|v\.d\.)\b)*"
_NAMES = re.compile(
    rf"(?:(?:[Dd]rs?|[Dd]okter|[Mm]w|[Mm]evr|[Mm]evrouw|[Dd]hr|[Mm]eneer|[Pp]rof|[Jj]uf)\.?{_PARTICLES}\s+)?{_NAME}(?:{_PARTICLES}\s+{_NAME})*"
)
_PAIR = re.compile(
    r"(?:^|[,;.:]\s+)(?P<label>[A-ZÀ-ÖØ-ÞĀ-Ž][\w’'-]*(?:\s+[A-ZÀ-ÖØ-ÞĀ-Ž][\w’'-]*)?|[A-Za-z]\.|ik)"
    r"\s*(?P<mark>=|:(?=\s+[a-z]))\s*"
)
_LEAD = re.compile(r"^[^:=()]{0,30}?\b(?P<field>[\w. ]+?)\s*:\s+")
_ONE_PERSON = re.compile(
    r"(?:verslag|notulen|notulist|notuliste|voorzitter|door|van|aan|gespreksleider)", re.IGNORECASE
)
_SENTENCES = re.compile(r"\.\s+(?=[A-ZÀ-Þ])|\n|\|")
_SPLIT = re.compile(r"[,;]|\s[+&]\s")
_AND = re.compile(r"\s+(?:en|\+|&)\s+")
_ABBREVIATED = re.compile(r"\b(?:dr|drs|mw|dhr|mevr|prof|aanw|o|v|d|m)\.", re.IGNORECASE)
_FILLER = re.compile(
    r"(?:\W*\b(?:en|haar|zijn|hun|de|zelf|mijn|eigen|ook|met|tevens|nog|een|senior)\b)*\W*", re.IGNORECASE
)
_SHORT = re.compile(r"[A-Za-z]{1,3}\.?")
_LONGEST = 1000
_ABSENT = re.compile(r"\W*(?:afwezig|verhinderd)\b", re.IGNORECASE)
_KIN = re.compile(r"\b(?P<what>[\w-]+) (?P<name>[A-ZÀ-ÖØ-ÞĀ-Ž][\w’'-]+)")
_DOCTOR = re.compile(rf"\b(?P<name>[Dd]r\.{_PARTICLES}(?:\s+{_NAME})+)\s+\((?P<what>[^()]+)\)")
_PLURAL = {
    "moeders": "moeder",
    "vaders": "vader",
    "ouders": "ouder",
    "pleegouders": "pleegouder",
    "voogden": "voogd",
    "zussen": "zus",
    "broers": "broer",
    "dochters": "dochter",
    "zonen": "zoon",
    "grootouders": "grootouder",
    "kinderen": "zoon of dochter",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One person of a header: the name or the word they go by there, and what they are.

    `role` is None where the header only gives the name that a label stands for ("G = Gerlinde").
    """

    label: str
    role: Role | None
    function: str | None
    name: str | None = None


def header_entries(lines: Sequence[str]) -> list[Entry]:
    """The people that header lines name with what they are.

    Understood are "moeder Romy", "dr. Verkade (kindercardioloog)", "vader (Joost)", "M = moeder (Agnieszka)",
    "Younes: vader", "Marit en Joëlle (moeders)", "pleegouders Ria en Henk", "Verslag: Floor, verpleegkundige"
    and a function alone ("kinderarts").
    """
    entries: list[Entry] = []
    for line in lines:
        if not _ABSENT.match(line) and len(line) <= _LONGEST:
            plain = " ".join(line.replace("**", "").split())
            entries.extend(definitions(plain) or _listed(plain))
    return _first_of_each(entries)


def prose_entries(texts: Sequence[str]) -> list[Entry]:
    """The people that sentences name with a relation or title: "Vader Najib", "dr. Van Es (arts)"."""
    entries: list[Entry] = []
    for text in texts:
        for match in _DOCTOR.finditer(text):
            found = find_function(match["what"])
            if found is not None and found.role == "care_team":
                entries.append(Entry(match["name"], "care_team", _phrase(match["what"], found.start)))
        for match in _KIN.finditer(text):
            found = find_function(match["what"])
            if found is not None and found.role == "parent" and found.end == len(match["what"]):
                entries.append(Entry(match["name"], "parent", _function(match["what"], found)))
    return _first_of_each(entries)


def row_entries(who: str, what: str) -> list[Entry]:
    """The people of one row of a participants table."""
    return _person_part(who, what)


def known_words(entries: Sequence[Entry]) -> frozenset[str]:
    """The labels that a header explains: they may open a turn of a dialogue."""
    return frozenset(entry.label for entry in entries) | frozenset(
        entry.name for entry in entries if entry.name
    )


def map_label(label: str, entries: Sequence[Entry], child: str | None) -> Participant:
    """Whom a label stands for, by the header, by the label's own words, or as the child by name."""
    entry = _entry_for(label, entries)
    found = None if is_diarised(label) else find_function(label)
    names = {_key(without_title(name)) for name in (label, entry.name if entry else None) if name}
    if child and _key(child) in names and (found is None or found.role == "child"):
        return Participant(label=label, role="child", function="kind", name=child, because=("header",))
    if entry is not None and entry.role is not None and (found is None or found.role == entry.role):
        name = entry.name or (
            entry.label if find_function(entry.label) is None and _key(entry.label) != _key(label) else None
        )
        return Participant(
            label=label, role=entry.role, function=entry.function, name=name, because=("header",)
        )
    if found is not None:
        name = _name_beside(label, found.start, found.end)
        return Participant(
            label=label, role=found.role, function=_function(label, found), name=name, because=("label",)
        )
    if has_care_title(label):
        return Participant(
            label=label, role="care_team", function="arts", name=without_title(label), because=("label",)
        )
    if in_organisation(label) and not is_diarised(label):
        return Participant(label=label, role="care_team", because=("label",))
    return Participant(label=label)


def note_participants(entries: Sequence[Entry], child: str | None) -> list[Participant]:
    """The participants of a note without speakers: those the header names, and the child."""
    people = [
        Participant(
            label=entry.label, role=entry.role, function=entry.function, name=entry.name, because=("header",)
        )
        for entry in entries
        if entry.role is not None
    ]
    aliases = [entry.label for entry in entries if entry.role is None and child and entry.name == child]
    for label in (*aliases, *([child] if child else [])):
        if all(_key(without_title(person.label)) != _key(label) for person in people):
            people.insert(
                0, Participant(label=label, role="child", function="kind", name=child, because=("header",))
            )
    return people


def _first_of_each(entries: Sequence[Entry]) -> list[Entry]:
    unique: dict[str, Entry] = {}
    for entry in entries:
        unique.setdefault(_key(entry.label), entry)
    return list(unique.values())


def definitions(line: str) -> list[Entry]:
    """The people of pairs: "M = moeder (Agnieszka), V = vader" or "Younes: vader. Marleen: moeder"."""
    pairs = list(_PAIR.finditer(line))
    pairs = [pair for pair in pairs if not is_no_speaker(pair["label"])]
    if len(line) > _LONGEST or (not any(pair["mark"] == "=" for pair in pairs) and len(pairs) < 2):
        return []
    entries = _listed(line[: pairs[0].start()])
    for pair, after in zip(pairs, [*pairs[1:], None], strict=True):
        meaning = line[pair.end() : after.start() if after else len(line)].strip(" .,;")
        first, *others = [part.strip() for part in re.split(r"\.\s+(?=[A-Z])", meaning)] or [""]
        entries.extend(_definition(pair["label"], first))
        entries.extend(entry for other in others for entry in _listed(other))
    return entries


def _definition(label: str, meaning: str) -> list[Entry]:
    own, found = find_function(label), find_function(meaning)
    name = _NAMES.match(meaning)
    if own is not None and own.end - own.start == len(label) and found is None:
        return [Entry(label, own.role, own.function, name[0] if name else None)]
    if found is None:
        return [Entry(label, None, None, name[0])] if name else []
    return [
        Entry(label, found.role, _phrase(meaning, found.start), _name_beside(meaning, found.start, found.end))
    ]


def _listed(line: str) -> list[Entry]:
    """The people of a list: "Aanwezig: moeder, dr. Bakker (kinderarts). Verslag: Floor, verpleegkundige"."""
    entries: list[Entry] = []
    for sentence in _parts(line, _SENTENCES):
        parts = _parts(sentence, _SPLIT)
        if _is_one_person(parts):
            entries.extend(_person_part(parts[0], ", ".join(parts[1:])))
            continue
        position = 0
        while position < len(parts):
            lead = _LEAD.match(parts[position])
            part = parts[position][lead.end() :] if lead else parts[position]
            field = lead["field"].strip() if lead else ""
            following = parts[position + 1] if position + 1 < len(parts) else ""
            alone = _ONE_PERSON.fullmatch(field) is not None
            # "Aanwezig: Noor, moeder" can be two people; "dr. Bakker, kinderarts" cannot.
            alone = alone or (len(parts) == 2 and (not field or has_care_title(part)))
            if alone and _is_name(part) and _is_function(following):
                # "Verslag: Floor, verpleegkundige": one person, then what they are.
                entries.extend(_person_part(part, following))
                position += 1
            elif not _ABSENT.match(field):
                entries.extend(_part(part))
            position += 1
    return entries


def _is_one_person(parts: Sequence[str]) -> bool:
    """Whether parts are a professional and more than one function: "dr. Bakker, kinderarts, voorzitter"."""
    return (
        len(parts) > 2
        and _is_name(parts[0])
        and find_function(without_title(parts[0])) is None
        and all(
            (found := find_function(part)) is not None and found.role == "care_team" and found.start == 0
            for part in parts[1:]
        )
    )


def _parts(line: str, at: re.Pattern[str]) -> list[str]:
    """The parts of a line, split outside brackets, but not after an abbreviation."""
    depth = 0
    masked: list[str] = []
    for letter in line:
        depth += (letter == "(") - (letter == ")" and depth > 0)
        masked.append("_" if depth > 0 or letter == ")" else letter)
    mask = _ABBREVIATED.sub(lambda match: match[0][:-1] + "_", "".join(masked))
    parts: list[str] = []
    start = 0
    for match in at.finditer(mask):
        parts.append(line[start : match.start()])
        start = match.end()
    parts.append(line[start:])
    return [stripped for part in parts if (stripped := part.strip(" -–*\t").removesuffix("."))]


def _part(part: str) -> list[Entry]:
    """The people of one part of a list: before the brackets who, before or within them what they are."""
    bracket = re.search(r"\(([^()]*)\)\s*$", part)
    return _person_part((part[: bracket.start()] if bracket else part).strip(), bracket[1] if bracket else "")


def _person_part(who: str, what: str) -> list[Entry]:
    """Names or functions joined by "en", with what is said of them.

    A plural ("moeders") is about all of them, a singular about the last.
    """
    entries: list[Entry] = []
    halves = [half.strip() for half in _AND.split(who) if half.strip()]
    said = find_function(what)
    plural = said is not None and what[said.start : said.end].lower() in _PLURAL
    carried: Found | None = None
    for place, half in enumerate(halves):
        about = what if plural or place == len(halves) - 1 else ""
        found = find_function(half)
        if found is None or (has_care_title(half) and _is_name(half)):
            if carried is not None and _is_name(half) and (half[0].isupper() and not _says_function(about)):
                entries.append(Entry(half, carried.role, _function(half, carried)))
            else:
                entries.extend(_name_with(half, about))
            continue
        before, after = half[: found.start], half[found.end :].strip()
        if not _FILLER.fullmatch(before):
            # "Floor verpleegkundige": a name, then what they are.
            entries.extend(
                _name_with(before.strip(), half[found.start :]) if _is_name(before.strip()) else []
            )
            continue
        word = half[found.start : found.end]
        carried = found if word.lower() in _PLURAL else None
        entries.extend(_function_with(word, found, after, about))
    return entries


def _says_function(text: str) -> bool:
    """Whether a text says what somebody is."""
    return find_function(text) is not None or in_organisation(text)


def _function_with(word: str, found: Found, after: str, about: str) -> list[Entry]:
    """A function, with or without a name after it or in brackets: "moeder Anneke (m.)", "vader (Joost)"."""
    function = _function(word, found)
    first = re.split(r"[,;]", about)[0].strip()
    own = _NAMES.match(after) if found.role != "interpreter" else None
    if own is not None:
        said = find_function(about)
        if said is not None and said.role == found.role == "care_team":
            return [Entry(f"{word} {own[0]}", found.role, _phrase(about, said.start), own[0])]
        return [Entry(own[0], found.role, function), *_alias(first, found.role, function, own[0])]
    if len(after.split()) > 5:
        return []
    name = first if _is_name(first) and len(first) > 3 and not _says_function(first) else None
    whole = (
        f"{function} {after}".strip()
        if found.role in {"care_team", "interpreter"} and _is_qualifier(after)
        else function
    )
    return [Entry(word, found.role, whole, name), *_alias(first, found.role, function, name)]


def _is_qualifier(text: str) -> bool:
    return bool(text) and text.split()[0].lower() not in {
        "en",
        "is",
        "was",
        "met",
        "via",
        "zit",
        "spreekt",
        "woont",
        "laatste",
        "eerste",
        "tot",
    }


def adult_patient(people: Sequence[Participant]) -> list[Participant]:
    """In a talk with an adult, the one open label with "mw." or "dhr." is the patient."""
    open_labels = [person for person in people if person.role is None]
    titled = [person for person in open_labels if without_title(person.label) != person.label]
    if len(open_labels) != 1 or len(titled) != 1 or len(people) < 2:
        return list(people)
    patient = titled[0]
    return [
        Participant(
            label=patient.label,
            role="child",
            function="patiënt",
            name=without_title(patient.label),
            because=("label",),
        )
        if person is patient
        else person
        for person in people
    ]


def _alias(text: str, role: Role, function: str, name: str | None) -> list[Entry]:
    """The abbreviation in "moeder Anneke (m.)" or "pleegmoeder (PM)" is a label of its own."""
    return [Entry(text, role, function, name)] if _SHORT.fullmatch(text) else []


def _name_with(who: str, what: str) -> list[Entry]:
    """A name with what is said of it in brackets or after it."""
    found = find_function(what)
    if known := people_words().short_forms.get(who.lower()):
        # "m. (Anouk)": the short form of a note, with the name.
        name = re.split(r"[,;]", what)[0].strip()
        named = _is_name(name) and found is None
        return [*([Entry(name, *known)] if named else []), Entry(who, *known, name if named else None)]
    if not _is_name(who):
        # "mw. (Soraya, moeder)": the name stands in the brackets.
        inner = re.split(r"[,;]", what)[0].strip()
        if found is not None and without_title(f"{who} x") == "x" and _is_name(inner):
            return [
                Entry(inner, found.role, _phrase(what, found.start)),
                Entry(who, found.role, _phrase(what, found.start), inner),
            ]
        return []
    if found is not None:
        return [
            Entry(
                who,
                found.role,
                _PLURAL.get(what[found.start : found.end].lower()) or _phrase(what, found.start),
            )
        ]
    if in_organisation(what):
        return [Entry(who, "care_team", re.split(r"[,;]", what)[0].strip())]
    if has_care_title(who):
        return [Entry(who, "care_team", "arts")]
    short = re.split(r"[,;]", what)[0].strip()
    return [Entry(short, None, None, who)] if _SHORT.fullmatch(short) else []


def _is_name(text: str) -> bool:
    return _NAMES.fullmatch(text) is not None and len(text.split()) <= 5


def _is_function(text: str) -> bool:
    """Whether a text is a function without a name of its own."""
    found = find_function(text)
    return (found is not None and _FILLER.fullmatch(text[: found.start]) is not None) or (
        found is not None and found.start <= 4
    )


def _function(word: str, found: Found) -> str:
    """The usual name of a function; a professional's as written ("kinderneuroloog")."""
    return _PLURAL.get(word.lower(), found.function)


def _phrase(text: str, start: int) -> str:
    """The function in the writer's words: from the function word to the end of its phrase."""
    phrase = re.split(r"[,;(]|\s(?:tot|erbij|eerste|laatste)\b", text[start:])[0].strip(" .")
    found = find_function(phrase)
    if found is not None and found.start == 0 and found.end == len(phrase):
        return _function(phrase, found)
    return phrase


def _name_beside(text: str, start: int, end: int) -> str | None:
    """A name in brackets, after or before a function word."""
    inner = re.search(rf"\(({_NAME})\)", text)
    for rest in (inner[1] if inner else "", text[end:].strip(" ,"), text[:start].strip(" ,")):
        match = _NAMES.match(rest)
        if match and not is_no_speaker(match[0]) and len(match[0]) > 2 and find_function(match[0]) is None:
            return match[0]
    return None


def _entry_for(label: str, entries: Sequence[Entry]) -> Entry | None:
    """The one entry that a label names: the same words, or the same name without title and brackets."""
    for entry in entries:
        if _key(entry.label) == _key(label):
            return entry
    bare = _key(without_title(re.sub(r"\([^()]*\)", "", label)))
    by_name = [
        entry for entry in entries if bare in {_key(without_title(entry.label)), _key(entry.name or "")}
    ]
    # "Verkade" for "dr. Jan Verkade", "Oma Ingrid" for "Ingrid".
    by_part = [
        entry
        for entry in entries
        if bare in _key(without_title(entry.label)).split() or _key(entry.label) in bare.split()
    ]
    for matches in (by_name, by_part):
        if bare and matches:
            return matches[0] if len({(entry.role, entry.function) for entry in matches}) == 1 else None
    return None


def _key(text: str) -> str:
    return " ".join(text.lower().replace(".", " ").split())
