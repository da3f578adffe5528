from pathlib import Path

import pytest
import spacy
from spacy import blank
from spacy.language import Language

import extractors.model
from extractors.language import ModelError, dictionary_lemma, dutch_tokenizer, load_model, short_forms

MODEL = Path(extractors.model.__file__).parent / "nl_izp"


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_model()


@pytest.fixture(scope="module")
def rules() -> Language:
    """Tokenizer and sentence ends alone: they need no trained pipeline."""
    nlp = blank("nl")
    nlp.tokenizer = dutch_tokenizer(nlp)
    nlp.add_pipe("izp_sentences")
    return nlp


def tokens(nlp: Language, text: str) -> list[str]:
    return [token.text for token in nlp.make_doc(text)]


def sentences(nlp: Language, text: str) -> list[str]:
    return [sentence.text.strip() for sentence in nlp(text).sents]


def lemmas(nlp: Language, text: str) -> list[str]:
    return [token.lemma_ for token in nlp(text)]


def test_every_abbreviation_of_the_list_is_one_token(rules: Language):
    groups = short_forms()
    forms = [form for group in ("before", "anywhere", "bare") for form in groups[group]]
    assert len(forms) > 70
    assert [form for form in forms if tokens(rules, f"Zo {form} hier") != ["Zo", form, "hier"]] == []


@pytest.mark.parametrize(
    "form",
    [
        *(
            "i.o.m.",
            "i.v.m.",
            "t.a.v.",
            "t.b.v.",
            "m.b.t.",
            "o.a.",
            "d.w.z.",
            "z.s.m.",
            "n.t.b.",
            "a.s.",
            "p.w.",
        ),
        *("p.d.", "m.i.", "i.p.v.", "n.a.v.", "o.g.v.", "N.v.t.", "J.", "N.", "M."),
    ],
)
def test_letters_with_full_stops_are_one_token(rules: Language, form: str):
    assert tokens(rules, f"dat {form} overleg, {form}") == ["dat", form, "overleg", ",", form]


@pytest.mark.parametrize("form", ["Mw.", "Dhr.", "Pt.", "Evt.", "MW.", "Vlgs.", "Afspr."])
def test_a_capitalised_abbreviation_is_one_token(rules: Language, form: str):
    assert tokens(rules, f"{form} Jansen")[0] == form


@pytest.mark.parametrize("word", ["dat", "hand", "best", "me", "al", "u", "pas", "top", "app", "kon", "HAND"])
def test_a_word_that_closes_a_sentence_is_parted_from_its_full_stop(rules: Language, word: str):
    assert tokens(rules, f"Zo is {word}.") == ["Zo", "is", word, "."]


@pytest.mark.parametrize("form", ["'m", "'r", "'t", "'s", "z'n", "d'r", "m'n", "zo'n", "z’n", "‘s", "Z'n"])
def test_a_weak_form_of_speech_is_one_token(rules: Language, form: str):
    assert tokens(rules, f"ja {form} dus") == ["ja", form, "dus"]


def test_a_contraction_is_two_tokens_with_the_full_words_as_norm(rules: Language):
    doc = rules.make_doc("Da's waar")
    assert [(token.text, token.norm_) for token in doc][:2] == [("Da", "dat"), ("'s", "is")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**vet**", ["*", "*", "vet", "*", "*"]),
        ("_schuin_", ["_", "schuin", "_"]),
        ("wat | wie", ["wat", "|", "wie"]),
        ('"nee"', ['"', "nee", '"']),
        ("“nee”", ["“", "nee", "”"]),
        ("‘nee’", ["‘", "nee", "’"]),
        ("(stilte)", ["(", "stilte", ")"]),
        ("[lacht]", ["[", "lacht", "]"]),
        ("moeder/vader", ["moeder", "/", "vader"]),
    ],
)
def test_marks_are_tokens_of_their_own(rules: Language, text: str, expected: list[str]):
    assert tokens(rules, text) == expected


@pytest.mark.parametrize(
    "text", ["t/m", "14/2/26", "5-6x", "14.30", "foto's", "hoog-laagbed", "j.bos@zorg.nl"]
)
def test_what_belongs_together_stays_one_token(rules: Language, text: str):
    assert tokens(rules, f"om {text} dus") == ["om", text, "dus"]


@pytest.mark.parametrize(
    "text",
    [
        "Volgens dr. Verkade mag dat.",
        "J. wil niet en M. Bakker ook niet.",
        "Overleg i.o.m. Noor en evt. Sem.",
        "Een bad, bijv. Maandag, helpt.",
        'Ze vroeg "mag dat?" en ging.',
        '"Mag dat?" vroeg ze.',
        "1. Sem wil naar huis.",
        "Om 16.00 u. bij de poli.",
        "Mensen gaan... hard praten.",
        "Het was… ja.",
        "Liever op de afd. dan thuis.",
        "Komt 3x p.w. langs.",
    ],
)
def test_one_sentence_stays_one(rules: Language, text: str):
    assert sentences(rules, text) == [text]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Ik wil naar huis.", "Nu."),
        ("Oké.", "maar dan wel alles."),
        ("mw. huilde.", "dhr. gelooft zelf niet."),
        ("Mag dat?", "dat weet ik niet"),
        ("Kijk!", "Een vogel"),
        ('Hij zei: "nee."', "Toen ging hij."),
        ("(We wachten.)", "Ja."),
        ("Ik was echt...", "Nee."),
        ("Naar de afd.", "Moeder belt."),
        ("Ze komt 3x p.w.", "Vader rijdt."),
        ("Voetbal, muziek enz.", "School niet."),
        ("Dank u.", "Tot morgen."),
        ("Hij is 17.", "Zij is 12."),
    ],
)
def test_two_sentences_are_told_apart(rules: Language, first: str, second: str):
    assert sentences(rules, f"{first} {second}") == [first, second]


def test_a_line_break_ends_a_sentence(rules: Language):
    assert sentences(rules, "Wensen\nthuis zijn") == ["Wensen", "thuis zijn"]


@pytest.mark.parametrize("text", ["", " ", "\n", ".", "..."])
def test_text_without_words_goes_through(nlp: Language, text: str):
    assert nlp(text).text == text


def test_the_parser_keeps_to_the_sentence_ends(nlp: Language):
    text = "Nou kijk ik ben haar moeder. en ik zie dat ze op is. Oké."
    doc = nlp(text)
    assert [sentence.text for sentence in doc.sents] == [
        "Nou kijk ik ben haar moeder.",
        "en ik zie dat ze op is.",
        "Oké.",
    ]
    assert all(token.head.sent == token.sent for token in doc)


@pytest.mark.parametrize(
    ("text", "word", "lemma"),
    [
        ("Onze kinderen slapen.", "kinderen", "kind"),
        ("Hij wilde naar huis.", "wilde", "willen"),
        ("Wij hebben twee afspraken gemaakt.", "afspraken", "afspraak"),
        ("De verpleegkundigen komen morgen.", "verpleegkundigen", "verpleegkundige"),
        ("Ze is vanmorgen gewassen.", "gewassen", "wassen"),
        ("Dat heb ik nooit gezegd.", "gezegd", "zeggen"),
        ("Mijn broertje mist hem.", "broertje", "broer"),
        ("Wij zijn bang.", "zijn", "zijn"),
        ("Opa is zijn grootvader.", "grootvader", "grootvader"),
    ],
)
def test_common_words_have_their_lemma(nlp: Language, text: str, word: str, lemma: str):
    assert dict(zip((token.text for token in nlp(text)), lemmas(nlp, text), strict=True))[word] == lemma


def test_a_short_form_has_the_lemma_of_the_word_it_stands_for(nlp: Language):
    assert lemmas(nlp, "Pt. bij HA: afspr. m'n mw.") == [
        *("patiënt", "bij", "huisarts", ":", "afspraak", "mijn", "mevrouw")
    ]


@pytest.mark.parametrize(
    ("form", "pos", "lemma"),
    [
        ("kapper", "NOUN", "kapper"),
        ("pleister", "NOUN", "pleister"),
        ("antibiotica", "NOUN", "antibioticum"),
        ("leden", "NOUN", "lid"),
        ("dacht", "VERB", "denken"),
        ("geprikt", "VERB", "prikken"),
        ("ben", "AUX", "zijn"),
        ("groter", "ADJ", "groot"),
        ("geloof", "VERB", None),
        ("prikken", "VERB", None),
        ("zuurstofkruik", "ADJ", None),
    ],
)
def test_the_dictionary_gives_a_lemma_only_where_it_fits(form: str, pos: str, lemma: str | None):
    assert dictionary_lemma(form, pos) == lemma


def test_a_pipeline_that_is_not_installed_is_named_in_a_clear_error():
    with pytest.raises(ModelError, match=r"'nl_core_news_xs' is niet geïnstalleerd"):
        load_model("nl_core_news_xs")


def test_another_pipeline_gets_the_same_rules(tmp_path):
    spacy.load(MODEL, exclude=["parser", "senter"]).to_disk(tmp_path)
    nlp = load_model(str(tmp_path))
    doc = nlp("mw. ziet kinderen. nu nog")
    assert nlp.pipe_names == [
        "izp_sentences",
        "tok2vec",
        "morphologizer",
        "trainable_lemmatizer",
        "izp_lemmas",
    ]
    assert [token.lemma_ for token in doc][:3] == ["mevrouw", "zien", "kind"]
    assert [sentence.text for sentence in doc.sents] == ["mw. ziet kinderen.", "nu nog"]


def test_a_pipeline_without_parts_of_speech_is_refused(tmp_path):
    blank("nl").to_disk(tmp_path)
    with pytest.raises(ModelError, match="past niet"):
        load_model(str(tmp_path))


def test_a_pipeline_of_another_language_is_refused(tmp_path):
    nlp = blank("de")
    nlp.add_pipe("izp_lemmas")
    nlp.to_disk(tmp_path)
    with pytest.raises(ModelError, match="past niet"):
        load_model(str(tmp_path))


def test_a_word_embedded_once_has_the_vectors_that_the_saved_model_gives_it(nlp: Language):
    docs = [nlp.make_doc(text) for text in ("Ik wil naar huis.", "", "Wil je naar huis? Ik ook, naar HUIS.")]
    saved = spacy.load(MODEL, enable=["tok2vec"])
    vectors = zip(nlp.get_pipe("tok2vec").predict(docs), saved.get_pipe("tok2vec").predict(docs), strict=True)
    for doc, (once, each) in zip(docs, vectors, strict=True):
        assert once.shape == (len(doc), 96)
        assert once == pytest.approx(each, abs=1e-4)
