"""The run-time log: one JSON object a line whatever the message holds, and no secret in it (SEC-38)."""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

# The number of 18 characters wherever it stands between other characters, and mobile numbers: first and last kept.
_ID_NUMBER = re.compile(r"(?<![0-9])([1-9])[0-9]{16}([0-9Xx])(?![0-9])")
_PHONE = re.compile(r"(?<![0-9])(1[3-9])[0-9]{7}([0-9]{2})(?![0-9])")
# What follows a word for a secret, in URLs, headers, JSON and Python's own way of showing dictionaries.
_WORDS = "password|passwd|pwd|secret|token|otp|authorization|cookie|csrfmiddlewaretoken|sessionid|密码|口令"
_SECRET = re.compile(
    rf"""(?ix) ( [\w-]*(?:{_WORDS})[\w-]* ["']? \s* [:=]\s* (?:(?:bearer|basic)\s+)? ["']? ) ( [^\s"'&,;)}}\]]+ )"""
)
_BREAKS = re.compile(
    "[\\x7f-\\x9f\\u2028\\u2029]"
)  # what JSON leaves as it is and some readers take for the end of a line
# A part of a path that is a key: a wall, a calendar, a file that is handed over. Long names of modules have no capitals.
_IN_PATH = re.compile(r"(?<=/)(?=[a-z0-9_:-]*[A-Z])[A-Za-z0-9_:-]{40,}")
_IN_ADDRESS = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://[^\s:/@]*:)[^\s@/]+@")


def masked(text: str) -> str:
    """The text without ID numbers, mobile numbers, passwords and tokens."""
    text = _ID_NUMBER.sub(lambda found: f"{found[1]}{'*' * 16}{found[2]}", text)
    text = _PHONE.sub(r"\1*******\2", text)
    text = _IN_PATH.sub("***", _SECRET.sub(r"\1***", text))
    return _IN_ADDRESS.sub(r"\1***@", text)


class JsonLines(logging.Formatter):
    """`{"time", "level", "logger", "message"}` and, where there is one, `"trace"`."""

    def format(self, record: logging.LogRecord) -> str:
        facts: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        if record.exc_info:
            facts["trace"] = masked(self.formatException(record.exc_info))
        return _BREAKS.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(facts, ensure_ascii=False))
