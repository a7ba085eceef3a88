"""登录条: who of the class can sign in, and the sheet that waits to be taken."""

from typing import Any

from django.urls import reverse

from core.models import Batch
from organization.models import Account
from portal.acts import ask, new_op_id
from portal.pages import words
from portal.pages.files import job
from training.models import SlipSheet, TrainingClass
from training.services.slips import standing_of


def slips(one: TrainingClass, user: Account) -> dict[str, Any]:
    """The fragment's own context."""
    standing = standing_of(one)
    mine = SlipSheet.objects.filter(training_class=one, ordered_by=user)
    ready = mine.exclude(file=None).filter(taken=None).order_by("-ordered").first()
    batch = Batch.objects.filter(subject_id=one.pk, kind="slips").with_counts().order_by("-created").first()
    return {
        "facts": [
            words.fact("已能登录", f"{standing.ready} 人"),
            words.fact("需要登录条", f"{len(standing.waiting)} 人"),
            words.fact("由系统管理员办理", f"{standing.apart} 人"),
        ],
        "job": job(batch) if batch is not None and (batch.waiting or batch.failed) else None,
        "asks": [_order(one, len(standing.waiting))] if standing.waiting else [],
        "ready": ready,
        "take_url": reverse("portal:slips_take", args=[one.pk, ready.pk]) if ready else "",
        "op_id": new_op_id(),
    }


def _order(one: TrainingClass, count: int) -> dict[str, Any]:
    text = f"将为 {count} 名学员各印一张登录条。没有账号的会开通账号；以前印过、还没有用过的登录条随即作废。"
    url = reverse("portal:slips_order", args=[one.pk])
    return ask("slips", url, "生成登录条", f"生成 {count} 张登录条", text)
