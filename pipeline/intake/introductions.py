"""Who a label stands for, by what is said: introductions and forms of address.

Two grounds are kept apart in `because`: "introduction" (a speaker says who they or others are) and "address"
(a speaker is called by a name or a word, and answers). A sign that could mean something else maps nobody.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from extractors.roles import Found, find_function, people_words
from extractors.schema import Participant, Role, Turn
from pipeline.intake.roles import in_organisation, is_diarised

_NAME = r"[A-ZÀ-ÖØ-ÞĀ-Ž][\w’'-]+"
_OPENING = 40
_OFTEN = 3
_I_AM = re.compile(
    r"\b[Ii]k ben (?:dus |hier |zelf )?(?P<what>(?:(?:de|het|haar|zijn|hun|een|jouw|je|jullie|vader"
    r"|moeder|oma|opa)\b|" + _NAME + r")[^.?!]{0,60})"
)
_NOT_ME = re.compile(
    r"\b(?:als|alsof|of|dat|zou|zei|zegt|wanneer)\s+ik ben$|\b(?:zei|zegt|zeggen|vraagt|vroeg)\b[^.?!]*$",
    re.IGNORECASE,
)
_AS = re.compile(r"\b[Ii]k\b[^.?!]{0,60}\bals (?P<what>dokter|arts|verpleegkundige|huisarts)\b(?! van)")
_DENIED = re.compile(r"\b(?:geen|niet|nooit|van de|meer|bij)\b", re.IGNORECASE)
_WHO_ARE_YOU = re.compile(
    r"\b(?:en )?(?:u bent|jij bent|bent u|ben jij|wie bent u|wie ben jij|wie is dat[^?]{0,20})\s*\?\s*$",
    re.IGNORECASE,
)
_BY_NAME = re.compile(
    rf"^(?:[^.?!]{{0,40}}[,.!?]\s+)?(?P<name>{_NAME}(?: {_NAME})*)(?: hier)?,?"
    r" (?P<what>(?:de |van |de kinder ?)?[^.?!,]{3,60})"
)
_SITS_IN = re.compile(
    rf"\b(?P<name>{_NAME}) (?:zit erbij als|is hier als|is|zit hier als)"
    r" (?P<what>(?:de |een |mijn |onze |jullie )?[^.?!,]{3,60})"
)
_ARE_THE = re.compile(
    rf"\b(?P<one>{_NAME}) en (?P<two>{_NAME}) zijn (?:de|haar|zijn|hun)"
    r" (?P<what>moeders|vaders|ouders|pleegouders)\b"
)
_OF_PLACE = re.compile(rf"\b(?P<name>{_NAME}) van (?:de |het )?(?P<what>[^.?!,]{{3,30}})")
_KIN_NAME = re.compile(rf"\b(?P<what>[Oo]ma|[Oo]pa|[Mm]ama|[Mm]am|[Pp]apa|[Tt]ante|[Oo]om) (?P<name>{_NAME})")
_YOU = re.compile(r"\b(?:jij|je|jou|jouw|u|uw|jullie)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.?!]+[.?!]*")
_BEFORE_CALL = r"(?:en|hoi|dag|hé|oké|goed|sorry|nou|ja|nee|zo|dus|mooi|dank je),? "
_PARENT_WORD = re.compile(
    r"(?<!de )(?<!een )(?<!mijn )(?<!je )(?<!jouw )\b(?:mama|papa|mam|pap|mams|paps)\b", re.IGNORECASE
)
_OF_A_PARENT = re.compile(
    r"\b(?:mijn|onze) (?:dochter|zoon|zoontje|dochtertje|kind|man|vrouw)\b|\bwe als ouders\b"
    r"|\bals (?:ouder|moeder|vader)\b",
    re.IGNORECASE,
)
_CALLED = {"mama": "moeder", "mam": "moeder", "papa": "vader", "pap": "vader", "oma": "oma", "opa": "opa"}
_CALL = re.compile(
    r"(?:^|[,.]\s*|\ben |\bnee |\bja )(mam+|mama|mám|pap|papa)(?=[,.!?]|$)|^(mam|mama|pap|papa)\b,",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"\bwie (?:ben jij|jij bent|ben je|je bent)\b"
    r"|\b(?:wat|waar|hoe)\b[^.?!]{0,30}\bj(?:ij|e)\b[^.?!]{0,30}\b(?:leuk|leukst|liefst|blij|fijn|goed in)"
    r"|\b(?:van|over) jou (?:weet|weten)|weten van jou"
    r"|\bjij (?:wilde|hebt zelf)\b[^.?!]{0,40}\bgesprek|dit gesprek gevraagd|\bals iemand vraagt wie",
    re.IGNORECASE,
)
_WITHOUT_FAMILY = re.compile(
    r"\b(?:zonder (?:de )?(?:ouders|gezin|familie|kind)|intercollegiaal|ouders (?:zijn )?niet aanwezig)\b",
    re.IGNORECASE,
)
_SIBLING = re.compile(
    r"\b(?:mijn|me|m'n) (?:kleine |grote )?(?P<what>zusje|broertje|zus|broer)\b", re.IGNORECASE
)


class Sign(NamedTuple):
    """What somebody says to be."""

    role: Role
    function: str | None
    name: str | None


def introduce(
    turns: Sequence[Turn], participants: Sequence[Participant], child: str | None
) -> tuple[list[Participant], str | None]:
    """The same participants, mapped where the talk tells who they are, and the child's name.

    A label gets a role only when its signs agree.
    """
    talk = [turn for turn in turns if turn.block == "speech" and turn.label is not None]
    people = {participant.label: participant for participant in participants}
    if all(person.role for person in people.values()):
        return list(people.values()), child
    names = {label: _label_names(label) for label in people}
    facts = _facts(talk)
    said = _self_introductions(talk, names, child)
    for label, person in people.items():
        if person.role is None and label in said:
            people[label] = _mapped(person, *said[label], "introduction")
    _by_fact(people, names, facts)
    _name_by_address(people, names, talk, child, facts)
    child = _find_child(people, names, talk, child)
    _by_surname(people, talk, child)
    _by_call(people, talk)
    _among_professionals(people, turns)
    return list(people.values()), child


def _mapped(
    person: Participant, role: Role, function: str | None, name: str | None, ground: str
) -> Participant:
    return Participant(
        label=person.label, role=role, function=function, name=name or person.name, because=(ground,)
    )


def _label_names(label: str) -> frozenset[str]:
    """The names in a label: none in a machine's, "Verhoeven" and "Paul" in "Verhoeven, P. (Paul)"."""
    if is_diarised(label):
        return frozenset()
    return frozenset(re.findall(_NAME, label))


def _self_introductions(
    talk: Sequence[Turn], names: Mapping[str, frozenset[str]], child: str | None
) -> dict[str, Sign]:
    """What each speaker says to be, where all they say of it agrees on one role."""
    signs: dict[str, list[Sign]] = defaultdict(list)
    for position, turn in enumerate(talk):
        label = turn.label or ""
        signs[label].extend(_i_am(turn.text, child))
        if position < _OPENING:
            signs[label].extend(_by_own_name(turn.text, names.get(label, frozenset())))
        answer = (
            _answer_of_self(turn.text) if position and _WHO_ARE_YOU.search(talk[position - 1].text) else None
        )
        if answer is not None:
            # The answer's first words are about the speaker; what follows may be about another.
            signs[label] = [answer, *(sign for sign in signs[label] if sign.function == answer.function)]
    agreed: dict[str, Sign] = {}
    for label, own in signs.items():
        if len({sign.role for sign in own}) == 1:
            longest = max(own, key=lambda sign: len(sign.function or ""))
            agreed[label] = longest._replace(name=next((sign.name for sign in own if sign.name), None))
    return agreed


def _i_am(text: str, child: str | None) -> Iterator[Sign]:
    """What a speaker says to be: "ik ben de arts van Lieke", "hoe ik er als dokter naar kijk"."""
    for match in _I_AM.finditer(text):
        what = match["what"]
        found = find_function(what)
        if (
            found is None
            or found.role == "child"
            or _NOT_ME.search(text[: match.start() + len("ik ben")][-60:])
        ):
            continue
        before, after = what[: found.start], what[found.end :]
        denied = _DENIED.search(before) is not None or _DENIED.match(after.lstrip()) is not None
        if not denied and len(before.split()) <= 3 and not _of_another(after, child):
            name = re.match(_NAME, what)
            yield Sign(
                found.role, _function(found, what), name[0] if name and not find_function(name[0]) else None
            )
    for match in _AS.finditer(text):
        found = find_function(match["what"])
        if found is not None:
            yield Sign(found.role, match["what"], None)


def _by_own_name(text: str, names: frozenset[str]) -> Iterator[Sign]:
    """A speaker who says name and function: "El Khatib, kinderneuroloog", "Sanne hier van de thuiszorg"."""
    match = _BY_NAME.match(text)
    if match is None or not names & frozenset(match["name"].split()):
        return
    what = match["what"]
    found = find_function(what)
    if found is not None and found.role == "care_team" and len(what[: found.start].split()) <= 3:
        yield Sign("care_team", _function(found, what), match["name"])
    elif found is None and what.startswith("van ") and in_organisation(what):
        yield Sign("care_team", what.removeprefix("van ").strip(), match["name"])


def _answer_of_self(text: str) -> Sign | None:
    """The answer to "En u bent?": a function in the first words, and a name after it."""
    first = " ".join(text.split()[:3])
    found = find_function(first)
    if found is None:
        return None
    name = re.search(rf"\b({_NAME})[.,!]?$", first[found.end :])
    return Sign(found.role, found.function, name[1] if name else None)


def _of_another(after: str, child: str | None) -> bool:
    """Whether "de moeder" goes on as "van Gijs", who is not the child."""
    match = re.match(rf"\s+van (?P<name>{_NAME})", after)
    return match is not None and match["name"] != child


def _function(found: Found, phrase: str) -> str:
    if found.end and found.role == "care_team":
        return phrase[found.start : found.end].lower()
    return found.function


def _facts(talk: Sequence[Turn]) -> dict[str, tuple[Role, str]]:
    """What the first turns say of others by name: "Bas zit erbij als verpleegkundige", "oma Wil"."""
    facts: dict[str, set[tuple[Role, str]]] = defaultdict(set)
    for turn in talk[:_OPENING]:
        for match in _ARE_THE.finditer(turn.text):
            found = find_function(match["what"])
            if found is not None:
                facts[match["one"]].add((found.role, found.function))
                facts[match["two"]].add((found.role, found.function))
        for pattern in (_SITS_IN, _OF_PLACE):
            for match in pattern.finditer(turn.text):
                found = find_function(match["what"])
                if (
                    found is not None
                    and found.role == "care_team"
                    and len(match["what"][: found.start].split()) <= 2
                ):
                    facts[match["name"]].add((found.role, match["what"][found.start : found.end].lower()))
                elif found is None and pattern is _OF_PLACE and in_organisation(match["what"]):
                    facts[match["name"]].add(("care_team", match["what"].strip().split(" die ")[0]))
        for match in _KIN_NAME.finditer(turn.text):
            found = find_function(match["what"])
            if found is not None:
                facts[match["name"]].add((found.role, found.function))
    return {
        name: min(found)
        for name, found in facts.items()
        if len({role for role, _ in found}) == 1 and find_function(name) is None
    }


def _by_fact(
    people: dict[str, Participant], names: Mapping[str, frozenset[str]], facts: Mapping[str, tuple[Role, str]]
) -> None:
    for label, person in people.items():
        known = {facts[name] for name in names[label] if name in facts}
        if person.role is None and len(known) == 1:
            role, function = known.pop()
            people[label] = _mapped(person, role, function, None, "introduction")


def _name_by_address(
    people: dict[str, Participant],
    names: dict[str, frozenset[str]],
    talk: Sequence[Turn],
    child: str | None,
    facts: Mapping[str, tuple[Role, str]],
) -> None:
    """Give machine labels the name they introduce themselves with, or answer to time and again."""
    for turn in talk[:_OPENING]:
        match = re.search(rf"\b[Ii]k ben ({_NAME})\b", turn.text)
        if match and turn.label and not names[turn.label] and find_function(match[1]) is None:
            names[turn.label] = frozenset({match[1]})
            if people[turn.label].role is None and match[1] in facts:
                people[turn.label] = _mapped(people[turn.label], *facts[match[1]], match[1], "introduction")
    votes = _answers(talk, {*facts, *([child] if child else [])})
    for name, answers in votes.items():
        label, count = answers.most_common(1)[0]
        own = sum(
            len(re.findall(rf"\b{re.escape(name)}\b", turn.text)) for turn in talk if turn.label == label
        )
        needed = 3 if name == child else 2
        if names[label] or count < needed or count < 0.7 * sum(answers.values()) or own > 2:
            continue
        names[label] = frozenset({name})
        if people[label].role is None and name in facts:
            people[label] = _mapped(people[label], *facts[name], name, "address")


def _answers(talk: Sequence[Turn], called: Collection[str]) -> dict[str, Counter[str]]:
    """Who takes the word after a sentence that calls somebody by name, by name."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    if not called:
        return votes
    known = "|".join(re.escape(name) for name in sorted(called))
    opens = re.compile(
        rf"(?:{_BEFORE_CALL})*(?P<name>{known}),?(?:[.!?]*$|(?:\s+\w+){{0,3}}\s+(?:jij|je|jou|jouw|u|uw|jullie)\b)",
        re.IGNORECASE,
    )
    closes = re.compile(rf"(?P<before>\w+,?)? ?\b(?P<name>{known})[.?!]*$")
    for turn, after in pairwise(talk):
        if turn.label == after.label or after.label is None:
            continue
        sentences = [sentence.strip() for sentence in _SENTENCE.findall(turn.text)]
        for sentence in sentences[-3:]:
            match = opens.match(sentence)
            if match and sentence.endswith("!"):
                match = None
            if match is None:
                match = closes.search(sentence)
                if match and (
                    (match["before"] or "").lower() in people_words().no_calls or sentence.endswith("!")
                ):
                    match = None
            if match and match["name"] in called:
                votes[match["name"]][after.label] += 1
    return votes


def _find_child(
    people: dict[str, Participant],
    names: Mapping[str, frozenset[str]],
    talk: Sequence[Turn],
    child: str | None,
) -> str | None:
    """Map the speaker who is the child: who bears the child's name, or is spoken to as the guide does."""
    if any(person.role == "child" for person in people.values()):
        return child
    if child:
        bearers = [label for label, person in people.items() if person.role is None and child in names[label]]
        if len(bearers) == 1:
            ground = "address" if is_diarised(bearers[0]) else "header"
            people[bearers[0]] = _mapped(people[bearers[0]], "child", "kind", child, ground)
        return child
    found = _child_by_questions(people, names, talk)
    if found is None:
        return None
    label, first = found
    people[label] = _mapped(people[label], "child", "kind", first, "address")
    return first


def _child_by_questions(
    people: Mapping[str, Participant], names: Mapping[str, frozenset[str]], talk: Sequence[Turn]
) -> tuple[str, str | None] | None:
    """The one speaker who is asked what the guide asks a child, speaks of mama or papa, is called by name."""
    asked: Counter[str] = Counter()
    parents: Counter[str] = Counter()
    barred: set[str] = set()
    for turn, after in zip(talk, [*talk[1:], None], strict=True):
        label = turn.label or ""
        if (
            after is not None
            and after.label
            and turn.label != after.label
            and _PERSONAL.search(turn.text[-250:])
        ):
            asked[after.label] += 1
        parents[label] += len(_PARENT_WORD.findall(turn.text))
        if _SIBLING.search(turn.text) or _OF_A_PARENT.search(turn.text):
            barred.add(label)
    answers = _answers(talk, {name for own in names.values() for name in own})
    called = Counter(
        {label: max((answers[name][label] for name in own), default=0) for label, own in names.items()}
    )
    likely = []
    for label, person in people.items():
        signs = (asked[label] > 0) + (parents[label] > 0) + (called[label] > 1)
        # Without a question of the guide, only who speaks far more of mama and papa than anyone else.
        most = called[label] > 2 and parents[label] > 2 * max(
            [0, *(n for other, n in parents.items() if other != label)]
        )
        if person.role is None and (
            signs == 3 or (label not in barred and (most or (asked[label] and signs > 1)))
        ):
            likely.append(label)
    if len(likely) != 1:
        return None
    label = likely[0]
    return label, next((word for word in re.findall(_NAME, label) if word in names[label]), None)


def _by_surname(people: dict[str, Participant], talk: Sequence[Turn], child: str | None) -> None:
    """Those who share a surname are a family: who is not the child, whom the talk names, is a relative."""
    if child is None or sum(child in turn.text for turn in talk) < _OFTEN:
        return
    surnames: dict[str, list[str]] = defaultdict(list)
    for label in people:
        words = label.split()
        if len(words) == 2 and all(re.fullmatch(_NAME, word) for word in words):
            surnames[words[1]].append(label)
    for labels in surnames.values():
        for label in labels if len(labels) > 1 else ():
            if people[label].role is None and label.split()[0] != child:
                people[label] = _mapped(people[label], "parent", None, label.split()[0], "label")


def _among_professionals(people: dict[str, Participant], turns: Sequence[Turn]) -> None:
    """Where the header says that professionals spoke without the family, who is still open is one of them."""
    above = itertools.takewhile(lambda turn: turn.block != "speech", turns)
    if any(_WITHOUT_FAMILY.search(turn.text) for turn in above):
        for label, person in people.items():
            if person.role is None:
                people[label] = _mapped(person, "care_team", None, None, "header")


def _by_call(people: dict[str, Participant], talk: Sequence[Turn]) -> None:
    """A professional says "En mama, wat vindt u?", the child "mam": who answers each time is the mother."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for turn, after in pairwise(talk):
        speaker = people.get(turn.label or "")
        if speaker is None or after.label is None or after.label == turn.label:
            continue
        for sentence in _SENTENCE.findall(turn.text)[-2:]:
            text = sentence.strip()
            if speaker.role == "care_team" and _YOU.search(text):
                match = re.match(
                    r"(?:(?:en|nou|goed|dank u),? )*(mama|papa|oma|opa)\b", text, re.IGNORECASE
                ) or re.search(r"\b(mama|papa|oma|opa)[.?!]*$", text, re.IGNORECASE)
                if match:
                    votes[after.label][_CALLED[match[1].lower()]] += 2
            elif speaker.role == "child" and (match := _CALL.search(text)):
                votes[after.label][_CALLED[(match[1] or match[2]).lower().replace("á", "a")]] += 1
    functions = Counter(votes[label].most_common(1)[0][0] for label in votes)
    for label, calls in votes.items():
        function, count = calls.most_common(1)[0]
        person = people[label]
        alone = functions[function] == 1
        if (
            count >= 4
            and alone
            and count >= 0.75 * sum(calls.values())
            and (person.role is None or (person.role == "parent" and person.function is None))
        ):
            people[label] = _mapped(person, "parent", function, None, "address")
