"""Units, accounts, grants, settings in the admin: written through the services."""

from organization.admin.accounts import AccountAdmin
from organization.admin.grants import GrantAdmin
from organization.admin.settings import AuthoritySettingAdmin
from organization.admin.sign_in import AccountSessionAdmin, DeviceCredentialAdmin, FactorResetAdmin
from organization.admin.units import UnitAdmin

__all__ = [
    "AccountAdmin", "AccountSessionAdmin", "AuthoritySettingAdmin", "DeviceCredentialAdmin", "FactorResetAdmin", "GrantAdmin", "UnitAdmin",
]  # fmt: skip
