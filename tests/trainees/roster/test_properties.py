"""Whatever a small roster says: imported twice it is imported once, and one appointment at a time stands open."""

from datetime import date
from unittest.mock import patch

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis import given as given_by
from hypothesis.extra.django import TestCase

from core.sheets.cells import Row, Sheet
from organization.models import Unit
from tests.cast import build_units
from tests.trainees.roster.files import HEADS, number
from trainees.models import Appointment, Cadre
from trainees.roster import rehearsing
from trainees.roster.plan import Plan
from trainees.roster.writing import chosen, write_plan

DAY = date(2026, 6, 1)
NAMES = ("林知远", "单雄", "阿卜杜拉·买买提")
UNITS = ("云岭市史志研究中心", "云岭市园林管理处", "云岭市史志研究中心编研科")
rows = st.fixed_dictionaries(
    {"姓名": st.sampled_from(NAMES), "身份证号": st.sampled_from([number(n) for n in (1, 3, 5, 7)]), "单位": st.sampled_from(UNITS)},
    optional={
        "职务": st.sampled_from(("科长", "副科长", "主任")),
        "职务层次": st.sampled_from(("县处级副职", "乡科级正职", "正科级")),
        "任职时间": st.dates(date(2015, 1, 1), DAY).map(date.isoformat),
        "手机号": st.sampled_from(("13900001234", "13812345678")),
        "民族": st.sampled_from(("汉族", "回族")),
        "状态": st.sampled_from(("在职", "借调", "退休")),
        "状态起始": st.dates(date(2015, 1, 1), DAY).map(date.isoformat),
    },
)  # fmt: skip
files = st.lists(rows, max_size=4, unique_by=lambda row: row["身份证号"])


def imported(file: list[dict[str, str]], area: Unit) -> Plan:
    """Judged from its cells (the child process is not the matter here) and written, faulty rows left out of the file."""
    table = [Row(1, HEADS)] + [Row(n, tuple(row.get(head) for head in HEADS)) for n, row in enumerate(file, 2)]
    plan = judged(table, area)
    bad = {fault.place.row for fault in plan.faults.faults if fault.level == "error"}
    plan = judged([row for row in table if row.number not in bad], area)
    assert not plan.has_errors
    write_plan(plan, chosen(plan, [one.row.row for one in plan.renamed]))
    return plan


def judged(table: list[Row], area: Unit) -> Plan:
    sheet = Sheet("花名册", tuple(table))
    with patch("trainees.roster.rehearsing.read_table", lambda data, name, faults: _opened(sheet, faults)):
        return rehearsing.judge(b"", "a.xlsx", area, today=DAY, day=DAY)


def _opened(sheet: Sheet, faults):
    from core.sheets.table import open_table
    from trainees.roster.columns import NAME, OPTIONAL, REQUIRED

    return open_table(sheet, NAME, REQUIRED, OPTIONAL, faults)


def stands() -> list[list]:
    """Everything that an import may write, but keys, seals and versions."""
    people = Cadre.objects.order_by("id_number_index").values_list(
        "id_number_index", "name", "unit", "managing_authority", "status", "status_since", "band", "ethnic_group"
    )
    posts = Appointment.objects.order_by("cadre__id_number_index", "since").values_list(
        "cadre__id_number_index", "unit", "post", "post_level", "rank", "since", "until"
    )
    return [list(people), list(posts), [one.open_phone() for one in Cadre.objects.order_by("id_number_index")]]


class TestTwiceIsOnce(TestCase):
    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given_by(before=files, file=files)
    def test_a_second_import_finds_nothing_to_write(self, before, file):
        area = build_units("云岭").root
        imported(before, area)
        plan = imported(file, area)
        after = stands()
        again = imported([row for row in file if row["身份证号"] in {one.number for one in _read(plan)}], area)
        assert again.added == [] and again.changed == []
        assert stands() == after
        open_posts = Appointment.objects.filter(primary=True, until=None)
        assert open_posts.count() == open_posts.values("cadre").distinct().count()
        for cadre in Cadre.objects.exclude(status="retired"):
            assert open_posts.get(cadre=cadre).unit_id == cadre.unit_id


def _read(plan: Plan):
    return [*plan.added, *(one.row for one in plan.changed)]
