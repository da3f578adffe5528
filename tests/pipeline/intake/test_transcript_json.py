from __future__ import annotations

import json


def said(conversation):
    return [(turn.label, turn.text) for turn in conversation.turns]


def test_whisper_without_speakers_gives_sentences_and_flags_the_file(take_in):
    data = {
        "text": "...",
        "language": "nl",
        "segments": [
            {"id": 0, "start": 0.0, "end": 2.0, "text": " Hij slaapt"},
            {"id": 1, "start": 2.0, "end": 3.0, "text": " slecht."},
            {"id": 2, "start": 3.5, "end": 4.0, "text": " Sinds wanneer?"},
        ],
    }
    conversation = take_in("g.json", json.dumps(data))
    assert conversation.format == "whisper"
    assert said(conversation) == [(None, "Hij slaapt slecht."), (None, "Sinds wanneer?")]
    assert (conversation.turns[0].begin_s, conversation.turns[0].end_s) == (0.0, 3.0)
    assert conversation.flags[0].turns == ()


def test_whisperx_segments_of_one_speaker_are_one_turn(take_in):
    data = {
        "segments": [
            {"start": 0.5, "end": 1.0, "text": " Hoi.", "speaker": "SPEAKER_00"},
            {"start": 1.0, "end": 2.0, "text": " Ga zitten.", "speaker": "SPEAKER_00"},
            {"start": 2.0, "end": 3.0, "text": " Dank u.", "speaker": "SPEAKER_01"},
            {"start": 3.0, "end": 4.0, "text": " En dan."},
        ]
    }
    conversation = take_in("g.json", json.dumps(data))
    assert conversation.format == "whisperx"
    assert said(conversation) == [
        ("SPEAKER_00", "Hoi. Ga zitten."),
        ("SPEAKER_01", "Dank u."),
        (None, "En dan."),
    ]
    assert {flag.turns for flag in conversation.flags} == {(0,), (1,), (2,)}


def test_words_of_another_speaker_within_a_segment_are_their_own_turn(take_in):
    words = [("Hoe", "A"), ("gaat", "A"), ("het?", None), ("Slecht.", "B")]
    data = {
        "segments": [
            {
                "start": 0,
                "end": 4,
                "text": " Hoe gaat het? Slecht.",
                "speaker": "A",
                "words": [
                    {"word": word, "start": n, "end": n + 0.9, **({"speaker": who} if who else {})}
                    for n, (word, who) in enumerate(words)
                ],
            }
        ]
    }
    conversation = take_in("g.json", json.dumps(data))
    assert said(conversation) == [("A", "Hoe gaat het?"), ("B", "Slecht.")]
    assert conversation.turns[1].begin_s == 3


def test_words_that_do_not_stand_in_the_text_leave_the_segment_whole(take_in):
    data = {
        "segments": [
            {
                "start": 0,
                "end": 2,
                "text": "Hoe gaat het?",
                "speaker": "A",
                "words": [{"word": "Iets", "speaker": "A"}, {"word": "anders", "speaker": "B"}],
            }
        ]
    }
    assert said(take_in("g.json", json.dumps(data))) == [("A", "Hoe gaat het?")]


def test_amberscript_words_and_speaker_names(take_in):
    data = {
        "id": "x",
        "segments": [
            {
                "speaker": "spk1",
                "words": [
                    {"text": "Hij", "start": 0.1, "end": 0.3},
                    {"text": "slaapt", "start": 0.3, "end": 0.6},
                    {"text": ".", "start": 0.6, "end": 0.6},
                ],
            },
            {"speaker": "spk2", "words": [{"text": "Fijn!", "start": 1.0, "end": 1.4}]},
        ],
        "speakers": [{"spkid": "spk1", "name": "Moeder"}, {"spkid": "spk2", "name": "Kinderarts"}],
    }
    conversation = take_in("g.json", json.dumps(data))
    assert conversation.format == "amberscript"
    assert said(conversation) == [("Moeder", "Hij slaapt."), ("Kinderarts", "Fijn!")]
    assert (conversation.turns[0].begin_s, conversation.turns[0].end_s) == (0.1, 0.6)


def test_bare_list_of_segments(take_in):
    assert said(take_in("g.json", '[{"text": "Ja.", "speaker": "A"}]')) == [("A", "Ja.")]


def test_time_that_is_no_number_is_unknown(take_in):
    conversation = take_in(
        "g.json", '{"segments": [{"text": "Ja.", "start": NaN, "end": "x", "speaker": "A"}]}'
    )
    assert (conversation.turns[0].begin_s, conversation.turns[0].end_s) == (None, None)


def test_json_is_known_by_content(take_in):
    assert take_in("gesprek.txt", '{"segments": [{"text": "Ja.", "speaker": "A"}]}').format == "whisperx"
