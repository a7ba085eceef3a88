"""Every point is explained: which marks, which entries, which rule, in sentences with numbers."""

import json

import pytest

from assessments.scoring.explain import explain
from assessments.scoring.wording import MARK_NAMES
from tests.assessments.scoring.rows import ClassRows, make_unit
from tests.assessments.scoring.samples import load
from tests.assessments.scoring.worked import D
from training.models import AttendanceMark

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(db):
    rows = ClassRows(make_unit())
    rows.add_sessions("4", "3", "2", "4", "1")  # 14 hours: two are a seventh
    return rows


def account_of(person):
    return explain([person])[person.pk]


def item(account, name):
    return next(each for each in account["items"] if each["item"] == name)


def test_attendance_names_every_mark_with_what_it_takes(rows):
    (ann,) = rows.enrol("安宁")
    rows.mark(ann, "present", "late", "sick")
    found = item(account_of(ann), "出勤情况")
    assert (found["block"], found["maximum"], found["points"]) == ("学风学纪", "15.00", "13.50")
    assert found["rule"] == (
        "满分 15 分，按次扣分（迟到 1 分，早退 1 分，事假 1 分，病假 0.5 分，公假 0 分，旷课 5 分），扣完为止；"
        "迟到 1 次、病假 1 次，共扣 1.5 分"
    )
    assert found["lines"] == [
        {"date": "2026-03-03", "text": "上午 宪法与依法行政 迟到", "points": "-1.00", "reason": "", "recorder": ""},
        {"date": "2026-03-04", "text": "上午 宪法与依法行政 病假", "points": "-0.50", "reason": "", "recorder": ""},
    ]


def test_entries_stand_with_reason_and_recorder(rows):
    (ann,) = rows.enrol("安宁")
    rows.enter(ann, "纪律建设", "-1", reason="未按时归寝", recorder="周班主任")
    rows.enter(ann, "研讨交流", "15", "12", rating="", recorder="组长")
    rows.enter(ann, "课堂互动", "1")
    rows.enter(ann, "加分项", "5")
    account = account_of(ann)
    discipline = item(account, "纪律建设")
    assert discipline["rule"] == "满分 10 分起，按记录加减，不低于 0 分、不高于满分；记录 1 条，合计 -1 分"
    assert discipline["lines"] == [
        {"date": "2026-03-02", "text": "", "points": "-1.00", "reason": "未按时归寝", "recorder": "周班主任"}
    ]
    assert item(account, "研讨交流")["rule"] == "各次评分的平均分；共 2 次评分，27 ÷ 2 = 13.50"
    talk = item(account, "课堂互动")
    assert talk["rule"] == "基础分 6 分，按记录加减，不低于 0 分、不高于 10 分；记录 1 条，合计 +1 分"
    assert item(account, "调研报告")["rule"] == "各次评分的平均分；没有评分，计 0 分"
    assert item(account, "加分项")["rule"] == "各次记录累计，不封顶；记录 1 条，合计 +5 分"
    assert item(account, "加分项")["maximum"] is None


def test_the_paper_is_a_line_without_questions_or_keys(rows):
    ann, ben = rows.enrol("安宁", "本立")
    rows.answer(rows.exam("final", ["A", "BD", "C"], ["2", "2", "4"]), ann, "A", "BD", "")
    found = item(account_of(ann), "结业测试")
    assert found["rule"] == "结业考试得分占卷面总分的比例 × 15；4 ÷ 8 × 15"
    assert [line["text"] for line in found["lines"]] == ["卷面得 4 分，满分 8 分，折合百分制 50.00 分"]
    missing = item(account_of(ben), "结业测试")
    assert (missing["rule"], missing["lines"]) == ("结业考试得分占卷面总分的比例 × 15；没有答卷，计 0 分", [])


def test_leave_is_compared_as_the_rule_is_written(rows):
    ann, ben, che = rows.enrol("安宁", "本立", "程远")
    rows.mark(ann, "sick", first=2)  # 2 of 14
    rows.mark(ben, "personal", first=1)  # 3 of 14
    rows.mark(che, "personal", first=1)
    che.override_reason = "家中急事，部长办公会同意"
    che.save()
    found = explain([ann, ben, che])
    assert found[ann.pk]["leave"] == {
        "hours": "2", "total": "14", "numerator": 1, "denominator": 7, "exceeded": False, "override": "",
        "sentence": "请假 2 学时，2 × 7 = 14，不超过 14，未超过总学时 14 的七分之一",
    }  # fmt: skip
    over = "请假 3 学时，3 × 7 = 21，大于 14，超过总学时 14 的七分之一"
    assert found[ben.pk]["leave"]["sentence"] == over
    assert found[ben.pk]["leave"]["exceeded"]
    assert found[che.pk]["leave"]["sentence"] == f"{over}；经特批不作退学处理（家中急事，部长办公会同意）"
    assert found[ann.pk]["hours"]["sentence"] == "总学时 14，事假、病假、公假、旷课 2 学时，实到 12 学时"


def test_grade_rank_and_candidacy_have_their_reasons():
    sample = load("clean")
    found = explain(sample.rows.enrolments)
    sima, absent, left = (found[sample.people[name].pk] for name in ("司马清", "马国", "邵晓"))
    assert sima["grade_reason"] == "总分 92.70，常规项合计 92.70，达到优秀线（总分≥90 且常规项≥85）"
    assert sima["rank"] == {"rank": 13, "of": 47, "sentence": "第 13 名，有等次的学员共 47 人"}
    assert sima["candidate"] == {
        "value": "", "places": 7, "sentence": "名额 7 个（有等次的 47 人的 15%，至少 1 个），依次比较后未列入优秀学员人选",
    }  # fmt: skip
    assert absent["grade_reason"] == "总分 71.75，常规项合计 71.75；旷课 4 次，达到 4 次即不合格"
    assert left["grade"] == "退学"
    assert left["grade_reason"] == (
        "请假 11 学时，11 × 7 = 77，大于 76，超过总学时 76 的七分之一，作退学处理，不评等次"
    )
    assert (left["rank"]["sentence"], left["rank"]["rank"]) == ("退学，不排名次", None)


def test_the_sums_of_an_explanation_are_those_of_the_sample():
    sample = load("untidy")
    found = explain(sample.rows.enrolments)
    for row in sample.expected["results"]:
        account = found[sample.people[row["name"]].pk]
        points = {each["item"]: each["points"] for each in account["items"]}
        assert {name: points[name] for name in row["items"]} == row["items"]
        assert (account["base"], account["bonus"], account["total"]) == (row["base"], row["bonus"], row["total"])
        assert sum(D(block["points"] or 0) for block in account["blocks"]) == D(row["total"])
        lines = item(account, "出勤情况")["lines"]
        assert max(D(15) + sum(D(line["points"] or 0) for line in lines), D(0)) == D(row["items"]["出勤情况"])


def test_what_is_not_assessed_says_why():
    rows = ClassRows(make_unit(), kept=False)
    rows.add_sessions("4")
    (ann,) = rows.enrol("安宁")
    account = account_of(ann)
    assert item(account, "出勤情况")["rule"] == "没有考勤表，本项未评定"
    assert item(account, "纪律建设")["rule"] == "没有量化记录，本项未评定"
    assert item(account, "结业测试")["rule"] == "没有结业考试，本项未评定"
    assert {each["points"] for each in account["items"]} == {None}
    assert account["leave"]["sentence"] == "没有考勤表，请假学时不明"
    assert account["leave"]["hours"] is None
    assert account["grade_reason"].endswith("未评定，暂不评定等次")
    assert account["rank"]["sentence"] == "尚有指标项未评定，暂不排名次"


def test_marks_are_called_as_everywhere_else():
    labels = {mark.value: mark.label for mark in AttendanceMark.Mark}
    assert labels == {"present": "出勤", **MARK_NAMES}


def test_a_veto_is_shown_with_its_reason(rows):
    (ann,) = rows.enrol("安宁")
    rows.score("final", 安宁="100")
    rows.enter(ann, "否决项", None, reason="违反中央八项规定精神")
    account = account_of(ann)
    assert [line["reason"] for line in account["vetoes"]] == ["违反中央八项规定精神"]
    assert "有否决项记录，即不合格" in account["grade_reason"]


def test_an_explanation_is_plain_json(rows):
    (ann,) = rows.enrol("安宁")
    account = account_of(ann)
    assert json.loads(json.dumps(account, ensure_ascii=False)) == account


def crowd(size):
    rows = ClassRows(make_unit())
    rows.add_sessions("4", "3")
    people = rows.enrol(*(f"学员{i}" for i in range(size)))
    for person in people:
        rows.mark(person, "late", "sick")
        rows.enter(person, "加分项", "1")
    return people


def test_the_number_of_queries_is_the_same_for_one_and_for_many(query_count):
    one, many = crowd(1), crowd(40)
    assert query_count(lambda: explain(one)) == query_count(lambda: explain([*one, *many])) == 11
