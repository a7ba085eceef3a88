"""POST /api/learning-records/: what learning platforms send, with a key of their own in place of a sign-in (docs/api.md).

It takes no cookie and no form, so that there is nothing for a foreign page to misuse: that is why it asks for no CSRF
token.
"""

import logging
import time

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.operations import Refused
from core.scope import unscoped
from portal.limits import Limit, counted
from trainees.models import Platform
from trainees.services.recognition import platform_of_key, take_records
from trainees.services.recognition.calls import MOST_BYTES, BadCall, records_of

logger = logging.getLogger("portal.alarm")
CALLS = Limit("records", "报送学习记录", 60, 60, "POST", ())
"""Of one platform."""
WRONG_KEYS = Limit("records_key", "使用错误的接口密钥", 20, 600, "POST", ())
"""From one address."""


@csrf_exempt
@require_POST
def learning_records(request: HttpRequest) -> JsonResponse:
    platform = _platform_of(request)
    if isinstance(platform, JsonResponse):
        return platform
    if over(CALLS, str(platform.pk)):
        return refused(429, "请求", f"一分钟最多 {CALLS.most} 次，请稍后再试", CALLS.seconds)
    if request.content_type != "application/json":
        return refused(415, "Content-Type", "应为 application/json")
    if _length(request) > MOST_BYTES:
        return refused(413, "正文", "超过 1 MB，请分几次发送")
    try:
        return answered({"records": take_records(platform, records_of(request.body))})
    except BadCall as bad:
        return refused(400, bad.place, bad.message)
    except Refused as again:
        return refused(409, "records", again.message)


def _platform_of(request: HttpRequest) -> Platform | JsonResponse:
    """Whose key it is. A wrong one is answered the same whatever is wrong with it, and not often."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if over(WRONG_KEYS, address, count=False):
        return refused(429, "Authorization", "密钥多次不正确，请稍后再试", WRONG_KEYS.seconds)
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    with unscoped("a platform is found by its key"):
        platform = platform_of_key(key.strip()) if scheme == "Bearer" else None
    if platform is None:
        over(WRONG_KEYS, address)
        return refused(401, "Authorization", "没有密钥，或密钥不正确、已作废")
    return platform


def over(limit: Limit, who: str, *, count: bool = True) -> bool:
    """Whether this request is one too many; with `count` false it is looked at only."""
    if not settings.RATE_LIMITS:
        return False
    too_many = counted(limit, who, time.time(), add=int(count)) > limit.most - (not count)
    if too_many:
        logger.warning("limit %s exceeded by %s", limit.name, who)
    return too_many


def _length(request: HttpRequest) -> int:
    told = request.META.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isascii() and told.isdigit() else 0


def refused(status: int, place: str, message: str, wait: int = 0) -> JsonResponse:
    answer = answered({"error": {"place": place, "message": message}}, status)
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    if wait:
        answer["Retry-After"] = str(wait)
    return answer


def answered(told: dict[str, object], status: int = 200) -> JsonResponse:
    answer = JsonResponse(told, status=status, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "no-store"
    return answer
