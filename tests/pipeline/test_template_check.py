import shutil
from pathlib import Path

import pytest

from pipeline.template_check import check

SHIPPED = Path(__file__).parents[2] / "templates" / "izp"


@pytest.fixture
def template(tmp_path):
    """A copy of the shipped template, and a way to change a file of it."""
    folder = shutil.copytree(SHIPPED, tmp_path / "izp")

    def change(name, old, new):
        path = folder / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        return folder

    change.folder = folder
    return change


def line_of(name, words):
    """The line of the shipped file in which words first stand."""
    return (SHIPPED / name).read_text("utf-8").split(words)[0].count("\n") + 1


def test_the_shipped_template_is_right():
    assert check(SHIPPED) == []


def test_an_unknown_key_is_named_with_its_line(template):
    [mistake] = check(template("template.yaml", "title:", "kop: x\ntitle:"))
    assert (
        str(mistake)
        == f"template.yaml, regel {line_of('template.yaml', 'title:')}: De sleutel “kop” bestaat niet."
    )


def test_an_unknown_kind_of_chapter_is_named_with_its_line_and_the_kinds_there_are(template):
    [mistake, *_] = check(template("template.yaml", "shows: voices", "shows: stemmen"))
    assert mistake.line == line_of("template.yaml", "shows: voices")
    assert "voices" in mistake.sentence


def test_a_topic_that_no_statement_can_have_is_named_with_its_line(template):
    [mistake] = check(template("template.yaml", "{topics: [resuscitation]}", "{topics: [reanimatie]}"))
    assert mistake.line == line_of("template.yaml", "{topics: [resuscitation]}")
    assert "“reanimatie”" in mistake.sentence


def test_a_template_from_which_statements_would_fall_out_is_refused(template):
    [mistake, *_] = check(
        template("template.yaml", "takes: [{domains: [sociaal]}]", "takes: [{domains: [fysiek]}]")
    )
    assert "“sociaal”" in mistake.sentence


def test_yaml_that_cannot_be_read_is_named_with_its_line(template):
    [mistake] = check(template("template.yaml", "title:", "title: [\ntitle:"))
    assert mistake.sentence.startswith("Dit is geen goede YAML")
    assert mistake.line is not None


def test_an_undefined_variable_is_named_with_its_line(template):
    [mistake] = check(template("plan.md.j2", "{{ plan.title }}", "{{ plan.titel }}"))
    assert mistake.file == "plan.md.j2"
    assert mistake.line == line_of("plan.md.j2", "{{ plan.title }}")


def test_a_style_that_word_and_the_pdf_lack_is_named_with_its_line(template):
    word, pdf = check(template("plan.md.j2", "::: titel", "::: bovenschrift"))
    assert (word.line, pdf.line) == (line_of("plan.md.j2", "::: titel"),) * 2
    assert word.sentence == "De stijl “IZP-bovenschrift” ontbreekt in reference.docx."
    assert pdf.sentence == "De functie “izp-bovenschrift” ontbreekt in plan.typ."


@pytest.mark.parametrize("name", ["template.yaml", "plan.md.j2", "plan.typ", "layout.lua", "reference.docx"])
def test_a_missing_file_is_named(template, name):
    (template.folder / name).unlink()
    assert any(mistake.file == name and mistake.line is None for mistake in check(template.folder))


def test_a_reference_document_that_is_no_document_is_named(template):
    (template.folder / "reference.docx").write_bytes(b"geen zip")
    assert [mistake.file for mistake in check(template.folder)] == ["reference.docx"]


def test_a_folder_that_is_not_there_is_no_template(tmp_path):
    assert check(tmp_path / "weg")
