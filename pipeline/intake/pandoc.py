"""ODT, RTF and HTML, by pandoc in its sandbox: it reads no other file and opens no connection."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import pypandoc  # type: ignore[import-untyped] # it ships no type information

from extractors import schema
from pipeline.intake.archive import ENCRYPTED, Archive
from pipeline.intake.blocks import Block
from pipeline.intake.document import from_blocks
from pipeline.intake.errors import IntakeEndedError, IntakeError
from pipeline.intake.text import table_blocks

TIMEOUT_S = 60
MEMORY = "1g"
UNREADABLE = (
    "Dit document kan niet worden gelezen, het is beschadigd of ongewoon opgebouwd; "
    "open het in Word of LibreOffice en sla het op als DOCX."
)
ENDED = (
    "Dit document kon nu niet worden gelezen: de computer kon pandoc niet starten of brak het af. Probeer "
    "het zo opnieuw; lukt het weer niet, meld dit dan aan de beheerder."
)
EMPTY = "Dit document bevat geen tekst (alleen een plaatje of niets); bied het gesprek als getypte tekst aan."

_ENDS = (signal.SIGHUP, signal.SIGINT, signal.SIGKILL, signal.SIGTERM)
"""What ends a program from outside."""

# pandoc's syntax tree: {"t": type, "c": content}; see https://hackage.haskell.org/package/pandoc-types .
_Node = dict[str, Any]


@dataclass
class _Document:
    blocks: list[Block] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    notes: list[list[_Node]] = field(default_factory=list)

    @property
    def section(self) -> tuple[str, ...]:
        return tuple(text for _, text in self.headings)

    def add(self, text: str, kind: schema.Block) -> None:
        self.blocks.append(Block(text, kind, section=self.section))


def read(data: bytes, kind: Literal["odt", "rtf", "html"]) -> list[Block]:
    """The blocks of a document; a transcript in it as turns.

    Raises:
        IntakeEndedError: pandoc could not be started, was ended, or took longer than a minute.
        IntakeError: broken, encrypted, a zip bomb, XML with a document type, too much for pandoc, or empty.
    """
    if kind == "odt":
        _check_odt(data)
    tree = _convert(data, kind)
    document = _Document()
    title = tree.get("meta", {}).get("title")
    if title:
        document.add("".join(_inlines(title["c"], document)), "heading")
    _read_blocks(tree["blocks"], document, "paragraph")
    blocks = [block for block in document.blocks if block.text.strip()]
    if not any(block.text.strip() for block in blocks[1 if title else 0 :]):
        raise IntakeError(EMPTY)
    return from_blocks(blocks)


def _check_odt(data: bytes) -> None:
    archive = Archive(data)
    if "META-INF/manifest.xml" in archive.names and b"encryption-data" in archive.xml(
        "META-INF/manifest.xml"
    ):
        raise IntakeError(ENCRYPTED)
    for name in archive.names:
        if name.endswith(".xml"):
            archive.xml(name)


def _convert(data: bytes, kind: str) -> dict[str, Any]:
    options = ["+RTS", f"-M{MEMORY}", "-RTS", "--sandbox", "--from", kind, "--to", "json"]
    try:
        # The program is the one that pypandoc ships, and nothing of the file reaches the command line.
        command = [pypandoc.get_pandoc_path(), *options]
        # In a group of its own: what is begun is finished when Ctrl-C breaks off a command.
        done = subprocess.run(  # noqa: S603  # see above
            command, input=data, capture_output=True, timeout=TIMEOUT_S, check=False, process_group=0
        )
    except OSError:
        raise IntakeEndedError(ENDED) from None
    except subprocess.TimeoutExpired:  # for now; and if it is the file, this helps
        raise IntakeEndedError(UNREADABLE) from None
    if -done.returncode in _ENDS:
        raise IntakeEndedError(ENDED)
    try:
        tree = json.loads(done.stdout) if done.returncode == 0 else None
    except (ValueError, RecursionError):
        raise IntakeError(UNREADABLE) from None
    if not isinstance(tree, dict):
        raise IntakeError(UNREADABLE)
    return tree


def _read_blocks(nodes: list[_Node], document: _Document, kind: schema.Block) -> None:
    for node in nodes:
        _read_block(node, document, kind)
        notes, document.notes = document.notes, []
        for note in notes:
            _read_blocks(note, document, "paragraph")


def _read_block(node: _Node, document: _Document, kind: schema.Block) -> None:
    name, content = node["t"], node.get("c", [])
    if name == "Header":
        _read_heading(content[0], content[2], document)
    elif name == "Table":
        _read_table(content, document)
    elif name == "DefinitionList":
        for term, definitions in content:
            document.add("".join(_inlines(term, document)), kind)
            for definition in definitions:
                _read_blocks(definition, document, kind)
    elif name in {"Para", "Plain"}:
        document.add("".join(_inlines(content, document)), kind)
    elif name == "LineBlock":
        document.add("\n".join("".join(_inlines(line, document)) for line in content), kind)
    elif name == "CodeBlock":
        document.add(content[1], kind)
    else:
        for nodes in _contained(name, content):
            _read_blocks(nodes, document, "list_item" if name.endswith("List") else kind)


def _contained(name: str, content: list[Any]) -> list[list[_Node]]:
    """The blocks within a list's items, a quotation, a division or a figure; none of raw markup."""
    if name == "BulletList":
        return content
    if name == "OrderedList":
        items: list[list[_Node]] = content[1]
        return items
    place = {"BlockQuote": None, "Div": 1, "Figure": 2}.get(name, -1)
    if place == -1:
        return []
    return [content if place is None else content[place]]


def _read_heading(level: int, inlines: list[_Node], document: _Document) -> None:
    text = "".join(_inlines(inlines, document))
    while document.headings and document.headings[-1][0] >= level:
        document.headings.pop()
    document.add(text, "heading")
    if text.strip():
        document.headings.append((level, " ".join(text.split())))


def _read_table(content: list[Any], document: _Document) -> None:
    _, (_, caption), _, (_, head), bodies, (_, foot) = content
    if caption:
        _read_blocks(caption, document, "paragraph")
    rows = [*head, *(row for body in bodies for part in body[2:] for row in part), *foot]
    cells = [[_cell_text(cell[4], document) for cell in row[1]] for row in rows]
    headed = bool(head) and any(cell.strip() for cell in cells[0])
    document.blocks.extend(table_blocks([row for row in cells if any(row)], document.section, headed=headed))


def _cell_text(nodes: list[_Node], document: _Document) -> str:
    inner = _Document(notes=document.notes)
    _read_blocks(nodes, inner, "cell")
    return "\n".join(block.text.strip() for block in inner.blocks if block.text.strip())


def _inlines(nodes: list[_Node], document: _Document) -> Iterator[str]:
    """The text of inline content; a footnote's text waits for the end of its block."""
    for node in nodes:
        name, content = node["t"], node.get("c", [])
        if name == "Str":
            yield content
        elif name in {"Space", "SoftBreak"}:
            yield " "
        elif name == "LineBreak":
            yield "\n"
        elif name in {"Code", "Math"}:
            yield content[1]
        elif name == "Quoted":
            single = content[0]["t"] == "SingleQuote"
            yield "‘" if single else "“"
            yield from _inlines(content[1], document)
            yield "’" if single else "”"
        elif name in {"Link", "Span", "Cite", "Image"}:
            yield from _inlines(content[1], document)
        elif name == "Note":
            document.notes.append(content)
        elif name != "RawInline" and isinstance(content, list):
            yield from _inlines(content, document)
