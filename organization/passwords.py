"""What a password must be (SEC-01): validators of `AUTH_PASSWORD_VALIDATORS`, each with a sentence for people.

A password is taken exactly as typed: nothing is trimmed, folded or cut.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from core.names import pinyin
from organization.models import Account, Unit

LONGEST = 128
REMEMBERED = 5
SHORTEST_BARE = 6  # what is left of a password without its ends; shorter leftovers are in the list by chance
PUNCTUATION = "".join(chr(code) for code in range(33, 127) if not chr(code).isalnum())
HOUSE_WORDS = ("zuzhibu", "dangxiao", "ganbujiaoyu", "组织部", "党校", "干部教育")


@dataclass(frozen=True, slots=True)
class Policy:
    """How long, and how many of the four classes: upper case, lower case, digits, everything else."""

    least: int
    classes: int

    @property
    def words(self) -> str:
        kinds = {0: "", 3: "，含大写字母、小写字母、数字、符号中的三类"}[self.classes]
        return f"{self.least} 至 {LONGEST} 位{kinds}"


POLICIES = {
    "dengbao": Policy(10, 3),
    "asvs": Policy(15, 0),
}  # QUALITY.md §3: the level-protection rules are the default


class StrengthValidator:
    """Length and classes after `PASSWORD_POLICY`; characters that a keyboard cannot type are refused."""

    def validate(self, password: str, user: Account | None = None) -> None:
        policy = POLICIES[settings.PASSWORD_POLICY]
        if not policy.least <= len(password) <= LONGEST or classes_in(password) < policy.classes:
            raise ValidationError(f"密码应为 {policy.words}", code="weak")
        if any(unicodedata.category(one) in ("Cc", "Cs") for one in password):
            raise ValidationError("密码含有无法输入的控制字符", code="control")

    def get_help_text(self) -> str:
        return f"{POLICIES[settings.PASSWORD_POLICY].words}。"


def classes_in(password: str) -> int:
    """How many of the four classes are there."""
    kinds = {"upper" if one.isupper() else "lower" if one.islower() else "digit" if one.isdigit() else "other"
             for one in password}  # fmt: skip
    return len(kinds)


class CommonValidator(CommonPasswordValidator):
    """Django's list of 20,000 common passwords, also with signs or digits put around one of them."""

    def validate(self, password: str, user: Account | None = None) -> None:
        low = password.lower()
        bare = {low.strip(PUNCTUATION), low.strip(PUNCTUATION + "0123456789")}
        if {low, *(word for word in bare if len(word) >= SHORTEST_BARE)} & self.passwords:
            raise ValidationError("这是最常被猜到的密码之一，请换一个", code="common")

    def get_help_text(self) -> str:
        return "不用常见密码。"


class PersonalValidator:
    """Not the user name, the name's pinyin, or words of the unit."""

    def validate(self, password: str, user: Account | None = None) -> None:
        if user is not None:
            refuse_words(password, words_of(user))

    def get_help_text(self) -> str:
        return "不含用户名、姓名及拼音、单位名称。"


def refuse_words(password: str, words: Iterable[str]) -> None:
    """Raises ValidationError where one of the words stands in the password, in whatever case."""
    low = password.lower()
    if any(word.lower() in low for word in words if telling(word)):
        raise ValidationError("密码不能含用户名、姓名、手机号、身份证号末几位或单位名称", code="personal")


def telling(word: str) -> bool:
    """Four letters or digits, or two hanzi: shorter ones stand in any password by chance."""
    return len(word) >= (4 if word.isascii() else 2)


def words_of(account: Account) -> list[str]:
    """User name, name and unit of an account, in hanzi and pinyin."""
    names = [account.display_name, *(unit_names(account.unit) if account.unit else [])]
    return [account.username, *HOUSE_WORDS, *names, *(spelt for name in names for spelt in pinyin(name))]


def unit_names(unit: Unit) -> list[str]:
    return [unit.name, *unit.short_names.values_list("name", flat=True)]


class HistoryValidator:
    """None of the last five."""

    def validate(self, password: str, user: Account | None = None) -> None:
        if user is None:
            return
        latest = user.old_passwords.order_by("-id").values_list("password", flat=True)[:REMEMBERED]
        if any(check_password(password, old) for old in [user.password, *latest]):
            raise ValidationError(f"不能用最近 {REMEMBERED} 次用过的密码", code="used")

    def get_help_text(self) -> str:
        return f"不用最近 {REMEMBERED} 次用过的密码。"
