"""Action points: who takes them on, and when.

The component `izp_actions` fills `izp_owner` and `izp_due` of every statement that is an action point.
The work is done by `owner_of` and `due_of`. They need the place of the quote and no parse; a wrong
owner is worse than none, so what is passive or unclear stays None.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from spacy.language import Language
from spacy.tokens import Doc

import extractors.attributes  # noqa: F401  registers the attributes set here
from extractors.dates import DateMention, find_dates
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
from extractors.schema import Conversation, Turn
from extractors.statements import STATEMENTS
from extractors.told import teller_of_ik, told_clause, without_aside


@dataclass(frozen=True, slots=True)
class Place:
    """Where the quote of an action point stands: characters `start:end` of the text of a turn."""

    turn: Turn
    start: int
    end: int
    conversation: Conversation

    @property
    def quote(self) -> str:
        """The words of the action point."""
        return self.turn.text[self.start : self.end]

    @property
    def before(self) -> str:
        """The words of its sentence before the quote."""
        return self.turn.text[_sentence_at(self.turn.text, self.start)[0] : self.start]

    @property
    def after(self) -> str:
        """The words of its sentence after the quote."""
        return self.turn.text[self.end : _sentence_at(self.turn.text, max(self.start, self.end - 1))[1]]

    @property
    def in_note(self) -> bool:
        """Whether nobody speaks here: a note, or a list."""
        return self.turn.label is None

    def turn_at(self, distance: int) -> Turn | None:
        """The turn so many places further on (or back, below zero), None past the ends."""
        index = self.turn.index + distance
        return self.conversation.turns[index] if 0 <= index < len(self.conversation.turns) else None


# ---- sentences -----------------------------------------------------------------------------------------

_STOP = re.compile(r"[.?!;]+(?=\s|$)|\n")
_TITLE = re.compile(r"(?<![^\W_])(?:dr|drs|mw|mevr|dhr|ds|prof|st|ped|[a-z])\.$", re.IGNORECASE)
_SHORT = re.compile(
    r"(?<![^\W_])(?:vpk|ca|nr|tel|evt|incl|mrt|apr|jan|febr?|aug|sept?|okt|nov|dec|ma|di|wo|do|vr|za|zo|mnd|wkn?)\.$",
    re.IGNORECASE,
)


@lru_cache(maxsize=16)  # every action point of a turn asks for those of the same few turns
def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """The sentences of a text as (start, end); an abbreviation ("dr.", "vr. 10 juli") does not end one."""
    spans, start = [], 0
    for stop in _STOP.finditer(text):
        lead, follow = text[max(0, stop.end() - 8) : stop.end()], text[stop.end() : stop.end() + 2].lstrip()
        if (
            follow
            and stop[0] == "."
            and (_TITLE.search(lead) or (_SHORT.search(lead) and not follow.isupper()))
        ):
            continue
        spans.append((start, stop.end()))
        start = stop.end()
        while start < len(text) and text[start].isspace():
            start += 1
    return (*spans, (start, len(text))) if start < len(text) else tuple(spans)


def _ended_by(text: str, place: int) -> int:
    """How many sentences end at or before this character."""
    return bisect_right(sentences(text), place, key=lambda span: span[1])


def _sentence_at(text: str, place: int) -> tuple[int, int]:
    """The sentence in which this character stands."""
    spans = sentences(text)
    number = _ended_by(text, place)
    return spans[number] if number < len(spans) else (0, len(text))


def _sentence_before(place: Place) -> Place | None:
    """The sentence before that of the quote, in the same turn."""
    number = _ended_by(place.turn.text, place.start)
    return Place(place.turn, *sentences(place.turn.text)[number - 1], place.conversation) if number else None


# ---- lists and tables ------------------------------------------------------------------------------------

_WHO = r"(?:door\s+)?wie|verantwoordelijke?|eigenaar|actiehouder|uitvoerder|uitvoering|naam"
_WHEN = r"(?:voor\s+)?wanneer|uiterlijk|datum|deadline|gereed|termijn"
_NEXT_ACTION = re.compile(r"[\W_]*(?:actie|wat)\s*:", re.IGNORECASE)
_ANY_FIELD = re.compile(r"[\W_]*\w[\w ]{0,20}[:=]")
_FIELD_REACH = 300
"""So many characters behind an action its own fields can stand in the same block."""


def _listed(place: Place, field: str) -> str | None:
    """What the list that holds the quote says for a field (`_WHO` or `_WHEN`).

    Looked for in the table's row, in the rest of the block ("wie: Anouk"), and in blocks of their own right
    after it ("Wie: Anouk"). "" where the field is there but empty, None where the list has no such field.
    """
    if place.turn.block == "cell":
        return _in_row(place, field)
    labelled = re.compile(
        rf"(?:^|[\n,;(])[ \t*•-]*(?:{field})\s*[:=]\**[ \t]*(?P<value>[^\n]*)", re.IGNORECASE
    )
    if inside := labelled.search(place.turn.text, place.end, place.end + _FIELD_REACH):
        return re.split(r"[;)]|,(?=\s*\w+\s*[:=])", inside["value"])[0].strip()
    for distance in (1, 2, 3):
        turn = place.turn_at(distance)
        if not turn or turn.label != place.turn.label or turn.block == "heading":
            return None
        if not _ANY_FIELD.match(turn.text) or _NEXT_ACTION.match(turn.text):
            return None
        if found := labelled.match(turn.text):
            return found["value"].strip()
    return None


def _in_row(place: Place, field: str) -> str | None:
    """The cell for a field in the quote's row; "" where it is empty, None where there is no such column."""
    turn = place.turn
    beside = turn.section[-2:-1]
    column = False
    for other in _table_around(place):
        heading = other.section[-1] if other.block == "cell" and other.section else other.text
        if not re.fullmatch(field, heading.strip(), re.IGNORECASE):
            continue
        column = True
        same_row = other.section[-2:-1] in (beside, (turn.text,)) or (other.text,) == beside
        if other.block == "cell" and same_row:
            return other.text
    return "" if column else None


def _table_around(place: Place) -> Iterator[Turn]:
    """The other cells and headings of the table, the nearest first on either side."""
    for step in (1, -1):
        distance = step
        while (turn := place.turn_at(distance)) and turn.block in ("cell", "heading"):
            yield turn
            distance += step


def _filled_in(words: str) -> str | None:
    words = words.strip(" .?-–—*_")
    return words if words and words.lower() not in action_words().open else None


# ---- who -------------------------------------------------------------------------------------------------

_YOU = r"(?:u|je|jij|jullie)"
_ALREADY_SUBJECT = rf"(?i:{_YOU}|hij|ze|zij|die|iemand|niemand|iedereen|men|wie)"
_NO_SUBJECT = r"(?<!\bals )(?<!\bzoals )(?<!\bzodra )(?<!\bwanneer )(?<!\bnadat )(?<!\bvoordat )(?<!\bzover )"
_I = re.compile(
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
    r"(?<!\ben)(?<!\bmaar)(?<!\bwant)[\s,](?:of|dat|zodat|omdat|zodra|als|wie|wat|hoe|waar|tot|die)\s"
)
_CONDITION = re.compile(r"(?:en\s+|dan\s+)?(?:als|zodra|wanneer)\s[^,]*,", re.IGNORECASE)
_NOBODY_YET = re.compile(
    r"(?<!\w)(?:iemand|niemand)\s+(?:moet|nog|anders)|moet\s+(?:nog\s+)?(?:iemand|niemand)|(?:^|,)\s*(?:nog\s+)?niemand\b"
    r"|iemand\s+voor\s+(?:vinden|zoeken)|niet\s+(?:bekend\s+|duidelijk\s+)?wie\b|uitzoeken\s+wie\b"
    r"|wie\s*[:=]?\s*\?|wie\s+(?:dat|het)\s+(?:doet|oppakt)",
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
_WILL_DO = re.compile(
    r"\b(?:doe\s+ik|zal\s+ik|ga\s+ik|ik\s+doe|ik\s+zal|ik\s+ga|regel\s+ik|komt\s+goed)\b", re.IGNORECASE
)
_SUBJECT_STARTS = re.compile(r"(?:^|[,;:]\s*|(?<=\w\w)[.]\s+|\b(?:en|dan|want|maar)\s+)$", re.IGNORECASE)
_GOES_ON = re.compile(r"(?:\ben(?:\s+ook)?|\bdan|,|;)$", re.IGNORECASE)
_ONLY_AND = re.compile(r"en(?:\s+ook)?\s*", re.IGNORECASE)
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
    if (listed := _listed(place, _WHO)) is not None:
        return _filled_in(listed)
    people = people_pattern(place.conversation)
    told = told_clause(place.before, place.quote, people)
    if told is not None:
        return _owner_told(place, told, people) or (_assigned(place, people) if place.in_note else None)
    main = _main_clause(without_aside(place.quote))
    if _I.search(main):
        teller = teller_of_ik(place.before, place.quote, place.after)
        return _speaker(place) if teller is None else _teller(place, teller, people)
    if _NOBODY_YET.search(place.quote) or _NOBODY_YET.search(place.after):
        return None
    named = _agent(place.quote, "door", people) or _named_subject(main, people)
    if place.in_note:
        return (
            named
            or _assigned(place, people)
            or _without_name(place, main, people)
            or _agent(place.quote, "via", people)
        )
    return named or _without_name(place, main, people)


def _teller(place: Place, teller: str, people: re.Pattern[str]) -> str | None:
    """Whose "ik" it is, from the words that tell who says it: "zegt Petra", "hij zei"."""
    if _I.search(teller):
        return _speaker(place)
    named = people.search(teller) or re.search(f"(?P<people>{NAME})", teller)
    return named["people"] if named and is_name(named["people"]) else None


def _owner_told(place: Place, clause: str, people: re.Pattern[str]) -> str | None:
    """The owner of what is told in a subordinate clause, where the verb comes last."""
    clause = _main_clause(clause)
    if _I.search(clause):
        return _speaker(place)
    if we := _WE.search(clause):
        return we[0].lower()
    opening = _BEFORE_SUBJECT.match(clause)
    start = opening.end() if opening else 0
    if re.compile(rf"{_YOU}(?!\w)", re.IGNORECASE).match(clause, start):
        return _addressed(place)
    named = people.match(clause, start)
    who = named["people"] if named else _unknown_name(clause[start:])
    return (
        who if who and not _PASSIVE.search(clause) and _acts_last().search(clause, start + len(who)) else None
    )


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
    if earlier := _said_before(place, people):
        return earlier
    request = _act_patterns()[1]
    if request.search(main) or request.match(place.quote) or _is_imperative(main):
        return _addressed(place)
    return None


def _speaker(place: Place) -> str | None:
    """Who "ik" is: the speaker, in a note the writer."""
    if place.turn.label is None:
        return writer_of(place.conversation)
    return _shown(place.turn.label, place.conversation)


def _shown(label: str, conversation: Conversation) -> str | None:
    participant = conversation.participant(label)
    return display_name(participant, conversation) if participant else label


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
    verb = re.compile(rf",?\s+{acts}")
    for person in people.finditer(clause):
        if verb.match(clause, person.end()) and _SUBJECT_STARTS.search(clause[: person.start()]):
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
        _before_colon(place, people)
        or _beside(place.after, people)
        or _acting(place.after, people)
        or _within(place.quote, people)
    )


def _before_colon(place: Place, people: re.Pattern[str]) -> str | None:
    """The person before the colon of an item: "Petra: jurist vragen", "ik: kaart maken"."""
    lead = re.match(r"\s*(?:actie\s+)?(?P<who>[^:\n]{1,40}):\s", place.turn.text, re.IGNORECASE)
    if not lead:
        return None
    who = lead["who"].strip()
    if who.lower() == "ik":
        return _speaker(place)
    return who if people.fullmatch(who) else None


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
    verb = re.compile(rf"\s+{_act_patterns()[0]}")
    return (
        " en ".join(person["people"] for person in people.finditer(after) if verb.match(after, person.end()))
        or None
    )


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
        if _I.search(_main_clause(before)):
            return _speaker(place)
        if named := _named_subject(before, people):
            return named
        if _ONLY_AND.fullmatch(before) and (earlier := _sentence_before(place)):
            return owner_of(earlier)
    if place.in_note and place.turn.section and re.match(rf"\s*{_act_patterns()[0]}", place.quote):
        heading = people.match(place.turn.section[-1])
        return heading["people"] if heading else None
    return None


def _is_imperative(clause: str) -> bool:
    """Whether a clause opens with the stem of an act: "Zet de pomp maar op veertig", "Bel de huisarts"."""
    first = re.match(r"\W*([a-z]+)\b", clause.lower())
    return first is not None and any(act in (first[1], f"{first[1]}t") for act in action_words().acts)


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
    if at_end and (_WILL_DO.search(answer) or (asked and _YES.match(answer))):
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


# ---- when --------------------------------------------------------------------------------------------------

_REFERS_BACK = re.compile(
    r"\W*(?:en\s+)?(?:dat|die|dit|deze|daar|dan|bellen|u|je|jullie|ik\s+(?:probeer|doe)\s+d(?:at|it)"
    r"|ik\s+(?:heb|zie|spreek|ben)\s+(?:daar|er|haar|hem|ze|hen))\b"
    r"|.*\b(?:is|zijn)\s+(?:dat|het|die)\s+(?:rond|klaar|geregeld|binnen)\b",
    re.IGNORECASE,
)
_ASKS_WHEN = re.compile(r"\bwanneer\b|\bhoe\s+laat\b", re.IGNORECASE)
_THEN = re.compile(r"\W*(?:en\s+|ja,?\s+)*dan\b", re.IGNORECASE)
_PROMISES = re.compile(rf"\W*(?:ja\W+)?{_WILL_DO.pattern}", re.IGNORECASE)
_OTHER_CLAUSE = re.compile(r"[:;](?=[^:;]*\b(?:ik|we|wij)\b)")
_IK_OR_WE = re.compile(r"\b(?:ik|we|wij)\b", re.IGNORECASE)
_SHORT_SENTENCE = 4  # words: "Volgende week, na schooltijd."
_SHORT_QUESTION = 8


def due_of(place: Place) -> str | None:
    """When an action point is due.

    Looked for in the list's own column, in the quote, in the rest of its sentence, in what follows and refers
    back ("Vanavond.", "Die hebben jullie maandag.") and in the answer to "wanneer?".

    Returns:
        An ISO date where the words name one day to do it on or before, else the words as said; None where
        nothing is said.
    """
    today = place.conversation.date
    if (listed := _listed(place, _WHEN)) is not None:
        return _soonest(find_dates(listed, today)) or (
            _filled_in(listed) if re.search(r"[a-z]{4}", listed) else None
        )
    found = (_soonest(find_dates(words, today)) for words in _around(place))
    return next((due for due in found if due), None)


def _soonest(mentions: Sequence[DateMention]) -> str | None:
    """The first day that is named, else the first words of time; what lies behind does not count."""
    ahead = [mention for mention in mentions if mention.relation != "verleden"]
    for mention in ahead:
        if mention.date and mention.relation in ("op", "uiterlijk", "voor"):
            return mention.date.isoformat()
    return ahead[0].text if ahead else None


def _around(place: Place) -> Iterator[str]:
    """Where the day can stand, the nearest words first."""
    yield place.quote
    yield _OTHER_CLAUSE.split(place.after)[0]
    yield place.before
    yield from _following(place)
    earlier = _sentence_before(place)
    if earlier and (
        _ONLY_AND.fullmatch(place.before) or _THEN.match(place.quote) or _THEN.match(place.before)
    ):
        yield earlier.quote
    elif not earlier and _THEN.match(place.quote):
        yield _question_before(place)
    yield from _answers(place)


def _following(place: Place) -> Iterator[str]:
    """Up to two sentences of the turn after the quote's, as long as they are short or refer back."""
    text = place.turn.text
    spans = sentences(text)
    first = bisect_right(spans, place.end - 1, key=lambda span: span[0])
    for start, end in spans[first : first + 2]:
        sentence = text[start:end]
        short = len(sentence.split()) <= _SHORT_SENTENCE and not _IK_OR_WE.search(sentence)
        if not (short or _REFERS_BACK.match(sentence)):
            return
        yield sentence


def _question_before(place: Place) -> str:
    """The question that ends the turn before; "" where it ends with none."""
    earlier = place.turn_at(-1)
    if earlier is None or not earlier.text.rstrip().endswith("?"):
        return ""
    return earlier.text[slice(*sentences(earlier.text)[-1])]


def _answers(place: Place) -> Iterator[str]:
    """The day in a "Doe ik vanavond" to a request, and in the answer to "wanneer?"."""
    later, answer = place.turn_at(1), place.turn_at(2)
    if later is None or later.label == place.turn.label:
        return
    if not _I.search(place.quote) and _PROMISES.match(later.text):
        yield later.text[slice(*sentences(later.text)[0])]
    asks = _ASKS_WHEN.search(later.text) and len(later.text.split()) <= _SHORT_QUESTION
    if asks and answer and answer.label == place.turn.label and (spans := sentences(answer.text)):
        yield answer.text[slice(*spans[0])]


@Language.component("izp_actions", requires=["doc.spans"])
def izp_actions(doc: Doc) -> Doc:
    """Fills in owner and due of the action points among the statements of a turn."""
    for span in doc.spans.get(STATEMENTS, ()):
        if span._.izp_category == "action_point":
            place = Place(doc._.izp_turn, span.start_char, span.end_char, doc._.izp_conversation)
            span._.izp_owner = owner_of(place)
            span._.izp_due = due_of(place)
    return doc
