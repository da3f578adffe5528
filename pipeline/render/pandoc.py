"""The pandoc processes: each stays, and writes one plan after another as Typst source, as a DOCX or as both.

A thread that needs one takes one that is idle or starts one, and gives it back when it has its answer; so
there are as many as there were plans at the same time. One that failed, died or took too long is ended, and
the next plan starts another. All end with this process, however that ends: their input closes.
"""

from __future__ import annotations

import atexit
import os
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from threading import Timer
from typing import IO, Literal, cast

import pypandoc  # type: ignore[import-untyped]  # comes without types

from pipeline.render.errors import RenderEndedError, RenderError

MARKDOWN = "commonmark+attributes+bracketed_spans+fenced_divs+pipe_tables-raw_html"
"""The part of commonmark_x that the layouts use: what pandoc does not know, a quote cannot misuse."""

TIME_LIMIT_S = 120

_SCRIPT = Path(__file__).with_name("worker.lua")
_LENGTH = 8
_NOT_MADE = "Pandoc kon het document niet maken"

Format = Literal["typst", "docx"]
Worker = subprocess.Popen[bytes]

_running: set[Worker] = set()
_idle: defaultdict[Path, list[Worker]] = defaultdict(list)


def convert(markdown: str, directory: Path, first: Format, *further: Format) -> Iterator[bytes]:
    """What pandoc makes of a layout, one format after the other, each as soon as it is there.

    Args:
        markdown: The plan as laid out.
        directory: The template's, of which pandoc reads `layout.lua` and `reference.docx` and nothing else.
        first: What to make of it.
        further: What else.

    Raises:
        RenderEndedError: pandoc ended, took too long or could not be started.
        RenderError: pandoc failed.
    """
    worker = None
    answered = False
    try:
        worker = _take(directory)
        too_late = Timer(TIME_LIMIT_S, worker.kill)
        too_late.start()
        try:
            _send(worker, f"{' '.join((first, *further))}\n{markdown}".encode())
            for _ in further:
                yield _receive(worker)
            last = _receive(worker)
            answered = True
        finally:
            too_late.cancel()
    except (OSError, EOFError) as error:
        raise RenderEndedError(f"{_NOT_MADE} ({type(error).__name__}).") from None
    finally:
        if answered and worker:
            _idle[directory].append(worker)
        elif worker:
            _end(worker)
    yield last


def _take(directory: Path) -> Worker:
    """A process that waits for a plan."""
    idle = _idle[directory]
    while True:
        try:
            worker = idle.pop()
        except IndexError:
            return _start(directory)
        if worker.poll() is None:
            return worker
        _end(worker)


def _start(directory: Path) -> Worker:
    worker = subprocess.Popen(  # noqa: S603  # a fixed command; the plan goes in by standard input
        [_pandoc_path(), "lua", str(_SCRIPT), MARKDOWN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        cwd=directory,
        # Else pandoc keeps a file for the lines that nobody types, and dates what it writes by the clock.
        env={"PANDOC_REPL_HISTORY": os.devnull, "SOURCE_DATE_EPOCH": "315532800", "LANG": "C.UTF-8"},
        # Ctrl-C is for this process, which may want to finish its plan.
        process_group=0,
    )
    _running.add(worker)
    return worker


_pandoc_path = cache(pypandoc.get_pandoc_path)


def _send(worker: Worker, data: bytes) -> None:
    left = memoryview(len(data).to_bytes(_LENGTH) + data)
    while left:
        left = left[_pipe(worker.stdin).write(left) :]


def _receive(worker: Worker) -> bytes:
    """One answer of a worker.

    Raises:
        EOFError: It ended.
        RenderError: It could not make one.
    """
    size = int.from_bytes(_read(worker, _LENGTH))
    if not size:
        raise RenderError(f"{_NOT_MADE}.")
    return _read(worker, size)


def _read(worker: Worker, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        part = _pipe(worker.stdout).read(size - len(data))
        if not part:
            raise EOFError
        data += part
    return bytes(data)


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    return cast("IO[bytes]", pipe)  # there, as it was asked for


def _end(worker: Worker) -> None:
    worker.kill()
    _close(worker)
    worker.wait()


def _close(worker: Worker) -> None:
    _pipe(worker.stdin).close()
    _pipe(worker.stdout).close()
    _running.discard(worker)


@atexit.register
def _end_all() -> None:
    for worker in tuple(_running):
        _end(worker)


def _leave_to_parent() -> None:
    """In a process made by fork: the workers are the parent's, which must be able to close their input."""
    for worker in tuple(_running):
        _close(worker)
        worker.returncode = 0  # not ours to wait for
    _idle.clear()


os.register_at_fork(after_in_child=_leave_to_parent)
