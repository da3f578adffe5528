"""From a plan to Markdown for pandoc, by a layout of the template. No word becomes markup."""

from __future__ import annotations

import re
import string
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2.compiler import CodeGenerator
from markupsafe import Markup

from pipeline.plan import Plan, dutch_date
from pipeline.render.errors import RenderError
from pipeline.template import Template

# Marks in the laid out text that only the PDF needs; they are no characters, so no quote can hold one.
MAY_BREAK = "\ufdd0"
"""After so many characters without a space Typst may break a word, or it would leave the page; Word does."""
VERBATIM = "\ufdd1"
"""What follows is itself for Typst: no dash, minus or ellipsis made of hyphens and full stops."""


PLAN, FAMILY = "plan.md.j2", "family.md.j2"
"""The layouts of the plan and of the summary for the family."""


def lay_out(plan: Plan, template: Template, layout: str = PLAN) -> str:
    """The plan as Markdown for pandoc, by one of the template's layouts.

    Raises:
        RenderError: The layout cannot be read, or uses something that is not there.
    """
    try:
        found = environment_of(template.directory).get_template(layout)
        return found.render(plan=plan, text=template.texts, labels=template.labels)
    except MemoryError:
        raise
    except Exception as error:
        # Whatever a layout does wrong, the message may hold words of the plan.
        raise RenderError(f"Het sjabloon {layout} klopt niet ({type(error).__name__}).") from None


class _Generator(CodeGenerator):
    """Puts what `finalize` gives into the text as it is: all of that is escaped, and needs no second look."""

    def _output_child_pre(self, *_: Any, **__: Any) -> None:
        self.write("environment.finalize(")

    def _output_child_post(self, *_: Any, **__: Any) -> None:
        self.write(")")


class _Environment(jinja2.Environment):
    code_generator_class = _Generator


@cache
def environment_of(directory: Path) -> jinja2.Environment:
    """What the layouts of a template are read with: everything they print is escaped, unless it is markup."""
    made = _Environment(
        loader=jinja2.FileSystemLoader(directory),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        finalize=_escaped,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"plain": _plain, "date": dutch_date}
    return made


def _escaped(value: object) -> Markup:
    """Any value as text: CommonMark lets all ASCII punctuation be escaped, so none can become markup."""
    return value if isinstance(value, Markup) else _as_text(str(value))


_ESCAPES = {ord(sign): f"\\{sign}" for sign in string.punctuation}


@lru_cache(maxsize=8192)  # the same words come back in a plan, and in the next version of it
def _as_text(words: str) -> Markup:
    text = re.sub(r"\S{30}(?=\S)", rf"\g<0>{MAY_BREAK}", printable(words))
    text = re.sub(r"-(?=[-?\d])|\.(?=\.)", rf"{VERBATIM}\g<0>", text)
    return Markup(text.translate(_ESCAPES))  # noqa: S704  # escaped here


@lru_cache(maxsize=8192, typed=True)  # as above; `typed`, as True is 1 to a cache and not in words
def _plain(value: object) -> Markup:
    """A value that needs no escape, for use where none is possible.

    Raises:
        jinja2.TemplateRuntimeError: It holds anything but letters, digits, commas and hyphens.
    """
    if not re.fullmatch(r"[A-Za-z0-9,-]+", str(value)):
        raise jinja2.TemplateRuntimeError("not plain")
    return Markup(str(value))  # noqa: S704  # nothing in it to escape


def printable(text: str) -> str:
    """Text as it can be printed on one line: composed (NFC), with white space and line breaks as one space.

    Characters that no document may hold or that would turn other text around (control characters, halves of
    characters, bidirectional overrides) become U+FFFD; marks that right-to-left names need stay. Soft hyphens
    and byte order marks, which are no part of a word, go.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text  # as most are: for these all that follows changes nothing
    text = unicodedata.normalize("NFC", re.sub(r"[\xad\ufeff]", "", text))
    text = re.sub(r"[ \t-\r\x1c-\x1f\x85\u2028\u2029]+", " ", text)
    return re.sub(
        r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]",
        "\ufffd",
        text,
    )
