"""A browser's own description in words that people know."""

SYSTEMS = (("iPhone", "苹果手机"), ("iPad", "苹果平板"), ("Android", "安卓手机"), ("HarmonyOS", "鸿蒙手机"),
           ("Windows", "Windows 电脑"), ("Mac OS", "苹果电脑"), ("Linux", "Linux 电脑"))  # fmt: skip
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)


def device_words(agent: str) -> str:
    """`Windows 电脑 · Edge`; what is not known is called so."""
    words = [next((word for mark, word in known if mark in agent), "") for known in (SYSTEMS, BROWSERS)]
    return " · ".join(filter(None, words)) or "未知设备"


PHONES = ("iPhone", "Android", "HarmonyOS", "Mobile")


def is_phone(agent: str) -> bool:
    """Whether a browser says that it runs on a phone."""
    return any(mark in agent for mark in PHONES)
