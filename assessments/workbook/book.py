"""The class as its workbook holds it: exactly what is written to the database, and enough to write an equal workbook."""

from dataclasses import dataclass

from assessments.sheets.rows import EntryRow, Paper, Satisfaction
from training.sheets.rows import Attendance, ClassFacts, RosterRow, SessionKey, SessionRow


@dataclass(frozen=True, slots=True)
class ClassBook:
    """A faultless class workbook. None stands for a sheet that was not there (CLASS_WORKBOOK.md §3, “Not assessed”).

    The roster is in its own order, sessions as in the timetable; `person` in every other row is a roster row's `label`.
    """

    facts: ClassFacts
    roster: tuple[RosterRow, ...]
    sessions: tuple[SessionRow, ...]
    attendance: Attendance | None = None
    entries: tuple[EntryRow, ...] | None = None
    entry_exam: Paper | None = None
    final_exam: Paper | None = None
    satisfaction: Satisfaction | None = None

    @property
    def by_label(self) -> dict[str, RosterRow]:
        """Roster rows by the name that the other sheets write."""
        return {row.label: row for row in self.roster}

    @property
    def recorded(self) -> frozenset[SessionKey]:
        """The sessions that have a column in 考勤."""
        return frozenset(self.attendance.sessions) if self.attendance else frozenset()
