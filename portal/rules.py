"""May this user? Each question answers None, or a refusal that says what, why and who can."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from assessments.models import ClassAssessment, WorkbookImport
from core.sheets.limits import ROSTER
from organization.access import below as below_any
from organization.models import Account, Unit
from organization.roles import Role
from training.models import ClassRole, TrainingClass, named_for

DEPARTMENT = "组织部干部教育科"
IMPORTERS = (Role.STAFF, Role.SCHOOL)
ORGANIZERS = (Unit.Kind.ORGANIZATION_DEPARTMENT, Unit.Kind.PARTY_SCHOOL)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused, why, and who can."""

    what: str
    why: str
    who: str = DEPARTMENT


class Forbidden(PermissionDenied):
    """In scope but not allowed; the 403 page shows the refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.why)
        self.refusal = refusal


def demand(refusal: Refusal | None) -> None:
    """Raises Forbidden where a question was answered with a refusal."""
    if refusal is not None:
        raise Forbidden(refusal)


@dataclass(frozen=True)
class Door:
    """Through which doors an account comes to one class (DOMAIN.md §1)."""

    staff: bool = False
    manager: bool = False
    assessor: bool = False
    leader: bool = False
    writing: bool = True

    @classmethod
    def of(cls, user: Account, training_class: TrainingClass) -> "Door":
        """No query where the class was fetched in scope: the account's grants and roles in classes are at hand then."""
        path = training_class.unit.path
        kinds = {each.kind for each in named_for(user.access) if each.training_class == training_class.pk}
        return cls(
            staff=user.access.covers(path, Role.STAFF),
            manager=ClassRole.Kind.MANAGER in kinds,
            assessor=ClassRole.Kind.ASSESSOR in kinds,
            leader=user.access.covers(path, Role.LEADER),
            writing=training_class.state not in (TrainingClass.State.CLOSED, TrainingClass.State.CANCELLED),
        )

    @property
    def records(self) -> bool:
        """Whether entries, items and the account of every point are shown."""
        return self.staff or self.manager or self.assessor

    @property
    def roster(self) -> bool:
        """Whether the roster with posts and masked numbers is shown."""
        return self.staff or self.manager

    @property
    def inside(self) -> bool:
        return self.records or self.leader

    @property
    def papers(self) -> bool:
        """Whether the class's documents are shown: all of them, or a leader's bulletins."""
        return self.roster or self.leader


def may_list_classes(user: Account) -> Refusal | None:
    """Lists of classes are for those who come through the class door."""
    if user.access.has(Role.STAFF, Role.SCHOOL, Role.LEADER) or named_for(user.access):
        return None
    return Refusal("打开班次列表", "班次列表供组织部、班主任、考评工作小组和领导使用；您的材料在首页", DEPARTMENT)


def may_list_cadres(user: Account) -> Refusal | None:
    """The person door: the department, leaders and liaisons, each with their own columns."""
    if user.access.has(Role.STAFF, Role.LEADER, Role.LIAISON):
        return None
    return Refusal("打开干部名单", "干部名单供组织部、领导和单位联络员使用；您自己的学习档案在首页", DEPARTMENT)


def may_see_duties(user: Account) -> Refusal | None:
    """How people stand with what is asked of them: the person door."""
    if user.access.has(Role.STAFF, Role.LEADER, Role.LIAISON):
        return None
    return Refusal(
        "打开学习任务", "各单位的学习任务供组织部、领导和单位联络员使用；您自己的在首页和学习档案里", DEPARTMENT
    )


def may_list_exemptions(user: Account) -> Refusal | None:
    """Why less is asked of somebody may tell of an illness: the department only."""
    if user.access.has(Role.STAFF):
        return None
    return Refusal("打开减免名单", "减免的理由涉及个人情况，由组织部保管", DEPARTMENT)


def may_exempt(sight: Any) -> Refusal | None:
    if sight.staff:
        return None
    return Refusal("办理学习任务减免", "减免由组织部审批，您可以把情况和证明交给组织部", DEPARTMENT)


def may_export_cadres(count: int) -> Refusal | None:
    """No more rows in a file than an import takes."""
    if count <= ROSTER.rows:
        return None
    return Refusal("导出干部名单", f"共 {count} 人，一次最多导出 {ROSTER.rows} 人，请先按单位筛选", DEPARTMENT)


def may_export_rows(what: str, count: int) -> Refusal | None:
    """The same of any list."""
    if count <= ROSTER.rows:
        return None
    return Refusal(f"导出{what}", f"共 {count} 条，一次最多导出 {ROSTER.rows} 条，请先筛选", "您本人：筛选后再导出")


def may_import_roster(user: Account) -> Refusal | None:
    if user.access.has(Role.STAFF):
        return None
    return Refusal("导入干部花名册", "干部花名册由组织部导入", DEPARTMENT)


def units_held(user: Account, *roles: str) -> list[Unit]:
    """Units for which one of these roles is held, the highest first."""
    held = [one.unit_id for one in user.access.held if one.role in roles]
    return list(Unit.objects.filter(pk__in=held).order_by("depth", "path"))


def roster_units(user: Account) -> list[Unit]:
    """Areas whose people the account may bring in: organization departments at and below its grants, the highest first."""
    inside = Unit.objects.filter(below_any(user.access.paths(Role.STAFF), "path"))
    return list(inside.filter(kind=Unit.Kind.ORGANIZATION_DEPARTMENT, closed_on=None).order_by("depth", "path"))


def may_enter_class(door: Door) -> Refusal | None:
    if door.inside:
        return None
    return Refusal("打开班次页面", "您是本班学员，成绩和结果单在您的首页查看", "班主任、组织部干部教育科")


def may_see_roster(door: Door) -> Refusal | None:
    if door.roster:
        return None
    return Refusal("查看学员名册", "名册供班主任和组织部使用", "班主任、组织部干部教育科")


def may_see_attendance(door: Door) -> Refusal | None:
    if door.roster:
        return None
    return Refusal("查看考勤", "考勤供班主任和组织部使用；考评工作小组在成绩中查看考勤得分", "班主任、组织部干部教育科")


def may_mark(door: Door) -> Refusal | None:
    """Marks are kept by the class's managers and the department, until the class is closed."""
    if not door.writing:
        return Refusal("登记考勤", "班次已结班或已取消，考勤只能查看", f"{DEPARTMENT}：先重新打开班次")
    return may_send_marks(door)


def may_send_marks(door: Door) -> Refusal | None:
    """Whether the cells are locked is no question of who sends them: the service answers it (409, SEC-22)."""
    if door.roster:
        return None
    return Refusal("登记考勤", "考勤由班主任登记", "班主任、组织部干部教育科")


def may_touch_marks(training_class: TrainingClass) -> Refusal | None:
    """Once results are confirmed, marks and timetable change by an amendment only; one query."""
    confirmed = ClassAssessment.objects.unscoped("of a class fetched in scope").exclude(confirmed_at=None)
    if not confirmed.filter(pk=training_class.pk).exists():
        return None
    return Refusal(
        "更改考勤和课程表",
        "本班成绩已确认，只能查看；确有差错的，以工作簿“更正成绩”方式办理",
        "考评工作小组、组织部干部教育科",
    )


def may_see_papers(door: Door) -> Refusal | None:
    if door.papers:
        return None
    return Refusal("查看班次文件", "考评工作小组只审核成绩，不经办文件", "班主任、组织部干部教育科")


def may_export_class(door: Door) -> Refusal | None:
    if door.roster:
        return None
    return Refusal("导出班次数据", "导出含学员个人信息，供班主任和组织部使用", "班主任、组织部干部教育科")


def may_see_points(door: Door, own: bool) -> Refusal | None:
    """Marks and entries are shown to those who keep and review them, and to the trainee."""
    if own or door.records:
        return None
    return Refusal(
        "查看每一分的来历", "考勤和量化记录只供本班和本人查看；您可以看等次、名次和综合通报", "班主任、考评工作小组"
    )


def may_export_summary(door: Door) -> Refusal | None:
    if door.records:
        return None
    return Refusal("下载成绩汇总", "成绩汇总含各项得分，供本班使用；您可以下载综合通报", "班主任、考评工作小组")


def may_make_drafts(door: Door) -> Refusal | None:
    if not door.writing:
        return Refusal("生成文件草稿", "班次已结班或已取消", f"{DEPARTMENT}：先重新打开班次")
    if door.roster:
        return None
    return Refusal("生成文件草稿", "文件由班主任经办", "班主任、组织部干部教育科")


def may_close_class(door: Door) -> Refusal | None:
    if door.roster:
        return None
    return Refusal("结班", "结班由班主任或组织部办理", "班主任、组织部干部教育科")


def may_see_closing(door: Door) -> Refusal | None:
    if door.roster:
        return None
    return Refusal("查看结班清单和入账学时", "结班由班主任和组织部办理", "班主任、组织部干部教育科")


def may_strike_no_shows(door: Door) -> Refusal | None:
    if not door.writing:
        return Refusal("划去未报到", "班次已结班或已取消", f"{DEPARTMENT}：先重新打开班次")
    return may_close_class(door)


def may_ask_correction(door: Door) -> Refusal | None:
    """For a mark of a closed class; whether the class is closed the service asks."""
    if door.roster:
        return None
    return Refusal("申请更正考勤", "结班后的考勤由本班班主任或组织部申请更正", "班主任、组织部干部教育科")


def may_decide_correction(door: Door, own: bool) -> Refusal | None:
    """A second person of the department; that they did not keep the marks either, the service sees to."""
    if own:
        return Refusal("审批更正申请", "不能审批自己提出的更正申请", "组织部另一名工作人员")
    if door.staff:
        return None
    return Refusal("审批更正申请", "更正申请由主办班次的组织部门审批", DEPARTMENT)


def may_withdraw_correction(own: bool) -> Refusal | None:
    if own:
        return None
    return Refusal("撤回更正申请", "这份申请不是您提出的；不同意的，由组织部另一名工作人员退回", "申请人")


def may_list_corrections(user: Account) -> Refusal | None:
    """Those who may ask for corrections and those who decide about them."""
    named = any(each.kind == ClassRole.Kind.MANAGER for each in named_for(user.access))
    if user.access.has(Role.STAFF) or named:
        return None
    return Refusal("打开更正申请", "更正申请由班主任和组织部提出、由组织部审批", "班主任、组织部干部教育科")


def may_reopen_class(door: Door) -> Refusal | None:
    if door.staff:
        return None
    return Refusal("重新打开班次", "结班后的更正须由组织部同意", DEPARTMENT)


def may_cancel_class(door: Door) -> Refusal | None:
    if door.staff:
        return None
    return Refusal("取消班次", "办班计划由组织部管理", DEPARTMENT)


def may_keep_activities(door: Door) -> Refusal | None:
    if not door.writing:
        return Refusal("登记活动", "班次已结班或已取消", f"{DEPARTMENT}：先重新打开班次")
    if door.roster:
        return None
    return Refusal("登记活动", "活动、班委和活动记分由班主任登记", "班主任、组织部干部教育科")


def may_write_timetable(door: Door) -> Refusal | None:
    if not door.writing:
        return Refusal("更改课程表", "班次已结班或已取消", f"{DEPARTMENT}：先重新打开班次")
    if door.roster:
        return None
    return Refusal("更改课程表", "课程表由班主任和组织部编排", "班主任、组织部干部教育科")


def may_group(door: Door) -> Refusal | None:
    if not door.writing:
        return Refusal("更改分组", "班次已结班或已取消", f"{DEPARTMENT}：先重新打开班次")
    if door.roster:
        return None
    return Refusal("更改分组", "分组和班委由班主任维护", "班主任、组织部干部教育科")


def may_print_slips(door: Door) -> Refusal | None:
    """Slips open accounts: the class's manager and the department, while the class is worked with."""
    if not door.writing:
        return Refusal("打印登录条", "班次已结班或已取消", f"{DEPARTMENT}：先重新打开班次")
    if door.roster:
        return None
    return Refusal("打印登录条", "登录条由班主任打印并当面交给学员", "班主任、组织部干部教育科")


def may_check_in(door: Door) -> Refusal | None:
    """A check-in is its class's: opened and watched by whoever keeps the roster, while the class is worked with."""
    if not door.writing:
        return Refusal("办理签到", "班次已结班或已取消", f"{DEPARTMENT}：先重新打开班次")
    if door.roster:
        return None
    return Refusal("办理签到", "签到由班主任开启和查看", "班主任、组织部干部教育科")


def may_show_results(door: Door) -> Refusal | None:
    if not door.writing:
        return Refusal("公示成绩", "班次已结班或已取消", f"{DEPARTMENT}：先重新打开班次")
    if door.records:
        return None
    return Refusal("公示成绩", "成绩由班主任或考评工作小组公示", "班主任、考评工作小组")


def may_confirm(door: Door) -> Refusal | None:
    """Confirming issues documents: the department's and the assessment group's word."""
    if not door.writing:
        return Refusal("确认成绩", "班次已结班或已取消", f"{DEPARTMENT}：先重新打开班次")
    if door.staff or door.assessor:
        return None
    return Refusal(
        "确认成绩并印发文件", "成绩须由考评工作小组或组织部确认，经办人不能自己确认", "考评工作小组、组织部干部教育科"
    )


def may_override_leave(door: Door) -> Refusal | None:
    if door.staff and door.writing:
        return None
    return Refusal("特批请假超限", "请假超过七分之一的特批权在组织部", DEPARTMENT)


def named_manager(user: Account) -> bool:
    roles = ClassRole.objects.on(user.access.day).filter(account=user, kind=ClassRole.Kind.MANAGER)
    return roles.exclude(training_class__state=TrainingClass.State.CLOSED).exists()


def units_for_import(user: Account) -> list[Unit]:
    """Units for whose classes the account may upload, the highest first.

    A grant holds for the unit and all below it, of which departments and party schools organise classes; a manager
    named for a class may update that one.
    """
    granted = [held.unit_id for held in user.access.held if held.role in IMPORTERS]
    below = Unit.objects.filter(below_any(user.access.paths(*IMPORTERS), "path"), kind__in=ORGANIZERS)
    mine = ClassRole.objects.on(user.access.day).filter(account=user, kind=ClassRole.Kind.MANAGER)
    named = Unit.objects.filter(classes__in=mine.values("training_class"))
    return list((Unit.objects.filter(pk__in=granted) | below | named).distinct().order_by("depth", "path"))


def may_import(user: Account) -> Refusal | None:
    """Department staff, the school's class managers, and managers named for a class."""
    if user.access.has(Role.STAFF, Role.SCHOOL) or named_manager(user):
        return None
    return Refusal("上传班次工作簿", "工作簿由班主任或组织部上传", "班主任、组织部干部教育科")


def may_take_marked(user: Account, imported: WorkbookImport) -> Refusal | None:
    """A marked workbook holds full ID numbers: for who manages its class now, or may upload where there is none yet."""
    known = imported.training_class
    if known is None:
        return may_import(user)
    if Door.of(user, known).roster:
        return None
    return Refusal("下载标注后的工作簿", "其中有身份证号，这个班次现在由其他班主任管理", "该班班主任、组织部干部教育科")


def may_use_catalogue(user: Account) -> Refusal | None:
    """The catalogue is kept by those who make timetables."""
    if user.access.has(Role.STAFF, Role.SCHOOL) or named_manager(user):
        return None
    return Refusal("打开课程库", "课程库、师资库和教学点由组织部和党校维护", "班主任、组织部干部教育科")


def catalogue_units(user: Account) -> list[Unit]:
    """Units whose catalogue the account keeps: those for whose classes it may upload."""
    return units_for_import(user)


def catalogue_seen_by(user: Account) -> Q:
    """Entries of the units one keeps, of those below and of those above: a county sees the city's catalogue."""
    seen = below_any(user.access.paths(*IMPORTERS), "unit__path")
    for unit in catalogue_units(user):
        seen |= Q(unit__path__in=Unit.upward(unit.path))
    return seen


def may_commit(user: Account, imported: WorkbookImport) -> Refusal | None:
    """A new class by a grant for its unit; an existing one by the department or by its own manager."""
    known = imported.training_class
    if known is None:
        if user.access.covers(imported.unit.path, Role.STAFF, Role.SCHOOL):
            return None
        return Refusal("建立新的班次", "您只能更新自己管理的班次", "班主任、组织部干部教育科")
    door = Door.of(user, known)
    if not door.writing:
        return Refusal(f"更新“{known.name}”", "班次已结班或已取消", f"{DEPARTMENT}：先重新打开班次")
    if door.staff or door.manager:
        return None
    return Refusal(f"更新“{known.name}”", "这个班次由其他班主任管理", "该班班主任、组织部干部教育科")


def may_use_admin(user: Account) -> Refusal | None:
    if user.is_staff:
        return None
    return Refusal(
        "打开管理后台", "管理后台供组织部和系统、安全、审计管理员使用", "组织部干部教育科；权限由安全管理员授予"
    )


# ---- leave ----


def may_see_leaves(door: Door) -> Refusal | None:
    if door.roster:
        return None
    return Refusal("查看请假", "请假事由和证明只供班主任、组织部和审批人查看", "班主任、组织部干部教育科")


def may_enter_leave(door: Door) -> Refusal | None:
    if not door.writing:
        return Refusal("登记请假", "班次已结班或已取消", f"{DEPARTMENT}：先重新打开班次")
    if door.roster:
        return None
    return Refusal("登记请假", "代学员登记请假由班主任办理", "班主任、组织部干部教育科")


def may_keep_leave(door: Door, own: bool) -> Refusal | None:
    """Withdrawing, cancelling, reminding, 销假: the trainee and whoever keeps the roster."""
    if own or door.roster:
        return None
    return Refusal("更改这份请假", "撤回、取消、销假由学员本人或班主任办理", "学员本人、班主任")


def may_ask_leave(own: bool) -> Refusal | None:
    if own:
        return None
    return Refusal("以学员身份请假", "这里只供学员本人请假；代学员请假请到班次的“请假”页", "学员本人、班主任")


def may_decide_leaves(standing: Any) -> Refusal | None:
    """The list of what waits for one's word: class managers, named approvers, the department."""
    if standing.manages or standing.approves or standing.has(Role.STAFF):
        return None
    return Refusal("打开请假审批", "请假由班主任、学校指定的审批人和组织部审批", DEPARTMENT)


def may_decide_leave(decides: bool, level: str) -> Refusal | None:
    """A level's word is that level's: its approvers', and nobody's about themselves."""
    if decides:
        return None
    return Refusal("审批这份请假", f"现在由{level}审批，您不在这一级的审批人之列（本人不能审批自己的请假）", level)


def may_cancel_leave(own: bool, begun: bool) -> Refusal | None:
    if own and begun:
        return Refusal("取消这份请假", "请假已经开始；提前回来请办理销假", "班主任")
    return None


# ---- the learning archive ----


def may_take_archive(sight: Any) -> Refusal | None:
    """Booklet, register form and data hold points and records: for the department and the person."""
    if sight.whole:
        return None
    return Refusal("下载学习档案", "档案材料含考核和考勤细节，只交给组织部和本人", f"本人、{DEPARTMENT}")


def may_open_own_archive(learns: bool) -> Refusal | None:
    if learns:
        return None
    return Refusal("打开自己的学习档案", "您的账号没有关联干部档案；查看他人的档案请从“干部”进入", DEPARTMENT)


def may_keep_awards(sight: Any) -> Refusal | None:
    if sight.staff:
        return None
    return Refusal("登记学习荣誉", "学习荣誉由组织部登记", DEPARTMENT)


def may_order_booklets(user: Account, unit: Unit) -> Refusal | None:
    if user.access.covers(unit.path, Role.STAFF):
        return None
    return Refusal("生成本单位的一人一册", "成批的档案材料由组织部生成", DEPARTMENT)


def may_hand_in(door: Door, own: bool) -> Refusal | None:
    """Works are handed in by the trainee, or by whoever keeps the roster for them."""
    if own or door.roster:
        return None
    return Refusal("交或撤回学习成果", "学习成果由学员本人交，班主任可以代交", "学员本人、班主任")


# ---- the ledger's years, rules and statements ----


def may_keep_ledger(user: Account) -> Refusal | None:
    """Years are looked at and closed by the department that manages the cadres."""
    if user.access.has(Role.STAFF):
        return None
    return Refusal("打开台账年度", "年度台账由组织部干部教育科管理；您能看的年度学习情况在“年度学习情况”页", DEPARTMENT)


def may_read_statements(user: Account) -> Refusal | None:
    if user.access.has(Role.STAFF, Role.LEADER, Role.LIAISON):
        return None
    return Refusal(
        "打开年度学习情况", "单位的年度学习情况供组织部、领导和单位联络员查看；本人的在学习档案里", "单位联络员"
    )


def may_read_rules(user: Account) -> Refusal | None:
    if user.access.has(Role.STAFF, Role.LEADER, Role.LIAISON):
        return None
    return Refusal(
        "打开学习规则", "学习规则供组织部、领导和单位联络员查看；本人的要求和完成情况在“我的学习”", DEPARTMENT
    )


def may_write_rules(user: Account, unit: Unit) -> Refusal | None:
    if user.access.covers(unit.path, Role.STAFF):
        return None
    return Refusal("制定学习规则", "规则由本级组织部干部教育科制定", DEPARTMENT)
