"""The address in a document's QR code opens the page that says whether it is genuine."""

from django.urls import resolve

from reports.gathering.outset import CHECK_PATH


def test_the_qr_code_leads_to_the_open_page():
    match = resolve(CHECK_PATH.format(token="abcDEF-_123"))
    assert (match.view_name, match.kwargs) == ("portal:verify", {"token": "abcDEF-_123"})
