"""What a reader gives, and how it becomes the text and the turns of a conversation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from extractors import schema

# What no text file, XML or database can hold: control characters, halves of a surrogate pair, noncharacters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_AROUND_NEWLINE = re.compile(r"[^\S\n]*\n\s*")
_SPACES = re.compile(r"[^\S\n]+")
_SENTENCE_END = re.compile(r"[.?!…][\"'”’)\]]*$")
_SENTENCE_GAP = re.compile(r"(?<=[.?!…])[\"'”’)\]]*\s+")
_ABBREVIATED = re.compile(
    r"\b(?:[A-Za-z]|dr|drs|mw|mevr|dhr|prof|bijv|bv|evt|ca|nr|blz|incl|excl|max|min|pt|tel|vpk|geb|resp)\.$",
    re.IGNORECASE,
)
_PHRASE_GAP = re.compile(r"(?<=[,;:])\s+|\n")
_GAP = re.compile(r"\s+")
_MOST_WORDS = 150
_FEWEST_WORDS = 50


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a source as a reader found it; the fields are those of a `schema.Turn`.

    `text` is verbatim but for white space; `begin_s` and `end_s` are seconds into the recording.
    """

    text: str
    kind: schema.Block = "paragraph"
    label: str | None = None
    begin_s: float | None = None
    end_s: float | None = None
    section: tuple[str, ...] = ()


def tidy(text: str) -> str:
    """White space as one space, or one newline where it holds one; characters composed (NFC)."""
    text = unicodedata.normalize("NFC", _UNPRINTABLE.sub("", text))
    return _SPACES.sub(" ", _AROUND_NEWLINE.sub("\n", text)).strip()


def ends_sentence(text: str) -> bool:
    """Whether a text ends with the end of a sentence."""
    return _SENTENCE_END.search(text[-10:]) is not None


def tidy_line(text: str) -> str:
    """A name or a heading, tidied, on one line."""
    return " ".join(tidy(text).split())


def lay_out(blocks: Iterable[Block]) -> tuple[str, tuple[schema.Turn, ...]]:
    """The text of a conversation, one block a line or more, and its turns with their spans in it.

    A block that is very long, such as an automatic transcript without line breaks, is several turns.
    """
    text: list[str] = []
    turns: list[schema.Turn] = []
    start = 0
    for block in blocks:
        label = tidy_line(block.label) or None if block.label is not None else None
        section = tuple(filter(None, map(tidy_line, block.section)))
        for content in _parts(tidy(block.text)):
            turns.append(
                schema.Turn(
                    index=len(turns),
                    label=label,
                    text=content,
                    start=start,
                    end=start + len(content),
                    begin_s=block.begin_s,
                    end_s=block.end_s,
                    block=block.kind,
                    section=section,
                )
            )
            text.append(content)
            start += len(content) + 1
    return "\n".join(text), tuple(turns)


def _parts(text: str) -> Iterator[str]:
    """A text in parts of at most 150 words, cut where a sentence ends; the white space at a cut falls away.

    Where no sentence ends in time the cut is at a comma, and where there is none between two words.
    """
    gaps = [(gap.start(), gap.end()) for gap in _GAP.finditer(text)]
    if len(gaps) < _MOST_WORDS:
        yield from [text] if text else []
        return
    sentences = {gap.end() for gap in _SENTENCE_GAP.finditer(text)}
    phrases = {gap.end() for gap in _PHRASE_GAP.finditer(text)}
    start = first = 0
    while len(gaps) - first >= _MOST_WORDS:
        # The gaps behind words 150, 149, ... 50 of what is left.
        places = range(first + _MOST_WORDS - 1, first + _FEWEST_WORDS - 2, -1)
        cut = next(
            (p for p in places if gaps[p][1] in sentences and not _ends_short(text, gaps[p][0])),
            next((p for p in places if gaps[p][1] in phrases), places[0]),
        )
        yield text[start : gaps[cut][0]]
        start, first = gaps[cut][1], cut + 1
    yield text[start:]


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text."""
    start = 0
    for gap in _SENTENCE_GAP.finditer(text):
        if not _ends_short(text, gap.start()):
            yield text[start : gap.end()].rstrip()
            start = gap.end()
    if text[start:].strip():
        yield text[start:]


def _ends_short(text: str, end: int) -> bool:
    """Whether the point before `end` is that of an abbreviation."""
    return _ABBREVIATED.search(text[max(0, end - 10) : end]) is not None


def join_cues(cues: Iterable[Block]) -> list[Block]:
    """Consecutive cues of one speaker as one block, with one space between them.

    Where nobody is named a turn cannot be told from the next, so there a block ends with a sentence.
    """
    joined: list[Block] = []
    for cue in cues:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.kind == cue.kind == "speech"
            and last.label == cue.label
            and (cue.label is not None or not ends_sentence(last.text))
        ):
            end = cue.end_s if cue.end_s is not None else last.end_s
            joined[-1] = replace(last, text=f"{last.text} {cue.text}", end_s=end)
        else:
            joined.append(replace(cue, text=" ".join(cue.text.split())))
        if joined[-1].text != joined[-1].text.strip():
            joined[-1] = replace(joined[-1], text=joined[-1].text.strip())
    return [block for block in joined if block.text]
