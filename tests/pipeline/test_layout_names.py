from pathlib import Path

import pytest

from pipeline.layout_names import wrong_names
from pipeline.plan import Plan
from pipeline.render.layout import environment_of
from pipeline.template import Labels, load_template

TEMPLATE = load_template(Path(__file__).parents[2] / "templates" / "izp")


def wrong(layout):
    given = {"plan": Plan, "labels": Labels}
    return [
        (line, sentence)
        for line, sentence in wrong_names(layout, environment_of(TEMPLATE.directory), given, {"about": ""})
    ]


@pytest.mark.parametrize("name", ["plan.md.j2", "family.md.j2"])
def test_the_shipped_layouts_name_nothing_that_is_not_there(name):
    source = (TEMPLATE.directory / name).read_text("utf-8")
    given = {"plan": Plan, "labels": Labels}
    assert wrong_names(source, environment_of(TEMPLATE.directory), given, TEMPLATE.texts) == []


def test_a_variable_that_is_not_there_is_named_with_its_line():
    assert wrong("{{ plan.title }}\n{{ plam.title }}") == [(2, "“plam” bestaat niet. Bedoelt u “plan”?")]


def test_an_attribute_that_is_not_there_is_named():
    assert wrong("{{ plan.titel }}") == [(1, "“titel” bestaat niet. Bedoelt u “title”?")]


def test_an_attribute_of_what_a_loop_goes_through_is_looked_up():
    layout = (
        "{% for c in plan.chapters %}{% for part in c.sections %}{{ part.hading }}{% endfor %}{% endfor %}"
    )
    assert wrong(layout) == [(1, "“hading” bestaat niet. Bedoelt u “heading”?")]


def test_a_macro_is_read_with_the_types_it_is_called_with():
    macro = "{% macro show(it) %}\n{{ it.headng }}\n{% endmacro %}"
    assert wrong(macro + "{% for c in plan.chapters %}{{ show(c) }}{% endfor %}") == [
        (2, "“headng” bestaat niet. Bedoelt u “heading”?")
    ]


def test_a_macro_that_another_macro_calls_is_read_with_its_types_too():
    layout = (
        "{% macro inner(it) %}{{ it.headng }}{% endmacro %}\n"
        "{% macro outer(it) %}{{ inner(it) }}{% endmacro %}"
        "{% for c in plan.chapters %}{{ outer(c) }}{% endfor %}"
    )
    assert [line for line, _ in wrong(layout)] == [1]


def test_a_macro_sees_what_the_layout_sets_outside_of_it():
    assert wrong("{% macro show() %}{{ firm }}{% endmacro %}{% set firm = 1 %}{{ show() }}") == []


def test_a_branch_that_is_not_taken_is_read_too():
    assert wrong("{% if false %}{{ plan.titel }}{% endif %}") == [
        (1, "“titel” bestaat niet. Bedoelt u “title”?")
    ]


def test_a_fixed_text_that_is_not_there_is_named():
    assert wrong("{{ text.abuot }}") == [(1, "“text.abuot” bestaat niet. Bedoelt u “text.about”?")]


def test_a_word_outside_a_closed_list_can_never_be_equal():
    layout = '{% for chapter in plan.chapters %}{% if chapter.shows == "limts" %}{% endif %}{% endfor %}'
    assert wrong(layout) == [(1, "“limts” bestaat niet. Bedoelt u “limits”?")]


def test_an_attribute_named_in_a_filter_is_looked_up():
    layout = '{% for c in plan.chapters | selectattr("shws", "equalto", "limits") %}{{ c }}{% endfor %}'
    assert wrong(layout) == [(1, "“shws” bestaat niet. Bedoelt u “shows”?")]


def test_a_filter_that_is_not_there_is_named():
    assert wrong("{{ plan.title | uppr }}") == [(1, "“uppr” bestaat niet. Bedoelt u “upper”?")]


def test_what_is_no_jinja_is_named_with_its_line():
    [(line, sentence)] = wrong("goed\n{% for %}")
    assert line == 2
    assert sentence.startswith("Hier klopt de Jinja2-code niet")


def test_what_cannot_be_known_is_let_be():
    assert wrong("{% set pair = [plan, 1] %}{{ pair[0].what }}") == []
