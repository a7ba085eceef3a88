"""Units and their settings; accounts, grants and passwords; sessions and second factors."""

from organization.models.accounts import Account, AccountManager, PasswordHistory
from organization.models.devices import DeviceCredential
from organization.models.grants import Grant, GrantQuerySet, in_force
from organization.models.sign_in import AccountSession, FactorReset, FailedSignIn, SecondFactor
from organization.models.units import (
    AuthoritySetting,
    Unit,
    UnitManager,
    UnitNamePeriod,
    UnitQuerySet,
    UnitShortName,
)

__all__ = [
    "Account", "AccountManager", "AccountSession", "AuthoritySetting", "DeviceCredential", "FactorReset", "FailedSignIn", "Grant",
    "GrantQuerySet", "PasswordHistory", "SecondFactor", "Unit", "UnitManager", "UnitNamePeriod", "UnitQuerySet",
    "UnitShortName", "in_force",
]  # fmt: skip
