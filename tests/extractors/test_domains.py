import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

import extractors.concepts
import extractors.domains  # noqa: F401  both register their components
from extractors.concepts import Concept, load_lexicon
from extractors.domains import (
    DOMAINS,
    FALLBACK,
    Evidence,
    evened,
    load_scales,
    named_domains,
    points_of,
    rank_domains,
    remember,
    weigh_domains,
)
from extractors.schema import CATEGORIES, Category, Turn
from extractors.statements import STATEMENTS


def concepts(*ids: str) -> tuple[Concept, ...]:
    return tuple(load_lexicon()[name] for name in ids)


@pytest.fixture(scope="module")
def dutch() -> Language:
    nlp = spacy.blank("nl")
    nlp.add_pipe("izp_concepts")
    nlp.add_pipe("izp_domains")
    return nlp


def turn_of(
    nlp: Language,
    text: str,
    *quotes: str,
    category: Category = "preference",
    previous: Doc | None = None,
    section: tuple[str, ...] = (),
) -> Doc:
    """A turn with the given quotes as its statements, taken through the pipeline."""
    doc = nlp.make_doc(text)
    doc._.izp_turn = Turn(index=0, text=text, start=0, end=len(text), section=section)
    doc._.izp_previous = previous
    spans = []
    for quote in quotes:
        start = text.index(quote)
        span = doc.char_span(start, start + len(quote))
        assert span is not None
        span._.izp_category = category
        spans.append(span)
    doc.spans[STATEMENTS] = spans
    return nlp(doc)


def statement(doc: Doc, position: int = 0) -> Span:
    return doc.spans[STATEMENTS][position]


@pytest.mark.parametrize(
    ("ids", "domain"),
    [
        (("intensive_care",), "fysiek"),
        (("fear",), "psychologisch"),
        (("siblings",), "sociaal"),
        (("prayer_worship",), "spiritueel"),
        (("school",), "pedagogisch"),
        (("call_contact",), "veiligheid"),
    ],
)
def test_a_clear_concept_decides(ids: tuple[str, ...], domain: str) -> None:
    assert rank_domains(Evidence(statement=concepts(*ids)))[0] == domain


def test_a_weak_concept_yields_to_a_clear_one() -> None:
    assert (
        rank_domains(Evidence(statement=concepts("mother", "nights_cover", "euthanasia")))[0] == "spiritueel"
    )


def test_the_statement_outweighs_what_was_said_around_it() -> None:
    evidence = Evidence(
        statement=concepts("school"), turn=concepts("pain"), turn_before=concepts("pain", "medication")
    )
    assert rank_domains(evidence)[0] == "pedagogisch"


def test_an_answer_without_a_concept_takes_the_domain_of_its_question() -> None:
    assert rank_domains(Evidence(question=concepts("religion"), category="value"))[0] == "spiritueel"


def test_what_was_talked_about_lately_decides_where_nothing_else_tells() -> None:
    lately = remember({}, Evidence(statement=concepts("school", "classmates")))
    assert rank_domains(Evidence(lately=lately))[0] == "pedagogisch"


def test_what_was_talked_about_lately_fades() -> None:
    lately = remember({}, Evidence(statement=concepts("school")))
    later = remember(lately, Evidence())
    assert 0 < later["pedagogisch"] < lately["pedagogisch"]


def test_a_heading_that_names_a_domain_decides_over_weak_words() -> None:
    evidence = Evidence(statement=concepts("mother"), headings=("Spiritueel",), category="value")
    assert rank_domains(evidence)[0] == "spiritueel"


def test_an_agreement_without_concepts_is_about_safety() -> None:
    assert rank_domains(Evidence(category="agreement"))[0] == "veiligheid"


@pytest.mark.parametrize("category", [None, *CATEGORIES])
def test_there_is_always_a_domain_and_never_more_than_three(category: Category | None) -> None:
    everything = tuple(load_lexicon().values())
    for evidence in (Evidence(category=category), Evidence(statement=everything, category=category)):
        assert 1 <= len(rank_domains(evidence)) <= 3


def test_the_domains_stand_in_order_of_weight() -> None:
    evidence = Evidence(statement=concepts("school", "classmates", "friends"))
    weights = weigh_domains(evidence)
    ranked = rank_domains(evidence)
    assert list(ranked) == sorted(ranked, key=lambda domain: -weights[domain])
    assert weights[ranked[0]] == max(weights.values())


def test_a_second_domain_is_named_only_when_it_comes_near() -> None:
    both = rank_domains(Evidence(statement=concepts("school", "friends")))
    assert set(both) == {"pedagogisch", "sociaal"}
    assert rank_domains(Evidence(statement=concepts("intensive_care"))) == ("fysiek",)


def test_a_concept_named_twice_counts_once() -> None:
    assert points_of(concepts("fear", "fear")) == points_of(concepts("fear"))


def test_evened_points_stay_under_one() -> None:
    assert sum(evened(points_of(tuple(load_lexicon().values()))).values()) < 1


@pytest.mark.parametrize(
    ("heading", "domain"),
    [("Sociaal", "sociaal"), ("3. Psychologisch domein", "psychologisch"), ("Medisch, kort", "fysiek")],
)
def test_headings_name_domains(heading: str, domain: str) -> None:
    assert named_domains([heading]) == (domain,)


def test_the_scales_know_every_domain_and_category() -> None:
    scales = load_scales()
    assert set(scales.headings) == set(DOMAINS)
    assert set(scales.categories) == set(CATEGORIES)


def test_the_component_reads_the_concepts_of_the_statement(dutch: Language) -> None:
    text = "Hij wil niet meer naar de IC. Wel weer naar school met zijn klas."
    doc = turn_of(dutch, text, "niet meer naar de IC", "naar school met zijn klas")
    assert statement(doc, 0)._.izp_domains[0] == "fysiek"
    assert statement(doc, 1)._.izp_domains[0] == "pedagogisch"


def test_the_component_reads_the_question(dutch: Language) -> None:
    asked = turn_of(dutch, "Geloven jullie ergens in?")
    answer = turn_of(dutch, "Ja, heel erg.", "heel erg", category="value")
    statement(answer)._.izp_question = asked[:]
    answer = dutch.get_pipe("izp_domains")(answer)
    assert statement(answer)._.izp_domains[0] == "spiritueel"


def test_the_component_reads_the_rest_of_the_turn(dutch: Language) -> None:
    doc = turn_of(dutch, "Die morfine, dat hoeft van mij niet.", "dat hoeft van mij niet")
    assert statement(doc)._.izp_domains[0] == "fysiek"


def test_the_component_reads_what_was_said_in_turns_before(dutch: Language) -> None:
    before = turn_of(dutch, "Wij bidden samen en branden een kaarsje.", "Wij bidden samen", category="value")
    doc = turn_of(dutch, "Elke dag weer.", "Elke dag weer", category="value", previous=before)
    assert statement(doc)._.izp_domains[0] == "spiritueel"


def test_the_component_reads_the_headings(dutch: Language) -> None:
    doc = turn_of(dutch, "Gaat zo wel.", "Gaat zo wel", category="goal", section=("School en opvang",))
    named = turn_of(dutch, "Gaat zo wel.", "Gaat zo wel", category="concern", section=("Pedagogisch",))
    assert statement(doc)._.izp_domains[0] == "pedagogisch"
    assert statement(named)._.izp_domains[0] == "pedagogisch"


def test_a_guess_from_the_surroundings_says_so(dutch: Language) -> None:
    doc = turn_of(dutch, "Dat wil ik niet. Geen sonde meer.", "Dat wil ik niet", "Geen sonde meer")
    assert FALLBACK in statement(doc, 0)._.izp_because
    assert FALLBACK not in statement(doc, 1)._.izp_because


def test_a_guess_keeps_the_reasons_that_were_there(dutch: Language) -> None:
    doc = turn_of(dutch, "Dat wil ik niet.")
    span = doc[:4]
    span._.izp_because = ("wish.want",)
    doc.spans[STATEMENTS] = [span]
    dutch.get_pipe("izp_domains")(doc)
    assert span._.izp_because == ("wish.want", FALLBACK)
