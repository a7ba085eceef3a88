"""Through which eyes an archive is gathered: the account that asks, and what it may see of these people."""

from dataclasses import dataclass
from typing import Any

from django.db import models

from organization.models import Account
from organization.roles import Role
from trainees.models import Cadre


@dataclass(frozen=True)
class Sight:
    """What an account sees of a person, or of several alike, through the person door (DOMAIN.md §1)."""

    account: Account
    own: bool = False
    staff: bool = False
    liaison: bool = False

    @property
    def whole(self) -> bool:
        """Everything, the ID number masked: department staff of the person, and the person."""
        return self.own or self.staff

    @property
    def hours(self) -> bool:
        """Also the liaison of the unit: ledger, recognition, reports at the unit. A leader sees states and grades only."""
        return self.whole or self.liaison

    def rows(self, model: type[models.Model]) -> Any:
        """The model's rows that the account may see: every query of an archive begins here."""
        return model._default_manager.visible_to(self.account)  # type: ignore[attr-defined]


def sight_of(account: Account, cadre: Cadre) -> Sight:
    """No query where `unit` and `managing_authority` were fetched with the cadre."""
    places = (cadre.unit.path, cadre.managing_authority.path)
    return Sight(
        account,
        own=cadre.account_id == account.pk,
        staff=any(account.access.covers(place, Role.STAFF) for place in places),
        liaison=account.access.covers(cadre.unit.path, Role.LIAISON),
    )
