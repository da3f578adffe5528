from pathlib import Path

import pytest
import yaml

from extractors.concepts import limit_concepts, load_lexicon
from extractors.schema import Statement
from pipeline.template import ChapterTemplate, Rule, SectionTemplate, TemplateError, load_template

TEMPLATE = Path(__file__).parents[2] / "templates" / "izp"


@pytest.fixture
def shipped():
    return yaml.safe_load((TEMPLATE / "template.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def load(tmp_path):
    def load(data):
        (tmp_path / "template.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
        return load_template(tmp_path)

    return load


@pytest.fixture
def statement():
    def statement(**given):
        fields = {"id": "s1", "quote": "q", "turn": 0, "start": 0, "end": 1, "perspective": "child"}
        return Statement(**{**fields, "category": "value", "domains": ("fysiek",), **given})

    return statement


def test_the_shipped_template_has_the_chapters_of_the_izp_in_order():
    template = load_template(TEMPLATE)
    assert (template.name, template.language) == ("izp", "nl-NL")
    assert [chapter.heading for chapter in template.chapters] == [
        "In geval van nood",
        "Gegevens zorgplan",
        "Kind en gezin",
        "Gezag en wie beslist",
        "Zorgteam en bereikbaarheid",
        "Waarden, doelen en voorkeuren",
        "De zes domeinen",
        "Zorg en behandeling",
        "Medische situatie",
        "Behandelgrenzen",
        None,
        "Levenseindezorg",
        "Werkafspraken",
        "Actiepunten",
        "Nog te bespreken",
        "Nog op te lossen",
        "Nog te beoordelen",
        "Geschrapt bij beoordeling",
        "Dekking van de domeinen",
        "Bronverwijzing",
        "Delen en toestemming",
    ]


def test_every_treatment_with_limits_in_the_lexicon_has_a_row():
    template = load_template(TEMPLATE)
    rows = next(chapter for chapter in template.chapters if chapter.shows == "limits").sections
    taken = {topic for row in rows for rule in row.takes for topic in rule.topics}
    assert limit_concepts() <= taken


def test_an_unknown_key_is_refused(shipped, load):
    shipped["kleur"] = "blauw"
    with pytest.raises(TemplateError, match="kleur"):
        load(shipped)


def test_an_unknown_category_is_refused(shipped, load):
    next(part for part in shipped["chapters"] if "sections" in part)["sections"][0]["takes"] = [
        {"categories": ["wens"]}
    ]
    with pytest.raises(TemplateError, match="categories"):
        load(shipped)


def test_an_id_used_twice_is_refused(shipped, load):
    shipped["chapters"][1]["id"] = "zorgteam"
    with pytest.raises(TemplateError, match="twee keer voor: zorgteam"):
        load(shipped)


def test_a_template_that_leaves_statements_out_is_refused(shipped, load):
    domains = next(chapter for chapter in shipped["chapters"] if chapter["id"] == "domeinen")
    domains["sections"] = [section for section in domains["sections"] if section["id"] != "sociaal"]
    with pytest.raises(TemplateError, match="“value” in het domein “sociaal”"):
        load(shipped)


def test_a_chapter_that_narrows_what_it_prints_is_no_rest(shipped, load):
    domains = next(chapter for chapter in shipped["chapters"] if chapter["id"] == "domeinen")
    domains["only"] = [{"categories": ["goal"]}]
    with pytest.raises(TemplateError, match="“value” in het domein “fysiek”"):
        load(shipped)


def test_only_a_chapter_with_statements_prints_the_rest(shipped, load):
    domains = next(chapter for chapter in shipped["chapters"] if chapter["id"] == "domeinen")
    domains["shows"] = "voices"
    with pytest.raises(TemplateError, match="Hoofdstuk “domeinen”: “rest” kan"):
        load(shipped)


def test_no_chapter_without_statements_keeps_one_from_falling_out(shipped, load):
    domains = next(chapter for chapter in shipped["chapters"] if chapter["id"] == "domeinen")
    domains |= {"shows": "voices", "rest": False}
    with pytest.raises(TemplateError, match="“value” in het domein “fysiek” voluit"):
        load(shipped)


def test_a_template_without_a_place_for_what_is_to_be_reviewed_is_refused(shipped, load):
    shipped["chapters"] = [part for part in shipped["chapters"] if part["shows"] != "to_review"]
    with pytest.raises(TemplateError, match="nog te beoordelen zijn"):
        load(shipped)


def test_two_sections_for_what_is_left_do_not_leave_it_to_each_other(statement):
    rule = {"takes": [Rule(categories=("value",))], "otherwise": True}
    parts = (SectionTemplate(id="een", **rule), SectionTemplate(id="twee", **rule))
    chapter = ChapterTemplate(id="rest", heading="Rest", shows="limits", sections=parts)
    assert all(chapter.takes(part, statement(category="value"), ()) for part in parts)


def test_a_missing_label_is_refused(shipped, load):
    del shipped["labels"]["categories"]["goal"]
    with pytest.raises(TemplateError, match="“categories” ontbreekt het woord voor goal"):
        load(shipped)


@pytest.mark.parametrize("content", ["", "- een lijst", "a: [", "chapters: 3"])
def test_a_file_that_is_no_template_is_refused(tmp_path, content):
    (tmp_path / "template.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(TemplateError, match=r"template\.yaml"):
        load_template(tmp_path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(TemplateError, match="ontbreekt"):
        load_template(tmp_path)


def test_a_rule_asks_for_all_its_lists(statement):
    said = statement(category="goal", domains=("fysiek", "sociaal"), topics=("dialysis",))
    assert Rule(categories=("goal",), domains=("fysiek",), topics=("dialysis", "surgery")).takes(said, ())
    assert not Rule(categories=("value",), topics=("dialysis",)).takes(said, ())
    assert not Rule(topics=("dialysis",), flags=("treatment_limit",)).takes(said, ())
    assert Rule(flags=("treatment_limit",)).takes(said, ("treatment_limit",))


def test_a_rule_looks_at_the_first_domain_only(statement):
    said = statement(domains=("fysiek", "sociaal"))
    assert Rule(domains=("fysiek",)).takes(said, ())
    assert not Rule(domains=("sociaal",)).takes(said, ())


def test_a_rule_can_ask_for_a_condition(statement):
    said = statement(category="preference", certainty="conditional")
    assert Rule(certainties=("conditional",)).takes(said, ())
    assert not Rule(certainties=("firm",)).takes(said, ())


def test_a_chapter_for_one_kind_of_conversation_keeps_nothing_from_falling_out(shipped, load):
    next(part for part in shipped["chapters"] if part["id"] == "domeinen")["kinds"] = ["pzp"]
    with pytest.raises(TemplateError, match="“value” in het domein “fysiek” voluit"):
        load(shipped)


def test_a_template_without_a_place_for_what_was_struck_out_is_refused(shipped, load):
    shipped["chapters"] = [part for part in shipped["chapters"] if part["shows"] != "rejected"]
    with pytest.raises(TemplateError, match="geschrapt zijn"):
        load(shipped)


def test_every_topic_of_the_template_is_in_the_lexicon():
    rules = [
        rule
        for chapter in load_template(TEMPLATE).chapters
        for part in chapter.sections
        for rule in (*part.takes, *part.beside)
    ]
    assert {topic for rule in rules for topic in rule.topics} <= set(load_lexicon())
