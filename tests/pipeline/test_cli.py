import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from extractors.schema import Kind
from pipeline import cli
from pipeline.render import RenderError
from pipeline.template import TEMPLATE

TALK = (
    "Kinderarts: Wat is voor jullie belangrijk?\n"
    "Moeder: Ik wil graag dat Sem thuis kan zijn.\n"
    "Sem: Ik wil niet meer naar de IC.\n"
    "Kinderarts: Ik bel morgen de thuiszorg.\n"
)
QUOTE = "Ik wil graag dat Sem thuis kan zijn"

Output = pytest.CaptureFixture[str]


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = tmp_path / "sem.txt"
    path.write_text(TALK, "utf-8")
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def izp(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_draft_says_what_was_found_and_where_it_lies(talk: Path, out: Path, capsys: Output):
    assert izp("draft", talk, "--out", out) == 0
    printed = capsys.readouterr()
    assert names(out) == ["sem.gezin.docx", "sem.izp.docx", "sem.izp.json", "sem.izp.pdf"]
    assert str(out / "sem.izp.docx") in printed.out
    assert str(out / "sem.izp.pdf") in printed.out
    assert "wens" in printed.out
    assert printed.err == ""


def test_without_out_a_draft_lies_beside_its_source(talk: Path):
    assert izp("draft", talk) == 0
    assert names(talk.parent) == ["sem.gezin.docx", "sem.izp.docx", "sem.izp.json", "sem.izp.pdf", "sem.txt"]


def test_options_reach_the_record(talk: Path, out: Path, tmp_path: Path):
    people = tmp_path / "wie.yaml"
    people.write_text("Sem: {role: child}\n", "utf-8")
    options = ("--date", "2026-03-12", "--kind", "pzp", "--child", "Sem")
    assert izp("draft", talk, "--out", out, *options) == 0
    conversation = json.loads((out / "sem.izp.json").read_text("utf-8"))["conversation"]
    assert (conversation["date"], conversation["kind"], conversation["child"]) == ("2026-03-12", "pzp", "Sem")


def test_a_second_draft_gets_a_number_unless_told_to_replace(talk: Path, out: Path):
    izp("draft", talk, "--out", out)
    izp("draft", talk, "--out", out)
    assert "sem-2.izp.docx" in names(out)
    izp("draft", talk, "--out", out, "--overschrijven")
    assert len(names(out)) == 8


def test_a_bad_file_is_told_in_one_sentence_and_does_not_stop_the_others(
    talk: Path, out: Path, tmp_path: Path, capsys: Output
):
    empty, missing = tmp_path / "leeg.txt", tmp_path / "weg.txt"
    empty.touch()
    assert izp("draft", empty, talk, missing, "--out", out) == cli.BAD_INPUT
    complaints = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[0] for line in complaints] == [str(empty), str(missing)]
    assert names(out) == ["sem.gezin.docx", "sem.izp.docx", "sem.izp.json", "sem.izp.pdf"]


def test_a_file_that_this_computer_cannot_read_now_is_a_failure_and_no_bad_input(
    out: Path, tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("pypandoc.get_pandoc_path", lambda: str(tmp_path / "pandoc"))
    page = tmp_path / "sem.html"
    page.write_text(f"<html><body><p>{TALK}</p></body></html>")
    assert izp("draft", page, "--out", out) == cli.INTERNAL_FAILURE
    assert capsys.readouterr().err.startswith(f"{page}: ")


def test_two_files_of_one_name_both_get_their_draft(talk: Path, out: Path, tmp_path: Path):
    other = tmp_path / "sem.md"
    other.write_text(TALK, "utf-8")
    assert izp("draft", talk, other, "--out", out) == 0
    assert len(names(out)) == 8


@pytest.mark.parametrize("command", [("draft", "--overschrijven"), ("extract",)])
def test_two_files_of_one_name_do_not_replace_each_other(
    command: tuple[str, ...], talk: Path, out: Path, tmp_path: Path, capsys: Output
):
    other = tmp_path / "sem.md"
    other.write_text(TALK, "utf-8")
    assert izp(*command, talk, other, "--out", out) == cli.BAD_INPUT
    assert capsys.readouterr().err.startswith(f"{other}: ")


def test_a_failure_of_the_program_is_told_without_the_text(
    talk: Path, out: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> None:
        raise RuntimeError(TALK)

    monkeypatch.setattr("pipeline.draft.render", fail)
    assert izp("draft", talk, "--out", out) == cli.INTERNAL_FAILURE
    printed = capsys.readouterr()
    assert "RuntimeError" in printed.err
    assert "thuis" not in printed.out + printed.err
    assert not out.exists()


def test_a_full_disk_is_told_and_leaves_nothing(
    talk: Path, out: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
):
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("pipeline.publish.os.fsync", full)
    assert izp("draft", talk, "--out", out) == cli.INTERNAL_FAILURE
    assert capsys.readouterr().err == f"{talk}: De schijf is vol. Maak ruimte vrij en probeer het opnieuw.\n"
    assert names(out) == []


@pytest.mark.parametrize("number", sorted(cli.OS_ERRORS))
def test_a_file_that_cannot_be_written_is_told_without_an_option_that_a_command_lacks(
    tmp_path: Path, number: int, capsys: Output, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("pipeline.word_review.importing.import_review", refuse)
    assert izp("import-review", tmp_path / "plan.docx") == cli.INTERNAL_FAILURE
    told = capsys.readouterr().err
    assert told.endswith(f"plan.docx: {cli.OS_ERRORS[number]}\n")
    assert "--" not in told.removeprefix(str(tmp_path))


def test_a_folder_that_is_a_file_is_told(talk: Path, capsys: Output):
    assert izp("draft", talk, "--out", talk) == cli.INTERNAL_FAILURE
    assert "staat een bestand" in capsys.readouterr().err
    assert talk.read_text("utf-8") == TALK


def test_an_extraction_has_the_shape_of_a_gold_file(talk: Path, out: Path):
    assert izp("extract", talk, "--out", out) == 0
    assert names(out) == ["sem.pred.json"]
    prediction = json.loads((out / "sem.pred.json").read_text("utf-8"))
    assert set(prediction) == {"statements", "flags", "domains_not_discussed"}
    assert all(statement["quote"] in TALK for statement in prediction["statements"])


LATER = (
    "Gesprek met Sem, 30 april 2026\n\n"
    "Kinderarts: Hoe gaat het?\nSem: Goed.\nKinderarts: De thuiszorg is gebeld.\n"
)


def visits(folder: Path) -> tuple[Path, Path]:
    first, second = folder / "een.txt", folder / "twee.txt"
    first.write_text("Gesprek met Sem, 12 maart 2026\n\n" + TALK, "utf-8")
    second.write_text(LATER, "utf-8")
    return first, second


def test_conversations_of_one_child_are_compared(tmp_path: Path, out: Path, capsys: Output):
    first, second = visits(tmp_path)
    assert izp("extract", second, first, "--out", out) == 0
    assert names(out) == ["een.pred.json", "twee.pred.json", "verloop.json"]
    history = json.loads((out / "verloop.json").read_bytes())
    assert len(history["conversations"]) == 2
    assert [done["conversation"] for done in history["done"]] == history["conversations"][1:]
    assert str(out / "verloop.json") in capsys.readouterr().out.replace("\n", "")


def test_conversations_of_different_children_are_extracted_but_not_compared(
    tmp_path: Path, out: Path, capsys: Output
):
    first, second = visits(tmp_path)
    second.write_text(LATER.replace("Sem", "Noor"), "utf-8")
    assert izp("extract", first, second, "--out", out) == 0
    assert names(out) == ["een.pred.json", "twee.pred.json"]
    assert "verschillende kinderen" in capsys.readouterr().err


def test_a_conversation_under_two_names_counts_once(tmp_path: Path, out: Path, capsys: Output):
    first, second = visits(tmp_path)
    second.write_bytes(first.read_bytes())
    assert izp("extract", first, second, "--out", out) == 0
    assert "verloop.json" not in names(out)
    assert "twee keer" in capsys.readouterr().err


def annotate(folder: Path, source: str) -> None:
    statement = {
        "id": "s1",
        "quote": QUOTE,
        "perspective": "parent",
        "category": "preference",
        "domains": ["sociaal"],
        "polarity": "affirmed",
        "certainty": "firm",
    }
    gold = {
        "source": source,
        "kind": "het_belangrijk",
        "date": None,
        "child": "Sem",
        "participants": [],
        "statements": [statement],
        "flags": [],
        "domains_not_discussed": [],
    }
    (folder / f"{Path(source).stem}.gold.json").write_text(json.dumps(gold), "utf-8")


def test_an_evaluation_prints_the_figures_and_writes_them(talk: Path, tmp_path: Path, capsys: Output):
    annotate(tmp_path, talk.name)
    figures = tmp_path / "figures.json"
    assert izp("evaluate", tmp_path, "--json", figures) == 0
    assert "hele uitspraak" in capsys.readouterr().out
    written = json.loads(figures.read_text("utf-8"))
    assert written["conversations"] == 1
    assert written["detection_recall"] == 1.0
    assert written["not_verbatim"] == 0


def test_an_evaluation_counts_a_conversation_that_cannot_be_read(talk: Path, tmp_path: Path, capsys: Output):
    annotate(tmp_path, talk.name)
    annotate(tmp_path, "weg.txt")
    figures = tmp_path / "figures.json"
    assert izp("evaluate", tmp_path, "--json", figures) == cli.BAD_INPUT
    assert capsys.readouterr().err.startswith(f"{tmp_path / 'weg.txt'}: ")
    assert json.loads(figures.read_text("utf-8"))["missing_files"] == 1


def test_figures_that_cannot_be_written_are_told(talk: Path, tmp_path: Path, capsys: Output):
    annotate(tmp_path, talk.name)
    assert izp("evaluate", tmp_path, "--json", talk / "figures.json") == cli.INTERNAL_FAILURE
    assert capsys.readouterr().err.count("\n") == 1


def test_an_evaluation_without_annotations_is_told(tmp_path: Path, capsys: Output):
    assert izp("evaluate", tmp_path) == cli.BAD_INPUT
    assert "gold.json" in capsys.readouterr().err


def test_an_annotation_of_another_shape_is_told(tmp_path: Path, capsys: Output):
    (tmp_path / "sem.gold.json").write_text("[]", "utf-8")
    assert izp("evaluate", tmp_path) == cli.BAD_INPUT
    assert "annotatiegids" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("draft",), "BESTAND"),
        (("extract", "sem.txt"), "--out"),
        (("draft", "sem.txt", "--date", "morgen"), "2026-03-12"),
        (("draft", "sem.txt", "--kind", "praatje"), "samenwerkingsgesprek"),
        (("draft", "sem.txt", "--formaat", "odt"), "--formaat"),
        (("maak", "sem.txt"), "opdracht"),
    ],
)
def test_wrong_use_is_told_in_one_sentence(arguments: tuple[str, ...], told: str, capsys: Output):
    assert izp(*arguments) == cli.BAD_INPUT
    complaint = capsys.readouterr().err
    assert told in complaint
    assert complaint.count("\n") == 1


def test_a_setting_that_is_wrong_is_told(talk: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("IZP_MAX_BYTES", "veel")
    assert izp("draft", talk) == cli.BAD_INPUT
    assert "IZP_MAX_BYTES" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [(), ("--help",), ("draft", "--help"), ("evaluate", "--help")])
def test_help_is_dutch(arguments: tuple[str, ...], capsys: Output):
    assert izp(*arguments) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Gebruik: izp")
    assert "Show this message" not in shown
    assert "Options" not in shown


def test_the_version_is_that_of_the_package(capsys: Output):
    from importlib.metadata import version

    assert izp("--version") == 0
    assert capsys.readouterr().out == f"izp {version('izp')}\n"


def test_the_kinds_of_conversation_are_those_of_the_record():
    assert get_args(Kind) == cli.KINDS


def test_help_needs_neither_spacy_nor_prefect():
    code = (
        "import sys; from pipeline import cli; cli.main(['draft', '--help']); "
        "sys.exit(' '.join({'spacy', 'prefect', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
    assert done.stderr == "\n"


def test_drafting_does_not_need_prefect():
    code = "import sys; import pipeline.drafting; sys.exit('prefect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603


def test_a_document_that_cannot_be_made_is_told_in_its_own_words(
    talk: Path, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def fail(*_: object) -> None:
        raise RenderError("Typst kon de PDF niet maken.")

    monkeypatch.setattr("pipeline.draft.render", fail)
    assert izp("draft", talk, "--out", out) == cli.INTERNAL_FAILURE
    assert capsys.readouterr().err.endswith("sem.txt: Typst kon de PDF niet maken.\n")


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_breaking_off_leaves_nothing_half_written(stop: signal.Signals, talk: Path, out: Path):
    slow = (
        # Tests that run in the background of a shell inherit an interrupt that is ignored.
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "import sys, time, pipeline.publish as p; from pipeline import cli; write = p.write\n"
        "def slowly(path, content):\n    write(path, content); print('busy', flush=True); time.sleep(60)\n"
        "p.write = slowly\n"
        "sys.exit(cli.main(sys.argv[1:]))\n"
    )
    command = [sys.executable, "-c", slow, "draft", talk, "--out", out]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:  # noqa: S603  # all our own
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "busy\n"
            process.send_signal(stop)
            _, complaint = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == cli.INTERRUPTED
    assert complaint == "Afgebroken. Wat al klaar was, blijft staan.\n"
    assert names(out) == []


def test_a_template_that_is_right_is_told_so(capsys: Output):
    assert izp("template", "check", TEMPLATE) == 0
    assert "klopt" in capsys.readouterr().out


@pytest.mark.parametrize("command", [("check",), ("preview", "--out", "weg")])
def test_what_is_wrong_with_a_template_is_told_with_its_file(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
):
    monkeypatch.chdir(tmp_path)
    assert izp("template", command[0], tmp_path, *command[1:]) == cli.BAD_INPUT
    told = capsys.readouterr()
    assert "template.yaml: Dit bestand ontbreekt" in " ".join((told.out + told.err).split())
    assert not (tmp_path / "weg").exists()


def test_a_preview_says_where_its_documents_lie(tmp_path: Path, capsys: Output):
    assert izp("template", "preview", TEMPLATE, "--out", tmp_path) == 0
    told = capsys.readouterr().out
    assert len(list(tmp_path.iterdir())) == 3
    assert all(str(path) in told for path in tmp_path.iterdir())
