"""A pytest plugin that is loaded first: brings up PostgreSQL and Valkey, then lets Django read its settings.

Tests have servers of their own in var-test/, apart from a portal that may be running here; they do not wait for the disk.
"""

import os
import tempfile
from pathlib import Path

from config import embedded
from config.env import load_env_file

load_env_file()
if "DATABASE_URL" not in os.environ:
    os.environ |= {"DURABLE": "0", "VAR_DIR": str(embedded.ROOT / "var-test")}
os.environ.update(embedded.attach())
os.environ |= {"DATABASE_POOL": "0", "DEBUG": "1", "JOB_QUEUE": "tests", "PUBLIC_URL": "http://127.0.0.1:8000"}
os.environ.setdefault("FILES_DIR", str(Path(tempfile.mkdtemp(prefix="portal-test-files-"))))
