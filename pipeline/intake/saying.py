"""Whether a line says something, or only stands above what is said.

A header line or a heading carries no statements. So a line that may say something is neither: a paragraph
taken for a heading would be lost from the plan, a heading taken for a paragraph is only one more line.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

from extractors.schema import Record

_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*")
_NUMBER = re.compile(r"\W*\d{1,2}(?:\.\d{1,2})*[.)]?\s+")
_BRACKETS = re.compile(r"\([^()]*\)")
_AFTER_COLON = re.compile(r":[*_\s]*\s[*_\s]*\w")
_MOST_WORDS = 8


class SayingWords(Record):
    """The words of `saying.yaml`."""

    verbs: frozenset[str]
    denials: frozenset[str]
    wishes: frozenset[str]
    questions: frozenset[str]


@cache
def _known() -> SayingWords:
    path = Path(__file__).parent / "saying.yaml"
    return SayingWords.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def says_something(text: str) -> bool:
    """Whether a text has a finite verb, a word that denies, or a word that asks for something."""
    known = _known()
    return any(word in known.verbs or word in known.denials or word in known.wishes for word in _words(text))


def says_more(text: str) -> bool:
    """Whether something stands behind a colon ("Reanimatie: nee")."""
    return _AFTER_COLON.search(text) is not None


def reads_as_heading(text: str) -> bool:
    """Whether a line reads as a heading: a few words that name a subject, or ask ("Wat wil Noor").

    A remark in brackets may have a verb ("Vader (kwam later)").
    """
    known = _known()
    text = _NUMBER.sub("", text, count=1) if _NUMBER.match(text) else text
    words = _words(text)
    if says_more(text) or len(words) > _MOST_WORDS:
        return False
    if words and words[0] in known.questions:
        return sum(word in known.verbs for word in words) <= 1 and not {"geen", "géén"} & set(words)
    return not says_something(_BRACKETS.sub(" ", text)) and not known.denials & set(words)


def _words(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in _WORD.findall(text)]
