"""A guard before DOCX and ODT are unpacked: no zip bomb, no encryption, no XML with a document type."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from pipeline.intake.errors import IntakeError

MAX_UNPACKED = 200 * 1024 * 1024
MAX_PART = 50 * 1024 * 1024
MAX_RATIO = 200
MAX_PARTS = 2000

BROKEN = (
    "Dit bestand is beschadigd en kan niet worden uitgepakt; "
    "open het in Word of LibreOffice en sla het opnieuw op."
)
BOMB = (
    "Dit bestand wordt bij het uitpakken onredelijk groot en is daarom geweigerd; "
    "plak de tekst in een nieuw document en bied dat aan."
)
ENCRYPTED = "Dit bestand is met een wachtwoord beveiligd; haal de beveiliging eraf en bied het opnieuw aan."
DOCUMENT_TYPE = (
    "Dit bestand bevat een XML-definitie (DOCTYPE of entiteiten) die niet is toegestaan; "
    "plak de tekst in een nieuw document en bied dat aan."
)
_DTD = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class Archive:
    """A zip file whose parts may be read: every size, name and document type was checked first."""

    def __init__(self, data: bytes) -> None:
        """Open and check.

        Raises:
            IntakeError: broken, encrypted, too large unpacked, or with a document type in its XML.
        """
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise IntakeError(BROKEN) from None
        infos = self._zip.infolist()
        if any(info.flag_bits & 0x1 for info in infos):
            raise IntakeError(ENCRYPTED)
        unpacked = sum(info.file_size for info in infos)
        if len(infos) > MAX_PARTS or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(len(data), 10_000):
            raise IntakeError(BOMB)
        self.names = frozenset(info.filename for info in infos)

    def read(self, name: str) -> bytes:
        """The bytes of one part, read in pieces so that a false size in the directory cannot fill the memory.

        Raises:
            IntakeError: the part is missing, broken or larger than it says.
        """
        try:
            with self._zip.open(name) as part:
                content = part.read(MAX_PART + 1)
        except (
            KeyError,
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            ValueError,
            RuntimeError,
        ):
            raise IntakeError(BROKEN) from None
        if len(content) > MAX_PART:
            raise IntakeError(BOMB)
        return content

    def xml(self, name: str) -> bytes:
        """The bytes of an XML part, refused where it holds a document type or an entity.

        Raises:
            IntakeError: as `read`, or because of the document type.
        """
        content = self.read(name)
        refuse_document_type(content)
        return content


def refuse_document_type(content: bytes) -> None:
    """Refuse XML with a document type: no entity is ever expanded or fetched.

    Raises:
        IntakeError: there is a document type, in whichever encoding.
    """
    for encoding in ("latin-1", "utf-16-le", "utf-16-be"):
        if _DTD.search(content.decode(encoding, errors="ignore")):
            raise IntakeError(DOCUMENT_TYPE)
