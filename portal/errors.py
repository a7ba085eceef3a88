"""Pages of refusal: what was refused, why, and who can. Never a stack trace, never a bare code."""

import logging
import unicodedata
import uuid
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template

from core.audit import NotRecorded, record
from core.crypto import Unreadable
from core.files import FileGone
from core.forms import UPLOAD_LIMIT, UPLOAD_MEGABYTES, FaultyForm
from core.operations import Conflict, Refused
from core.scanning import ScannerDown
from portal.pages.why.page import address_of
from portal.rules import Forbidden, Refusal

logger = logging.getLogger("portal.errors")
FORM_ROOM = 1024 * 1024
UNRECORDED = {"why": "审计记录暂时写不进去；不能留痕的操作一律不办理"}
UNSCANNED = {"why": "杀毒软件暂时没有应答；没有查过毒的文件一律不收"}
NOT_READY = {"what": "打开文件", "who": "班主任：在班次的“文件”页重新生成"}


class Refusals:
    """Turns what services raise into pages: Conflict 409, Refused 403; turns away bodies that no form of ours sends."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Conflict):
            refusal = {"why": error.message}
            return render(request, "errors/409.html", {"refusal": refusal}, status=409)
        if isinstance(error, Refused):
            return render(request, "403.html", {"refusal": {"why": error.message}}, status=403)
        if isinstance(error, NotRecorded):
            logger.error("the audit log could not be written", exc_info=error)
            return render(request, "errors/503.html", {"refusal": UNRECORDED}, status=503)
        if isinstance(error, Unreadable):
            return unreadable(request, error)
        if isinstance(error, ScannerDown):
            return render(request, "errors/503.html", {"refusal": UNSCANNED}, status=503)
        if isinstance(error, FileGone):
            return render(request, "errors/410.html", {"refusal": NOT_READY | {"why": str(error)}}, status=410)
        return None


def unreadable(request: HttpRequest, error: Unreadable) -> HttpResponse:
    """A sealed value does not open: nothing of it is shown, and the audit administrator learns where it stands (SEC-33)."""
    logger.error("a sealed value does not open: %s", error.place)
    actor = request.user.pk if request.user.is_authenticated else None
    record("sealed.unreadable", actor=actor, result="failed", reason=str(error), after={"place": error.place})
    return render(request, "errors/unreadable.html", status=500)


class UploadBound:
    """Refuses a body that is larger than any form of the portal before it is read (it stands before CSRF)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _length(request) > UPLOAD_LIMIT + FORM_ROOM:
            refusal = {"why": f"文件超过了 {UPLOAD_MEGABYTES} MB 的上限"}
            return render(request, "errors/413.html", {"refusal": refusal}, status=413)
        return self.get_response(request)


class PlainPaths:
    """An address with a control character is none of ours: 404 before anything asks the database for it (B32).

    A parameter with the character NUL, which no text of the database holds, is 400 (B31).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any(unicodedata.category(one) == "Cc" for one in request.path_info):
            return render(request, "404.html", status=404)
        if "%00" in request.META.get("QUERY_STRING", ""):
            return render(request, "400.html", {"why": "地址里有不能识别的字符"}, status=400)
        return self.get_response(request)


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def no_such_page(request: HttpRequest, **rest: str) -> HttpResponse:
    raise Http404


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Our own sentence where there is one; what a library says of a body is for nobody."""
    why = str(exception) if isinstance(exception, FaultyForm) else ""
    return render(request, "400.html", {"why": why}, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    refusal: Refusal | None = exception.refusal if isinstance(exception, Forbidden) else None
    context = {"refusal": refusal, "exception": str(exception), "why_url": address_of(request.path)}
    return render(request, "403.html", context, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """No context processors here: whatever failed may be among them. The number is in the log beside the trace."""
    error_id = uuid.uuid4().hex[:8]
    logger.error("error page %s shown at %s", error_id, request.path)
    return HttpResponse(get_template("500.html").render({"error_id": error_id}), status=500)
