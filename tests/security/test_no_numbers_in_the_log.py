"""What people type where no number belongs does not stay for ever in rows that nobody can change (SEC-03, SEC-35)."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from core.keys import new_key
from core.models import AuditEntry
from core.operations import Refused
from organization.models import Account
from organization.services import add_account


@pytest.fixture
def number(yunling):
    return yunling.cadres[0].open_id_number()


def signed_in(who):
    client = Client()
    client.force_login(who)
    return client


@pytest.mark.parametrize("page", ["core_auditentry_changelist", "core_rowchange_changelist"])
def test_sec_35_a_look_for_a_number_is_kept_without_it(yunling, number, page):
    signed_in(yunling.audit_admin).get(reverse(f"admin:{page}"), {"who": number, "key": number}, follow=True)
    assert AuditEntry.objects.filter(event="audit.read").exists()
    assert number not in json.dumps(list(AuditEntry.objects.values_list("after", flat=True)))


def test_sec_35_nor_an_export(yunling, number):
    conditions = {"who": number, "key": number}
    assert signed_in(yunling.audit_admin).get(reverse("admin:core_auditentry_export"), conditions).status_code == 200
    assert AuditEntry.objects.get(event="audit.export").after["conditions"].keys() == {"who", "key"}
    assert number not in json.dumps(list(AuditEntry.objects.values_list("after", flat=True)))


def test_sec_03_an_id_number_is_no_user_name(yunling, number):
    values = {
        "op_id": str(new_key()),
        "username": number.lower(),
        "display_name": "夏侯远",
        "unit": str(yunling.root.pk),
    }
    answer = signed_in(yunling.system_admin).post(reverse("admin:organization_account_add"), values)
    assert answer.status_code == 200 and "身份证号不能作用户名" in answer.content.decode()
    with pytest.raises(Refused, match="身份证号不能作用户名"):
        add_account(Account(username=number, display_name="夏侯远", unit=yunling.root), actor=yunling.system_admin)
    assert not Account.objects.filter(username__iexact=number).exists()
