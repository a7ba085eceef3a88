"""The people of the stories of signing in, for accounts and grants."""

from tests.signin.conftest import browser, person, security_admin, staff, system_admin, town

__all__ = ["browser", "person", "security_admin", "staff", "system_admin", "town"]
