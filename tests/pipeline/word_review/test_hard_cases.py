"""What people, programs and attackers do to a document that no list of edits foresees."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from benchmarks.roundtrip.edits import NOTHING_SAID
from benchmarks.roundtrip.judge import base
from benchmarks.roundtrip.word import VML, WordFile, q
from pipeline.dossier import Dossier
from pipeline.plan import assemble
from pipeline.render import render_docx
from pipeline.word_review.comparison import STILL, STRUCK_ALREADY, THINGS, TOO_LONG
from pipeline.word_review.errors import ReviewError
from pipeline.word_review.reading import read_document
from pipeline.word_review.remarks import GONE, LONG
from pipeline.word_review.review import NOT_KNOWN, OTHER_TEXT, Review, review

HOND, BED, ZEE, REANIMATIE, BIDDEN = (
    base().dossier.findings.statements[index].id for index in (0, 2, 3, 4, 9)
)
By = Callable[[WordFile], object]


def edited(*steps: tuple[str, ...] | By, of: bytes | None = None) -> bytes:
    file = WordFile(of or base().docx)
    for step in steps:
        if callable(step):
            step(file)
        else:
            file.take(step)
    return file.save()


def read(data: bytes, dossier: Dossier | None = None) -> Review:
    return review(read_document(data), dossier or base().dossier, base().template)


def drawn(dossier: Dossier) -> bytes:
    plan = assemble(dossier.conversation, dossier.findings, base().template, dossier.corrections)
    return render_docx(plan, base().template)


def kinds(found: Review) -> list[tuple[str, str, str]]:
    return [(one.kind, one.target, one.after) for one in found.corrections]


def reasons(found: Review) -> list[str]:
    return [one.why for one in found.queue]


def lines(data: bytes) -> str:
    return "\n".join(item.now for item in read_document(data).items)


def row_of(file: WordFile, name: str) -> Any:
    return next(file.slot(name)[0].iterancestors(q("tr")))


# -- tables


def table_as_text(file: WordFile) -> None:
    table = next(row_of(file, BED).iterancestors(q("tbl")))
    for row in table.findall(q("tr")):
        line = etree.Element(q("p"))
        for cell in row.findall(q("tc")):
            if len(line):
                line.append(etree.fromstring(f'<w:r xmlns:w="{q("")[1:-1]}"><w:tab/></w:r>'))
            line.extend([each for each in cell.findall(f"{q('p')}/*") if each.tag != q("pPr")])
        table.addprevious(line)
    table.getparent().remove(table)


def cells_side_by_side_as_one(file: WordFile) -> None:
    row = row_of(file, BED)
    first, second = row.findall(q("tc"))[1:3]
    first.extend(second.findall(q("p")))
    row.remove(second)


def cells_above_each_other_as_one(file: WordFile) -> None:
    upper, lower = (row_of(file, name).findall(q("tc"))[2] for name in (HOND, ZEE))
    upper.extend(lower.findall(q("p")))
    etree.SubElement(lower, q("p"))


def sorted_backwards(file: WordFile) -> None:
    table = next(row_of(file, HOND).iterancestors(q("tbl")))
    for row in reversed(table.findall(q("tr"))[1:]):
        table.append(row)


@pytest.mark.parametrize("way", [table_as_text, cells_side_by_side_as_one])
def test_another_form_of_a_table_changes_nothing(way: By):
    assert read(edited(way)).dossier == base().dossier


def test_a_statement_whose_cell_was_merged_into_another_is_not_struck_out():
    found = read(edited(cells_above_each_other_as_one))
    assert found.corrections == ()
    assert STILL in reasons(found)


def test_sorted_rows_are_told_and_change_no_statement():
    found = read(edited(sorted_backwards))
    assert (found.corrections, len(found.queue)) == ((), 1)


def test_words_that_only_quote_a_struck_statement_are_not_that_statement():
    words = "De dominee zei dat bidden geeft ons rust voor haar betekent dat hij elke week komt"
    found = read(edited(("remove", f"@{BIDDEN}"), ("paragraph", "Scenario’s", words)))
    assert kinds(found) == [("add", "scenarios", words)]
    assert reasons(found) == [STILL]


def test_swapped_names_do_not_swap_statements():
    def swap(file: WordFile) -> None:
        names = {HOND: ZEE, ZEE: HOND}
        for mark in file.root.iter(q("bookmarkStart"), q("tag")):
            key = q("name") if mark.tag == q("bookmarkStart") else q("val")
            mark.set(key, names.get(mark.get(key), mark.get(key)))

    steps = (("replace", f"#{HOND}/hond", "poes"), ("replace", f"#{ZEE}/zee", "bos"))
    found = read(edited(*steps, swap))
    assert {(one.target, one.after.split()[-1]) for one in found.corrections} == {
        (HOND, "poes"),
        (ZEE, "gaan"),
    }


# -- paragraphs


def added_twice() -> tuple[Dossier, list[str]]:
    """A record with two paragraphs of a reader under one heading."""
    steps = [
        ("paragraph", "Toekomstverwachting", f"{which} zin. Nog een zin.") for which in ("Tweede", "Eerste")
    ]
    found = read(edited(*steps))
    return found.dossier, [one.id for one in found.corrections]


def test_a_paragraph_that_was_parted_in_two_has_not_changed():
    dossier, [first, _] = added_twice()

    def part(file: WordFile) -> None:
        run = file.cut(file.slot(first), 0, len("Eerste zin."))[-1]
        top = next(each for each in (run, *run.iterancestors()) if each.getparent().tag == q("p"))
        second = etree.Element(q("p"))
        second.extend([*run.itersiblings()] if run is not top else [])
        second.extend([*top.itersiblings(q("r"))])
        top.getparent().addnext(second)

    document = edited(part, of=drawn(dossier))
    assert lines(document) != lines(drawn(dossier))
    assert read(document, dossier).dossier == dossier


def test_two_paragraphs_that_became_one_strike_nothing_out():
    dossier, names = added_twice()

    def join(file: WordFile) -> None:
        first, second = (next(file.slot(name)[0].iterancestors(q("p"))) for name in names)
        first.extend([each for each in second if each.tag != q("pPr")])
        second.getparent().remove(second)

    found = read(edited(join, of=drawn(dossier)), dossier)
    assert found.corrections == ()
    assert STILL in reasons(found)


def test_words_struck_through_or_hidden_are_told():
    def cross(file: WordFile) -> None:
        for run, mark in zip(
            file.runs(f"#{REANIMATIE}") + file.runs(f"#{BED}"), ("strike", "vanish"), strict=True
        ):
            form = etree.Element(q("rPr"))
            etree.SubElement(form, q(mark))
            run.insert(0, form)

    found = read(edited(cross))
    assert found.corrections == ()
    assert [(one.why, one.after) for one in found.queue] == [
        (THINGS["struck"], "wij willen dat ze thuis in haar eigen bed slaapt"),
        (THINGS["struck"], "we willen geen reanimatie als het hart stopt"),
    ]


def test_a_text_box_on_top_of_the_page_is_told():
    def stamp(file: WordFile) -> None:
        name = next(name for name in sorted(file.parts) if name.startswith("word/header"))
        box = f'<v:shape xmlns:v="{VML}"><v:textbox><w:txbxContent><w:p><w:r><w:t>Geen IC</w:t></w:r></w:p>'
        run = f"<w:p><w:r><w:pict>{box}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p></w:hdr>"
        file.parts[name] = file.parts[name].replace(b"</w:hdr>", run.encode())

    [told] = read(edited(stamp)).queue
    assert "Geen IC" in told.after


# -- comments


def without_names(file: WordFile) -> None:
    """As Word saves it with "remove personal information"."""
    comments: Any = etree.fromstring(file.parts["word/comments.xml"])
    for comment in comments:
        comment.set(q("author"), "Auteur")
        comment.attrib.pop(q("date"), None)
    file.parts["word/comments.xml"] = etree.tostring(comments)


def remarked(*steps: tuple[str, ...]) -> Dossier:
    return read(edited(*steps)).dossier


def test_a_document_without_names_has_no_remarks_of_its_own():
    dossier = remarked(("comment", f"#{ZEE}", "Akkoord"))
    document = edited(without_names, ("strip", "properties"), of=drawn(dossier))
    assert read(document, dossier).dossier == dossier


def test_the_same_remark_once_more_elsewhere_is_a_remark_there():
    dossier = remarked(("comment", f"#{ZEE}", "Akkoord"))

    def new_first(file: WordFile) -> None:
        comments: Any = etree.fromstring(file.parts["word/comments.xml"])
        comments.insert(0, comments[-1])
        file.parts["word/comments.xml"] = etree.tostring(comments)

    document = edited(("comment", f"#{BED}", "Akkoord"), new_first, of=drawn(dossier))
    assert kinds(read(document, dossier)) == [("remark", BED, "Akkoord")]


def test_a_remark_of_a_reader_that_was_deleted_is_told():
    dossier = remarked(("comment", f"#{ZEE}", "Akkoord"))
    found = read(edited(("uncomment", "Akkoord"), of=drawn(dossier)), dossier)
    assert [(one.why, one.before) for one in found.queue] == [(GONE, "Akkoord")]


def test_two_comments_of_one_number_are_both_read():
    def same_number(file: WordFile) -> None:
        comments: Any = etree.fromstring(file.parts["word/comments.xml"])
        comments[-1].set(q("id"), comments[0].get(q("id")))
        file.parts["word/comments.xml"] = etree.tostring(comments)

    found = read(edited(("comment", f"#{BED}", "Van wie is dit?"), same_number))
    assert [one.after for one in (*found.corrections, *found.queue)] == ["Van wie is dit?"]


def test_a_remark_on_the_list_of_struck_statements_stays_when_the_list_is_empty():
    first = read(edited(("remove", f"@{BIDDEN}")))
    second = read(
        edited(("comment", "Geschrapt bij beoordeling", "Waarom?"), of=drawn(first.dossier)), first.dossier
    )
    back = ("replace", f"#{BIDDEN}/rust", "steun")
    third = read(edited(back, of=drawn(second.dossier)), second.dossier)
    assert "Waarom?" in lines(drawn(third.dossier))
    assert read(drawn(third.dossier), third.dossier).dossier == third.dossier


# -- corrections of corrections


def test_what_a_reader_wrote_and_another_changed_was_written_and_not_said():
    first = read(edited(("paragraph", "Scenario’s", "Eerst bellen.")))
    added = first.corrections[0].id
    second = read(edited(("replace", f"#{added}/Eerst", "Direct"), of=drawn(first.dossier)), first.dossier)
    shown = lines(drawn(second.dossier))
    assert "eerder geschreven: “Eerst bellen.”" in shown
    assert "gezegd: “Eerst bellen.”" not in shown


def test_a_statement_is_struck_out_once():
    first = read(edited(("remove", f"@{BIDDEN}")))
    second = read(edited(("remove", f"@{BIDDEN}"), of=drawn(first.dossier)), first.dossier)
    assert (kinds(second), reasons(second)) == ([], [STRUCK_ALREADY])


# -- other programs


def by_another_program(file: WordFile) -> None:
    """No names, controls or properties, other styles, and the table of contents made into text."""
    page = 0
    for style in list(file.root.iter(q("pStyle"))):
        paragraph = next(style.iterancestors(q("p")))
        if style.get(q("val")) == "TOC1":
            page += 1
            for run in list(paragraph.iter(q("r"))):
                if run.find(q("fldChar")) is not None or run.find(q("instrText")) is not None:
                    run.getparent().remove(run)
            paragraph.append(file.run(str(page)))
        style.set(q("val"), f"Stijl{page}")
    for what in ("sdt", "bookmarks", "properties"):
        file.take(("strip", what))


def test_an_unedited_document_of_another_program_gives_nothing():
    assert read(edited(by_another_program)).dossier == base().dossier


def test_a_plan_pasted_into_a_new_document_is_known_by_its_text():
    def bare(file: WordFile) -> None:
        for name in file.parts:
            if name.startswith(("word/header", "word/footer")):
                file.parts[name] = f'<w:hdr xmlns:w="{q("")[1:-1]}"/>'.encode()

    found = read(edited(("replace", f"#{BED}/haar", "hun"), by_another_program, bare))
    assert [one.target for one in found.corrections] == [BED]
    assert len(found.queue) == 1


# -- attacks


def test_a_document_with_the_text_of_another_is_refused():
    def other(file: WordFile) -> None:
        for text in file.texts():
            text.text = f"{text.text} x"

    with pytest.raises(ReviewError) as refused:
        read(edited(other))
    assert str(refused.value) == OTHER_TEXT


def test_a_forged_fingerprint_is_refused():
    def forge(file: WordFile) -> None:
        name = "docProps/custom.xml"
        file.parts[name] = file.parts[name].replace(base().plan.fingerprint.encode(), b"deadbeef")

    with pytest.raises(ReviewError) as refused:
        read(edited(forge))
    assert str(refused.value) == NOT_KNOWN


def test_names_of_other_statements_give_new_words_to_none_of_them():
    def pasted(file: WordFile) -> None:
        for number, name in enumerate((BED, ZEE)):
            mark = f'<w:bookmarkStart w:id="99{number}" w:name="{name}"/>'
            line = f'<w:p xmlns:w="{q("")[1:-1]}">{mark}<w:r><w:t>Iets anders</w:t></w:r></w:p>'
            file.root[0].insert(60, etree.fromstring(line))

    assert {one.kind for one in read(edited(pasted)).corrections} == {"add"}


def test_a_book_in_the_place_of_a_statement_or_remark_stands_in_the_queue():
    book = "woord " * 200_000

    def fill(file: WordFile) -> None:
        file.put(file.slot(BED)[0], book)

    found = read(edited(fill, ("comment", f"#{ZEE}", book)))
    assert found.corrections == ()
    assert reasons(found) == [TOO_LONG, LONG]
    assert all(len(one.after) > len(book) - 10 for one in found.queue)


def test_a_document_without_end_is_refused():
    body = "<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 20_001
    file = WordFile(base().docx)
    file.root = etree.fromstring(f'<w:document xmlns:w="{q("")[1:-1]}"><w:body>{body}</w:body></w:document>')
    with pytest.raises(ReviewError, match="langer dan een zorgplan"):
        read(file.save())


def test_a_table_of_contents_without_end_is_refused():
    """All that follows would pass for it, and every statement for struck out."""

    def cut(file: WordFile) -> None:
        lines = [each for each in file.root.iter(q("pStyle")) if each.get(q("val")) == "TOC1"]
        last = next(lines[-1].iterancestors(q("p")))
        last.getparent().remove(last)

    with pytest.raises(ReviewError, match="beschadigd"):
        read(edited(cut))


def test_a_zip_bomb_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("word/document.xml", b" " * 30_000_000)
    with pytest.raises(ValueError, match="uitpakken"):
        read_document(out.getvalue())


def test_paragraphs_in_the_place_of_an_empty_line_are_statements_of_that_heading():
    def instead(file: WordFile) -> None:
        line = next(
            each
            for each in file.root.iter(q("p"))
            if "".join(text.text or "" for text in each.iter(q("t"))) == NOTHING_SAID
        )
        for words in ("De sleutel ligt bij de buren.", "Bel daarna opa."):
            new = etree.SubElement(etree.Element(q("body")), q("p"))
            etree.SubElement(etree.SubElement(new, q("r")), q("t")).text = words
            line.addprevious(new)
        line.getparent().remove(line)

    found = read(edited(instead))
    assert kinds(found) == [
        ("add", "veiligheid", "De sleutel ligt bij de buren."),
        ("add", "veiligheid", "Bel daarna opa."),
    ]
    assert found.queue == ()
