"""The rules of a class, without writes: its timetable (`timetable`), leave (`leave`)."""

from training.rules.timetable import BEGINS, MOST_HOURS, STEP, Bell, Times, may_hold, times

__all__ = ["BEGINS", "MOST_HOURS", "STEP", "Bell", "Times", "may_hold", "times"]
