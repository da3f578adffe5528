"""What a reader gives, and how it becomes the text and the turns of a conversation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from extractors import schema

_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_AROUND_NEWLINE = re.compile(r"[^\S\n]*\n\s*")
_SPACES = re.compile(r"[^\S\n]+")
_SENTENCE_END = re.compile(r"[.?!…][\"'”’)\]]*$")


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


def lay_out(blocks: Iterable[Block]) -> tuple[str, tuple[schema.Turn, ...]]:
    """The text of a conversation, one block a line or more, and its turns with their spans in it."""
    text: list[str] = []
    turns: list[schema.Turn] = []
    start = 0
    for block in blocks:
        content = tidy(block.text)
        if not content:
            continue
        turns.append(
            schema.Turn(
                index=len(turns),
                label=block.label,
                text=content,
                start=start,
                end=start + len(content),
                begin_s=block.begin_s,
                end_s=block.end_s,
                block=block.kind,
                section=block.section,
            )
        )
        text.append(content)
        start += len(content) + 1
    return "\n".join(text), tuple(turns)


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
