"""Downloads: a file name as people read it (RFC 6266), always as an attachment, never kept by a browser.

What is stored leaves by a signed address (SEC-21). A page links to an address of its own, which asks for scope and
right, records the download and ends with `hand_over`; the answer leads to /files/<token>/. The token names the row, the
account and the session, holds for five minutes, and opens for nobody else. There the row is fetched anew, in scope:

    @opens("leave_proof")
    def leave_proof(user: Account, key: str) -> Sendable:
        leave = get_in_scope(LeaveRequest.objects.select_related("proof"), user, pk=key)
        return stored(leave.proof, leave.proof_name)

    @require_safe
    def leave_proof_download(request: SignedIn, pk: UUID) -> HttpResponse:
        …scope, right, record(…)…
        return hand_over(request, "leave_proof", pk)

Lists made on the fly are sent at once, by `download`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from uuid import UUID

from django.core import signing
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import content_disposition_header

from core.files import FileGone, load
from core.models import StoredFile
from organization.models import Account
from portal.requests import SignedIn

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
PDF = "application/pdf"
ZIP = "application/zip"
UNKNOWN = "application/octet-stream"
BY_ENDING = {".pdf": PDF, ".xlsx": XLSX, ".zip": ZIP, ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
UNFIT = str.maketrans(dict.fromkeys('\\/:*?"<>|\r\n\t', "_"))
SALT = "portal.downloads"
HOLDS = 5 * 60  # seconds an address holds


@dataclass(frozen=True, slots=True)
class Sendable:
    """Bytes with the name and the media type under which they leave."""

    data: bytes
    name: str
    kind: str


Opener = Callable[[Account, str], Sendable]
OPENERS: dict[str, Opener] = {}


def opens(source: str) -> Callable[[Opener], Opener]:
    """Mark what opens a row of that source for an account; it raises Http404 for what is out of the account's scope."""

    def kept(opener: Opener) -> Opener:
        OPENERS[source] = opener
        return opener

    return kept


def hand_over(request: SignedIn, source: str, key: UUID) -> HttpResponse:
    """Lead to the file of a row by an address for this account in this session; the caller has recorded the download."""
    if source not in OPENERS:
        raise LookupError(f"nothing opens {source}")
    return redirect(
        "portal:file", token=_signer().sign_object([source, str(key), str(request.user.pk), _mark(request)])
    )


def redeem(request: SignedIn, token: str) -> Sendable:
    """What the address leads to. Raises Http404 for another account or session, after its time, or when it was changed."""
    try:
        source, key, account, mark = _signer().unsign_object(token, max_age=HOLDS)
    except (signing.BadSignature, ValueError) as error:
        raise Http404("下载地址无效或已过期") from error
    if account != str(request.user.pk) or not constant_time_compare(mark, _mark(request)):
        raise Http404("下载地址是给另一次登录的")
    return OPENERS[source](request.user, key)


def stored(file: StoredFile | None, name: str) -> Sendable:
    """A stored file's bytes under that name. Raises FileGone where there is none, or none any more."""
    if file is None:
        raise FileGone("没有存放文件")
    return Sendable(load(file), name, BY_ENDING.get(PurePath(name).suffix.lower(), UNKNOWN))


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=SALT)


def _mark(request: SignedIn) -> str:
    """What a session is known by in an address: neither its key nor the form in which the database keeps that."""
    return salted_hmac(SALT, request.session.session_key or "", algorithm="sha256").hexdigest()[:32]


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
