"""The class: series, classes, roles in a class, enrolments, sessions, attendance."""

from training.models.attendance import AttendanceMark
from training.models.classes import ClassRole, ClassSeries, TrainingClass, class_door
from training.models.enrolment import Enrolment
from training.models.slips import SlipSheet
from training.models.timetable import Session

__all__ = [
    "AttendanceMark",
    "ClassRole",
    "ClassSeries",
    "Enrolment",
    "Session",
    "SlipSheet",
    "TrainingClass",
    "class_door",
]
