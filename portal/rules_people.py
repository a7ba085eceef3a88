"""May this user? What is asked about cadres, their moves and forms, report-backs, follow-ups and on-line classes."""

from organization.models import Account
from organization.roles import Role
from portal.rules import DEPARTMENT, Refusal
from trainees.models import Cadre, OnlineClass
from training.models import FollowUp, ReportBack


def may_keep_cadre(user: Account, cadre: Cadre) -> Refusal | None:
    """A cadre's unit, level and status are kept by who manages the cadre."""
    if user.access.covers(cadre.managing_authority.path, Role.STAFF):
        return None
    return Refusal(f"登记{cadre.name}的人事变动", "人事变动按干部管理权限办理", cadre.managing_authority.name)


def may_take_forms(user: Account) -> Refusal | None:
    if user.access.has(Role.STAFF):
        return None
    return Refusal("导入干部任免审批表", "任免审批表含身份证号和简历，由组织部导入", DEPARTMENT)


def may_keep_tables(user: Account) -> Refusal | None:
    """Awards, appointments and exemptions as tables: the department's, for whom it manages."""
    if user.access.has(Role.STAFF):
        return None
    return Refusal("打开荣誉、任职与减免表", "这些表格由组织部按干部管理权限维护", DEPARTMENT)


def may_follow_afterwards(user: Account) -> Refusal | None:
    """Lists of report-backs and follow-ups: the department, and the liaisons for their units."""
    if user.access.has(Role.STAFF, Role.LIAISON):
        return None
    return Refusal(
        "打开述学与回访", "名单供组织部和单位联络员使用；您自己的在“我的训后”", "组织部干部教育科、单位联络员"
    )


def may_report_back(own: bool) -> Refusal | None:
    if own:
        return None
    return Refusal("填报述学", "述学由学员本人填报", "学员本人")


def may_judge_report(user: Account, report: ReportBack) -> Refusal | None:
    """The unit's liaison confirms or sends back, never about themselves."""
    if user.pk in report.enrolment.cadre.accounts:
        return Refusal("办理自己的述学", "不能确认或退回自己的述学", "单位其他联络员、组织部干部教育科")
    if user.access.covers(report.unit.path, Role.LIAISON, Role.STAFF):
        return None
    return Refusal("确认述学", f"由{report.unit.name}的联络员确认", "单位联络员、组织部干部教育科")


def may_answer(own: bool) -> Refusal | None:
    if own:
        return None
    return Refusal("填写本人答复", "本人答复由学员自己填写", "学员本人")


def may_answer_for_superior(user: Account, follow_up: FollowUp) -> Refusal | None:
    cadre = follow_up.enrolment.cadre
    if user.pk not in cadre.accounts and user.access.covers(cadre.unit.path, Role.LIAISON, Role.STAFF):
        return None
    return Refusal("填写领导答复", "领导答复由单位联络员代填", f"{cadre.unit.name}的联络员、组织部干部教育科")


def may_close_follow_up(user: Account, follow_up: FollowUp) -> Refusal | None:
    """Answers of both are read, and the outcome given, by the department."""
    one = follow_up.enrolment
    if user.access.covers(one.training_class.unit.path, Role.STAFF) or user.access.covers(
        one.cadre.managing_authority.path, Role.STAFF
    ):
        return None
    return Refusal("办结回访", "回访由办班的组织部或管理该干部的组织部办结", DEPARTMENT)


def may_watch_online(user: Account) -> Refusal | None:
    """Virtual on-line classes: the department, leaders, and those who look after one."""
    if user.access.has(Role.STAFF, Role.LEADER) or OnlineClass.objects.visible_to(user).exists():
        return None
    return Refusal("打开网络虚拟班", "供组织部、领导和该班班主任、督学员、联络员使用", DEPARTMENT)


def may_make_online(user: Account) -> Refusal | None:
    if user.access.has(Role.STAFF):
        return None
    return Refusal("建立网络虚拟班", "网络虚拟班由组织部建立", DEPARTMENT)


def may_keep_online(user: Account, one: OnlineClass) -> Refusal | None:
    if user.access.covers(one.unit.path, Role.STAFF):
        return None
    return Refusal(f"更改“{one.name}”", "学员和班主任、督学员、联络员由主办的组织部管理", one.unit.name)


def may_remind_online(user: Account, one: OnlineClass) -> Refusal | None:
    if user.access.covers(one.unit.path, Role.STAFF) or user.pk in (one.manager_id, one.inspector_id, one.liaison_id):
        return None
    return Refusal("发督学提醒", "督学提醒由该班班主任、督学员、联络员或组织部发出", "该班班主任、督学员、联络员")
