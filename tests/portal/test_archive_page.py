"""一人一册 on screen: every section where there is something, and to each reader what they may see."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from reports.gathering.archive import Sight
from reports.gathering.archive.learning import ledger_line, ledger_rows
from tests.reports.archive_story import CANARIES, again, fill, learn, learn_much
from trainees.services import ledger

pytestmark = pytest.mark.django_db


def page(client, cadre, **query) -> str:
    answer = client.get(reverse("portal:cadre", args=[cadre.pk]), query)
    assert answer.status_code == 200
    return answer.content.decode().partition("<main")[2].partition("</main>")[0]


def grade(city) -> str:
    return city.enrolments[0].result.grade


@pytest.mark.parametrize("part", ["staff", "trainee"])
def test_department_and_person_see_everything(yunling, client_of, part):
    body = page(client_of(yunling.accounts[part]), fill(yunling))
    for said in (
        "司马清扬", "云岭市史志研究中心", "学习任务", "进行中", "还差", "云岭市2026年第一期干部综合研修班", "班长，第一组", "总分", "课堂表现",
        "共 4 次课，迟到 1", "学员论坛", "事假", "学时台账", "冲销第", "该讲本人未到，重复登记", "乡村振兴专题1", "请补交结业证明",
        "年网络培训第1班", "论基层治理的若干思考1", "学习型好干部", "结合岗位讲了三点体会。", "训后 3 个月", "长期病休", "病休三个月的诊断",
        "副科长", "考核登记表", "生成一人一册",
    ):  # fmt: skip
        assert said in body, said


def test_a_liaison_sees_hours_and_duties_and_no_marks(yunling, client_of):
    body = page(client_of(yunling.liaison), fill(yunling))
    for said in ("学习任务", "学时台账", "乡村振兴专题1", "结合岗位讲了三点体会。", grade(yunling)):
        assert said in body, said
    for hidden in (
        *CANARIES,
        "课堂表现",
        "迟到",
        "总分",
        "结业考试",
        "学员论坛",
        "生成一人一册",
        "9****",
        "1985",
        "长期病休",
    ):
        assert hidden not in body, hidden


def test_a_leader_sees_unit_duties_hours_and_grades(yunling, client_of):
    body = page(client_of(yunling.leader), fill(yunling))
    for said in ("学习任务", "云岭市史志研究中心", grade(yunling), "学时"):
        assert said in body, said
    for hidden in (*CANARIES, "学时台账", "乡村振兴专题1", "结合岗位", "迟到", "总分", "长期病休", "9****"):
        assert hidden not in body, hidden


@pytest.mark.parametrize(
    "part", ["manager", "assessor", "sibling_liaison", "other_trainee", "system_admin", "approver"]
)
def test_others_do_not_find_the_person(yunling, client_of, part):
    url = reverse("portal:cadre", args=[fill(yunling).pk])
    assert client_of(yunling.accounts[part]).get(url).status_code == 404


def test_another_city_does_not_find_the_person(cast, client_of):
    url = reverse("portal:cadre", args=[fill(cast.yunling).pk])
    assert client_of(cast.wangjiang.staff).get(url).status_code == 404


def test_what_is_not_there_does_not_show(yunling, client_of):
    """Somebody of whom only class and person are known: no empty section, and no heading of one."""
    body = page(client_of(yunling.staff), yunling.cadres[2])
    assert re.findall(r'<h2 class="card-title">([^<]+?)\s*<', body) == [
        "基本情况",
        "最近一个班",
        "档案材料",
        "培训班次",
    ]


# ---- the ledger by pages, and as it was known ----


def test_the_ledger_tells_running_sums_and_what_was_struck(yunling, client_of):
    """16 hours in 2025, then 4 and 4 more that were taken back: the sum of 2026 ends at the 6 of the on-line course."""
    cadre = fill(yunling)
    body = page(client_of(yunling.staff), cadre)
    told = body.partition('id="ledger"')[2]
    assert "<del>误记的一讲1</del>" in told
    assert "已冲销：该讲本人未到，重复登记" in told
    assert told.index(f"{date.today().year}年</th>") < told.index("2025年</th>")
    assert "−4" in told


def test_as_known_on_a_day_before_the_posting_nothing_was_known(yunling, client_of):
    cadre = fill(yunling)
    yesterday = (date.today() - timedelta(days=1)).isoformat()
    told = page(client_of(yunling.staff), cadre, known=yesterday)
    assert "已入账 0 条" in told and "误记的一讲" not in told
    for nonsense in ("2999-01-01", "yesterday", "2026-13-45", "1900-01-01"):
        assert "之后的入账和冲销没有算在内" not in page(client_of(yunling.staff), cadre, known=nonsense)


def test_a_reversal_that_was_not_known_yet_is_not_told(yunling):
    """Reversed on the day after: until then the line stood."""
    cadre = yunling.cadres[0]
    key = learn(cadre, date(2026, 2, 20), "4", "误记的一讲")
    ledger.withdraw("class", [key], actor=None, reason="重复登记")
    award, _ = ledger_rows({cadre.pk: cadre.pk}, Sight(yunling.staff, staff=True))
    award.reversal.posted_at += timedelta(days=1)
    before, after = (ledger_line(award, award.posted_at + timedelta(days=days)) for days in (0, 2))
    assert (before.gone, before.reversed_why) == (False, "")
    assert (after.gone, after.reversed_why) == (True, "重复登记")
    assert ledger_line(award).gone


# ---- queries ----


@pytest.mark.parametrize("part", ["staff", "trainee", "liaison", "leader"])
def test_the_page_has_a_fixed_number_of_queries(yunling, client_of, query_count, part):
    """One of everything, then five; then 500 entries in the ledger."""
    cadre, client = fill(yunling), client_of(yunling.accounts[part])
    url = reverse("portal:cadre", args=[cadre.pk])
    few = query_count(lambda: client.get(url))
    for number in range(1, 5):
        again(yunling, cadre, number)
    assert query_count(lambda: client.get(url)) == few
    learn_much(cadre, 490)
    assert query_count(lambda: client.get(url)) == few
    assert few <= 40, few
