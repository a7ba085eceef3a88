"""The path of a city's roster: uploaded, rehearsed, confirmed, written."""

from typing import Any

from django.urls import reverse

from organization.models import Account
from portal.acts import names_of, new_op_id
from portal.pages import words
from portal.pages.workbook import STEPS
from trainees.models import RosterUpload
from trainees.roster.columns import COLUMNS, REQUIRED
from trainees.roster.progress import told

State = RosterUpload.State
RECENT = 8
BUSY = {State.READING: "正在核对", State.WRITING: "正在写入"}
FAULTS = (("errors", "错误：改正后才能导入"), ("warnings", "提醒：请核对，可以继续"), ("notices", "说明"))
DONE = {State.READING: 1, State.REFUSED: 1, State.REHEARSED: 2, State.WRITING: 3, State.COMMITTED: 4}
FIGURES = (
    ("added", "新增", "人"), ("changed", "更改", "人"), ("moved", "调动", "人"), ("renamed", "姓名不符", "人"),
    ("unchanged", "不变", "人"), ("missing", "花名册中没有", "人"), ("errors", "错误", "处"), ("warnings", "提醒", "处"),
)  # fmt: skip


def crumbs(*tail: str) -> list[dict[str, str]]:
    way = words.crumbs(("干部", reverse("portal:cadre_list")))
    if tail:
        way.append({"label": "导入花名册", "url": reverse("portal:roster_upload")})
    return [*way, {"label": tail[0] if tail else "导入花名册", "url": ""}]


def upload(user: Account) -> dict[str, Any]:
    """What templates/portal/rosters/upload.html needs beside its form: two queries."""
    rows = list(RosterUpload.objects.visible_to(user).select_related("unit").order_by("-created", "pk")[:RECENT])
    names = names_of({row.uploaded_by_id for row in rows})
    columns = [column.name for column in COLUMNS if column.name not in REQUIRED]
    return {
        "steps": words.steps(STEPS, 0),
        "columns": columns,
        "recent": [_recent(row, names.get(row.uploaded_by_id, "")) for row in rows],
        "template_url": reverse("portal:roster_template"),
        "crumbs": crumbs(),
    }


def _recent(row: RosterUpload, who: str) -> dict[str, Any]:
    return {
        "file_name": row.file_name,
        "url": reverse("portal:roster_page", args=[row.pk]),
        "about": row.unit.name,
        "when": row.created,
        "who": who,
        "outcome": row.get_state_display(),
    }


def page(row: RosterUpload) -> dict[str, Any]:
    """What templates/portal/rosters/page.html needs, in every state."""
    found, gone = row.found, row.file.deleted is not None
    counts = found.get("counts", {})
    return {
        "file_name": row.file_name,
        "unit": row.unit,
        "steps": words.steps(STEPS, DONE[State(row.state)]),
        "bar": progress(row),
        "note": note(row, gone),
        "figures": figures(counts),
        "faults": [
            _faults(label, found.get(level, []), counts.get(level, 0)) for level, label in FAULTS if found.get(level)
        ],
        "differences": [_differences(*words) for words in _kinds(found, counts) if words[1]],
        "lists": [_list(*words) for words in _lists(found, counts) if words[1]],
        "confirm": confirm(row, counts) if row.state == State.REHEARSED and not gone else None,
        "report_url": reverse("portal:roster_report", args=[row.pk]) if row.report_id and not gone else "",
        "upload_url": reverse("portal:roster_upload"),
        "list_url": reverse("portal:cadre_list") if row.state == State.COMMITTED else "",
        "crumbs": crumbs("核对结果"),
    }


def progress(row: RosterUpload) -> dict[str, Any] | None:
    """The bar while a worker has it; None when it is done."""
    if row.state not in BUSY:
        return None
    done, total = told(row.pk) or (0, 0)
    url = reverse("portal:roster_progress", args=[row.pk])
    return {"url": url, "title": BUSY[State(row.state)], "done": done, "total": total, "words": ""}


def note(row: RosterUpload, gone: bool) -> dict[str, str] | None:
    """One sentence that says how it stands."""
    counts = row.found.get("counts", {})
    if row.state == State.COMMITTED:
        told_words = "、".join(f"{label} {row.found['written'][key]} 人" for key, label, _ in FIGURES[:3])
        return words.note("good", f"导入完成：{told_words}。学习任务随后自动更新。")
    if row.found.get("refused"):
        return words.note("bad", row.found["refused"])
    if gone:
        return words.note("info", "文件和核对明细含个人信息，已按保存期限删除；需要时请重新上传。")
    if row.state == State.REFUSED:
        return words.note("bad", f"有 {counts.get('errors', 0)} 处错误，改正后才能导入；没有写入任何内容。")
    if row.state == State.REHEARSED:
        return words.note(
            "warn" if counts["warnings"] else "good", "没有错误；请看清下面的差异再确认。现在还没有写入任何内容。"
        )
    return None


def figures(counts: dict[str, int]) -> list[dict[str, Any]]:
    if not counts:
        return []
    return [words.figure("花名册", counts["rows"], "行")] + [
        words.figure(label, counts[key], unit) for key, label, unit in FIGURES if counts[key]
    ]


def confirm(row: RosterUpload, counts: dict[str, int]) -> dict[str, Any]:
    """The form that has it written: what it will do, and the names that differ, to be ticked one by one."""
    changes = counts["added"] + counts["changed"] + counts["moved"] + counts["renamed"]
    points = [
        f"新增 {counts['added']} 人，更改 {counts['changed']} 人，调动 {counts['moved']} 人；全部写入，或者全部不写。",
        "调动的人：原任职到前一天为止，新任职从任职时间起；以前的学习和成绩留在原处。",
        f"花名册中没有的 {counts['missing']} 人只列出，不改动。",
    ]
    return {
        "url": reverse("portal:roster_confirm", args=[row.pk]),
        "op_id": new_op_id(),
        "points": points,
        "renames": [_difference(one) for one in row.found["renames"]],
        "more_renames": max(0, counts["renamed"] - len(row.found["renames"])),
        "nothing": not changes,
    }


def _faults(label: str, found: list[dict[str, Any]], count: int) -> dict[str, Any]:
    shown = [
        {"row": one["row"], "column": one["column"], "found": one["found"], "follows": [],
         "message": one["message"].partition("：")[2] or one["message"]}
        for one in found
    ]  # fmt: skip
    return {"label": label, "sheets": [{"name": "花名册", "faults": shown}], "more": max(0, count - len(shown))}


def _kinds(found: dict[str, Any], counts: dict[str, int]) -> list[tuple[str, list[Any], int]]:
    return [
        ("调动", found.get("moves", []), counts.get("moved", 0)),
        ("更改", found.get("changes", []), counts.get("changed", 0)),
    ]


def _differences(label: str, found: list[dict[str, Any]], count: int) -> dict[str, Any]:
    return {"label": label, "rows": [_difference(one) for one in found], "more": max(0, count - len(found))}


def _difference(one: dict[str, Any]) -> dict[str, Any]:
    columns = [{"name": name, "before": old, "after": new} for name, old, new in one["columns"]]
    return {"row": one["row"], "name": one["name"], "new": False, "columns": columns}


def _lists(found: dict[str, Any], counts: dict[str, int]) -> list[tuple[str, list[Any], int]]:
    return [
        ("新增", found.get("added", []), counts.get("added", 0)),
        ("花名册中没有的人：只列出，不改动", found.get("missing", []), counts.get("missing", 0)),
    ]


def _list(label: str, found: list[dict[str, Any]], count: int) -> dict[str, Any]:
    return {"label": label, "people": found, "more": max(0, count - len(found))}
