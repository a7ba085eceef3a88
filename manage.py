#!/usr/bin/env python3
"""Django's command line: finds the project's own Python and, unless it was given a database, brings one up."""

import importlib.util
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def use_own_python() -> None:
    """Go on in .venv when this Python has no Django."""
    own = ROOT / ".venv" / "bin" / "python"
    if importlib.util.find_spec("django") is None and own.exists() and Path(sys.prefix).resolve() != own.parent.parent:
        os.execv(own, [str(own), *sys.argv])  # noqa: S606


def bring_up_services() -> None:
    from config import embedded
    from config.env import load_env_file

    load_env_file()
    try:
        os.environ.update(embedded.attach())
    except embedded.ServiceError as error:
        sys.exit(str(error))


def main() -> None:
    use_own_python()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    bring_up_services()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
