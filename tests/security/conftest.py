"""The standing cast, as in tests/access."""

from tests.access.conftest import cast, whole_cast

__all__ = ["cast", "whole_cast"]
