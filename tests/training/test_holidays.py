"""The calendar of 2026 as the State Council published it."""

from datetime import date

import pytest

from training.models import Holiday
from training.services.holidays import published, seed_holidays

OFF, WORK = Holiday.Kind.OFF, Holiday.Kind.WORK


@pytest.mark.parametrize(
    ("day", "kind"),
    [(date(2026, 1, 1), OFF), (date(2026, 1, 4), WORK), (date(2026, 2, 17), OFF), (date(2026, 2, 14), WORK),
     (date(2026, 5, 5), OFF), (date(2026, 10, 7), OFF), (date(2026, 10, 10), WORK)],
)  # fmt: skip
def test_holidays_and_worked_weekends(day, kind):
    assert published(2026)[day][0] == kind


def test_an_ordinary_day_is_not_listed():
    assert date(2026, 3, 4) not in published(2026)


@pytest.mark.django_db
def test_what_somebody_edited_stays():
    Holiday.objects.create(date=date(2026, 1, 4), kind=OFF, name="本市另行安排")
    assert seed_holidays(2026, actor=None) == len(published(2026)) - 1
    assert seed_holidays(2026, actor=None) == 0
    assert Holiday.objects.get(date=date(2026, 1, 4)).name == "本市另行安排"
