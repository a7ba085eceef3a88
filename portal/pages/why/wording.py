"""The ways of `visible_to` in words: which door, which relation, what is shown through it, who could open it."""

from typing import Any

from organization.roles import Role
from portal.pages.why.things import cadre_of, class_of
from training.models import ClassRole

KINDS = ClassRole.Kind
CLASS_DOOR, PERSON_DOOR = "班次这道门", "人员这道门"
SECURITY = "安全管理员（管理后台“授权”）"
DEPARTMENT = "组织部干部教育科（管理后台“班次角色”）"

DOORS = {
    "organised": CLASS_DOOR,
    KINDS.MANAGER: CLASS_DOOR,
    KINDS.ASSESSOR: CLASS_DOOR,
    "enrolled": CLASS_DOOR,
    "managed": PERSON_DOOR,
    "works": PERSON_DOOR,
    "own": PERSON_DOOR,
    "addressed": "公文主送",
    "uploaded": "本人上传",
    "asked": "请假审批",
}

NUMBERS = "身份证号只显示首尾，查看完整号码须另写理由并留痕"
SHOWN: dict[tuple[str, str], str] = {
    (CLASS_DOOR, Role.STAFF): f"班次的全部内容：名册、考勤、请假、量化记录、测试、成绩、文件；{NUMBERS}",
    (CLASS_DOOR, Role.LEADER): "统计数字、综合通报、已印发的成绩名单；不含考勤、量化记录、答卷和身份证号",
    (CLASS_DOOR, KINDS.MANAGER): f"本班名册、考勤、请假、量化记录、测试、成绩、文件；{NUMBERS}",
    (CLASS_DOOR, KINDS.ASSESSOR): "本班量化记录、测试得分、成绩和审核；不含考勤、请假、答卷和文件",
    (PERSON_DOOR, Role.STAFF): f"这个人的全部学习记录；不因此打开别处主办的班次；{NUMBERS}",
    (PERSON_DOOR, Role.LEADER): "单位、学时、等次等名单和统计；不含身份证号、考勤、量化记录、答卷",
    (PERSON_DOOR, Role.LIAISON): "姓名、学时、在职状态、已印发的成绩；不含考勤、量化记录、答卷",
}
"""DOMAIN.md §1: a role has its own view through each door."""

OWN_SHOWN = {
    "own": "本人的学习档案；成绩从公示起可见",
    "enrolled": "班次概况、课程表；不含他人的成绩和记录",
    "addressed": "已印发的这份函",
    "uploaded": "本人上传的这份工作簿及核对结果",
    "asked": "这一次请假的事由、材料和审批经过",
}


def named_unit(row: Any, way: str) -> str:
    """The unit that the way goes by: the class's organiser, the cadre's authority or unit, the addressee."""
    one, cadre = class_of(row), cadre_of(row)
    places = {
        "organised": getattr(one, "unit", None) or getattr(row, "unit", None),
        "managed": getattr(cadre, "managing_authority", None),
        "works": getattr(cadre, "unit", None),
        "addressed": getattr(row, "unit", None),
        "uploaded": getattr(row, "unit", None),
    }
    unit = places.get(way)
    return unit.name if unit is not None else ""


def relation(row: Any, way: str) -> str:
    """How the row stands to the account; no name of a person or a class, so that everybody who asks may read it."""
    unit = named_unit(row, way)
    return {
        "organised": f"班次由“{unit}”主办",
        KINDS.MANAGER: "账号被指定为本班班主任",
        KINDS.ASSESSOR: "账号被指定为本班考评工作小组成员",
        "enrolled": "账号本人是本班学员",
        "managed": f"该干部由“{unit}”管理",
        "works": f"该干部现在“{unit}”工作",
        "own": "这是账号本人的记录",
        "addressed": f"这份函主送“{unit}”",
        "uploaded": f"账号本人上传，且现在可以为“{unit}”上传工作簿",
        "asked": "账号被指定为这一层级的请假审批人",
    }[way]


def shown(way: str, role: str) -> str:
    return OWN_SHOWN.get(way) or SHOWN.get((DOORS[way], role), "")


def need(row: Any, way: str, roles: list[str]) -> tuple[str, str]:
    """What would open this way, and who could give it; `row` is None where nothing was found."""
    unit = named_unit(row, way) if row is not None else ""
    if way in KINDS.values:
        return f"被指定为这个班次的{KINDS(way).label}", DEPARTMENT
    words = "、".join(Role(role).label for role in roles)
    place = f"“{unit}”或其上级单位" if unit else GENERAL[way]
    return f"在{place}担任{words}", SECURITY


GENERAL = {
    "organised": "班次主办单位或其上级单位",
    "managed": "管理该干部的单位或其上级单位",
    "works": "该干部所在单位或其上级单位",
    "addressed": "公文主送单位或其上级单位",
    "uploaded": "班次主办单位或其上级单位",
}
