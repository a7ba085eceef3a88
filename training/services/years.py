"""What stands in the way of closing a year that only classes know of."""

from django.db.models import QuerySet

from organization.models import Unit
from trainees.services.year_checks import Check
from training.models import Enrolment, TrainingClass

WHY = "classes of a year that is being closed; the caller found the authority in scope"
State = TrainingClass.State
UNCLOSED = (State.RUNNING, State.ENDED, State.REOPENED)


def class_checks(authority: Unit, year: int) -> list[Check]:
    """Classes of the year that no ledger knows yet: the area's own forbid closing, those of others are told."""
    own = own_unclosed(authority, year)
    theirs = unclosed_classes(authority, year).exclude(unit__path__startswith=authority.path)
    spanning = _of_people(
        authority, TrainingClass.objects.unscoped(WHY).filter(start__year__lte=year, end__year__gt=year)
    )
    return [
        Check("classes", "本级及下级已结束的班次都已结班", own.count(), True, "请先结班，学时才能入账"),
        Check("other_classes", "其他机关举办的班次都已结班", theirs.count(), False, "结账后结班的，学时记入调整期"),
        Check("spanning", "跨年的班次都已结班", spanning.count(), False, f"结账后结班的，{year}年的学时记入调整期"),
    ]  # fmt: skip


def own_unclosed(authority: Unit, year: int) -> QuerySet[TrainingClass]:
    """Those of them that the authority or a unit below it holds: the year cannot be closed before they are."""
    return unclosed_classes(authority, year).filter(unit__path__startswith=authority.path)


def unclosed_classes(authority: Unit, year: int) -> QuerySet[TrainingClass]:
    """Which ended in the year, are not closed, and have somebody of the authority's on their roster."""
    return _of_people(authority, TrainingClass.objects.unscoped(WHY).filter(end__year=year)).order_by("end", "pk")


def _of_people(authority: Unit, classes: QuerySet[TrainingClass]) -> QuerySet[TrainingClass]:
    seats = Enrolment.objects.unscoped(WHY).on_roster().filter(cadre__managing_authority=authority)
    return classes.filter(state__in=UNCLOSED, pk__in=seats.values("training_class"))
