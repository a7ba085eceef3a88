"""How often one person may do what costs much or takes data away (SEC-23); over it: 429, in the audit log, in the alarm.

Downloads of what exists are not counted. The counts lie in the cache; while it is away nobody is kept from work.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

logger = logging.getLogger("portal.alarm")
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many requests of one method to these pages in so many seconds."""

    name: str
    what: str
    most: int
    seconds: int
    method: str
    pages: tuple[str, ...]


LIMITS = (
    Limit("export", "导出", 10, HOUR, "GET", (
        "portal:class_list_export", "portal:class_roster_export", "portal:class_hours_export", "portal:class_unclosed_export", "portal:class_leaves_export", "portal:class_export", "portal:class_summary_csv",
        "portal:class_summary_xlsx", "portal:catalogue_export", "admin:core_auditentry_export",
        "portal:cadre_list_export", "portal:cadre_table_export", "portal:cadre_data",
        "portal:recognition_export", "portal:duties_export", "portal:duties_appraisal", "portal:duty_people_export",
        "portal:exemptions_export", "portal:follow_up_export", "portal:online_export", "portal:ledger_people_export",
        "portal:ledger_late_export", "portal:recomputation_export",
    )),
    Limit("search_number", "按身份证号查找", 30, HOUR, "POST", ("portal:search_number",)),
    Limit("search", "搜索", 120, 60, "GET", ("portal:search", "portal:why")),
    Limit("generate", "生成文件", 20, HOUR, "POST", ("portal:class_drafts", "portal:results_confirm", "portal:results_amend", "portal:cadre_papers", "portal:unit_booklets")),
    Limit("import", "导入工作簿", 10, HOUR, "POST", (
        "portal:workbook_upload", "portal:machine_upload", "portal:platform_upload", "portal:catalogue_upload",
        "portal:roster_upload", "portal:personnel_forms", "portal:cadre_table_upload",
    )),
    Limit("unmask", "查看完整身份证号", 50, 24 * HOUR, "POST", ("admin:trainees_cadre_unmask",)),
)  # fmt: skip
BY_PAGE = {(limit.method, page): limit for limit in LIMITS for page in limit.pages}


class Limits:
    """Middleware: counts before the page is made, inside the refusal log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        page = request.resolver_match.view_name if request.resolver_match else ""
        method = (
            "GET" if request.method == "HEAD" else request.method or ""
        )  # what makes a page for one makes it for both
        limit = BY_PAGE.get((method, page))
        if limit is None or not settings.RATE_LIMITS or not request.user.is_authenticated:
            return None
        if counted(limit, str(request.user.pk), time.time()) <= limit.most:
            return None
        logger.warning("limit %s exceeded by account %s", limit.name, request.user.pk)
        span = "一分钟" if limit.seconds == 60 else "一小时" if limit.seconds == HOUR else "一天"
        refusal = {"what": limit.what, "why": f"{span}内最多{limit.what} {limit.most} 次，您已经超过"}
        answer = render(request, "errors/429.html", {"refusal": refusal}, status=429)
        answer["Retry-After"] = str(limit.seconds - int(time.time()) % limit.seconds)
        return answer


def counted(limit: Limit, who: str, now: float, add: int = 1) -> int:
    """Count this request; how many there were in the running span. 0 where the cache does not answer."""
    key = f"limit:{limit.name}:{who}:{int(now) // limit.seconds}"
    try:
        cache.add(key, 0, timeout=limit.seconds)
        return cache.incr(key, add)
    except Exception as error:  # the cache's client raises many kinds; all mean that nothing was counted
        logger.warning("requests are not counted: %s", error)
        return 0
