"""A cadre's own numbers do not make a password (SEC-01); one of `AUTH_PASSWORD_VALIDATORS`."""

from organization.models import Account
from organization.passwords import refuse_words
from trainees.models import Cadre

PHONE_TAIL = 6


class OwnNumbersValidator:
    """Not the tail or the birth date of the ID number, nor the tail of the telephone number."""

    def validate(self, password: str, user: Account | None = None) -> None:
        if user is None:
            return
        rows = Cadre.objects.unscoped("the numbers of the person who chooses a password, never shown")
        if (cadre := rows.filter(account=user).first()) is not None:
            refuse_words(password, numbers_of(cadre))

    def get_help_text(self) -> str:
        return "不含手机号、身份证号的末几位。"


def numbers_of(cadre: Cadre) -> list[str]:
    number, phone = cadre.open_id_number(), cadre.open_phone()
    return [number[-4:], number[6:14], phone[-PHONE_TAIL:]]
