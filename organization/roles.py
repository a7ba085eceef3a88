"""The roles that are granted for a unit, and what each may do in the admin."""

from fnmatch import fnmatchcase

from django.db import models


class Role(models.TextChoices):
    """A role of an account for a unit and all below it (DOMAIN.md §1)."""

    STAFF = "staff", "组织部干部教育科"
    SCHOOL = "school", "党校班主任"
    LIAISON = "liaison", "单位联络员"
    LEADER = "leader", "领导"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"


THREE_ADMINISTRATORS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
KIND_OF: dict[str, str] = {Role.SYSTEM_ADMIN: "system", Role.SECURITY_ADMIN: "security", Role.AUDIT_ADMIN: "audit"}
BUSINESS = "business"
"""Nobody holds two kinds of role on one day: the three administrators, and all business roles together (SEC-20)."""
THREE_PEOPLE = "系统、安全、审计管理员须由三名专人担任，不能兼任其他角色"
MANAGEMENT = (*THREE_ADMINISTRATORS, Role.STAFF)
"""Who signs in with two factors and is signed out after a shorter pause (QUALITY.md §3, SEC-05)."""

STAFF_MAY = (
    "organization.view_unit*", "organization.view_account", "organization.view_grant",
    "organization.view_authoritysetting", "organization.add_unit", "organization.change_unit", "organization.*_unitshortname",
    "organization.*_unitnameperiod", "organization.*_authoritysetting",
    "trainees.view_*", "trainees.add_*", "trainees.change_*",
    "courses.view_*", "courses.add_*", "courses.change_*",
    "training.view_*", "training.add_*", "training.change_*", "training.deputise_classrole",
    "assessments.view_*", "assessments.add_*", "assessments.change_*",
    "reports.view_*", "reports.change_document", "core.view_batch", "core.view_batchitem",
)  # fmt: skip

ROLE_MAY: dict[str, tuple[str, ...]] = {
    Role.STAFF: STAFF_MAY,
    Role.SYSTEM_ADMIN: ("organization.view_account", "organization.add_account", "organization.change_account",
                        "organization.view_unit", "core.view_batch", "core.view_batchitem", "organization.view_factorreset",
                        "organization.approve_factorreset"),
    Role.SECURITY_ADMIN: ("organization.view_account", "organization.unlock_account", "organization.approve_account",
                          "organization.view_unit",
                          "organization.view_grant", "organization.add_grant", "organization.change_grant",
                          "organization.view_accountsession", "organization.end_accountsession",
                          "organization.view_devicecredential", "organization.end_devicecredential",
                          "organization.view_factorreset", "organization.add_factorreset",
                          "organization.approve_factorreset", "training.view_classrole",
                          "training.deputise_classrole"),
    Role.AUDIT_ADMIN: ("core.view_auditentry", "core.view_auditseal", "core.view_auditarchive", "core.view_rowchange"),
}  # fmt: skip


def kind_of(role: str) -> str:
    return KIND_OF.get(role, BUSINESS)


def role_may(role: str, permission: str) -> bool:
    """Whether a role holds a Django permission such as `training.view_enrolment`."""
    return any(fnmatchcase(permission, pattern) for pattern in ROLE_MAY.get(role, ()))


def role_has_module(role: str, app_label: str) -> bool:
    return any(pattern.partition(".")[0] == app_label for pattern in ROLE_MAY.get(role, ()))
