"""What the tests add to core.database: the environment of another process."""

import os

from core.database import environment_of


def environment_for(name: str, **more: str) -> dict[str, str]:
    """The environment with which another process uses database `name`."""
    return {**os.environ, **environment_of(name), **more}
