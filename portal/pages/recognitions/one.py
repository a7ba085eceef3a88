"""One filing: what was learned, its proofs, what the ledger makes of it, what may be done with it."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from organization.models import Account
from portal.acts import ask, names_of, new_op_id
from portal.pages import words
from portal.pages.recognitions import State, amount, is_open_double, source, told
from portal.pages.recognitions.clashes import clashes
from portal.rules_recognition import Part, may_file_again, may_judge_double, may_take_back
from reports.gathering.archive import sight_of
from trainees.models import Recognition, RecognitionProof
from trainees.services.recognition import Liaisons, effects_after, effects_before
from trainees.services.recognition.deciding import why_not_confirm, why_not_return, why_not_vet


def page(row: Recognition, part: Part, user: Account) -> dict[str, Any]:
    """What templates/portal/recognition/page.html needs; `row` comes from `linked`."""
    return {
        "row": row,
        "facts": facts(row),
        "proofs": [proof(one, row) for one in proofs_of(row, user)],
        "events": events(row),
        "effects": [told(one) for one in effects(row)],
        "ledger_url": ledger_url(row, part, user),
        "posted": row.state not in (State.FILED, State.VETTED),
        "double": double(row, part, user) if is_open_double(row) else None,
        "told_apart": row.twin_reason,
        "notes": clash_notes(row, part, user) + notes(row, part, user),
        "asks": asks(row, part, user),
        "edit_url": edit_url(row, part),
        "crumbs": trail(row, part),
    }


def ledger_url(row: Recognition, part: Part, user: Account) -> str:
    """The ledger that it was posted to, for whoever sees it."""
    if row.state not in (State.CONFIRMED, State.REVOKED) or not (part.own or sight_of(user, row.cadre).hours):
        return ""
    return reverse("portal:cadre", args=[row.cadre.canonical_id or row.cadre_id]) + "#ledger"


def trail(row: Recognition, part: Part) -> list[dict[str, str]]:
    if part.own:
        return words.crumbs(("我的学时申报", reverse("portal:my_recognitions")), (row.title, ""))
    return words.crumbs(("学分认定", reverse("portal:recognition_list")), (row.title, ""))


def facts(row: Recognition) -> list[dict[str, object]]:
    found = [
        words.fact("干部", f"{row.cadre.name}（{row.cadre.unit.name}）"),
        words.fact("学习方式", row.get_channel_display()),
        words.fact("起止", words.period(row.since, row.until)),
        words.fact("申报", amount(row)),
        words.fact("来源", source(row)),
    ]
    if row.unit_id != row.cadre.unit_id:
        found.insert(1, words.fact("申报时单位", row.unit.name))
    if row.minutes:
        found.append(words.fact("学习时长", f"{row.minutes} 分钟"))
    if row.platform:
        found.append(words.fact("学习平台", row.platform.name))
    if row.provider:
        found.append(words.fact("举办单位", row.provider))
    if row.external_key and not row.external_key.startswith("~"):
        found.append(words.fact("平台记录编号", row.external_key))
    return found


def proofs_of(row: Recognition, user: Account) -> QuerySet[RecognitionProof]:
    return RecognitionProof.objects.visible_to(user).filter(recognition=row).order_by("pk")


def proof(one: Any, row: Recognition) -> dict[str, str]:
    return {"name": one.name, "url": reverse("portal:recognition_proof", args=[row.pk, one.pk])}


def events(row: Recognition) -> list[dict[str, str]]:
    """The way so far, by whom."""
    names = names_of({row.filed_by_id, row.vetted_by_id, row.confirmed_by_id})
    steps = [("申报", row.filed_at, row.filed_by_id), ("单位审核", row.vetted_at, row.vetted_by_id),
             ("组织部确认", row.confirmed_at, row.confirmed_by_id)]  # fmt: skip
    found = [
        {"title": title, "when": words.moment(at), "who": names.get(who, ""), "text": ""}
        for title, at, who in steps
        if at
    ]
    if row.state in (State.RETURNED, State.REVOKED, State.WITHDRAWN):
        found.append({"title": row.get_state_display(), "when": "", "who": "", "text": row.state_reason})
    return found


def effects(row: Recognition) -> list[Any]:
    """What stands in the ledger; before that what confirming would bring."""
    if row.state in (State.FILED, State.VETTED):
        return list(effects_before([row]).get(row.pk, ()))
    return list(effects_after([row]).get(row.pk, ())) if row.state == State.CONFIRMED else []


def double(row: Recognition, part: Part, user: Account) -> dict[str, Any]:
    """The other one beside this, and who may decide."""
    other, entry = row.twin, row.twin_entry
    what = {"title": entry.title, "amount": f"{words.hours(entry.hours)} 学时", "when": words.day(entry.on),
            "state": "班次已记入台账", "url": "", "source": "本平台的班次"} if entry else {}  # fmt: skip
    if other is not None:
        other.cadre = row.cadre
        what = {"title": other.title, "amount": amount(other), "when": words.period(other.since, other.until),
                "state": other.get_state_display(), "url": reverse("portal:recognition_page", args=[other.pk]),
                "source": source(other)}  # fmt: skip
    free = other is not None and other.state in (State.FILED, State.VETTED) and not why_not_return(other, user)
    return what | {
        "may": may_judge_double(part) is None,
        "may_return": not why_not_return(row, user),
        "may_keep_this": free and not why_not_return(row, user),
        "post_url": reverse("portal:recognition_double", args=[row.pk]),
        "op_id": new_op_id(),
        "seen": row.version,
    }


def clash_notes(row: Recognition, part: Part, user: Account) -> list[dict[str, str]]:
    """A class in the very days: it warns, whoever decides may still confirm."""
    told = clashes([row], user).get(row.pk)
    advice = "请核对起止日期。" if part.own else "请核实后再办理。"
    return [words.note("warn", f"同期在班：{told}。{advice}")] if told else []


def notes(row: Recognition, part: Part, user: Account) -> list[dict[str, str]]:
    """Why the next step is not the reader's, where it is not."""
    if row.state == State.RETURNED:
        return [words.note("warn", f"已退回：{row.state_reason}。改正后可以重新申报。")]
    if row.state == State.REVOKED:
        return [words.note("bad", f"已撤销：{row.state_reason}。学分已从台账冲销。")]
    if row.state == State.VETTED and part.staff:
        reason = why_not_confirm(row, user)
    elif row.state == State.FILED and (part.staff or part.liaison):
        reason = why_not_vet(row, user, Liaisons.on(user.access.day))
    else:
        return []
    return [words.note("info", f"现在还不能由您办理：{reason}。")] if reason else []


def edit_url(row: Recognition, part: Part) -> str:
    open_to = row.state == State.RETURNED and not may_file_again(part)
    return reverse("portal:recognition_again", args=[row.pk]) if open_to else ""


def asks(row: Recognition, part: Part, user: Account) -> list[dict[str, Any]]:
    """What the reader may do now, each as a dialog."""
    found = []
    rows = {"hidden": {"row": f"{row.pk}.{row.version}", "back": "one"}}
    if row.state == State.FILED and not why_not_vet(row, user, Liaisons.on(user.access.day)):
        text = "审核通过后转组织部确认。请核对证明材料与申报内容是否一致。"
        found.append(ask("vet", reverse("portal:recognition_vet"), "审核通过", "审核通过这条申报", text, **rows))
    if row.state == State.VETTED and part.staff and not why_not_confirm(row, user):
        points = [f"{one['year']}年：{one['learned']}，计 {one['credits']}" for one in map(told, effects(row))]
        text = "确认后锁定，学分记入台账："
        hidden = {"hidden": rows["hidden"] | {"sure": "on"}}
        url = reverse("portal:recognition_confirm")
        found.append(ask("confirm", url, "确认学分", "确认这条申报", text, points=points, **hidden))
    if row.state in (State.FILED, State.VETTED) and not why_not_return(row, user):
        text = "退回后申报人可以改正、重新申报。"
        more = {"reason": "退回的理由", **rows}
        found.append(ask("return", reverse("portal:recognition_return"), "退回", "退回这条申报", text, **more))
    return found + _later(row, part, user)


def _later(row: Recognition, part: Part, user: Account) -> list[dict[str, Any]]:
    seen = {"hidden": {"seen": row.version}}
    if row.state == State.CONFIRMED and part.staff and not part.own:
        url = reverse("portal:recognition_revoke", args=[row.pk])
        text = "台账中这条申报的学分全部冲销，以后可以重新申报。"
        return [ask("revoke", url, "撤销认定", "撤销这条认定", text, reason="撤销的理由", **seen)]
    if row.state in (State.FILED, State.RETURNED) and not may_take_back(part, row.filed_by_id == user.pk):
        url = reverse("portal:recognition_withdraw", args=[row.pk])
        return [ask("withdraw", url, "撤回", "撤回这条申报", "撤回后不再审核，可以另行申报。", **seen)]
    return []
