"""Steps that the stories about class workbooks share."""

from datetime import date
from decimal import Decimal

from assessments.models import Result
from assessments.services import commit_workbook, rehearse_workbook
from organization.loading import SHIPPED_UNITS, import_units
from organization.models import Account, Unit
from organization.roles import Role
from organization.services import grant
from tests.samples import expected


def office(username="school"):
    if not Unit.objects.exists():
        import_units(SHIPPED_UNITS)
    account = Account.objects.create(username=username, display_name="郑班主任")
    grant(account, Role.SCHOOL, Unit.objects.get(code="YLDX"), date(2020, 1, 1), actor=None)
    return account


def take_in(data, actor, name="班次工作簿.xlsx"):
    city = Unit.objects.get(code="YL")
    return commit_workbook(rehearse_workbook(data, name, actor=actor, unit=city), actor=actor)


def figures(training_class):
    """Results as the owner's expectation has them, by name and ID number."""
    rows = Result.objects.filter(training_class=training_class).select_related("enrolment__cadre", "enrolment__unit")
    return {
        (row.enrolment.cadre.name, row.enrolment.cadre.open_id_number()): {
            "unit": row.enrolment.unit.name,
            "items": row.points | {},
            "base": row.base,
            "bonus": row.bonus,
            "total": row.total,
            "grade": row.grade,
            "rank": row.rank,
            "candidate": row.candidate == "是",
            "leave_hours": row.leave_hours,
            "attended_hours": row.attended_hours,
            "entry": row.entry_score,
            "final": row.final_score,
        }
        for row in rows
    }


def wanted(name):
    def number(text):
        return None if text is None else Decimal(text)

    return {
        (row["name"], row["id_number"]): {
            "unit": row["unit"],
            "items": row["items"],
            **{
                key: number(row[key])
                for key in ("base", "bonus", "total", "leave_hours", "attended_hours", "entry", "final")
            },
            **{key: row[key] for key in ("grade", "rank", "candidate")},
        }
        for row in expected(name)["results"]
    }
