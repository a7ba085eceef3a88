"""What is asked of whom, by DOMAIN.md §3: amounts from the rules' text."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainees.models import Cadre
from trainees.rules.duties import Learned, Person, Promotion, Relief, duties_of, months_later, rise, share_of
from trainees.rules.requirements import FaultyRequirements, read_requirements, shipped

HIGH, LOW = Cadre.Band.COUNTY_UP, Cadre.Band.TOWNSHIP_DOWN
NOBODY = UUID(int=1)
SET = read_requirements(shipped())


def person(**facts) -> Person:
    return replace(Person(NOBODY, LOW), **facts)


def asked(who: Person, year: int = 2026, rules=SET) -> dict:
    return {row.code: row for row in duties_of(who, rules, year)}


def amounts(who: Person, year: int = 2026) -> dict:
    return {code: (row.amount, row.other_amount) for code, row in asked(who, year).items()}


def with_ask(ask: str):
    return read_requirements({**shipped(), "ask": ask})


# ---- by band ----


def test_a_township_cadre_is_asked_90_hours_or_12_days_50_on_line_50_required():
    assert amounts(person()) == {"off_job": (90, 12), "online": (50, None), "required": (50, None)}
    row = asked(person())["off_job"]
    assert (row.since, row.due) == (date(2026, 1, 1), date(2026, 12, 31))
    assert (row.measure, row.other_measure, row.by_entries, row.exempt, row.note) == (
        "off_job_hours", "off_job_days", False, False, "",
    )  # fmt: skip


def test_a_county_cadre_is_asked_550_hours_or_three_months_in_the_fixed_window():
    found = asked(person(band=HIGH))
    assert {code: row.amount for code, row in found.items()} == {"five_years": 550, "online": 50, "required": 60}
    row = found["five_years"]
    assert (row.other_amount, row.since, row.due) == (90, date(2023, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("year", "first", "last"), [(2022, 2018, 2022), (2023, 2023, 2027), (2027, 2023, 2027), (2028, 2028, 2032)]
)
def test_windows_are_fixed(year, first, last):
    row = asked(person(band=HIGH), year)["five_years"]
    assert (row.since, row.due) == (date(first, 1, 1), date(last, 12, 31))


def test_a_rolling_window_ends_with_the_year():
    raw = shipped()
    lines = [{**raw["requirements"][0], "rolling": True}, *raw["requirements"][1:]]
    row = asked(person(band=HIGH), 2026, read_requirements({**raw, "requirements": lines}))["five_years"]
    assert (row.since, row.due) == (date(2022, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("ask", "codes"),
    [
        ("hours", {"off_job", "online"}),
        ("credits", {"online", "required"}),
        ("both", {"off_job", "online", "required"}),
    ],
)
def test_a_city_may_ask_for_credits_instead(ask, codes):
    assert asked(person(), rules=with_ask(ask)).keys() == codes


def test_whose_band_is_unknown_is_asked_what_everybody_is_asked():
    assert asked(person(band="")).keys() == {"online"}


# ---- not the whole year ----


@pytest.mark.parametrize(
    ("day", "hours", "days", "online"),
    [
        (date(2026, 1, 31), 90, 12, 50),  # the month of appointment counts
        (date(2026, 2, 1), Decimal("82.5"), 11, 46),  # 11 of 12 months: 82.5, 11, 45.83 rounded up
        (date(2026, 9, 30), 30, 4, 17),  # 4 months: 16.67 rounded up to 17
        (date(2026, 12, 1), Decimal("7.5"), 1, Decimal("4.5")),  # 4.17 rounded up
    ],
)
def test_who_becomes_a_cadre_in_the_year_is_asked_by_months(day, hours, days, online):
    found = amounts(person(entered_on=day))
    assert found["off_job"] == (hours, days)
    assert found["online"] == (online, None)


def test_the_note_says_why_less_is_asked():
    assert asked(person(entered_on=date(2026, 9, 1)))["off_job"].note == "2026年9月进入干部队伍，按 4 个月计"


def test_in_a_window_of_five_years_the_months_since_entry_count():
    row = asked(person(band=HIGH, entered_on=date(2025, 7, 15)))["five_years"]
    assert row.since == date(2025, 7, 15)
    assert (row.amount, row.other_amount) == (275, 45)  # 30 of 60 months


def test_before_somebody_became_a_cadre_nothing_is_asked():
    assert asked(person(entered_on=date(2027, 1, 1))) == {}


@pytest.mark.parametrize("status", [Cadre.Status.DIED, Cadre.Status.LEFT])
def test_of_who_died_or_left_nothing_is_asked(status):
    assert asked(person(status=status, status_since=date(2026, 11, 30))) == {}
    assert asked(person(status=status)) == {}
    assert asked(person(status=status, status_since=date(2027, 1, 1))) != {}


def test_who_retires_within_the_year_is_exempt_and_is_nobody_afterwards():
    found = asked(person(status=Cadre.Status.RETIRED, status_since=date(2026, 6, 30)))
    assert {(row.amount, row.exempt, row.note) for row in found.values()} == {(0, True, "当年退休，免除")}
    assert asked(person(status=Cadre.Status.RETIRED, status_since=date(2025, 12, 31))) == {}
    assert asked(person(status=Cadre.Status.RETIRED, status_since=date(2027, 1, 1)))["off_job"].amount == 90


def test_who_is_seconded_learns_like_everybody():
    assert amounts(person(status=Cadre.Status.SECONDED)) == amounts(person())


# ---- exemptions ----


def test_a_share_is_taken_off_and_the_rest_rounded_up_to_half_an_hour():
    found = amounts(person(reliefs=[Relief(2026, "", 33)]))
    assert found["off_job"] == (Decimal("60.5"), Decimal("8.5"))  # 60.3 and 8.04
    assert found["online"] == (Decimal("33.5"), None)


def test_an_exemption_for_one_requirement_leaves_the_others():
    found = asked(person(reliefs=[Relief(2026, "online", 100)]))
    assert (found["online"].exempt, found["online"].amount, found["online"].note) == (True, 0, "2026年免除")
    assert found["off_job"].amount == 90


def test_of_two_exemptions_the_larger_one_holds():
    assert amounts(person(reliefs=[Relief(2026, "", 20), Relief(2026, "off_job", 50)]))["off_job"] == (45, 6)


def test_an_exemption_of_another_year_changes_nothing():
    for year in (2025, 2027):
        found = asked(person(reliefs=[Relief(year, "", 100)]))
        assert {code: (row.amount, row.note) for code, row in found.items()} == {
            "off_job": (90, ""), "online": (50, ""), "required": (50, ""),
        }  # fmt: skip


def test_a_year_of_illness_takes_a_fifth_off_the_five_years():
    row = asked(person(band=HIGH, reliefs=[Relief(2024, "", 100)]))["five_years"]
    assert (row.amount, row.other_amount, row.exempt, row.note) == (440, 72, False, "2024年免除")


# ---- promotion ----

MARCH = date(2026, 3, 1)


def promoted(hours: str = "0", days: str = "0", on: date = date(2026, 2, 10), **facts) -> Person:
    learned = (Learned(on, "off_job_hours", Decimal(hours)), Learned(on, "off_job_days", Decimal(days)))
    return person(**({"band": HIGH, "promotion": Promotion(MARCH, LOW, learned)} | facts))


def test_promoted_on_1_march_before_the_old_requirement_was_met():
    row = asked(promoted("30", "4"))["promotion"]
    assert (row.amount, row.other_amount) == (60, 8)
    assert (row.since, row.due, row.by_entries) == (MARCH, date(2027, 3, 1), True)
    assert row.note == "2026年3月1日提任，此前的“年度脱产培训”未完成"


@pytest.mark.parametrize(
    ("hours", "days", "owes"), [("89.5", "11.5", True), ("90", "0", False), ("72", "12", False), ("0", "0", True)]
)
def test_promoted_after_meeting_it_owes_nothing(hours, days, owes):
    assert ("promotion" in asked(promoted(hours, days))) is owes


def test_what_was_learned_on_the_first_day_of_the_year_is_of_the_year():
    assert "promotion" not in asked(promoted("90", on=date(2026, 1, 1)))


def test_what_was_learned_in_another_year_or_after_the_promotion_is_not_what_was_done_before():
    assert asked(promoted("90", on=date(2025, 12, 31)))["promotion"].amount == 90
    assert asked(promoted("90", on=MARCH))["promotion"].amount == 90


def test_it_stands_in_the_lists_of_both_years_and_no_longer():
    assert [("promotion" in asked(promoted(), year)) for year in (2025, 2026, 2027, 2028)] == [False, True, True, False]


def test_after_the_promotion_the_new_band_asks_by_months():
    found = asked(promoted())
    assert "off_job" not in found
    assert found["required"].amount == 60
    row = found["five_years"]
    assert (row.since, row.amount) == (MARCH, Decimal("202.0"))  # 22 of 60 months: 201.67 rounded up
    assert row.note == "2026年3月提任，按 22 个月计"


def test_a_requirement_of_two_years_begins_with_the_promotion_too():
    first = {**shipped()["requirements"][0], "years": 2, "first_year": 2026, "amount": 240}
    row = asked(promoted(), rules=read_requirements({**shipped(), "requirements": [first]}))["five_years"]
    assert (row.since, row.due, row.amount) == (MARCH, date(2027, 12, 31), 220)  # 22 of 24 months


def test_who_went_down_again_owes_nothing_for_the_promotion():
    assert "promotion" not in asked(promoted(band=LOW))


def test_the_exempt_owe_nothing_for_a_promotion():
    assert "promotion" not in asked(promoted(reliefs=[Relief(2026, "off_job", 100)]))
    assert asked(promoted(reliefs=[Relief(2026, "promotion", 100)]))["promotion"].exempt


def test_of_two_exemptions_from_a_promotions_duty_the_larger_one_holds():
    reliefs = [Relief(2026, "promotion", 50), Relief(2027, "promotion", 20)]
    assert asked(promoted(reliefs=reliefs))["promotion"].amount == 45


def test_an_exemption_from_what_was_missing_holds_for_all_that_was_missing():
    """Two requirements of the old band were not met: which of the two rows somebody chose makes no difference."""
    low = shipped()["requirements"][1]
    more = {"code": "reading", "name": "自学", "when": "always", "bands": [LOW], "measure": "elective", "amount": 10}
    rules = read_requirements({**shipped(), "requirements": [low, more]})
    for code in ("promotion", "promotion_2"):
        found = asked(promoted(reliefs=[Relief(2026, code, 50)]), rules=rules)
        assert {one: row.amount for one, row in found.items()} == {"promotion": 45, "promotion_2": 5}


@pytest.mark.parametrize(
    ("day", "months", "due"),
    [
        (date(2026, 3, 1), 12, date(2027, 3, 1)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 31), 6, date(2027, 6, 30)),
        (date(2026, 3, 20), 3, date(2026, 6, 20)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2026, 1, 31), 3, date(2026, 4, 30)),
        (date(2025, 12, 31), 12, date(2026, 12, 31)),
        (date(2026, 2, 20), -3, date(2025, 11, 20)),
    ],
)
def test_a_year_ends_on_the_same_day(day, months, due):
    assert months_later(day, months) == due


def test_rise_is_the_last_step_upward():
    steps = [(date(2010, 1, 1), LOW), (date(2015, 1, 1), LOW), (MARCH, HIGH), (date(2026, 8, 1), HIGH)]
    assert rise(steps) == (MARCH, LOW)
    assert rise(steps[2:]) is None
    assert rise([]) is None


# ---- properties ----

SHARES = st.integers(1, 100)
DAYS = st.dates(date(2019, 1, 1), date(2027, 12, 31))
BANDS = st.sampled_from([HIGH, LOW])


@given(SHARES, SHARES, BANDS, DAYS | st.none(), st.integers(2023, 2027))
def test_a_bigger_share_never_asks_more(one, other, band, entered, year):
    small, big = sorted((one, other))
    base = person(band=band, entered_on=entered)
    less, least = (asked(replace(base, reliefs=[Relief(year, "", share)]), year) for share in (small, big))
    assert less.keys() == least.keys()
    assert all(least[code].amount <= less[code].amount for code in less)


@given(BANDS, DAYS, DAYS, st.integers(2019, 2027))
def test_who_came_later_is_never_asked_more(band, one, other, year):
    early, late = sorted((one, other))
    before, after = (asked(person(band=band, entered_on=day), year) for day in (early, late))
    assert after.keys() <= before.keys()
    assert all(after[code].amount <= before[code].amount for code in after)


@given(st.decimals("0.5", "600", places=1), st.fractions(0, 1, max_denominator=6000))
def test_a_part_is_a_multiple_of_half_an_hour_less_than_one_step_above(amount, part):
    found = share_of(amount, part)
    if part != 1:
        assert found % Decimal("0.5") == 0
        assert 0 <= Fraction(found) - Fraction(amount) * part < Fraction(1, 2)


@pytest.mark.parametrize(("amount", "months", "of", "asked_for"), [("48", 2, 12, "8"), ("57", 10, 60, "9.5")])
def test_a_part_that_comes_out_even_is_not_rounded_up(amount, months, of, asked_for):
    assert share_of(Decimal(amount), Fraction(months, of)) == Decimal(asked_for)


# ---- sets that cannot be read ----


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ask": "days"}, "“ask”应为 hours、credits、both 之一"),
        ({"requirements": []}, "至少列一项要求"),
        ({"requirements": ["x"]}, "第 1 项要求应是一组"),
        ({"promotion": {"name": "补训", "months": 0}}, "“months”应为 1 到 60 的整数"),
    ],
)
def test_a_faulty_set_is_refused_with_a_sentence(change, words):
    with pytest.raises(FaultyRequirements, match=words):
        read_requirements({**shipped(), **change})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"amount": 0}, "“amount”应为大于 0 的数"),
        ({"amount": True}, "“amount”应为大于 0 的数"),
        ({"amount": 0.3}, "0.5 的倍数"),
        ({"measure": "weeks"}, "“measure”应为"),
        ({"bands": ["deity"]}, "“bands”应列出"),
        ({"bands": "county_up"}, "“bands”应列出"),
        ({"code": "promotion"}, "不能以“promotion”开头"),
        ({"code": "promotion_2"}, "不能以“promotion”开头"),
        ({"code": "五年"}, "英文字母"),
        ({"name": ""}, "1 到 60 个字"),
        ({"name": "长" * 61}, "1 到 60 个字"),
        ({"code": "a" * 21}, "1 到 20 个字"),
        ({"years": 11}, "1 到 10 的整数"),
        ({"first_year": "2023"}, "2000 到 2100"),
        ({"rolling": "no"}, "true 或 false"),
        ({"when": "never"}, "“when”应为"),
        ({"code": "online", "bands": []}, "写了两次"),
    ],
)
def test_a_faulty_line_is_named(change, words):
    raw = shipped()
    first, *rest = raw["requirements"]
    with pytest.raises(FaultyRequirements, match=words):
        read_requirements({**raw, "requirements": [{**first, **change}, *rest]})


def test_what_just_fits_its_column_is_taken():
    raw = shipped()
    first, *rest = raw["requirements"]
    longest = {"code": "a" * 20, "name": "长" * 60, "amount": 99999.5, "years": 10, "first_year": 2100}
    line = read_requirements({**raw, "requirements": [{**first, **longest}, *rest]}).lines[0]
    assert (line.code, line.name, line.amount) == (longest["code"], longest["name"], Decimal("99999.5"))
    assert (line.years, line.first_year) == (10, 2100)
