from extractors.content import content_words


def test_forms_of_one_word_are_one() -> None:
    assert content_words("Ik bel de apotheek") == content_words("de apotheek werd gebeld") - {"werd"}


def test_small_words_tell_nothing() -> None:
    assert content_words("dat is van ons") == frozenset()


def test_a_verb_and_its_particle_are_one() -> None:
    assert content_words("vraag die aan") & content_words("aanvragen") == {"anvrag"}
