"""From the bytes of a roster to the plan of its import: one code path for the rehearsal and for the import itself."""

from datetime import date

from organization.models import Unit
from trainees.roster.checking import Checker
from trainees.roster.columns import RosterRow
from trainees.roster.comparing import Comparison
from trainees.roster.known import units_outside
from trainees.roster.plan import Plan
from trainees.roster.progress import Tell
from trainees.roster.reading import read_table
from trainees.roster.units import AreaUnits


def judge(data: bytes, file_name: str, area: Unit, *, today: date, day: date, tell: Tell = lambda *_: None) -> Plan:
    """Everything an import would do and all its faults; nothing is written. `day` stands for a 任职时间 not written.

    Raises FileRefused for what cannot be read as a table at all.
    """
    plan = Plan(day, AreaUnits(area, units_outside(area)))
    rows, columns = _checked(data, file_name, today, plan, tell)
    Comparison(plan, area, columns).compare(rows)
    return plan


def _checked(
    data: bytes, file_name: str, today: date, plan: Plan, tell: Tell
) -> tuple[list[RosterRow], dict[str, int]]:
    """The rows without an error; the cells they were read from are let go with the call."""
    table = read_table(data, file_name, plan.faults)
    if table is None:
        return [], {}
    checker = Checker(table, plan.units, today, plan.faults, tell)
    rows = list(checker.rows())
    plan.rows = checker.seen
    return rows, table.columns
