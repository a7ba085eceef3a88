"""一人一册 and 学员考核登记表: what stands on their pages, with little, with much, with what people may write."""

from dataclasses import replace
from decimal import Decimal

import pytest

from reports.papers.archive_classes import Archive
from reports.papers.booklet import ledger_years, render_booklet
from reports.papers.gauges import arc, gauge
from reports.papers.register import render_register
from tests.core.pdf_reading import reader, text
from tests.reports import archive_samples as samples

HOSTILE = ("<script>alert(1)</script>", '<img src="http://127.0.0.1:9/x">', "{{7*7}}", "{% debug %}")
D = Decimal


def pages(pdf: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in reader(pdf).pages]


# ---- 一人一册 ----


def test_a_booklet_tells_every_section():
    content = text(render_booklet(samples.archive()))
    for said in (
        "干部学习档案一人一册", "2025年5月至2026年11月", "一、学习任务完成情况", "脱产学时62／90学时", "或脱产天数8.5／12天", "2026年12月31日前，还差28学时",
        "五年脱产培训脱产学时560／550学时", "已达标", "2026年8.5621236215", "二、培训班次", "优秀第3名", "角色班长，第一组学时实到74／76考勤迟到1次、事假1次",
        "总分91.20（加分5.00）入学测试44.00结业考试82.50", "学风学纪26.50／30；班级管理18.00／20；课堂表现22.00／25；能力拓展—／25",
        "学员论坛·基层治理怎么抓·发言（主讲）", "三、学时学分台账", "第2号，已冲销：重复登记", "冲销第2号：重复登记", "2026年合计5笔1.51.5",
        "四、其他学习与认定", "乡村振兴专题省干部网络学院网络培训2026-04-01至2026-04-306已认定", "五、网络虚拟班", "六、学习成果", "《关于镇村治理的调研》",
        "七、学习荣誉", "学习型好干部", "八、述学与训后回访", "结合岗位讲了三点体会。", "结论：学用结合好", "九、任务减免", "十、任职情况", "2015年1月至2021年4月",
    ):  # fmt: skip
        assert said in content, said


def test_every_page_says_whom_it_belongs_to_and_which_it_is():
    told = pages(render_booklet(samples.archive(ledger=samples.ledger(200))))
    assert "龚䶮" in told[0]
    for number, page in enumerate(told[1:], 2):
        assert "龚䶮·云岭市自然资源和规划局青山分局·干部学习档案·截至2026年11月22日" in page, number
        assert f"第{number}页，共{len(told)}页" in page


def test_500_entries_keep_their_head_on_every_page_and_no_row_is_lost():
    told = pages(render_booklet(samples.archive(ledger=samples.ledger(500))))
    of_ledger = [page for page in told if "次专题讲座" in page]
    assert len(of_ledger) > 10
    assert all("日期内容渠道天数学时学分累计学时累计学分" in page for page in of_ledger)
    assert sum(page.count("次专题讲座") for page in told) == 500
    assert "2026年合计500笔249249" in "".join(told)  # 500 halves, less the struck one and its reversal: 249


def test_sections_without_anything_do_not_show_and_numbers_close_up():
    content = text(render_booklet(Archive(samples.TODAY, samples.PERSON, honours=samples.archive().honours)))
    assert "一、学习荣誉" in content and "截至2026年11月" in content
    for title in ("学习任务", "培训班次", "台账", "认定", "述学", "减免", "任职情况"):
        assert title not in content, title


def test_no_booklet_holds_an_id_number_not_even_masked():
    assert "****" not in text(render_booklet(samples.archive()))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_sec_27_markup_in_data_is_text(hostile):
    shown = "".join(hostile.split())
    told = replace(samples.archive().told[0], text=hostile)
    line = samples.a_class(name=hostile)
    person = replace(samples.PERSON, post=hostile)
    content = text(render_booklet(samples.archive(person=person, told=(told,), classes=(line,))))
    assert content.count(shown) >= 3
    assert shown in text(render_register(samples.register(name=hostile)))


def test_long_texts_flow_on():
    told = replace(samples.archive().told[0], text="结合岗位谈体会。" * 250)
    assert text(render_booklet(samples.archive(told=(told,)))).count("结合岗位谈体会。") == 250


def test_years_close_with_their_sums():
    years = ledger_years((*samples.ledger(3, 2026), *samples.ledger(4, 2025)))
    assert [(one["year"], len(one["lines"]), one["hours"]) for one in years] == [(2026, 3, D("0.5")), (2025, 4, D(1))]


@pytest.mark.parametrize(
    ("done", "met", "exempt", "percent"),
    [("0", False, False, 0), ("45", False, False, 70), ("89.5", False, False, 99), ("90", True, False, 100), ("0", True, True, 100)],
)  # fmt: skip
def test_a_gauge_is_full_only_when_the_duty_is_met(done, met, exempt, percent):
    """45 of 90 hours, but 8.5 of 12 days: the nearer measure counts; 89.5 of 90 is not there yet."""
    line = replace(samples.DUTY, done=D(done), met=met, exempt=exempt)
    line = line if done == "45" else replace(line, other_done=D(0))
    assert gauge(line).percent == percent
    assert (gauge(line).fill == "") == (percent == 0)


def test_an_arc_begins_lower_left_and_ends_lower_right():
    assert arc(1.0) == "M5.64 18.36A9 9 0 1 1 18.36 18.36"
    assert arc(0.5).endswith("12.00 3.00")


# ---- 学员考核登记表 ----


def test_a_register_form_is_filled_in_on_one_page():
    told = pages(render_register(samples.register()))
    assert len(told) == 1
    for said in (  # cells that are cut to their height come last in the text
        "学员考核登记表姓名龚䶮性别男出生年月1985年6月", "云岭市发展和改革局综合科副科长2026年春季学期中青年干部培训班班长，第一组中共云岭市委组织部",
        "培训时间2026年3月2日至13日", "实到74学时／共76学时", "迟到1次、事假1次；请假2学时", "入学44.00结业82.50",
        "学风学纪30分班级管理20分课堂表现25分能力拓展25分加分项总分", "26.5018.0022.00—5.0091.20", "等次优秀名次第3名／45人",
        "调研报告《关于镇村治理的调研》", "班主任意见（签名）", "考评工作小组意见（签名）", "学校意见（盖章）", "备注", "第1页，共1页",
    ):  # fmt: skip
        assert said in told[0], said


def test_long_texts_never_make_a_second_page():
    line = {
        "name": "关于举办" * 30, "unit": "云岭市自然资源和规划局" * 10, "post": "综合科科长" * 20, "organizer": "中共云岭市委组织部" * 12,
        "strip": samples.strip("LP." * 60), "committee_post": "组织委员兼宣传委员" * 4, "activities": samples.a_class().activities * 40,
    }  # fmt: skip
    assert len(pages(render_register(samples.register(**line)))) == 1


def test_a_form_without_points_shows_dashes():
    result = replace(
        samples.RESULT, total=None, bonus=None, entry=None, final=None, rank=None, grade="未评定", blocks=()
    )
    told = pages(
        render_register(samples.register(result=result, strip=(), hours=None, leave_hours=None, activities=()))
    )
    assert "等次未评定名次—" in told[0] and "入学—结业—" in told[0] and len(told) == 1
