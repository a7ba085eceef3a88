"""Settings refuse an unsafe start, with a sentence that says what to set."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from config.env import UnsafeSettings

ROOT = Path(__file__).resolve().parents[2]
SAFE = {
    "SECRET_KEY": "q9Vf3k7Zx1Lm5Rt8Bw2Hs6Nd4Pj0Gy-Uc3Ae7Ki9Oq1Wx5Tb8Mv2",
    "FIELD_KEYS": "k1:00112233445566778899aabbccddeeff",
    "INDEX_KEY": "0123456789abcdef" * 4,
    "AUDIT_KEY": "fedcba9876543210" * 4,
    "DATABASE_URL": "postgres://app:secret@127.0.0.1:1/portal",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "PUBLIC_URL": "https://training.example.cn",
    "ALLOWED_HOSTS": "training.example.cn",
}


def start(tmp_path, **changes):
    """The outcome of loading the settings with this environment, away from any .env file."""
    environment = {key: value for key, value in {**SAFE, **changes}.items() if value is not None}
    code = "import django; django.setup(); print('started')"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "VAR_DIR": str(tmp_path),
            **environment,
        },
        capture_output=True,
        text=True,
    )


def test_a_safe_environment_starts(tmp_path):
    assert start(tmp_path).stdout == "started\n"


def test_sec_11_a_refusal_ends_the_process_with_its_sentence(tmp_path):
    outcome = start(tmp_path, SECRET_KEY="short")
    assert outcome.returncode != 0
    assert outcome.stderr.startswith("启动被拒绝：") and "SECRET_KEY 太短" in outcome.stderr
    assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": None}, "缺少环境变量 SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY 太短"),
        ({"SECRET_KEY": "django-insecure-" + "x1y2z3" * 10}, "示例值"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY 太短或是示例值"),
        ({"FIELD_KEYS": None}, "缺少环境变量 FIELD_KEYS"),
        ({"FIELD_KEYS": "k1:1234"}, "FIELD_KEYS 的格式"),
        ({"INDEX_KEY": "xyz"}, "INDEX_KEY 应为"),
        ({"AUDIT_KEY": None}, "缺少环境变量 AUDIT_KEY"),
        ({"DATABASE_URL": None}, "缺少环境变量 DATABASE_URL"),
        ({"REDIS_URL": None}, "缺少环境变量 REDIS_URL"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS 不得为 *"),
        ({"PUBLIC_URL": "http://training.example.cn"}, "PUBLIC_URL 应以 https:// 开头"),
        ({"SECOND_FACTOR": "off"}, "ALLOW_WITHOUT_SECOND_FACTOR=1"),
        ({"SECOND_FACTOR": "sometimes"}, "SECOND_FACTOR 应为"),
        ({"SCANNER": "maybe"}, "SCANNER 应为"),
        ({"SCANNER": "required"}, "SCANNER_ADDRESS 应为"),
        ({"SCANNER": "optional", "SCANNER_ADDRESS": "clamd"}, "SCANNER_ADDRESS 应为"),
        ({"PASSWORD_POLICY": "weak"}, "PASSWORD_POLICY 应为"),
        ({"PASSWORD_ROTATION_DAYS": "366"}, "PASSWORD_ROTATION_DAYS 应在 0 至 365 之间"),
        ({"SESSION_IDLE_MANAGEMENT": "4"}, "SESSION_IDLE_MANAGEMENT 应在 5 至 60 之间"),
        ({"SESSION_IDLE_OTHERS": "61"}, "SESSION_IDLE_OTHERS 应在 5 至 60 之间"),
    ],
)
def test_sec_11_an_unsafe_environment_is_refused(tmp_path, monkeypatch, changes, sentence):
    """The settings' file, read anew in this process."""
    environment = {key: value for key, value in {**SAFE, **changes}.items() if value is not None}
    monkeypatch.setattr(os, "environ", {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), **environment})
    monkeypatch.setattr("environ.Env.ENVIRON", os.environ)
    monkeypatch.setattr("config.env.BASE_DIR", tmp_path)
    with pytest.raises(UnsafeSettings, match="^启动被拒绝：") as refused:
        runpy.run_path(str(ROOT / "config" / "settings.py"))
    assert sentence in str(refused.value)


def test_sec_04_one_factor_needs_an_explicit_setting(tmp_path):
    assert start(tmp_path, SECOND_FACTOR="off", ALLOW_WITHOUT_SECOND_FACTOR="1").stdout == "started\n"
    assert start(tmp_path, DEMO="1", PUBLIC_URL="http://127.0.0.1:8000").stdout == "started\n"


def test_plain_http_needs_an_explicit_setting(tmp_path):
    assert start(tmp_path, PUBLIC_URL="http://10.1.1.1", ALLOW_HTTP="1").stdout == "started\n"


def test_sec_08_silenced_checks_are_the_reviewed_ones(settings):
    assert set(settings.SILENCED_SYSTEM_CHECKS) <= {"security.W021", "axes.W006"}


def test_rel_08_celery_is_set_as_measured(settings):
    assert settings.CELERY_TASK_ACKS_LATE and settings.CELERY_TASK_REJECT_ON_WORKER_LOST
    assert settings.CELERY_WORKER_PREFETCH_MULTIPLIER == 1
    assert (settings.CELERY_TASK_SOFT_TIME_LIMIT, settings.CELERY_TASK_TIME_LIMIT) == (540, 600)
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    assert options["visibility_timeout"] >= 3600
    assert (options["unacked_restore_interval"], options["unacked_restore_throttle"]) == (10, 1)
    assert options["socket_timeout"] == options["socket_connect_timeout"] == 5


def test_sec_13_messages_are_json_only(settings):
    assert settings.CELERY_ACCEPT_CONTENT == ["json"]
    assert settings.CELERY_TASK_SERIALIZER == settings.CELERY_RESULT_SERIALIZER == "json"
