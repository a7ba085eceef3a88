"""What “我的登录” shows of remembered phones and calendar addresses."""

from typing import Any

import segno
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from organization.models import Account, DeviceCredential
from portal.acts import new_op_id
from portal.pages import words


def owned(user: Account) -> dict[str, Any]:
    """The live credentials of an account by kind, each with its button."""
    live = DeviceCredential.objects.live(timezone.now()).filter(account=user).order_by("-made")
    rows = [row(one) for one in live]
    return {
        "phones": [one for one in rows if one["kind"] == DeviceCredential.Kind.PHONE],
        "calendars": [one for one in rows if one["kind"] == DeviceCredential.Kind.CALENDAR],
        "calendar_url": reverse("portal:calendar_add"),
        "op_id": new_op_id(),
    }


def row(one: DeviceCredential) -> dict[str, Any]:
    return {
        "kind": one.kind, "label": one.label or "未知设备", "made": one.made, "used": one.used, "expires": one.expires,
        "url": reverse("portal:device_end", args=[one.pk]), "op_id": new_op_id(),
    }  # fmt: skip


def calendar_made(key: str) -> dict[str, Any]:
    """The address that is told this once, and as a code for the phone's camera."""
    address = settings.PUBLIC_URL + reverse("portal:calendar", args=[key])
    crumbs = words.crumbs(("我的登录", reverse("portal:sessions")), ("日历订阅地址", ""))
    picture = segno.make_qr(address, error="l").svg_data_uri(scale=4)
    return {"address": address, "picture": picture, "days": settings.DEVICE_DAYS, "crumbs": crumbs}
