"""A document template: headings, fixed texts and where each statement stands, read from `template.yaml`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from extractors.schema import (
    CATEGORIES,
    DOMAINS,
    Category,
    Certainty,
    Domain,
    FlagType,
    Kind,
    Perspective,
    Polarity,
    Record,
    Role,
    Statement,
)

TEMPLATE = Path(__file__).resolve().parents[1] / "templates" / "izp"
"""The template of the IZP that comes along."""

MANIFEST = "template.yaml"

Shows = Literal[
    "fields",
    "emergency",
    "people",
    "voices",
    "statements",
    "limits",
    "actions",
    "questions",
    "unresolved",
    "to_review",
    "rejected",
    "coverage",
    "sources",
    "sharing",
]
Fact = Literal["child", "date", "kind", "source", "version"]
Id = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=24)
"""An id of the template: with that of a statement before it, a bookmark of at most 40 characters (Word)."""


class Mistake(NamedTuple):
    """Something that is wrong with a template: the file, the line (from 1, None for all of it), and what."""

    file: str
    line: int | None
    sentence: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, regel {self.line}"
        return f"{place}: {self.sentence}"


class TemplateError(ValueError):
    """A template that cannot be used; `str(error)` says in Dutch what is wrong, and in which line."""

    def __init__(self, *mistakes: Mistake) -> None:
        """Keep what is wrong."""
        super().__init__(" ".join(map(str, mistakes)))
        self.mistakes = mistakes


class Rule(Record):
    """Which statements a part of the plan takes: those that meet every list that is not empty.

    `domains` looks at a statement's first domain only, `topics` and `flags` at any of its topics and flags.
    """

    categories: tuple[Category, ...] = ()
    domains: tuple[Domain, ...] = ()
    topics: tuple[str, ...] = ()
    flags: tuple[FlagType, ...] = ()
    certainties: tuple[Certainty, ...] = ()

    def takes(self, statement: Statement, flags: Collection[FlagType]) -> bool:
        """Whether a statement with these flags meets the rule."""
        return (
            (not self.categories or statement.category in self.categories)
            and (not self.domains or statement.domains[0] in self.domains)
            and (not self.topics or not set(statement.topics).isdisjoint(self.topics))
            and (not self.flags or not set(self.flags).isdisjoint(flags))
            and (not self.certainties or statement.certainty in self.certainties)
        )


def any_takes(rules: Sequence[Rule], statement: Statement, flags: Collection[FlagType]) -> bool:
    """Whether a statement with these flags meets one of the rules."""
    for rule in rules:  # noqa: SIM110  # asked thousands of times a plan: `any` takes twice as long
        if rule.takes(statement, flags):
            return True
    return False


class SectionTemplate(Record):
    """A part of a chapter, and the statements it is about (any rule will do).

    To the statements of `beside` it refers when it has none of its own: they may bear on its subject.
    `prints` tells whether a section of a `voices` chapter shows the quotes or only refers to them by number.
    A section with `otherwise` takes what none without it takes in its chapter, and is left out when empty.
    `ask` is what to ask in a next conversation when nobody spoke of it; with `in_person` it is no question
    to find on paper, and the summary for the family leaves it out. In conversations of the kinds `unasked` it
    is no gap that nobody spoke of it: it is left out, and not asked.
    """

    id: str = Id
    heading: str | None = None
    heading_adult: str | None = None
    takes: tuple[Rule, ...]
    beside: tuple[Rule, ...] = ()
    otherwise: bool = False
    prints: Literal["quotes", "numbers"] = "quotes"
    ask: str | None = None
    ask_adult: str | None = None
    in_person: bool = False
    unasked: tuple[Kind, ...] = ()

    @property
    def topics(self) -> frozenset[str]:
        """The topics that its rules name."""
        return frozenset(topic for rule in self.takes for topic in rule.topics)

    @property
    def single(self) -> bool:
        """Whether it is about one topic: who looks for that treatment finds it under its own name."""
        return not self.otherwise and len(self.topics) == 1

    def aim(self, statement: Statement, flags: Collection[FlagType]) -> int:
        """How closely it aims at a statement: one that asks for its topic comes before one that does not."""
        takers = [rule for rule in self.takes if rule.takes(statement, flags)]
        return max((bool(rule.topics) + bool(rule.certainties) for rule in takers), default=0)


class FieldTemplate(Record):
    """A field for the team to fill in or correct; `fact` is what the record knows of it.

    `empty` is printed where it is empty, instead of the template's text for that. A field with `kinds` is
    only for conversations of those kinds.
    """

    id: str = Id
    heading: str
    heading_adult: str | None = None
    fact: Fact | None = None
    empty: str | None = None
    kinds: tuple[Kind, ...] = ()


class VoiceTemplate(Record):
    """What to ask someone from whose perspective nothing was said."""

    perspective: Perspective
    ask: str
    ask_adult: str | None = None


class Line(Record):
    """A fixed text with words before it; with `kinds` only for conversations of those kinds.

    `text_approved` stands there in its place in an approved plan.
    """

    heading: str
    text: str
    text_approved: str | None = None
    kinds: tuple[Kind, ...] = ()


class ChapterTemplate(Record):
    """A chapter of the plan. What it `shows` decides how it is laid out and where statements stand in full.

    - `fields`, `people` (those with one of `roles`), `unresolved`, `coverage`, `sources`: no statements;
    - `emergency`: the treatment limits in short, and quotes that its sections take, for when it is urgent;
    - `to_review`: the statements of which it is not sure that they belong in the plan;
    - `rejected`: the statements that a reader struck out; left out when there are none;
    - `voices`: quotes, the perspectives side by side, beside the place where they stand in full;
    - `limits` and `actions`: tables that print in full whatever they take, `only` narrowing it further;
    - `statements`: prints in full what no such table has; with `rest`, what no other chapter has;
    - `questions`: what to ask next about the sections of which nobody spoke;
    - `sharing`: with whom each row of `fields` may be shared, in `columns`, and quotes of its sections.

    A section of a chapter takes a statement that it is about and that `only` admits. A chapter that goes
    `under` the one before it is a part of that; one without a heading just goes on with it. Fixed `lines`
    and `fields` to fill in come before the sections. A chapter with `kinds` is only for conversations of
    those kinds. `ask` is asked once about all sections without a word that have no `ask` of their own
    (`in_person` as in a section), `voices` of those who were not heard.
    """

    id: str = Id
    heading: str | None = None
    heading_adult: str | None = None
    shows: Shows
    under: bool = False
    kinds: tuple[Kind, ...] = ()
    intro: str | None = None
    intro_adult: str | None = None
    lines: tuple[Line, ...] = ()
    fields: tuple[FieldTemplate, ...] = ()
    columns: tuple[FieldTemplate, ...] = ()
    roles: tuple[Role, ...] = ()
    rest: bool = False
    only: tuple[Rule, ...] = ()
    sections: tuple[SectionTemplate, ...] = ()
    ask: str | None = None
    ask_adult: str | None = None
    in_person: bool = False
    voices: tuple[VoiceTemplate, ...] = ()

    @property
    def in_full(self) -> bool:
        """Whether statements stand in full here."""
        return self.shows in ("limits", "actions", "statements")

    def takes(self, section: SectionTemplate, statement: Statement, flags: Collection[FlagType]) -> bool:
        """Whether a section of this chapter takes a statement with these flags."""
        return (not self.only or any_takes(self.only, statement, flags)) and self.is_about(
            section, statement, flags
        )

    def is_about(self, section: SectionTemplate, statement: Statement, flags: Collection[FlagType]) -> bool:
        """Whether a statement is on the subject of a section, whatever `only` says."""
        return any_takes(section.takes, statement, flags) and not (
            section.otherwise
            and any(
                any_takes(other.takes, statement, flags) for other in self.sections if not other.otherwise
            )
        )

    @model_validator(mode="after")
    def _prints_the_rest(self) -> Self:
        if self.rest and self.shows != "statements":
            raise ValueError(f"hoofdstuk “{self.id}”: “rest” kan alleen bij “shows: statements”")
        return self


class FlagLabel(Record):
    """What a kind of flag is called: in a list, and in short beside a statement.

    A plan cannot be approved while a flag that `blocks` is open (docs/corrections.md says which, and why).
    """

    title: str
    mark: str
    blocks: bool = False


class Labels(Record):
    """The Dutch word for each value of the record's closed lists; a missing value is an error."""

    perspectives: dict[Perspective, str]
    perspectives_adult: dict[Perspective, str]
    categories: dict[Category, str]
    plain: dict[Category, str]
    domains: dict[Domain, str]
    polarities: dict[Polarity, str]
    certainties: dict[Certainty, str]
    statuses: dict[Category, str]
    flags: dict[FlagType, FlagLabel]
    kinds: dict[Kind, str]
    places: dict[Literal["speech", "block"], str]
    roles: dict[Role, str]
    roles_adult: dict[Role, str]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for name, field in type(self).model_fields.items():
            values = set(field.annotation.__args__[0].__args__)  # type: ignore[union-attr]  # dict[Literal, _]
            if missing := values - set(getattr(self, name)):
                raise ValueError(f"bij “{name}” ontbreekt het woord voor {', '.join(sorted(missing))}")
        return self


class Template(Record):
    """A document template; `directory` is where its layout files lie."""

    directory: Path
    name: str
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    language: str
    title: str
    status: str
    chapters: tuple[ChapterTemplate, ...]
    labels: Labels
    texts: dict[str, str]

    @model_validator(mode="after")
    def _nothing_falls_out(self) -> Self:
        """Whatever a statement is about, a chapter prints it in full (docs/architecture.md, rule 2).

        It is enough to look at a statement without topics and flags: one that has them meets the same rules,
        and what a section with `otherwise` then leaves, another section of its chapter takes.
        """
        ids = [chapter.id for chapter in self.chapters]
        ids += [section.id for chapter in self.chapters for section in chapter.sections]
        if twice := sorted({name for name in ids if ids.count(name) > 1}):
            raise ValueError(f"dit id komt twee keer voor: {', '.join(twice)}")
        for shows, what in (("to_review", "nog te beoordelen zijn"), ("rejected", "geschrapt zijn")):
            if not any(chapter.shows == shows for chapter in self.chapters):
                raise ValueError(f"geen hoofdstuk drukt af welke uitspraken {what} (“shows: {shows}”)")
        # A chapter that is not there in every conversation keeps nothing from falling out.
        always = [chapter for chapter in self.chapters if chapter.in_full and not chapter.kinds]
        full = [(chapter, part) for chapter in always for part in chapter.sections]
        for category, domain in product(CATEGORIES, DOMAINS):
            statement = Statement(
                id="",
                quote="",
                turn=0,
                start=0,
                end=0,
                perspective="child",
                category=category,
                domains=(domain,),
            )
            if not any(chapter.takes(section, statement, ()) for chapter, section in full):
                raise ValueError(f"geen hoofdstuk drukt “{category}” in het domein “{domain}” voluit af")
        return self


def load_template(directory: Path) -> Template:
    """Reads the template of a directory (`template.yaml`).

    Raises:
        TemplateError: The file is missing, is no YAML, or does not fit; with each mistake and its line.
    """
    try:
        text = (directory / MANIFEST).read_text(encoding="utf-8")
        tree, data = yaml.compose(text, yaml.CSafeLoader), yaml.load(text, yaml.CSafeLoader)
    except OSError:
        raise TemplateError(_mistake(None, "Dit bestand ontbreekt of mag niet worden gelezen.")) from None
    except UnicodeDecodeError:
        raise TemplateError(_mistake(None, "Dit bestand is niet te lezen; bewaar het als UTF-8.")) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise TemplateError(_mistake(line, f"Dit is geen goede YAML: {_problem(error)}.")) from None
    if not isinstance(data, dict):
        raise TemplateError(_mistake(None, "Dit bestand heeft geen sleutels met waarden."))
    try:
        return Template.model_validate({**data, "directory": directory})
    except ValidationError as error:
        raise TemplateError(
            *(_mistake(line_of(tree, detail["loc"]), _sentence(detail)) for detail in error.errors())
        ) from None


@cache
def installed_template() -> Template:
    """The template of the IZP that comes along; a process reads it once."""
    return load_template(TEMPLATE)


def _mistake(line: int | None, sentence: str) -> Mistake:
    return Mistake(MANIFEST, line, sentence)


def _problem(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or type(error).__name__)


def line_of(node: yaml.Node | None, path: tuple[int | str, ...]) -> int | None:
    """The line (from 1) of what stands at a path of keys and places, or of the last part that is there."""
    line = None
    for step in path:
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == str(step)]
            if not found:
                break
            line, node = found[0][0].start_mark.line + 1, found[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _sentence(detail: Mapping[str, Any]) -> str:
    """What is wrong, in Dutch, for the kinds of mistakes that a manifest can hold."""
    name = ".".join(str(step) for step in detail["loc"] if not isinstance(step, int))
    match detail["type"]:
        case "extra_forbidden":
            return f"De sleutel “{name}” bestaat niet."
        case "missing":
            return f"De sleutel “{name}” ontbreekt."
        case "literal_error":
            words = detail["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
            return f"Bij “{name}” kan alleen staan: {words}."
        case "string_pattern_mismatch":
            return f"De waarde van “{name}” heeft niet de goede vorm ({detail['ctx']['pattern']})."
        case "value_error":
            sentence = str(detail["ctx"]["error"])
            return f"{sentence[0].upper()}{sentence[1:]}."
        case kind:
            return f"De waarde van “{name}” klopt niet ({kind})."
