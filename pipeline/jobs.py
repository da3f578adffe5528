"""Where a conversation waits for its flow: a folder per job on disk, so that the flow needs only an id.

    <data_dir>/jobs/<id>/job.json            what is to be done
                         source/             the conversation file, under its own name
                         participants.yaml   who is who, where the user said so
                         out/                the draft
                         error.txt           what went wrong, in words for the user

The folders are open to their owner alone. Nothing outside them learns more of a job than its id.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import uuid
from pathlib import Path

from extractors.schema import Record
from pipeline.draft import Draft, Options, draft
from pipeline.intake import IntakeError
from pipeline.settings import Settings

_ID = re.compile(r"[0-9a-f]{32}")


class Job(Record):
    """One conversation file to draft."""

    source: Path
    options: Options


class JobError(Exception):
    """A job failed. Tells which and with what kind of error, and holds nothing of the conversation."""

    def __init__(self, job_id: str, code: str) -> None:
        super().__init__(f"job {job_id}: {code}")
        self.job_id = job_id
        self.code = code


def submit(source: Path, options: Options, settings: Settings) -> str:
    """Copies a conversation file into the spool, to be drafted later.

    Returns:
        The id of the job. Its folder appears with all that is in it, or not at all.

    Raises:
        OSError: The file cannot be copied; no job was made.
    """
    job_id = uuid.uuid4().hex
    spool = _spool(settings)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=spool) as staging:
        here = Path(staging, "job")
        (here / "source").mkdir(mode=0o700, parents=True)
        shutil.copyfile(source, here / "source" / source.name)
        if options.participants is not None:
            shutil.copyfile(options.participants, here / "participants.yaml")
            options = options.model_copy(update={"participants": Path("participants.yaml")})
        job = Job(source=Path("source", source.name), options=options)
        (here / "job.json").write_text(job.model_dump_json(), "utf-8")
        here.chmod(0o700)
        here.rename(spool / job_id)
    return job_id


def folder(job_id: str, settings: Settings) -> Path:
    """The folder of a job.

    Raises:
        JobError: There is no such job.
    """
    # What is no id may be anything, a child's name too: it is neither looked up nor repeated.
    if not _ID.fullmatch(job_id):
        raise JobError("?", "NoSuchJob")
    path = _spool(settings) / job_id
    if not path.is_dir():
        raise JobError(job_id, "NoSuchJob")
    return path


def load(job_id: str, settings: Settings) -> Job:
    """Reads back what `submit` was given, with the paths of the copies.

    Raises:
        JobError: There is no such job.
    """
    here = folder(job_id, settings)
    job = Job.model_validate_json((here / "job.json").read_bytes())
    options = job.options
    if options.participants is not None:
        options = options.model_copy(update={"participants": here / options.participants})
    return Job(source=here / job.source, options=options)


def run(job_id: str, settings: Settings) -> Draft:
    """Drafts the plan of a job into its folder `out`, in place of what an earlier run left there.

    Raises:
        JobError: There is no such job, or it failed; `error.txt` in its folder then tells why. It carries
            the kind of the error and never the error itself, whose message may hold patient text.
    """
    here = folder(job_id, settings)
    complaint = here / "error.txt"
    complaint.unlink(missing_ok=True)
    try:
        job = load(job_id, settings)
        return draft(job.source, here / "out", job.options, settings, overwrite=True)
    except IntakeError as error:
        code, sentence = type(error).__name__, str(error)
    except Exception as error:
        code, sentence = type(error).__name__, "Er ging iets mis in het programma. Meld dit aan de beheerder."
    # Raised here and not in a handler: an exception takes the one it was raised in along, text and all.
    complaint.write_text(sentence, "utf-8")
    raise JobError(job_id, code)


def _spool(settings: Settings) -> Path:
    spool = settings.data_dir / "jobs"
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    return spool
