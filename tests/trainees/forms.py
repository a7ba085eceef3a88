"""Personnel forms for tests; every name is invented, every number of region 99."""

import base64
from io import BytesIO
from typing import Any

from PIL import Image

HEAD = '<?xml version="1.0" encoding="{encoding}"?>'
FACTS = {
    "XingMing": "司马清扬", "XingBie": "女", "ChuShengNianYue": "198506", "MinZu": "汉族", "JiGuan": "云岭清溪",
    "RuDangShiJian": "200807", "CanJiaGongZuoShiJian": "200907", "QuanRiZhiJiaoYu_XueLi": "大学",
    "XianRenZhiWu": "云岭市史志研究中心主任", "JianLi": "2009.07—    云岭市史志研究中心工作",
}  # fmt: skip


def lrmx(encoding: str = "utf-8", said: str = "", mark: bool = True, **facts: Any) -> bytes:
    """A form; `said` is the encoding that its first line names."""
    rows = "".join(f"<{tag}>{text}</{tag}>" for tag, text in (FACTS | facts).items())
    family = "<JiaTingChengYuan><Item><ChengWei>配偶</ChengWei><XingMing>某人</XingMing></Item></JiaTingChengYuan>"
    text = HEAD.format(encoding=said or encoding) + f"<Person>{rows}{family}</Person>"
    return (b"\xef\xbb\xbf" if mark and encoding == "utf-8" else b"") + text.encode(encoding)


def lrm(number: str = "", **facts: str) -> bytes:
    said = [FACTS["XingMing"], "女", "1985.06", "汉族", "云岭清溪", "2008.07", "健康", number]
    return ",".join(f'"{one}"' for one in said).encode("gbk")


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 80), **more: Any) -> str:
    data = BytesIO()
    Image.new("RGB", size, "#336699").save(data, kind, **more)
    return base64.b64encode(data.getvalue()).decode()


def with_place() -> str:
    """A photo as a phone writes it."""
    facts = Image.Exif()
    facts[0x010F] = "手机厂"
    facts.get_ifd(0x8825)[1] = "N"
    return picture("JPEG", exif=facts)
