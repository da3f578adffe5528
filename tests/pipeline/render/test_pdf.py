"""What a reader finds in the PDF: whole words, numbered notes, contents, and tags for who cannot see it."""

import io
from collections import Counter

import pytest
from pypdf import PdfReader

from pipeline.render import lay_out, pandoc
from pipeline.render.pdf import typeset


@pytest.fixture(scope="module")
def reader(plan, template):
    source = next(pandoc.convert(lay_out(plan, template), template.directory, "typst"))
    return PdfReader(io.BytesIO(typeset(source, plan, template)))


def links(reader):
    """From where each link leads to where: a page and a height on it."""
    pages = {page.indirect_reference.idnum: number for number, page in enumerate(reader.pages)}
    for number, page in enumerate(reader.pages):
        for note in page.get("/Annots", []):
            link = note.get_object()
            target = link["/Dest"] if "/Dest" in link else link["/A"]["/D"]
            if isinstance(target, str):
                target = reader.named_destinations[target].dest_array
            yield (number, float(link["/Rect"][1])), (pages[target[0].idnum], float(target[3]))


def places(reader, words):
    """The page and the height of each line that holds some words."""
    found = []
    for number, page in enumerate(reader.pages):

        def look(text, outer, line, *_, number=number):
            if words in text:
                found.append((number, line[4] * outer[1] + line[5] * outer[3] + outer[5]))

        page.extract_text(visitor_text=look)
    return found


def near(place, others):
    """Whether a place is in the row of one of the others."""
    return any(place[0] == page and abs(place[1] - height) < 30 for page, height in others)


def test_a_long_function_is_not_broken_in_its_column(reader):
    lines = [line.strip() for page in reader.pages for line in page.extract_text().splitlines()]
    assert sum("Wijkverpleegkundige" in line for line in lines) >= 2


def test_the_note_at_a_statement_and_the_list_lead_to_each_other(reader):
    said, listed = places(reader, "naar de IC"), places(reader, "Alleen een arts.")
    assert said
    assert listed
    found = list(links(reader))
    assert any(near(start, said) and near(target, listed) for start, target in found)
    assert any(near(start, listed) and near(target, said) for start, target in found)


def test_the_contents_name_the_page_of_each_chapter(reader):
    first = reader.pages[0].extract_text().splitlines()
    pages = {
        mark.title: reader.get_destination_page_number(mark) + 1
        for mark in reader.outline
        if not isinstance(mark, list)
    }
    assert len(pages) > 10
    for title, page in pages.items():
        assert any(line.startswith(title) and line.endswith(str(page)) for line in first), title


def test_tables_are_tagged_with_their_headers(reader):
    kinds = Counter()

    def count(node):
        node = node.get_object()
        if isinstance(node, list):
            for child in node:
                count(child)
        elif hasattr(node, "get"):
            kinds[node.get("/S")] += 1
            if "/K" in node:
                count(node["/K"])

    count(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])
    assert {"/Table", "/TH", "/TD", "/H1", "/H2", "/Link", "/TOC"} <= set(kinds)


def test_the_title_is_what_a_window_shows(reader):
    assert reader.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"].value is True
