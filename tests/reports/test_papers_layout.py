"""GB/T 9704-2012, measured in the PDF: where things stand on paper (DOMAIN.md §3, Documents)."""

import itertools
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from core.pdf.rendering import html_to_pdf
from reports.papers.bulletin import render_bulletin
from reports.papers.letter import render_letter
from reports.papers.sheet import render_trainee_sheet
from tests.core import pdf_reading
from tests.core.pdf_reading import line, lines
from tests.reports import paper_samples as samples

OFFICIAL = ("papers/paper.css", "papers/official.css")
LEFT, RIGHT, TOP, BOTTOM = 28.0, 26.0, 37.0, 35.0  # margins, mm
WIDTH, HEIGHT = 156.0, 225.0  # type area, mm
CHARACTER, PITCH = 15.79 * 25.4 / 72, 28.99 * 25.4 / 72  # mm
NEAR = 0.35  # mm


@pytest.fixture(scope="module")
def letter() -> bytes:
    return render_letter(samples.letter())


@pytest.fixture(scope="module")
def bulletin() -> bytes:
    return render_bulletin(samples.bulletin())


@pytest.fixture(scope="module")
def full_page() -> bytes:
    """Nothing but body text: 30 lines of 28 characters."""
    return html_to_pdf(f"<html><body><p style='text-indent: 0'>{'正' * 28 * 30}</p></body></html>", OFFICIAL)


def test_a_page_has_22_lines_of_28_characters(full_page: bytes):
    body = [found for found in lines(full_page) if found.text.startswith("正")]
    first = [found for found in body if found.page == 1]
    assert len(first) == 22
    assert {len(found.text) for found in body} == {28}
    assert len(body) == 30


def test_lines_are_28_99_points_apart_inside_the_type_area(full_page: bytes):
    first = [found for found in lines(full_page) if found.page == 1 and found.text.startswith("正")]
    gaps = {round(after.y - before.y, 2) for before, after in itertools.pairwise(first)}
    assert all(gap == pytest.approx(PITCH, abs=0.02) for gap in gaps)
    assert {round(found.x, 2) for found in first} == {LEFT}
    assert first[0].size == pytest.approx(16, abs=0.01)
    assert TOP < first[0].y - 0.88 * 16 * 25.4 / 72 < TOP + PITCH / 2
    assert first[-1].y + 0.12 * 16 * 25.4 / 72 < TOP + HEIGHT


def test_paper_is_a4(letter: bytes):
    box = pdf_reading.reader(letter).pages[0].mediabox
    assert (round(float(box.width) * 25.4 / 72), round(float(box.height) * 25.4 / 72)) == (210, 297)


def test_body_is_indented_two_characters_and_the_addressee_is_not(letter: bytes):
    assert line(letter, "云岭市发展和改革局：").x == pytest.approx(LEFT, abs=NEAR)
    assert line(letter, "由中共云岭市委组织部主办").x == pytest.approx(LEFT + 2 * CHARACTER, abs=NEAR)
    assert line(letter, "一、总体情况").x == pytest.approx(LEFT + 2 * CHARACTER, abs=NEAR)


def test_the_title_is_22_points_and_centred(letter: bytes):
    title = line(letter, "学员培训考核情况的函")
    assert title.size == pytest.approx(22, abs=0.01)
    assert title.x + 10 * 22 * 25.4 / 72 / 2 == pytest.approx(LEFT + WIDTH / 2, abs=NEAR)


def test_letter_head_begins_30_mm_from_the_pages_top(letter: bytes):
    head = next(found for found in lines(letter) if found.text == "中共云岭市委组织部" and found.size > 30)
    assert head.y - 0.88 * head.size * 25.4 / 72 == pytest.approx(30, abs=NEAR)
    assert head.page == 1


def test_letter_number_ends_at_the_right_edge_under_the_first_rule(letter: bytes):
    head = next(found for found in lines(letter) if found.text == "中共云岭市委组织部" and found.size > 30)
    number = line(letter, "云组函〔2026〕12号")
    rule = head.y + 0.12 * head.size * 25.4 / 72 + 4
    assert number.y - 0.88 * 16 * 25.4 / 72 - rule == pytest.approx(14 * 25.4 / 72 + 1.1, abs=0.6)
    assert number.x + (6 + 6 * 0.5) * CHARACTER == pytest.approx(LEFT + WIDTH, abs=2.5)


def test_a_letter_has_no_number_on_its_first_page_and_then_even_pages_left(letter: bytes):
    assert not [found for found in lines(letter) if found.page == 1 and found.text == "— 1 —"]
    number = line(letter, "— 2 —")
    assert number.size == pytest.approx(14, abs=0.01)
    assert number.x == pytest.approx(LEFT + 14 * 25.4 / 72, abs=NEAR)


def test_page_numbers_of_a_bulletin_stand_right_on_odd_pages_7_mm_under_the_type_area(bulletin: bytes):
    odd, even = line(bulletin, "— 1 —"), line(bulletin, "— 2 —")
    assert odd.x > 105 > even.x
    for number in (odd, even):
        dash = number.y - 0.38 * 14 * 25.4 / 72  # a dash stands at some 0.38 em above the baseline
        assert dash - (TOP + HEIGHT) == pytest.approx(7, abs=0.5)


def test_red_head_of_a_bulletin_begins_35_mm_under_the_type_areas_top(bulletin: bytes):
    head = line(bulletin, "中共云岭市委党校文件")
    assert head.y - 0.88 * head.size * 25.4 / 72 == pytest.approx(TOP + 35, abs=NEAR)
    number = line(bulletin, "云校发〔2026〕8号")
    gap = number.y - 0.88 * 16 * 25.4 / 72 - (head.y + 0.12 * head.size * 25.4 / 72)
    assert gap == pytest.approx(2 * PITCH, abs=NEAR)


def test_the_date_ends_4_characters_from_the_right_under_a_seal(letter: bytes):
    date = line(letter, "2026年3月20日")
    width = 3 * CHARACTER + 7 * 7.79 * 25.4 / 72
    assert date.x + width == pytest.approx(LEFT + WIDTH - 4 * CHARACTER, abs=NEAR)
    office = next(found for found in lines(letter) if found.text == "中共云岭市委组织部" and found.size < 20)
    assert office.x + 9 * CHARACTER / 2 == pytest.approx(date.x + width / 2, abs=NEAR)


def test_a_long_name_of_an_office_ends_inside_the_type_area():
    office = "中共云岭市委干部教育培训工作领导小组办公室"
    pdf = render_letter(samples.letter(issue=replace(samples.ISSUE, office=office)))
    sizes = [found for found in lines(pdf) if found.text == office]
    assert len(sizes) == 2
    for found in sizes:
        assert found.x >= 20
        assert found.x + len(office) * found.size * 0.987 * 25.4 / 72 <= LEFT + WIDTH + 1


def test_a_seal_is_42_mm_and_lies_over_the_date():
    image = BytesIO()
    Image.new("RGBA", (200, 200), (215, 0, 15, 120)).save(image, "PNG")
    with_seal = render_letter(samples.letter(issue=replace(samples.ISSUE, seal=image.getvalue())))
    assert len(list(pdf_reading.reader(with_seal).pages[-1].images)) == 1
    draft = render_letter(samples.letter(issue=replace(samples.DRAFT, seal=image.getvalue())))
    assert not list(pdf_reading.reader(draft).pages[-1].images)


@pytest.mark.parametrize("rows", [1, 40])
def test_every_page_says_what_it_belongs_to_and_repeats_the_tables_head(rows: int):
    people = tuple(samples.trainee(f"学员{number:02}", candidate="") for number in range(rows))
    pdf = render_letter(samples.letter(rows=people))
    pages = pdf_reading.reader(pdf).pages
    for page in pages[1:]:
        assert "云组函〔2026〕12号　云岭市发展和改革局" in page.extract_text()
    holding = [
        page.extract_text() for page in pages if "学员0" in page.extract_text() or "学员3" in page.extract_text()
    ]
    assert all("职务" in text and "总分" in text for text in holding)


def test_a_sheet_is_one_page():
    assert len(pdf_reading.reader(render_trainee_sheet(samples.sheet())).pages) == 1
    assert len(pdf_reading.reader(render_trainee_sheet(samples.unassessed_sheet())).pages) == 1


def test_documents_are_small_and_carry_their_fonts(letter: bytes, bulletin: bytes):
    sheet = render_trainee_sheet(samples.sheet())
    assert len(sheet) <= 120 * 1024
    assert len(render_letter(samples.letter(rows=samples.SMALL_UNIT[:1]))) <= 120 * 1024
    for pdf in (letter, bulletin, sheet):
        assert all(pdf_reading.fonts(pdf).values())
        assert all(name.startswith("Paper-") for name in pdf_reading.fonts(pdf))
    assert set(pdf_reading.fonts(letter)) == {"Paper-Title", "Paper-Fang", "Paper-Hei", "Paper-Song"}


def test_the_same_letter_gives_the_same_bytes(letter: bytes):
    assert render_letter(samples.letter()) == letter
