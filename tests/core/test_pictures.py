"""Files handed in beside a form: known by their first bytes, drawn anew, never bigger than allowed."""

from io import BytesIO

import pytest
from PIL import Image

from core import pictures
from core.operations import Refused
from core.pictures import take_upload


def photo(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **more: object) -> bytes:
    data = BytesIO()
    Image.new("RGB", size, "#aa2222").save(data, kind, **more)
    return data.getvalue()


def with_place() -> bytes:
    """A photo as a phone writes it: place, device, and the camera held upright."""
    facts = Image.Exif()
    facts[0x010F] = "手机厂"  # Make
    facts[0x0112] = 6  # Orientation: turned by a quarter
    facts.get_ifd(0x8825)[1] = "N"  # GPS
    return photo(exif=facts)


def test_what_a_camera_writes_beside_the_picture_is_gone():
    taken = take_upload(with_place(), "假条.JPG")
    with Image.open(BytesIO(taken.data)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (40, 60))  # upright
        assert dict(picture.getexif()) == {}
        assert "exif" not in picture.info
    assert taken.name == "假条.jpg"


def test_what_hides_behind_a_picture_is_gone():
    taken = take_upload(photo("PNG") + b"<script>alert(1)</script>", "a.png")
    assert b"<script>" not in taken.data
    assert taken.data.startswith(b"\xff\xd8\xff")


def test_a_pdf_is_kept_as_it_is():
    data = b"%PDF-1.7\n%%EOF\n"
    assert take_upload(data, "病历") == pictures.Upload(data, "病历.pdf")


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<html>", b"PK\x03\x04", b" %PDF-1.4"])
def test_other_kinds_are_refused_whatever_their_name(data):
    with pytest.raises(Refused, match="只接受 PDF、JPG、PNG"):
        take_upload(data, "假条.pdf")


def test_a_broken_picture_is_refused():
    with pytest.raises(Refused, match="读不出来"):
        take_upload(photo()[:200], "a.jpg")


def test_five_megabytes_are_enough():
    with pytest.raises(Refused, match=r"5\.0 MB，超过了 5 MB"):
        take_upload(b"%PDF-" + bytes(pictures.LIMIT), "a.pdf")


def test_a_picture_that_unfolds_too_far_is_refused_before(monkeypatch):
    monkeypatch.setattr(pictures, "PIXELS", 1000)
    with pytest.raises(Refused, match="尺寸太大"):
        take_upload(photo("PNG"), "a.png")


def test_sec_24_twenty_five_megapixels_are_the_most():
    """QUALITY.md SEC-24; 5001 × 5000 white pixels are a small file."""
    with pytest.raises(Refused, match="尺寸太大"):
        take_upload(photo("PNG", size=(5001, 5000)), "a.png")


def test_a_big_picture_is_made_smaller():
    taken = take_upload(photo(size=(4000, 1000)), "a.jpg")
    with Image.open(BytesIO(taken.data)) as picture:
        assert picture.size == (2400, 600)
