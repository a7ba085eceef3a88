"""What an account says of its owner goes when they are forgotten (trainees.anonymising)."""

from typing import Any

from organization.models import Account, AccountSession, DeviceCredential, PasswordHistory, SecondFactor

NOBODY = "（已注销）"


def forget_account(cadre: Any) -> int:
    """Name, password, second factor, sessions and devices; the row stays, because keys of the audit log lead to it."""
    account = cadre.account
    if account is None:
        return 0
    AccountSession.objects.filter(account=account).delete()
    for model in (SecondFactor, PasswordHistory):
        model._default_manager.filter(account=account).delete()
    DeviceCredential.objects.filter(account=account).update(label="")
    account.set_unusable_password()
    facts = {"username": f"x{account.pk.hex}", "display_name": NOBODY, "is_active": False, "password": account.password}
    return Account.objects.filter(pk=account.pk).update(**facts)
