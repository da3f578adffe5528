import pytest

from extractors.evaluate import (
    AnnotatedFlag,
    Annotation,
    Case,
    Figures,
    Gold,
    Prediction,
    score,
    to_gold_shape,
)
from extractors.schema import Findings, Flag, Statement

TEXT = (
    "Moeder: wij willen graag samen thuis zijn\nSem: ik wil geen sonde meer\nArts: ik bel morgen de thuiszorg"
)
HOME = Annotation(
    id="s1",
    quote="wij willen graag samen thuis zijn",
    perspective="parent",
    speaker="Moeder",
    category="value",
    domains=("sociaal", "spiritueel"),
    polarity="affirmed",
    certainty="firm",
)
TUBE = Annotation(
    id="s2",
    quote="ik wil geen sonde meer",
    perspective="child",
    speaker="Sem",
    category="preference",
    domains=("fysiek",),
    polarity="negated",
    certainty="firm",
)
CALL = Annotation(
    id="s3",
    quote="ik bel morgen de thuiszorg",
    perspective="care_team",
    speaker="Arts",
    category="action_point",
    domains=("veiligheid",),
    polarity="affirmed",
    certainty="firm",
    owner="arts Anouk",
    due="2026-03-13",
)
ALL = (HOME, TUBE, CALL)


def gold(statements: tuple[Annotation, ...] = ALL, **fields: object) -> Gold:
    return Gold(
        source="sem.txt",
        kind="het_belangrijk",
        date=None,
        child="Sem",
        participants=(),
        statements=statements,
        **fields,
    )


def figures(annotated: Gold, *predicted: Annotation, text: str = TEXT, **fields: object) -> Figures:
    return score([Case("sem", annotated, text, Prediction(statements=predicted, **fields))])


def change(statement: Annotation, **fields: object) -> Annotation:
    return statement.model_copy(update=fields)


def test_the_annotation_itself_scores_one_everywhere():
    flags = (AnnotatedFlag(type="treatment_limit", statements=("s2",)),)
    annotated = gold(flags=flags, domains_not_discussed=("pedagogisch",))
    result = figures(annotated, *ALL, flags=flags, domains_not_discussed=("pedagogisch",)).model_dump()
    shares = [
        value for key, value in result.items() if key.endswith(("_f1", "_accuracy", "_precision", "_recall"))
    ]
    numbers = [value for value in shares if isinstance(value, float)]
    assert len(numbers) == 14
    assert set(numbers) == {1.0}
    assert result["not_verbatim"] == result["polarity_errors"] == result["missing_files"] == 0


def test_a_missed_statement_costs_recall_and_an_invented_one_precision():
    invented = change(HOME, id="x", quote="Arts")
    result = figures(gold(), HOME, TUBE, invented)
    assert (result.by_conversation[0].found, result.by_conversation[0].invented) == (2, 1)
    assert result.by_conversation[0].missed == 1
    assert result.detection_precision == result.detection_recall == result.detection_f1 == 2 / 3


@pytest.mark.parametrize(("quote", "found"), [("willen graag samen thuis", 1), ("thuis", 0)])
def test_quotes_that_share_most_of_their_words_are_one_statement(quote: str, found: int):
    assert figures(gold((HOME,)), change(HOME, quote=quote)).by_conversation[0].found == found


def test_of_two_quotes_the_one_that_shares_most_words_is_taken():
    part = change(HOME, id="a", quote="samen thuis zijn", category="goal")
    result = figures(gold((HOME,)), part, change(HOME, id="b"))
    assert result.category_accuracy == 1.0
    assert result.by_conversation[0].invented == 1


def test_an_optional_statement_is_neither_required_nor_wrong():
    annotated = gold((HOME, change(TUBE, optional=True)))
    assert figures(annotated, HOME).detection_f1 == 1.0
    assert figures(annotated, HOME, TUBE).detection_f1 == 1.0


def test_any_listed_domain_is_right_when_it_comes_first():
    annotated = gold((HOME,))
    assert figures(annotated, change(HOME, domains=("spiritueel", "fysiek"))).domain_accuracy == 1.0
    assert figures(annotated, change(HOME, domains=("fysiek", "sociaal"))).domain_accuracy == 0.0


def test_a_wrong_polarity_is_an_error_and_spoils_the_whole_statement():
    result = figures(gold((TUBE,)), change(TUBE, polarity="affirmed"))
    assert result.polarity_errors == 1
    assert result.detection_f1 == 1.0
    assert result.statement_f1 == 0.0


def test_a_wrong_category_counts_against_both_categories():
    result = figures(gold((HOME, TUBE)), HOME, change(TUBE, category="value"))
    assert result.category_accuracy == 0.5
    assert result.category_f1["value"] == 2 / 3
    assert result.category_f1["preference"] == 0.0


def test_an_unknown_perspective_is_not_right():
    assert figures(gold((TUBE,)), change(TUBE, perspective="unknown")).perspective_accuracy == 0.0


@pytest.mark.parametrize(("owner", "accuracy"), [("Anouk (kinderarts)", 1.0), ("moeder", 0.0), (None, 0.0)])
def test_an_owner_is_right_when_it_shares_a_word(owner: str | None, accuracy: float):
    assert figures(gold((CALL,)), change(CALL, owner=owner)).owner_accuracy == accuracy


def test_no_owner_is_right_where_nobody_is_named():
    nobody = change(CALL, owner=None)
    assert figures(gold((nobody,)), nobody).owner_accuracy == 1.0


def test_owner_and_due_are_asked_of_action_points_that_were_seen_as_such():
    assert figures(gold((CALL,)), change(CALL, category="goal")).owner_accuracy == 0.0


def test_a_quote_may_differ_from_the_source_in_line_breaks_and_curly_quotes_only():
    statement = change(HOME, quote="'t is samen thuis")
    assert figures(gold((statement,)), statement, text="Moeder: ’t is\n  samen thuis").not_verbatim == 0
    assert figures(gold((statement,)), statement, text="het is samen thuis").not_verbatim == 1


def test_a_conversation_without_prediction_has_found_nothing():
    result = score([Case("sem", gold(), TEXT, None)])
    assert result.missing_files == 1
    assert result.detection_recall == 0.0
    assert result.by_conversation[0].missed == 3


def test_a_flag_is_found_by_one_of_its_statements():
    wanted = (AnnotatedFlag(type="conflict", statements=("s1", "s2")),)
    said = (AnnotatedFlag(type="conflict", statements=("p2",)),)
    result = figures(gold(flags=wanted), HOME, change(TUBE, id="p2"), flags=said)
    assert result.flag_recall["conflict"] == result.flag_precision["conflict"] == 1.0
    assert result.flag_recall["tentative"] is None


def test_a_flag_on_another_statement_is_missed_and_invented():
    wanted = (AnnotatedFlag(type="conflict", statements=("s1",)),)
    said = (AnnotatedFlag(type="conflict", statements=("s2",)),)
    result = figures(gold(flags=wanted), *ALL, flags=said)
    assert result.flag_recall["conflict"] == result.flag_precision["conflict"] == 0.0
    assert result.flags_f1 == 0.0


def test_a_flag_about_the_whole_file_is_found_by_one_without_statements():
    flags = (AnnotatedFlag(type="unclear_speaker"),)
    assert figures(gold(flags=flags), *ALL, flags=flags).flag_recall["unclear_speaker"] == 1.0


def test_a_flag_on_optional_statements_alone_is_not_required():
    flags = (AnnotatedFlag(type="tentative", statements=("s2",)),)
    annotated = gold((HOME, change(TUBE, optional=True)), flags=flags)
    assert figures(annotated, HOME).flag_recall["tentative"] is None
    assert figures(annotated, HOME, TUBE, flags=flags).flag_recall["tentative"] == 1.0


def test_domains_not_discussed_are_compared_as_sets():
    annotated = gold(domains_not_discussed=("fysiek", "sociaal"))
    result = figures(annotated, *ALL, domains_not_discussed=("sociaal", "spiritueel"))
    assert result.domains_not_discussed_f1 == 0.5


def test_findings_take_the_shape_of_a_gold_file():
    statement = Statement(
        id="s1",
        quote="liever thuis",
        turn=0,
        start=0,
        end=12,
        perspective="unknown",
        perspective_reason="no_speaker",
        category="preference",
        domains=("sociaal",),
    )
    flag = Flag(type="unclear_speaker", statements=("s1",), turns=(0,), note="Van wie is dit?")
    shaped = to_gold_shape(Findings(conversation="c", statements=(statement,), flags=(flag,)))
    assert shaped.model_dump(mode="json") == {
        "statements": [
            {
                "id": "s1",
                "quote": "liever thuis",
                "perspective": "unknown",
                "speaker": None,
                "reported": False,
                "category": "preference",
                "domains": ["sociaal"],
                "polarity": "affirmed",
                "certainty": "firm",
                "owner": None,
                "due": None,
                "optional": False,
            }
        ],
        "flags": [{"type": "unclear_speaker", "statements": ["s1"], "note": "Van wie is dit?"}],
        "domains_not_discussed": ["fysiek", "psychologisch", "spiritueel", "pedagogisch", "veiligheid"],
    }
