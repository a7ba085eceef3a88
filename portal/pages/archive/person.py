"""Who it is: facts of the person, and the posts they held."""

from django.urls import reverse

from portal.pages import words
from portal.pages.archive.look import Look, Shown, section
from reports.papers.archive import Person


def person(look: Look) -> Shown:
    who = look.archive.person
    unmask = reverse("admin:trainees_cadre_unmask", args=[who.key]) if look.sight.staff and who.masked else ""
    return section("person", "基本情况", facts=[fact for fact in facts(who) if fact["value"]], unmask_url=unmask)


def facts(who: Person) -> list[dict[str, object]]:
    """What is not known is left out."""
    return [
        words.fact("单位", who.unit),
        words.fact("职务", who.post),
        words.fact("职务层次", who.post_level),
        words.fact("职级", who.rank),
        words.fact("层次归类", who.band),
        words.fact("干部管理权限", who.authority),
        words.fact("状态", who.status),
        words.fact("性别", who.sex),
        words.fact("民族", who.ethnic_group),
        words.fact("政治面貌", who.political_status),
        words.fact("入党时间", words.day(who.party_since)),
        words.fact("参加工作时间", words.day(who.work_since)),
        words.fact("身份证号", who.masked),
    ]


def postings(look: Look) -> Shown | None:
    """任职变动: shown once there is more than the post of today."""
    rows = look.archive.postings
    return section("postings", "任职变动", rows=rows) if len(rows) > 1 else None
