"""Encryption of fields and files (SM4-GCM) and the blind index (HMAC-SM3); QUALITY.md SEC-33.

A sealed value reads `key id : base64(nonce ‖ ciphertext ‖ tag)`; the associated data binds it to its place
(table, row, column), so that a value copied to another row does not open.
"""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings

NONCE, TAG = 12, 16


class Unreadable(Exception):
    """A sealed value was changed, moved, or sealed with a key that is not here; `place` says which one.

    No ValueError: the admin would take that for an empty field.
    """

    def __init__(self, message: str, place: str) -> None:
        super().__init__(message)
        self.place = place


def seal_bytes(data: bytes, place: str) -> bytes:
    """`key id` NUL nonce ciphertext tag, with the first of FIELD_KEYS."""
    key_id, key = next(iter(settings.FIELD_KEYS.items()))
    nonce = os.urandom(NONCE)
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(place.encode())
    body = encryptor.update(data) + encryptor.finalize()
    return key_id.encode() + b"\0" + nonce + body + encryptor.tag


def open_bytes(sealed: bytes, place: str) -> bytes:
    """Raises Unreadable; who shows people pages or runs batches records it (portal.errors, core.jobs)."""
    key_id, _, rest = sealed.partition(b"\0")
    key = settings.FIELD_KEYS.get(key_id.decode("ascii", "replace"))
    if key is None or len(rest) < NONCE + TAG:
        raise Unreadable("密文损坏，或缺少对应的密钥", place)
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(rest[:NONCE], rest[-TAG:])).decryptor()
    decryptor.authenticate_additional_data(place.encode())
    try:
        return decryptor.update(rest[NONCE:-TAG]) + decryptor.finalize()
    except InvalidTag as error:
        raise Unreadable("密文校验不符", place) from error


def seal_text(text: str, place: str) -> str:
    return base64.b64encode(seal_bytes(text.encode(), place)).decode() if text else ""


def open_text(sealed: str, place: str) -> str:
    """Raises Unreadable."""
    if not sealed:
        return ""
    try:
        data = base64.b64decode(sealed, validate=True)
    except ValueError as error:
        raise Unreadable("密文损坏", place) from error
    return open_bytes(data, place).decode()


def blind_index(text: str) -> str:
    """HMAC-SM3 of the text, 64 hex digits: equal texts are found, nothing else can be asked of it."""
    mac = hmac.HMAC(settings.INDEX_KEY, hashes.SM3())
    mac.update(text.encode())
    return mac.finalize().hex()
