"""Settings are read once, by name and type, from the environment; a missing or unsafe value stops the start."""

import re
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()


class UnsafeSettings(SystemExit):
    """The portal must not start like this; the message says what to set."""

    def __init__(self, message: str) -> None:
        super().__init__(f"启动被拒绝：{message}")


def load_env_file() -> None:
    """Read `.env` beside manage.py, if there is one; variables already set win."""
    environ.Env.read_env(BASE_DIR / ".env", overwrite=False)


def required(name: str, hint: str) -> str:
    value: str = env.str(name, default="")
    if not value:
        raise UnsafeSettings(f"缺少环境变量 {name}（{hint}）")
    return value


def secret_key(debug: bool) -> str:
    """SECRET_KEY, at least 50 characters and never an example one (SEC-11)."""
    key = required("SECRET_KEY", "至少 50 个随机字符")
    if not debug and (len(key) < 50 or key.startswith("django-insecure") or len(set(key)) < 10):
        raise UnsafeSettings("SECRET_KEY 太短或是示例值，须为至少 50 个随机字符")
    return key


def field_keys() -> dict[str, bytes]:
    """Keys of encrypted fields, `k2:<32 hex>,k1:<32 hex>`: the first encrypts, all decrypt (SM4, 128 bits)."""
    keys: dict[str, bytes] = {}
    for part in required("FIELD_KEYS", "如 k1:32位十六进制").split(","):
        match = re.fullmatch(r"\s*([a-z0-9]{1,8}):([0-9a-fA-F]{32})\s*", part)
        if not match:
            raise UnsafeSettings("FIELD_KEYS 的格式应为 编号:32位十六进制，用逗号分隔")
        keys[match[1]] = bytes.fromhex(match[2])
    return keys


def index_key() -> bytes:
    """Key of the blind index over ID numbers (HMAC-SM3), kept apart from the field keys."""
    return hmac_key("INDEX_KEY")


def audit_key() -> bytes:
    """Key of the audit log's chain (HMAC-SM3), kept apart from the database and from its backups."""
    return hmac_key("AUDIT_KEY")


def backup_key() -> bytes:
    """Key of backups (SM4, 128 bits), kept apart from them; empty leaves them as they are."""
    value = env.str("BACKUP_KEY", default="")
    if value and not re.fullmatch(r"[0-9a-fA-F]{32}", value):
        raise UnsafeSettings("BACKUP_KEY 应为 32 位十六进制")
    return bytes.fromhex(value)


def hmac_key(name: str) -> bytes:
    """64 hex digits."""
    value = required(name, "64 位十六进制")
    if not re.fullmatch(r"[0-9a-fA-F]{64}", value):
        raise UnsafeSettings(f"{name} 应为 64 位十六进制")
    return bytes.fromhex(value)


def whole_number(name: str, default: int, least: int, most: int) -> int:
    """A number within its bounds; anything else stops the start."""
    value: int = env.int(name, default=default)
    if not least <= value <= most:
        raise UnsafeSettings(f"{name} 应在 {least} 至 {most} 之间")
    return value


def one_of(name: str, default: str, choices: tuple[str, ...]) -> str:
    value: str = env.str(name, default=default)
    if value not in choices:
        raise UnsafeSettings(f"{name} 应为 {' 或 '.join(choices)}")
    return value


def second_factor(demo: bool) -> str:
    """`required` or `off`; off outside the demo is an explicit decision of the office (QUALITY.md §3, SEC-04)."""
    value = one_of("SECOND_FACTOR", "off" if demo else "required", ("required", "off"))
    if value == "off" and not demo and not env.bool("ALLOW_WITHOUT_SECOND_FACTOR", default=False):
        raise UnsafeSettings("SECOND_FACTOR=off 会关闭动态口令；确需关闭时须显式设 ALLOW_WITHOUT_SECOND_FACTOR=1")
    return value


def scanner(mode: str, address: str) -> str:
    """The address of clamd, needed unless the scanner is off: host:port, or the path of a socket."""
    text = env.str(address, default="")
    if mode != "off" and not re.fullmatch(r"/.+|(\[[0-9a-fA-F:]+\]|[^\s:/]+):[0-9]{1,5}", text):
        raise UnsafeSettings(f"SCANNER={mode} 时 {address} 应为 主机:端口，或 /套接字的路径")
    return text


def collector(name: str) -> tuple[str, str, int] | None:
    """(kind, host, port) of a log collector, `tcp://host:port` or `udp://host:port`; None where there is none."""
    text = env.str(name, default="")
    match = re.fullmatch(r"(tcp|udp)://(\[[0-9a-fA-F:]+\]|[^\s:/]+):([0-9]{1,5})", text)
    if text and not match:
        raise UnsafeSettings(f"{name} 应形如 tcp://主机:端口 或 udp://主机:端口")
    return (match[1], match[2].strip("[]"), int(match[3])) if match else None
