"""The sample workbooks as rows, read here with openpyxl alone: no reader of the project has a hand in it."""

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl

from assessments.models import ScoreEntry
from tests.assessments.scoring.rows import ClassRows, make_unit
from tests.samples import DATA
from training.models import Enrolment, Session

MARKS = {"迟": "late", "早": "early", "事": "personal", "病": "sick", "公": "official", "旷": "absent"}
RATINGS = {"优": 15, "良": 12, "中": 9, "差": 6, "未发言": 0}
PERIODS = {"上午": 1, "下午": 2, "晚上": 3}


@dataclass
class Sample:
    rows: ClassRows
    expected: dict[str, Any]
    people: dict[str, Enrolment]  # by name


def text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    plain = unicodedata.normalize("NFKC", "" if value is None else str(value)).strip()
    return re.sub(r"\s", "", plain)


def day(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    year, month, number = re.findall(r"\d+", text(value))[:3]
    return date(int(year), int(month), int(number))


def table(sheet: Any, *required: str) -> list[dict[str, Any]]:
    """Rows by column name; the header is the first row that holds the required columns."""
    raw = list(sheet.iter_rows(values_only=True))
    head = next(i for i, row in enumerate(raw) if set(required) <= {text(cell) for cell in row})
    names = [text(cell) for cell in raw[head]]
    rows = (dict(zip(names, row, strict=True)) for row in raw[head + 1 :])
    return [row for row in rows if any(text(row[name]) for name in required)]


def load(name: str) -> Sample:
    book = openpyxl.load_workbook(DATA / f"class_{name}.xlsx", data_only=True)
    sheets = {text(sheet.title): sheet for sheet in book}
    expected = json.loads((DATA / f"class_{name}.expect.json").read_text(encoding="utf-8"))
    rows = ClassRows(make_unit())
    rows.enrol(*(text(row["姓名"]) for row in table(sheets["花名册"], "姓名", "身份证号")))
    sample = Sample(rows, expected, {person.roster_name: person for person in rows.enrolments})
    _units(sample)
    _timetable(sample, table(sheets["课程表"], "日期", "时段", "学时"))
    _attendance(sample, table(sheets["考勤"], "姓名"))
    _entries(sample, table(sheets["量化记录"], "日期", "姓名", "指标项"))
    _paper(sample, "entry", table(sheets["入学测试"], "姓名", "1"))
    _paper(sample, "final", table(sheets["结业考试"], "姓名", "1"))
    return sample


def _units(sample: Sample) -> None:
    """Units as expected: which unit a short name means is the reader's business, not that of scoring."""
    names = {row["unit"] for row in sample.expected["results"]}
    units = {name: make_unit(name) for name in sorted(names)}
    for row in sample.expected["results"]:
        sample.people[row["name"]].unit = units[row["unit"]]
    Enrolment.objects.bulk_update(sample.people.values(), ["unit"])


def _timetable(sample: Sample, rows: list[dict[str, Any]]) -> None:
    sample.rows.sessions = Session.objects.bulk_create(
        Session(
            training_class=sample.rows.training_class, date=day(row["日期"]), period=PERIODS[text(row["时段"])],
            title=text(row["课程名称"]), category_name=text(row["课程类别"]), hours=Decimal(text(row["学时"])), recorded=True,
        )
        for row in rows
    )  # fmt: skip


def _attendance(sample: Sample, rows: list[dict[str, Any]]) -> None:
    places = {
        f"{row.date.month}月{row.date.day}日{row.get_period_display()}": i for i, row in enumerate(sample.rows.sessions)
    }
    for row in rows:
        for head, place in places.items():
            mark = text(row[head])[:1]
            if mark in MARKS:
                sample.rows.mark(sample.people[text(row["姓名"])], MARKS[mark], first=place)


def _entries(sample: Sample, rows: list[dict[str, Any]]) -> None:
    ScoreEntry.objects.bulk_create(
        ScoreEntry(
            training_class=sample.rows.training_class, enrolment=sample.people[text(row["姓名"])],
            item=sample.rows.items[text(row["指标项"])], on=day(row["日期"]), points=_points(row["分值"]),
            reason=text(row.get("事由")), recorder=text(row.get("记录人")), source="workbook",
        )
        for row in rows
    )  # fmt: skip


def _points(value: object) -> Decimal | None:
    word = text(value)
    return Decimal(RATINGS[word]) if word in RATINGS else Decimal(word) if word else None


def _paper(sample: Sample, kind: str, rows: list[dict[str, Any]]) -> None:
    """Letters in any case, order and with any separators; a row without an answer is no paper."""
    found = {text(row["姓名"]): [text(row[str(i)]) for i in range(1, len(row))] for row in _numbered(rows)}
    keys = ["".join(sorted(set(re.findall("[A-H]", key.upper())))) for key in found.pop("标准答案")]
    exam = sample.rows.exam(kind, keys, found.pop("分值"))
    for name, answers in found.items():
        given = ["".join(sorted(set(re.findall("[A-H]", each.upper())))) for each in answers]
        if any(given):
            sample.rows.answer(exam, sample.people[name], *given)


def _numbered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{head: value for head, value in row.items() if head == "姓名" or head.isdigit()} for row in rows]
