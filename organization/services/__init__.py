"""Writes about units, grants, accounts and how people sign in: one function per intention."""

from organization.services.accounts import (
    add_account,
    approve_account,
    change_account,
    choose_password,
    new_secret,
    refuse_account,
    renew_initial_password,
    reset_password,
    set_password,
    spend_initial_password,
)
from organization.services.devices import add_device, device_of, end_device, note_use
from organization.services.first_administrators import Person, open_first_administrators
from organization.services.grants import deputise, end_grant, grant
from organization.services.second_factor import accept_code, approve_reset, ask_for_reset, new_key, put_into_use
from organization.services.sessions import end_all_sessions, end_session, keep_to_limit
from organization.services.sign_in import locked_names, note_failure, too_many_failures, unlock
from organization.services.units import (
    add_unit,
    authorities_of,
    authority_of,
    change_unit,
    set_preference,
    set_short_names,
)

__all__ = [
    "Person", "accept_code", "add_account", "add_device", "add_unit", "approve_account", "approve_reset", "ask_for_reset",
    "authorities_of", "authority_of", "change_account", "change_unit", "choose_password", "deputise", "device_of",
    "end_all_sessions", "end_device", "end_grant", "end_session", "grant", "keep_to_limit", "locked_names",
    "new_key", "new_secret", "note_failure", "note_use", "open_first_administrators",
     "put_into_use", "refuse_account", "renew_initial_password",
    "reset_password", "set_password", "set_preference", "set_short_names", "spend_initial_password",
    "too_many_failures", "unlock",
]  # fmt: skip
