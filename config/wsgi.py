"""The WSGI entry that gunicorn serves."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)  # the pages too: before the fork, and not while the first visitor waits
# What is loaded now lives as long as the process: the collector need not walk through it at every full round.
gc.collect()
gc.freeze()
