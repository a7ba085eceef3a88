"""A closed year: its statements stand as they were issued, while these pages count by today's units."""

from django.db.models import Q
from django.utils import timezone

from organization.access import below
from organization.models import Unit
from portal.pages import words
from portal.pages.duties.look import ROLES, Look
from trainees.models import LedgerYear


def closed_words(look: Look) -> str:
    """That the year is closed, by whom and when; empty where it is open. One query."""
    tops = [look.unit.path] if look.unit else look.user.access.paths(*ROLES)
    above = {path for own in tops for path in Unit.upward(own)}
    rows = LedgerYear.objects.filter(Q(authority__path__in=above) | below(tops, "authority__path"))
    rows = rows.filter(year=look.view.year, closed_at__isnull=False).select_related("authority")
    told = [
        f"{one.authority.name} {words.day(timezone.localdate(one.closed_at))}"
        for one in rows.order_by("authority__path")
    ]
    if not told:
        return ""
    return (
        f"{look.view.year}年已结账（{'；'.join(told[:3])}{'等' if len(told) > 3 else ''}），"
        "印发的数字见年度学习情况；此处按今天的单位和调整期计算。"
    )
