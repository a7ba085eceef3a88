"""May this user? What is asked about cadres, their moves and forms, report-backs, follow-ups and on-line classes."""

from organization.models import Account, Unit
from organization.roles import Role
from portal.rules import DEPARTMENT, Refusal
from trainees.models import Cadre


def covers(user: Account, unit: Unit, *roles: str) -> bool:
    return any(unit.path.startswith(path) for path in user.access.paths(*roles))


def may_keep_cadre(user: Account, cadre: Cadre) -> Refusal | None:
    """A cadre's unit, level and status are kept by who manages the cadre."""
    if covers(user, cadre.managing_authority, Role.STAFF):
        return None
    return Refusal(f"登记{cadre.name}的人事变动", "人事变动按干部管理权限办理", cadre.managing_authority.name)


def may_take_forms(user: Account) -> Refusal | None:
    if user.access.has(Role.STAFF):
        return None
    return Refusal("导入干部任免审批表", "任免审批表含身份证号和简历，由组织部导入", DEPARTMENT)
