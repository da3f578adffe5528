import json
import random
from pathlib import Path

import pytest
from spacy.language import Language
from spacy.tokens import Doc

import extractors.model
import extractors.model.train as recipe
from extractors.language import load_model
from extractors.model.train import (
    TESTS,
    Sentence,
    Token,
    as_turns,
    in_lower_case,
    plain_lemma,
    read_conllu,
    to_example,
    train,
    with_quotes,
    without,
)

MODEL = Path(extractors.model.__file__).parent
ANNOTATED = Path(__file__).with_name("annotated_talk.txt")

CONLLU = """\
# text = Ze belt, hij niet.
1\tZe\tze\tPRON\t_\tPerson=3\t2\tnsubj\t_\t_
2\tbelt\top_bellen\tVERB\t_\tExtPos=X|VerbForm=Fin\t0\troot\t_\tSpaceAfter=No
3\t,\t,\tPUNCT\t_\t_\t4\tpunct\t_\t_
4\thij\thij\tPRON\t_\t_\t2\tconj\t_\t_
5\tniet\tniet\tADV\t_\t_\t4\tadvmod\t_\tSpaceAfter=No
6\t.\t.\tPUNCT\t_\t_\t2\tpunct\t_\tSpaceAfter=No

1\tJa\tja\tINTJ\t_\t_\t_\t_\t_\t_
"""


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_model()


@pytest.fixture
def toy(tmp_path: Path) -> list[Sentence]:
    path = tmp_path / "toy.conllu"
    path.write_text(CONLLU, encoding="utf-8")
    return read_conllu(path)


def annotated() -> list[list[list[str]]]:
    """Sentences of [form, lemma, part of speech, place of the head] from `annotated_talk.txt`."""
    lines = ANNOTATED.read_text("utf-8").splitlines()
    return [[word.rsplit("/", 3) for word in line.split()] for line in lines if not line.startswith("#")]


def parsed(nlp: Language, sentences: list[list[list[str]]]) -> list[Doc]:
    docs = (Doc(nlp.vocab, words=[word[0] for word in sentence]) for sentence in sentences)
    return list(nlp.pipe(docs))


def text(sentence: Sentence) -> list[str]:
    return [token.form for token in sentence]


# The shipped pipeline


@pytest.mark.parametrize(("column", "floor"), [("lemma", 0.96), ("pos", 0.94), ("head", 0.85)])
def test_the_shipped_pipeline_reads_conversation(nlp: Language, column: str, floor: float):
    gold = annotated()
    docs = parsed(nlp, gold)
    assert len(gold) > 30
    right = [
        {
            "lemma": token.lemma_ == lemma,
            "pos": token.pos_ == pos,
            "head": (0 if token.head == token else token.head.i + 1) == int(head),
        }[column]
        for doc, sentence in zip(docs, gold, strict=True)
        for token, (_, lemma, pos, head) in zip(doc, sentence, strict=True)
    ]
    assert sum(right) / len(right) >= floor


def test_what_measures_the_pipeline_is_not_what_it_was_trained_on():
    trained = {" ".join(text(sentence)).lower() for sentence in read_conllu(MODEL / "talk.conllu")}
    assert [
        words for sentence in annotated() if (words := " ".join(w[0] for w in sentence).lower()) in trained
    ] == []


def test_the_pipeline_loads_without_what_it_does_not_use(nlp: Language):
    assert nlp.pipe_names == [
        "izp_sentences",
        "tok2vec",
        "morphologizer",
        "trainable_lemmatizer",
        "parser",
        "izp_lemmas",
    ]


def test_the_pipeline_is_small():
    assert sum(file.stat().st_size for file in (MODEL / "nl_izp").rglob("*") if file.is_file()) < 10_000_000


def test_the_scores_stand_in_all_three_places():
    scores = json.loads((MODEL / "scores.json").read_text("utf-8"))
    meta = json.loads((MODEL / "nl_izp" / "meta.json").read_text("utf-8"))
    readme = (MODEL / "README.md").read_text("utf-8")
    assert set(scores) == set(TESTS)
    assert meta["performance"] == scores
    for treebank, by_name in scores.items():
        for name, values in by_name.items():
            row = next(line for line in readme.splitlines() if line.startswith(f"| {treebank} | {name} |"))
            assert [float(cell) for cell in row.split("|")[3:-1]] == list(values.values())


@pytest.mark.parametrize(
    ("measure", "floor"), [("pos_acc", 92.2), ("lemma_acc", 89.5), ("dep_uas", 76.4), ("dep_las", 67.9)]
)
def test_the_scores_reach_what_was_asked(measure: str, floor: float):
    scores = json.loads((MODEL / "scores.json").read_text("utf-8"))
    assert scores["Alpino"]["trained"][measure] >= floor


def test_the_notice_names_every_source_and_its_licence():
    notice = (MODEL / "NOTICE.md").read_text("utf-8")
    meta = json.loads((MODEL / "nl_izp" / "meta.json").read_text("utf-8"))
    assert meta["license"] == "CC BY-SA 4.0"
    assert "https://creativecommons.org/licenses/by-sa/4.0/legalcode" in notice
    assert len(meta["sources"]) == len(TESTS)
    for source in meta["sources"]:
        assert source["url"] in notice
        assert source["author"] in notice
        assert source["license"] in notice


# The recipe


def test_conllu_is_read_with_plain_lemmas_and_heads_from_zero(toy: list[Sentence]):
    first, second = toy
    assert first[1] == Token("belt", "bellen", "VERB", "VerbForm=Fin", 1, "root", space=False)
    assert [token.head for token in first] == [1, 1, 3, 1, 3, 1]
    assert second[0].head is None


@pytest.mark.parametrize(
    ("form", "lemma", "plain"),
    [
        ("opgenomen", "op_nemen", "opnemen"),
        ("neemt", "op_nemen", "nemen"),
        ("huisarts", "huis_arts", "huisarts"),
        ("_", "_", "_"),
    ],
)
def test_a_lemma_has_no_mark_and_no_particle_from_elsewhere(form: str, lemma: str, plain: str):
    assert plain_lemma(form, lemma) == plain


def test_lower_case_changes_form_and_lemma(toy: list[Sentence]):
    assert text(in_lower_case(toy[0]))[0] == "ze"


def test_marks_are_left_out_and_the_heads_follow(toy: list[Sentence]):
    bare = without(".,", toy[0])
    assert text(bare) == ["Ze", "belt", "hij", "niet"]
    assert [token.head for token in bare] == [1, 1, 1, 2]


def test_a_sentence_of_marks_alone_keeps_one(toy: list[Sentence]):
    mark = toy[0][5]._replace(head=0)
    assert text(without(".", (mark,))) == ["."]


def test_quotes_change_style(toy: list[Sentence]):
    quoted = tuple(toy[1][0]._replace(form=form) for form in (",,", "Ja", "''"))
    assert text(with_quotes("“", "”", quoted)) == ["“", "Ja", "”"]


def test_every_sentence_is_in_a_turn(toy: list[Sentence]):
    turns = as_turns(toy * 20, random.Random(1))  # noqa: S311  shuffles sentences, guards nothing
    assert sum(map(len, turns)) == 40
    assert max(map(len, turns)) <= 6


def test_a_turn_without_heads_has_sentence_starts_only(nlp: Language, toy: list[Sentence]):
    with_heads, bare = (to_example(nlp, [sentence, sentence]).reference for sentence in toy)
    assert with_heads.has_annotation("DEP")
    assert not bare.has_annotation("DEP")
    assert [len(list(doc.sents)) for doc in (with_heads, bare)] == [2, 2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the model's own, with a tiny architecture and one file for every treebank."""
    folder = tmp_path_factory.mktemp("model")
    with_heads, without_heads = CONLLU.split("\n\n")
    for name in ("trAB", "trA", "dev", "test_alpino", "test_lassy"):
        (folder / f"{name}.conllu").write_text("\n\n".join([with_heads] * 40), encoding="utf-8")
    (folder / "talk.conllu").write_text(without_heads, encoding="utf-8")
    config = (MODEL / "train.cfg").read_text("utf-8")
    (folder / "train.cfg").write_text(
        config.replace("width = 96", "width = 16").replace("[5000,1000,2500,2500]", "[50,10,25,25]"),
        encoding="utf-8",
    )
    return folder


@pytest.fixture(scope="module")
def tiny(folder: Path) -> dict[str, Path]:
    """Three trainings on a few sentences: the same twice, and once with another seed."""
    sentences, talk = (read_conllu(folder / f"{name}.conllu") for name in ("trA", "talk"))
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        train(
            folder / name,
            [(sentences, 2), (sentences[:10], 2)],
            talk,
            sentences[:1],
            config=folder / "train.cfg",
            seed=seed,
            evaluate_every=1,
        )
    return {name: folder / name for name in ("one", "again", "other")}


def weights(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("model")}


def test_the_same_seed_and_data_give_the_same_pipeline(tiny: dict[str, Path]):
    assert len(weights(tiny["one"])) == 5
    assert weights(tiny["one"]) == weights(tiny["again"])


def test_another_seed_gives_another_pipeline(tiny: dict[str, Path]):
    assert weights(tiny["one"]) != weights(tiny["other"])


def test_a_trained_pipeline_can_be_used(tiny: dict[str, Path]):
    doc = load_model(str(tiny["one"]))("Ze belt. Hij niet.")
    assert [len(sentence) for sentence in doc.sents] == [3, 3]
    assert doc.has_annotation("POS")


def test_a_new_pipeline_takes_the_old_one_s_place_with_its_scores(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(recipe, "HERE", folder)
    (folder / "nl_izp").mkdir()
    (folder / "nl_izp" / "old").touch()
    (folder / "README.md").write_text(
        f"Before\n{recipe.TABLE_BEGINS}\nold\n{recipe.TABLE_ENDS}\nAfter\n", encoding="utf-8"
    )
    recipe.main(folder)
    scores = json.loads((folder / "scores.json").read_text("utf-8"))
    meta = json.loads((folder / "nl_izp" / "meta.json").read_text("utf-8"))
    readme = (folder / "README.md").read_text("utf-8")
    assert sorted(path.name for path in folder.glob("nl_izp*")) == ["nl_izp"]
    assert not (folder / "nl_izp" / "old").exists()
    assert meta["performance"] == scores
    assert readme.startswith("Before\n")
    assert readme.endswith("After\n")
    assert "old" not in readme
    assert readme.count("\n| Alpino | ") == 2
    assert "pass  0" in capsys.readouterr().out
