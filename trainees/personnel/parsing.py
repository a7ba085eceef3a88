"""Bytes of a form → its fields as text. Runs in the child process only: no Django, nothing trusted (SEC-25)."""

import codecs
import csv
import io
import re
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException, DTDForbidden
from defusedxml.ElementTree import DefusedXMLParser

from core.sheets.refusal import FileRefused

FIELDS = {
    "XingMing": "name", "XingBie": "sex", "ChuShengNianYue": "birth", "MinZu": "ethnic_group",
    "RuDangShiJian": "party", "CanJiaGongZuoShiJian": "work", "XianRenZhiWu": "post", "ShenFenZheng": "id_number",
    "ZhaoPian": "photo",
}  # fmt: skip
"""What is taken; the rest (résumé, family, awards, appraisals) is not read into anything that is kept."""
LRM = ("name", "sex", "birth", "ethnic_group")
DEPTH, ELEMENTS = 50, 200_000
LONGEST = 2_000
ID_FORM = re.compile(r"[0-9]{17}[0-9Xx]")
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
NOT_A_FORM = FileRefused("not_form", "不是干部任免审批表，请选择任免表编辑器保存的 .lrmx 文件")


def parse(data: bytes, ending: str) -> dict[str, str]:
    """The fields that are there, by our names. Raises FileRefused."""
    if not data.strip():
        raise FileRefused("empty", "文件是空的")
    fields = parse_lrm(data) if ending == ".lrm" else parse_lrmx(data)
    if not fields.get("name"):
        raise FileRefused("no_name", "表里没有姓名，可能不是干部任免审批表")
    return fields


def parse_lrmx(data: bytes) -> dict[str, str]:
    text = decoded(data)
    if not text.lstrip().startswith("<"):
        raise NOT_A_FORM
    collector = Collector()
    parser = DefusedXMLParser(target=collector, forbid_dtd=True, encoding="utf-8")
    try:
        parser.feed(DECLARATION.sub("", text, count=1).encode())
        parser.close()
    except DTDForbidden as error:
        raise FileRefused("dtd", "文件内部含有 DTD（文档类型定义），不允许 DTD") from error
    except DefusedXmlException as error:
        raise FileRefused("entity", "文件内部含有实体定义，不允许实体") from error
    except (ParseError, ValueError) as error:
        raise FileRefused("damaged", "文件内部的 XML 已损坏，请从任免表编辑器重新导出") from error
    return collector.fields


class Collector:
    """Takes the text of the wanted children of Person; counts depth and elements as they come."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self._depth = self._elements = 0
        self._wanted, self._texts = "", list[str]()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth, self._elements = self._depth + 1, self._elements + 1
        if self._depth > DEPTH:
            raise FileRefused("too_deep", f"文件的元素嵌套超过 {DEPTH} 层")
        if self._elements > ELEMENTS:
            raise FileRefused("too_many", f"文件的元素超过 {ELEMENTS} 个")
        if self._depth == 1 and tag != "Person":
            raise NOT_A_FORM
        if self._depth == 2:
            self._wanted, self._texts = FIELDS.get(tag, ""), []

    def data(self, text: str) -> None:
        if self._wanted and self._depth == 2:
            self._texts.append(text)

    def end(self, tag: str) -> None:
        if self._depth == 2 and self._wanted:
            self.fields.setdefault(self._wanted, bounded(self._wanted, "".join(self._texts)))
            self._wanted = ""
        self._depth -= 1

    def close(self) -> None:
        """Nothing is left to do."""


def bounded(name: str, text: str) -> str:
    """A field's text without outer white space. Raises FileRefused for one that no form has."""
    text = text.strip()
    if name != "photo" and len(text) > LONGEST:
        raise FileRefused("too_long", f"有一项文字超过 {LONGEST} 个字，可能不是干部任免审批表")
    return text


def parse_lrm(data: bytes) -> dict[str, str]:
    """The first record: four fields by place, the ID number by its form."""
    text = decoded(data)
    csv.field_size_limit(len(text) + 1)
    try:
        record = next(csv.reader(io.StringIO(text, newline=""), skipinitialspace=True), [])
    except csv.Error as error:
        raise FileRefused("damaged", "文件里的引号没有成对，请从任免表编辑器重新导出") from error
    if len(record) < len(LRM) or not text.lstrip().startswith('"'):
        raise FileRefused("not_form", "不是 .lrm 任免表：应为一行带引号的内容，依次为姓名、性别、出生年月、民族……")
    fields = {name: bounded(name, value) for name, value in zip(LRM, record, strict=False)}
    number = next((value.strip() for value in record if ID_FORM.fullmatch(value.strip())), "")
    return fields | ({"id_number": number} if number else {})


def decoded(data: bytes) -> str:
    """By its mark, else UTF-8, else GBK: what the XML's first line says of itself is often wrong."""
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FileRefused("bad_encoding", "文件的文字编码无法识别（应为 UTF-8 或 GBK）")
