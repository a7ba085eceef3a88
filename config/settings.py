"""One file, read from the environment (`.env.example` explains every variable); unsafe starts are refused."""

from datetime import timedelta
from pathlib import Path

from config.env import (
    BASE_DIR,
    UnsafeSettings,
    audit_key,
    backup_key,
    collector,
    env,
    field_keys,
    index_key,
    load_env_file,
    one_of,
    required,
    scanner,
    second_factor,
    secret_key,
    whole_number,
)

load_env_file()

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
SECRET_KEY = secret_key(DEBUG)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
FIELD_KEYS = field_keys()
INDEX_KEY = index_key()
AUDIT_KEY = audit_key()

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
HTTPS = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
if not DEBUG and "*" in ALLOWED_HOSTS:
    raise UnsafeSettings("ALLOWED_HOSTS 不得为 *，请写明门户的主机名")
if not (DEBUG or DEMO or HTTPS or env.bool("ALLOW_HTTP", default=False)):
    raise UnsafeSettings("PUBLIC_URL 应以 https:// 开头；内网确无证书时须显式设 ALLOW_HTTP=1")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "treebeard",
    "pgtrigger",
    "django_htmx",
    "axes",
    "core",
    "organization",
    "trainees",
    "courses",
    "training",
    "assessments",
    "reports",
    "portal",
]

MIDDLEWARE = [
    "core.middleware.ClientAddress",
    "core.middleware.Permissions",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "portal.errors.PlainPaths",
    "portal.errors.UploadBound",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.devices.DeviceKeys",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.sessions.SessionBounds",
    "portal.sessions.Duties",
    "core.middleware.RequestFacts",
    "core.audit.refusals.RefusalLog",
    "portal.limits.Limits",
    "core.middleware.ScopeGuard",
    "core.middleware.NoStore",
    "portal.errors.Refusals",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

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
                "portal.context.frame",
            ],
        },
    }
]

# ---- database: the app role owns nothing; the owner migrates (ARCHITECTURE.md, "Two database roles") ----
DATABASES = {"default": env.db_url_config(required("DATABASE_URL", "应用账号的 PostgreSQL 地址"))}
DATABASES["default"] |= {
    "ATOMIC_REQUESTS": False,
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {"pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=8), "timeout": 5}}
    if env.int("DATABASE_POOL", default=8)
    else {},
}
if owner_url := env.str("DATABASE_OWNER_URL", default=""):
    DATABASES["owner"] = env.db_url_config(owner_url)
    DATABASES["owner"]["TEST"] = {"MIRROR": "default"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- cache, sessions ----
REDIS_URL = required("REDIS_URL", "Redis 或 Valkey 的地址")
CACHE_URL = env.str("CACHE_URL", default=REDIS_URL)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}
SESSION_ENGINE = "organization.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Not in a cookie: a new initial password is told by message, and what was not shown yet goes with the session (SEC-07).
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_IDLE_MANAGEMENT = whole_number("SESSION_IDLE_MANAGEMENT", 15, 5, 60)  # minutes
SESSION_IDLE_OTHERS = whole_number("SESSION_IDLE_OTHERS", 30, 5, 60)
DEVICE_DAYS = whole_number("DEVICE_DAYS", 180, 1, 366)  # how long a remembered phone or a calendar address holds

# django-import-export brings columns and rows, never pages; were its pages ever used, they would ask (SEC-14, E1).
IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "change"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "view"

# ---- jobs: the message is a doorbell, the work lies in PostgreSQL (QUALITY.md REL-07, REL-08) ----
JOB_QUEUE = env.str("JOB_QUEUE", default="portal")
JOB_HANDLERS = {
    "document": "reports.services.make_document",
    "slips": "training.services.slips.make_slips",
    "statements": "reports.services.year_end.write_statements",
    "archive": "reports.services.archive_papers.make_archive_paper",
    "roster_read": "trainees.services.rosters.rehearse_roster",
    "roster_write": "trainees.services.rosters.write_roster",
    "roster_duties": "trainees.services.rosters.assign_after_roster",
    "year_close": "reports.services.year_end.close_as_asked",
    "recognition_confirm": "trainees.services.recognition.confirm_as_asked",
    "recompute_read": "trainees.services.recomputing_acts.rehearse_as_asked",
    "recompute_write": "trainees.services.recomputing_acts.recompute_as_asked",
}
JOB_NAMES = {
    "document": "文件",
    "slips": "登录条",
    "statements": "年度学习情况",
    "archive": "学习档案",
    "roster_read": "花名册核对",
    "roster_write": "花名册写入",
    "roster_duties": "花名册后分派学习任务",
    "year_close": "年度结账",
    "recognition_confirm": "平台记录确认",
    "recompute_read": "重算核对",
    "recompute_write": "学分重算",
}
JOB_FAILURES = {
    "document": "reports.services.give_up_document",
    "roster_read": "trainees.services.rosters.give_up_roster",
    "roster_write": "trainees.services.rosters.give_up_roster",
    "year_close": "trainees.services.acts.give_up_act",
    "recognition_confirm": "trainees.services.acts.give_up_act",
    "recompute_read": "trainees.services.acts.give_up_act",
    "recompute_write": "trainees.services.acts.give_up_act",
}
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_DEFAULT_QUEUE = JOB_QUEUE
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 100
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
    "health_check_interval": 25,
}

# ---- people and passwords ----
AUTH_USER_MODEL = "organization.Account"
AUTHENTICATION_BACKENDS = ["organization.backends.LockBackend", "organization.backends.GrantBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
PASSWORD_POLICY = one_of("PASSWORD_POLICY", "dengbao", ("dengbao", "asvs"))
PASSWORD_ROTATION_DAYS = whole_number("PASSWORD_ROTATION_DAYS", 90, 0, 365)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "organization.passwords.StrengthValidator"},
    {"NAME": "organization.passwords.CommonValidator"},
    {"NAME": "organization.passwords.PersonalValidator"},
    {"NAME": "trainees.passwords.OwnNumbersValidator"},
    {"NAME": "organization.passwords.HistoryValidator"},
]
SECOND_FACTOR = second_factor(DEMO or DEBUG)

# ---- locks (QUALITY.md SEC-03): by user name, in the database, thirty minutes that further tries do not lengthen ----
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "organization.backends.same_answer"
AXES_DISABLE_ACCESS_LOG = True  # core.audit keeps who signed in
AXES_ENABLE_ADMIN = False
# The office's own proxies (core.middleware.ClientAddress): what anybody else says about addresses is not believed.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
LOGIN_URL = "portal:sign_in"
CONFIRM_URL = "portal:confirm"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "portal:sign_in"
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"
ADMIN_PATH = env.str("ADMIN_PATH", default="admin/")

# ---- language ----
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# ---- files ----
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": env.str("FILES_DIR", default=str(VAR_DIR / "files"))},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
UPLOAD_KEEP_DAYS = whole_number("UPLOAD_KEEP_DAYS", 7, 1, 90)
SCANNER = one_of("SCANNER", "off", ("off", "optional", "required"))
SCANNER_ADDRESS = scanner(SCANNER, "SCANNER_ADDRESS")
# What goes when its time is over, in this order (core.sweeping): name → function of the moment.
SWEEPS = {
    "slips": "training.services.slips.sweep_slips",
    "files": "core.sweeping.sweep_files",
    "orphans": "core.sweeping.sweep_orphans",
    "rehearsals": "assessments.services.sweeping.sweep_rehearsals",
    "rosters": "trainees.services.rosters.sweep_rosters",
    "machine_lists": "training.services.machine.sweep_machine_uploads",
    "platform_exports": "trainees.services.recognition.importing.sweep_platform_uploads",
    "personnel_forms": "trainees.services.personnel_forms.sweep_forms",
    "sessions": "organization.services.sweeping.sweep_sessions",
    "failures": "organization.services.sweeping.sweep_failures",
    "devices": "organization.services.sweeping.sweep_devices",
    "operations": "core.sweeping.sweep_operations",
}
# Somebody who retired, died or left is forgotten after so many years: what each app holds (trainees.anonymising).
PERSON_KEEP_YEARS = whole_number("PERSON_KEEP_YEARS", 10, 1, 60)
ANONYMISERS = {
    "papers": "reports.services.forgetting.forget_papers",
    "training": "training.services.forgetting.forget_trainee",
    "account": "organization.services.forgetting.forget_account",
    "cadre": "trainees.anonymising.forget_cadre",
}

RATE_LIMITS = True  # portal.limits; tests that open every page for everybody lift them

# ---- backup ----
BACKUP_KEY = backup_key()
POSTGRES_BIN = env.str("POSTGRES_BIN", default="")

# ---- audit log ----
AUDIT_SEALS_DIR = env.str("AUDIT_SEALS_DIR", default=str(VAR_DIR / "audit-seals"))
AUDIT_SYSLOG = collector("AUDIT_SYSLOG")
AUDIT_KEEP_DAYS = env.int("AUDIT_KEEP_DAYS", default=365)
if AUDIT_KEEP_DAYS < 184:
    raise UnsafeSettings("AUDIT_KEEP_DAYS 不得少于 184 天（网络安全法：日志留存不少于六个月）")

# ---- browser-side protection ----
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrftoken"
DEVICE_COOKIE_NAME = "__Host-phone" if HTTPS else "phone"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}
# W021: HSTS preload is for public sites, not for an intranet (QUALITY.md §3).
# axes.W006: locks are by user name alone on purpose, an office is one address; addresses have their own limit (SEC-03).
SILENCED_SYSTEM_CHECKS = ["security.W021", "axes.W006"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "core.logs.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {"fontTools": {"level": "ERROR"}, "weasyprint": {"level": "ERROR"}, "portal": {"level": "INFO"}},
}
