"""What came of it: works handed in, honours, reports at the unit, follow-ups."""

from uuid import UUID

from django.urls import reverse

from portal.acts import ask
from portal.pages.archive.look import Look, Shown, section

TOLD_TONES = {"filed": "info", "confirmed": "good", "returned": "warn"}


def works(look: Look) -> Shown | None:
    rows = [
        {
            "line": line,
            "url": reverse("portal:work_take", args=[line.key]),
            "ask": withdraw_ask(line.key, line.title, place) if look.sight.own else None,
        }
        for place, line in enumerate(look.archive.works)
    ]
    return section("works", "学习成果", rows=rows, count=len(rows)) if rows else None


def honours(look: Look) -> Shown | None:
    """Staff may add one though there is none yet."""
    rows = [
        {"line": line, "url": reverse("portal:award_edit", args=[line.key]) if look.sight.staff else ""}
        for line in look.archive.honours
    ]
    add = reverse("portal:award_add", args=[look.cadre.pk]) if look.sight.staff else ""
    return section("honours", "学习荣誉", rows=rows, add_url=add) if rows else None


def told(look: Look) -> Shown | None:
    rows = [{"line": line, "tone": TOLD_TONES.get(line.state, "off")} for line in look.archive.told]
    return section("told", "述学", rows=rows) if rows else None


def visits(look: Look) -> Shown | None:
    return section("visits", "训后回访", rows=look.archive.visits) if look.archive.visits else None


def withdraw_ask(key: UUID, title: str, place: int) -> dict[str, object]:
    """The dialog that takes a work back; `place` tells the dialogs of a page apart."""
    url = reverse("portal:work_withdraw", args=[key])
    return ask(f"work-{place}", url, "撤回", "撤回学习成果", f"“{title}”将不再显示，文件随即删除；需要时请重新交。")


def remove_ask(key: int, name: str, version: int) -> dict[str, object]:
    """The dialog that takes an award back."""
    url = reverse("portal:award_remove", args=[key])
    text = f"“{name}”将从学习荣誉中删去；登记和删去都留在操作记录里。"
    return ask("remove", url, "删去", "删去学习荣誉", text, reason="删去的理由", hidden={"seen": version})
