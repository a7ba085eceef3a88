"""The class: series, classes, roles in a class, enrolments, sessions, attendance, leave, activities."""

from training.models.activities import Activity, ActivityFile, ActivityPart, CommitteeElection, ElectionCount
from training.models.afterwards import FollowUp, LearningWork, ReportBack
from training.models.attendance import AttendanceMark, CheckIn, CheckInScan
from training.models.classes import ClassRole, ClassSeries, TrainingClass, class_ways, named_for, open_class_ways
from training.models.corrections import CorrectionRequest
from training.models.enrolment import Enrolment
from training.models.leave import LeaveApprover, LeaveLevel, LeaveRequest, LeaveSession, LeaveStep, asked_of
from training.models.machine import MachineUpload
from training.models.slips import SlipSheet
from training.models.timetable import Holiday, Session

__all__ = [
    "Activity",
    "ActivityFile",
    "ActivityPart",
    "AttendanceMark",
    "CheckIn",
    "CheckInScan",
    "ClassRole",
    "ClassSeries",
    "CommitteeElection",
    "CorrectionRequest",
    "ElectionCount",
    "Enrolment",
    "FollowUp",
    "Holiday",
    "LearningWork",
    "LeaveApprover",
    "LeaveLevel",
    "LeaveRequest",
    "LeaveSession",
    "LeaveStep",
    "MachineUpload",
    "ReportBack",
    "Session",
    "SlipSheet",
    "TrainingClass",
    "asked_of",
    "class_ways",
    "named_for",
    "open_class_ways",
]  # fmt: skip
