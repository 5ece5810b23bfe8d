"""The portal's settings for the processes that the fault tests start, with less waiting: nothing else differs."""

import os
import signal

from celery.signals import beat_embedded_init, worker_init

from cpor_portal.settings import *  # noqa: F403
from cpor_portal.settings import CELERY_BEAT_SCHEDULE, EMAIL_TIMEOUT
from devtools.processes import die_with_parent

# Each minute in the product; a test would wait for most of its time. All that belongs to the minute shrinks with it
# where a test is about the minute itself.
SECONDS_OF_A_MINUTE = float(os.environ.get("TEST_SECONDS_OF_A_MINUTE", "1"))
IS_TRUE_TO_SCALE = "TEST_SECONDS_OF_A_MINUTE" in os.environ
SCALE = SECONDS_OF_A_MINUTE / 60 if IS_TRUE_TO_SCALE else 1.0
CELERY_BEAT_SCHEDULE = {
    name: {
        **entry,
        "schedule": entry["schedule"] * SECONDS_OF_A_MINUTE / 60,
        "options": {**entry["options"], "expires": entry["options"]["expires"] * SCALE},
    }
    for name, entry in CELERY_BEAT_SCHEDULE.items()
}
# Short where a mail server is meant to be too slow, and its usual length where it has merely much to do.
EMAIL_TIMEOUT = int(os.environ.get("TEST_MAIL_PATIENCE", EMAIL_TIMEOUT))
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# A worker's pool dies with it by itself; the beat that rides on it would live on when the tests are killed.
_die = die_with_parent(signal.SIGKILL)
beat_embedded_init.connect(lambda **_arguments: _die(), weak=False)


def _shorten_rounds(**_arguments: object) -> None:
    from arbitration import tasks
    from cpor_portal.notifications import delivery

    tasks.SWEEP_SECONDS *= SCALE
    delivery.ROUND_SECONDS *= SCALE


worker_init.connect(_shorten_rounds, weak=False)
