"""A learning archive as data: JSON with stable names (docs/archive-data.md), and Excel with one sheet a matter."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.sheets.writing import BookWriter, Value
from reports.papers.archive import LedgerLine
from reports.papers.archive_classes import Archive, BlockPoints, ClassLine

SCHEMA = "cadre-learning-archive"
VERSION = 1

LISTS = {
    "appointments": ("postings", "unit post post_level rank since until primary"),
    "duties": (
        "duties",
        "code name year measure amount done other_measure other_amount other_done since due met exempt note",
    ),
    "years": ("years", "year off_job_days off_job_hours online_hours other_hours required elective"),
    "ledger": (
        "ledger",
        "number on year adjustment channel kind title days hours credits source posted takes_back gone reason",
    ),
    "recognitions": (
        "recognised",
        "title channel provider since until hours days state reason",
    ),
    "online_classes": ("online", "name year since until target left_on"),
    "awards": ("honours", "name giver on note"),
    "works": ("works", "class_name kind title file_name at"),
    "report_backs": ("told", "class_name unit on occasion audience text state reason"),
    "follow_ups": ("visits", "class_name months due answered superior_answered outcome promoted remark closed"),
    "exemptions": ("exempted", "year kind share reason on revoked"),
}
"""Name in the data → attribute of the archive and the names of its fields, which are those of the data."""
CLASS = "name code kind organizer place since until unit post group committee_post state full_time hours total_hours leave_hours"
RESULT = "state grade rank ranked candidate total base bonus entry final"
PERSON_HIDDEN = ("key",)


def archive_json(archive: Archive) -> bytes:
    """The archive as UTF-8 JSON; amounts are texts, so that no decimal is lost, days are ISO 8601."""
    return json.dumps(archive_dict(archive), ensure_ascii=False, indent=1).encode()


def archive_dict(archive: Archive) -> dict[str, Any]:
    person = {one.name: plain(getattr(archive.person, one.name)) for one in fields(archive.person)}
    lists = {name: [_row(row, names) for row in getattr(archive, where)] for name, (where, names) in LISTS.items()}
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "as_of": plain(archive.on),
        "person": {name: value for name, value in person.items() if name not in PERSON_HIDDEN},
        "classes": [_class(line) for line in archive.classes],
        **lists,
    }


def _row(row: object, names: str) -> dict[str, Any]:
    return {name: plain(getattr(row, name)) for name in names.split()}


def _class(line: ClassLine) -> dict[str, Any]:
    result = None
    if line.result:
        result = _row(line.result, RESULT) | {
            "blocks": [_row(one, "name maximum points") for one in line.result.blocks]
        }
    return _row(line, CLASS) | {
        "result": result,
        "attendance": [_row(one, "date title hours mark") for one in line.strip],
        "leaves": [_row(one, "kind first last hours state") for one in line.leaves],
        "activities": [_row(one, "kind title on part") for one in line.activities],
    }


def plain(value: Any) -> Any:
    """What JSON holds: decimals as texts, days and moments in ISO 8601."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date | datetime) else value


# ---- Excel ----


def archive_xlsx(archive: Archive) -> bytes:
    """Five sheets; numbers are numbers, texts stay texts (SEC-26)."""
    book = BookWriter({"head": {"bold": True}})
    for title, head, rows in (
        ("基本情况", ("项目", "内容"), _basics(archive)),
        ("班次", CLASS_HEAD, [_class_cells(line) for line in archive.classes]),
        ("学时台账", LEDGER_HEAD, [_ledger_cells(line) for line in archive.ledger]),
        ("认定", RECOGNISED_HEAD, _recognised(archive)),
        ("述学回访", AFTERWARDS_HEAD, _afterwards(archive)),
    ):
        sheet = book.sheet(title)
        sheet.put_row(0, head, "head")
        for place, cells in enumerate(rows, 1):
            sheet.put_row(place, cells)
    return book.finish()


CLASS_HEAD = (
    "班次", "编号", "类别", "主办单位", "起", "止", "当时单位", "当时职务", "组别", "班委职务", "状态", "实到学时", "课程学时", "入学测试",
    "结业考试", "各板块", "总分", "等次", "名次",
)  # fmt: skip
LEDGER_HEAD = (
    "编号", "学习日期", "年度", "内容", "渠道", "类别", "天数", "学时", "学分", "本年累计学时", "本年累计学分", "入账时间", "冲销", "事由",
)  # fmt: skip
RECOGNISED_HEAD = ("内容", "渠道", "举办单位", "起", "止", "学时", "天数", "状态", "说明")
AFTERWARDS_HEAD = ("事项", "班次", "日期", "单位或场合", "内容或结论", "状态")


def _basics(archive: Archive) -> list[Sequence[Value]]:
    who = archive.person
    rows: list[Sequence[Value]] = [
        ("姓名", who.name), ("单位", who.unit), ("职务", who.post), ("职务层次", who.post_level), ("职级", who.rank),
        ("层次归类", who.band), ("性别", who.sex), ("民族", who.ethnic_group), ("政治面貌", who.political_status),
        ("身份证号", who.masked), ("状态", who.status), ("截至", archive.on),
    ]  # fmt: skip
    rows += [
        (line.name, f"{line.done:f} / {line.amount:f} {line.unit}（{_standing(line.met, line.exempt)}）")
        for line in archive.duties
    ]
    rows += [(f"{one.on.isoformat()} 获", f"{one.name}（{one.giver}）") for one in archive.honours]
    return rows


def _standing(met: bool, exempt: bool) -> str:
    return "免除" if exempt else "已达标" if met else "未达标"


def _class_cells(line: ClassLine) -> Sequence[Value]:
    told = line.result
    return (
        line.name, line.code, line.kind, line.organizer, line.since, line.until, line.unit, line.post, line.group,
        line.committee_post, line.state_word, line.hours, line.total_hours, told.entry if told else None,
        told.final if told else None, _blocks(told.blocks) if told else "", told.total if told else None,
        told.grade if told else "", told.rank if told else None,
    )  # fmt: skip


def _blocks(blocks: Sequence[BlockPoints]) -> str:
    return "；".join(f"{one.name} {'—' if one.points is None else one.points}/{one.maximum:f}" for one in blocks)


def _ledger_cells(line: LedgerLine) -> Sequence[Value]:
    back = f"冲销第 {line.takes_back} 号" if line.takes_back else "已冲销" if line.gone else ""
    return (
        line.number, line.on, line.year, line.title, line.channel, line.kind, line.days, line.hours, line.credits,
        line.year_hours, line.year_credits, f"{line.posted:%Y-%m-%d %H:%M}", back, line.reason or line.reversed_why,
    )  # fmt: skip


def _recognised(archive: Archive) -> list[Sequence[Value]]:
    return [
        (one.title, one.channel, one.provider, one.since, one.until, one.hours, one.days, one.state_word, one.reason)
        for one in archive.recognised
    ]


def _afterwards(archive: Archive) -> list[Sequence[Value]]:
    told = [
        ("述学", one.class_name, one.on, one.occasion or one.unit, one.text, one.state_word) for one in archive.told
    ]
    visits = [
        (f"训后 {one.months} 个月回访", one.class_name, one.due, "", one.outcome, "已办结" if one.closed else "未办结")
        for one in archive.visits
    ]
    return [*told, *visits]


TAKEN: Mapping[str, Any] = {"json": archive_json, "xlsx": archive_xlsx}
