"""The gate every uploaded workbook passes before any spreadsheet library sees it (QUALITY.md SEC-24, B02, B05–B08).

Everything is counted while it is unpacked: what the zip directory says may be a lie.
"""

import copy
import io
import stat
import xml.parsers.expat
import zipfile
from collections.abc import Iterator

from core.sheets.limits import Limits
from core.sheets.refusal import FileRefused

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHUNK = 64 * 1024
_XLSX_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_OTHER_OFFICE = (
    (b"macroEnabled", "macros", "文件含有宏（.xlsm），请在 Excel 中另存为不含宏的“Excel 工作簿（*.xlsx）”后再上传"),
    (b"wordprocessingml", "docx", "这是 Word 文档，不是 Excel 工作簿（.xlsx）"),
    (b"presentationml", "pptx", "这是演示文稿，不是 Excel 工作簿（.xlsx）"),
)
_MACROS = _OTHER_OFFICE[0]


def check_kind(data: bytes, limits: Limits) -> None:
    """Refuse by the first bytes what is no zip file at all, naming what it is.

    Raises:
        FileRefused: with a code for the kind.
    """
    if not data:
        raise FileRefused("empty", "文件是空的（0 字节）")
    if len(data) > limits.file_bytes:
        raise FileRefused("too_large", f"文件超过 {limits.file_bytes // 1024 // 1024} MB")
    if data.startswith(_OLE):
        _refuse_ole(data)
    head = data[:1024].lstrip(b"\xef\xbb\xbf\r\n\t ").lower()
    if head.startswith(b"%pdf"):
        raise FileRefused("pdf", "这是 PDF 文件，不是 Excel 工作簿（.xlsx）")
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")):
        raise FileRefused("html", "这是网页（HTML）存成的表格，请在 Excel 中另存为“Excel 工作簿（*.xlsx）”后再上传")
    if not data.startswith(b"PK"):
        raise FileRefused("not_xlsx", "不是 Excel 工作簿（.xlsx）")


def _refuse_ole(data: bytes) -> None:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise FileRefused("encrypted", "文件设有打开密码，请取消密码后再上传")
    raise FileRefused("xls", "这是旧版 Excel 文件（.xls），请在 Excel 中另存为“Excel 工作簿（*.xlsx）”后再上传")


def inspect(data: bytes, limits: Limits) -> None:
    """Check the whole package: directory, true sizes, XML prologs, content type.

    Raises:
        FileRefused: at the first thing that must not be there.
    """
    check_kind(data, limits)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_directory(package.infolist(), limits)
            _check_parts(package, limits)
            _check_content_type(package)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, ValueError, NotImplementedError, OSError) as error:
        raise FileRefused("damaged", "文件不完整或已损坏，请在 Excel 中重新保存后再上传") from error
    except zipfile.zlib.error as error:  # type: ignore[attr-defined]
        raise FileRefused("damaged", "文件不完整或已损坏，请在 Excel 中重新保存后再上传") from error


def _check_directory(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.entries:
        raise FileRefused("too_many_entries", f"压缩包内部件超过 {limits.entries} 个")
    if sum(entry.file_size for entry in entries) > limits.unpacked_bytes:
        raise _too_big(limits)
    seen: set[str] = set()
    for entry in entries:
        _check_entry(entry)
        folded = entry.filename.replace("\\", "/").lower()
        if folded in seen:
            raise FileRefused("duplicate_entry", "压缩包内有重名的部件")
        seen.add(folded)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename.replace("\\", "/")
    if name.startswith("/") or ":" in name or ".." in name.split("/") or "\x00" in entry.orig_filename:
        raise FileRefused("bad_path", "压缩包内有不安全的路径")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise FileRefused("symlink", "压缩包内有符号链接")
    if entry.flag_bits & 0x1:
        raise FileRefused("encrypted", "文件经过加密，请取消密码后再上传")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileRefused("not_xlsx", "不是 Excel 工作簿（.xlsx）：压缩方式不对")
    if name.lower().endswith("vbaproject.bin"):
        raise FileRefused(_MACROS[1], _MACROS[2])


def _check_parts(package: zipfile.ZipFile, limits: Limits) -> None:
    left = limits.unpacked_bytes
    for entry in package.infolist():
        size = 0
        prolog = _Prolog()
        for chunk in _unpack(package, entry):
            size += len(chunk)
            if size > left:
                raise _too_big(limits)
            if size > limits.ratio_free_bytes and size > limits.ratio * max(entry.compress_size, 1):
                raise FileRefused("ratio", "压缩比异常，文件不安全")
            prolog.feed(chunk)
        if size != entry.file_size:
            raise FileRefused("damaged", "文件不完整或已损坏：部件大小与目录不符")
        left -= size


def _unpack(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    # The reader stops at the size the directory names; a lying directory must not hide the rest.
    unbounded = copy.copy(entry)
    unbounded.file_size = 1 << 40
    with package.open(unbounded) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _too_big(limits: Limits) -> FileRefused:
    return FileRefused("unpacked_too_large", f"文件解开后超过 {limits.unpacked_bytes // 1024 // 1024} MB")


class _PrologRead(Exception):
    """The root element has begun: no DTD can follow."""


class _Prolog:
    """Feeds the beginning of a part to expat until its root element; a document type or a nested zip is refused."""

    def __init__(self) -> None:
        self._parser: xml.parsers.expat.XMLParserType | None = None
        self._begun = False

    def feed(self, chunk: bytes) -> None:
        if not self._begun:
            self._begun = True
            self._start(chunk)
        if self._parser is None:
            return
        try:
            self._parser.Parse(chunk)
        except _PrologRead:
            self._parser = None
        except xml.parsers.expat.ExpatError as error:
            raise FileRefused("damaged", "文件内部的 XML 已损坏") from error

    def _start(self, chunk: bytes) -> None:
        if chunk.startswith(b"PK\x03\x04"):
            raise FileRefused("nested_zip", "文件里嵌入了另一个压缩包，请删去嵌入的对象后再上传")
        if not chunk.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe\r\n\t ").startswith(b"<"):
            return
        self._parser = xml.parsers.expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._element

    def _doctype(self, *_: object) -> None:
        raise FileRefused("dtd", "文件内部含有 DTD（文档类型定义），不允许 DTD")

    def _element(self, *_: object) -> None:
        raise _PrologRead


def _check_content_type(package: zipfile.ZipFile) -> None:
    names = {entry.filename.replace("\\", "/").lower(): entry for entry in package.infolist()}
    types = names.get("[content_types].xml")
    if types is None:
        kind = "这是 OpenDocument 文件，" if "mimetype" in names else ""
        raise FileRefused("not_xlsx", f"{kind}不是 Excel 工作簿（.xlsx）")
    text = package.read(types)
    for mark, code, message in _OTHER_OFFICE:
        if mark in text:
            raise FileRefused(code, message)
    if _XLSX_TYPE not in text:
        raise FileRefused("not_xlsx", "不是 Excel 工作簿（.xlsx）")
