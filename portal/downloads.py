"""Downloads: a file name as people read it (RFC 6266), always as an attachment, never kept by a browser."""

from collections.abc import Iterator
from io import BytesIO

from django.http import FileResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
PDF = "application/pdf"
ZIP = "application/zip"
UNFIT = str.maketrans(dict.fromkeys('\\/:*?"<>|\r\n\t', "_"))


def download(data: bytes, name: str, kind: str) -> FileResponse:
    """These bytes under that name; `no-store` is set for everybody who is signed in (core.middleware)."""
    return FileResponse(BytesIO(data), as_attachment=True, filename=file_name(name), content_type=kind)


def stream(pieces: Iterator[bytes], name: str, kind: str) -> StreamingHttpResponse:
    """The same for what is made piece by piece."""
    headers = {"Content-Disposition": content_disposition_header(True, file_name(name)) or "attachment"}
    return StreamingHttpResponse(pieces, content_type=kind, headers=headers)


def file_name(name: str) -> str:
    """Without the characters that file names cannot hold, at most 120 long."""
    stem, dot, ending = name.translate(UNFIT).rpartition(".")
    return f"{stem[:110]}{dot}{ending}"
