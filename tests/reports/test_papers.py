"""What letters, sheets and bulletins say: in a class as it should be, and where something is missing or hostile."""

import time
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from core.amounts import mean
from core.pdf.codes import qr_code
from reports.papers.bulletin import render_bulletin
from reports.papers.charts import Axis, columns, radar
from reports.papers.letter import overview, render_letter, requests
from reports.papers.official import attachment_lines
from reports.papers.sheet import render_trainee_sheet, standing
from reports.papers.wording import compared, day, listed, period, title_lines
from tests.core import pdf_reading
from tests.core.pdf_reading import text
from tests.reports import paper_samples as samples

D = Decimal
HOSTILE = (
    "<script>alert(1)</script>",
    '<img src="http://127.0.0.1:9/x">',
    '<link rel=attachment href="file:///etc/passwd">',
    "{{7*7}}",
    "{% debug %}",
    "@import 'http://127.0.0.1:9/y';",
    "<svg><image href='http://127.0.0.1:9/z'/></svg>",
)


# ---- 反馈函 ----


def test_a_letter_says_who_learned_what_and_how_well():
    content = text(render_letter(samples.letter()))
    for said in (
        "关于反馈2026年春季学期中青年干部培训班学员培训考核情况的函",
        "云岭市发展和改革局：",
        "由中共云岭市委组织部主办、中共云岭市委党校承办的“2026年春季学期中青年干部培训班”于2026年3月2日至13日在云岭市委党校举办",
        "全班学员48人，课程共76学时",
        "你单位参训学员3人，其中优秀1人、良好1人、合格1人。平均总分85.13分，高于全班0.02分。",
        "1张伟政治部副主任93.15优秀优秀学员人选372444.0082.50",
        "3阿依古丽·买买提—76.05合格46724—82.50",
        "特此函告。",
        "附件：学员考核结果单（3份）",
        "2026年3月20日",
        "扫码核验本件真伪和现行状态",
    ):
        assert said in content, said


def test_means_of_a_unit_leave_out_who_withdrew():
    rows = (
        samples.trainee(total=D("90.00")),
        samples.trainee("李强", total=D("40.00"), grade="退学", rank=None, candidate=""),
    )
    made = samples.letter(rows=rows, class_mean=D("90.00"))
    assert made.unit_mean == D("90.00")
    assert "其中优秀1人、退学1人。平均总分90.00分，与全班持平。" in overview(made)[0]


def test_candidates_waiting_and_failed_trainees_are_named_in_the_requests():
    rows = (
        samples.trainee("张伟"),
        samples.trainee("王芳", candidate="待定"),
        samples.trainee("李强", grade="不合格", candidate=""),
        samples.trainee("赵敏", grade="退学", rank=None, candidate=""),
    )
    asked = requests(samples.letter(rows=rows, remarks=("请于月底前反馈意见。",)))
    assert asked[0] == "1.张伟同志为本班优秀学员人选，请在干部培养使用中予以关注。"
    assert asked[1].startswith("2.王芳同志是否列为优秀学员人选，待考评工作小组研究确定")
    assert "李强、赵敏等2名同志未通过考核，当年年度考核不得确定为优秀等次" in asked[3]
    assert asked[4] == "请于月底前反馈意见。"


def test_without_all_items_there_is_no_grade_and_the_letter_says_why():
    rows = (
        samples.trainee(
            total=D("70.00"), grade="未评定", rank=None, attended=None, leave=None, final=None, candidate=""
        ),
    )
    content = text(render_letter(samples.letter(facts=samples.UNASSESSED, rows=rows)))
    assert "本班因缺少相应记录，出勤情况、结业测试未评定" in content
    assert "70.00未评定———44.00—" in content
    assert "其中" not in overview(samples.letter(facts=samples.UNASSESSED, rows=rows))[0].split("。")[0]


def test_a_draft_is_watermarked_and_has_neither_number_nor_code():
    content = text(render_letter(samples.letter(issue=samples.DRAFT)))
    assert "草稿" in content
    assert "云组函" not in content
    assert "扫码" not in content
    assert "草稿" not in text(render_letter(samples.letter()))


def test_a_replacing_document_names_what_it_replaces():
    issue = replace(samples.ISSUE, number="云组函〔2026〕31号", replaces="云组函〔2026〕12号")
    assert "本函替换云组函〔2026〕12号，原函即行作废" in text(render_letter(samples.letter(issue=issue)))
    assert "本单替换云组函〔2026〕12号，原单即行作废" in text(render_trainee_sheet(samples.sheet(issue=issue)))
    assert "本通报替换云组函〔2026〕12号" in text(render_bulletin(samples.bulletin(issue=issue)))


def test_a_letter_holds_no_other_units_trainees():
    people = {unit: f"{unit[-3:]}学员" for unit in samples.UNIT_NAMES}
    for unit, name in list(people.items())[:3]:
        content = text(render_letter(samples.letter(unit=unit, rows=(samples.trainee(name),))))
        assert name in content
        assert not any(other in content for other in people.values() if other != name)


def test_names_are_printed_as_they_are_written():
    names = ("龚䶮", "刘𬭎", "张㛃", "阿依古丽·买买提", samples.LONG_NAME, "喆堃祎", "万")
    pdf = render_letter(samples.letter(rows=tuple(samples.trainee(name) for name in names)))
    content = text(pdf)
    assert all(name in content for name in names)
    assert "〓" not in content
    assert set(pdf_reading.fonts(pdf)) <= {"Paper-Title", "Paper-Fang", "Paper-Hei", "Paper-Song"}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_sec_27_b20_b21_markup_in_data_is_text(hostile: str):
    shown = "".join(hostile.split())
    row = samples.trainee(hostile, post=hostile)
    assert text(render_letter(samples.letter(unit=hostile, rows=(row,)))).count(shown) >= 2
    assert shown in text(render_trainee_sheet(samples.sheet(name=hostile, unit=hostile)))
    assert shown in text(render_bulletin(samples.bulletin(satisfaction=samples.satisfaction(9, hostile))))


def test_b23_a_remark_of_8000_characters_takes_less_than_5_seconds():
    begun = time.perf_counter()
    render_letter(samples.letter(rows=(samples.trainee(post="学" * 8_000),)))
    blocks = (
        replace(samples.BLOCKS[0], items=(replace(samples.BLOCKS[0].items[0], how="学" * 8_000),)),
        *samples.BLOCKS[1:],
    )
    pdf = render_trainee_sheet(samples.sheet(blocks=blocks))
    assert time.perf_counter() - begun < 30
    assert "以下从略" in text(pdf)


# ---- 学员考核结果单 ----


def test_a_sheet_explains_every_point():
    content = text(render_trainee_sheet(samples.sheet()))
    for block in samples.BLOCKS:
        for item in block.items:
            assert f"{item.name}{item.maximum}{item.points}{''.join(item.how.split())}" in content
    for said in (
        "常规项合计10086.20",
        "加分项不封顶5.003月9日+5.00代表本班作交流发言",
        "总分91.20",
        "第3名（共45人）",
        "优秀学员人选：是",
    ):
        assert said in content
    assert "学风学纪26.50/30" in content


def test_a_sheet_without_assessment_shows_dashes_and_says_why():
    content = text(render_trainee_sheet(samples.unassessed_sheet()))
    assert "出勤情况15—未评定" in content
    assert "学风学纪未评定" in content
    assert "出勤情况、结业测试未评定，总分仅为已评定各项之和" in content


def test_standing_of_who_withdrew():
    assert standing(samples.sheet(rank=None, grade="退学")) == "退学，不排名次"
    assert standing(samples.sheet(rank=None, grade="未评定")) == "未评定"


def test_long_explanations_flow_onto_a_second_page_without_breaking_a_row():
    blocks = tuple(
        replace(block, items=tuple(replace(item, how="课堂发言积极，" * 40) for item in block.items))
        for block in samples.BLOCKS
    )
    pages = pdf_reading.reader(render_trainee_sheet(samples.sheet(blocks=blocks))).pages
    assert len(pages) > 1
    assert all("计分说明" in page.extract_text() for page in pages[:2])


# ---- 综合通报 ----


def test_a_bulletin_tells_the_class_in_figures():
    content = text(render_bulletin(samples.bulletin()))
    for said in (
        "中共云岭市委党校文件",
        "关于2026年春季学期中青年干部培训班培训考核情况的通报",
        "课程表共安排76学时，其中理论教育占48.68%，党性教育占31.58%，能力培训占19.74%。",
        "学时出勤率97.42%，全勤21人；迟到5人次、事假8人次、旷课1人次。请假超过总学时七分之一按退学处理2人。",
        "评定等次46人，平均总分85.11分，最高96.35分，最低58.20分，标准差7.23。优秀15人、良好20人、合格10人、不合格1人、退学2人。",
        "产生优秀学员人选6人",
        "两次都参加的45人平均提高25.40分，成绩提高的43人",
        "入学测试中第3题、第17题得分率较低。结业考试中第8题区分度不足，建议修订。",
        "培训设计30103190.91",
        "抄送：市委办公室，市政府办公室。",
        "2026年3月20日印发",
    ):
        assert said in content, said


def test_a_bulletin_of_a_class_without_anything_but_its_roster():
    made = samples.bulletin(
        facts=samples.UNASSESSED, curriculum=(), attendance=None, bands=(), grades=(), candidates=(), exams=None,
        papers=(), satisfaction=None, copies=(),
    )  # fmt: skip
    content = text(render_bulletin(made))
    for said in (
        "未全部标注类别",
        "未提供考勤记录",
        "不评定等次、名次",
        "没有优秀学员人选",
        "不作比较",
        "未收到学员评价",
    ):
        assert said in content


def test_nothing_of_fewer_than_five_answers_is_shown():
    content = text(render_bulletin(samples.bulletin(satisfaction=samples.satisfaction(4, "只有我会这样写"))))
    assert "不足五份，为保护填写人，不公布结果" in content
    assert "只有我会这样写" not in content
    assert "培训设计" not in content
    assert "只有我会这样写" in text(
        render_bulletin(samples.bulletin(satisfaction=samples.satisfaction(5, "只有我会这样写")))
    )


# ---- words and pictures ----


def test_dates_as_gb_t_9704_writes_them():
    assert day(date(2026, 3, 2)) == "2026年3月2日"
    assert period(date(2026, 3, 2), date(2026, 3, 13)) == "2026年3月2日至13日"
    assert period(date(2026, 3, 30), date(2026, 4, 3)) == "2026年3月30日至4月3日"
    assert period(date(2026, 12, 28), date(2027, 1, 8)) == "2026年12月28日至2027年1月8日"
    assert period(date(2026, 3, 2), date(2026, 3, 2)) == "2026年3月2日"


def test_means_are_rounded_half_up():
    assert mean([D("1.00"), D("1.01"), None]) == D("1.01")  # 1.005
    assert mean([None]) is None
    assert compared(D("80.00"), D("80.01")) == "低于全班0.01分"


def test_many_names_are_shortened():
    assert listed(["甲", "乙"]) == "甲、乙"
    assert listed(list("甲乙丙丁戊己庚")) == "甲、乙、丙等"


def test_titles_break_between_phrases():
    assert title_lines("关于反馈某班", "学员考核情况的函") == ["关于反馈某班学员考核情况的函"]
    assert title_lines("关于反馈2026年春季学期中青年干部培训班", "学员培训考核情况的函") == [
        "关于反馈2026年春季学期中青年干部培训班",
        "学员培训考核情况的函",
    ]
    assert title_lines("关于反馈云岭市2026年春季第4期中青年干部培训班", "学员培训考核情况的函") == [
        "关于反馈云岭市2026年春季",
        "第4期中青年干部培训班",
        "学员培训考核情况的函",
    ]
    assert all(len(line) <= 20 for line in title_lines("甲" * 50, "乙" * 10))


def test_attachments_are_numbered_from_two_on():
    assert attachment_lines(["甲"]) == ["附件：甲"]
    assert attachment_lines(["甲", "乙"]) == ["附件：1.甲", "2.乙"]


def test_a_radar_reaches_its_rim_at_the_maximum_and_its_centre_at_nothing():
    drawn = radar(
        [Axis("甲", "", 1.0, 0.5), Axis("乙", "", None, None), Axis("丙", "", 2.0, -1.0), Axis("丁", "", 0.0, 0.0)]
    )
    assert drawn.own.split() == ["46.0,12.0", "46.0,37.0", "46.0,62.0", "46.0,37.0"]
    assert drawn.mean.split()[0] == "46.0,24.5"
    assert len(drawn.dots) == 3  # what was not assessed has none


def test_columns_share_one_scale():
    chart = columns(["低", "高"], [("mean", [0, 10]), ("own", [5, 20])], width=109, height=31)
    heights = [bar.height for bar in chart.bars]
    assert heights == [0.0, 10.0, 5.0, 20.0]
    assert [count for _, count in chart.ticks] == [0, 5, 10, 15, 20]


def test_columns_of_nothing_have_a_scale():
    assert [count for _, count in columns(["低"], [("own", [0])]).ticks] == [0, 1]


def test_the_code_holds_the_address():
    square = qr_code("http://10.1.2.3:8000/check/abc")
    assert square.side == 29 + 8  # version 3 with its quiet zone
    assert square.path.startswith("M4 4.5h7")
