"""人事变动: the forms on a cadre, and what each would change before it is done."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from portal.acts import ask
from portal.pages import words
from trainees.models import Appointment, Cadre
from trainees.rules.levels import band_of
from trainees.services.moves import Place, appointment_of, authority_for

NO_BAND = "未定（职务层次和职级都没有）"


def url_of(cadre: Cadre) -> str:
    return reverse("portal:cadre", args=[cadre.pk])


def crumbs(cadre: Cadre, last: str) -> list[dict[str, str]]:
    return words.crumbs((cadre.name, url_of(cadre)), (last, ""))


def page(cadre: Cadre, heading: str, lead: str) -> dict[str, Any]:
    """What templates/portal/people/form.html and look.html share."""
    return {
        "heading": heading,
        "lead": lead,
        "facts": facts(cadre),
        "crumbs": crumbs(cadre, heading),
        "back_url": url_of(cadre),
        "acts": [act for act in acts(cadre) if act["label"] != heading],
        "ask": verify_ask(cadre) if cadre.unverified else None,
    }


def acts(cadre: Cadre) -> list[dict[str, str]]:
    """What else is done about a cadre."""
    pages = (("任职变动", "cadre_move"), ("状态变动", "cadre_status"), ("合并重复建档", "cadre_merge"))
    return [{"label": label, "url": reverse(f"portal:{name}", args=[cadre.pk])} for label, name in pages]


def verify_ask(cadre: Cadre) -> dict[str, Any]:
    url, text = reverse("portal:cadre_verify", args=[cadre.pk]), "已与干部人事档案核对，信息无误；不再显示“待核”。"
    return ask("verify", url, "核实", f"核实{cadre.name}的信息", text, hidden={"seen": cadre.version})


def facts(cadre: Cadre) -> list[dict[str, object]]:
    """How it is now."""
    now = present(cadre)
    return [
        words.fact("姓名", cadre.name),
        words.fact("身份证号", cadre.masked_id_number),
        words.fact("单位", cadre.unit.name),
        words.fact("职务", now.post),
        words.fact("职务层次", now.post_level),
        words.fact("职级", now.rank),
        words.fact("任现职务自", words.day(now.since)),
        words.fact("干部管理权限", cadre.managing_authority.name),
        words.fact("状态", cadre.get_status_display()),
    ]


def present(cadre: Cadre) -> Appointment:
    """The primary appointment; one without words where there is none."""
    return appointment_of(cadre) or Appointment(cadre=cadre, unit=cadre.unit, since=timezone.localdate())


def initial(cadre: Cadre) -> dict[str, Any]:
    now = present(cadre)
    same = {"unit": cadre.unit_id, "post": now.post, "post_level": now.post_level, "rank": now.rank}
    return same | {"since": timezone.localdate(), "seen": cadre.version}


def move_rows(cadre: Cadre, place: Place, since: date) -> list[dict[str, Any]]:
    """Old → new, line by line, and what is asked of the cadre from then on."""
    now = present(cadre)
    lines = [
        ("单位", cadre.unit.name, place.unit.name),
        ("职务", now.post, place.post),
        ("职务层次", now.post_level, place.post_level),
        ("职级", now.rank, place.rank),
        ("干部管理权限", cadre.managing_authority.name, authority_for(cadre, place).name),
        ("任现职务自", words.day(now.since), words.day(since)),
        ("学习要求按", band_words(cadre.band), band_words(band_of(place.post_level, place.rank))),
    ]
    return [line(*one) for one in lines]


def line(label: str, old: str, new: str) -> dict[str, Any]:
    return {"label": label, "old": old or "—", "new": new or "—", "changed": old != new}


def band_words(band: str) -> str:
    return Cadre.Band(band).label if band else NO_BAND


def move_notes(cadre: Cadre, place: Place, since: date) -> list[dict[str, str]]:
    """What follows from it."""
    band, notes = band_of(place.post_level, place.rank), []
    if band == Cadre.Band.COUNTY_UP != cadre.band:
        notes.append(words.note("info", "层次提高：学习要求从这一年起按县处级计算；提拔前没有达到要求的，一年内补足。"))
    elif band != cadre.band:
        notes.append(words.note("info", "学习要求的层次有变，当年的任务会重新分派。"))
    if place.unit.pk != cadre.unit_id:
        notes.append(words.note("info", f"原单位的任职、班次和学时不变；{words.day(since)}起由新单位联络员查看学时。"))
    return notes


def status_rows(cadre: Cadre, status: str, since: date) -> list[dict[str, Any]]:
    now = appointment_of(cadre)
    gone = status in ("retired", "died", "left")
    ends = "到前一天为止" if gone and now else "不变"
    return [
        line("状态", cadre.get_status_display(), Cadre.Status(status).label),
        line("状态起始", words.day(cadre.status_since), words.day(since)),
        line("现任职", f"{now.unit.name} {now.post}" if now else "", ends if now else ""),
    ]


def count(rows: Any) -> int:
    found: int = rows.all().unscoped("a number only, of a cadre in scope").count()
    return found


def merge_rows(double: Cadre, into: Cadre) -> list[dict[str, Any]]:
    """Both side by side: what of the double is kept, and what will stand."""
    lines = [
        ("姓名", double.name, into.name),
        ("身份证号", double.masked_id_number, into.masked_id_number),
        ("单位", double.unit.name, into.unit.name),
        ("手机号", double.masked_phone, into.masked_phone),
        ("班次", f"{count(double.enrolments)} 个", f"{count(into.enrolments)} 个"),
        ("学时记录", f"{count(double.credit_entries)} 条", f"{count(into.credit_entries)} 条"),
    ]
    return [line(*one) for one in lines]
