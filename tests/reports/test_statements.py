"""Year-end statements: what each unit and each cadre is told, frozen when the year was closed."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest

from core.files import load
from core.jobs import drain
from core.keys import new_key
from core.models import Batch, BatchItem
from core.operations import Refused
from reports.gathering.year_units import Area
from reports.models import ArchivePaper
from reports.papers.unit_year import requirement_rows
from reports.services.archive_papers import make_archive_paper
from reports.services.statements import zip_statements
from reports.services.year_end import close_with_statements, preview_year_end, write_statements
from tests import factories as make
from tests.core.pdf_reading import text
from trainees.models import Cadre, Duty, Exemption, LedgerYear
from trainees.services.duties import assign_duties
from trainees.services.ledger import Learning, post
from training.models import Enrolment, TrainingClass

pytestmark = pytest.mark.django_db

JANUARY = date(2027, 1, 5)
Kind = ArchivePaper.Kind


def learn(who, hours, channel="off_job", title="第一期研修班", on=date(2026, 3, 13), days="0"):
    source = "class" if channel == "off_job" else "recognition"
    one = Learning(who.pk, on, channel, Decimal(hours), Decimal(days), title, source, new_key())
    post([one], actor=None)


@pytest.fixture
def city(yunling):
    """司马清扬 met everything, 欧阳致远 lacks hours, 沈若溪 is exempt from half and failed a class; classes are closed."""
    first, second, third = yunling.cadres
    learn(first, "100", days="13")
    learn(first, "50", "online", "网络专题")
    learn(second, "77.5", days="10")
    learn(third, "45", days="6")
    learn(third, "25", "online", "网络专题")
    Exemption.objects.create(cadre=third, year=2026, kind=Exemption.Kind.SECONDMENT, share=50, reason="援派")
    assign_duties(None, 2026, actor=None)
    TrainingClass.objects.filter(unit=yunling.root).update(state=TrainingClass.State.CLOSED)
    Enrolment.objects.update(grade="")
    Enrolment.objects.filter(cadre=third).update(grade="不合格")
    return yunling


@pytest.fixture
def closed(city) -> LedgerYear:
    return close(city)


def close(city, year=2026, on=JANUARY) -> LedgerYear:
    """As somebody closes it, and the worker writes."""
    held = close_with_statements(city.root, year, actor=city.staff, on=on)
    write_statements(ArchivePaper.objects.get(unit=city.root, year=year).pk)
    return held


def statement(**of) -> ArchivePaper:
    return ArchivePaper.objects.get(year=2026, **of)


def printed(paper: ArchivePaper) -> str:
    make_archive_paper(paper.pk)
    paper.refresh_from_db()
    assert paper.file is not None
    return text(load(paper.file))


def test_everybody_gets_one(city, closed):
    assert ArchivePaper.objects.filter(kind=Kind.CADRE_STATEMENT, year=2026).count() == 3
    units = ArchivePaper.objects.filter(kind=Kind.UNIT_STATEMENT).order_by("unit__path")
    assert [paper.unit for paper in units] == [city.root, city.bureau, city.office, city.sibling]


def test_what_a_unit_is_told(city, closed):
    facts = statement(unit=city.bureau).facts
    assert (facts["people"], facts["met"], facts["rate"]) == (2, 2, "100.0")  # with its sub-unit
    assert (facts["off_job"], facts["online"]) == ("72.5", "37.5")
    assert (facts["rank"], facts["siblings"]) == (1, 2)
    assert [row["cadre"] for row in facts["failed"]] == [str(city.cadres[2].pk)]
    assert facts["exempted"] == [
        {"cadre": str(city.cadres[2].pk), "post": "科长", "why": "减免50%"}
    ]  # why is the department's

    facts = statement(unit=city.sibling).facts
    assert (facts["people"], facts["met"], facts["rate"], facts["rank"]) == (1, 0, "0.0", 2)
    assert facts["missing"] == [
        {"cadre": str(city.cadres[1].pk), "post": "科长", "why": "年度脱产培训差12.5学时或2天；年度网络学习差50学时"}
    ]


def test_the_units_of_a_statement_add_up_to_its_whole(city, closed):
    facts = statement(unit=city.bureau).facts
    assert [(row["unit"], row["people"], row["met"], row["rank"]) for row in facts["units"]] == [
        (city.office.name, 1, 1, 1),
        ("本级", 1, 1, None),
    ]
    itself = {row["unit"]: (row["off_job"], row["online"]) for row in facts["units"]}["本级"]
    assert itself == ("100", "50")


def test_what_the_area_is_told(city, closed):
    facts = statement(unit=city.root).facts
    assert (facts["people"], facts["met"], facts["rate"], facts["rank"]) == (3, 2, "66.7", None)
    assert [(row["unit"], row["rate"], row["rank"]) for row in facts["units"]] == [
        (city.bureau.name, "100.0", 1),
        (city.sibling.name, "0.0", 2),
    ]
    assert facts["missing"] == []  # names stand with the units
    assert facts["not_met"] == 1


def test_what_a_cadre_is_told(city, closed):
    facts = statement(cadre=city.cadres[0]).facts
    assert (facts["required"], facts["elective"], facts["carry"]) == ("150", "0", "100")
    assert [(row["name"], row["hours"], row["credits"]) for row in facts["channels"]] == [
        ("脱产培训", "100", "100"),
        ("网络培训", "50", "50"),
    ]
    assert [(row["name"], row["asked"], row["done"], row["state"]) for row in facts["requirements"]] == [
        ("年度脱产培训", "90学时或12天", "100学时、13天", "met"),
        ("年度网络学习", "50学时", "50学时", "met"),
        ("年度必修学分", "50学分", "150学分", "met"),
    ]
    assert [row["title"] for row in facts["classes"]] == ["第一期研修班"]


def test_what_is_not_due_yet_is_told_by_who_keeps_pace(city):
    """550 hours by the end of 2027, of which 440 and a little by the end of 2026: one of the two here has them."""
    window = {"since": date(2023, 1, 1), "due": date(2027, 12, 31), "measure": "off_job_hours", "amount": 550}
    for who in city.cadres:
        Duty.objects.create(cadre=who, year=2026, code="five_years", name="五年脱产培训", **window)
    learn(city.cadres[0], "345", title="研修班", days="50")
    close(city)
    rows = {row["name"]: row for row in requirement_rows(statement(unit=city.bureau).facts)}
    assert rows["五年脱产培训"]["rate"] == "未到期，进度达标50.0%"
    assert rows["年度脱产培训"]["rate"] == "100.0%"
    assert "未到期" in printed(statement(unit=city.bureau))


def test_a_year_closed_before_pace_was_counted_says_that_it_is_not_due():
    told = {"name": "五年脱产培训", "met": 0, "missing": 0, "running": 3, "exempt": 0}
    assert requirement_rows({"requirements": [told]})[0]["rate"] == "未到期"


def test_what_comes_later_changes_no_statement(city, closed):
    before = statement(cadre=city.cadres[1]).facts
    learn(city.cadres[1], "20", title="补训")
    said = printed(statement(cadre=city.cadres[1]))
    assert statement(cadre=city.cadres[1]).facts == before
    assert "77.5" in said
    assert "97.5" not in said


def test_the_papers(city, closed):
    said = printed(statement(unit=city.sibling))
    for words in (
        "关于2026年度干部教育培训学习情况的通报",
        f"{city.sibling.name}：",
        "完成率0.0%",
        "欧阳致远",
        "2027年1月5日",
    ):
        assert words in said
    said = printed(statement(unit=city.bureau))
    assert "沈若溪同志参加培训未通过考核，2026年度考核不得确定为优秀等次" in said
    assert "欧阳致远" not in said
    said = printed(statement(unit=city.root))
    assert "各单位完成情况" in said
    assert "欧阳致远" not in said
    said = printed(statement(cadre=city.cadres[0]))
    for words in ("司马清扬", "2026年度干部学习情况", "结转100学分"):
        assert words in said


def test_a_cadres_statement_is_one_page_however_much_there_is(city):
    for number in range(30):
        learn(city.cadres[1], "1", title=f"云岭市2026年第{number}期年轻干部专业能力提升班", on=date(2026, 6, 1))
    for channel in ("study_group", "self_study", "teaching", "in_house", "online"):
        learn(city.cadres[1], "1", channel)
    close(city)
    paper = statement(cadre=city.cadres[1])
    printed(paper)
    assert paper.pages == 1


def test_the_worker_writes_and_makes_them(city):
    close_with_statements(city.root, 2026, actor=city.staff, on=JANUARY)
    for batch in Batch.objects.filter(kind="statements"):
        drain(batch.pk)
    for batch in Batch.objects.filter(subject_id=city.root.pk):
        drain(batch.pk)
    assert not BatchItem.objects.exclude(state="done").exists()
    assert not ArchivePaper.objects.filter(file=None).exists()
    assert ArchivePaper.objects.count() == 7


def test_written_twice_is_written_once(city, closed):
    write_statements(statement(unit=city.root).pk)
    assert ArchivePaper.objects.count() == 7
    assert Batch.objects.filter(kind="archive").count() == 2


def test_classes_that_nobody_closed_forbid_closing(city):
    TrainingClass.objects.filter(pk=city.training_class.pk).update(state=TrainingClass.State.REOPENED)
    assert [check.code for check in preview_year_end(city.root, 2026, JANUARY).blocked] == ["classes"]
    with pytest.raises(Refused, match="请先结班"):
        close_with_statements(city.root, 2026, actor=city.staff, on=JANUARY)
    assert not ArchivePaper.objects.exists()


def test_classes_of_others_are_told(city, wangjiang):
    """A class of another city with one of ours: its hours come late, and that is said."""
    make.enrolment(wangjiang.training_class, city.cadres[0], 9, full_time=False)
    assert [check.code for check in preview_year_end(city.root, 2026, JANUARY).warned] == ["other_classes"]


def test_an_area_ends_where_another_department_begins(city):
    county = make.unit("QX", "中共清溪县委组织部", city.root, kind="organization_department")
    village = make.unit("QX01", "清溪县石桥镇人民政府", county)
    area = Area(city.root)
    assert area.places_of(village) == [city.root.path]
    assert area.places_of(city.office) == [city.root.path, city.bureau.path, city.office.path]


def test_the_number_of_queries_does_not_grow(city, query_count):
    def closing(year):
        return lambda: close(city, year, on=date(2030, 1, 1))

    for person in Cadre.objects.filter(managing_authority=city.root):
        learn(person, "3", on=date(2027, 3, 1))
    assign_duties(None, 2027, actor=None)
    few = query_count(closing(2026))
    for number in range(6):
        learn(make.cadre(f"后来者{number}", city.bureau, city.root), "100", on=date(2027, 3, 1))
    assign_duties(None, 2027, actor=None)
    assert query_count(closing(2027)) <= few + 2


def test_a_class_over_new_year_is_told_while_it_is_not_closed(city):
    """Its days of December would stand in the adjustment period."""
    one = TrainingClass.objects.filter(unit=city.root).first()
    TrainingClass.objects.filter(pk=one.pk).update(start=date(2026, 12, 28), end=date(2027, 1, 8), state="reopened")
    found = preview_year_end(city.root, 2026, JANUARY)
    assert ([one.code for one in found.warned], found.blocked) == (["spanning"], [])


def test_the_package_of_a_year_holds_all_of_it_though_the_authority_has_another_name_now(city, closed):
    for paper in ArchivePaper.objects.filter(year=2026):
        make_archive_paper(paper.pk)
    city.root.name = "云岭市委组织部"
    city.root.save()
    packed = ZipFile(BytesIO(b"".join(zip_statements(city.root, 2026, actor=city.staff))))
    assert [name.split("/")[0] for name in packed.namelist()] == ["单位"] * 4 + ["干部"] * 3
