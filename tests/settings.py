"""The project's settings, and an app that has one of each kind of row that cannot change."""

import os

os.environ.setdefault("SECRET_KEY", "used-by-tests-alone-" + "0" * 40)

from sec_portal.settings import *  # noqa: F403
from sec_portal.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.ledger_app"]
