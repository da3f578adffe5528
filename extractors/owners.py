"""Who takes an action point on: `owner_of`.

A wrong owner is worse than none, so what is passive or unclear stays None.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from extractors.dates import find_dates
from extractors.listed import WHO, filled_in, listed, row_parts
from extractors.names import (
    NAME,
    action_words,
    addressee_of,
    display_name,
    either,
    is_name,
    people_pattern,
    writer_of,
)
from extractors.place import Place, sentence_before
from extractors.roles import find_function, people_words
from extractors.schema import Conversation
from extractors.told import teller_of_ik, told_clause, without_aside

_YOU = r"(?:u|je|jij|jullie)"
_ALREADY_SUBJECT = rf"(?i:{_YOU}|hij|ze|zij|die|iemand|niemand|iedereen|men|wie)"
_NO_SUBJECT = r"(?<!\bals )(?<!\bzoals )(?<!\bzodra )(?<!\bwanneer )(?<!\bnadat )(?<!\bvoordat )(?<!\bzover )"
FIRST_PERSON = re.compile(
    rf"(?<![\w'’]){_NO_SUBJECT}(?:ik|'k)(?![\w'’])"
    r"|\b(?:krijg|hoor)\w*\b.{0,80}\bvan\s+(?:mij|me)\b|\bvan\s+(?:mij|me)\s+(?:krijg|hoor)",
    re.IGNORECASE,
)
_WE = re.compile(r"(?<![\w'’])(?:we|wij)(?![\w'’])", re.IGNORECASE)
_RECEIVES = re.compile(
    rf"(?<!\w)(?:{_YOU}\s+(?:krijgt|krijgen|krijg|hoort|horen)"
    rf"|(?:krijgt|krijgen|krijg|hoort|horen|hoor|weet|weten)\s+{_YOU})(?!\w)",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(
    r"(?<!\ben)(?<!\bmaar)(?<!\bwant)[\s,](?:of|zodat|omdat|zodra|als|wie|wat|hoe|waar|tot"
    r"|(?:dat|die)(?!\s\w+\s(?:ik|we|wij)\b))\s"  # "dat regel ik" is a main clause
)
_CONDITION = re.compile(r"(?:en\s+|dan\s+)?(?:als|zodra|wanneer)\s[^,]*,", re.IGNORECASE)
_NOBODY_YET = re.compile(
    r"(?<!\w)(?:iemand|niemand)\s+(?:moet|nog|anders)|moet\s+(?:nog\s+)?(?:iemand|niemand)|(?:^|,)\s*(?:nog\s+)?niemand\b"
    r"|iemand\s+voor\s+(?:vinden|zoeken)|niet\s+(?:bekend\s+|duidelijk\s+)?wie\b|uitzoeken\s+wie\b"
    r"|wie\s*[:=]?\s*\?|wie\s+(?:dat|het)\s+(?:doet|oppakt)|\bwie\s+\w{2,10}t\b[^.?!]{0,20}\?|\w\s+of\s+(?:ik|wij|\w+)\s*\?",
    re.IGNORECASE,
)
_BEFORE_SUBJECT = re.compile(
    r"(?:(?:dan|ook|nog|eerst|zelf|er|daar|straks|morgen|overmorgen|vandaag|vanavond|vanmiddag|[a-z]{3,6}dag"
    r"|volgende\s+week|deze\s+week|dat|dit)\s+){1,3}(?:eerst\s+)?",
    re.IGNORECASE,
)
_PASSIVE = re.compile(r"\b(?:wordt|worden|werd|werden|is|zijn)\b", re.IGNORECASE)
_YES = re.compile(
    r"\W*(?:ja|jawel|oke|oké|prima|goed|is\s+goed|tuurlijk|natuurlijk|zeker|graag)\b", re.IGNORECASE
)
WILL_DO = re.compile(
    r"\b(?:doe\s+ik|zal\s+ik|ga\s+ik|ik\s+doe|ik\s+zal|ik\s+ga|regel\s+ik|komt\s+goed)\b", re.IGNORECASE
)
_SUBJECT_STARTS = re.compile(r"(?:^|[,;:]\s*|(?<=\w\w)[.]\s+|\b(?:en|dan|want|maar)\s+)$", re.IGNORECASE)
_GOES_ON = re.compile(r"(?:\ben(?:\s+ook)?|\bdan|,|;)$", re.IGNORECASE)
ONLY_AND = re.compile(r"en(?:\s+ook)?\s*", re.IGNORECASE)
_OFFER = re.compile(
    r"[^.?!]{0,30}[.?!,]\s+(?:dan\s+)?zal\s+ik\s+(?:haar|hem|ze|hen|dat|die|het)\b", re.IGNORECASE
)
_TAKES_ON = re.compile(r"\W*(?:dat|die)\s+\w+\s+ik\b", re.IGNORECASE)
_LEAD = re.compile(r"[\W\d_]*(?:actie\s+)?(?P<who>[^:\n|/]{1,40}?)(?::|\s[–—-])\s", re.IGNORECASE)
_NO_VERBS = (
    "met|niet|het|dat|wat|uit|tot|dit|kort|eerst|laatst|recht|vast|wordt|best|liefst|bent|toch|nacht|dienst"
)
_SINGULAR_VERB = (
    rf"(?!(?:{_NO_VERBS}|ge[a-z]{{3,}}[^f]t)\b)(?:[a-zà-ÿ]{{2,}}t|gaat|komt|wil|kan|zal|mag|zou)\b"
)
_PLURAL_VERB = r"(?:gaan|komen|willen|kunnen|zullen|mogen|[a-z]{3,}en)\b"
_MORE_THAN_ONE = re.compile(
    r"\s(?:en|\+|&|/)\s|\b(?:ouders|artsen|verpleegkundigen|team|we|wij)\b", re.IGNORECASE
)
_NOUN_ENDS = ("tie", "ing", "heid", "zorg", "plan", "lijst", "beleid", "gesprek", "huis", "school", "apie")
_STEMS_IN_T = ("zet", "start", "print", "praat", "meet")
_NAME_REACH = 80
"""So many characters at the end of an item can hold the person it is given to."""
_ANSWER_REACH = 60
"""A question so many characters from the end of its turn is still what the next speaker answers."""


@cache
def _act_patterns() -> tuple[str, re.Pattern[str]]:
    """What a person does, third person; and a request to somebody ("als u", "wil jij", "bel jij")."""
    words = action_words()
    acts = rf"(?:{either((*words.acts, *words.may_act))})(?!\w)"
    request = re.compile(
        rf"(?:^|\b(?:als|en|dan)\s+){_YOU}\s+\w|\b(?:{either(words.asking)})\s+{_YOU}\b", re.IGNORECASE
    )
    return acts, request


def owner_of(place: Place) -> str | None:
    """Who takes an action point on.

    Returns:
        The person as said; for "ik" the speaker (label and function), in a note its writer; "we" for a group;
        None where nobody is named, or it cannot be told.
    """
    if (field := listed(place, WHO)) is not None:
        return filled_in(field)
    people = people_pattern(place.conversation)
    told = told_clause(place.before, place.quote, people)
    if told is not None:
        return _owner_told(place, told, people) or (_assigned(place, people) if place.in_note else None)
    main = _main_clause(without_aside(place.quote))
    if place.in_note and (subject := _right_before(place, people)):
        return subject
    if FIRST_PERSON.search(main):
        teller = teller_of_ik(place.before, place.quote, place.after)
        return _speaker(place) if teller is None else _teller(place, teller, people)
    behind = place.turn.text[place.end : place.end + _NAME_REACH] if place.in_note else place.after
    if _NOBODY_YET.search(place.quote) or _NOBODY_YET.search(behind):
        return None
    named = _agent(place.quote, "door", people) or _named_subject(main, people)
    if place.in_note:
        return (
            named
            or _assigned(place, people)
            or _without_name(place, main, people)
            or _agent(place.quote, "via", people)
        )
    return named or _without_name(place, main, people) or _offered(place) or _day_of_an_action(place)


def _offered(place: Place) -> str | None:
    """The speaker who offers or promises: "Mirjam kan langskomen. Zal ik haar vragen?", "dat regel ik"."""
    offers = _OFFER.search(place.turn.text, place.end, place.end + _NAME_REACH)
    return _speaker(place) if offers or _TAKES_ON.match(place.after) else None


def _day_of_an_action(place: Place) -> str | None:
    """The owner of the sentence before, where this one only tells its day: "Ik bel hem. Zondag."."""
    days = find_dates(place.quote, place.conversation.date)
    earlier = sentence_before(place)
    return owner_of(earlier) if earlier and days and days[0].start == 0 else None


def _teller(place: Place, teller: str, people: re.Pattern[str]) -> str | None:
    """Whose "ik" it is, from the words that tell who says it: "zegt Petra", "hij zei"."""
    if FIRST_PERSON.search(teller):
        return _speaker(place)
    named = people.search(teller) or re.search(f"(?P<people>{NAME})", teller)
    return named["people"] if named and is_name(named["people"]) else None


def _owner_told(place: Place, clause: str, people: re.Pattern[str]) -> str | None:
    """The owner of what is told in a subordinate clause, where the verb comes last."""
    clause = _main_clause(clause)
    if FIRST_PERSON.search(clause):
        return _speaker(place)
    if we := _WE.search(clause):
        return we[0].lower()
    opening = _BEFORE_SUBJECT.match(clause)
    start = opening.end() if opening else 0
    if re.compile(rf"{_YOU}(?!\w)", re.IGNORECASE).match(clause, start):
        return _addressed(place) if _acts_last().search(clause, start) else _asking_speaker(place)
    named = people.match(clause, start)
    who = named["people"] if named else _unknown_name(clause[start:])
    if who and not _PASSIVE.search(clause) and _acts_last().search(clause, start + len(who)):
        return who
    return _speaker(place) if WILL_DO.search(place.quote) else None


def _asking_speaker(place: Place) -> str | None:
    """The speaker who asks on somebody's behalf: "ik vraag of je op de lijst kunt"."""
    return _speaker(place) if FIRST_PERSON.match(place.quote) else None


def _unknown_name(clause: str) -> str | None:
    name = re.match(NAME, clause)
    return name[0] if name and is_name(name[0]) else None


@cache
def _acts_last() -> re.Pattern[str]:
    """What a person does where the verb ends the clause: "belt", "wil bellen", "contact opneemt"."""
    words = action_words()
    return re.compile(
        rf"\s[^\W_]{{0,12}}(?:{either((*words.acts, *words.infinitives))})(?!\w)", re.IGNORECASE
    )


def _without_name(place: Place, main: str, people: re.Pattern[str]) -> str | None:
    """The owner of a clause in which no name is the subject."""
    if _RECEIVES.search(main):
        return None if place.in_note else _speaker(place)
    if we := _WE.search(main):
        return we[0].lower()
    has_subject = re.match(rf"\W*{_ALREADY_SUBJECT}(?!\w)", main)
    if not has_subject and (earlier := _said_before(place, people)):
        return earlier
    request = _act_patterns()[1]
    if request.search(main) or request.match(place.quote) or _is_imperative(main):
        return _addressed(place)
    return None


def _speaker(place: Place) -> str | None:
    """Who "ik" is: the speaker, in a note the writer ("ik" as it stands where nothing tells the name)."""
    if place.turn.label is None:
        return None if place.turn.block == "speech" else writer_of(place.conversation) or "ik"
    return _shown(place.turn.label, place.conversation)


def _shown(label: str, conversation: Conversation) -> str | None:
    participant = conversation.participant(label)
    if participant is None:
        return label
    function = find_function(participant.function or "")
    if function and (function.start, function.end) == (0, len(participant.function or "")):
        participant = participant.model_copy(update={"function": function.function})  # "dokter": arts
    return display_name(participant, conversation)


def _main_clause(quote: str) -> str:
    """The quote without what hangs on it: "of ze komt", "dat de meldkamer weet wie hij is"."""
    condition = _CONDITION.match(quote)
    rest = quote[condition.end() :] if condition else quote
    cut = _SUBORDINATE.search(rest)
    return rest[: cut.start()] if cut and len(rest[: cut.start()].split()) > 1 else rest


def _agent(quote: str, preposition: str, people: re.Pattern[str]) -> str | None:
    """The person after "door" or "via"; after "door" an unknown name too."""
    found = re.search(rf"\b{preposition}\s+", quote)
    if not found:
        return None
    agent = people.match(quote, found.end())
    if not agent and preposition == "door":
        agent = re.compile(f"(?P<people>{NAME})").match(quote, found.end())
    return agent["people"] if agent else None


def _named_subject(clause: str, people: re.Pattern[str]) -> str | None:
    """The person or service whose verb stands right beside it: "Petra belt", "dan belt de huisarts"."""
    acts, _ = _act_patterns()
    for person in people.finditer(clause):
        verb = _PLURAL_VERB if _MORE_THAN_ONE.search(f" {person['people']} ") else _SINGULAR_VERB
        stands_first = _SUBJECT_STARTS.search(clause[: person.start()])
        if stands_first and re.match(rf",?\s+(?:zelf\s+)?{verb}", clause[person.end() :]):
            return person["people"]
    unknown = re.match(
        rf"(?:en\s+|dan\s+)?(?P<name>{NAME})\s+(?:{either(action_words().acts)})(?!\w)", clause
    )
    if unknown and is_name(unknown["name"]):
        return unknown["name"]
    inverted = re.search(rf"(?<!\w)(?!{_ALREADY_SUBJECT}\s)\S+\s+{acts}\s+", clause)
    behind = people.match(clause, inverted.end()) if inverted else None
    return behind["people"] if behind else None


def _assigned(place: Place, people: re.Pattern[str]) -> str | None:
    """The person set beside an item of a list."""
    return (
        _leading(place, people)
        or _in_row(place, people)
        or _beside(place.after, people)
        or _acting(place.after, people)
        or _agent(place.after, "door", people)
        or _within(place.quote, people)
        or (_speaker(place) if FIRST_PERSON.search(place.after) else None)
    )


def _leading(place: Place, people: re.Pattern[str]) -> str | None:
    """The person who opens an item: "Petra: jurist vragen", "ik: kaart maken", "Ellen + Peter - datum".

    A name that nothing else tells of is known by its verb: "Ellen: belt de school".
    """
    line = place.turn.text.rfind("\n", 0, place.start) + 1
    lead = _LEAD.match(place.turn.text, line)
    if lead is None or lead.end() > place.end:
        return None
    who = lead["who"].strip(" .*_-–—")
    acts = re.match(rf"(?:{either(action_words().acts)})(?!\w)", place.turn.text[lead.end() :])
    named = acts and re.fullmatch(NAME, who) and is_name(who)
    return who if named else _person(lead["who"], place, people)


def _in_row(place: Place, people: re.Pattern[str]) -> str | None:
    """The person who has a place of their own in the row of an item: "1 / map maken / Ilse / 17-11"."""
    found = (_person(part, place, people) for part in row_parts(place))
    return next((person for person in found if person), None)


def _person(words: str, place: Place, people: re.Pattern[str]) -> str | None:
    """The words where they name people and nothing else; "ik" is the writer."""
    words = re.sub(r"\s*\([^)]*\)$", "", words.strip(" .*_-–—"))
    if words.lower() == "ik":
        return _speaker(place)
    if people.fullmatch(words):
        return words
    names = re.split(r"\s*(?:\+|/|&|,|\ben\b)\s*", words)
    known = _spoken_of(place.conversation.text) | people_words().short_forms.keys() | {"samen", "allebei"}
    return words if all(name in known or people.fullmatch(name) for name in names) else None


@lru_cache(maxsize=16)  # every action point of a note asks for them
def _spoken_of(text: str) -> frozenset[str]:
    """The words that a text writes with a capital within a sentence, and never without: names."""
    lower = set(re.findall(r"\b[a-zà-ÿ][\w'’-]*", text))
    within = re.findall(r"(?<=[a-zà-ÿ,]\s)[A-ZÀ-Ý][a-zà-ÿ][\w'’-]*", text)
    return frozenset(
        word
        for word in within
        if word.lower() not in lower and is_name(word) and not word.endswith(_NOUN_ENDS)
    )


def _is_named(who: str, place: Place) -> bool:
    """Whether a word is a person's name or a note's short form for one, by the text or by its place."""
    if who in _spoken_of(place.conversation.text) or who in people_words().short_forms:
        return True
    return who == place.before.strip() and re.fullmatch(NAME, who) is not None and is_name(who)


def _right_before(place: Place, people: re.Pattern[str]) -> str | None:
    """The subject that stands right before a quote that opens with its verb: "Serkan (belt zijn broers)"."""
    before = place.before.rstrip()
    subject = next((person for person in people.finditer(before) if person.end() == len(before)), None)
    who = subject["people"] if subject else before.rsplit(maxsplit=1)[-1] if before else ""
    if not subject and not _is_named(who, place):
        return None
    verb = _PLURAL_VERB if _MORE_THAN_ONE.search(f" {who} ") else _SINGULAR_VERB
    return who if re.match(rf"(?:{verb})", place.quote) else None


def _beside(after: str, people: re.Pattern[str]) -> str | None:
    """The person right behind an item: "(Petra)", "- Lotte", "-> Anouk", ", Annet, bij ontslag"."""
    mark = re.match(r"\s*(?P<mark>[,:(>→@–—-]+)\s*(?:actie\s*:?\s*)?", after)
    if not mark:
        return None
    rest = after[mark.end() :]
    named = people.match(rest)
    if named and re.match(r"\s*(?:$|[,;.):\n])", rest[named.end() :]):
        return named["people"].strip()
    closing = r"\)" if "(" in mark["mark"] else r"(?:$|[,;.:\n])"
    bare = re.match(rf"{NAME}(?=\s*{closing})", rest)
    return bare[0] if bare and mark["mark"] != "," and is_name(bare[0]) else None


def _acting(after: str, people: re.Pattern[str]) -> str | None:
    """Who does what behind an item: ": Gijs meet, Sharda belt"."""
    acts = _act_patterns()[0]
    if doer := re.match(rf"\s*{acts}\s+", after):  # "(kaart maken) doet Petra"
        named = people.match(after, doer.end())
        return named["people"] if named else None
    verb = re.compile(rf"\s+{acts}")
    doers = [person["people"] for person in people.finditer(after) if verb.match(after, person.end())]
    unknown = re.match(rf"[\s,:;]+(?:[^,;]{{1,15}},\s+)?(?P<name>{NAME})\s+{acts}", after)
    if not doers and unknown and is_name(unknown["name"]):
        doers = [unknown["name"]]
    return " en ".join(doers) or None


def _within(quote: str, people: re.Pattern[str]) -> str | None:
    """The person within an item: "gesprek ma 16/2, dr. Dekker + ouders: ...", "rolstoel passen (Anouk)"."""
    for person in people.finditer(quote):
        if quote.startswith(":", person.end()) and re.search(r",\s*$", quote[: person.start()]):
            return person["people"]
    tail = quote[-_NAME_REACH:].rstrip(" .")
    last = re.search(r"(?:\((?P<inner>[^()]+)\)|(?:\s[-–—]|→|->)(?P<dash>[^-–—→()]+))$", tail)
    who = (last["inner"] or last["dash"]).strip() if last else ""
    return who if people.fullmatch(who) else None


def _said_before(place: Place, people: re.Pattern[str]) -> str | None:
    """The subject said earlier: "ik schrijf een brief en (geef die door)"; in a note the heading's person."""
    before = place.before.rstrip()
    if _GOES_ON.search(before):
        if FIRST_PERSON.search(_main_clause(before)):
            return _speaker(place)
        if named := _named_subject(before, people):
            return named
        if ONLY_AND.fullmatch(before) and (earlier := sentence_before(place)):
            return owner_of(earlier)
    if place.in_note and place.turn.section and re.match(rf"\s*{_act_patterns()[0]}", place.quote):
        heading = people.match(place.turn.section[-1])
        return heading["people"] if heading else None
    return None


def _is_imperative(clause: str) -> bool:
    """Whether a clause opens with the stem of an act: "Zet de pomp maar op veertig", "Bel de huisarts"."""
    first = re.match(r"\W*([a-z]+)\b", clause.lower())
    return first is not None and (f"{first[1]}t" in action_words().acts or first[1] in _STEMS_IN_T)


def _addressed(place: Place) -> str | None:
    """Who is asked: called by name in the sentence, or the one who takes it on in the next turn."""
    if place.in_note:
        return addressee_of(place.conversation)
    if called := _called_by_name(place):
        return called
    earlier, later = place.turn_at(-1), place.turn_at(1)
    if not later or not later.label or later.label == place.turn.label:
        return None
    at_end = place.end >= len(place.turn.text.rstrip()) - _ANSWER_REACH
    answer = later.text[: 2 * _ANSWER_REACH]
    asked = "?" in place.quote + place.after
    if at_end and (WILL_DO.search(answer) or (asked and _YES.match(answer))):
        return _shown(later.label, place.conversation)
    if (
        earlier
        and earlier.label == later.label
        and re.match(r"\W*(?:u|jij|je)\b", place.quote, re.IGNORECASE)
    ):
        return _shown(later.label, place.conversation)  # the two are talking with each other
    return None


def _called_by_name(place: Place) -> str | None:
    """The participant whom the sentence calls by name: "Kelly, wil jij ...", "Anja dat regel jij"."""
    sentence = place.before + place.quote + place.after
    for participant in place.conversation.participants:
        if participant.label == place.turn.label:
            continue
        name = either({participant.label, *re.findall(NAME, participant.label)})
        opening = rf"(?:^|[.?!,]\s*|\ben\s+)(?:{name})(?:,|\s+(?:wil|kun|kan|zou|dat|jij|ga|bel)\b)"
        if re.search(rf"{opening}|,\s*(?:{name})\s*[?.!]?$", sentence):
            return display_name(participant, place.conversation)
    return None
