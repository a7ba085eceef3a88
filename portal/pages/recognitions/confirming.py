"""An import confirmed as one: what that comes to, before it is asked for."""

from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.urls import reverse

from core.amounts import plain
from organization.models import Account
from portal.acts import new_op_id
from portal.pages import words
from portal.pages.recognitions import State, line, linked, told
from portal.pages.recognitions.platforms import trail
from trainees.models import PlatformUpload, Recognition
from trainees.services.recognition import UNDECIDED, effects_before, why_none_to_confirm

SAMPLED = 20


def to_confirm(upload: PlatformUpload, user: Account) -> dict[str, Any]:
    """What templates/portal/recognition/confirm_upload.html needs: the whole in figures, the first rows with their effect."""
    rows = Recognition.objects.visible_to(user).filter(upload=upload, state=State.VETTED)
    sums = rows.aggregate(n=Count("pk"), hours=Sum("hours"), people=Count("cadre", distinct=True))
    why_none = why_none_to_confirm(upload, user)
    shown = list(linked(rows).order_by("cadre__pinyin", "pk")[:SAMPLED])
    effects = effects_before(shown)
    lines = [line(one) | {"effects": [told(each) for each in effects.get(one.pk, ())]} for one in shown]
    return {
        "upload": upload,
        "rows": lines,
        "figures": [
            words.figure("等待确认", sums["n"], "条"),
            words.figure("涉及", sums["people"], "人"),
            words.figure("申报", plain(sums["hours"] or Decimal(0)), "学时"),
            words.figure("疑似重复", rows.filter(UNDECIDED).count(), "条", "不随本次确认"),
        ],
        "more": max(0, sums["n"] - len(shown)),
        "notes": [words.note("info", f"{why_none}。")] if why_none else [],
        "may": not why_none,
        "op_id": new_op_id(),
        "back_url": reverse("portal:platform_rehearsal", args=[upload.pk]),
        "crumbs": trail((upload.file_name, reverse("portal:platform_rehearsal", args=[upload.pk])), ("确认学分", "")),
    }
