"""The path of a machine's list: uploaded, rehearsed row by row, confirmed."""

from collections import Counter
from typing import Any

from django.urls import reverse

from portal.acts import ask
from portal.pages import words
from training.models import MachineUpload, TrainingClass
from training.rules.clocking import FAULTS, Outcome

STEPS = ("上传", "核对", "导入")
WORDS = {
    Outcome.MARK: ("将登记", "good"),
    Outcome.SAME: ("已有", "off"),
    Outcome.KEPT: ("保留现有", "info"),
    Outcome.LEAVE: ("保留请假", "info"),
    Outcome.REPEATED: ("重复打卡", "off"),
    Outcome.TOO_LATE: ("不登记", "warn"),
    Outcome.OUTSIDE: ("时间不符", "bad"),
    Outcome.BAD_TIME: ("时间有误", "bad"),
    Outcome.UNKNOWN: ("不在册", "bad"),
    Outcome.AMBIGUOUS: ("重名", "bad"),
}


def crumbs(one: TrainingClass, last: str) -> list[dict[str, str]]:
    return words.crumbs(
        (one.name, reverse("portal:class_page", args=[one.pk])),
        ("考勤", reverse("portal:class_attendance", args=[one.pk])),
        (last, ""),
    )


def upload(one: TrainingClass) -> dict[str, Any]:
    """What templates/portal/machine/upload.html needs beside its form."""
    return {"class_name": one.name, "steps": words.steps(STEPS, 0), "crumbs": crumbs(one, "导入考勤机记录")}


def rehearsal(found: MachineUpload, one: TrainingClass) -> dict[str, Any]:
    """What templates/portal/machine/rehearsal.html needs: faults first, then the others in the file's order."""
    done = found.state == MachineUpload.State.IMPORTED
    counts = Counter(row["outcome"] for row in found.found)
    faults = sum(counts[outcome] for outcome in FAULTS)
    marks = counts[Outcome.MARK]
    rows = sorted(found.found, key=lambda row: (row["outcome"] not in FAULTS, row["outcome"] != "mark", row["row"]))
    return {
        "upload": {"file_name": found.file_name, "at": found.created},
        "verdict": verdict(found, marks, faults, done),
        "figures": [
            words.figure("打卡记录", len(found.found), "行"),
            words.figure("已登记" if done else "将登记", found.written if done else marks, "格"),
            words.figure("有问题", faults, "行", "不登记，也不影响其余各行"),
            words.figure("不改动", len(found.found) - faults - marks, "行", "已有记录、请假、重复打卡"),
        ],
        "rows": [row | {"label": WORDS[Outcome(row["outcome"])][0], "tone": WORDS[Outcome(row["outcome"])][1]} for row in rows],
        "ask": None if done or not marks else confirm_ask(found, one, marks, faults),
        "steps": words.steps(STEPS, len(STEPS) if done else 1),
        "grid_url": reverse("portal:class_attendance", args=[one.pk]),
        "upload_url": reverse("portal:machine_upload", args=[one.pk]),
        "crumbs": crumbs(one, "导入考勤机记录"),
    }  # fmt: skip


def verdict(found: MachineUpload, marks: int, faults: int, done: bool) -> dict[str, str]:
    beside = f"；{faults} 行有问题，没有登记" if faults else ""
    if done:
        return words.note("good", f"已导入：登记了 {found.written} 格{beside}。")
    if not marks:
        return words.note("warn", f"没有可登记的内容{beside}。考勤没有变动。")
    text = f"可登记 {marks} 格{beside}。现在还没有写入任何内容。"
    return words.note("warn" if faults else "good", text)


def confirm_ask(found: MachineUpload, one: TrainingClass, marks: int, faults: int) -> dict[str, Any]:
    points = [f"登记 {marks} 格，来源记为“考勤机”", "只填空格或更正考勤机先前的记录；页面登记和请假的不改动"]
    if faults:
        points.append(f"有问题的 {faults} 行不登记，请核对后手工补记")
    url = reverse("portal:machine_confirm", args=[one.pk, found.pk])
    return ask("machine", url, "确认导入", "导入考勤机记录", f"“{found.file_name}”：", points=points, action="导入")
