"""B27, SEC-24, SEC-25: what a personnel form says, and what nobody gets through it."""

import base64
from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from core.sheets.refusal import FileRefused
from tests import factories as make
from tests.trainees.forms import lrm, lrmx, picture, with_place
from trainees.personnel.reading import read_form

TODAY = date(2026, 6, 1)


def number() -> str:
    """A woman's, born in June 1985, as the form says."""
    return make.id_number(2)


def read(data: bytes, name: str = "司马清扬.lrmx"):
    return read_form(data, name, TODAY)


def refused(data: bytes, name: str = "司马清扬.lrmx") -> str:
    with pytest.raises(FileRefused) as caught:
        read(data, name)
    return caught.value.code


def test_a_form_says_who_it_is_about():
    mine = number()
    said = read(lrmx(ShenFenZheng=mine, ZhaoPian=picture()))
    assert (said.name, said.id_number, said.sex, said.ethnic_group) == ("司马清扬", mine, "女", "汉族")
    assert (said.party_since, said.political_status) == (date(2008, 7, 1), "中共党员")
    assert (said.work_since, said.post) == (date(2009, 7, 1), "云岭市史志研究中心主任")
    assert said.photo.startswith(b"\xff\xd8\xff") and said.faults == said.notices == []


@pytest.mark.parametrize(
    "encoding, said", [("utf-8", ""), ("utf-8", "gb2312"), ("gb18030", "gb2312"), ("gb18030", "utf-8"), ("utf-16", "")]
)
def test_b27_the_encoding_is_looked_at_not_believed(encoding, said):
    assert read(lrmx(encoding, said, ShenFenZheng=number())).name == "司马清扬"
    assert read(lrmx(encoding, said, mark=False, ShenFenZheng=number())).name == "司马清扬"


@pytest.mark.parametrize("doctype", [
    '<!DOCTYPE Person [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE Person SYSTEM "http://portal.test/evil.dtd">',
    '<!DOCTYPE Person [<!ENTITY a "哈"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    '<!DOCTYPE Person [<!ENTITY % p SYSTEM "http://portal.test/p"> %p;]>',
    "<!DOCTYPE Person>",
])  # fmt: skip
def test_b27_no_dtd_whatever_it_is_for(doctype):
    data = lrmx().decode("utf-8-sig").replace("<Person>", f"{doctype}<Person>", 1)
    assert refused(data.encode()) == "dtd"


@pytest.mark.parametrize("data, code", [
    (b"", "empty"), (b"  \n", "empty"), (b"%PDF-1.7", "not_form"), (b"PK\x03\x04", "not_form"),
    (b"<html><body>x</body></html>", "not_form"), (b"<Persons><XingMing>x</XingMing></Persons>", "not_form"),
    (b"<Person><XingMing>x</Person>", "damaged"), (b"<Person></Person>", "no_name"), (b"\xff\x00\xfe", "bad_encoding"),
    (b"<Person>" + b"<a>" * 50 + b"</a>" * 50 + b"</Person>", "too_deep"),
    (b"<Person>" + b"<a/>" * 200_000 + b"</Person>", "too_many"),
    (b"<Person><XingMing>" + b"x" * 2001 + b"</XingMing></Person>", "too_long"),
    (b"<Person>" + b" " * (5 * 1024 * 1024) + b"</Person>", "too_large"),
])  # fmt: skip
def test_b27_what_is_no_form_is_refused_in_words(data, code):
    assert refused(data) == code


def test_another_ending_is_not_read():
    assert refused(lrmx(), "司马清扬.xml") == "ending"


@pytest.mark.parametrize("photo", [
    picture("GIF"), base64.b64encode(b"<svg xmlns='x'/>").decode(), base64.b64encode(b"<html>").decode(),
    picture("JPEG")[:40], "不是编码", picture(size=(12_000, 12_000)), base64.b64encode(b"%PDF-1.4 x").decode(),
])  # fmt: skip
def test_b27_a_photo_that_is_none_is_left_out_and_the_text_is_good(photo):
    said = read(lrmx(ShenFenZheng=number(), ZhaoPian=photo))
    assert said.photo == b"" and len(said.notices) == 1 and "照片" in said.notices[0]
    assert said.name == "司马清扬" and said.faults == []


def test_b27_a_photo_keeps_nothing_of_the_camera():
    said = read(lrmx(ShenFenZheng=number(), ZhaoPian=with_place()))
    with Image.open(BytesIO(said.photo)) as shown:
        assert shown.format == "JPEG" and dict(shown.getexif()) == {}


@pytest.mark.parametrize("facts, words", [
    ({"ShenFenZheng": ""}, "没有身份证号"), ({"ShenFenZheng": "999001198506120018"}, "不正确"),
    ({"ShenFenZheng": "99900119850612"}, "不正确"),
])  # fmt: skip
def test_who_it_is_is_told_by_the_number_alone(facts, words):
    assert words in read(lrmx(**facts)).faults[0]


@pytest.mark.parametrize("facts, words", [
    ({"ChuShengNianYue": "198407"}, "出生年月与身份证号不一致"), ({"XingBie": "男"}, "性别与身份证号不一致"),
    ({"RuDangShiJian": "群众"}, "不是年月"), ({"CanJiaGongZuoShiJian": "待定"}, "不是年月"),
    ({"XianRenZhiWu": "长" * 101}, "超过 100 个字"),
])  # fmt: skip
def test_what_does_not_fit_is_noticed(facts, words):
    said = read(lrmx(ShenFenZheng=number(), **facts))
    assert said.faults == [] and words in said.notices[0]


def test_another_party_s_name_after_the_month_is_no_fault():
    assert read(lrmx(ShenFenZheng=number(), RuDangShiJian="199207；民盟")).party_since == date(1992, 7, 1)


def test_the_old_format_gives_what_is_certain():
    mine = number()
    said = read(lrm(mine), "司马清扬.lrm")
    assert (said.name, said.sex, said.ethnic_group, said.id_number) == ("司马清扬", "女", "汉族", mine)
    assert said.party_since is None and said.notices == [
        "旧格式 .lrm 只读取姓名、性别、出生年月、民族和身份证号；入党、参加工作时间和职务请另行登记"
    ]


@pytest.mark.parametrize("data, code", [
    (b'"one","two"', "not_form"), ("姓名,性别,出生,民族".encode("gbk"), "not_form"), (lrmx(), "not_form"), (b"\x80\xff\xfe", "bad_encoding"),
])  # fmt: skip
def test_what_is_no_old_form_is_refused(data, code):
    assert refused(data, "x.lrm") == code
