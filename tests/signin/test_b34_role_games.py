"""B34: nobody disables themselves or the last administrator; only the three have administrators to lose."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from core.operations import Refused
from organization.services import change_account, end_grant
from tests.signin.conftest import account_of

pytestmark = pytest.mark.django_db


def test_b34_the_last_security_administrator_stays(security_admin, system_admin, town):
    security_admin.is_active = False
    with pytest.raises(Refused, match="最后一位安全管理员"):
        change_account(security_admin, actor=system_admin)
    with pytest.raises(Refused, match="最后一位安全管理员"):
        end_grant(security_admin.grants.get(), date(2026, 1, 1), actor=system_admin)
    account_of("anerhao", "安二号", town, "security_admin")
    change_account(security_admin, actor=system_admin)


def test_b34_nobody_disables_themselves(system_admin, town):
    account_of("shaerhao", "沙二号", town, "system_admin")
    system_admin.is_active = False
    with pytest.raises(Refused, match="不能停用自己"):
        change_account(system_admin, actor=system_admin)


def test_b34_the_page_says_so(security_admin, system_admin, browser):
    client: Client = browser(system_admin)
    url = reverse("admin:organization_account_change", args=[security_admin.pk])
    hidden = dict(re.findall(r'name="(op_id|seen)" value="([^"]+)"', client.get(url).content.decode()))
    answer = client.post(url, {"display_name": "安守正", "unit": str(security_admin.unit_id), **hidden})
    assert answer.status_code == 403
    assert "最后一位安全管理员" in answer.content.decode()
    security_admin.refresh_from_db()
    assert security_admin.is_active
