"""GB 11643. Example numbers: the standard's own text gives 11010519491231002X and 440524188001010014."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import idnumber
from core.idnumber import IdFault

TODAY = datetime.date(2026, 11, 22)


def test_the_standards_own_example_is_valid():
    assert idnumber.fault_of("11010519491231002X", TODAY) is None
    assert idnumber.check_character("11010519491231002") == "X"
    assert idnumber.check_character("44052418800101001") == "4"


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("110105194912310021", IdFault.CHECK_DIGIT),
        ("110105491231002", IdFault.FORM),
        ("1101051949123100２X", IdFault.FORM),
        ("11010519491231002x", IdFault.FORM),
        ("11010519491231002 X", IdFault.FORM),
        ("1101051949١231002X", IdFault.FORM),
        ("", IdFault.FORM),
        ("11010519750231002X", IdFault.BIRTH),
        ("11010519751301002X", IdFault.BIRTH),
        ("11010518491231002X", IdFault.BIRTH),
        ("11010520261123002X", IdFault.BIRTH),
    ],
)
def test_b10_each_wrong_number_has_its_fault(number: str, fault: IdFault):
    assert idnumber.fault_of(number, TODAY) is fault


def test_b10_address_codes_are_not_checked():
    assert idnumber.fault_of("00000019491231" + "002" + idnumber.check_character("00000019491231002"), TODAY) is None


def test_b10_full_width_and_lower_case_are_normalised():
    assert idnumber.normalise("　１１０１０５１９４９１２３１００２ｘ ") == "11010519491231002X"


def test_mask_shows_first_and_last_character():
    assert idnumber.mask("11010519491231002X") == "1****************X"
    assert idnumber.mask("12") == "**"


def test_birth_date_and_sex():
    assert idnumber.birth_date("11010519491231002X") == datetime.date(1949, 12, 31)
    assert idnumber.sex("11010519491231002X") == "女"
    assert idnumber.sex("110105194912310011") == "男"


@given(st.text(alphabet="0123456789", min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_always_shows(body: str, place: int, change: int):
    """ISO 7064 MOD 11-2 finds every single wrong digit."""
    wrong = body[:place] + str((int(body[place]) + change) % 10) + body[place + 1 :]
    assert idnumber.check_character(body) != idnumber.check_character(wrong)


def test_a_number_inside_a_text_is_hidden_and_others_are_not():
    assert idnumber.hidden("身份证：11010519491231002x。") == "身份证：1" + "*" * 16 + "x。"
    assert idnumber.hidden("１１０１０５１９４９１２３１００２ｘ") == "1" + "*" * 16 + "X"
    assert idnumber.hidden("流水号 1101051949123100210101") == "流水号 1101051949123100210101"
