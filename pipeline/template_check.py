"""What is wrong with a document template, for whoever writes one: each mistake with its file and line.

A template is a folder with `template.yaml`, layouts (`*.md.j2`), `layout.lua`, `plan.typ` and
`reference.docx`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import yaml
from docx import Document
from docx.opc.exceptions import PackageNotFoundError

from extractors.concepts import load_lexicon
from pipeline.layout_names import wrong_names
from pipeline.plan import Plan
from pipeline.render.layout import FAMILY, environment_of
from pipeline.template import MANIFEST, Labels, Mistake, Template, TemplateError, line_of, load_template

TYPST, WRITER, REFERENCE = "plan.typ", "layout.lua", "reference.docx"

LAYOUTS = ("plan.md.j2", FAMILY)

HEADINGS = ("Heading 1", "Heading 2", "Heading 3", "Header")
"""Styles that pandoc and the running lines use under names of their own."""

_CLASS = re.compile(r"(?:\]|^)\{[^{}%#]*?\.([a-z][a-z-]*)|^:::+ *\{?\.?([a-z][a-z-]*)", re.MULTILINE)


def check(directory: Path) -> list[Mistake]:
    """Everything that is wrong with the template in a folder; an empty list when it can be used."""
    mistakes: list[Mistake] = []
    try:
        template = load_template(directory)
    except TemplateError as error:
        mistakes += error.mistakes
    else:
        mistakes += _unknown_topics(template)
        mistakes += [mistake for path in _layouts(directory) for mistake in _layout(path, template)]
    for name in LAYOUTS:
        if not (directory / name).is_file():
            mistakes.append(Mistake(name, None, "Dit bestand ontbreekt: het zegt hoe het document wordt."))
    return [*mistakes, *_styles(directory)]


def _unknown_topics(template: Template) -> Iterator[Mistake]:
    """Topics that no statement can have: a part of the plan would stay empty without anyone noticing."""
    known = load_lexicon()
    tree = yaml.compose((template.directory / MANIFEST).read_text(encoding="utf-8"), yaml.CSafeLoader)
    for at, chapter in enumerate(template.chapters):
        for place, section in enumerate(chapter.sections):
            for rule_name, rules in (("takes", section.takes), ("beside", section.beside)):
                for number, rule in enumerate(rules):
                    for position, topic in enumerate(rule.topics):
                        if topic not in known:
                            path = ("chapters", at, "sections", place, rule_name, number, "topics", position)
                            sentence = f"Het onderwerp “{topic}” bestaat niet."
                            yield Mistake(MANIFEST, line_of(tree, path), sentence)


def _layouts(directory: Path) -> list[Path]:
    return sorted(directory.glob("*.md.j2"))


def _layout(path: Path, template: Template) -> Iterator[Mistake]:
    source = path.read_text(encoding="utf-8")
    given = {"plan": Plan, "labels": Labels}
    for wrong in wrong_names(source, environment_of(path.parent), given, template.texts):
        yield Mistake(path.name, wrong.line, wrong.sentence)


def _styles(directory: Path) -> Iterator[Mistake]:
    """Classes of the layouts without a style in Word or in the PDF, and files that are missing."""
    words, typst, writer = _word_styles(directory), _text(directory / TYPST), _text(directory / WRITER)
    for name, found in ((REFERENCE, words), (TYPST, typst), (WRITER, writer)):
        if found is None:
            yield Mistake(name, None, "Dit bestand ontbreekt of is niet te lezen.")
    for style in HEADINGS if words is not None else ():
        if style not in (words or ()):
            yield Mistake(REFERENCE, None, f"De stijl “{style}” ontbreekt.")
    for path in _layouts(directory):
        seen: set[str] = set()
        for line, name in _classes(path.read_text(encoding="utf-8")):
            if name in seen or f'"{name}"' in (writer or ""):
                continue  # what the writer names itself, it makes something else of
            seen.add(name)
            if words is not None and f"IZP-{name}" not in words:
                yield Mistake(path.name, line, f"De stijl “IZP-{name}” ontbreekt in {REFERENCE}.")
            if typst is not None and not re.search(rf"^#let izp-{name}\b(?!-)", typst, re.MULTILINE):
                yield Mistake(path.name, line, f"De functie “izp-{name}” ontbreekt in {TYPST}.")


def _word_styles(directory: Path) -> frozenset[str] | None:
    try:
        return frozenset(style.name for style in Document(str(directory / REFERENCE)).styles if style.name)
    except (OSError, PackageNotFoundError, KeyError, ValueError):
        return None


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _classes(source: str) -> Iterator[tuple[int, str]]:
    """The classes that a layout gives to blocks and runs, each with its line (from 1)."""
    for found in _CLASS.finditer(source):
        yield source.count("\n", 0, found.start()) + 1, found[1] or found[2]
