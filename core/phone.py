"""Telephone numbers as they are shown: the first three digits and the last four (SEC-31)."""


def mask_phone(number: str) -> str:
    """`138****1234`; of what is no mobile number only the last two characters stay."""
    if len(number) == 11 and number.isdecimal():
        return f"{number[:3]}****{number[-4:]}"
    return "*" * max(len(number) - 2, 0) + number[-2:] if len(number) > 4 else "*" * len(number)


def is_mobile(number: str) -> bool:
    """Eleven ASCII digits that begin as mobile numbers do."""
    return len(number) == 11 and number.isascii() and number.isdecimal() and number[0] == "1" and number[1] in "3456789"
