"""May this user? What is asked about recognition of outside learning and about learning platforms."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Exists, OuterRef
from django.db.models.functions import Coalesce
from django.db.models.lookups import StartsWith

from core.scope import any_of
from organization.models import Account, Grant, Unit
from organization.roles import Role
from portal.rules import DEPARTMENT, Refusal
from trainees.models import Cadre, Platform, Recognition, own_way
from trainees.services.recognition import is_department, is_own

WORKERS = (Role.STAFF, Role.LIAISON)
State = Recognition.State


@dataclass(frozen=True)
class Part:
    """How an account comes to one filing: as its cadre, as the unit's liaison, as the department."""

    own: bool
    liaison: bool
    staff: bool

    @classmethod
    def of(cls, user: Account, row: Recognition) -> "Part":
        """No query where the row came with its cadre, who lives on for a double, unit and authority."""
        return cls(
            own=is_own(row, user),
            liaison=user.access.covers(row.cadre.unit.path, Role.LIAISON),
            staff=is_department(row, user),
        )


def may_file_own(standing: Any) -> Refusal | None:
    if standing.learns:
        return None
    return Refusal("申报学时", "这里供干部本人申报；单位代报请到“学分认定”", "干部本人、所在单位联络员")


def may_file_for_others(user: Account) -> Refusal | None:
    if user.access.has(Role.LIAISON):
        return None
    return Refusal("代本单位干部申报学时", "代报由单位联络员办理", "所在单位联络员")


def may_list_recognitions(user: Account) -> Refusal | None:
    if user.access.has(*WORKERS):
        return None
    return Refusal(
        "打开学分认定", "申报由单位联络员审核、组织部确认；您自己的在“我的学时申报”", f"单位联络员、{DEPARTMENT}"
    )


def may_open_recognition(part: Part) -> Refusal | None:
    if part.own or part.liaison or part.staff:
        return None
    return Refusal(
        "打开这条申报", "申报内容和证明材料只供本人、所在单位联络员和组织部查看", f"单位联络员、{DEPARTMENT}"
    )


def may_confirm_recognitions(user: Account) -> Refusal | None:
    if user.access.has(Role.STAFF):
        return None
    return Refusal("确认学分", "学分由组织部确认；单位联络员负责审核", DEPARTMENT)


def may_file_again(part: Part) -> Refusal | None:
    if part.own or part.liaison:
        return None
    return Refusal("重新申报", "退回的申报由本人或所在单位联络员改正", "干部本人、所在单位联络员")


def may_take_back(part: Part, filed_by: bool) -> Refusal | None:
    if part.own or filed_by:
        return None
    return Refusal("撤回这条申报", "只有本人，或代报的联络员可以撤回；不合要求的请退回", "申报人")


def may_judge_double(part: Part) -> Refusal | None:
    """Whether a filing is a double is said by somebody else than its cadre."""
    if (part.liaison or part.staff) and not part.own:
        return None
    return Refusal(
        "判断是否重复", "是否重复由所在单位联络员或组织部判断，本人不判断自己的", f"单位联络员、{DEPARTMENT}"
    )


def may_use_platforms(user: Account) -> Refusal | None:
    if user.access.has(*WORKERS):
        return None
    return Refusal("导入平台记录", "平台记录由单位联络员或组织部导入", f"单位联络员、{DEPARTMENT}")


def may_keep_platforms(user: Account) -> Refusal | None:
    if user.access.has(Role.STAFF):
        return None
    return Refusal("登记和维护学习平台", "学习平台由组织部登记，联络员只导入记录", DEPARTMENT)


def may_keep_platform(user: Account, platform: Platform) -> Refusal | None:
    if user.access.covers(platform.unit.path, Role.STAFF):
        return None
    return Refusal(f"维护“{platform.name}”", f"这个平台由{platform.unit}登记", f"{platform.unit}")


# ---- which ----


def platforms_used_by(user: Account) -> QuerySet[Platform]:
    """Platforms whose records the account brings or keeps: of its units, of those below and of those above."""
    held = user.access.paths(*WORKERS)
    seen = user.access.within("unit", *WORKERS)
    for path in held:
        seen |= Q(unit__path__in=Unit.upward(path))
    return Platform.objects.filter(seen).select_related("unit").order_by("retired", "unit__path", "name")


def platforms_for(unit: Unit) -> QuerySet[Platform]:
    """Platforms that the people of a unit learn on."""
    return Platform.objects.filter(unit__path__in=Unit.upward(unit.path), retired=None).order_by("name")


def todo(user: Account) -> Q:
    """Filings that wait for the account's word: the unit's, the department's, or the unit's where it has no liaison."""
    mine = Q(state=State.FILED) & user.access.within("cadre__unit", Role.LIAISON)
    area = user.access.within("cadre__unit", Role.STAFF) | user.access.within("cadre__managing_authority", Role.STAFF)
    liaisons = Grant.objects.on(user.access.day).filter(role=Role.LIAISON, account__is_active=True)
    near = liaisons.filter(StartsWith(OuterRef("cadre__unit__path"), F("unit__path")))
    person = Coalesce(OuterRef("cadre__canonical_id"), OuterRef("cadre_id"))
    orphan = Q(state=State.FILED) & area & ~Exists(near.exclude(account__cadre=person))
    own = Cadre.objects.filter(any_of(own_way(user.access)))
    return (mine | orphan | (Q(state=State.VETTED) & area)) & ~Q(cadre__in=own)
