"""Sealed values open only in their place, with their key, untouched (SEC-33)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.crypto import Unreadable, blind_index, open_bytes, open_text, seal_bytes, seal_text

PLACE = "trainees_cadre:1:id_number"


@given(st.binary(max_size=300))
def test_sec_33_what_is_sealed_opens(data):
    assert open_bytes(seal_bytes(data, PLACE), PLACE) == data


@given(st.binary(min_size=1, max_size=50), st.data())
def test_sec_33_one_changed_byte_fails_closed(data, draw):
    sealed = bytearray(seal_bytes(data, PLACE))
    place = draw.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= 1
    with pytest.raises(Unreadable):
        open_bytes(bytes(sealed), PLACE)


def test_sec_33_a_value_copied_to_another_row_does_not_open():
    with pytest.raises(Unreadable):
        open_text(seal_text("991234199001010016", PLACE), PLACE.replace("1:", "2:"))


def test_sec_33_the_same_value_never_looks_the_same():
    assert seal_text("991234199001010016", PLACE) != seal_text("991234199001010016", PLACE)


def test_sec_11_old_keys_still_open_and_the_first_seals(settings):
    old = seal_text("甲", PLACE)
    settings.FIELD_KEYS = {"k9": bytes(range(16)), **settings.FIELD_KEYS}
    assert open_text(old, PLACE) == "甲"
    assert seal_bytes("乙".encode(), PLACE).startswith(b"k9\0")


def test_sec_33_without_its_key_a_value_stays_shut(settings):
    old = seal_text("甲", PLACE)
    settings.FIELD_KEYS = {"k9": bytes(range(16))}
    with pytest.raises(Unreadable, match="缺少对应的密钥"):
        open_text(old, PLACE)


def test_sec_33_the_index_is_keyed(settings):
    first = blind_index("991234199001010016")
    settings.INDEX_KEY = bytes(32)
    assert first != blind_index("991234199001010016")
    assert len(first) == 64


def test_sm4_gcm_agrees_with_the_published_vector():
    """RFC 8998, appendix A.1 (SM4-GCM)."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    key = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    nonce = bytes.fromhex("00001234567800000000ABCD")
    aad = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    plain = bytes.fromhex(
        "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD"
        "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA"
    )
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(aad)
    sealed = encryptor.update(plain) + encryptor.finalize()
    assert sealed.hex().upper() == (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
    )
    assert encryptor.tag.hex().upper() == "83DE3541E4C2B58177E065A9BF7B62EC"
