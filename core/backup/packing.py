"""Parts of a backup as streams: plain, or with BACKUP_KEY sealed in pieces (SM4-GCM) that can be neither moved nor cut."""

import hashlib
import hmac
import json
import os
from collections.abc import Iterator, Mapping
from io import RawIOBase
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings

PIECE = 1024 * 1024
NONCE, TAG = 12, 16


class Damaged(Exception):
    """A part is not what was written; the sentence says which."""


class PartWriter(RawIOBase):
    """Writes one part; every piece is bound to the part's name, its place, and whether it is the last."""

    def __init__(self, path: Path) -> None:
        self.path, self.file = path, path.open("xb")
        self.held, self.number = bytearray(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.held += data
        while len(self.held) > PIECE:
            self._put(bytes(self.held[:PIECE]), last=False)
            del self.held[:PIECE]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._put(bytes(self.held), last=True)
            self.file.close()
        super().close()

    def _put(self, piece: bytes, *, last: bool) -> None:
        if settings.BACKUP_KEY:
            piece = _seal(piece, place(self.path.name, self.number, last))
            self.file.write(len(piece).to_bytes(4, "big"))
        self.file.write(piece)
        self.number += 1


class PartReader(RawIOBase):
    """Reads one part back. Raises Damaged for a piece that was changed, moved, or cut off."""

    def __init__(self, path: Path, *, sealed: bool) -> None:
        self.pieces = _sealed_pieces(path) if sealed else _plain_pieces(path)
        self.held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self.held:
            piece = next(self.pieces, None)
            if piece is None:
                return 0
            self.held = piece
        size = min(len(buffer), len(self.held))
        buffer[:size], self.held = self.held[:size], self.held[size:]
        return size


def place(name: str, number: int, last: bool) -> bytes:
    return f"backup:{name}:{number}:{int(last)}".encode()


def _seal(data: bytes, where: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    encryptor = Cipher(algorithms.SM4(settings.BACKUP_KEY), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(where)
    return nonce + encryptor.update(data) + encryptor.finalize() + encryptor.tag


def _plain_pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _sealed_pieces(path: Path) -> Iterator[bytes]:
    if not settings.BACKUP_KEY:
        raise Damaged("备份是加密的，须设置 BACKUP_KEY")
    with path.open("rb") as file:
        piece, number = _next(file), 0
        while piece is not None:
            following = _next(file)
            yield _open(piece, place(path.name, number, following is None))
            piece, number = following, number + 1


def _next(file: BinaryIO) -> bytes | None:
    size = file.read(4)
    return file.read(int.from_bytes(size, "big")) if len(size) == 4 else None


def _open(sealed: bytes, where: bytes) -> bytes:
    if len(sealed) < NONCE + TAG:
        raise Damaged("备份的一段不完整")
    decryptor = Cipher(algorithms.SM4(settings.BACKUP_KEY), modes.GCM(sealed[:NONCE], sealed[-TAG:])).decryptor()
    decryptor.authenticate_additional_data(where)
    try:
        return decryptor.update(sealed[NONCE:-TAG]) + decryptor.finalize()
    except InvalidTag as error:
        raise Damaged("备份的一段校验不符，或密钥不对") from error


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def signed(facts: Mapping[str, Any]) -> str:
    """HMAC-SM3 with BACKUP_KEY over the manifest; empty without a key."""
    if not settings.BACKUP_KEY:
        return ""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return hmac.new(settings.BACKUP_KEY, text.encode(), "sm3").hexdigest()
