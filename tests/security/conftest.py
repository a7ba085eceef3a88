"""One cast a module, every test in a savepoint of its own, as in tests/access."""

from tests.access.conftest import cast, whole_cast

__all__ = ["cast", "whole_cast"]
