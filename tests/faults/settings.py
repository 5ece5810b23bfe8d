"""The portal's settings for the processes that the fault tests start, with less waiting: nothing else differs."""

from cpor_portal.settings import *  # noqa: F403
from cpor_portal.settings import CELERY_BEAT_SCHEDULE

# Each minute in the product; a test would wait for most of its time.
CELERY_BEAT_SCHEDULE = {name: {**entry, "schedule": 1.0} for name, entry in CELERY_BEAT_SCHEDULE.items()}
EMAIL_TIMEOUT = 2
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
