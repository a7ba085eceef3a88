"""学习平台: the list, a platform's own page, and the path of an export: uploaded, mapped, rehearsed, taken in, confirmed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from core.amounts import plain
from core.sheets.faults import Level
from organization.models import Account
from organization.roles import Role
from portal.acts import ask, names_of, new_op_id
from portal.forms_recognition import ColumnsForm, PlatformForm
from portal.pages import ledger_acts, words
from portal.pages.recognitions import State
from portal.rules_recognition import may_keep_platform, platforms_used_by
from trainees.models import LedgerAct, Platform, PlatformUpload, Recognition
from trainees.sheets.exports import COLUMNS, LENGTHS, NEEDED, SHARES, is_whole

STEPS = ("上传", "对应列", "核对", "导入")
SHOWN_UPLOADS = 20
SHOWN_FAULTS = 100
LEVELS = {"error": "错误", "warning": "提醒", "notice": "说明"}
FAULT_COLUMNS = ("级别", "行", "列", "填的是", "问题")


def trail(*places: tuple[str, str]) -> list[dict[str, str]]:
    return words.crumbs(("学习平台", reverse("portal:platform_list")), *places)


# ---- the list ----


def every(user: Account) -> dict[str, Any]:
    """What templates/portal/recognition/platforms.html needs."""
    rows = [row(one, user) for one in platforms_used_by(user)]
    uploads = PlatformUpload.objects.visible_to(user).select_related("platform", "unit")
    shown = list(uploads.order_by("-created")[:SHOWN_UPLOADS])
    names = names_of({one.uploaded_by_id for one in shown})
    is_staff = user.access.has(Role.STAFF)
    return {
        "rows": rows,
        "uploads": [upload_line(one, names) for one in shown],
        "add_url": reverse("portal:platform_add") if is_staff else "",
        "crumbs": words.crumbs(("学分认定", reverse("portal:recognition_list")), ("学习平台", "")),
    }


def row(one: Platform, user: Account) -> dict[str, Any]:
    return {
        "name": one.name,
        "unit": one.unit.name,
        "minutes": one.minutes_per_hour,
        "mapped": is_whole(one.columns),
        "key_made": words.moment(one.key_made) if one.key_made else "",
        "retired": words.day(one.retired),
        "edit_url": "" if may_keep_platform(user, one) else reverse("portal:platform_edit", args=[one.pk]),
        "upload_url": "" if one.retired else reverse("portal:platform_upload", args=[one.pk]),
    }


def upload_line(one: PlatformUpload, names: Mapping[Any, str]) -> dict[str, Any]:
    return {
        "url": reverse("portal:platform_rehearsal", args=[one.pk]),
        "file_name": one.file_name,
        "platform": one.platform.name,
        "unit": one.unit.name,
        "state": one.get_state_display(),
        "done": one.state == PlatformUpload.State.COMMITTED,
        "written": one.written,
        "when": words.moment(one.created),
        "who": names.get(one.uploaded_by_id, ""),
    }


# ---- a platform's own page ----


def initial(platform: Platform) -> dict[str, Any]:
    return {
        "op_id": new_op_id(), "seen": platform.version, "unit": platform.unit_id, "name": platform.name,
        "minutes_per_hour": platform.minutes_per_hour, "retired": platform.retired,
    }  # fmt: skip


def form_page(form: PlatformForm, platform: Platform | None) -> dict[str, Any]:
    """What templates/portal/recognition/platform_form.html needs."""
    heading = platform.name if platform else "登记学习平台"
    return {
        "form": form,
        "heading": heading,
        "platform": platform,
        "mapping": mapping(platform) if platform else [],
        "ask": key_ask(platform) if platform and not platform.retired else None,
        "back_url": reverse("portal:platform_list"),
        "crumbs": trail((heading, "")),
    }


def mapping(platform: Platform) -> list[dict[str, object]]:
    """How the columns of the platform's export are called."""
    told = platform.columns
    facts = [words.fact(label, told[what]) for what, (label, _) in COLUMNS.items() if told.get(what)]
    if told.get("length_in"):
        facts.append(words.fact("时长单位", LENGTHS.get(told["length_in"], "")))
    if told.get("share_in"):
        facts.append(words.fact("完成比例写法", SHARES.get(told["share_in"], "")))
    return facts


def key_ask(platform: Platform) -> dict[str, Any]:
    before = "原来的密钥随即作废，平台须换用新密钥。" if platform.key_hash else ""
    url = reverse("portal:platform_key", args=[platform.pk])
    opener = "重新生成密钥" if platform.key_hash else "生成密钥"
    return ask(
        "key", url, opener, f"为“{platform.name}”生成接口密钥", f"密钥只显示一次，请当面交给平台管理员。{before}"
    )


def key_made(platform: Platform, key: str, request: HttpRequest) -> dict[str, Any]:
    return {
        "platform": platform,
        "key": key,
        "address": request.build_absolute_uri(reverse("portal:learning_records")),
        "back_url": reverse("portal:platform_edit", args=[platform.pk]),
        "crumbs": trail((platform.name, reverse("portal:platform_edit", args=[platform.pk])), ("接口密钥", "")),
    }


# ---- an export ----


def upload(platform: Platform) -> dict[str, Any]:
    return {
        "platform": platform,
        "steps": words.steps(STEPS, 0),
        "needed": [COLUMNS[what][0] for what in (*NEEDED, "share", "id_number", "record")],
        "mapped": is_whole(platform.columns),
        "crumbs": trail((f"导入“{platform.name}”的记录", "")),
    }


def headings(upload: PlatformUpload) -> list[str]:
    """Headings of the file; after a rehearsal those of the mapping that stands."""
    told: list[str] = upload.found.get("headings", [])
    return told or [text for what, text in upload.platform.columns.items() if what in COLUMNS]


def guessed(upload: PlatformUpload) -> dict[str, Any]:
    told: dict[str, Any] = upload.found.get("guess") or dict(upload.platform.columns)
    return told


def columns(upload: PlatformUpload, form: ColumnsForm) -> dict[str, Any]:
    """What templates/portal/recognition/columns.html needs."""
    return {
        "upload": upload,
        "form": form,
        "headings": upload.found.get("headings", []),
        "samples": upload.found.get("samples", []),
        "fields": [form[what] for what in (*COLUMNS, "length_in", "share_in")],
        "steps": words.steps(STEPS, 1),
        "crumbs": trail((upload.file_name, "")),
    }


def rehearsal(upload: PlatformUpload, user: Account) -> dict[str, Any]:
    """What templates/portal/recognition/rehearsal.html needs."""
    found, done = upload.found, upload.state == PlatformUpload.State.COMMITTED
    faults, more = found.get("faults", {}), found.get("more", {})
    errors = len(faults.get("error", ())) + more.get("error", 0)
    waiting = Recognition.objects.visible_to(user).filter(upload=upload, state=State.VETTED).count() if done else 0
    act = ledger_acts.shown(last_act(upload, user))
    return {
        **act,
        "upload": upload,
        "verdict": verdict(upload, errors, done),
        "figures": figures(upload, errors, done),
        "groups": [group(level, faults.get(level, ())) for level in LEVELS if faults.get(level)],
        "ask": import_ask(upload) if not done and not errors and found.get("new") else None,
        "again": {"url": reverse("portal:platform_again", args=[upload.pk]), "op_id": new_op_id()} if not done and found else None,
        "upload_url": reverse("portal:platform_upload", args=[upload.platform_id]),
        "columns_url": "" if done or not found else reverse("portal:platform_columns", args=[upload.pk]),
        "faults_url": reverse("portal:platform_faults", args=[upload.pk]) if any(faults.values()) else "",
        "confirm_url": reverse("portal:platform_confirm", args=[upload.pk])
        if waiting and not act["bar"] and user.access.has(Role.STAFF) else "",
        "waiting": waiting,
        "steps": words.steps(STEPS, len(STEPS) if done else 2),
        "crumbs": trail((upload.file_name, "")),
    }  # fmt: skip


def last_act(upload: PlatformUpload, user: Account) -> LedgerAct | None:
    """The department's last word on the whole import: theirs who may give it."""
    rows = LedgerAct.objects.visible_to(user).filter(upload=upload)
    return rows.order_by("-created", "-pk").first()


def verdict(upload: PlatformUpload, errors: int, done: bool) -> dict[str, str]:
    found = upload.found
    if done:
        return words.note("good", f"已导入 {upload.written} 条，视同单位审核通过。")
    if not found:
        return words.note("warn", "文件已按保存期限删除，请重新上传。")
    if errors:
        return words.note("bad", f"有 {errors} 处错误，改正后才能导入；现在没有写入任何内容。")
    if not found.get("new"):
        return words.note("info", "没有新的记录：文件里的都已导入过，或没有学完。")
    return words.note("good", f"可以导入 {found['new']} 条。现在还没有写入任何内容。")


def figures(upload: PlatformUpload, errors: int, done: bool) -> list[dict[str, Any]]:
    found = upload.found
    if not found:
        return []
    return [
        words.figure("已导入" if done else "将导入", upload.written if done else found.get("new", 0), "条",
                     f"{found.get('people', 0)} 人，{plain(Decimal(found.get('hours', '0')))} 学时"),
        words.figure("已有", found.get("same", 0), "条", "以前导入过，不重复"),
        words.figure("不导入", found.get("left", 0), "条", "没有学完，或与已有的不同"),
        words.figure("错误", errors, "处"),
    ]  # fmt: skip


def group(level: str, faults: Any) -> dict[str, Any]:
    sentences = {"error": "错误：改正后才能导入", "warning": "提醒：请核对，可以继续", "notice": "说明"}
    rows = [{"row": one["row"], "column": one["column"], "found": one["found"],
             "message": one["message"].partition("：")[2]} for one in faults[:SHOWN_FAULTS]]  # fmt: skip
    return {
        "label": sentences[level],
        "sheets": [{"name": "导出表", "faults": rows}],
        "count": len(faults),
        "more": max(0, len(faults) - SHOWN_FAULTS),
    }


def fault_cells(one: Mapping[str, Any]) -> list[object]:
    return [LEVELS[one["level"]], one["row"], one["column"], one["found"], one["message"].partition("：")[2]]


def import_ask(upload: PlatformUpload) -> dict[str, Any]:
    found = upload.found
    points = [
        f"写入 {found['new']} 条，涉及 {found['people']} 人、{plain(Decimal(found['hours']))} 学时",
        "视同由您审核通过，由组织部另一位同志确认；确认之前不计学分",
    ]
    if warnings := len(found["faults"].get(Level.WARNING.value, ())):
        points.append(f"有 {warnings} 处提醒，请先看过")
    url = reverse("portal:platform_import", args=[upload.pk])
    return ask("import", url, "确认导入", "导入平台记录", f"“{upload.file_name}”：", points=points, action="导入")
