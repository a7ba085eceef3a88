"""Uploaded files pass a virus scanner before anything reads them (SEC-30): clamd, over TCP or a unix socket.

`SCANNER` says how much it counts: `off`; `optional`, where a scanner that does not answer lets the file pass and the
machine's log says so; `required`, where it does not.
"""

import hashlib
import logging
import re
import socket
import struct
from collections.abc import Iterator

from django.conf import settings

from core.audit import record, who_acts

logger = logging.getLogger("portal.scanner")
SECONDS = 10.0
PIECE = 64 * 1024


class Infected(Exception):
    """The scanner knows something bad in the file; `name` is what it calls it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class ScannerDown(Exception):
    """The scanner is required and does not answer: nothing is taken in (503)."""


def demand_clean(data: bytes) -> None:
    """Raises Infected, which is in the audit log by then, or ScannerDown where a scanner is required."""
    if settings.SCANNER == "off":
        return
    try:
        found = found_by_scanner(data)
    except (OSError, ValueError) as error:
        logger.error("the virus scanner does not answer: %s", error)
        if settings.SCANNER == "required":
            raise ScannerDown from error
        return
    if found:
        record_infected(data, found)
        raise Infected(found)


def record_infected(data: bytes, found: str) -> None:
    after = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "found": found[:100]}
    record("upload.infected", actor=who_acts(), result="refused", after=after)


def found_by_scanner(data: bytes) -> str:
    """What clamd finds in the bytes, "" for nothing (its INSTREAM command). Raises OSError or ValueError."""
    with connected() as line:
        for part in spoken(data):
            line.sendall(part)
        said = heard(line)
    if said == "stream: OK":
        return ""
    found = re.fullmatch(r"stream: (.+) FOUND", said)
    if found is None:
        raise ValueError(f"answered {said[:100]!r}")
    return found[1]


def spoken(data: bytes) -> Iterator[bytes]:
    """The command, the bytes in pieces that each tell their length, and the end."""
    yield b"zINSTREAM\0"
    for start in range(0, len(data), PIECE):
        piece = data[start : start + PIECE]
        yield struct.pack("!L", len(piece)) + piece
    yield struct.pack("!L", 0)


def heard(line: socket.socket) -> str:
    said = b""
    while len(said) < PIECE and (part := line.recv(4096)):
        said += part
    return said.decode("utf-8", errors="replace").strip("\0\n ")


def connected() -> socket.socket:
    """To `SCANNER_ADDRESS`: a path of a unix socket, or host:port."""
    address: str = settings.SCANNER_ADDRESS
    if not address.startswith("/"):
        host, _, port = address.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=SECONDS)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(SECONDS)
    try:
        line.connect(address)
    except OSError:
        line.close()
        raise
    return line
