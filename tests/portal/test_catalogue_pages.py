"""The catalogue by Excel through its pages: what was shown is what is written, or nothing is."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.models import SatisfactionCount
from core.keys import new_key
from core.sheets.writing import BookWriter
from courses.models import Room, Teacher
from training.models import Session

pytestmark = pytest.mark.django_db
IMPORT = reverse("portal:catalogue_import", args=["rooms"])


@pytest.fixture
def staff(yunling, client_of, files_in_memory):
    return client_of(yunling.staff)


def sheet(*rows):
    book = BookWriter()
    page = book.sheet("教室")
    for place, row in enumerate([("名称", "容量"), *rows]):
        page.put_row(place, row)
    return SimpleUploadedFile("教室.xlsx", book.finish())


def rehearse(client, *rows):
    """The token behind 确认导入."""
    sent = {"op_id": str(new_key()), "sheet": sheet(*rows)}
    body = client.post(reverse("portal:catalogue_upload", args=["rooms"]), sent).content.decode()
    return re.search(r'name="token"\s+value="([^"]+)"', body)[1]


def test_what_was_shown_is_written_once(staff):
    token = rehearse(staff, ("第一报告厅", 200), ("第三教室", 60))
    sent = {"op_id": str(new_key()), "token": token}
    first, second = staff.post(IMPORT, sent), staff.post(IMPORT, sent)
    assert first.status_code == second.status_code == 302
    assert sorted(Room.objects.values_list("name", "capacity")) == [("第一报告厅", 200), ("第三教室", 60)]


def test_a_change_by_somebody_else_after_the_rehearsal_is_not_written_over(staff):
    staff.post(IMPORT, {"op_id": str(new_key()), "token": rehearse(staff, ("第一报告厅", 200))})
    token = rehearse(staff, ("第一报告厅", 240))
    Room.objects.update(capacity=180)
    answer = staff.post(IMPORT, {"op_id": str(new_key()), "token": token})
    assert answer.status_code == 409 and "已被他人更改" in answer.content.decode()
    assert Room.objects.get().capacity == 180


def test_a_teacher_is_rated_by_the_classes_they_taught_in(staff, yunling):
    """The cast's class: everybody 非常满意; a teacher who never taught has no figure."""
    taught = Teacher.objects.create(unit=yunling.root, name="柳清如")
    Teacher.objects.create(unit=yunling.root, name="孟怀瑾")
    Session.objects.filter(training_class=yunling.training_class, period=1).update(teacher=taught)
    counts = SatisfactionCount.objects.filter(training_class=yunling.training_class)
    good = sum(row.count for row in counts if row.rating in ("非常满意", "满意"))
    share = f"{100 * good / sum(row.count for row in counts):.0f}%"
    body = staff.get(reverse("portal:catalogue", args=["teachers"])).content.decode()
    assert body.count('data-label="所授班次满意率"') == 2
    assert body.count(share) == 1
