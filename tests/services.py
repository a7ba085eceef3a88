"""A pytest plugin that is loaded first: brings up PostgreSQL and Valkey, then lets Django read its settings."""

import os
import tempfile
from pathlib import Path

from config import embedded
from config.env import load_env_file

load_env_file()
os.environ.update(embedded.attach())
os.environ |= {"DATABASE_POOL": "0", "DEBUG": "1", "JOB_QUEUE": "tests", "PUBLIC_URL": "http://127.0.0.1:8000"}
os.environ.setdefault("FILES_DIR", str(Path(tempfile.mkdtemp(prefix="portal-test-files-"))))
