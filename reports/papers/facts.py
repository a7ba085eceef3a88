"""What several documents show: the class, and how a document goes out. Plain values, read from no database here."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

GRADES = ("优秀", "良好", "合格", "不合格", "退学", "未评定")
CANDIDATE, UNDECIDED = "是", "待定"  # 优秀学员人选; "" for everybody else


@dataclass(frozen=True)
class ClassFacts:
    """A class as its documents describe it. `hours` are those of the timetable, `scheme` names scheme and version."""

    name: str
    begins: date
    ends: date
    host: str  # 主办单位
    trainees: int
    hours: Decimal
    scheme: str  # “4+1”量化考核办法（第1版）
    code: str = ""
    organizer: str = ""  # 承办单位
    place: str = ""
    unassessed: tuple[str, ...] = ()  # 指标项 that could not be assessed: then nobody has a grade or rank


@dataclass(frozen=True)
class Issue:
    """How a document goes out. Without a number it is a draft: watermarked, without QR code or seal."""

    office: str  # 发文机关
    day: date  # 成文日期
    number: str | None = None  # 云组函〔2026〕12号
    replaces: str | None = None  # the number of the document that this one replaces
    check_url: str = ""  # what the QR code opens
    seal: bytes | None = None  # PNG or JPEG; without one the room for it is left
    contact: str = ""  # 联系人：张三，电话：0000-1234567

    @property
    def is_draft(self) -> bool:
        return self.number is None

    @property
    def images(self) -> dict[str, bytes]:
        return {} if self.seal is None or self.is_draft else {"seal": self.seal}
