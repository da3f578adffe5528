"""The words of a sentence that tell what it is about, in one form: to see whether two are about one thing."""

from __future__ import annotations

import re
from functools import lru_cache

import simplemma

from extractors.open_points import open_phrases

_WORD = re.compile(r"[^\W\d_]{3,}")
_PARTICLES = frozenset(("aan", "uit", "door", "mee", "toe", "over", "langs"))
_ENDING = re.compile(r"(?<=[^\W_]{3})e?n$")
_DOUBLED = re.compile(r"([a-z])\1")
_VOICELESS = {"v": "f", "z": "s"}


@lru_cache(maxsize=4096)
def content_words(sentence: str) -> frozenset[str]:
    """The lemmas of the words that tell; a verb with its particle as one ("vraag ... aan")."""
    small = open_phrases().small_words
    words = [word.lower() for word in _WORD.findall(sentence)]
    lemmas = {_lemma(word) for word in words if word not in small}
    particles = {_DOUBLED.sub(r"\1", particle) for particle in words if particle in _PARTICLES}
    return frozenset(lemmas - small | {f"{particle}{lemma}" for particle in particles for lemma in lemmas})


@lru_cache(maxsize=4096)
def _lemma(word: str) -> str:
    """One key for the forms of a word: the lemma's stem, spelled one way ("bellen", "bel", "gebeld": bel)."""
    lemma: str = simplemma.lemmatize(word, lang="nl")
    stem = _DOUBLED.sub(r"\1", _ENDING.sub("", lemma.lower()))
    return stem[:-1] + _VOICELESS.get(stem[-1], stem[-1]) if stem else word
