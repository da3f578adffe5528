"""Dialogue text: who begins to speak where, in each of the layouts that tools and typists use.

Moeder: tekst                    [00:03:12] Moeder: tekst         Moeder - tekst
S01: [00:03:12] tekst //S02: ja// (noScribe, with overlap)        Moeder [03:12]: tekst
Moeder   0:04                    00:03:12 - 00:03:15              0:0:3.2 --> 0:0:9.1
tekst (Teams, Otter)             Moeder: tekst                    Moeder
                                                                  tekst (older Teams)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from extractors.roles import find_function
from pipeline.intake.blocks import Block, ends_sentence
from pipeline.intake.roles import is_diarised, is_no_speaker
from pipeline.intake.times import seconds

_TIME = r"\d{1,2}:\d{1,2}(?::\d{1,2})?(?:[.,]\d{1,7})?"
_LABEL = r"(?P<label>[^\W_][^:\[\]<>|*/\t]{0,47}?)"
_LAYOUTS = {
    "bracketed": re.compile(
        rf"[\[(](?P<time>{_TIME})[\])]\s*[-–]?\s*\**{_LABEL}\s*:\**\s*(?P<text>.*)", re.DOTALL
    ),
    "noscribe": re.compile(rf"{_LABEL}\s*:\s*\[(?P<time>{_TIME})\]\s*(?P<text>.*)", re.DOTALL),
    "time_after": re.compile(rf"{_LABEL}\s*[\[(](?P<time>{_TIME})[\])]\s*:\s*(?P<text>.*)", re.DOTALL),
    "time_before": re.compile(rf"(?P<time>{_TIME})\s+(?:[-–]\s*)?{_LABEL}\s*:\s+(?P<text>.*)", re.DOTALL),
    "plain": re.compile(rf"\**{_LABEL}\s?(?::\**(?:\s+|$)|\*\*\s*:\s*)(?P<text>.*)", re.DOTALL),
    "dash": re.compile(rf"{_LABEL}\s+[-–—]\s+(?P<text>.*)", re.DOTALL),
}
_HEADING_TIME = re.compile(rf"{_LABEL}(?:\s{{2,}}|\t|\s*[\[(]|\s+(?=\d)){{1}}(?P<time>{_TIME})[\])]?\s*")
_RANGE = re.compile(rf"\[?(?P<begin>{_TIME})\]?\s*(?:-->|-|–|—)\s*\[?(?P<end>{_TIME})\]?\s*")
_OVERLAP = re.compile(r"//\s*(?P<label>[^:/]{1,40}?):\s*(?P<text>.*?)\s*(?://|$)", re.DOTALL)
_BRACKETED = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])\s*")
_HEADING = re.compile(r"(?:deel|blok|fragment|vervolg|pauze)\b.{0,40}", re.IGNORECASE)
_LONGEST_LABEL = 48
_LONG_HEADER = 400


@dataclass(frozen=True, slots=True)
class Start:
    """A line that begins a turn; `text` is what the line says after label and time."""

    label: str
    text: str
    begin_s: float | None = None
    end_s: float | None = None
    lines: int = 1


def recognise(lines: Sequence[str], known: Iterable[str] = ()) -> dict[int, Start]:
    """The lines that begin a turn, by number; empty where the text is no dialogue.

    A layout counts when its labels look like persons, come back, alternate and cover most of the lines: a
    repeated shape at the start of a note ("Let op: ...", "Actie: ...") is no speaker. `known` are names that
    the text itself gives for those present.
    """
    names = frozenset(known)
    headed = _headed(lines)
    if headed:
        return headed
    best: dict[int, Start] = {}
    for layout in _LAYOUTS:
        starts = _starts(lines, layout)
        starts = _speakers_only(starts, layout, names)
        if len(starts) > len(best) and _is_dialogue(lines, starts, layout, names):
            best = starts
    return best


def parse(lines: Sequence[str], starts: dict[int, Start]) -> list[Block]:
    """The turns of a dialogue from its first speaker on.

    A line without label belongs to the turn it follows; after an empty line, or wholly between brackets, it
    has no known speaker.
    """
    blocks: list[Block] = []
    joinable = False
    current: Start | None = None
    skip = 0
    for number in range(min(starts), len(lines)):
        line = lines[number].strip()
        if skip:
            skip -= 1
            continue
        if number in starts:
            current = starts[number]
            skip = current.lines - 1
            blocks.append(Block(current.text, "speech", current.label, current.begin_s, current.end_s))
            joinable = True
        elif not line:
            # The layouts with the label on a line of its own may have an empty line before the text.
            joinable = bool(blocks) and blocks[-1].kind == "speech" and not blocks[-1].text
        elif _HEADING.fullmatch(line) and line[0].isupper() and line[-1] not in ".?!,;":
            blocks.append(Block(line, "heading"))
            joinable = False
        elif _BRACKETED.fullmatch(line):
            blocks.append(Block(line, "paragraph"))
            joinable = False
        elif joinable and blocks:
            blocks[-1] = replace(blocks[-1], text=f"{blocks[-1].text}\n{line}".strip())
        else:
            blocks.append(Block(line, "paragraph"))
    blocks = [part for block in blocks for part in _overlaps(block)]
    return _join_timed(blocks)


def cue_labels(texts: Sequence[str]) -> frozenset[str]:
    """The labels that stand before the text of cues (`Naam: tekst`); empty where cues name nobody."""
    found = [match for text in texts if (match := _LAYOUTS["plain"].match(text[:200]))]
    counts = Counter(_clean(match["label"]) for match in found)
    labels = {label for label in counts if _may_be_person(label)}
    sure = {label for label in labels if counts[label] > 1 or _is_person(label)}
    # One name that comes back is a speaker too, but one that is said once may be a word before a colon.
    return (
        frozenset(sure) if sum(counts[label] for label in sure) >= max(2, len(texts) // 20) else frozenset()
    )


def split_label(text: str, labels: frozenset[str]) -> tuple[str | None, str]:
    """A cue's label, where it begins with one of these, and the rest of its text."""
    match = _LAYOUTS["plain"].match(text[:200])
    if match and (label := _clean(match["label"])) in labels:
        return label, text[match.start("text") :]
    return None, text


def _starts(lines: Sequence[str], layout: str) -> dict[int, Start]:
    pattern = _LAYOUTS[layout]
    starts: dict[int, Start] = {}
    pending: re.Match[str] | None = None
    for number, line in enumerate(lines):
        stripped = line.strip()
        head = stripped[:200]
        match = pattern.match(head)
        if match and _may_be_person(_clean(match["label"])):
            begin = seconds(match["time"]) if "time" in match.groupdict() else None
            text = stripped[match.start("text") :]
            starts[number] = Start(_clean(match["label"]), text, begin)
            if pending and begin is None:
                starts[number - 1] = replace(
                    starts.pop(number),
                    begin_s=seconds(pending["begin"]),
                    end_s=seconds(pending["end"]),
                    lines=2,
                )
        pending = _RANGE.fullmatch(stripped) if len(stripped) < 40 else None
    return starts


def _headed(lines: Sequence[str]) -> dict[int, Start]:
    """Layouts with label and time above the text: `Moeder   0:04`, or a time range, then the label."""
    starts: dict[int, Start] = {}
    ranges: dict[int, Start] = {}
    for number, line in enumerate(lines):
        stripped = line.strip()
        if len(stripped) > _LONGEST_LABEL + 20:
            continue
        match = _HEADING_TIME.fullmatch(stripped)
        if match and _may_be_person(_clean(match["label"])):
            starts[number] = Start(_clean(match["label"]), "", seconds(match["time"]))
        span = _RANGE.fullmatch(stripped)
        name = _clean(lines[number + 1]) if span and number + 1 < len(lines) else ""
        has_text = number + 2 < len(lines) and lines[number + 2].strip()
        if span and has_text and len(name) <= _LONGEST_LABEL and ":" not in name and _may_be_person(name):
            ranges[number] = Start(name, "", seconds(span["begin"]), seconds(span["end"]), lines=2)
    filled = sum(1 for line in lines if line.strip())
    for found in (starts, ranges):
        times = [start.begin_s for start in found.values() if start.begin_s is not None]
        rising = all(a <= b for a, b in pairwise(times))
        if len(found) >= 2 and rising and len(found) * 12 >= filled - min(found, default=0):
            return found
    return {}


def _speakers_only(starts: dict[int, Start], layout: str, names: frozenset[str]) -> dict[int, Start]:
    counts = Counter(start.label for start in starts.values())
    timed = layout not in {"plain", "dash"}
    begun = min((number for number, start in starts.items() if counts[start.label] > 1), default=0)
    return {
        number: start
        for number, start in starts.items()
        if _is_person(start.label)
        or start.label in names
        or counts[start.label] > 1
        or (timed and start.begin_s is not None and layout != "time_before")
        or (len(counts) > 2 and number > begun and _looks_like_name(start.label))
    }


def _is_dialogue(lines: Sequence[str], starts: dict[int, Start], layout: str, names: frozenset[str]) -> bool:
    if len(starts) < 2:
        return False
    counts = Counter(start.label for start in starts.values())
    sure = sum(n for label, n in counts.items() if _is_person(label) or label in names)
    if layout in {"bracketed", "noscribe", "time_after"}:
        return len(starts) >= 2 and (len(counts) > 1 or sure > 0)
    if len(counts) < 2 and not (sure and len(starts) > 3):
        return False
    if sure == 0 and len(starts) < 2 * len(counts):
        return False
    if layout == "time_before" and sure == 0 and not all(_looks_like_name(label) for label in counts):
        return False
    width = max(map(len, lines))
    relevant = [
        number
        for number in range(min(starts), len(lines))
        if lines[number].strip()
        and not _BRACKETED.fullmatch(lines[number])
        and not _continues(lines, number, width)
    ]
    above = sum(map(len, lines[: min(starts)]))
    covered = sum(start.lines for start in starts.values())
    # What stands above is a header, unless it is longer than the talk itself.
    return covered >= 0.6 * len(relevant) and above <= max(_LONG_HEADER, sum(map(len, lines)) / 3)


def _continues(lines: Sequence[str], number: int, width: int) -> bool:
    """Whether a line goes on with the line before: that one is full, as in text wrapped at a fixed width."""
    return width <= 140 and number > 0 and len(lines[number - 1]) >= 0.7 * width > 42


def _overlaps(block: Block) -> list[Block]:
    """The overlap that noScribe writes as `//S02: ja//` is a turn of its own, in its place."""
    if block.kind != "speech" or "//" not in block.text:
        return [block]
    parts: list[Block] = []
    position = 0
    for match in _OVERLAP.finditer(block.text):
        label = _clean(match["label"])
        if not _may_be_person(label):
            continue
        parts.append(replace(block, text=block.text[position : match.start()].strip()))
        parts.append(replace(block, text=match["text"], label=label))
        position = match.end()
    parts.append(replace(block, text=block.text[position:].strip()))
    return [part for part in parts if part.text]


def _join_timed(blocks: list[Block]) -> list[Block]:
    """Timed lines of one speaker in a row are one turn where a sentence goes on from the one to the next."""
    joined: list[Block] = []
    for block in blocks:
        last = joined[-1] if joined else None
        if (
            last is not None
            and block.begin_s is not None
            and last.kind == block.kind == "speech"
            and last.label == block.label
            and not ends_sentence(last.text)
        ):
            joined[-1] = replace(last, text=f"{last.text} {block.text}", end_s=block.end_s)
        elif block.text:
            joined.append(block)
    return joined


def _clean(label: str) -> str:
    return " ".join(label.strip().strip("*").split())


def _is_person(label: str) -> bool:
    """A machine's label, or a function word at its start ("Vader (tel.)", "eigen moeder")."""
    found = find_function(label)
    if found is None:
        return is_diarised(label)
    after = re.sub(r"\(.*", "", label[found.end :]).split()
    return len(label[: found.start].split()) <= 1 and sum(word[0].islower() for word in after) <= 1


def _looks_like_name(label: str) -> bool:
    words = label.replace("(", " ").split()
    particles = {"van", "de", "der", "den", "el", "ten", "ter", "v.d.", "vd", "het", "'t", "von", "le", "la"}
    return bool(words) and all(
        any(letter.isupper() for letter in word) or word in particles or not word[0].isalpha()
        for word in words
    )


def _may_be_person(label: str) -> bool:
    """Short, without a sentence in it, and no word that opens a note."""
    if not label or len(label) > _LONGEST_LABEL or len(label.split()) > 6 or is_no_speaker(label):
        return False
    if label[-1] in '?!;,"' or not label[0].isalnum():
        return False
    return _looks_like_name(label) or _is_person(label) or (label[0].islower() and len(label.split()) == 1)
