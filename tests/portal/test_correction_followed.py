"""A correction after confirmed results: what is left to do stands on the request's page, not only in a passing message."""

import pytest
from django.urls import reverse

from core.keys import new_key
from tests.access.stage import a_correction
from training.models import CorrectionRequest

pytestmark = pytest.mark.django_db


def test_the_request_says_that_the_result_does_not_follow_yet(yunling, client_of):
    a_correction(yunling)
    request, staff = CorrectionRequest.objects.get(), client_of(yunling.staff)
    page = reverse("portal:correction_page", args=[request.pk])
    assert "成绩没有改动" not in staff.get(page).content.decode()
    sent = {"op_id": str(new_key()), "seen": request.version}
    staff.post(reverse("portal:correction_approve", args=[request.pk]), sent)
    for _ in range(2):  # the message is gone at the second look
        told = staff.get(page).content.decode()
    assert "按更正后的考勤应为" in told and "请重新打开班次，以工作簿“更正成绩”方式办理" in told
