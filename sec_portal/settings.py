"""Settings. Everything that differs between machines comes from the environment.

`docs/production.md` lists every variable. Without any, the portal is *embedded*: SQLite, messages and mail as
files, everything in DATA_DIR, served to this machine alone.
"""

from email.utils import parseaddr
from pathlib import Path

from celery.schedules import crontab
from csp.constants import NONE, SELF
from import_export.formats.base_formats import CSV, XLSX

from sec_portal import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.folder("DATA_DIR", BASE_DIR / "var")
REDIS_URL = env.redis("REDIS_URL")
EMBEDDED = not env.text("DATABASE_URL")
DEBUG = env.flag("DEBUG", False)
SECRET_KEY = env.secret("SECRET_KEY", DATA_DIR / "secret_key", embedded=EMBEDDED or DEBUG)
# Where the key is that signs releases; it is made when the first release is published.
SIGNING_KEY_FILE = Path(env.text("SIGNING_KEY_FILE") or DATA_DIR / "signing_key.pem")

THIS_MACHINE = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ",".join(THIS_MACHINE))
# On as soon as the portal is for other machines: passwords then never travel in the clear. HTTPS=0 is for a
# trusted network or a trial only.
HTTPS = env.flag("HTTPS", not DEBUG and not set(ALLOWED_HOSTS) <= set(THIS_MACHINE))

INSTALLED_APPS = [
    "sec_portal",
    "notifications",
    "cpl",
    "applicability",
    "ledger",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "simple_history",
    "import_export",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "sec_portal.middleware.permissions_policy",
    "sec_portal.middleware.refuse_nul",
    "sec_portal.middleware.refuse_other_methods",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "sec_portal.middleware.refuse_large_bodies",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "sec_portal.middleware.keep_private",
    "sec_portal.middleware.staff_need_mfa",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]
ROOT_URLCONF = "sec_portal.urls"
WSGI_APPLICATION = "sec_portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "notifications.context.test_mode",
            ]
        },
    }
]
# Forms are rendered by templates/django/forms: label above, hint, error beside, a summary on top.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": env.database("DATABASE_URL", DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": env.cache(REDIS_URL)}

LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = ["sec_portal.formats"]
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False

# Files. Nothing that was uploaded has an address: views serve it to those who may see it.
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.text("STATIC_ROOT") or BASE_DIR / "staticfiles")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
UPLOAD_LIMIT = env.number("UPLOAD_LIMIT", 25 * 1024 * 1024)
# How much a Party may have in hand at once, and a submission may carry.
OPEN_UPLOADS = env.number("OPEN_UPLOADS", 10)
OPEN_DRAFTS = env.number("OPEN_DRAFTS", 25_000)
EVIDENCE_FILES = env.number("EVIDENCE_FILES", 50)
EVIDENCE_TOTAL = env.number("EVIDENCE_TOTAL", 200 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
# What officers take out of the admin (cpl/admin/exports.py): whoever may view a table may take it along.
EXPORT_FORMATS = [XLSX, CSV]
# More rows than these are written in the background.
EXPORT_AT_ONCE = env.number("EXPORT_AT_ONCE", 5000)
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "view"
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = IMPORT_EXPORT_ESCAPE_ILLEGAL_CHARS_ON_EXPORT = True
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# Mail
if HTTPS and not EMBEDDED:
    # Else notices would be put into files, and be taken for sent.
    env.demand(["EMAIL_URL", "EMAIL_FROM", "PORTAL_URL"])
globals().update(env.email("EMAIL_URL", DATA_DIR))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.mailbox("EMAIL_FROM", "Central Products List <cpl@localhost>")
EMAIL_SUBJECT_PREFIX = ""
# What links in e-mails begin with, and where their readers' questions go.
PORTAL_URL = env.address("PORTAL_URL", "http://localhost:8000")
PANEL_EMAIL = env.mailbox("PANEL_EMAIL") or parseaddr(DEFAULT_FROM_EMAIL)[1]
# Where a Party's notices go that has no address on record.
STAND_IN_EMAIL = env.mailbox("STAND_IN_EMAIL") or PANEL_EMAIL
# Test mode: all mail goes to this one address, and says whom it was meant for.
NOTICE_DIVERT_TO = env.mailbox("NOTICE_DIVERT_TO")
# A run that would send more notices waits for an officer; 0: thrice the largest run so far, at least 200.
NOTICE_LIMIT = env.number("NOTICE_LIMIT", 0)
# Asked for after each good run of notices, so that a monitor elsewhere notices when none comes.
HEARTBEAT_URL = env.https_address("HEARTBEAT_URL")
# Whoever reads /metrics from another machine sends it; without it, only this machine may.
METRICS_TOKEN = env.token("METRICS_TOKEN")

# Sign-in: by e-mail address, accounts are made by Panel staff, failed attempts are counted in the cache.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
STAFF_MFA = env.flag("STAFF_MFA", True)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "sec_portal.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "30/15m/ip,5/15m/key"}
MFA_TOTP_ISSUER = "Central Products List"
MFA_TOTP_TOLERANCE = 1
# How many proxies of ours add to X-Forwarded-For; without it everybody behind one shares a lock-out.
ALLAUTH_TRUSTED_PROXY_COUNT = NINJA_NUM_PROXIES = env.number("TRUSTED_PROXIES", 0)
# Limits that the Panel sets itself, in Working Days of England; one for publication is the code's.
REVIEW_WORKING_DAYS = env.number("REVIEW_WORKING_DAYS", 10)
PUBLISH_WORKING_DAYS = env.number("PUBLISH_WORKING_DAYS", 1)
# Whether two officers have to approve each submission, besides whoever submitted it.
SECOND_APPROVAL = env.flag("SECOND_APPROVAL", False)
API_CALLS_A_MINUTE = env.number("API_CALLS_A_MINUTE", 300)
# Files that one address may have checked without an account.
CHECKS_AN_HOUR = env.number("CHECKS_AN_HOUR", 20)
# How large such a file may be: octets as sent, octets of a workbook once unpacked, and devices.
CHECK_LIMIT = env.number("CHECK_LIMIT", 5 * 1024 * 1024)
CHECK_UNPACKED = env.number("CHECK_UNPACKED", 16 * 1024 * 1024)
CHECK_ROWS = env.number("CHECK_ROWS", 2000)

# The browser
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Work in the background. A message is a hint: what is due is found again in the database at each run.
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
globals().update({f"CELERY_{name.upper()}": value for name, value in env.broker(REDIS_URL, DATA_DIR).items()})
CELERY_TIMEZONE = "UTC"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
# Less than Redis waits before it hands a message to another worker; what was cut short is found again.
CELERY_TASK_TIME_LIMIT = 55 * 60
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
# On a busy machine a process takes longer to begin than the four seconds after which it would be given up.
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 60
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
# In UTC: a task hourly in London time skips an hour in autumn.
CELERY_BEAT_SCHEDULE = {
    "find jobs that wait or fell silent": {
        "task": "cpl.tasks.resume_jobs",
        "schedule": crontab(),
        # Hints that nobody took in time need not pile up.
        "options": {"expires": 55},
    },
    "forget old uploads": {"task": "cpl.tasks.forget_uploads", "schedule": crontab(hour="2", minute="50")},
    "forget old exports": {"task": "cpl.tasks.forget_results", "schedule": crontab(hour="2", minute="55")},
    "forget answered calls": {"task": "cpl.tasks.forget_calls", "schedule": crontab(hour="2", minute="45")},
    "look into files from before": {"task": "cpl.tasks.look_into_files", "schedule": crontab(minute="35")},
    "note that a worker lives": {
        "task": "sec_portal.tasks.note_worker",
        "schedule": crontab(),
        "options": {"expires": 55},
    },
    "forget old sessions": {
        "task": "sec_portal.tasks.forget_old_sessions",
        "schedule": crontab(hour="2", minute="40"),
    },
    "tell of certificates that end": {
        "task": "notifications.tasks.run",
        # Made once a day, asked for hourly: so what was cut short is made up for.
        "schedule": crontab(hour="6-22", minute="0"),
    },
    "tell of steps that nobody was told": {
        "task": "notifications.tasks.tell_of_steps",
        "schedule": crontab(minute="10"),
    },
    "tell of releases that nobody was told": {
        "task": "notifications.tasks.tell_of_releases",
        "schedule": crontab(minute="15"),
    },
    "tell of editions that nobody was told": {
        "task": "notifications.tasks.tell_of_designations",
        "schedule": crontab(minute="25"),
    },
    "tell who asked: dates of the tables, digests": {
        "task": "notifications.tasks.tell_who_asked",
        "schedule": crontab(minute="35"),
    },
    "send what waits": {
        "task": "notifications.tasks.redeliver",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 240},
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {
        "stdout": {"class": "logging.StreamHandler", "formatter": "plain", "stream": "ext://sys.stdout"}
    },
    "root": {"handlers": ["stdout"], "level": env.text("LOG_LEVEL", "INFO").upper()},
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}},
}
