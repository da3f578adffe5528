"""Polarity: whether the thing itself is wanted and valued, or refused and denied.

Annotation guide, "polarity": "geen sonde meer" is negated; a wish for comfort ("dat hij geen pijn heeft")
and a wish to stop are affirmed, and so are most worries and facts with a denial in them.

A statement without a word that denies or refuses is affirmed. One with such a word is read part by part
(`extractors.parts`): each denial with its place, the verb it goes with and what it takes away, words that
refuse by themselves, the cues, what it is about, the category and the words around it. A table gives each
piece of this evidence a weight (`patterns/polarity.json`), so that a reader can see what decided. The plain
refusal of a treatment with limits does not hang on the table; one that the table is not sure of is marked
in `izp_because`, so that a reader can be told to look again.
"""

import re
from collections.abc import Iterator, Sequence, Set
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc, Span

from extractors.attributes import conversation_of, turn_of
from extractors.concepts import limit_concepts
from extractors.cues import PATTERNS, Strict, read_yaml
from extractors.evidence import role_of
from extractors.limits import STANCES
from extractors.parts import DENIALS, SUBJECTS, VERBS, WORDS, Part, by_word, cut_parts
from extractors.rows import Row, row_of, to_row
from extractors.schema import POLARITIES, Category, Polarity, Role
from extractors.statements import STATEMENTS
from extractors.tables import Sighting, Table, add_up, read_table

FILE = PATTERNS / "polarity.json"
WITH_CATEGORY = 0.8
"""How much of an example counts with its category; the rest counts without."""

NOT_REFUSED = frozenset(("negation.undecided", "negation.still_wanted"))
"""Who has not decided yet has refused nothing ("nog geen nee"), nor has who will not lose someone."""

BARE_ANSWERS = frozenset(("answer.yes", "answer.no"))

LEANING = 0.3
"""In doubt a denial is taken as one: a refusal read as a wish does more harm than the reverse."""

DOUBT = "doubt.polarity"
"""In `because`: whether a treatment with limits is wanted or refused here is not sure."""

_DOUBTFUL = 2.0
"""Log odds that speak by less than this for what was decided leave a doubt. One in five of the wishes that
name a treatment with limits is marked so, and of those that are read wrongly three to four in five."""

PENALTY = 8.0
"""For `learn_table`: more than its own, since much of this evidence is in few examples."""

_NEAR = 5
"""How many words behind a denial what it takes away may stand."""
_MOST_LETTERS = 6
_AROUND = 5
_GOES_ON = frozenset(("maar", "want", "alleen", "dan"))


class DenialWords(Strict):
    """The words of `patterns/denials.yaml`."""

    unwanted: frozenset[str]
    undoing: frozenset[str]
    affirming: frozenset[str]
    refusing: dict[str, frozenset[str]]


DENIAL_WORDS = read_yaml(PATTERNS / "denials.yaml", DenialWords)
REFUSING = by_word(DENIAL_WORDS.refusing)
_TELLING = DENIALS | REFUSING.keys() | {"zonder"}
_KINDS = {"main": "", "report": "", "condition": "c", "reason": "r", "complement": "t", "relative": "l"}


@Language.component(
    "izp_polarity", requires=["doc.spans"], assigns=["span._.izp_polarity", "span._.izp_because"]
)
def assign_polarity(doc: Doc) -> Doc:
    """Sets `izp_polarity` of the statements of a turn."""
    for statement in doc.spans[STATEMENTS]:
        read = statement._
        category: Category = read.izp_category
        read.izp_polarity = polarity = polarity_of(statement, category)
        if category in STANCES and is_doubtful(statement, polarity, category):
            read.izp_because = (*read.izp_because, DOUBT)
    return doc


def polarity_of(statement: Span, category: Category) -> Polarity:
    """Negated where the thing itself is refused or denied, otherwise affirmed."""
    plain = _plainly(statement, category)
    if plain is not None:
        return plain
    return "negated" if _odds(statement, category) > -LEANING else "affirmed"


def is_doubtful(statement: Span, polarity: Polarity, category: Category) -> bool:
    """Whether a treatment with limits is denied in words that do not plainly tell whether it is refused."""
    if not _is_of_limit(statement) or not can_deny(statement) or statement._.izp_cues & BARE_ANSWERS:
        return False
    negated = _odds(statement, category) + LEANING
    return (negated if polarity == "negated" else -negated) < _DOUBTFUL


def _plainly(statement: Span, category: Category) -> Polarity | None:
    """What needs no weighing: a bare answer, no denial, the plain refusal of a treatment with limits."""
    cues: Set[str] = statement._.izp_cues
    if cues & BARE_ANSWERS:
        return _answers(statement, cues)
    open_or_kept = cues & NOT_REFUSED and "refusal.no_treatment" not in cues
    if open_or_kept or not can_deny(statement):
        return "affirmed"
    return "negated" if category in STANCES and _refuses_limit(statement) else None


def _odds(statement: Span, category: Category) -> float:
    """The log odds that a statement is negated."""
    affirmed, negated = add_up(polarity_evidence(statement, category), load_polarity(), POLARITIES)
    # The weights have two decimals: without rounding, the order they are added in would decide a tie.
    return round(float(negated - affirmed), 2)


def can_deny(statement: Span) -> bool:
    """Whether a statement has a word that denies or refuses at all; only then its evidence is weighed."""
    forms = row_of(statement.doc).forms[statement.start : statement.end]
    return not _TELLING.isdisjoint(forms) or any(form.startswith("niet-") for form in forms)


def polarity_evidence(statement: Span, category: Category | None) -> frozenset[str]:
    """The evidence for the polarity of a statement, as names that the table knows.

    Args:
        statement: A clause, with its cues.
        category: Its category; None to learn what can be told without it.
    """
    row = to_row(statement)
    return frozenset(_evidence(statement, row, cut_parts(row), category))


def polarity_examples(
    statement: Span, category: Category, polarity: Polarity, importance: float = 1.0
) -> Iterator[Sighting]:
    """What an annotated statement teaches, for `learn_table`; nothing where no word denies.

    It counts with its category and, for less, without it, since the category itself may be wrong.
    """
    if can_deny(statement) and not statement._.izp_cues & BARE_ANSWERS:
        source = conversation_of(statement.doc).id
        known, unknown = importance * WITH_CATEGORY, importance * (1 - WITH_CATEGORY)
        yield Sighting(source, polarity_evidence(statement, category), polarity, known)
        yield Sighting(source, polarity_evidence(statement, None), polarity, unknown)


@cache
def load_polarity() -> Table:
    """The weights of each piece of evidence in the order of `POLARITIES`, from `patterns/polarity.json`."""
    return read_table(FILE, POLARITIES)


def _answers(statement: Span, cues: Set[str]) -> Polarity:
    """What a bare yes or no says: "ja" to "dus geen IC meer?" refuses."""
    question: Span | None = statement._.izp_question
    asked_to_refuse = question is not None and "negation.not" in question._.izp_cues
    return "negated" if asked_to_refuse or "answer.no" in cues else "affirmed"


def _is_of_limit(statement: Span) -> bool:
    """Whether a statement names a treatment with limits."""
    return not limit_concepts().isdisjoint(statement._.izp_named)


def _refuses_limit(statement: Span) -> bool:
    """Whether all that a statement about a treatment with limits says is a refusal ("geen IC meer")."""
    if not _is_of_limit(statement):
        return False
    row = to_row(statement)
    letters = [letter for part in cut_parts(row) if part.kind == "main" and (letter := _letter(row, part))]
    forms = frozenset(row.forms)
    return frozenset(letters) == {"N"} and forms.isdisjoint(DENIAL_WORDS.undoing | DENIAL_WORDS.affirming)


def _evidence(statement: Span, row: Row, parts: Sequence[Part], category: Category | None) -> Iterator[str]:
    yield "always"
    if category:
        yield f"category:{category}"
    turn = turn_of(statement.doc)
    role: Role | None = role_of(conversation_of(statement.doc), turn)
    who = role or ("note" if turn.label is None else "unmapped")
    yield f"speaker:{who}"
    if category:
        yield f"speaker:{who}+{category}"
    for cue in statement._.izp_cues:
        yield f"cue:{cue}"
        if category and cue.startswith(("refusal.", "negation.")):
            yield f"cue:{cue}+{category}"
    letters = [_letter(row, part) for part in parts]
    yield from _shape([letter for letter in letters if letter])
    denied = False
    for part, letter in zip(parts, letters, strict=True):
        if part.kind == "report":
            yield "reports"
            continue
        yield from _of_part(row, part)
        if letter == "N" and category:
            yield f"not+{category}"
            yield f"not+{category}:{'opens' if part is parts[0] else 'later'}"
        if letter == "P" and denied:
            yield f"then:{_how_it_goes_on(row, part)}"
        denied = denied or letter == "N"
    if denied and any(part.kind == "condition" for part in parts):
        yield from _behind_a_condition(row, parts)
    yield from _of_subject(statement, category)
    yield from _around(statement)


def _of_subject(statement: Span, category: Category | None) -> Iterator[str]:
    """What a statement is about: to deny a treatment is mostly to refuse it, to deny pain is not."""
    for concept in statement._.izp_named:
        yield f"about:{concept}"
    if _is_of_limit(statement):
        yield "limit"
        if category:
            yield f"limit+{category}"


def _around(statement: Span) -> Iterator[str]:
    """The words beside a statement in its turn ("Een slang door de neus? Nee.")."""
    row, start, end = row_of(statement.doc), statement.start, statement.end
    mark = row.words[end] if end < len(row.words) and row.marks[end] else ""
    before = [row.forms[i] for i in range(max(0, start - _AROUND), start) if not row.marks[i]]
    behind = [row.forms[i] for i in range(end, min(len(row.forms), end + _AROUND)) if not row.marks[i]]
    yield f"mark behind:{mark}"
    if behind and behind[0] in WORDS.noes:
        yield f"no behind:{mark}"
    if behind and behind[0] in _GOES_ON:
        yield f"behind:{behind[0]}"
    if before:
        yield f"before:{before[-1]}"
        if before[-1] in WORDS.noes:
            yield "no before"
    if not DENIALS.isdisjoint(before[-3:]):
        yield f"denied before:{row.words[start - 1] if row.marks[start - 1] else ''}"


def _letter(row: Row, part: Part) -> str:
    """What a part does: N denies, Q says no to something, R is a bare no, Z leaves out, P none of these.

    A small letter before it tells that the part is no main part; what is mere filler has no letter.
    """
    words = row.forms[part.start : part.end]
    if part.kind == "report":
        return ""
    negates = any(map(_negates, words))
    empty = WORDS.fillers.issuperset(words)
    if not WORDS.noes.isdisjoint(words):
        letter = "R" if empty and not negates else "Q"
    elif empty:
        return "J" if words[0] in ("ja", "jawel") else ""
    elif negates:
        letter = "N"
    else:
        letter = "Z" if "zonder" in words else "P"
    kind = _KINDS[part.kind]
    if kind and letter in "NPZ":
        return kind + ("" if letter == "P" else "n")
    return letter


def _negates(word: str) -> bool:
    return word in WORDS.negations or word.startswith("niet-")


def _shape(letters: Sequence[str]) -> Iterator[str]:
    """The order of what the parts do: "PN" says what is wanted and then what is not."""
    shape = re.sub(r"(.n?)\1+", r"\1", "".join(letters))
    yield f"shape:{shape[:_MOST_LETTERS]}"
    if letters:
        yield f"opens:{letters[0]}"
        yield f"ends:{letters[-1]}"
    if len(letters) > 1:
        yield f"opens:{letters[0]}{letters[1]}"


def _of_part(row: Row, part: Part) -> Iterator[str]:
    words = row.forms[part.start : part.end]
    core = next((i for i in range(part.start, part.end) if row.forms[i] not in WORDS.fillers), part.end)
    denials = [i for i in range(part.start, part.end) if _negates(row.forms[i])]
    for i in denials:
        yield from _of_denial(row, part, i, core)
    if "zonder" in words:
        yield f"without:{part.kind}"
        yield "without:first" if core < part.end and row.forms[core] == "zonder" else "without:later"
    if part.kind == "main":
        empty = WORDS.fillers.issuperset(words)
        if not WORDS.noes.isdisjoint(words):
            yield f"no:{'alone' if empty else 'within'}"
    if part.kind in ("main", "complement") and not denials:
        for word in words:
            if word in REFUSING:
                yield f"refuses:{REFUSING[word]}"


def _of_denial(row: Row, part: Part, i: int, core: int) -> Iterator[str]:
    """What stands around the denial at word `i`; `core` is the first word of the part that is no filler."""
    name = "not" if part.kind == "main" else f"not in {part.kind}"
    behind = row.forms[i + 1 : part.end]
    yield name
    yield f"{name}:{row.forms[i]}"
    if i <= core:
        yield f"{name}:first"
    if not behind:
        yield f"{name}:last"
    else:
        yield f"{name}>{behind[0]}"
        yield f"{name}>{row.lemmas[i + 1]}"
    if i > part.start:
        yield f"{name}<{row.forms[i - 1]}"
    yield from (f"{name}..{word}" for word in ("meer", "weer", "zonder", "voordat") if word in behind)
    if not DENIAL_WORDS.unwanted.isdisjoint(behind[:_NEAR]):
        yield f"{name}..unwanted"
    if not DENIAL_WORDS.undoing.isdisjoint(row.forms[max(part.start, i - 3) : i] + behind[:_NEAR]):
        yield f"{name}..undoing"
    yield from _of_verb(row, part, i, name)


def _of_verb(row: Row, part: Part, i: int, name: str) -> Iterator[str]:
    """The verb that a denial goes with, and who does it: "ik wil", "hij kan"."""
    verbs = [j for j in range(part.start, part.end) if row.forms[j] in VERBS or row.finite[j]]
    if not verbs:
        yield f"{name}+no verb"
        return
    nearest = min(verbs, key=lambda j: abs(j - i))
    verb = VERBS.get(row.forms[nearest], "other")
    yield f"{name}+{verb}"
    around = row.forms[max(part.start, nearest - 1) : min(part.end, nearest + 2)]
    subject = next((SUBJECTS[word] for word in around if word in SUBJECTS), None)
    if subject:
        yield f"{name}+{subject}+{verb}"
    yield from (f"{name}~{VERBS[row.forms[j]]}" for j in verbs if row.forms[j] in VERBS)


def _how_it_goes_on(row: Row, part: Part) -> str:
    """How a part begins that follows a denial: with what is wanted instead, or with why."""
    first = row.forms[part.start]
    if "wel" in row.forms[part.start : part.end]:
        return "wel"
    if first in ("gewoon", "alleen", "liever", "eerst", "dan", "maar"):
        return first
    if first in SUBJECTS:
        return "subject"
    return "verb" if any(row.finite[part.start : part.end]) else "no verb"


def _behind_a_condition(row: Row, parts: Sequence[Part]) -> Iterator[str]:
    """How a denial goes beside a condition: "als hij ligt aan een machine dan niet"."""
    yield "if, not"
    for part in parts:
        if part.kind != "main" or not any(map(_negates, row.forms[part.start : part.end])):
            continue
        verbs = {VERBS[word] for word in row.forms[part.start : part.end] if word in VERBS}
        yield from (f"if, not+{verb}" for verb in sorted(verbs)) if verbs else ("if, not+no verb",)
        if _negates(row.forms[part.end - 1]):
            yield "if, not:last"
