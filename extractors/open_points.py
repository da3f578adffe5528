"""The phrases of patterns/flags.yaml: how a conversation shows what is still open."""

from __future__ import annotations

import re
from functools import cache

from extractors.cues import PATTERNS, Strict, read_yaml


class OpenPhrases(Strict):
    """The contents of patterns/flags.yaml; the comments in that file say what each list is for."""

    no_answer: tuple[str, ...]
    left_open: tuple[str, ...]
    asked: tuple[str, ...]
    counters: tuple[str, ...]
    disagreement: tuple[str, ...]
    named_difference: tuple[str, ...]
    changed: tuple[str, ...]
    plain_limits: tuple[str, ...]
    done: tuple[str, ...]
    not_done: tuple[str, ...]
    small_words: frozenset[str]

    def pattern(self, name: str) -> re.Pattern[str]:
        """A pattern that finds the phrases of one list as whole words, in any case."""
        return _pattern(getattr(self, name))


@cache
def open_phrases() -> OpenPhrases:
    """The phrases of patterns/flags.yaml, checked against their schema."""
    return read_yaml(PATTERNS / "flags.yaml", OpenPhrases)


@cache
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    words = (
        r"\s+".join(re.escape(word).replace(r"\*", r"\w*") for word in phrase.split())
        for phrase in sorted(phrases, key=len, reverse=True)
    )
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)
