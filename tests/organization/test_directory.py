"""Units by what offices write (CLASS_WORKBOOK.md §1–2)."""

import time

import pytest

from organization.directory import UnitDirectory, split_short_names

ROWS = [
    ("YL01", "云岭市发展和改革局", ["市发改局"]),
    ("YL02", "云岭市财政局", ["市财政局", "财政局"]),
    ("QX02", "清溪县农业农村局", ["清溪县农业农村局"]),
    ("QX09", "清溪县财政局", ["财政局"]),
]


@pytest.fixture
def directory() -> UnitDirectory:
    return UnitDirectory.from_rows(ROWS)


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        ("云岭市发展和改革局", ["YL01"]),
        ("市发改局", ["YL01"]),
        (" 市　发改局 ", ["YL01"]),
        ("清溪县农业农村局", ["QX02"]),
        ("财政局", ["YL02", "QX09"]),
        ("发改局", []),
        ("", []),
    ],
)
def test_full_or_any_short_name(directory: UnitDirectory, written: str, keys: list[str]):
    assert [unit.key for unit in directory.exact(written)] == keys


def test_near_names_with_their_similarity(directory: UnitDirectory):
    """云岭市财政局 against 云岭市财政局局: 2·6/13."""
    unit, ratio = directory.near("云岭市财政局局")[0]
    assert unit.key == "YL02"
    assert ratio == pytest.approx(12 / 13)
    assert directory.near("完全不同") == []


def test_several_short_names_are_parted_by_three_signs():
    assert split_short_names("市发改局；发改局;市发改委、发改委 ") == ["市发改局", "发改局", "市发改委", "发改委"]
    assert split_short_names("") == []


def test_a_big_directory_answers_fast():
    many = UnitDirectory.from_rows((str(n), f"某某省某某市第{n}街道办事处", [f"{n}街道"]) for n in range(20_000))
    started = time.monotonic()
    assert many.near("某某省某某市第777街道办事初")
    assert many.near("某某省某某市第777街道办事初")
    assert time.monotonic() - started < 30
