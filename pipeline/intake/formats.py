"""From a file's bytes to its blocks, by the reader of its format."""

from __future__ import annotations

import re

from pipeline.intake import docx, pandoc, pdf, subtitles, transcript_json
from pipeline.intake.blocks import Block
from pipeline.intake.decode import decode
from pipeline.intake.document import from_lines
from pipeline.intake.errors import IntakeError
from pipeline.intake.sniff import binary_format, text_format

MAX_LINES = 20_000
"""An hour of talk has well under 2,000 turns. So many take a second to read, a million a minute."""

TOO_MANY_WORDS = (
    "Dit bestand bevat meer tekst dan één gesprek kan hebben; bied per gesprek een eigen bestand aan."
)
EMPTY = "Dit bestand is leeg; kies het bestand met het uitgeschreven gesprek of de notities."


def read_blocks(data: bytes, suffix: str) -> tuple[str, list[Block]]:
    """The format's name and the blocks of a file; `suffix` (".vtt", lower case) is asked only in doubt.

    Raises:
        IntakeError: the file cannot be taken in.
    """
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise IntakeError(EMPTY)
    kind = binary_format(data)
    if kind == "docx":
        return kind, docx.read(data)
    if kind == "pdf":
        return kind, pdf.read(data)
    if kind == "odt" or kind == "rtf":
        return kind, pandoc.read(data, kind)
    text = decode(data)
    kind = text_format(text, suffix)
    if kind == "vtt" or kind == "srt":
        return kind, subtitles.read(text)
    if kind == "json":
        return transcript_json.read(text)
    if kind == "html":
        return kind, pandoc.read(text.encode(), kind)
    # Millions of empty lines say no more than one.
    lines = re.sub(r"\n\s*\n", "\n\n", text).split("\n")
    if sum(not line.isspace() for line in lines if line) > MAX_LINES:
        raise IntakeError(TOO_MANY_WORDS)
    is_dialogue, blocks = from_lines(lines)
    return ("dialogue" if is_dialogue else "notes"), blocks
