"""Subtitles: WebVTT (Teams, Zoom, plain) and SRT.

WebVTT: https://www.w3.org/TR/webvtt1/ . SRT has no standard; it is read as what players accept.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from pipeline.intake.blocks import Block, join_cues
from pipeline.intake.dialogue import cue_labels, split_label
from pipeline.intake.errors import IntakeError
from pipeline.intake.sniff import NO_CUES
from pipeline.intake.times import seconds

_TIME = r"((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})"
_TIMING = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:\s+([^<>]*))?>|(</v>)", re.IGNORECASE)
_TAG = re.compile(r"</?(?:[cibu]|ruby|rt|lang|v|font|\d+:)[^<>]*>|\{\\an\d\}", re.IGNORECASE)


def read(text: str) -> list[Block]:
    """The turns of a subtitle file: consecutive cues of one speaker joined, with the first and the last time.

    A speaker stands in a `<v Name>` tag or as `Name: ` before the text. Where labels are given at a change of
    speaker only, a cue without one goes on with the speaker before; where every cue repeats its label, a cue
    without one has no known speaker.

    Raises:
        IntakeError: there is no cue with text.
    """
    cues = [cue for cue in _cues(text) if cue.text.strip()]
    if not cues:
        raise IntakeError(NO_CUES)
    if not any(cue.label for cue in cues):
        cues = _label_by_name(cues)
    return join_cues(cues)


def _cues(text: str) -> Iterator[Block]:
    begin = end = 0.0
    payload: list[str] | None = None
    lines = text.split("\n")
    for number, line in enumerate(lines):
        timing = _TIMING.match(line)
        if timing:
            if payload is not None:
                # SRT without an empty line between cues: the number above this timing is not text.
                if payload and payload[-1].strip().isdigit() and (number < 2 or lines[number - 2].strip()):
                    payload.pop()
                yield from _voices(payload, begin, end)
            begin, end, payload = seconds(timing[1]), seconds(timing[2]), []
        elif not line.strip():
            if payload:
                yield from _voices(payload, begin, end)
                payload = None
        elif payload is not None:
            payload.append(line)
    if payload:
        yield from _voices(payload, begin, end)


def _voices(lines: list[str], begin: float, end: float) -> Iterator[Block]:
    """One cue may hold several voices, each until the next voice or its closing tag."""
    payload = "\n".join(lines)
    label: str | None = None
    position = 0
    for tag in [*_VOICE.finditer(payload), None]:
        text = payload[position : tag.start() if tag else len(payload)]
        yield Block(_plain(text), "speech", label, begin, end)
        if tag:
            position = tag.end()
            label = None if tag[2] else " ".join(html.unescape(tag[1] or "").split()) or None


def _plain(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", text)).split())


def _label_by_name(cues: list[Block]) -> list[Block]:
    labels = cue_labels([cue.text for cue in cues])
    if not labels:
        return cues
    found = [split_label(cue.text, labels) for cue in cues]
    repeats = Counter(this is not None and this == before for (before, _), (this, _) in pairwise(found))
    said_each_time = repeats[True] > 0
    labelled: list[Block] = []
    current: str | None = None
    for cue, (label, rest) in zip(cues, found, strict=True):
        if label is not None or said_each_time:
            current = label
        labelled.append(replace(cue, label=current, text=rest))
    return labelled
