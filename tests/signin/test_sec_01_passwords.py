"""SEC-01: what is taken as a password, and that it is taken exactly as typed."""

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import get_default_password_validators, validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organization.passwords import CommonValidator
from organization.services import set_password
from tests import factories as make
from tests.signin.people import PASSWORD, attempt

# The person: fangliyan 方立言, 云岭市史志研究中心 (史志中心), 135…246810, ID number ending in its own four characters.
TAKEN = [
    "Chunfeng+9", "chunfeng+9X", "CHUNFENG+9x", "Zk7-mmp2-Qr", "春风化雨A1b2c3d4", "Pa55 with space",
    "A" * 60 + "b1" * 34, "Xy9!" * 16, "x" * 63 + "Y7", "κόσμε-Α1-2026", "Tian9di~~~~", "9999999aA!", "hunter2-Hunter3",
    " leading9Space", "trailing9Space ", "Ｆｕｌｌｗｉｄｔｈ９", "emoji🙂Emoji77", "`'\"<>Aa1;--", "Shanshui.2031", "QwZx1379+-", "mUzi)0(yun",
]  # fmt: skip
REFUSED = [
    "", "Aa1!Aa1!x", "Short9+aB", "A" * 61 + "b1" * 34, "lowercaseonly", "UPPERCASEONLY", "lowerUPPERonly", "1234567890",
    "lower123456", "Password123!", "a1B2c3D4e5", "!Qwerty123!", "Iloveyou1!", "x-Fangliyan-9", "FANGLIYAN+9a", "我是方立言Aa1", "Zuzhibu2026+a",
    "史志中心Ab12+", "shizhizhongxin+A1", "Ab+19850612cd", "A1+control\x07", "new\nLine+99", "Tel246810+Ab",
]  # fmt: skip


@pytest.fixture
def cadre(person, town):
    bureau = make.unit("YL01", "云岭市史志研究中心", town)
    bureau.short_names.create(authority=town, name="史志中心")
    person.unit = bureau
    person.save()
    cadre = make.cadre("方立言", bureau, town, account=person)
    cadre.set_phone("13579246810")
    cadre.save()
    return cadre


def test_forty_passwords_and_more():
    assert len(TAKEN + REFUSED) >= 40


@pytest.mark.parametrize("password", TAKEN)
def test_sec_01_taken(cadre, person, password):
    validate_password(password, person)


@pytest.mark.parametrize("password", REFUSED)
def test_sec_01_refused(cadre, person, password):
    with pytest.raises(ValidationError):
        validate_password(password, person)


def test_sec_01_the_tail_of_the_id_number_is_refused(cadre, person):
    with pytest.raises(ValidationError, match="身份证号"):
        validate_password(f"Quiet+River{cadre.open_id_number()[-4:]}", person)


def test_sec_01_asvs_asks_for_length_alone(person, settings):
    settings.PASSWORD_POLICY = "asvs"
    validate_password("quietriverstones", person)
    with pytest.raises(ValidationError, match="15"):
        validate_password("Quiet+River77", person)


def test_sec_01_the_list_is_long_enough():
    assert len(CommonValidator().passwords) >= 10_000


def test_sec_01_every_validator_says_what_it_wants_in_chinese():
    texts = [one.get_help_text() for one in get_default_password_validators()]
    assert not any(character.isascii() and character.isalpha() for text in texts for character in text)


def test_sec_01_the_last_five_are_not_taken_again(person):
    earlier = [f"{word}+Zhanghao9" for word in ("Jia", "Yi", "Bing", "Ding", "Wu", "Ji")]
    for word in earlier:
        set_password(person, word, now=timezone.now())
    validate_password(earlier[0], person)
    for word in earlier[1:]:
        with pytest.raises(ValidationError, match="最近 5 次"):
            validate_password(word, person)


def test_sec_01_argon2id_at_owasp_cost():
    """OWASP's least: 19 MiB and two passes."""
    algorithm, kind, _, cost, *_ = make_password(PASSWORD).split("$")
    memory, passes, _ = (int(part.split("=")[1]) for part in cost.split(","))
    assert (algorithm, kind) == ("argon2", "argon2id")
    assert memory >= 19 * 1024 and passes >= 2


def accepted(password: str) -> bool:
    try:
        validate_password(password)
    except ValidationError:
        return False
    return True


TYPED = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=10, max_size=40).map(lambda text: f"Aa1{text}")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(password=TYPED.filter(accepted), data=st.data())
def test_sec_01_exactly_as_typed_and_no_character_else(person, password, data):
    set_password(person, password, now=timezone.now())
    place = data.draw(st.integers(0, len(password) - 1))
    changed = password[:place] + ("B" if password[place] != "B" else "C") + password[place + 1 :]
    assert attempt(person.username, changed).status_code == 200
    for other in (password[:-1], f"{password} ", f" {password}"):
        assert not person.check_password(other)
    assert attempt(person.username, password, Client()).status_code == 302
