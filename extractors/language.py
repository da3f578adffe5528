"""Dutch as it is written in care notes and spoken in conversations: what the project changes about spaCy's.

`load_model` gives the shipped pipeline, or another installed one, with the project's tokenizer rules,
sentence ends (`izp_sentences`) and lemmas (`izp_lemmas`). Short forms stand in `model/abbreviations.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Set
from contextlib import AbstractContextManager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import simplemma
import spacy
import yaml
from spacy.attrs import LEMMA, NORM, ORTH, POS  # type: ignore[import-not-found]  # compiled, without stubs
from spacy.language import Language
from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found]  # compiled, without stubs
from spacy.tokens import Doc
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex, registry
from thinc.api import Model, Ragged, chain, use_ops
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # has no stubs

_MODEL = Path(__file__).parent / "model"
_NOT_USED = ("ner", "senter", "tagger", "tokenizer")
_TOKENIZER = {"nlp": {"tokenizer": {"@tokenizers": "izp.dutch.v1"}}}

# "i.o.m.", "N.v.t.", the initials of a name; "m." and "v." are mother and father in notes.
_ABBREVIATION = re.compile(r"(?:(?:[^\W\d_]\.){2,}|[A-Z]\.|[mv]\.|Ch\.|Th\.)\Z")
_LETTERS_THAT_END = frozenset(
    {"a.s.", "a.u.b.", "e.a.", "e.d.", "m.", "n.t.b.", "n.v.t.", "p.d.", "p.m.", "p.w.", "v.", "z.s.m."}
)
_ELLIPSIS = re.compile(r"\.{2,}|…")
_MARKS = frozenset(".!?")
_CLOSERS = frozenset("\"'”’»)]*_")
_LAST_CHARACTERS = frozenset(".!?…\n ")
_APOSTROPHES = "'’‘"
_OPEN_CLASS = ("NOUN", "VERB", "AUX", "ADJ")
_KNOWN_WORDS = 1 << 16


_MIXING = np.random.default_rng(0).integers(1 << 63, size=16, dtype=np.uint64) * np.uint64(2) + np.uint64(1)

_Learn = Callable[[Ragged], Ragged]


class ModelError(ValueError):
    """A pipeline that was asked for cannot be had; the message says in Dutch what to do."""


def fast_matrices() -> AbstractContextManager[None]:
    """Pipelines made or loaded within this context multiply matrices with numpy instead of BLIS.

    With the wheels of both this is twice as fast on x86-64; tok2vec spends nine tenths of its time there.
    From here on numpy uses one thread: a batch of turns is too small for more, which only get in each
    other's way (on a busy machine with two cores, 2,300 words/s instead of 16,000).
    """
    threadpool_limits(1, "blas")
    context: AbstractContextManager[None] = use_ops("numpy", use_blis=False)
    return context


@cache
def short_forms() -> dict[str, dict[str, str]]:
    """The short forms and the words they stand for, by group, as `model/abbreviations.yaml` has them."""
    groups: dict[str, dict[str, str]] = yaml.safe_load((_MODEL / "abbreviations.yaml").read_text("utf-8"))
    return groups


def _spellings(form: str) -> Iterator[str]:
    """A form with each kind of apostrophe, and in capitals where it is not fixed to some already."""
    cases = {form, form.capitalize(), form.upper()} if form.islower() else {form}
    for case in cases:
        yield from {case.replace("'", apostrophe) for apostrophe in _APOSTROPHES}


@cache
def _words() -> dict[str, str]:
    """Every spelling of a short form, with the word it stands for."""
    return {
        spelling: word
        for group in ("before", "anywhere", "bare", "spoken")
        for form, word in short_forms()[group].items()
        for spelling in _spellings(form)
    }


def dutch_tokenizer(nlp: Language) -> Tokenizer:
    """A tokenizer for a Dutch pipeline, with the project's abbreviations and spoken forms.

    They replace spaCy's own list of Dutch abbreviations, which holds ordinary words at the end of a sentence
    ("dat.", "hand.", "best.", "u.") and takes a second to load. Words joined by a slash are split.
    """
    rules = {spelling: [{ORTH: spelling, NORM: word}] for spelling, word in _words().items()}
    for spelling in _spellings("da's"):
        rules[spelling] = [{ORTH: spelling[:2], NORM: "dat"}, {ORTH: spelling[2:], NORM: "is"}]
    defaults = nlp.Defaults
    infixes = [*(defaults.infixes or ()), r"(?<=[^\W\d_])/(?=['’]?[^\W\d_])"]
    return Tokenizer(
        nlp.vocab,
        rules=rules,
        prefix_search=compile_prefix_regex(defaults.prefixes or ()).search,
        suffix_search=compile_suffix_regex(defaults.suffixes or ()).search,
        infix_finditer=compile_infix_regex(infixes).finditer,
        token_match=_ABBREVIATION.match,
        url_match=defaults.url_match,
    )


@registry.tokenizers("izp.dutch.v1")  # type: ignore[untyped-decorator]  # spaCy leaves it so
def _tokenizer_factory() -> Callable[[Language], Tokenizer]:
    return dutch_tokenizer


@Language.factory("izp_sentences", assigns=["token.is_sent_start"])
def izp_sentences(nlp: Language, name: str) -> Callable[[Doc], Doc]:  # noqa: ARG001  spaCy calls it with both
    """Sets the sentence starts by rule.

    A full stop, exclamation mark or question mark ends a sentence whatever follows, since transcripts go on
    in lower case; not after an abbreviation, a numbering or an hour, nor before the rest of a sentence that
    follows a quotation (`"Mag dat?" vroeg ze`). An ellipsis, and an abbreviation that can be a last word, end
    one where a capital follows. A line break always does.
    """
    can_be_last = {spelling for form in short_forms()["anywhere"] for spelling in _spellings(form)}
    can_be_last |= _LETTERS_THAT_END

    def annotate(doc: Doc) -> Doc:
        words = [token.text for token in doc]
        starts = np.full((len(words), 1), -1, dtype=np.int64)
        start = 0
        for at, word in enumerate(words):
            if word[-1] not in _LAST_CHARACTERS or at < start:
                continue
            after = at + 1
            while after < len(words) and words[after] in _CLOSERS and not doc[after - 1].whitespace_:
                after += 1
            if after < len(words) and _ends(words, at, after, start, can_be_last):
                start = after
                starts[start] = 1
        starts[:1] = 1
        doc.from_array(["SENT_START"], starts.view(np.uint64))  # type: ignore[arg-type]  # stub knows ints only
        return doc

    return annotate


def _ends(words: list[str], at: int, after: int, start: int, can_be_last: Set[str]) -> bool:
    """Whether the sentence from `start` ends at `at`, where the next one would begin at `after`."""
    word, rest = words[at], words[after]
    if "\n" in word:
        return True
    if word in can_be_last or _ELLIPSIS.fullmatch(word):
        return rest[0].isupper()
    if word not in _MARKS:
        return False
    numbering = word == "." and at == start + 1 and words[start].isdecimal()
    hour = word == "." and at > 1 and words[at - 1] == "u" and words[at - 2][-1].isdecimal()
    quoted = after > at + 1
    return not numbering and not (rest[0].islower() and (quoted or hour))


@Language.factory("izp_lemmas", requires=["token.pos"], assigns=["token.lemma"])
def izp_lemmas(nlp: Language, name: str) -> Callable[[Doc], Doc]:  # noqa: ARG001  spaCy calls it with both
    """Sets the lemmas of short forms, and from a dictionary those of nouns, verbs and adjectives.

    All other words, and those the dictionary has no fitting lemma for, keep the lemma they have.
    """
    strings = nlp.vocab.strings
    fixed = {strings.add(form): strings.add(word) for form, word in _words().items() if word not in form}
    open_class = {strings[pos]: pos for pos in _OPEN_CLASS}

    @lru_cache(maxsize=_KNOWN_WORDS)
    def lemma_of(form: int, norm: int, pos: int) -> int:
        """The key of the lemma, 0 for the one that the word has."""
        if form in fixed:
            return fixed[form]
        word = dictionary_lemma(strings[norm], open_class[pos]) if pos in open_class else None
        return 0 if word is None else strings.add(word)

    def annotate(doc: Doc) -> Doc:
        words = doc.to_array([ORTH, NORM, POS, LEMMA]).tolist()
        lemmas = [lemma_of(form, norm, pos) or given for form, norm, pos, given in words]
        array = np.array(lemmas, dtype=np.uint64).reshape(-1, 1)
        doc.from_array([LEMMA], array)  # type: ignore[arg-type]  # stub knows names only
        return doc

    return annotate


def dictionary_lemma(form: str, pos: str) -> str | None:
    """The lemma of a lower-case Dutch word in simplemma's dictionary, where it fits the part of speech.

    The dictionary knows no parts of speech, and gives "kapster" for "kapper" and "wangeloven" for "geloof".
    So a noun changes only where its ending can be a plural's or a diminutive's; a verb's lemma must be an
    infinitive that begins as the form does, `ge-` apart; no noun or adjective becomes an infinitive.

    Args:
        form: The word in lower case.
        pos: NOUN, VERB, AUX or ADJ.

    Returns:
        The lemma, or None where the dictionary has none that fits.
    """
    if form in short_forms()["lemmas"]:
        return short_forms()["lemmas"][form]
    if pos == "NOUN" and not form.endswith(("s", "n", "je", "a")):
        return form
    lemma: str = simplemma.lemmatize(form, lang="nl").replace("_", "")
    if pos in ("VERB", "AUX"):
        initials = (form[0], form.removeprefix("ge")[:1])
        fits = lemma.endswith("n") and (lemma == "zijn" or lemma[0] in initials)
    else:
        fits = form.endswith("en") or not lemma.endswith("en")
    return lemma if fits and (lemma != form or simplemma.is_known(form, lang="nl")) else None


def load_model(name: str | None = None) -> Language:
    """Loads a Dutch pipeline and gives it the project's tokenizer rules, sentence ends and lemmas.

    Args:
        name: An installed spaCy pipeline ("nl_core_news_md") or a folder with one; None: the shipped one.

    Returns:
        The pipeline, for the `izp_` components of the extraction to be added to.

    Raises:
        ModelError: It is not installed, or is no Dutch pipeline with parts of speech and lemmas.
    """
    try:
        with fast_matrices():
            nlp = spacy.load(name or _MODEL / "nl_izp", exclude=_NOT_USED, config=_TOKENIZER)
    except OSError as error:
        raise ModelError(
            f"Het taalmodel {name!r} is niet geïnstalleerd. Installeer het, of laat de instelling leeg: "
            "dan wordt het meegeleverde model gebruikt."
        ) from error
    assigned = {attribute for pipe in nlp.pipe_names for attribute in nlp.get_pipe_meta(pipe).assigns}
    if nlp.lang != "nl" or not {"token.pos", "token.lemma"} <= assigned:
        raise ModelError(
            f"Het taalmodel {name!r} past niet: nodig is een Nederlands model dat woordsoorten en lemma's "
            "bepaalt. Laat de instelling leeg: dan wordt het meegeleverde model gebruikt."
        )
    if name is None:
        _embed_alike_words_once(nlp)
    nlp.add_pipe("izp_sentences", first=True)
    nlp.add_pipe("izp_lemmas")
    return nlp


def _embed_alike_words_once(nlp: Language) -> None:
    """Lets the shipped model work out the vector of a word once for all its places in a conversation.

    Before the model looks at the words around it, a word has the same vector everywhere. Two words in three
    have stood in the conversation before.
    """
    tok2vec: Any = nlp.get_pipe("tok2vec")
    layers = tok2vec.model.layers[0].layers  # read the features, join the turns, embed, mix, part the turns
    layers[2:4] = [Model("once_a_word", _once_a_word, layers=[chain(*layers[2:4])])]


def _once_a_word(model: Model[Ragged, Ragged], words: Ragged, is_train: bool) -> tuple[Ragged, _Learn]:
    """Runs a layer on the words that differ, and puts what it gives in all their places."""
    layer: Model[Ragged, Ragged] = model.layers[0]
    if is_train:
        return layer(words, is_train)
    features: Any = words.dataXd  # thinc has types of its own for what are arrays of numpy
    # One number for the features of a word; that two words share one by chance is out of the question.
    numbers = (features * _MIXING[: features.shape[1]]).sum(axis=1)
    _, first, places = np.unique(numbers, return_index=True, return_inverse=True)
    size: Any = np.array([len(first)])
    embedded, learn = layer(Ragged(features[first], size), is_train)
    vectors: Any = embedded.dataXd
    return Ragged(vectors[places], words.lengths), learn
