"""Sections: what the headings of a note say about the lines under them."""

from functools import cache

from extractors.cues import PATTERNS, Strict, read_yaml


class SectionWords(Strict):
    """The words of `patterns/sections.yaml` by kind."""

    kinds: dict[str, tuple[str, ...]]


@cache
def _known_words() -> dict[str, tuple[str, ...]]:
    return read_yaml(PATTERNS / "sections.yaml", SectionWords).kinds


@cache
def section_kinds(heading: str) -> tuple[str, ...]:
    """The kinds that a heading speaks for ("Afspraken en acties": two of them); none for a name."""
    text = " ".join("".join(c if c.isalnum() or c == "/" else " " for c in heading.lower()).split())
    words = text.split()
    return tuple(
        kind for kind, known in _known_words().items() if any(_stands_in(word, words, text) for word in known)
    )


def _stands_in(known: str, words: list[str], text: str) -> bool:
    if known.endswith("*"):
        return any(word.startswith(known[:-1]) for word in words)
    return f" {known} " in f" {text} "
