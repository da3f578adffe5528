from __future__ import annotations

TEAMS = """\ufeffWEBVTT\r
\r
4ecb3d5d-6666-4fd7-bb72-96bd615567b3/9-0\r
00:00:02.400 --> 00:00:06.474\r
<v Emine Yildiz>Hij slaapt &amp; eet\r
bij mij op schoot,</v>\r
\r
4ecb3d5d-6666-4fd7-bb72-96bd615567b3/9-1\r
00:00:06.500 --> 00:00:09.000\r
<v Emine Yildiz>elke middag.</v>\r
\r
4ecb3d5d-6666-4fd7-bb72-96bd615567b3/10-0\r
00:00:09.500 --> 00:00:11.000\r
<v.loud Verhoeven, P. (Paul)>Mooi &lt;3\r
"""


def said(conversation):
    return [(turn.label, turn.text) for turn in conversation.turns]


def test_teams_cues_of_one_speaker_are_one_turn(take_in):
    conversation = take_in("gesprek.vtt", TEAMS)
    assert said(conversation) == [
        ("Emine Yildiz", "Hij slaapt & eet bij mij op schoot, elke middag."),
        ("Verhoeven, P. (Paul)", "Mooi <3"),
    ]
    assert (conversation.turns[0].begin_s, conversation.turns[0].end_s) == (2.4, 9.0)


def test_format_is_known_by_content(take_in):
    assert take_in("gesprek.txt", TEAMS).format == "vtt"


def test_zoom_label_before_the_text(take_in):
    text = (
        "WEBVTT\n\n1\n00:01.000 --> 00:02.000\nEsra Demir: Hoi.\n\n"
        "2\n00:02.000 --> 00:03.000\nSaskia Vroom: Dag.\n\n"
        "3\n00:03.000 --> 00:04.000\nSaskia Vroom: Alles goed?\n\n"
        "4\n00:05.000 --> 00:06.000\nEsra Demir: Ja.\n"
    )
    assert said(take_in("g.vtt", text)) == [
        ("Esra Demir", "Hoi."),
        ("Saskia Vroom", "Dag. Alles goed?"),
        ("Esra Demir", "Ja."),
    ]


def test_two_voices_in_one_cue(take_in):
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Moeder>Ja</v> <v Vader>Nee</v> rumoer\n"
    assert said(take_in("g.vtt", text)) == [("Moeder", "Ja"), ("Vader", "Nee"), (None, "rumoer")]


def test_notes_styles_and_settings_are_no_text(take_in):
    text = (
        "WEBVTT - titel\nKind: captions\n\nNOTE een opmerking\n\n"
        "STYLE\n::cue { color: red }\n\nid 7\n00:01.000 --> 00:02.000 align:start "
        "position:0%\n<v Moeder>Ja <i>hoor</i></v>\n"
    )
    assert said(take_in("g.vtt", text)) == [("Moeder", "Ja hoor")]


def test_plain_cues_have_no_speaker_and_flag_the_file(take_in):
    conversation = take_in(
        "g.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nHij slaapt\n\n00:02.000 --> 00:03.000\nslecht. En nu?\n"
    )
    assert said(conversation) == [(None, "Hij slaapt slecht. En nu?")]
    assert [(flag.type, flag.turns) for flag in conversation.flags] == [("unclear_speaker", ())]


def test_srt_label_at_a_change_of_speaker_only(take_in):
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\nSem: Ik keep\n"
        "en schiet.\n\n2\n00:00:02,100 --> 00:00:03,000\n"
        "Bij de onder veertien.\n\n3\n00:00:03,100 --> 00:00:04,000\n"
        "Bas: Let op: die bal.\n\n4\n00:00:05,000 --> 00:00:06,000\n"
        "Sem: Ja.\n\n5\n00:00:06,000 --> 00:00:07,000\n"
        "Bas: Goed.\n"
    )
    assert said(take_in("g.srt", text)) == [
        ("Sem", "Ik keep en schiet. Bij de onder veertien."),
        ("Bas", "Let op: die bal."),
        ("Sem", "Ja."),
        ("Bas", "Goed."),
    ]


def test_cue_without_a_label_has_no_speaker_where_every_cue_repeats_its_label(take_in):
    cues = ["Sem: Hoi.", "Sem: Ik ben er.", "Bas: Dag.", "geen idee wie dit zegt", "Sem: Ja."]
    text = "\n\n".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{cue}" for n, cue in enumerate(cues, 1))
    assert said(take_in("g.srt", text))[2] == (None, "geen idee wie dit zegt")


def test_srt_without_empty_lines_between_cues(take_in):
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\nMoeder: Ja.\n"
        "2\n00:00:02,000 --> 00:00:03,000\nVader: Om 3\n"
        "3\n00:00:03,000 --> 00:00:04,000\nMoeder: Goed.\n"
    )
    assert said(take_in("g.srt", text)) == [("Moeder", "Ja."), ("Vader", "Om 3"), ("Moeder", "Goed.")]


def test_times_over_an_hour(take_in):
    conversation = take_in(
        "g.srt",
        "1\n01:02:03,450 --> 01:02:04,000\nMoeder: Ja.\n\n2\n01:02:05,000 --> 01:02:06,000\nVader: Nee.",
    )
    assert conversation.turns[0].begin_s == 3723.45
