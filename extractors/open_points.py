"""The phrases of patterns/flags.yaml: how a conversation shows what is still open."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, cached_property

from extractors.cues import PATTERNS, Strict, read_yaml


class OpenPhrases(Strict):
    """The contents of patterns/flags.yaml; the comments in that file say what each list is for."""

    no_answer: tuple[str, ...]
    moves_on: tuple[str, ...]
    sighs: tuple[str, ...]
    left_open: tuple[str, ...]
    asked: tuple[str, ...]
    counters: tuple[str, ...]
    disagreement: tuple[str, ...]
    named_difference: tuple[str, ...]
    opens_against: tuple[str, ...]
    opens_with: tuple[str, ...]
    together: tuple[str, ...]
    changed: tuple[str, ...]
    plain_limits: tuple[str, ...]
    done: tuple[str, ...]
    not_done: tuple[str, ...]
    small_words: frozenset[str]

    def pattern(self, name: str) -> re.Pattern[str]:
        """A pattern that finds the phrases of one list as whole words, in any case."""
        return self._patterns[name]

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        return {name: _pattern(getattr(self, name)) for name in type(self).model_fields}


@cache
def open_phrases() -> OpenPhrases:
    """The phrases of patterns/flags.yaml, checked against their schema."""
    return read_yaml(PATTERNS / "flags.yaml", OpenPhrases)


def _pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    words = (
        r"\s+".join(re.escape(word).replace(r"\*", r"\w*") for word in phrase.split())
        for phrase in sorted(phrases, key=len, reverse=True)
    )
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)
