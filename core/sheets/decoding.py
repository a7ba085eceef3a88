"""CSV as offices save it: UTF-8 with or without its mark, GBK and GB18030, UTF-16 with its mark; within bounds (B12, B13)."""

import codecs
import csv
import io
from collections.abc import Sequence

from core.sheets.limits import OTHER, Limits
from core.sheets.refusal import FileRefused

LONGEST = 2_000
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decoded(data: bytes) -> str:
    """The text of a file, by the strict order UTF-16 with its mark, UTF-8, GB18030. Raises FileRefused for none of them."""
    order = ("utf-16",) if data.startswith(UTF_16) else ("utf-8-sig", "gb18030")
    for encoding in order:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused("bad_encoding", "文件的文字编码无法识别，请另存为“CSV UTF-8（逗号分隔）”")


def rows_of(data: bytes, limits: Limits = OTHER) -> Sequence[Sequence[str]]:
    """The lines of a CSV file, all as wide as its header. Raises FileRefused with a sentence."""
    if len(data) > limits.file_bytes:
        raise FileRefused("too_large", "文件超过 10 MB 的上限")
    text = decoded(data).replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        raise FileRefused("not_text", "文件中有空字符（NUL），不是文本文件，请重新导出为 CSV")
    try:
        lines = [line for line in csv.reader(io.StringIO(text), strict=True) if any(line)]
    except csv.Error as error:
        raise FileRefused("bad_csv", "引号没有成对，或有一格过长，请用 Excel 打开检查后另存为 CSV") from error
    _check(lines, limits)
    return lines


def _check(lines: Sequence[Sequence[str]], limits: Limits) -> None:
    if len(lines) - 1 > limits.rows or max(map(len, lines), default=0) > limits.columns:
        raise FileRefused("too_many_cells", f"超过上限：最多 {limits.rows} 行、{limits.columns} 列")
    for number, line in enumerate(lines, 1):
        if len(line) != len(lines[0]):
            raise FileRefused("ragged", f"第{number}行有 {len(line)} 列，表头有 {len(lines[0])} 列；列之间请用逗号分隔")
        if any(len(cell) > LONGEST for cell in line):
            raise FileRefused("too_long", f"第{number}行有一格超过 {LONGEST} 个字")
