"""The portal's settings for the processes that the fault tests start, with less waiting: nothing else differs."""

import signal

from celery.signals import beat_embedded_init

from cpor_portal.settings import *  # noqa: F403
from cpor_portal.settings import CELERY_BEAT_SCHEDULE
from devtools.processes import die_with_parent

# Each minute in the product; a test would wait for most of its time.
CELERY_BEAT_SCHEDULE = {name: {**entry, "schedule": 1.0} for name, entry in CELERY_BEAT_SCHEDULE.items()}
EMAIL_TIMEOUT = 2
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# A worker's pool dies with it by itself; the beat that rides on it would live on when the tests are killed.
_die = die_with_parent(signal.SIGKILL)
beat_embedded_init.connect(lambda **_arguments: _die(), weak=False)
