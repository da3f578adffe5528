"""What the readers of word processors' files share: a document is a dialogue or a note."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.intake import dialogue, text
from pipeline.intake.blocks import Block
from pipeline.intake.header import is_only_header
from pipeline.intake.participants import definitions, header_entries, known_words

_TRANSCRIPT = re.compile(r"\W*(?:.*[-–] )?(?:transcript|transcriptie|transcription)\W*", re.IGNORECASE)
_SUMMARY = re.compile(
    r"\W*(?:summary|samenvatting|details|notes|notities|quick notes|action items|actie-items|decisions"
    r"|beslissingen|(?:suggested )?next steps|(?:voorgestelde |aanbevolen )?volgende stappen)\W*",
    re.IGNORECASE,
)
_HEADER_LINES = 15


def from_lines(lines: Sequence[str], *, wrapped: bool = False) -> tuple[bool, list[Block]]:
    """The blocks of plain lines: whether they are a dialogue, and its turns, or else the blocks of a note.

    `wrapped` is for lines that end where the page did, as in a PDF.
    """
    entries = header_entries([line for line in lines[:_HEADER_LINES] if line.strip()][:6])
    starts = dialogue.recognise(lines, known_words(entries))
    while starts and definitions(lines[min(starts)]):
        # "Hedwig: revalidatiearts. Bas: psycholoog." explains labels; nobody says it.
        del starts[min(starts)]
    if not starts:
        return False, text.read(lines)
    top = text.rejoin(lines[: min(starts)]) if wrapped else lines[: min(starts)]
    blocks = text.read(top)
    blocks = [
        replace(block, kind="header", section=())
        if block.kind == "header" or is_only_header(block.text, first=place == 0) or definitions(block.text)
        else block
        for place, block in enumerate(blocks)
    ]
    return True, [*blocks, *dialogue.parse(lines, starts)]


def from_blocks(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of a document with headings, lists and tables, or the turns where it is a dialogue.

    Of a Google Meet document, with a machine's summary before the transcript, only the transcript counts: the
    summary is no one's words. Its title, date and guests are kept.
    """
    blocks = _without_summary(blocks)
    lines = [line for block in blocks for line in (*block.text.split("\n"), "")]
    is_dialogue, turns = from_lines(lines)
    if not is_dialogue or any(block.kind == "cell" for block in blocks):
        return text.mark_header(list(blocks))
    return turns


def _without_summary(blocks: Sequence[Block]) -> list[Block]:
    """Leave out what stands between the heading of a summary and that of the transcript after it."""
    for place, block in enumerate(blocks):
        if block.kind != "heading" or not _TRANSCRIPT.fullmatch(block.text):
            continue
        after = [line for later in blocks[place + 1 :] for line in (*later.text.split("\n"), "")]
        first = next(
            (n for n, b in enumerate(blocks[:place]) if b.kind == "heading" and _SUMMARY.fullmatch(b.text)),
            None,
        )
        if first is not None and dialogue.recognise(after):
            return [*blocks[:first], *blocks[place:]]
    return list(blocks)
