"""The path of a class workbook: uploaded, rehearsed, confirmed, done."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.urls import reverse

from assessments.models import WorkbookImport
from organization.models import Account
from portal.acts import ask, names_of
from portal.pages import words
from portal.pages.files import latest_job
from portal.pages.results import is_confirmed
from training.models import TrainingClass

Fault = dict[str, Any]
STEPS = ("上传", "核对", "确认", "完成")
RECENT = 8
GONE = "文件和核对明细含个人信息，已按保存期限删除；需要时请重新上传。"
LEVELS = ("errors", "warnings", "notices")


def crumbs(*tail: str) -> list[dict[str, str]]:
    way = words.crumbs()
    if tail:
        way.append({"label": "上传工作簿", "url": reverse("portal:workbook_upload")})
    return [*way, {"label": tail[0] if tail else "上传工作簿", "url": ""}]


def recent(user: Account) -> list[dict[str, Any]]:
    """The latest uploads in scope: three queries."""
    rows = list(WorkbookImport.objects.visible_to(user).select_related("training_class").order_by("-created")[:RECENT])
    names = names_of({row.uploaded_by_id for row in rows})
    return [recent_row(row, names.get(row.uploaded_by_id, "")) for row in rows]


def recent_row(row: WorkbookImport, who: str) -> dict[str, Any]:
    return {
        "file_name": row.file_name,
        "url": reverse(f"portal:{'workbook_done' if row.committed else 'workbook_rehearsal'}", args=[row.pk]),
        "about": class_name(row),
        "when": row.created,
        "who": who,
        "outcome": outcome(row),
    }


def class_name(row: WorkbookImport) -> str:
    if row.training_class:
        return row.training_class.name
    return str((row.faults.get("class") or {}).get("name", ""))


def outcome(row: WorkbookImport) -> str:
    if row.state == WorkbookImport.State.REFUSED:
        return f"有 {counts_of(row)['errors']} 处错误"
    return row.get_state_display()


def counts_of(row: WorkbookImport) -> dict[str, int]:
    """How many faults of each level; the numbers outlive the faults (assessments.services.sweeping)."""
    return row.faults.get("left") or {level: len(row.faults[level]) for level in LEVELS}


def rehearsal(row: WorkbookImport, may_confirm: bool) -> dict[str, Any]:
    """What templates/portal/workbook/rehearsal.html needs."""
    counts, gone = counts_of(row), row.file.deleted is not None
    sheets = {f"{level[:-1]}_sheets": by_sheet(row.faults[level]) for level in LEVELS}
    target = row.faults.get("class") or {}
    return sheets | {
        "rehearsal": {"file_name": row.file_name} | counts,
        "verdict": GONE if gone else verdict(counts),
        "figures": figures(counts, target),
        "target": target_words(row, target),
        "changes": [],
        "changes_words": changes_words(row, target),
        "ask": confirm_ask(row, target) if may_confirm and not gone else None,
        "marked_url": reverse("portal:workbook_marked", args=[row.pk])
        if not gone and (counts["errors"] or counts["warnings"])
        else "",
        "upload_url": reverse("portal:workbook_upload"),
        "steps": words.steps(STEPS, 1 if counts["errors"] else 2),
        "crumbs": crumbs("核对结果"),
    }


def verdict(counts: dict[str, int]) -> str:
    if counts["errors"]:
        return f"有 {counts['errors']} 处错误，改正后才能导入；没有写入任何内容。"
    if counts["warnings"]:
        return f"没有错误；有 {counts['warnings']} 处提醒，请核对后再确认导入。现在还没有写入任何内容。"
    return "没有错误，可以导入。现在还没有写入任何内容。"


def figures(counts: dict[str, int], target: dict[str, Any]) -> list[dict[str, Any]]:
    shown = [
        words.figure("错误", counts["errors"], "处"),
        words.figure("提醒", counts["warnings"], "处"),
        words.figure("说明", counts["notices"], "处"),
    ]
    read = (("学员", "trainees", "人"), ("课次", "sessions", "个"), ("量化记录", "entries", "条"))
    return shown + [words.figure(label, target[key], unit) for label, key, unit in read if key in target]


def by_sheet(faults: Iterable[Fault]) -> list[dict[str, Any]]:
    """Faults in the order they came, one group a sheet."""
    groups = groupby(faults, key=lambda fault: fault["sheet"])
    return [{"name": name, "faults": [shown(fault) for fault in found]} for name, found in groups]


def shown(fault: Fault) -> dict[str, Any]:
    """Without the place in the sentence: it stands in columns of its own."""
    return {
        "row": fault["row"],
        "column": fault["column"],
        "found": fault["found"],
        "message": fault["message"].partition("：")[2] or fault["message"],
        "follows": [follower["message"] for follower in fault["follows"]],
    }


def target_words(row: WorkbookImport, target: dict[str, Any]) -> dict[str, Any]:
    """Which class it will be, and by what it was known again."""
    known = row.training_class
    facts = [
        words.fact("主办机构", row.unit.name),
        words.fact("班次编号", target.get("code", "")),
        words.fact("主办单位", target.get("organizer", "")),
        words.fact("起止日期", " 至 ".join(filter(None, (target.get("start"), target.get("end"))))),
    ]
    if known:
        url = reverse("portal:class_page", args=[known.pk])
        return {
            "known": True,
            "new": False,
            "url": url,
            "name": known.name,
            "words": recognised(target),
            "facts": facts,
        }
    new = row.state != WorkbookImport.State.REFUSED
    said = "没有找到相同的班次，确认后新建，您将成为班主任。" if new else "改正错误后才能认出班次。"
    return {"known": False, "new": new, "url": "", "name": target.get("name", ""), "words": said, "facts": facts}


def recognised(target: dict[str, Any]) -> str:
    if target.get("code"):
        return f"按班次编号 {target['code']} 认出，确认后更新这个班次。"
    return "按主办单位、班次名称和开始日期认出，确认后更新这个班次。"


def changes_words(row: WorkbookImport, target: dict[str, Any]) -> str:
    if row.state == WorkbookImport.State.REFUSED:
        return "有错误，不会写入任何内容。"
    read = f"学员 {target['trainees']} 人、课次 {target['sessions']} 个、量化记录 {target['entries']} 条"
    if row.training_class is None:
        return f"新建班次，写入{read}；名册上没有档案的干部将建档并标注“待核”。"
    return f"工作簿共有{read}；与现有内容逐项比较，只写入不同之处，每项更改都有记录。"


def confirm_ask(row: WorkbookImport, target: dict[str, Any]) -> dict[str, Any]:
    """The dialog before writing; where results are confirmed already it asks for the reason of the amendment."""
    url = reverse("portal:workbook_confirm", args=[row.pk])
    points = [changes_words(row, target), "随后自动计算成绩，结果是草稿，确认前学员看不到"]
    if row.training_class and is_confirmed(row.training_class):
        points[1] = "本班成绩已确认：将更正成绩，涉及的文件重新编号印发"
        return ask(
            "commit", url, "确认导入", "以工作簿更正", "", points=points, reason="更正的理由", action="更正并重新印发"
        )
    return ask(
        "commit", url, "确认导入", "确认导入", f"将导入“{target.get('name', '')}”：", points=points, action="导入"
    )


def done(row: WorkbookImport, one: TrainingClass) -> dict[str, Any]:
    """What templates/portal/workbook/done.html needs; `one` is the class that was written."""
    changes = (row.summary or {}).get("changes", [])
    lines = [sentence(change) for change in changes if change["added"] or change["changed"] or change["removed"]]
    results = reverse("portal:class_results", args=[one.pk])
    return {
        "class_name": one.name,
        "class_url": reverse("portal:class_page", args=[one.pk]),
        "verdict": "导入完成，成绩已算出。" if lines else "导入完成：内容与现有的完全相同，没有任何更改。",
        "sentences": lines or ["没有更改。"],
        "job": latest_job(one),
        "next_steps": next_steps(one, results),
        "steps": words.steps(STEPS, len(STEPS)),
        "crumbs": crumbs("导入完成"),
    }


def sentence(change: dict[str, Any]) -> str:
    verbs = (("added", "新增"), ("changed", "更改"), ("removed", "撤销"))
    return f"{change['label']}：" + "、".join(f"{verb} {change[key]}" for key, verb in verbs if change[key])


def next_steps(one: TrainingClass, results: str) -> list[dict[str, Any]]:
    files = reverse("portal:class_files", args=[one.pk])
    confirmed = is_confirmed(one)
    return [
        words.check("核对成绩和每一分的来历", confirmed, "", results, "看成绩"),
        words.check("公示、确认成绩", confirmed, "确认后印发反馈函、结果单和综合通报", results, "去办理"),
        words.check("下载文件", False, "", files, "看文件"),
    ]
