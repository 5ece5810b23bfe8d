"""The portal's settings on the servers of the test run.

pytest-django reads settings before any conftest, and the portal takes its addresses from the environment:
this is the one place that is early enough in every test process.
"""

import os

from tests.support.run import is_on_sqlite, portal_environment

os.environ.update(portal_environment())

from cpor_portal.settings import *  # noqa: F403
from cpor_portal.settings import DATABASES, INSTALLED_APPS, STATE_DIR

if is_on_sqlite():
    # A file, as people have it; Django's own choice, a database in memory, has other locks.
    DATABASES["default"]["TEST"] = {"NAME": str(STATE_DIR / "test.sqlite3")}
# Real hashing costs a second per sign-in; that it is strong is Django's to test.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Which rounds are sampled hangs on random references: a test that is about it sets the share itself.
SECOND_READING_SHARE = 0
# In a `zeal_context` a query that is asked for each of many rows is an error: tests/arbitration/test_one_by_one.py.
INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
ZEAL_RAISE = True
