"""From bytes to text: UTF-8, UTF-16 with and without a byte order mark, UTF-32 with one, and cp1252."""

from __future__ import annotations

import codecs
import re

from pipeline.intake.errors import IntakeError

BROKEN = (
    "De tekens in dit bestand zijn beschadigd of de tekencodering is onbekend; "
    "open het in het programma waarmee het gemaakt is en sla het opnieuw op als UTF-8."
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MULTI_BYTE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]")
# The longer marks first: UTF-32's little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes) -> str:
    """The text of a file, without byte order mark, each line ending in a line feed.

    Raises:
        IntakeError: the bytes are no text in any of the encodings, or text that was cut or damaged.
    """
    try:
        text = data.decode(_encoding(data))
    except UnicodeDecodeError:
        raise IntakeError(BROKEN) from None
    if _CONTROL.search(text):
        raise IntakeError(BROKEN)
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _encoding(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    sample = data[:4000]
    if b"\0" in sample:
        # Dutch text has hardly any character above U+00FF: every other byte of UTF-16 is nul.
        return "utf-16-le" if sample[1::2].count(0) >= sample[0::2].count(0) else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        # Valid multi-byte characters before the error: this is UTF-8 that was cut or damaged, not cp1252.
        if _MULTI_BYTE.search(data, 0, error.start) or _MULTI_BYTE.search(data, error.end):
            return "utf-8"
        return "cp1252"
    return "utf-8"
