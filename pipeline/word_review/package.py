"""A DOCX as a package of parts: opened with care, and what it tells of itself (ECMA-376 parts 1 and 2)."""

from __future__ import annotations

import datetime as dt
import posixpath
import re
from collections.abc import Iterator

from lxml import etree

from pipeline.intake.archive import BROKEN, Archive
from pipeline.intake.sniff import refuse_compound
from pipeline.word_review.errors import ReviewError

NOT_WORD = (
    "Dit is geen Word-document (.docx). Sla het document in Word of LibreOffice op als .docx en probeer het "
    "opnieuw."
)


class Package:
    """A Word document, its parts found by their relationships, whatever they are called."""

    def __init__(self, data: bytes) -> None:
        """Opens the package.

        Raises:
            ReviewError: It is no DOCX.
            IntakeError: It is broken, encrypted, an old DOC, too large, or has a document type in its XML.
        """
        refuse_compound(data)
        if not data.startswith(b"PK"):
            raise ReviewError(NOT_WORD)
        self._archive = Archive(data)
        targets = dict(self._relations(""))
        if "officeDocument" not in targets:
            raise ReviewError(NOT_WORD)
        self.main = targets["officeDocument"]
        self._core, self._custom = targets.get("core-properties"), targets.get("custom-properties")

    def body(self) -> etree._Element:
        """The main document.

        Raises:
            ReviewError: It is missing or cannot be read.
        """
        root = self._parse(self.main)
        if name(root) != "document":
            raise ReviewError(NOT_WORD)
        return root

    def related(self, kind: str) -> list[etree._Element]:
        """The parts of one kind that the main document leads to ("comments", "footer"), in a fixed order."""
        paths = sorted({path for each, path in self._relations(self.main) if each == kind})
        return [self._parse(path) for path in paths if path in self._archive.names]

    def properties(self) -> dict[str, str]:
        """The custom properties of the document."""
        if self._custom not in self._archive.names:
            return {}
        root = self._parse(str(self._custom))
        return {str(each.get("name")): "".join(map(str, each.itertext())) for each in elements(root)}

    def last_saved(self) -> tuple[str | None, dt.datetime | None]:
        """Who saved the document last, and when; None where it does not tell."""
        if self._core not in self._archive.names:
            return None, None
        told = {name(each): (each.text or "").strip() for each in elements(self._parse(str(self._core)))}
        return told.get("lastModifiedBy") or None, moment(told.get("modified"))

    def _relations(self, part: str) -> Iterator[tuple[str, str]]:
        """The kind and the path of what a part leads to within the package."""
        folder, file = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{file}.rels")
        if path not in self._archive.names:
            return
        for relation in elements(self._parse(path)):
            if relation.get("TargetMode") != "External":
                target = str(relation.get("Target", ""))
                kind = str(relation.get("Type", "")).rpartition("/")[2]
                yield kind, posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")

    def _parse(self, path: str) -> etree._Element:
        content = self._archive.xml(path)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            return etree.fromstring(content, parser)
        except (etree.XMLSyntaxError, ValueError):
            raise ReviewError(BROKEN) from None


def name(element: etree._Element) -> str:
    """An element's name without its namespace, so that the strict variant is read as well."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def elements(parent: etree._Element) -> Iterator[etree._Element]:
    """The elements in a parent, without comments and processing instructions."""
    return (each for each in parent if isinstance(each.tag, str))


def child(parent: etree._Element, *path: str) -> etree._Element | None:
    """The first element along a path of names."""
    found = parent
    for step in path:
        below = next((each for each in elements(found) if name(each) == step), None)
        if below is None:
            return None
        found = below
    return found


def attribute(element: etree._Element, wanted: str) -> str | None:
    """An attribute by its name without namespace."""
    return next((str(v) for key, v in element.items() if str(key).rpartition("}")[2] == wanted), None)


def moment(text: str | None) -> dt.datetime | None:
    """A time as documents write it, in UTC where no zone is told; None where it is none."""
    try:
        # Some write more decimals of a second than a clock has.
        time = dt.datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text or ""))
    except ValueError:
        return None
    if time.year < 1970:
        return None
    return time if time.tzinfo else time.replace(tzinfo=dt.UTC)
