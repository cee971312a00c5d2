"""The project's own settings, over a data folder that is thrown away with the run."""

import os
import tempfile

# Before the real settings are read, which take everything from the environment.
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="tests-")
os.environ["SECRET_KEY"] = "tests-only-" + "0123456789abcdef" * 3
for name in ("DEBUG", "EMAIL_URL", "SIGNING_KEY_FILE", "STAFF_MFA", "HTTPS", "ALLOWED_HOSTS"):
    os.environ.pop(name, None)
# Each process of xdist has a database of its own on Redis too: one may empty its cache while another counts.
if os.environ.get("REDIS_URL"):
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].rpartition('/')[0]}/{worker + 1}"

from sec_portal.settings import *  # noqa: E402, F403
from sec_portal.settings import DATA_DIR, DATABASES, INSTALLED_APPS, STORAGES  # noqa: E402

# A file, not memory: tests open it with a plain client, and from several threads at once.
DATABASES["default"]["TEST"] = (
    {"NAME": str(DATA_DIR / "test.sqlite3")} if "sqlite" in DATABASES["default"]["ENGINE"] else {}
)
# A password is hashed slowly on purpose; the tests sign in hundreds of times.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir()
# Pages are tested without collectstatic; the launcher's tests use the real, hashed files.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# One of each kind of row that cannot change.
INSTALLED_APPS = [*INSTALLED_APPS, "tests.ledger_app"]
