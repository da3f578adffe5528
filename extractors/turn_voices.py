"""Turn voices: who speaks in each turn of a transcript that names no speakers.

Speech recognition without speakers gives a row of sentences. Each tells a little of who says it, so do the
sentences around it; who speaks goes on, or changes, mostly after a question. All of it is weighed along the
whole conversation (`extractors.chains`); the weights stand in `patterns/turns.json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np

from extractors.chains import IMPOSSIBLE, Chain, chain_chances, step_labels
from extractors.cues import PATTERNS
from extractors.schema import Conversation, Role
from extractors.tables import Row, Table, add_up, read_table
from extractors.turn_evidence import (
    SENTENCE,
    VOICES,
    asks,
    kind_evidence,
    plain_words,
    turn_evidence,
    voice_of,
)

FILE = PATTERNS / "turns.json"

_STEPS = step_labels(VOICES)
_FEWEST_TURNS = 4
_LONGEST = 9


@cache
def load_turns() -> tuple[Table, Table]:
    """The weights of the evidence of turns, for `VOICES`, and of steps, for each pair of them."""
    return read_table(FILE, VOICES), read_table(FILE, _STEPS)


def turn_chances(conversation: Conversation) -> dict[int, Row]:
    """For each turn of speech, by its index, the chance of each voice; none in a talk of a few turns."""
    speech = [turn for turn in conversation.turns if turn.block == "speech"]
    if len(speech) < _FEWEST_TURNS:
        return {}
    evidence, steps = load_turns()
    possible = possible_voices(adult=conversation.kind == "pzp")
    barred = np.array([0.0 if voice in possible else IMPOSSIBLE for voice in VOICES])
    size = len(VOICES)
    texts = [turn.text for turn in speech]
    own = np.array([add_up(names, evidence, VOICES) for names in talk_evidence(conversation, texts)]) + barred
    change = np.array([add_up(names, steps, _STEPS).reshape(size, size) for names in step_evidence(texts)])
    chances, _ = chain_chances(own[None], change[None])
    return {turn.index: row for turn, row in zip(speech, chances[0], strict=True)}


def possible_voices(*, adult: bool) -> tuple[str, ...]:
    """The voices in a talk about an adult, or about a child."""
    return tuple(voice for voice in VOICES if voice != ("child" if adult else "patient"))


def talk_evidence(conversation: Conversation, texts: Sequence[str]) -> list[frozenset[str]]:
    """The evidence of each turn: its own, and the words of the turns around it."""
    own = [
        kind_evidence(conversation) | turn_evidence(text, heard, conversation.child)
        for text, heard in zip(texts, ["", *texts], strict=False)
    ]
    words = [plain_words(text) for text in texts]
    gathered: list[frozenset[str]] = []
    for at, evidence in enumerate(own):
        around: set[str] = set()
        if at:
            around.update(f"before:{word}" for word in words[at - 1])
        if at + 1 < len(own):
            around.update(f"next:{word}" for word in words[at + 1])
            around.update(f"next {name}" for name in own[at + 1] if name.startswith(("asks", "calls")))
        gathered.append(evidence | around)
    return gathered


def step_evidence(texts: Sequence[str]) -> Iterator[frozenset[str]]:
    """The evidence of each step from one turn to the next: is it an answer, how long is it, how it begins."""
    before = ""
    for text in texts:
        words, sentences = text.lower().split(), SENTENCE.findall(before)
        asked = "asked" if sentences and asks(sentences[-1]) else "told"
        first = words[0].strip(".,!?") if words else ""
        length_before, length = (min(len(said.split()), _LONGEST) // 3 for said in (before, text))
        yield frozenset(
            (
                "step",
                f"step:{asked}",
                f"step:after {length_before}",
                f"step:of {length}",
                f"step:begins {first}",
                f"step:begins {first}, {asked}",
            )
        )
        before = text


def turns_example(
    conversation: Conversation, said: Sequence[tuple[str, Role | None]], *, adult: bool
) -> Chain:
    """The example that a talk is, for `learn_chain`, as if nobody knew who speaks.

    Args:
        conversation: The talk, for its kind and the child's name.
        said: What was said, sentence by sentence as speech recognition gives it, with the role of who spoke.
        adult: Whether the plan is an adult's.
    """
    texts = [text for text, _ in said]
    return Chain(
        talk_evidence(conversation, texts),
        list(step_evidence(texts)),
        [voice_of(role, adult=adult) for _, role in said],
        possible_voices(adult=adult),
    )
