"""Documents edited by LibreOffice itself: one start, no window, a Basic macro that follows a list of steps.

The steps stand in a file, one on a line, their parts apart by tabs. The macro works as a reader does, with
the program's own search, selection and track changes; nothing of LibreOffice is needed but Writer.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from benchmarks.roundtrip.edits import Edit, Step

AUTHOR = ("Lies", "de Wit")
TIME_LIMIT_S = 900
MACRO = Path(__file__).with_name("steps.bas")

_LIBRARIES = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "libraries.dtd">
<library:libraries xmlns:library="http://openoffice.org/2000/library"
 xmlns:xlink="http://www.w3.org/1999/xlink">
<library:library library:name="Standard" library:link="false"/></library:libraries>"""

_LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard"
 library:readonly="false"
 library:passwordprotected="false"><library:element library:name="Steps"/></library:library>"""

_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Steps"
 script:language="StarBasic">{}
</script:module>"""

_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/Office">
<prop oor:name="ooSetupInstCompleted" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.UserProfile/Data">
<prop oor:name="givenname" oor:op="fuse"><value>{}</value></prop>
<prop oor:name="sn" oor:op="fuse"><value>{}</value></prop></item>
</oor:items>"""
"""The profile of who works. It is said to be made, or the first start would put its own library there."""


STEPS = frozenset(
    {
        "track", "replace", "before", "after", "delete", "paragraph", "row", "remove", "comment", "format",
        "resolve", "uncomment",
    }
)  # fmt: skip
WORD, WRITER = "MS Word 2007 XML", "writer8"


class LibreOfficeError(RuntimeError):
    """LibreOffice did not do what it was asked; says which step it was at."""


def installed() -> bool:
    """Whether LibreOffice is here."""
    return shutil.which("soffice") is not None


def can(edit: Edit) -> bool:
    """Whether the macro has what it takes for an edit."""
    return all(step[0] in STEPS for step in edit.steps)


def write(data: bytes, edits: Sequence[Sequence[Step]], *, by_way_of_odt: bool) -> list[bytes]:
    """Takes the steps of each edit in a copy of a document of its own, and saves it as DOCX.

    Args:
        data: The document.
        edits: The steps of each.
        by_way_of_odt: Whether it is saved as ODT first, and opened again.
    """
    with tempfile.TemporaryDirectory() as name:
        steps: list[Step] = []
        for number, edit in enumerate(edits):
            start, odt, end = (str(Path(name, f"{number}{end}")) for end in (".docx", ".odt", "-new.docx"))
            Path(start).write_bytes(data)
            steps += [("open", start), *edit]
            if by_way_of_odt:
                steps += [("save", odt, WRITER), ("close",), ("open", odt)]
            steps += [("save", end, WORD), ("close",)]
        follow(steps)
        return [Path(name, f"{number}-new.docx").read_bytes() for number in range(len(edits))]


def follow(steps: Sequence[Step]) -> None:
    """Lets LibreOffice take all steps, in one start.

    Args:
        steps: Each the name of a step of `steps.bas` and what it needs.

    Raises:
        LibreOfficeError: A step failed, or the program did not end in time.
    """
    with tempfile.TemporaryDirectory() as name:
        profile = Path(name)
        library = profile / "user" / "basic" / "Standard"
        library.mkdir(parents=True)
        (profile / "steps.txt").write_text(
            "".join("\t".join(map(_coded, step)) + "\n" for step in steps), "ascii"
        )
        source = MACRO.read_text("utf-8").replace("«folder»", name)
        (library.parent / "script.xlc").write_text(_LIBRARIES, "utf-8")
        (library / "script.xlb").write_text(_LIBRARY, "utf-8")
        (library / "Steps.xba").write_text(_MODULE.format(escape(source, {'"': "&quot;"})), "utf-8")
        (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS.format(*AUTHOR), "utf-8")
        _start(profile, "macro:///Standard.Steps.Main")
        done = profile / "done.txt"
        told = done.read_text("utf-8", "replace").strip() if done.exists() else "nothing was done"
    if told != "done":
        raise LibreOfficeError(told)


def _start(profile: Path, task: str) -> None:
    command = ["soffice", "--headless", "--norestore", f"-env:UserInstallation={profile.as_uri()}", task]
    try:
        subprocess.run(command, timeout=TIME_LIMIT_S, check=False, capture_output=True)  # noqa: S603  # fixed
    except subprocess.TimeoutExpired:
        raise LibreOfficeError("LibreOffice did not end in time") from None


def _coded(part: str) -> str:
    r"""Text as ASCII on one line: what is beyond it, tabs and line ends as `\uXXXX`."""
    units = part.encode("utf-16-be")
    codes = (int.from_bytes(units[at : at + 2]) for at in range(0, len(units), 2))
    return "".join(chr(code) if 32 <= code < 127 and code != 92 else f"\\u{code:04x}" for code in codes)
