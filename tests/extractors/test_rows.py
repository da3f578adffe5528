from spacy.language import Language

from extractors.rows import row_of, to_row


def test_a_row_holds_what_the_model_tells_of_each_word(nlp: Language) -> None:
    row = row_of(nlp.make_doc("Hij WIL: slapen."))
    assert row.words == ["Hij", "WIL", ":", "slapen", "."]
    assert row.forms == ["hij", "wil", ":", "slapen", "."]
    assert row.marks == [False, False, True, False, True]


def test_a_row_knows_its_verbs(nlp: Language) -> None:
    doc = nlp.make_doc("Hij wil slapen, thuis.")
    for name, component in nlp.pipeline:
        if name == "izp_clauses":
            break
        doc = component(doc)
    row = row_of(doc)
    assert row.finite == [False, True, False, False, False, False]
    assert row.verb(2)
    assert row.has_verb()
    assert not to_row(doc[3:]).has_verb()


def test_the_row_of_a_part_counts_from_its_own_start(nlp: Language) -> None:
    doc = nlp.make_doc("Ja, graag naar huis.")
    assert to_row(doc[2:5]).words == ["graag", "naar", "huis"]
    assert to_row(doc[2:5]) == row_of(doc[2:5].as_doc())


def test_a_row_is_read_once(nlp: Language) -> None:
    doc = nlp.make_doc("Naar huis.")
    assert row_of(doc) is row_of(doc)
