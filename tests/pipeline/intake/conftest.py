from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from extractors.schema import Conversation
from pipeline.intake import read

TakeIn = Callable[..., Conversation]


@pytest.fixture
def take_in(tmp_path: Path) -> TakeIn:
    """Write a file with this name and content, and read it."""

    def write_and_read(name: str, content: str | bytes, **options: object) -> Conversation:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read(path, **options)  # type: ignore[arg-type] # the test passes read's own options through

    return write_and_read


@pytest.fixture
def docx_bytes() -> Callable[[docx.document.Document], bytes]:
    def save(document: docx.document.Document) -> bytes:
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()

    return save


@pytest.fixture
def raw_docx() -> Callable[..., bytes]:
    """A DOCX whose body is this XML; other parts by name."""

    def build(body: str, **parts: str) -> bytes:
        word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        namespaces = (
            f'xmlns:w="{word}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
            'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
        )
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr(
                "word/document.xml", f"<w:document {namespaces}><w:body>{body}</w:body></w:document>"
            )
            for name, xml in parts.items():
                archive.writestr(f"word/{name}.xml", f"<w:{name} {namespaces}>{xml}</w:{name}>")
        return out.getvalue()

    return build


@pytest.fixture
def pdf_bytes() -> Callable[..., bytes]:
    """A PDF with these lines on each page; without lines a page shows a picture only."""

    def build(*pages: list[str]) -> bytes:
        objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
        objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
        objects.append(
            "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray "
            "/BitsPerComponent 8 "
            "/Length 1 >>\nstream\n0\nendstream"
        )
        kids = []
        for lines in pages:
            shown = " ".join(
                f"({line.replace(chr(92), '').replace('(', chr(92) + '(').replace(')', chr(92) + ')')}) Tj T*"
                for line in lines
            )
            stream = f"BT /F1 11 Tf 14 TL 50 780 Td {shown} ET" if lines else "/I1 Do"
            objects.append(f"<< /Length {len(stream.encode('cp1252'))} >>\nstream\n{stream}\nendstream")
            objects.append(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> "
                f"/XObject << /I1 4 0 R >> >> /Contents {len(objects)} 0 R >>"
            )
            kids.append(f"{len(objects)} 0 R")
        objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
        out = b"%PDF-1.4\n"
        places = []
        for number, content in enumerate(objects, start=1):
            places.append(len(out))
            out += f"{number} 0 obj\n{content}\nendobj\n".encode("cp1252")
        start = len(out)
        table = "".join(f"{place:010} 00000 n \n" for place in places)
        out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
        return out + f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF".encode()

    return build
