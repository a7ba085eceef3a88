"""B12, B13: a units file in whatever encoding an office saves, and what is no CSV at all."""

import pytest

from organization.loading import UnitsRefused, import_units
from organization.models import Unit

pytestmark = pytest.mark.django_db
HEAD = "编码,单位名称,简称,上级编码,单位性质,层级\n"
TEXT = HEAD + "A,䶮城县委组织部,,,组织部门,县\nB,𠮷水镇人民政府,,A,机关,乡\n"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "units.csv"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_b12_every_encoding_brings_the_same_names(file, encoding):
    file.write_bytes(TEXT.encode(encoding))
    assert import_units(file) == 2
    assert sorted(Unit.objects.values_list("name", flat=True)) == sorted(["䶮城县委组织部", "𠮷水镇人民政府"])


def test_b12_gbk_is_read_as_gb18030(file):
    file.write_bytes(TEXT.replace("䶮", "龙").replace("𠮷", "吉").encode("gbk"))
    assert import_units(file) == 2
    assert Unit.objects.filter(name="龙城县委组织部").exists()


@pytest.mark.parametrize("breaks", ["\r", "\r\n"])
def test_b13_line_ends_of_every_machine(file, breaks):
    file.write_bytes(TEXT.replace("\n", breaks).encode())
    assert import_units(file) == 2


BROKEN = {
    "field of 131,073 characters": (HEAD + "A," + "长" * 131_073 + ",,,组织部门,县\n", "过长"),
    "cell of 2,001 characters": (HEAD + "A," + "长" * 2_001 + ",,,组织部门,县\n", "第2行有一格超过 2000 个字"),
    "unclosed quote": (HEAD + 'A,"甲市委组织部,,,组织部门,县\n', "引号没有成对"),
    "10,000 columns": (",".join(f"列{number}" for number in range(10_000)) + "\n", "60 列"),
    "NUL": (TEXT.replace("水", "\0"), "NUL"),
    "semicolons": (TEXT.replace(",", ";"), "缺少列"),
    "tabs": (TEXT.replace(",", "\t"), "缺少列"),
    "ragged": (HEAD + "A,甲市委组织部,,,组织部门\n", "第2行有 5 列，表头有 6 列"),
    "20,001 rows": (HEAD + "A,甲,,,组织部门,县\n" * 20_001, "20000 行"),
    "empty": ("", "缺少列"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_b13_what_is_no_table_is_told_and_nothing_is_written(file, name):
    text, said = BROKEN[name]
    file.write_bytes(text.encode())
    with pytest.raises(UnitsRefused, match=said):
        import_units(file)
    assert not Unit.objects.exists()


def test_b12_bytes_of_no_encoding(file):
    file.write_bytes(TEXT.encode() + b"\xff\xff\x81")
    with pytest.raises(UnitsRefused, match="编码无法识别"):
        import_units(file)
