"""Voices: who speaks under a label that nothing maps, read from everything said under it.

A professional asks and explains, a parent tells of "hem" and "wij", a child answers a "jij". Each turn of
speech gives named evidence: its words, whom it asks, how the one who spoke before called the speaker, what
others say around the speaker's name. A table gives each piece of evidence a weight for each voice
(`patterns/voices.json`). All open labels are weighed together, since
who answers tells of who asked, and at most one of them is the child. A role is taken only where the
evidence of the whole conversation is decisive; the participant then bears "voice" as its ground.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from extractors.cues import PATTERNS
from extractors.names import NUMBERED, either
from extractors.roles import people_words, plain
from extractors.schema import Conversation, Flag, Participant, Role, Turn
from extractors.tables import Row, Sighting, Table, add_up, log_shares, read_table
from extractors.turn_evidence import VOICES, WORD, YOU, Voice, kind_evidence, turn_evidence, voice_of
from extractors.turn_voices import turn_chances

FILE = PATTERNS / "voices.json"
GROUND = "voice"
"""In `Participant.because`: the role was inferred from what was said, and a reader should confirm it."""

DECISIVE = 0.9
"""The least probability with which a role is taken: with less, more than one in a hundred would be wrong."""

SINGLE = 0.3
"""How much a single utterance counts in learning: it was written by itself, not in a talk."""

_SHARPNESS = 0.75
"""How much the sum of a label's evidence counts: turns of one talk are no independent witnesses."""
_MOST_OPEN = 6
"""Of more open labels those who speak least stay open: the combinations grow too many."""

_NAME = re.compile(r"[A-ZÀ-Ý][\w’'-]{2,}")
_REACH = 40


def with_voices(conversation: Conversation) -> Conversation:
    """The same conversation, its open labels mapped where what was said tells decisively who speaks.

    A label mapped so is no longer flagged as an unclear speaker. Labels that are mapped stay as they are.
    Where no turn has a label, the turns get a role, each by itself and its neighbours.
    """
    if all(turn.label is None for turn in conversation.turns):
        roles = {turn: _decided(row) for turn, row in turn_chances(conversation).items()}
        turns = tuple(turn.model_copy(update={"role": roles.get(turn.index)}) for turn in conversation.turns)
        return conversation.model_copy(update={"turns": turns})
    open_labels = _open_labels(conversation)
    if not open_labels:
        return conversation
    chances = voice_chances(conversation, open_labels)
    found = {label: role for label, row in chances.items() if (role := _decided(row)) is not None}
    if _only_professionals_known(conversation):
        found = {label: role for label, role in found.items() if role != "parent"}
    people = tuple(
        _mapped(person, found.get(person.label), conversation) for person in conversation.participants
    )
    child = conversation.child or next((person.name for person in people if person.role == "child"), None)
    return conversation.model_copy(
        update={"participants": people, "child": child, "flags": _still_unclear(conversation, found)}
    )


@dataclass(frozen=True)
class OpenSpeakers:
    """How likely each voice is, of the turns without a label and of the labels that nothing maps."""

    turns: Mapping[int, Row]
    labels: Mapping[str, Row]

    def roles(self, turn: Turn) -> dict[Role, float]:
        """The chance of each role for who speaks in a turn; all alike where nothing tells."""
        row = self.turns.get(turn.index) if turn.label is None else self.labels.get(turn.label)
        return _by_role(np.full(len(VOICES), 1 / len(VOICES)) if row is None else row)


def open_speakers(conversation: Conversation) -> OpenSpeakers:
    """Weighs who speaks where it is not known; what is known is not weighed."""
    unlabelled = any(turn.label is None and turn.block == "speech" for turn in conversation.turns)
    open_labels = _open_labels(conversation)
    return OpenSpeakers(
        turn_chances(conversation) if unlabelled else {},
        voice_chances(conversation, open_labels) if open_labels else {},
    )


def _open_labels(conversation: Conversation) -> list[str]:
    """The labels without a role that speak, those who speak most first."""
    spoken = Counter(turn.label for turn in conversation.turns if turn.block == "speech")
    labels = [person.label for person in conversation.participants if person.role is None]
    return sorted((label for label in labels if spoken[label]), key=lambda label: -spoken[label])


def _by_role(chances: Row) -> dict[Role, float]:
    return {
        "child": float(chances[0] + chances[1]),
        "parent": float(chances[2]),
        "care_team": float(chances[3]),
    }


def _decided(chances: Row) -> Role | None:
    """The role with a decisive share of the probability."""
    role, chance = max(_by_role(chances).items(), key=lambda pair: pair[1])
    return role if chance >= DECISIVE else None


def _mapped(person: Participant, role: Role | None, conversation: Conversation) -> Participant:
    if role is None:
        return person
    names = own_names(person.label)
    function = None if role != "child" else "patiënt" if conversation.kind == "pzp" else "kind"
    return person.model_copy(
        update={
            "role": role,
            "function": person.function or function,
            "name": person.name or (names[0] if names else None),
            "because": (GROUND,),
        }
    )


def _still_unclear(conversation: Conversation, found: Collection[str]) -> tuple[Flag, ...]:
    """The flags, without those for speakers who are known now."""
    return tuple(
        flag
        for flag in conversation.flags
        if flag.type != "unclear_speaker"
        or not flag.turns
        or any(conversation.turns[turn].label not in found for turn in flag.turns)
    )


def voice_chances(conversation: Conversation, open_labels: Sequence[str]) -> dict[str, Row]:
    """For each open label (of many only those who speak most) the probability of each of `VOICES`."""
    scores = _weigh(conversation, load_voices())
    allowed: dict[str, tuple[Voice, ...]] = {
        person.label: (voice,)
        for person in conversation.participants
        if (voice := voice_of(person.role, adult=conversation.kind == "pzp")) is not None
    }
    child_speaks = any(set(voices) & {"child", "patient"} for voices in allowed.values())
    weighed = list(open_labels[:_MOST_OPEN])
    allowed |= {label: _possible(label, conversation, child_speaks=child_speaks) for label in weighed}
    patient_missing = conversation.kind == "pzp" and any("patient" in allowed[label] for label in weighed)
    return _joint(scores, allowed, weighed, patient_missing=patient_missing)


def _only_professionals_known(conversation: Conversation) -> bool:
    """Whether nobody of the family is known in a talk of professionals, who tell of it as parents do."""
    return conversation.kind == "samenwerkingsgesprek" and not any(
        person.role in ("child", "parent") for person in conversation.participants
    )


def _possible(label: str, conversation: Conversation, *, child_speaks: bool) -> tuple[Voice, ...]:
    """The voices a label can have: no second child, and not the child where its name is another."""
    named_otherwise = conversation.child and own_names(label) and conversation.child not in label
    if child_speaks or named_otherwise:
        return ("parent", "care_team")
    return VOICES[1:] if conversation.kind == "pzp" else VOICES


@dataclass(frozen=True)
class _Scores:
    """What the turns of a conversation say, as log probabilities.

    `turns`: by the label before and the label that speaks, of shape (voice before, voice), summed over turns;
    `counts`: how many turns a label has; `named`: by label, of shape (voice,), from how others name it.
    """

    turns: Mapping[tuple[str | None, str], Row]
    counts: Mapping[str, int]
    named: Mapping[str, Row]


def _weigh(conversation: Conversation, table: Table) -> _Scores:
    turns: dict[tuple[str | None, str], Row] = defaultdict(lambda: np.zeros((len(VOICES), len(VOICES))))
    counts: Counter[str] = Counter()
    by_voice_before = {asked: _by_voice_before(table, asked=asked) for asked in (False, True)}
    spoken = list(spoken_evidence(conversation))
    own = [add_up(evidence, table, VOICES) + by_voice_before["asked" in evidence] for *_, evidence in spoken]
    for (label, before, _), row in zip(spoken, log_shares(np.array(own)), strict=True):
        turns[before, label] += row
        counts[label] += 1
    named: dict[str, Row] = defaultdict(lambda: np.zeros(len(VOICES)))
    mentions: Counter[str] = Counter()
    for label, evidence in naming_evidence(conversation):
        named[label] += log_shares(add_up(evidence, table, VOICES))
        mentions[label] += 1
    return _Scores(turns, counts, {label: row / np.sqrt(mentions[label]) for label, row in named.items()})


def _by_voice_before(table: Table, *, asked: bool) -> Row:
    """What whose turn comes before tells of a turn that was asked for or not, (voice before, voice)."""
    return np.stack([add_up((after_evidence(voice, asked=asked),), table, VOICES) for voice in VOICES])


def _joint(
    scores: _Scores,
    allowed: Mapping[str, tuple[Voice, ...]],
    open_labels: Sequence[str],
    *,
    patient_missing: bool,
) -> dict[str, Row]:
    """The probability of each voice of the open labels, over all ways to give each label one it can have.

    Among them at most one is the child; where `patient_missing`, one of them is.
    """
    labels = [label for label in allowed if label in scores.counts]
    ways = np.array(
        list(itertools.product(*([VOICES.index(voice) for voice in allowed[label]] for label in labels)))
    )
    open_columns = [at for at, label in enumerate(labels) if label in open_labels]
    children = (ways[:, open_columns] < VOICES.index("parent")).sum(axis=1)
    ways = ways[(children == 1) if patient_missing else (children <= 1)]
    column = {label: ways[:, at] for at, label in enumerate(labels)}
    total = np.zeros(len(ways))
    for (before, label), row in scores.turns.items():
        if label in column:
            seen = row[column[before], column[label]] if before in column else row.mean(axis=0)[column[label]]
            total += _SHARPNESS / np.sqrt(scores.counts[label]) * seen
    for label, row in scores.named.items():
        if label in column:
            total += _SHARPNESS * row[column[label]]
    shares = np.exp(log_shares(total))
    chances: dict[str, Row] = {}
    for label in open_labels:
        chances[label] = np.bincount(column[label], shares, len(VOICES)).astype(np.float64)
    return chances


@cache
def load_voices() -> Table:
    """The weights of each piece of evidence in the order of `VOICES`, from `patterns/voices.json`."""
    return read_table(FILE, VOICES)


def voice_examples(
    conversation: Conversation, roles: Mapping[str, Role], *, adult: bool
) -> Iterator[Sighting]:
    """The examples in a conversation of which it is known who speaks, for `learn_table(..., balanced=True)`.

    Args:
        conversation: As the intake reads it.
        roles: The role of each label, as annotated.
        adult: Whether the plan is an adult's, as annotated.
    """
    voices = {label: voice_of(role, adult=adult) for label, role in roles.items()}
    for label, before, evidence in spoken_evidence(conversation):
        if voice := voices.get(label):
            voice_before = voices.get(before) if before is not None else None
            after = after_evidence(voice_before, asked="asked" in evidence)
            yield Sighting(conversation.id, evidence | {after}, voice)
    for label, evidence in naming_evidence(conversation):
        if voice := voices.get(label):
            yield Sighting(conversation.id, evidence, voice)


def single_example(source: str, text: str, heard: str, role: Role) -> Sighting | None:
    """The example that a single labelled utterance is; None where it is nobody's speech.

    Its length and whether it answers say nothing: such utterances are all short answers.
    """
    voice = voice_of(role, adult=False)
    evidence = turn_evidence(text, heard, None)
    telling = frozenset(
        name for name in evidence if not name.startswith(("size:", "asks", "asked", "always"))
    )
    return Sighting(source, telling, voice, SINGLE) if voice else None


def spoken_evidence(conversation: Conversation) -> Iterator[tuple[str, str | None, frozenset[str]]]:
    """Each labelled turn of speech: its label, the label of the turn before, and its evidence."""
    before: Turn | None = None
    for turn in conversation.turns:
        if turn.block != "speech" or turn.label is None:
            before = None
            continue
        heard = before.text if before is not None and before.label != turn.label else ""
        yield (
            turn.label,
            before.label if before is not None else None,
            kind_evidence(conversation) | turn_evidence(turn.text, heard, conversation.child),
        )
        before = turn


def after_evidence(before: Voice | None, *, asked: bool) -> str:
    """The evidence of whose turn comes before, with a question mark where that turn asks."""
    return f"after:{before or 'nobody'}{'?' if before and asked else ''}"


def own_names(label: str) -> list[str]:
    """The names in a label: none in a machine's ("SPEAKER_01")."""
    if NUMBERED.fullmatch(label.strip()):
        return []
    return [name for name in _NAME.findall(label) if plain(name) not in people_words().titles.all]


def naming_evidence(conversation: Conversation) -> Iterator[tuple[str, frozenset[str]]]:
    """Each time that somebody else names who speaks under a label: the label, and the words around."""
    labels = dict.fromkeys(turn.label for turn in conversation.turns if turn.block == "speech" and turn.label)
    bearers: dict[str, list[str]] = defaultdict(list)
    for label in labels:
        for name in own_names(label):
            bearers[name].append(label)
    names = {name: own[0] for name, own in bearers.items() if len(own) == 1 and name != conversation.child}
    if not names:
        return
    named = re.compile(rf"(?<!\w)(?:{either(names)})(?!\w)")
    for turn in conversation.turns:
        for found in named.finditer(turn.text) if turn.block == "speech" else ():
            if names[found[0]] != turn.label:
                yield names[found[0]], _around(turn.text, found.start(), found.end())


def _around(text: str, start: int, end: int) -> frozenset[str]:
    before = WORD.findall(text[max(0, start - _REACH) : start].lower())[-2:]
    after = WORD.findall(re.split("[.?!]", text[end : end + _REACH].lower())[0])[:3]
    evidence = {f"named:{word}" for word in (*before, *after)}
    evidence.update(f"named:{word} _" for word in before[-1:])
    evidence.update(f"named:_ {word}" for word in after[:1])
    if text[:start].rstrip()[-1:] in {"", ",", ".", "?", "!"} and text[end : end + 1] in {
        "",
        ",",
        ".",
        "?",
        "!",
    }:
        evidence.add("named:called")
        evidence.update("named:u" for word in after if YOU.get(word) == "u")
    return frozenset(evidence)
