"""Typed notes, as plain text or Markdown: headings, paragraphs, lists and tables.

Inline marks (`**`, `_`) stay in the text, for a quote is copied to the letter; what only shapes the page
(heading marks, bullets, table pipes, rules) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from extractors import schema
from pipeline.intake.blocks import Block
from pipeline.intake.header import is_header_line, is_only_header, is_people_heading, is_people_table
from pipeline.intake.saying import reads_as_heading, says_something

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
_BULLET = re.compile(r"\s*(?:[-*+•–·▪◦‣●○→]|\d{1,2}[.)]|[a-z]\))\s+(.*)")
_RULE = re.compile(r"\s*(?:([-*_])\s*){3,}")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*")
_BOLD_LINE = re.compile(r"(?:\*\*|__)([^*_]{1,80})(?:\*\*|__)\s*(\([^()]{1,60}\))?\s*:?")
_BOLD_START = re.compile(r"(?:\*\*|__)([^*_:]{1,60})(?::(?:\*\*|__)|(?:\*\*|__)\s*:)\s+(?=\S)")
_FIELD = re.compile(
    r"(?:actie|actiepunt|wat|taak|wie|wanneer|door wie|deadline|termijn|voor wanneer)\s*:", re.IGNORECASE
)
_BOLD_LEVEL, _PLAIN_LEVEL = 7, 8
_HEADER_LINES = 6
_LONG_LINE = 250


@dataclass
class _Notes:
    """The blocks so far and the headings that stand above the next one."""

    blocks: list[Block] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)

    def heading(self, level: int, text: str, title: str | None = None) -> None:
        while self.headings and self.headings[-1][0] >= level:
            self.headings.pop()
        self.blocks.append(Block(text, "heading", section=self.section))
        self.headings.append((level, unmarked(title or text)))

    def add(self, text: str, kind: schema.Block) -> None:
        self.blocks.append(Block(text, kind, section=self.section))

    @property
    def section(self) -> tuple[str, ...]:
        return tuple(text for _, text in self.headings)


def read(lines: Sequence[str]) -> list[Block]:
    """The blocks of a note, each with the headings above it; lines on top about who and when are `header`."""
    notes = _Notes()
    rejoined = rejoin(lines)
    short_headings = _short_headings(rejoined)
    number = 0
    while number < len(rejoined):
        number = _read_from(rejoined, number, notes, short_headings)
    return mark_header(notes.blocks)


def rejoin(lines: Sequence[str]) -> list[str]:
    """Lines that were wrapped at a fixed width as whole paragraphs again; other lines as they are."""
    width = max((len(line.rstrip()) for line in lines), default=0)
    full = sum(len(line.rstrip()) >= 0.75 * width for line in lines)
    if not 50 <= width <= 140 or full < 3:
        return list(lines)
    joined: list[str] = []
    previous = ""
    for line in lines:
        stripped = line.strip()
        starts_anew = (
            not stripped or _BULLET.fullmatch(line) or _HEADING.fullmatch(stripped) or stripped[0] in "|>"
        )
        # A full line whose next line goes on: in lower case, or with the sentence not yet ended.
        goes_on = (
            len(previous) >= 0.75 * width
            and not starts_anew
            and not _HEADING.fullmatch(previous.strip())
            and previous.strip()[0] != "|"
            and (stripped[0].islower() or previous.rstrip()[-1] not in ".?!:")
        )
        if goes_on and joined:
            joined[-1] = f"{joined[-1].rstrip()}\n{stripped}"
        else:
            joined.append(line)
        previous = line.rstrip()
    return joined


def unmarked(text: str) -> str:
    """A heading without inline marks and final colon."""
    return " ".join(re.sub(r"\*\*|__|`", "", text).split()).rstrip(":").strip()


def mark_header(blocks: list[Block]) -> list[Block]:
    """The same blocks, with the lines on top that say who, when and where, and nothing else, as `header`.

    A note of a few lines that would all be header has no header but its fields ("Datum: ...").
    """
    top = {
        place
        for place in _header_places(blocks)
        if is_only_header(blocks[place].text, first=place == 0) or _is_of_people(blocks[place])
    }
    if all(block.kind == "heading" or place in top for place, block in enumerate(blocks)):
        top = {place for place in top if is_header_line(blocks[place].text, strict=True)}
    return [replace(block, kind="header") if place in top else block for place, block in enumerate(blocks)]


def _is_of_people(block: Block) -> bool:
    """Whether a block stands in a list of those present."""
    return any(is_people_heading(title) for title in block.section) and not says_something(block.text)


def _header_places(blocks: Sequence[Block]) -> set[int]:
    places: set[int] = set()
    on_top = True
    for place, block in enumerate(blocks):
        people = any(is_people_heading(title) for title in block.section)
        if block.kind == "heading":
            on_top = on_top and place == 0
        elif people or (
            is_header_line(block.text, first=place == 0) and (on_top or _opens_with_field(block, place))
        ):
            places.add(place)
        elif place >= _HEADER_LINES or block.kind == "list_item" or len(block.text) > _LONG_LINE:
            on_top = False
    return places


def _opens_with_field(block: Block, position: int) -> bool:
    return position < 2 * _HEADER_LINES and not block.section[1:] and is_header_line(block.text, strict=True)


def _read_from(lines: Sequence[str], number: int, notes: _Notes, short_headings: frozenset[int]) -> int:
    """Read one block; the number of the line after it."""
    line = lines[number].rstrip()
    stripped = line.strip()
    if not stripped or (_RULE.fullmatch(line) and not _is_setext(lines, number)):
        return number + 1
    below = lines[number + 1].strip() if number + 1 < len(lines) else ""
    if match := _HEADING.fullmatch(stripped):
        notes.heading(len(match[1]), match[2])
        return number + 1
    if _is_setext(lines, number + 1) and not _BULLET.fullmatch(line):
        notes.heading(1 if below[0] == "=" else 2, stripped)
        return number + 2
    if stripped.startswith("|") or ("|" in stripped and "|" in below and _TABLE_RULE.fullmatch(below)):
        return _read_table(lines, number, notes)
    if match := _BULLET.fullmatch(line):
        return _read_item(lines, number, match[1], notes)
    match = _BOLD_LINE.fullmatch(stripped)
    if match and (below or stripped.endswith("**")) and _may_be_heading(unmarked(stripped), notes):
        text = match[1] if not match[2] else stripped
        notes.heading(
            _BOLD_LEVEL, text + (":" if stripped.endswith(":") and text == match[1] else ""), stripped
        )
        return number + 1
    if number in short_headings or (_is_capitals(stripped) and _may_be_heading(stripped, notes)):
        # In capitals on top it is the title, above all others.
        notes.heading(_PLAIN_LEVEL if notes.blocks else 0, stripped)
        return number + 1
    return _read_paragraph(lines, number, notes)


def _may_be_heading(line: str, notes: _Notes) -> bool:
    """Whether a line that looks like a heading reads like one, or is a title on top."""
    return reads_as_heading(line) or (not notes.blocks and is_only_header(line, first=True))


def _read_paragraph(lines: Sequence[str], number: int, notes: _Notes) -> int:
    """One line, or the lines of an action in fields (`Actie: ...`, `Wie: ...`, `Wanneer: ...`) together."""
    end = number + 1
    if _FIELD.match(lines[number].strip()):
        while (
            end < len(lines)
            and _FIELD.match(lines[end].strip())
            and not _same_field(lines[number], lines[end])
        ):
            end += 1
    text = "\n".join(lines[number:end]).strip().lstrip(">").strip()
    if _BOLD_LINE.fullmatch(text):
        text = re.sub(r"\*\*|__", "", text)
    bold = _BOLD_START.match(text)
    if bold and end == number + 1 and reads_as_heading(bold[1]) and not is_header_line(text, strict=True):
        # "**Achtergrond:** tekst": the label is a heading of this paragraph alone.
        notes.heading(_BOLD_LEVEL, f"{bold[1].strip()}:")
        notes.add(text[bold.end() :], "paragraph")
        notes.headings.pop()
    else:
        notes.add(text, "paragraph")
    return end


def _same_field(first: str, second: str) -> bool:
    return first.strip().split(":")[0].lower() == second.strip().split(":")[0].lower()


def _read_item(lines: Sequence[str], number: int, text: str, notes: _Notes) -> int:
    """A list item with the indented lines that go on with it."""
    end = number + 1
    while (
        end < len(lines)
        and lines[end].strip()
        and lines[end][0].isspace()
        and len(lines[end]) - len(lines[end].lstrip()) >= 2
        and not _BULLET.fullmatch(lines[end])
    ):
        text += "\n" + lines[end].strip()
        end += 1
    notes.add(text, "list_item")
    return end


def _read_table(lines: Sequence[str], number: int, notes: _Notes) -> int:
    rows: list[list[str]] = []
    ruled = False
    while number < len(lines) and "|" in lines[number]:
        if _TABLE_RULE.fullmatch(lines[number]):
            ruled = ruled or len(rows) == 1
        else:
            inner = lines[number].strip().removeprefix("|").removesuffix("|")
            rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", inner)])
        number += 1
    notes.blocks.extend(table_blocks(rows, notes.section, headed=ruled))
    return number


def table_blocks(rows: Sequence[Sequence[str]], section: tuple[str, ...], *, headed: bool) -> list[Block]:
    """The cells of a table, row by row, each with the headings of its row and its column in `section`.

    A table of who was there, or of date and place, is `header`. A top row that says something is no heading.
    """
    columns = list(rows[0]) if headed and rows else []
    people = is_people_table(columns)
    blocks: list[Block] = []
    for number, row in enumerate(rows):
        field = f"{row[0].rstrip(':')}: {row[1]}" if len(row) == 2 else ""
        fields = is_header_line(field, strict=True) and (is_only_header(field) or says_something(field))
        for place, cell in enumerate(row):
            if not cell.strip():
                continue
            above = columns[place] if number and place < len(columns) else ""
            beside = row[0] if place and (number or not headed) else ""
            heads = tuple(unmarked(head) for head in (beside, above) if head.strip() and head != cell)
            kind: schema.Block = "cell"
            if headed and number == 0:
                kind = "heading" if reads_as_heading(cell) else "cell"
            elif people or fields or any(is_people_heading(title) for title in section):
                kind = "header"
            blocks.append(Block(cell, kind, section=(*section, *heads)))
    return blocks


def _is_setext(lines: Sequence[str], number: int) -> bool:
    """Whether a line underlines the line above it."""
    if not 0 < number < len(lines) or not lines[number - 1].strip() or "|" in lines[number]:
        return False
    return re.fullmatch(r"={3,}|-{3,}", lines[number].strip()) is not None


def _is_capitals(line: str) -> bool:
    letters = [letter for letter in line if letter.isalpha()]
    return (
        bool(letters)
        and len(line) <= 70
        and all(letter.isupper() for letter in letters)
        and line[-1] not in ".!?"
    )


def _short_headings(lines: Sequence[str]) -> frozenset[int]:
    """The plain lines that are headings: short, after an empty line, without end mark, above something.

    Above a text such a line may be a short remark as well; there it counts when the note does so more often.
    """
    above_list: set[int] = set()
    above_text: set[int] = set()
    for number, line in enumerate(lines):
        stripped = line.strip()
        below = lines[number + 1] if number + 1 < len(lines) else ""
        if not stripped or not below.strip() or len(stripped) > 60 or stripped[-1] in ".,;!?\"”'":
            continue
        if _BULLET.fullmatch(line) or "|" in stripped or _FIELD.match(stripped) or number == 0:
            continue
        if not reads_as_heading(stripped):
            continue
        after_empty = not lines[number - 1].strip() or _BULLET.fullmatch(lines[number - 1]) is not None
        if not after_empty:
            continue
        if (_BULLET.fullmatch(below) and len(stripped.split()) <= 8) or (
            stripped.endswith(":") and len(stripped.split()) <= 4 and ":" not in stripped[:-1]
        ):
            above_list.add(number)
        elif (
            len(stripped.split()) <= 4
            and ":" not in stripped
            and not is_header_line(stripped)
            and len(below.strip()) > 40
        ):
            above_text.add(number)
    return frozenset(above_list | (above_text if len(above_text) + len(above_list) > 1 else set()))
