"""Less is asked with a reason, and all of it again when the reason is gone."""

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from core.operations import Conflict, Refused
from core.pictures import Upload
from organization.roles import Role
from tests import factories as make
from trainees.models import Cadre, Duty, Exemption, LedgerYear
from trainees.services.duties import assign_duties
from trainees.services.exemptions import ExemptionFacts, grant_exemption, revoke_exemption

pytestmark = pytest.mark.django_db

HALF = ExemptionFacts(2026, "", "illness", 50, "长期病休半年")


def amount(who, code: str = "off_job", year: int = 2026) -> object:
    return Duty.objects.get(cadre=who, code=code, year=year).amount


@pytest.fixture
def who(yunling):
    assign_duties(None, 2026, actor=None)
    return yunling.cadres[0]


def test_granted_and_taken_back(yunling, who):
    made = grant_exemption(who, HALF, actor=yunling.staff)
    assert (amount(who), amount(who, "online")) == (45, 25)
    revoke_exemption(made, actor=yunling.staff, reason="已经病愈返岗", seen=1)
    assert amount(who) == 90
    made.refresh_from_db()
    assert (made.revoke_reason, made.version, made.actor_id) == ("已经病愈返岗", 2, yunling.staff.pk)


def test_the_log_tells_of_it_without_the_illness(yunling, who):
    made = grant_exemption(who, HALF, actor=yunling.staff)
    entry = AuditEntry.objects.get(event="exemption.grant")
    assert entry.after == {"cadre": str(who.pk), "year": 2026, "code": "", "share": 50}
    assert (entry.object_id, entry.reason) == (str(made.pk), "")


def test_one_for_a_year_and_requirement(yunling, who):
    grant_exemption(who, HALF, actor=yunling.staff)
    with pytest.raises(Refused, match="已有减免"):
        grant_exemption(who, HALF, actor=yunling.staff)
    grant_exemption(who, ExemptionFacts(2026, "online", "other", 100, "无上网条件"), actor=yunling.staff)
    assert Duty.objects.get(cadre=who, code="online", year=2026).exempt


def test_a_year_of_the_five_changes_every_later_list(yunling, who):
    who.appointments.update(post_level="县处级副职")
    for year in (2025, 2026):
        assign_duties([who.pk], year, actor=None)
    grant_exemption(who, ExemptionFacts(2025, "five_years", "secondment", 100, "援派一年"), actor=yunling.staff)
    assert [amount(who, "five_years", year) for year in (2025, 2026)] == [440, 440]


def test_a_closed_year_is_left_alone(yunling, who):
    LedgerYear.objects.update_or_create(
        authority=who.managing_authority, year=2026, defaults={"closed_at": timezone.now()}
    )
    with pytest.raises(Refused, match="2026年度已结账"):
        grant_exemption(who, HALF, actor=yunling.staff)


def test_who_works_in_a_county_and_is_managed_by_the_city_is_let_off_by_the_city(yunling, who):
    county = make.unit("QX", "中共清溪县委组织部", yunling.root, kind="organization_department")
    theirs = make.account("qx_staff", "梁清越", unit=county)
    make.grant(theirs, Role.STAFF, county)
    Cadre.objects.filter(pk=who.pk).update(unit=county)
    one = Cadre.objects.visible_to(theirs).get(pk=who.pk)
    with pytest.raises(Refused, match="减免请由其办理"):
        grant_exemption(one, HALF, actor=theirs)
    made = grant_exemption(one, HALF, actor=yunling.staff)
    with pytest.raises(Refused, match="减免请由其办理"):
        revoke_exemption(made, actor=theirs, reason="登记有误")


def test_nobody_lets_themselves_off(yunling, who):
    Cadre.objects.filter(pk=who.pk).update(account=yunling.staff)
    who.refresh_from_db()
    with pytest.raises(Refused, match="您本人"):
        grant_exemption(who, HALF, actor=yunling.staff)


def test_twice_and_by_two_at_once(yunling, who):
    made = grant_exemption(who, HALF, actor=yunling.staff)
    with pytest.raises(Conflict):
        revoke_exemption(made, actor=yunling.staff, reason="登记有误", seen=0)
    revoke_exemption(made, actor=yunling.staff, reason="登记有误", seen=1)
    with pytest.raises(Refused, match="已经撤销"):
        revoke_exemption(made, actor=yunling.staff, reason="登记有误")


def test_by_the_pages(yunling, who, client):
    client.force_login(yunling.staff)
    proof = make.PDF
    url = reverse("portal:exemption_add", args=[who.pk])
    assert "年度脱产培训" in client.get(url).content.decode()
    facts = {
        "op_id": "6f1c1d5e-0d0f-7e57-8000-000000000001",
        "year": timezone.localdate().year,
        "code": "",
        "kind": "illness",
    }
    sent = {**facts, "share": 101, "reason": "病休"}
    body = client.post(url, sent).content.decode()
    assert "减免比例应在 1 到 100 之间" in body and "理由至少四个字" in body
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent |= {"share": 50, "reason": "长期病休半年", "proof": SimpleUploadedFile("证明.pdf", proof)}
    assert client.post(url, sent).status_code == 302
    made = Exemption.objects.get()
    assert made.file is not None
    body = client.get(reverse("portal:exemptions")).content.decode()
    assert who.name in body and "长期病休半年" in body and "有效" in body
    answer = client.get(reverse("portal:exemption_proof", args=[made.pk]), follow=True)
    assert b"".join(answer.streaming_content) == proof


def test_the_upload_is_kept_as_it_is(yunling, who):
    facts = ExemptionFacts(2026, "", "illness", 50, "长期病休", Upload(make.PDF, "证明.pdf"))
    assert grant_exemption(who, facts, actor=yunling.staff).file.size == len(make.PDF)
