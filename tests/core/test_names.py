"""Names as offices write them (CLASS_WORKBOOK.md §1; QUALITY.md B17, B18, B20, B24)."""

import pytest

from core import names
from core.names import PersonName


@pytest.mark.parametrize(
    ("written", "bare"),
    [
        ("张　伟", "张伟"),
        (" 张 伟 ", "张伟"),
        ("欧 阳 修", "欧阳修"),
        ("欧阳 致远", "欧阳 致远"),
        ("John  Smith", "John Smith"),
        ("龚䶮", "龚䶮"),
        ("刘\u3000𬭎", "刘𬭎"),
        ("﨑本", "﨑本"),
        ("凞", "凞"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("Ａｂ", "Ab"),
    ],
)
def test_b24_one_written_form(written: str, bare: str):
    assert names.normalise(written) == bare


@pytest.mark.parametrize("dot", ["·", "•", "・", "‧"])
def test_b24_dots_are_one(dot: str):
    assert names.normalise(f"阿卜杜拉{dot}买买提") == "阿卜杜拉·买买提"


@pytest.mark.parametrize("written", ["王伟(002X)", "王伟（002X）", "王　伟（ 002x ）", "王伟 (００２Ｘ)"])
def test_suffix_in_brackets_of_either_width(written: str):
    assert names.parse(written) == PersonName("王伟", "002X")
    assert names.parse(written).label == "王伟(002X)"


@pytest.mark.parametrize("written", ["王伟(女)", "王伟(12345)", "王伟(X002)"])
def test_other_brackets_belong_to_the_name(written: str):
    assert names.parse(written).suffix == ""


@pytest.mark.parametrize(
    "bad", ["张\x00三", "张\x0b三", "张\u202e三", "张\u200b三", "\ufeff张三", "张\u2066三", "张\ud800"]
)
def test_sec_28_b17_b18_invisible_characters_are_faults(bad: str):
    assert "看不见的字符" in (names.fault_of(bad) or "")


@pytest.mark.parametrize(
    "good", ["张　伟", "龚䶮", "刘𬭎", "阿依古丽·买买提", "甲", "艾" * 31, "张\n三", "=cmd|' /C calc'!A0"]
)
def test_other_names_are_not(good: str):
    assert names.fault_of(good) is None


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("单雄", "shanxiong", "sx"),
        ("曾国藩", "zengguofan", "zgf"),
        ("仇和", "qiuhe", "qh"),
        ("万俟卨", "moqixie", "mqx"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("欧阳致远", "ouyangzhiyuan", "oyzy"),
        ("阿依古丽·买买提", "ayigulimaimaiti", "ayglmmt"),
        ("龚䶮", "gongyan", "gy"),
    ],
)
def test_pinyin_knows_surnames(name: str, full: str, initials: str):
    assert names.pinyin(name) == (full, initials)
