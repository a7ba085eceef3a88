"""The rail's places by role, and the account's words. A place is shown only to those whom its page lets in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists
from django.urls import reverse

from organization.access import deputy_of
from organization.models import Account
from organization.roles import Role
from trainees.models import Cadre, OnlineClass
from training.models import ClassRole, LeaveApprover, named_for

Place = dict[str, Any]

STAFF_PLACES = (
    ("单位", "sitemap", "organization_unit"),
    ("考核方案", "scale", "assessments_scoringscheme"),
    ("公文", "files", "reports_document"),
)


@dataclass(frozen=True)
class Standing:
    """What decides which places somebody has: grants, roles in classes, being a trainee or an approver. At most two queries."""

    user: Account
    manages: bool
    assesses: bool
    learns: bool
    approves: bool = False
    watches: bool = False
    deputised: Mapping[str, str] = field(default_factory=dict)  # kind of role in a class: “（代理 XXX）”

    @classmethod
    def of(cls, user: Account) -> "Standing":
        held: dict[str, set[str]] = {}
        for each in named_for(user.access):
            held.setdefault(each.kind, set()).add(each.deputy_for)
        deputised = {kind: deputy_of(names) for kind, names in held.items() if "" not in names}
        learns, approves, watches = _learns_approves_watches(user)
        kinds = ClassRole.Kind
        return cls(user, kinds.MANAGER in held, kinds.ASSESSOR in held, learns, approves, watches, deputised)

    def has(self, *roles: str) -> bool:
        return self.user.access.has(*roles)

    @property
    def works_with_classes(self) -> bool:
        return self.manages or self.assesses or self.has(Role.STAFF, Role.SCHOOL, Role.LEADER)

    @property
    def uploads(self) -> bool:
        return self.manages or self.has(Role.STAFF, Role.SCHOOL)

    @property
    def searches(self) -> bool:
        return self.works_with_classes or self.has(Role.LIAISON)

    @property
    def words(self) -> str:
        """The roles in Chinese, as the account menu shows them."""
        access = self.user.access
        granted = [f"{Role(role).label}{access.deputy_words(role)}" for role in access.roles if role != Role.SCHOOL]
        in_classes = [self._manager_words()] if self.manages or self.has(Role.SCHOOL) else []
        in_classes += [f"考评工作小组{self.deputised.get(ClassRole.Kind.ASSESSOR, '')}"] if self.assesses else []
        in_classes += ["请假审批人"] if self.approves else []
        return "、".join(granted + in_classes + ["学员"] * self.learns)

    def _manager_words(self) -> str:
        """班主任 by a grant or named for classes; a deputy only where neither is one's own."""
        as_deputy = [self.user.access.deputy_words(Role.SCHOOL)] if self.has(Role.SCHOOL) else []
        as_deputy += [self.deputised.get(ClassRole.Kind.MANAGER, "")] if self.manages else []
        return "班主任" if "" in as_deputy else f"班主任{as_deputy[0]}"


def _learns_approves_watches(user: Account) -> tuple[bool, bool, bool]:
    """Whether the account is a trainee's, approves leave today, looks after an on-line class; one query."""
    learns = Exists(Cadre.objects.filter(account=user))  # one's own row is seen by whoever it is
    approves = Exists(LeaveApprover.objects.on(user.access.day).filter(account=user))
    watches = Exists(OnlineClass.objects.visible_to(user))
    return Account.objects.filter(pk=user.pk).values_list(learns, approves, watches).get()


def place(label: str, icon: str, url: str, *also: str) -> Place:
    """`also` are beginnings of other addresses that belong to the place, where they are nobody's own."""
    return {"label": label, "icon": icon, "url": url, "also": also, "active": False, "count": None}


def admin_place(label: str, icon: str, model: str) -> Place:
    return place(label, icon, reverse(f"admin:{model}_changelist"))


def rail_of(standing: Standing, path: str) -> list[dict[str, Any]]:
    """Groups of places; the one whose address is the longest beginning of `path` is active."""
    groups: list[dict[str, Any]] = [
        {"label": "工作", "places": _work(standing)},
        {"label": "我的学习", "places": _own(standing)},
        {"label": "干部与学习", "places": _learning(standing)},
        {"label": "维护", "places": _upkeep(standing)},
    ]
    _mark_active([one for group in groups for one in group["places"]], path)
    return [group for group in groups if group["places"]]


def _work(standing: Standing) -> list[Place]:
    places = [place(_home_word(standing), "home", reverse("portal:home"))]
    if standing.learns:
        places.append(place("今天", "calendar-event", reverse("portal:today")))
    if standing.works_with_classes:
        places.append(place("班次", "school", reverse("portal:class_list")))
    if standing.manages or standing.approves or standing.has(Role.STAFF):
        places.append(place("请假审批", "clipboard-check", reverse("portal:leave_inbox")))
    if standing.manages or standing.has(Role.STAFF):
        places.append(place("更正申请", "pencil", reverse("portal:correction_list")))
    if standing.has(Role.STAFF, Role.LIAISON):
        places.append(
            place("述学与回访", "message-circle", reverse("portal:follow_ups"), reverse("portal:report_backs"))
        )
    if standing.uploads:
        places.append(place("上传工作簿", "upload", reverse("portal:workbook_upload")))
        places.append(place("课程与师资", "book", reverse("portal:catalogue", args=["courses"]), "/catalogue/"))
    return places


def _own(standing: Standing) -> list[Place]:
    """What somebody who learns has of their own."""
    if not standing.learns:
        return []
    return [
        place("我的学习档案", "archive", reverse("portal:my_archive"), "/cadres/"),
        place("我的学时申报", "certificate", reverse("portal:my_recognitions"), "/recognitions/"),
        place("我的请假", "calendar-event", reverse("portal:my_leaves")),
        place("我的训后", "message-circle", reverse("portal:my_afterwards"), "/report-backs/", "/follow-ups/"),
    ]


def _learning(standing: Standing) -> list[Place]:
    """Cadres, what they have to learn and what they learned."""
    places = []
    if standing.has(Role.STAFF, Role.LEADER, Role.LIAISON):
        places.append(place("干部", "users", reverse("portal:cadre_list")))
        places.append(place("学习任务", "target", reverse("portal:duties")))
    if standing.has(Role.STAFF, Role.LIAISON):
        places.append(place("学分认定", "circle-check", reverse("portal:recognition_list")))
        places.append(place("学习平台", "building-bank", reverse("portal:platform_list")))
    if standing.has(Role.STAFF, Role.LEADER) or standing.watches:
        places.append(place("网络虚拟班", "presentation", reverse("portal:online_classes")))
    if standing.has(Role.STAFF, Role.LEADER, Role.LIAISON):
        places.append(place("年度学习情况", "report", reverse("portal:statements")))
        places.append(place("学习规则", "gavel", reverse("portal:rules", args=["requirements"]), "/rules/"))
    return places


def _home_word(standing: Standing) -> str:
    words = [
        (standing.has(Role.STAFF), "工作台"),
        (standing.manages or standing.assesses or standing.has(Role.SCHOOL), "首页"),
        (standing.has(Role.LEADER), "培训概况"),
        (standing.has(Role.LIAISON), "反馈函"),
        (standing.approves, "首页"),
        (standing.learns, "我的学习"),
    ]
    return next((word for held, word in words if held), "首页")


def _upkeep(standing: Standing) -> list[Place]:
    places = []
    if standing.has(Role.STAFF):
        places.append(place("台账年度", "lock", reverse("portal:ledger_years"), "/recomputations/"))
        places.append(place("任免审批表", "file-text", reverse("portal:personnel_forms")))
        places += [admin_place(*words) for words in STAFF_PLACES]
    if standing.has(Role.SYSTEM_ADMIN):
        places += [
            admin_place("账号", "user-circle", "organization_account"),
            admin_place("批次", "loader", "core_batch"),
        ]
    if standing.has(Role.SECURITY_ADMIN):
        places += [
            admin_place("授权", "shield-check", "organization_grant"),
            admin_place("班次角色", "users", "training_classrole"),
            _accounts_to_approve(),
            admin_place("登录会话", "clock", "organization_accountsession"),
            admin_place("设备凭据", "qrcode", "organization_devicecredential"),
        ]
    if standing.has(Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN):
        places.append(admin_place("动态口令重置", "key", "organization_factorreset"))
    if standing.has(Role.AUDIT_ADMIN):
        places += [
            admin_place("审计记录", "history", "core_auditentry"),
            admin_place("审计封存", "lock", "core_auditseal"),
            admin_place("数据变更史", "versions", "core_rowchange"),
        ]
    if standing.user.is_staff:
        places.append(place("管理后台", "settings", reverse("admin:index")))
    return places


def rail_of_phone() -> list[dict[str, Any]]:
    """What a remembered phone opens, and the way to the rest."""
    here = place("今天", "calendar-event", reverse("portal:today")) | {"active": True}
    return [{"label": "工作", "places": [here, place("登录后查看全部", "login", reverse("portal:home"))]}]


def _accounts_to_approve() -> Place:
    """The accounts, with the number of those that wait for the security administrator."""
    waiting = Account.objects.filter(approved_at=None, is_active=True).count()
    return admin_place("账号", "user-circle", "organization_account") | {"count": waiting or None}


def _mark_active(places: list[Place], path: str) -> None:
    home = reverse("portal:home")
    roots = [(root, one) for one in places for root in (one["url"], *one["also"])]
    fitting = [(root, one) for root, one in roots if path == root or (root != home and path.startswith(root))]
    if fitting:
        max(fitting, key=lambda found: (len(found[0]), found[0] == found[1]["url"]))[1]["active"] = True


def account_of(standing: Standing) -> dict[str, Any]:
    user = standing.user
    links = [{"label": "为什么能看到", "icon": "eye", "url": reverse("portal:why")}]
    links += [{"label": "我的登录", "icon": "lock", "url": reverse("portal:sessions")}]
    return {"name": str(user), "role": standing.words, "unit": str(user.unit) if user.unit else "", "links": links}
