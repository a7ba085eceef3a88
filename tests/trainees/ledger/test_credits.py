"""What counts (DOMAIN.md §3): each number of the default rules, caps in the middle of an entry, steps, readings that fail."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainees.rules.credits import Learning, credit_year, surplus
from trainees.rules.rule_book import RuleBook, RulesFault
from trainees.services.rule_sets import shipped_rules

WHO = UUID(int=1)
D = Decimal


def book(**changes):
    return RuleBook.read(shipped_rules() | changes)


def learned(channel="off_job", hours="0", days="0", on=date(2026, 5, 1), number=1, **facts):
    return Learning(WHO, on, channel, D(hours), D(days), "内容", "class", UUID(int=number), **facts)


def alone(learning, rules=None):
    (one,) = credit_year([(learning, rules or book())])
    return one.kind, one.hours, one.days, one.credits


def credits(rules, *learnings):
    return [one.credits for one in credit_year([(one, rules) for one in learnings])]


@pytest.mark.parametrize(
    ("learning", "wanted"),
    [
        # off the job: one hour, one required credit; with a timetable hours and days are what they are
        (learned(hours="36", days="6"), ("required", 36, 6, 36)),
        (learned(hours="3.5", days="0.5"), ("required", D("3.5"), D("0.5"), D("3.5"))),
        # without one: 6 hours a day, 3 a half-day, both ways
        (learned(days="12"), ("required", 72, 12, 72)),
        (learned(days="2.5"), ("required", 15, D("2.5"), 15)),
        (learned(hours="72"), ("required", 72, 12, 72)),
        (learned(hours="8.5"), ("required", D("8.5"), 1, D("8.5"))),
        (learned(hours="9"), ("required", 9, D("1.5"), 9)),
        (learned(hours="2.5"), ("required", D("2.5"), 0, D("2.5"))),
        # on-line: 45 minutes an hour, from 90 % of the course on
        (learned("online", minutes=2250, share=D("90")), ("required", 50, 0, 50)),
        (learned("online", minutes=2250, share=D("89.9")), ("required", 0, 0, 0)),
        (learned("online", minutes=45), ("required", 1, 0, 1)),
        (learned("online", minutes=44), ("required", D("0.5"), 0, D("0.5"))),
        (learned("online", minutes=22), ("required", 0, 0, 0)),
        (learned("online", minutes=23), ("required", D("0.5"), 0, D("0.5"))),
        (learned("online", hours="10", share=D("100")), ("required", 10, 0, 10)),
        # study group 3 a session, teaching five times, in-house at most 18 a class
        (learned("study_group", sessions=4), ("required", 0, 0, 12)),
        (learned("teaching", hours="2"), ("elective", 2, 0, 10)),
        (learned("self_study", hours="7"), ("elective", 7, 0, 7)),
        (learned("in_house", hours="18"), ("required", 18, 0, 18)),
        (learned("in_house", hours="18.5"), ("required", D("18.5"), 0, 18)),
        # carried over: a credit each, no hours of learning
        (learned("carry", hours="12.5"), ("elective", 0, 0, D("12.5"))),
        # the smallest step is 0.5, downwards
        (learned(hours="3.99", days="0.5"), ("required", D("3.99"), D("0.5"), D("3.5"))),
        (learned(hours="0.49", days="0.5"), ("required", D("0.49"), D("0.5"), 0)),
        (learned(), ("required", 0, 0, 0)),
    ],
)
def test_the_default_rules(learning, wanted):
    assert alone(learning) == wanted


def capped(amount, **what):
    return book(caps=[{"credits": amount, **what}])


def test_days_without_a_timetable_are_as_long_as_the_rules_say():
    rules = book(day_hours=7, half_day_hours=3)
    assert alone(learned(days="1.5"), rules) == ("required", 10, D("1.5"), 10)
    assert alone(learned(hours="10"), rules) == ("required", 10, D("1.5"), 10)


def test_a_cap_is_reached_in_the_middle_of_an_entry():
    first, second, third = (learned("in_house", "8", on=date(2026, month, 1), number=month) for month in (1, 2, 3))
    assert credits(capped("20", channel="in_house"), third, first, second) == [4, 8, 8]
    assert credits(capped("16", channel="in_house"), third, first, second) == [0, 8, 8]


def test_a_cap_of_a_kind_counts_all_its_channels_and_no_other():
    teaching, reading = learned("teaching", "4", on=date(2026, 1, 1)), learned("self_study", "15", number=2)
    off_job = learned(hours="40", days="7", number=3)
    assert credits(capped("30", kind="elective"), off_job, reading, teaching) == [40, 10, 20]


def test_a_cap_that_is_no_whole_step_is_rounded_down():
    assert credits(capped("10.3", channel="in_house"), learned("in_house", "12")) == [10]


def test_two_caps_the_tighter_one_counts():
    rules = book(caps=[{"kind": "elective", "credits": "30"}, {"channel": "teaching", "credits": "15"}])
    first, second = learned("teaching", "4", on=date(2026, 1, 1)), learned("self_study", "20", number=2)
    assert credits(rules, first, second) == [15, 15]


def test_on_one_day_the_source_s_key_decides():
    a, b = learned("in_house", "8", number=1), learned("in_house", "8", number=2)
    assert credits(capped("10", channel="in_house"), b, a) == [2, 8]


def test_each_learning_comes_under_the_rules_of_its_day():
    old, new = book(), capped("20", channel="in_house")
    first, second = learned("in_house", "15", on=date(2026, 1, 1)), learned("in_house", "15", number=2)
    assert [one.credits for one in credit_year([(first, old), (second, new)])] == [15, 5]


def test_every_step_is_told():
    first = learned("in_house", "18", on=date(2026, 1, 1))
    second = learned("in_house", "20.25", number=2)
    _, told = credit_year([(one, capped("30", channel="in_house")) for one in (first, second)])
    assert list(told.steps) == [
        {"rule": "given", "text": "单位内训：20.25 学时", "hours": "20.25", "days": "0"},
        {"rule": "rate", "text": "每学时计 1 必修学分，不足 0.5 的不计", "value": "20"},
        {"rule": "most", "text": "每次最多计 18 学分", "value": "18"},
        {"rule": "cap", "text": "单位内训学分一年最多计 30，尚余 12", "value": "12"},
    ]
    (online,) = credit_year([(learned("online", minutes=90, share=D("89.90")), book())])
    assert [step["text"] for step in online.steps] == ["网络培训：90 分钟、完成 89.9%", "完成 89.9%，不到 90%，不计"]


def test_a_limit_that_is_just_reached_is_no_step():
    (told,) = credit_year([(learned("in_house", "18"), capped("18", channel="in_house"))])
    assert [step["rule"] for step in told.steps] == ["given", "rate"]


def test_a_study_group_without_sessions_is_told_by_its_hours():
    (told,) = credit_year([(learned("study_group", "4"), book())])
    assert (told.credits, told.steps[-1]["text"]) == (0, "每学时计 0 必修学分")


def test_surplus_of_required_credits():
    assert (surplus(D("89.5"), D("60")), surplus(D("60"), D("60")), surplus(D("40"), D("60"))) == (D("29.5"), 0, 0)


# ---- reading ----


def test_the_shipped_rules_are_read():
    rules = book()
    assert (rules.step, rules.half_day_most, rules.day_hours, rules.half_day_hours) == (D("0.5"), 4, 6, 3)
    assert (rules.channels["online"].minutes, rules.channels["online"].least_share) == (45, 90)
    assert rules.caps == ()


def channel(code, **changes):
    given = shipped_rules()["channels"]
    return {"channels": given | {code: given[code] | changes}}


def test_an_hour_on_line_has_forty_five_minutes_where_the_rules_say_nothing():
    plain = {code: one for code, one in shipped_rules()["channels"]["online"].items() if code != "minutes"}
    rules = book(channels=shipped_rules()["channels"] | {"online": plain})
    assert alone(learned("online", minutes=90, share=D("100")), rules) == ("required", 2, 0, 2)


def test_what_a_day_is_worth_is_said_of_learning_off_the_job_alone():
    """A recomputation leaves entries whose rules say the same of them."""
    old, new = book(), book(day_hours=7)
    assert old.says_of("off_job") != new.says_of("off_job")
    assert old.says_of("online") == new.says_of("online")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"step": "0"}, "最小单位：应为 0.01 到 1000 之间的数"),
        ({"day_hours": "六"}, "一天折合学时：应为 0.5 到 1000 之间的数"),
        ({"half_day_most": True}, "半天学时上限：应为 0.5 到 1000 之间的数"),
        ({"channels": None}, "渠道：没有内容或格式不对"),
        ({"channels": {"off_job": {"kind": "needed"}}}, "脱产培训：须写明必修（required）或选修（elective）"),
        ({"channels": {"off_job": {"kind": "required"}}}, "渠道“网络培训”没有换算办法"),
        ({"caps": {}}, "年度上限：应为列表"),
        ({"caps": [{"credits": "3"}]}, "第 1 条年度上限：须指明渠道，或者必修、选修"),
        ({"caps": [{"channel": "online", "credits": "-1"}]}, "第 1 条年度上限：应为 0 到 1000 之间的数"),
        ({"caps": [{"channel": "online", "credits": "NaN"}]}, "第 1 条年度上限：应为 0 到 1000 之间的数"),
        ({"bonus": 1}, "规则：不认识“bonus”"),
        (channel("online", least_share="100.5"), "网络培训最低完成比例：应为 0 到 100 之间的数"),
    ],
)
def test_rules_that_cannot_be_read_say_why(changes, sentence):
    with pytest.raises(RulesFault) as told:
        book(**changes)
    assert sentence in told.value.faults


def test_what_is_no_rule_set_at_all():
    for raw in (None, [], "规则", 3):
        with pytest.raises(RulesFault):
            RuleBook.read(raw)


# ---- properties ----

steps = st.integers(0, 80).map(lambda half_hours: D(half_hours) / 2)
learnings = st.lists(
    st.tuples(
        st.sampled_from(["off_job", "online", "study_group", "self_study", "teaching", "in_house", "carry"]),
        steps,
        st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    ),
    min_size=1,
    max_size=8,
)
caps = st.lists(
    st.one_of(
        st.builds(lambda way, most: {"channel": way, "credits": str(most)}, st.sampled_from(["online", "in_house"]), steps),
        st.builds(lambda kind, most: {"kind": kind, "credits": str(most)}, st.sampled_from(["required", "elective"]), steps),
    ),
    max_size=3,
)  # fmt: skip


def built(rows):
    return [
        learned(channel, str(hours), on=on, number=number, sessions=int(hours) if channel == "study_group" else 0)
        for number, (channel, hours, on) in enumerate(rows, 1)
    ]


@given(rows=learnings, limits=caps, data=st.data())
def test_the_order_of_posting_does_not_matter(rows, limits, data):
    rules, given_ = book(caps=limits), built(rows)
    shuffled = data.draw(st.permutations(given_))
    by_source = dict(zip((one.source_id for one in shuffled), credits(rules, *shuffled), strict=True))
    assert [by_source[one.source_id] for one in given_] == credits(rules, *given_)


@given(rows=learnings, limits=caps, place=st.integers(0, 7), more=steps)
def test_more_hours_never_lower_the_year_s_credits(rows, limits, place, more):
    rules, place = book(caps=limits), place % len(rows)
    raised = [(way, hours + (more if n == place else 0), on) for n, (way, hours, on) in enumerate(rows)]
    before, after = credits(rules, *built(rows)), credits(rules, *built(raised))
    assert sum(after) >= sum(before)
    assert after[place] >= before[place]


@given(rows=learnings, limits=caps)
def test_no_cap_is_exceeded_and_every_credit_is_a_whole_step(rows, limits):
    rules, given_ = book(caps=limits), built(rows)
    counted = credit_year([(one, rules) for one in given_])
    assert all(one.credits % D("0.5") == 0 for one in counted)
    for cap in rules.caps:
        under = [
            one.credits
            for one, learning in zip(counted, given_, strict=True)
            if cap.channel in ("", learning.channel) and cap.kind in ("", one.kind)
        ]
        assert sum(under) <= cap.credits
