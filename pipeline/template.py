"""A document template: headings, fixed texts and where each statement stands, read from `template.yaml`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import product
from pathlib import Path
from typing import Literal, Self

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

Shows = Literal[
    "details",
    "people",
    "voices",
    "statements",
    "limits",
    "actions",
    "unresolved",
    "to_review",
    "coverage",
    "sources",
]
Fact = Literal["child", "date", "kind", "source", "version"]
Id = Field(pattern=r"^[a-z][a-z0-9-]*$")


class TemplateError(ValueError):
    """A template that cannot be used; `str(error)` says in Dutch what is wrong with which file."""


class Rule(Record):
    """Which statements a part of the plan takes: those that meet every list that is not empty.

    `domains` looks at a statement's first domain only, `topics` and `flags` at any of its topics and flags.
    """

    categories: tuple[Category, ...] = ()
    domains: tuple[Domain, ...] = ()
    topics: tuple[str, ...] = ()
    flags: tuple[FlagType, ...] = ()

    def takes(self, statement: Statement, flags: Collection[FlagType]) -> bool:
        """Whether a statement with these flags meets the rule."""
        return (
            (not self.categories or statement.category in self.categories)
            and (not self.domains or statement.domains[0] in self.domains)
            and (not self.topics or not set(self.topics).isdisjoint(statement.topics))
            and (not self.flags or not set(self.flags).isdisjoint(flags))
        )


def any_takes(rules: Sequence[Rule], statement: Statement, flags: Collection[FlagType]) -> bool:
    """Whether a statement with these flags meets one of the rules."""
    return any(rule.takes(statement, flags) for rule in rules)


class SectionTemplate(Record):
    """A part of a chapter, and the statements it is about (any rule will do).

    To the statements of `beside` it refers when it has none of its own: they may bear on its subject.
    `prints` tells whether a section of a `voices` chapter shows the quotes or only refers to them by number.
    A section with `otherwise` takes what none without it takes in its chapter, and is left out when empty.
    """

    id: str = Id
    heading: str | None = None
    heading_adult: str | None = None
    takes: tuple[Rule, ...]
    beside: tuple[Rule, ...] = ()
    otherwise: bool = False
    prints: Literal["quotes", "numbers"] = "quotes"

    @property
    def topics(self) -> frozenset[str]:
        """The topics that its rules name."""
        return frozenset(topic for rule in self.takes for topic in rule.topics)


class ChapterTemplate(Record):
    """A chapter of the plan. What it `shows` decides how it is laid out and where statements stand in full.

    - `details`, `people` (those with one of `roles`), `unresolved`, `coverage`, `sources`: no statements;
    - `to_review`: the statements of which it is not sure that they belong in the plan;
    - `voices`: quotes, the perspectives side by side, beside the place where they stand in full;
    - `limits` and `actions`: tables that print in full whatever they take, `only` narrowing it further;
    - `statements`: prints in full what no such table has; with `rest`, what no other chapter has.

    A section of a chapter takes a statement that it is about and that `only` admits.
    """

    id: str = Id
    heading: str
    heading_adult: str | None = None
    shows: Shows
    intro: str | None = None
    roles: tuple[Role, ...] = ()
    rest: bool = False
    only: tuple[Rule, ...] = ()
    sections: tuple[SectionTemplate, ...] = ()

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
            raise ValueError(f"chapter {self.id}: rest goes with shows: statements, and only with that")
        return self


class Detail(Record):
    """A row of the table about the plan itself; without a `fact` it is left for the team to fill in."""

    heading: str
    heading_adult: str | None = None
    fact: Fact | None = None


class FlagLabel(Record):
    """What a kind of flag is called: in a list, and in short beside a statement."""

    title: str
    mark: str


class Labels(Record):
    """The Dutch word for each value of the record's closed lists; a missing value is an error."""

    perspectives: dict[Perspective, str]
    perspectives_adult: dict[Perspective, str]
    categories: dict[Category, str]
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
                raise ValueError(f"{name}: no label for {', '.join(sorted(missing))}")
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
    details: tuple[Detail, ...]
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
            raise ValueError(f"id used twice: {', '.join(twice)}")
        if not any(chapter.shows == "to_review" for chapter in self.chapters):
            raise ValueError("no chapter prints the statements to review")
        full = [(chapter, part) for chapter in self.chapters if chapter.in_full for part in chapter.sections]
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
                raise ValueError(f"no chapter prints {category} in domain {domain} in full")
        return self


def load_template(directory: Path) -> Template:
    """Reads the template of a directory (`template.yaml`).

    Raises:
        TemplateError: The file is missing, is no YAML, or does not fit; with the keys that are wrong.
    """
    path = directory / "template.yaml"
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise TemplateError(f"Het sjabloon {path.name} is niet te lezen: {error}") from error
    if not isinstance(data, dict):
        raise TemplateError(f"Het sjabloon {path.name} heeft geen sleutels met waarden.")
    try:
        return Template(directory=directory, **data)
    except (ValidationError, TypeError) as error:
        raise TemplateError(f"Het sjabloon {path.name} klopt niet: {error}") from error
