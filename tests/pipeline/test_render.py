import datetime as dt
import io
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import copytree

import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from pypdf import PdfReader

from extractors.schema import Conversation, Findings, Flag, Named, Participant, Statement, Turn
from pipeline.plan import assemble
from pipeline.reference_docx import build
from pipeline.render import RenderError, lay_out, render
from pipeline.render.layout import printable
from pipeline.render.pandoc import convert
from pipeline.render.word import finish
from pipeline.template import load_template

DIRECTORY = Path(__file__).parents[2] / "templates" / "izp"
TEMPLATE = load_template(DIRECTORY)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def plan_of(quotes, child="Mila", label="Mila", limits_named=(), open_points=(), sure=None, **fields):
    """A plan in which each quote is a wish about reanimation, with an open point and a question before it.

    Those after the first `sure` quotes are still to be reviewed.
    """
    turns, statements, start = [], [], 0
    for index, quote in enumerate(quotes):
        end = start + len(quote)
        turns.append(Turn(index=index, label=label, text=quote, start=start, end=end, begin_s=60.0 * index))
        statements.append(
            Statement(
                id=f"s{index}",
                quote=quote,
                turn=index,
                start=start,
                end=end,
                begin_s=60.0 * index,
                perspective="child",
                speaker=label,
                domains=("fysiek",),
                owner=quote,
                due=quote,
                **{
                    "topics": ("resuscitation",),
                    "category": "action_point" if index % 2 else "preference",
                    "certainty": "conditional",
                    "question": quote,
                    "lead": quote,
                    **fields,
                },
            )
        )
        start = end + 1
    sure = len(statements) if sure is None else sure
    flags = [
        Flag(
            type="treatment_limit",
            statements=(statement.id,),
            note="Alleen een arts maakt hier een afspraak van.",
        )
        for statement in statements[:sure]
    ]
    flags += open_points
    conversation = Conversation(
        id="gesprek",
        source="gesprek.txt",
        sha256="00",
        format="text",
        date=dt.date(2026, 3, 12),
        child=child,
        text="\n".join(quotes),
        participants=(Participant(label=label, role="child", function="kind"),),
        turns=tuple(turns),
    )
    findings = Findings(
        conversation="gesprek",
        statements=tuple(statements[:sure]),
        to_review=tuple(statements[sure:]),
        flags=tuple(flags),
        limits_named=limits_named,
    )
    return assemble(conversation, findings, TEMPLATE)


@pytest.fixture(scope="module")
def documents():
    plan = plan_of(["ik wil niet meer naar de IC", "ik bel morgen de thuiszorg"])
    return render(plan, TEMPLATE)


@pytest.fixture(scope="module")
def part(documents):
    with zipfile.ZipFile(io.BytesIO(documents.docx)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return lambda name: etree.fromstring(parts[name])


def text_of_docx(docx):
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    marks = {f"{W}noBreakHyphen": "\u2011", f"{W}br": "\n", f"{W}tab": "\t"}
    return "\n".join(
        "".join(run.text or "" if run.tag == f"{W}t" else marks.get(run.tag, "") for run in paragraph.iter())
        for paragraph in root.iter(f"{W}p")
    )


def text_of_pdf(pdf):
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"[\s\u200b\u2060]+", "", text)


def pages_and_heights(pdf):
    """The text of each page, and the height on its page, in points, of each piece of text."""
    heights = []

    def at(text, page, line, *_):
        if text.strip():
            heights.append(line[4] * page[1] + line[5] * page[3] + page[5])

    pages = [page.extract_text(visitor_text=at) for page in PdfReader(io.BytesIO(pdf)).pages]
    return pages, heights


def without_space(text):
    return re.sub(r"\s+", "", text)


HOSTILE = [
    "# kop",
    "1. een",
    "- twee -- drie --- vier ... 06-12345678 -? eind",
    "::: div",
    "| a | b |",
    "| --- |",
    "*sterk* _schuin_ ~~weg~~ `code` ^hoog^ $x^2$",
    "[link](http://voorbeeld.nl){.klas #id} ![beeld](x.png) <http://voorbeeld.nl>",
    ']{.comment-start id="1"} []{.comment-end id="1"}',
    "<b>vet</b> <!-- weg --> </w:t> ]]> &lt; &#35; &amp;",
    "\\begin{document} \\input{x} \\",
    '#read("/etc/passwd") #panic("x") @label <label> = kop /* weg */ // weg',
    "```{=typst}\n#panic()\n```",
    "{{ 7 * 7 }} {% for x in y %} {# weg #}",
    "«footer» «status»",
    "“aanhaling” 'enkel' \"dubbel\" ’s avonds",
    "regel\r\n\r\nregel\tregel  einde",
]


@pytest.mark.parametrize("quote", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_prints_as_text_in_docx_and_pdf(quote):
    made = render(plan_of([quote], child=quote, label=quote), TEMPLATE)
    assert printable(quote) in text_of_docx(made.docx)
    assert without_space(quote) in text_of_pdf(made.pdf)


@pytest.mark.parametrize("sign", ["x", "!"])
def test_a_word_of_ten_thousand_signs_is_broken_over_lines_and_pages(sign):
    made = render(plan_of([sign * 10_000], child=sign * 10_000), TEMPLATE)
    assert sign * 10_000 in text_of_docx(made.docx)
    pages, heights = pages_and_heights(made.pdf)
    assert sum(page.count(sign) for page in pages) >= 20_000
    assert max(len(line) for page in pages for line in page.splitlines()) < 200
    assert 30 < min(heights) < max(heights) < 842 - 30


@given(st.lists(st.text(min_size=1, max_size=60), min_size=5, max_size=5))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_stands_in_the_docx_to_the_letter(quotes):
    words = [f"begin{quote}eind" for quote in quotes]  # together: what takes long is the plan around them
    plan = plan_of(words)
    (docx,) = convert(lay_out(plan, TEMPLATE), DIRECTORY, "docx")
    text = text_of_docx(finish(docx, plan, TEMPLATE))
    assert [each for each in words if printable(each) not in text] == []


@given(st.text(min_size=1, max_size=60))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_gives_documents(quote):
    made = render(plan_of([quote], child=quote, label=quote), TEMPLATE)
    assert made.docx.startswith(b"PK")
    assert made.pdf.startswith(b"%PDF")


def test_plain_words_are_printed_as_they_are():
    words = "Ik wil niet meer naar de IC, écht niet – tenzij ’t moet (2 nachten)."
    assert printable(words) == words


def test_characters_that_no_document_can_hold_are_shown_as_unreadable():
    assert printable("a\x00b\u202ec\ud800d\ufdd0") == "a\ufffdb\ufffdc\ufffdd\ufffd"


def test_marks_of_right_to_left_names_stay():
    assert printable("\u200fسلام") == "\u200fسلام"


def test_a_sign_without_a_glyph_is_named_in_the_pdf_and_kept_in_the_docx():
    made = render(plan_of(["mooi 😀 漢 \ue000"]), TEMPLATE)
    assert "mooi 😀 漢 \ue000" in text_of_docx(made.docx)
    assert "mooi[U+1F600][U+6F22][U+E000]" in text_of_pdf(made.pdf)


def test_the_same_plan_gives_the_same_bytes():
    plan = plan_of(["dezelfde woorden"])
    assert render(plan, TEMPLATE) == render(plan, TEMPLATE)


def test_plans_can_be_rendered_at_the_same_time():
    plans = [plan_of([f"plan {number}"]) for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda plan: render(plan, TEMPLATE), plans))
    for number, documents in enumerate(made):
        assert f"plan{number}" in text_of_pdf(documents.pdf)


def test_a_plan_without_statements_gives_documents():
    made = render(plan_of([]), TEMPLATE)
    text = text_of_pdf(made.pdf)
    assert "nietbesproken" in text
    assert "Erzijngeenopenpuntengevonden" in text


def test_a_treatment_limit_shows_words_condition_and_status_and_no_decision(documents):
    wish = row_of(documents, "Behandeling", "Reanimatie", "Bron")
    assert "“ik wil niet meer naar de IC”" in wish[2]
    assert "(onder voorwaarde)" in wish[2]
    assert wish[3] == "anders: onder voorwaarde; wens (niet bekrachtigd)"
    assert row_of(documents, "Behandeling", "Antibiotica", "Bron")[2] == "niet besproken"


def rows_of(documents):
    """The rows of each table of the DOCX, as the words of their cells, those in content controls too."""
    with zipfile.ZipFile(io.BytesIO(documents.docx)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))

    def words(cell):
        paragraphs = ("".join(text.text for text in one.iter(f"{W}t")) for one in cell.iter(f"{W}p"))
        return "\n".join(paragraphs)

    return [
        [[words(cell) for cell in row.iter(f"{W}tc")] for row in table.iter(f"{W}tr")]
        for table in root.iter(f"{W}tbl")
    ]


def row_of(documents, table, heading, title=None):
    """A row of the DOCX by the first words of its table (and a later title of that) and of itself."""
    tables = [rows for rows in rows_of(documents) if rows[0][0] == table and (not title or title in rows[0])]
    return next(row for rows in tables for row in rows if row[0] == heading)


def test_a_treatment_that_was_only_named_says_where_and_asks_for_attention():
    limits = (Named(topic="antibiotics", turns=(1,)),)
    made = render(
        plan_of(["niet meer naar de IC", "wat vind je van een kuur?"], limits_named=limits), TEMPLATE
    )
    said = row_of(made, "Behandeling", "Antibiotica", "Bron")[2]
    assert said == "geen wens of afspraak gevonden; wel genoemd in beurt 2, 00:01:00"
    attention = "Behandelgrenzen wel genoemd, geen wens of afspraak gevonden"
    assert row_of(made, "Open punt", attention)[1] == "Antibiotica"
    assert "Antibiotica" not in row_of(made, "Open punt", "Behandelgrenzen niet besproken")[1]


def test_the_words_before_the_colon_stand_before_the_quote():
    made = render(plan_of(["liever nu dan later"], lead="PEG", question=None), TEMPLATE)
    assert "PEG: “liever nu dan later”" in text_of_docx(made.docx)
    assert "Op de vraag" not in text_of_docx(made.docx)
    assert "PEG:“lievernudanlater”" in text_of_pdf(made.pdf)


@pytest.mark.parametrize(
    ("category", "polarity", "shown"),
    [
        ("preference", "negated", True),
        ("agreement", "negated", True),
        ("preference", "affirmed", False),
        ("concern", "negated", False),
    ],
)
def test_what_was_read_as_a_no_says_so(category, polarity, shown):
    plan = plan_of(["niet meer naar de IC"], category=category, polarity=polarity)
    assert ("(gelezen als nee)" in text_of_docx(render(plan, TEMPLATE).docx)) == shown


def test_a_concern_about_a_treatment_makes_no_claim_about_a_wish():
    made = render(plan_of(["bang voor de beademing"], category="concern", certainty="firm"), TEMPLATE)
    assert row_of(made, "Behandeling", "Reanimatie", "Bron")[3] == "besproken (niet bekrachtigd)"


REVIEW = {"lead": None, "question": None, "certainty": "firm", "category": "preference"}


def test_a_statement_to_review_shows_its_words_a_proposal_its_chance_and_its_source():
    made = render(plan_of(["niet meer", "geen slang"], sure=1, confidence=0.42, **REVIEW), TEMPLATE)
    row = row_of(made, "Uitspraak", "2 “geen slang” –\u00a0Mila")
    assert row[1:] == ["Kind", "Voorkeur, Reanimatie", "4 op 10", "beurt 2, 00:01:00"]
    assert "misschien in het plan" in row_of(made, "Open punt", "Nog te beoordelen (1)")[1]


def test_a_statement_to_review_proposes_a_domain_where_it_names_no_treatment():
    made = render(plan_of(["naar huis"], sure=0, topics=(), **REVIEW), TEMPLATE)
    assert "Voorkeur, Fysiek" in text_of_docx(made.docx)
    assert "Voorkeur,Fysiek" in text_of_pdf(made.pdf)


def test_more_than_a_page_to_review_is_printed_whole_with_a_link_to_each():
    plan = plan_of([f"wens {number}" for number in range(60)], sure=0, topics=(), **REVIEW)
    text = text_of_docx(render(plan, TEMPLATE).docx)
    assert "De overige, in de volgorde van het gesprek" in text
    assert [text.count(f"“wens {number}”") for number in range(60)] == [1] * 60


def test_a_subject_with_only_statements_to_review_leads_to_them():
    made = render(plan_of(["geen slang", "ik bel"], sure=0, **REVIEW), TEMPLATE)
    said = row_of(made, "Behandeling", "Reanimatie", "Bron")[2]
    assert said == "mogelijk besproken; nog te beoordelen: uitspraak 1, 2"
    assert row_of(made, "Domein", "Fysiek")[-1] == "mogelijk besproken"
    assert "Fysiek" not in row_of(made, "Open punt", "Domeinen niet besproken")[1]


def test_a_plan_without_doubt_says_that_nothing_is_to_be_reviewed(documents):
    text = text_of_docx(documents.docx)
    assert "Er zijn geen uitspraken waarover twijfel is." in text
    assert "op 10" not in text


def test_a_very_long_statement_to_review_is_broken_over_pages():
    words = [f"woord{number}" for number in range(1200)]
    pdf = render(plan_of([" ".join(words)], sure=0, **REVIEW), TEMPLATE).pdf
    pages, heights = pages_and_heights(pdf)
    assert set(re.findall(r"woord\d+", without_space("".join(pages)))) == set(words)
    assert 30 < min(heights) < max(heights) < 842 - 30


def test_what_a_used_turn_says_besides_its_statements_is_printed():
    conversation = Conversation(
        id="gesprek",
        source="gesprek.txt",
        sha256="00",
        format="text",
        text="Het regende. Ik wil naar huis.",
        turns=(Turn(index=0, label="Mila", text="Het regende. Ik wil naar huis.", start=0, end=30),),
    )
    wish = Statement(
        id="s0",
        quote="Ik wil naar huis",
        turn=0,
        start=13,
        end=29,
        perspective="child",
        category="preference",
        domains=("sociaal",),
    )
    findings = Findings(conversation="gesprek", statements=(wish,))
    made = render(assemble(conversation, findings, TEMPLATE), TEMPLATE)
    assert row_of(made, "Bron", "beurt 1", "Niet gebruikt")[1] == "“Het regende”"


def test_a_likely_role_asks_to_be_confirmed():
    turn = Turn(index=0, label="Kim", text="Onze zoon slaapt slecht.", start=0, end=24)
    conversation = Conversation(
        id="gesprek",
        source="gesprek.txt",
        sha256="00",
        format="text",
        text=turn.text,
        participants=(Participant(label="Kim", role="parent", because=("voice",)),),
        turns=(turn,),
    )
    made = render(assemble(conversation, Findings(conversation="gesprek"), TEMPLATE), TEMPLATE)
    assert row_of(made, "Naam", "Kim")[1] == "waarschijnlijk ouder of familie: nakijken"


def test_the_headings_of_the_source_are_printed_in_full():
    conversation = Conversation(
        id="gesprek",
        source="gesprek.md",
        sha256="00",
        format="text",
        text="Huisbezoek bij Mila",
        turns=(Turn(index=0, text="Huisbezoek bij Mila", start=0, end=19, block="heading"),),
    )
    made = render(assemble(conversation, Findings(conversation="gesprek"), TEMPLATE), TEMPLATE)
    assert "Koppen van het verslag (1): 1 “Huisbezoek bij Mila”." in text_of_docx(made.docx)


def test_an_open_point_is_a_word_comment_at_its_statement(part):
    comments = part("word/comments.xml")
    assert {comment.get(f"{W}author") for comment in comments} == {"IZP-concept"}
    assert "Nog op te lossen 1: Behandelgrens" in "".join(comments.itertext())
    document = part("word/document.xml")
    first = document.find(f".//{W}commentRangeStart")
    words = "".join(text.text for one in first.itersiblings() for text in one.iter(f"{W}t"))
    assert words.startswith("“ik wil niet meer naar de IC”")


def test_an_open_point_about_a_turn_says_which():
    question = Flag(type="open_question", turns=(0,), note="Geen antwoord gevonden.")
    made = render(plan_of(["mag ik naar huis?"], open_points=[question]), TEMPLATE)
    assert row_of(made, "Nr.", "!\u00a02")[2] == "Geen antwoord gevonden.\nbeurt 1, 00:00:00"


def test_each_comment_starts_and_ends_once(part):
    document = part("word/document.xml")
    named = [comment.get(f"{W}id") for comment in part("word/comments.xml")]
    assert len(set(named)) == len(named) == 2
    for tag in ("commentRangeStart", "commentRangeEnd", "commentReference"):
        assert sorted(mark.get(f"{W}id") for mark in document.iter(f"{W}{tag}")) == sorted(named)


def test_every_link_in_the_docx_leads_somewhere(part):
    document = part("word/document.xml")
    anchors = {link.get(f"{W}anchor") for link in document.iter(f"{W}hyperlink")}
    assert anchors
    assert anchors <= {mark.get(f"{W}name") for mark in document.iter(f"{W}bookmarkStart")}


def test_every_statement_has_a_bookmark_with_its_id(part):
    names = [mark.get(f"{W}name") for mark in part("word/document.xml").iter(f"{W}bookmarkStart")]
    assert names.count("s0") == names.count("s1") == 1


def test_header_rows_repeat_and_rows_stay_whole(part):
    rows = list(part("word/document.xml").iter(f"{W}tr"))
    assert any(row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows)
    for row in rows:
        properties = row.find(f"{W}trPr")
        assert properties.find(f"{W}tblHeader") is not None or properties.find(f"{W}cantSplit") is not None


def test_columns_fill_the_page(part):
    for grid in part("word/document.xml").iter(f"{W}tblGrid"):
        assert sum(int(column.get(f"{W}w")) for column in grid) == pytest.approx(9638, abs=10)


def test_every_style_of_the_docx_is_in_the_reference_document(part):
    known = {style.get(f"{W}styleId") for style in part("word/styles.xml").iter(f"{W}style")}
    for name in ("word/document.xml", "word/comments.xml"):
        for tag in ("pStyle", "rStyle", "tblStyle"):
            assert {style.get(f"{W}val") for style in part(name).iter(f"{W}{tag}")} <= known
    dutch = {style.get(f"{W}styleId") for style in Document(DIRECTORY / "reference.docx").styles.element}
    assert {name for name in known if name.startswith("IZP-")} <= dutch


def test_every_page_of_the_docx_says_concept_and_which_draft(documents):
    section = Document(io.BytesIO(documents.docx)).sections[0]
    assert "CONCEPT – niet bekrachtigd" in section.header.paragraphs[0].text
    assert "Mila" in section.header.paragraphs[0].text
    assert "gesprek van 12 maart 2026 · concept " in section.footer.paragraphs[0].text
    assert "NUMPAGES" in section.footer._element.xml


def test_the_docx_is_dutch_on_a4(documents, part):
    document = Document(io.BytesIO(documents.docx))
    assert document.core_properties.language == "nl-NL"
    assert document.core_properties.title == "Individueel Zorgplan – Mila – CONCEPT – niet bekrachtigd"
    assert part("word/styles.xml").find(f".//{W}lang").get(f"{W}val") == "nl-NL"
    assert round(document.sections[0].page_width.mm) == 210


def test_every_page_of_the_pdf_says_concept(documents):
    for page in PdfReader(io.BytesIO(documents.pdf)).pages:
        assert "CONCEPT – niet bekrachtigd" in page.extract_text()


def test_the_pdf_declares_pdf_a_and_pdf_ua(documents):
    metadata = PdfReader(io.BytesIO(documents.pdf)).trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata


def test_the_pdf_is_tagged_dutch_titled_and_has_bookmarks(documents):
    reader = PdfReader(io.BytesIO(documents.pdf))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "nl-NL"
    assert reader.metadata.title == "Individueel Zorgplan – Mila – CONCEPT – niet bekrachtigd"
    assert "Zorg en behandeling" in [mark.title for mark in reader.outline if not isinstance(mark, list)]


def test_all_fonts_of_the_pdf_are_embedded(documents):
    fonts = [
        descendant.get_object()["/FontDescriptor"]
        for page in PdfReader(io.BytesIO(documents.pdf)).pages
        for font in page["/Resources"]["/Font"].values()
        for descendant in font.get_object().get("/DescendantFonts", [font])
    ]
    assert fonts
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(font) for font in fonts)


def test_the_pdf_has_every_link_of_the_docx(documents, part):
    links = [
        note.get_object()
        for page in PdfReader(io.BytesIO(documents.pdf)).pages
        for note in page.get("/Annots", [])
        if note.get_object()["/Subtype"] == "/Link"
    ]
    assert len(links) >= len(list(part("word/document.xml").iter(f"{W}hyperlink"))) > 0
    assert all("/Dest" in link or "/D" in link["/A"] for link in links)


def test_statement_and_source_lead_to_each_other(part):
    rows = [
        ({mark.get(f"{W}name") for mark in row.iter(f"{W}bookmarkStart")}, row)
        for row in part("word/document.xml").iter(f"{W}tr")
    ]
    leads = {
        name: {link.get(f"{W}anchor") for link in row.iter(f"{W}hyperlink")}
        for names, row in rows
        for name in names
    }
    assert "bron-0" in leads["s0"]
    assert "s0" in leads["bron-0"]


def test_a_template_that_asks_for_something_unknown_says_so_without_words_of_the_plan(tmp_path):
    copytree(DIRECTORY, tmp_path / "izp")
    (tmp_path / "izp" / "plan.md.j2").write_text("{{ plan.child }} {{ plan.kleur }}", encoding="utf-8")
    with pytest.raises(RenderError, match=r"plan\.md\.j2") as caught:
        render(plan_of(["geheim"]), load_template(tmp_path / "izp"))
    assert caught.value.__cause__ is None
    assert "geheim" not in str(caught.value)


def test_a_style_that_typst_does_not_know_is_an_error_without_words_of_the_plan(tmp_path):
    copytree(DIRECTORY, tmp_path / "izp")
    (tmp_path / "izp" / "plan.md.j2").write_text("[{{ plan.child }}]{.onbekend}", encoding="utf-8")
    with pytest.raises(RenderError, match="Typst") as caught:
        render(plan_of(["geheim"]), load_template(tmp_path / "izp"))
    assert "Mila" not in str(caught.value)


def test_a_layout_that_pandoc_cannot_run_is_an_error_without_words_of_the_plan(tmp_path):
    copytree(DIRECTORY, tmp_path / "izp")
    with (tmp_path / "izp" / "layout.lua").open("a", encoding="utf-8") as layout:
        layout.write("return {both = {Pandoc = function(doc) error(pandoc.utils.stringify(doc)) end}}\n")
    with pytest.raises(RenderError, match="Pandoc") as caught:
        render(plan_of(["geheim"]), load_template(tmp_path / "izp"))
    assert "geheim" not in str(caught.value)


def test_a_pandoc_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr("pipeline.render.pandoc.TIME_LIMIT_S", 0)
    with pytest.raises(RenderError, match="Pandoc"):
        render(plan_of(["een"] * 50), TEMPLATE)


def test_a_speaker_stays_on_one_line_with_the_dash_before_it():
    made = render(plan_of(["woord " * number for number in range(1, 30)], label="Annemieke"), TEMPLATE)
    lines = [
        line for page in PdfReader(io.BytesIO(made.pdf)).pages for line in page.extract_text().splitlines()
    ]
    assert sum("Annemieke" in line for line in lines) > 29
    assert not [line for line in lines if line.rstrip().endswith("–")]


def test_the_reference_document_is_what_its_script_makes():
    def parts(docx):
        with zipfile.ZipFile(io.BytesIO(docx)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    assert parts(build()) == parts((DIRECTORY / "reference.docx").read_bytes())


def breaks_before(docx, heading):
    """How many pages are begun, in Word, before a heading."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        body = etree.fromstring(archive.read("word/document.xml"))[0]
    found = 0
    for block in body.iterchildren(f"{W}p"):
        style = block.find(f"{W}pPr/{W}pStyle")
        name = style.get(f"{W}val") if style is not None else ""
        if name == "Heading1" and heading in "".join(block.itertext()):
            return found
        found += name == "IZP-bladzijde"
    raise AssertionError(heading)


@pytest.mark.parametrize(("wishes", "begun"), [(2, 2), (8, 2), (120, 1)])
def test_the_next_chapter_begins_a_page_unless_that_for_emergencies_is_more_than_one(wishes, begun):
    quotes = [f"ik wil dit zo graag niet meer meemaken {number}" for number in range(wishes)]
    made = render(plan_of(quotes, category="preference", question=None, lead=None), TEMPLATE)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(made.pdf)).pages]
    start = next(
        at for at, page in enumerate(pages) if "Een wens is nog geen afspraak" in " ".join(page.split())
    )
    after = next(at for at, page in enumerate(pages) if "Opgesteld door" in page)
    assert breaks_before(made.docx, "Gegevens zorgplan") == begun
    assert ("Reanimatie" in pages[after]) is (begun == 1)
    assert (after == start + 1) is (begun == 2)
