"""Transcripts in JSON: Whisper, WhisperX (also with speakers by word) and Amberscript."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby

from pipeline.intake.blocks import Block, join_cues
from pipeline.intake.errors import IntakeError

BROKEN = "Dit JSON-bestand is onvolledig of beschadigd; exporteer het transcript opnieuw."
OTHER_SHAPE = (
    "Dit JSON-bestand heeft niet de vorm van een transcript van Whisper, WhisperX of Amberscript; "
    "exporteer het transcript als VTT, SRT of DOCX en bied dat aan."
)
EMPTY = "Dit transcript bevat geen tekst; kijk of de opname wel is uitgeschreven en exporteer haar opnieuw."


def read(text: str) -> tuple[str, list[Block]]:
    """The format ("whisper", "whisperx" or "amberscript") and the turns of a transcript.

    A word of another speaker within a segment starts a turn of its own; else the segment's speaker holds.

    Raises:
        IntakeError: broken JSON, JSON of another shape, or a transcript without text.
    """
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        raise IntakeError(BROKEN) from None
    names: dict[str, str] = {}
    if isinstance(value, dict):
        names = _speaker_names(value.get("speakers"))
        value = value.get("segments")
    if not isinstance(value, list) or not value:
        raise IntakeError(OTHER_SHAPE)
    segments = [_segment(item) for item in value]
    blocks = join_cues(block for segment in segments for block in _turns(segment, names))
    if not blocks:
        raise IntakeError(EMPTY)
    if all("text" not in segment for segment in segments):
        return "amberscript", blocks
    return ("whisperx" if any(block.label for block in blocks) else "whisper"), blocks


def _segment(item: object) -> dict[str, object]:
    """A segment has a text or words, and no field of another type than it should have."""
    if not isinstance(item, dict):
        raise IntakeError(OTHER_SHAPE)
    text, words = item.get("text"), item.get("words")
    if not isinstance(text, str) and not isinstance(words, list):
        raise IntakeError(OTHER_SHAPE)
    return {key: value for key, value in item.items() if not (key == "text" and value is None)}


def _turns(segment: dict[str, object], names: dict[str, str]) -> Iterator[Block]:
    text = segment.get("text")
    speaker = _label(segment.get("speaker"), names)
    begin, end = _number(segment.get("start")), _number(segment.get("end"))
    words = _words(segment.get("words"), speaker, names)
    if not isinstance(text, str):
        text = _joined(words)
        begin = begin if begin is not None else _first(word.begin_s for word in words)
        end = end if end is not None else _first(word.end_s for word in reversed(words))
    whole = Block(text, "speech", speaker, begin, end)
    if len({word.label for word in words}) < 2:
        yield whole
        return
    # Words are cut from the text itself, so that what is quoted stands in the file.
    cuts = _word_starts(text, words)
    if cuts is None:
        yield whole
        return
    runs = [list(run) for _, run in groupby(zip(words, cuts, strict=True), key=lambda pair: pair[0].label)]
    for run, after in zip(runs, [*runs[1:], None], strict=True):
        start = 0 if run is runs[0] else run[0][1]
        part = text[start : after[0][1] if after else len(text)]
        yield Block(
            part,
            "speech",
            run[0][0].label,
            _first(word.begin_s for word, _ in run),
            _first(word.end_s for word, _ in reversed(run)),
        )


def _words(value: object, speaker: str | None, names: dict[str, str]) -> list[Block]:
    """The words of a segment. WhisperX leaves a word it could not align without times and without speaker."""
    words: list[Block] = []
    for item in value if isinstance(value, list) else []:
        if not isinstance(item, dict):
            raise IntakeError(OTHER_SHAPE)
        word = item.get("word", item.get("text"))
        if not isinstance(word, str):
            raise IntakeError(OTHER_SHAPE)
        if word.strip():
            label = _label(item.get("speaker"), names)
            previous = words[-1].label if words else speaker
            begin, end = _number(item.get("start")), _number(item.get("end"))
            words.append(Block(word, "speech", label or previous, begin, end))
    return words


def _word_starts(text: str, words: list[Block]) -> list[int] | None:
    starts: list[int] = []
    position = 0
    for word in words:
        start = text.find(word.text.strip(), position)
        if start < 0:
            return None
        starts.append(start)
        position = start + len(word.text.strip())
    return starts


def _joined(words: list[Block]) -> str:
    """Amberscript's words as text: punctuation marks are words of their own there."""
    text = ""
    for word in words:
        token = word.text.strip()
        text += token if not text or token in {".", ",", "?", "!", ":", ";", "…"} else f" {token}"
    return text


def _speaker_names(value: object) -> dict[str, str]:
    names: dict[str, str] = {}
    for item in value if isinstance(value, list) else []:
        if isinstance(item, dict):
            key, name = item.get("spkid", item.get("id")), item.get("name")
            if isinstance(key, str) and isinstance(name, str) and name.strip():
                names[key] = " ".join(name.split())
    return names


def _label(value: object, names: dict[str, str]) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        return None
    return names.get(value, " ".join(value.split()))


def _number(value: object) -> float | None:
    """A time in seconds; a time that is no finite number is unknown."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e7:
        return None
    return round(float(value), 3)


def _first(values: Iterator[float | None]) -> float | None:
    return next((value for value in values if value is not None), None)
