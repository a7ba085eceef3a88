"""A form's fields as typed values, and what is wrong with them in words; the file itself is read by a child process."""

import base64
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePath

from core import idnumber, names
from core.operations import Refused
from core.pictures import take_upload
from core.sheets.child import order_line
from core.sheets.limits import MEGABYTE, Limits
from core.sheets.reading import ask
from core.sheets.refusal import FileRefused
from core.sheets.text import line

ENDINGS = (".lrmx", ".lrm")
LIMITS = Limits(file_bytes=5 * MEGABYTE, memory_bytes=512 * MEGABYTE, cpu_seconds=10, wall_seconds=15.0)
CHILD = "trainees.personnel.child"
SLOW = ("too_slow", "too_large")
MONTH = re.compile(r"((?:19|20)[0-9]{2})\.?(0[1-9]|1[0-2])(?:[0-9]{2})?")
PARTY = "中共党员"


@dataclass(frozen=True, slots=True)
class FormFacts:
    """What a form says; an empty text or None where it says nothing. `faults` forbid taking it in, `notices` do not.

    `photo` is a JPEG drawn anew. Months stand as their first day.
    """

    name: str
    id_number: str
    sex: str = ""
    ethnic_group: str = ""
    political_status: str = ""
    party_since: date | None = None
    work_since: date | None = None
    post: str = ""
    photo: bytes = b""
    faults: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def read_form(data: bytes, file_name: str, today: date) -> FormFacts:
    """Read one form. Raises FileRefused with a sentence for what cannot be read as a form at all."""
    ending = PurePath(file_name).suffix.lower()
    if ending not in ENDINGS:
        raise FileRefused("ending", f"只接受 {'、'.join(ENDINGS)} 文件")
    if len(data) > LIMITS.file_bytes:
        raise FileRefused("too_large", f"文件超过 {LIMITS.file_bytes // MEGABYTE} MB")
    try:
        answer, _ = ask(order_line("form", LIMITS, ending=ending), data, LIMITS, CHILD)
    except FileRefused as refused:
        if refused.code in SLOW:
            raise FileRefused(refused.code, "文件太大或已损坏，无法读取") from refused
        raise
    return facts_of(answer["fields"], ending, today)


def facts_of(fields: dict[str, str], ending: str, today: date) -> FormFacts:
    """Typed values; every fault and notice at once."""
    faults, notices = list[str](), list[str]()
    number = idnumber.normalise(fields.get("id_number", ""))
    _check_number(number, fields, today, faults, notices)
    name = names.normalise(fields["name"])
    if wrong := names.fault_of(name):
        faults.append(f"姓名{wrong}")
    party, status = _party(fields.get("party", ""), notices)
    post = fields.get("post", "")
    if len(post) > 100:
        notices.append("现任职务超过 100 个字，只取前 100 个字，请核对")
    if ending == ".lrm":
        notices.append("旧格式 .lrm 只读取姓名、性别、出生年月、民族和身份证号；入党、参加工作时间和职务请另行登记")
    return FormFacts(
        name, number, fields.get("sex", "") if fields.get("sex") in ("男", "女") else "",
        line(fields.get("ethnic_group", ""))[:20], status, party, _month(fields.get("work", ""), "参加工作时间", notices),
        " ".join(line(post).split())[:100], _photo(fields.get("photo", ""), notices), faults, notices,
    )  # fmt: skip


def _check_number(number: str, fields: dict[str, str], today: date, faults: list[str], notices: list[str]) -> None:
    if not number:
        faults.append("表里没有身份证号：只凭姓名不能认定是谁，请在任免表编辑器中补上后重新导出")
        return
    if idnumber.fault_of(number, today):
        faults.append("身份证号不正确（位数、出生日期或校验位），请核对后重新导出")
        return
    born, said = idnumber.birth_date(number), MONTH.match(fields.get("birth", ""))
    if said and born and (int(said[1]), int(said[2])) != (born.year, born.month):
        notices.append("出生年月与身份证号不一致，请核对")
    if fields.get("sex") in ("男", "女") and fields["sex"] != idnumber.sex(number):
        notices.append("性别与身份证号不一致，请核对")


def _party(text: str, notices: list[str]) -> tuple[date | None, str]:
    """yyyyMM, perhaps followed by another party: 199207；民盟."""
    if not text:
        return None, ""
    found = MONTH.match(text)
    if found is None:
        notices.append(f"入党时间“{text[:20]}”不是年月，没有读取")
        return None, ""
    return date(int(found[1]), int(found[2]), 1), PARTY


def _month(text: str, label: str, notices: list[str]) -> date | None:
    found = MONTH.match(text)
    if found is None:
        if text:
            notices.append(f"{label}“{text[:20]}”不是年月，没有读取")
        return None
    return date(int(found[1]), int(found[2]), 1)


def _photo(text: str, notices: list[str]) -> bytes:
    """The photo drawn anew as JPEG; nothing, and a notice, where it is none or too big."""
    if not text:
        return b""
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
        upload = take_upload(data, "照片.jpg")
    except ValueError:
        notices.append("照片读不出来，没有采用")
        return b""
    except Refused as refused:
        notices.append(f"照片没有采用：{refused.message}")
        return b""
    if not upload.name.endswith(".jpg"):
        notices.append("照片没有采用：只接受 JPG、PNG 图片")
        return b""
    return upload.data
