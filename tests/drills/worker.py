"""The project's Celery application with one more kind of job: a thing that ends the process that makes it.

`celery -A tests.drills.worker worker …`; importing it changes the settings, so no test does.
"""

import os
import signal
from uuid import UUID

from django.conf import settings

from config.celery import app

__all__ = ["app"]


def end_own_process(subject: UUID) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


settings.JOB_HANDLERS["poison"] = f"{__name__}.end_own_process"
