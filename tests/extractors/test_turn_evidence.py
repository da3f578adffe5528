"""What a turn tells of who speaks."""

from extractors.turn_evidence import turn_evidence, voice_of


def test_a_question_without_marks_is_known_by_its_words() -> None:
    assert "asked:jij" in turn_evidence("voetballen", "wat vind jij het leukst", None)


def test_a_name_within_a_sentence_is_no_evidence() -> None:
    assert "word:loes" not in turn_evidence("Dat zei Loes ook", "", None)


def test_how_a_speaker_was_called_just_before_is_evidence() -> None:
    assert "called:mama" in turn_evidence("Ja, lieverd", "Blijf je, mama?", None)


def test_an_adult_patient_sounds_otherwise_than_a_child() -> None:
    assert (voice_of("child", adult=True), voice_of("child", adult=False)) == ("patient", "child")
