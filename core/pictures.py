"""Files that people hand in beside a form (证明、照片): PDF, JPEG, PNG, known by their first bytes, at most 5 MB.

A picture is drawn anew, so that what a camera writes beside it (place, device, time) and whatever hides behind it is
gone. A PDF is kept as it is, sealed like every file, and only ever handed out as an attachment.
"""

import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

from core.operations import Refused

MEGABYTES = 5
LIMIT = MEGABYTES * 1024 * 1024
PIXELS = 25_000_000
"""A photo of a good phone; what unfolds to more is refused before it is unfolded."""
LONGEST_SIDE = 2400
QUALITY = 85
PDF = b"%PDF-"
PICTURES = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}
ENDINGS = (".pdf", ".jpg", ".jpeg", ".png")


@dataclass(frozen=True, slots=True)
class Upload:
    """Bytes fit to be kept, and a name for people."""

    data: bytes
    name: str


def take_upload(data: bytes, name: str) -> Upload:
    """Look at what was handed in. Raises Refused with a sentence when it is too big, of another kind, or broken."""
    if len(data) > LIMIT:
        raise Refused(f"文件有 {len(data) / 1024 / 1024:.1f} MB，超过了 {MEGABYTES} MB 的上限")
    stem = name.rpartition(".")[0][:100] or name[:100] or "附件"
    if data.startswith(PDF):
        return Upload(data, f"{stem}.pdf")
    kind = next((kind for first, kind in PICTURES.items() if data.startswith(first)), None)
    if kind is None:
        raise Refused("只接受 PDF、JPG、PNG 文件；请拍照或另存为 PDF 后重新选择")
    return Upload(drawn_anew(data, kind), f"{stem}.jpg")


def drawn_anew(data: bytes, kind: str) -> bytes:
    """The picture as JPEG, upright, at most 2400 pixels long, without anything beside the picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=[kind]) as picture:
                if picture.width * picture.height > PIXELS:
                    raise Refused("照片的尺寸太大，请用手机的普通画质拍摄后重新选择")
                upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("照片读不出来，可能已经损坏，请重新拍摄") from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    answer = BytesIO()
    Image.frombytes("RGB", upright.size, upright.tobytes()).save(answer, "JPEG", quality=QUALITY)
    return answer.getvalue()
