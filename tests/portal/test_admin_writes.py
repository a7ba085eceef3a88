"""The admin writes through the services: audit entries, pinyin, rules, scope of choices."""

import re
from io import BytesIO

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from openpyxl import load_workbook

from core.models import AuditEntry
from organization.models import Account, AuthoritySetting, Grant, Unit
from organization.roles import Role
from training.models import ClassRole

pytestmark = pytest.mark.django_db

NO_INLINES = {
    f"{prefix}-{count}": "0" for prefix in ("short_names", "former_names") for count in ("TOTAL_FORMS", "INITIAL_FORMS")
}


def hidden(client, url: str) -> dict[str, str]:
    """What the page's form carries: `op_id`, and on a row's page the mark of the row."""
    body = client.get(url).content.decode()
    return dict(re.findall(r'<input type="hidden" name="(op_id|seen)" value="([^"]+)">', body))


def post(client, page: str, /, *args, **data):
    url = reverse(f"admin:{page}", args=args)
    return client.post(url, hidden(client, url) | data)


def test_a_unit_is_placed_in_the_tree(yunling, client_of):
    client = client_of(yunling.staff)
    facts = {"parent": yunling.root.pk, "code": "YL09", "name": "云岭市气象局", "kind": "agency", "level": "city"}
    assert post(client, "organization_unit_add", **facts).status_code == 302
    made = Unit.objects.get(code="YL09")
    assert (made.get_parent(), made.pinyin) == (yunling.root, "yunlingshiqixiangju")
    assert AuditEntry.objects.get(event="unit.add").actor_id == yunling.staff.pk
    assert not LogEntry.objects.exists()


def test_a_renamed_unit_keeps_its_former_name(yunling, client_of):
    facts = {"name": "云岭市史志馆", "kind": "agency", "level": "city", "renamed_on": "2026-07-01", **NO_INLINES}
    answer = post(client_of(yunling.staff), "organization_unit_change", yunling.bureau.pk, **facts)
    assert answer.status_code == 302
    assert yunling.bureau.former_names.get().name == "云岭市史志研究中心"


def test_a_parent_of_another_area_is_no_choice(cast, client_of):
    facts = {"parent": cast.wangjiang.root.pk, "code": "X", "name": "某局", "kind": "agency", "level": "city"}
    answer = post(client_of(cast.yunling.staff), "organization_unit_add", **facts)
    assert answer.status_code == 200
    assert not Unit.objects.filter(code="X").exists()


def test_an_account_gets_a_password_that_is_told_once(yunling, client_of):
    client = client_of(yunling.system_admin)
    facts = {"username": "xinren", "display_name": "新人", "unit": yunling.bureau.pk}
    url = reverse("admin:organization_account_add")
    answer = client.post(url, hidden(client, url) | facts, follow=True)
    made = Account.objects.get(username="xinren")
    told = next(str(one) for one in answer.context["messages"] if "初始密码" in str(one))
    assert made.check_password(told.split(" ")[2])
    assert made.password.startswith(("argon2", "md5"))
    assert "password" not in str(AuditEntry.objects.get(event="account.add").after)


def test_the_administrators_are_three_people(yunling, client_of):
    """Nobody gives roles to themselves; an administrator gets no other role (DOMAIN.md §1)."""
    client = client_of(yunling.security_admin)
    facts = {"role": Role.STAFF, "unit": yunling.root.pk, "since": "2026-01-01"}
    for account, said in ((yunling.security_admin, "不能给自己授权"), (yunling.system_admin, "不能再授予业务角色")):
        answer = post(client, "organization_grant_add", account=account.pk, **facts)
        assert said in answer.content.decode()
    answer = post(client, "organization_grant_add", account=yunling.staff.pk, **(facts | {"role": Role.AUDIT_ADMIN}))
    assert "不能兼任其他角色" in answer.content.decode()
    assert post(client, "organization_grant_add", account=yunling.liaison.pk, **facts).status_code == 302
    assert Grant.objects.filter(account=yunling.liaison, role=Role.STAFF).exists()


def test_a_grant_ends_and_stays_in_the_list(yunling, client_of):
    granted = yunling.liaison.grants.get()
    post(client_of(yunling.security_admin), "organization_grant_change", granted.pk, until="2026-06-30")
    granted.refresh_from_db()
    assert str(granted.until) == "2026-06-30"
    assert AuditEntry.objects.filter(event="grant.end").count() == 1


def test_a_setting_is_of_its_type(yunling, client_of):
    client = client_of(yunling.staff)
    facts = {"unit": yunling.root.pk, "key": "objection_days", "since": "2026-01-01"}
    assert "应为整数" in post(client, "organization_authoritysetting_add", value="两天", **facts).content.decode()
    assert post(client, "organization_authoritysetting_add", value="3", **facts).status_code == 302
    assert AuthoritySetting.objects.get(key="objection_days").value == 3


def test_an_assessor_is_named_for_a_class(yunling, client_of):
    facts = {
        "training_class": yunling.open_class.pk,
        "account": yunling.liaison.pk,
        "kind": ClassRole.Kind.ASSESSOR,
        "since": "2026-01-01",
    }
    assert post(client_of(yunling.staff), "training_classrole_add", **facts).status_code == 302
    assert ClassRole.objects.filter(account=yunling.liaison, kind=ClassRole.Kind.ASSESSOR).exists()
    assert AuditEntry.objects.filter(event="class_role.add").count() == 1


def test_a_class_of_another_city_is_no_choice(cast, client_of):
    facts = {"training_class": cast.wangjiang.open_class.pk, "account": cast.yunling.liaison.pk, "kind": "assessor",
             "since": "2026-01-01"}  # fmt: skip
    assert post(client_of(cast.yunling.staff), "training_classrole_add", **facts).status_code == 200
    assert not ClassRole.objects.filter(account=cast.yunling.liaison).exists()


def test_after_a_write_the_row_must_still_be_in_scope(cast, client_of, monkeypatch):
    """Where a choice out of scope slips through, the write is undone."""
    monkeypatch.setattr("core.admin.in_scope", lambda site, model, request: model._base_manager.all())
    facts = {"training_class": cast.wangjiang.open_class.pk, "account": cast.yunling.liaison.pk, "kind": "assessor",
             "since": "2026-01-01"}  # fmt: skip
    assert post(client_of(cast.yunling.staff), "training_classrole_add", **facts).status_code == 403
    assert not ClassRole.objects.filter(account=cast.yunling.liaison).exists()


@pytest.mark.parametrize("q", ["司马清扬", "simaqing", "smqy"])
def test_people_are_found_by_name_pinyin_and_initials(yunling, client_of, q):
    body = client_of(yunling.staff).get(reverse("admin:trainees_cadre_changelist"), {"q": q}).content.decode()
    assert "司马清扬" in body and "欧阳致远" not in body


def test_units_go_out_in_the_columns_that_come_in(yunling, client_of):
    client, url = client_of(yunling.staff), reverse("admin:organization_unit_changelist")
    answer = client.post(url, {"action": "export_units", "_selected_action": [yunling.bureau.pk]})
    assert answer["Content-Disposition"].startswith("attachment")
    assert AuditEntry.objects.get(event="units.export").after == {"rows": 1}


def test_the_history_is_the_audit_log(yunling, client_of):
    facts = {"name": "云岭市史志馆", "kind": "agency", "level": "city", **NO_INLINES}
    client = client_of(yunling.staff)
    post(client, "organization_unit_change", yunling.bureau.pk, **facts)
    url = reverse("admin:organization_unit_history", args=[yunling.bureau.pk])
    body = client.get(url).content.decode()
    assert "更改单位" in body and "顾云舟" in body


RENAMED = {"name": "云岭市史志馆", "kind": "agency", "level": "city", **NO_INLINES}


def test_rel_03_a_repeat_gets_the_first_answer(yunling, client_of):
    client, url = client_of(yunling.staff), reverse("admin:organization_unit_add")
    facts = {"parent": yunling.root.pk, "code": "YL09", "name": "云岭市气象局", "kind": "agency", "level": "city"}
    sent = hidden(client, url) | facts
    first, again = (client.post(url, sent) for _ in range(2))
    assert (first.status_code, again.status_code, first.url) == (302, 302, again.url)
    assert AuditEntry.objects.filter(event="unit.add").count() == 1
    assert client.post(url, sent | {"name": "云岭市水文局"}).status_code == 409


def test_a_form_with_faults_may_be_sent_again(yunling, client_of):
    client, url = client_of(yunling.staff), reverse("admin:organization_unit_add")
    facts = {"parent": yunling.root.pk, "code": "YL09", "kind": "agency", "level": "city"}
    sent = hidden(client, url) | facts
    assert client.post(url, sent).status_code == 200
    assert client.post(url, sent | {"name": "云岭市气象局"}).status_code == 302


def test_rel_04_a_stale_save_is_told_both_values(yunling, client_of):
    client = client_of(yunling.staff)
    url = reverse("admin:organization_unit_change", args=[yunling.bureau.pk])
    opened = hidden(client, url)
    assert post(client, "organization_unit_change", yunling.bureau.pk, **RENAMED).status_code == 302
    answer = client.post(url, opened | RENAMED | {"name": "云岭市档案馆"})
    assert answer.status_code == 409
    assert "您填写的是“云岭市档案馆”，现在是“云岭市史志馆”" in answer.content.decode()
    yunling.bureau.refresh_from_db()
    assert yunling.bureau.name == "云岭市史志馆"


def test_rel_04_a_grant_that_was_ended_meanwhile_keeps_its_day(yunling, client_of):
    """A row without a version is known by what stands in it."""
    client, granted = client_of(yunling.security_admin), yunling.liaison.grants.get()
    url = reverse("admin:organization_grant_change", args=[granted.pk])
    opened = hidden(client, url)
    post(client, "organization_grant_change", granted.pk, until="2026-06-30")
    assert client.post(url, opened | {"until": "2026-12-31"}).status_code == 409
    granted.refresh_from_db()
    assert str(granted.until) == "2026-06-30"


def test_without_an_op_id_nothing_is_written(yunling, client_of):
    url = reverse("admin:organization_unit_change", args=[yunling.bureau.pk])
    assert client_of(yunling.staff).post(url, RENAMED).status_code == 400


def test_a_unit_whose_name_looks_like_a_formula_goes_out_as_text(yunling, client_of):
    Unit.objects.filter(pk=yunling.bureau.pk).update(name='=HYPERLINK("http://x","市局")')
    url = reverse("admin:organization_unit_changelist")
    chosen = {"action": "export_units", "_selected_action": [yunling.bureau.pk]}
    answer = client_of(yunling.staff).post(url, chosen)
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content)), read_only=True).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
    assert '=HYPERLINK("http://x","市局")' in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} == {"s"}
