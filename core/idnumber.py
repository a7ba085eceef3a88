def mask(number: str) -> str:
    return number[:1] + "*" * (len(number) - 2) + number[-1:] if len(number) > 2 else ""
