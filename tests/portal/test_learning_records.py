"""POST /api/learning-records/: the key, what is taken, what is refused and where, twice is once, how often (docs/api.md)."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from core.models import AuditEntry
from portal.views import learning_records as api
from tests.trainees import recognition_rows as rows
from trainees.models import Platform, Recognition
from trainees.services.recognition import make_key
from trainees.services.recognition.calls import BadCall, records_of

pytestmark = pytest.mark.django_db
URL = reverse("portal:learning_records")


@pytest.fixture
def key(yunling):
    return make_key(rows.platform(yunling), actor=yunling.staff)


def post(key, body, **headers):
    """As a platform does: no cookie, no token, CSRF checks on."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"Authorization": f"Bearer {key}"} | headers
    return Client(enforce_csrf_checks=True).post(URL, data, content_type="application/json", headers=given)


def told(answer):
    return answer.json()["records"]


def fault(answer):
    error = answer.json()["error"]
    return answer.status_code, error["place"], error["message"]


# ---- the key ----


def test_the_key_is_kept_as_a_hash_and_found_by_it(yunling, key):
    platform = rows.platform(yunling)
    assert key not in str(Platform.objects.filter(pk=platform.pk).values()) and len(platform.key_hash) == 64
    assert post(key, {"records": [rows.record(yunling)]}).status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer nothing", "Basic {}", "bearer {}", "{}"])
def test_without_the_right_key_nothing_is_read(yunling, key, header):
    answer = post(key, b"not even json", Authorization=header.format(key))
    assert fault(answer) == (401, "Authorization", "没有密钥，或密钥不正确、已作废")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_new_key_makes_the_old_one_void_and_a_retired_platform_has_none(yunling, key):
    make_key(rows.platform(yunling), actor=yunling.staff)
    assert post(key, {"records": [rows.record(yunling)]}).status_code == 401
    new = make_key(rows.platform(yunling), actor=yunling.staff)
    Platform.objects.update(retired=timezone.localdate())
    assert post(new, {"records": [rows.record(yunling)]}).status_code == 401


def test_it_opens_nothing_else(yunling, key):
    client = Client(headers={"Authorization": f"Bearer {key}"})
    assert client.get(reverse("portal:recognition_list")).status_code == 302
    assert client.get(URL).status_code == 405


def test_a_signed_in_browser_has_no_part_in_it(yunling):
    client = Client()
    client.force_login(yunling.staff)
    assert client.post(URL, {"records": "[]"}).status_code == 401


# ---- what is taken ----


def test_a_record_waits_for_the_units_word(yunling, key):
    (answer,) = told(post(key, {"records": [rows.record(yunling, provider="网络学院")]}))
    row = Recognition.objects.get()
    assert answer == {"number": "R-1", "result": "accepted", "id": str(row.pk)}
    assert (row.state, row.cadre, row.channel, row.minutes, row.hours) == (
        "filed",
        yunling.cadres[0],
        "online",
        450,
        10,
    )
    assert (row.filed_by_id, row.platform.name, row.external_key) == (None, "云岭干部网络学院", "R-1")


def test_the_same_call_again_gives_the_first_answer(yunling, key):
    body = {
        "records": [rows.record(yunling), rows.record(yunling, 1, "R-2"), rows.record(yunling, number="R-3", share=50)]
    }
    first, again = post(key, body), post(key, body)
    assert first.json() == again.json() and Recognition.objects.count() == 2
    row = Recognition.objects.get(external_key="R-1")
    Recognition.objects.filter(pk=row.pk).update(state="vetted")
    assert post(key, body).json() == first.json()


def test_each_record_stands_for_itself_and_says_why_it_is_refused(yunling, wangjiang, key):
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    person, stranger = yunling.cadres[0], wangjiang.cadres[0]
    wrong = person.open_id_number()[:17] + ("1" if person.open_id_number()[17] != "1" else "2")
    sent = [
        rows.record(yunling),
        rows.record(wangjiang, number="R-2"),
        rows.record(yunling, number="R-3", name="另一姓名"),
        rows.record(yunling, number="R-4", id_number=wrong),
        rows.record(yunling, number="R-5", share=89.99),
        rows.record(yunling, number="R-6", finished=tomorrow),
        rows.record(yunling, number="R-7", begun=tomorrow),
        rows.record(yunling, number="R-1", course="另一门课"),
        rows.record(yunling, number="R-8", minutes=22501),
    ]
    answer = told(post(key, {"records": sent}))
    assert [one["result"] for one in answer] == ["accepted"] + ["refused"] * 8
    words = [one.get("message", "") for one in answer]
    for place, word in enumerate(
        ("没有找到", "姓名与身份证号不符", "身份证号不正确", "90% 以上", "在今天之后", "晚于", "相同", "不超过 500"), 1
    ):
        assert word in words[place], place
    assert person.name not in str(words) and stranger.name not in str(words)
    assert Recognition.objects.count() == 1


def test_a_changed_record_of_the_same_number_is_refused(yunling, key):
    post(key, {"records": [rows.record(yunling)]})
    (answer,) = told(post(key, {"records": [rows.record(yunling, minutes=900)]}))
    assert answer["result"] == "refused" and "内容不同" in answer["message"]
    (answer,) = told(post(key, {"records": [rows.record(yunling, 1)]}))
    assert "另一名干部" in answer["message"]


def test_one_entry_a_call_with_counts_only(yunling, key):
    body = {"records": [rows.record(yunling), rows.record(yunling, number="R-2", share=1)]}
    post(key, body)
    entry = AuditEntry.objects.get(event="recognition.records")
    assert entry.after == {"records": 2, "accepted": 1, "refused": 1} and entry.actor_id is None
    assert entry.source_ip and entry.unit_id == yunling.root.pk


def test_a_thousand_records_in_a_fixed_number_of_queries(yunling, key, query_count):
    def call(first, count):
        sent = [
            rows.record(yunling, place % 3, f"N{first + place}", course=f"第{first + place}课")
            for place in range(count)
        ]
        return query_count(lambda: post(key, {"records": sent}))

    call(0, 1)
    assert call(1, 2) == call(3, 900)


# ---- what is no call of ours ----


GOOD = {
    "number": "1", "id_number": "999001198506120019", "name": "司马清扬", "course": "乡村振兴", "minutes": 45, "share": 100,
    "finished": "2026-03-02",
}  # fmt: skip


def with_(**changes):
    return {"records": [GOOD | changes]}


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"", "正文"), (b"{", "正文"), (b"\xff\xfe", "正文"), (b"[]", "正文"), (b"null", "正文"), (b'"x"', "正文"),
        (b"[" * 100_000, "正文"), (b'{"records": [{"minutes": ' + b"9" * 5000 + b"}]}", "正文"),
        ({"records": []}, "records"), ({"records": {}}, "records"), ({"records": [GOOD] * 1001}, "records"), ({}, "records"),
        ({"records": [GOOD], "more": 1}, "more"), ({"records": ["x"]}, "records[0]"), ({"records": [None]}, "records[0]"),
        ({"records": [GOOD, GOOD | {"unit": "x"}]}, "records[1].unit"),
        ({"records": [{key: value for key, value in GOOD.items() if key != "share"}]}, "records[0].share"),
        (with_(number=""), "records[0].number"), (with_(number=1), "records[0].number"),
        (with_(number="x" * 81), "records[0].number"), (with_(name="张\x00三"), "records[0].name"),
        (with_(course="\u202e课程"), "records[0].course"), (with_(course="课"), "records[0].course"),
        (with_(minutes="45"), "records[0].minutes"), (with_(minutes=4.5), "records[0].minutes"),
        (with_(minutes=0), "records[0].minutes"), (with_(minutes=True), "records[0].minutes"),
        (with_(minutes=None), "records[0].minutes"), (with_(minutes=10**30), "records[0].minutes"),
        (with_(share=100.001), "records[0].share"), (with_(share=-1), "records[0].share"),
        (with_(share=[]), "records[0].share"), (with_(finished="2026-02-30"), "records[0].finished"),
        (with_(finished="2026/03/02"), "records[0].finished"), (with_(finished="9999-12-31"), "records[0].finished"),
        (with_(finished="２０２６-03-02"), "records[0].finished"), (with_(begun=""), "records[0].begun"),
        (b'{"records": [{"share": NaN}]}', "正文"), (b'{"records": [{"share": -Infinity}]}', "正文"),
        (b'{"records": [], "records": []}', "records"), (b'{"records": [{"name": "x", "name": "y"}]}', "name"),
        (b'{"records": [{"share": 1e999999999}]}', "records[0].number"),
        (b'{"records": [{"share": 1e99999999999999999999}]}', "正文"),
        (b'{"records": [{"minutes": -1e-99999999999999999999}]}', "正文"),
    ],
)  # fmt: skip
def test_the_first_thing_wrong_is_said_with_its_place(body, place):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(BadCall) as bad:
        records_of(data)
    assert bad.value.place == place


def test_b19_half_a_character_is_400_and_nothing_is_written(yunling, key):
    good = rows.record(yunling)
    body = json.dumps({"records": [good, good | {"number": "R-2", "course": "课程XX"}]}).replace("XX", "\\ud800")
    code, place, message = fault(post(key, body.encode()))
    assert (code, place) == (400, "records[1].course") and "U+D800" in message
    assert not Recognition.objects.exists()


def test_a_name_of_a_field_that_is_half_a_character(yunling, key):
    code, place, _ = fault(post(key, b'{"\\ud800": 1}'))
    assert (code, place) == (400, "（看不见的字段名）")


def test_a_number_as_large_as_can_be_written_is_refused_at_once():
    body = json.dumps(with_(share="X")).replace('"X"', "1e999999999").encode()
    with pytest.raises(BadCall, match="应在 0 到 100 之间"):
        records_of(body)


def test_more_than_a_megabyte_another_type_and_no_length(yunling, key):
    assert fault(post(key, b" " * (1024 * 1024 + 1)))[:2] == (413, "正文")
    headers = {"Authorization": f"Bearer {key}"}
    answer = Client().post(URL, "x=1", content_type="application/x-www-form-urlencoded", headers=headers)
    assert fault(answer)[:2] == (415, "Content-Type")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*GOOD, "records", "x"]), inner, max_size=5)
    ),
    max_leaves=20,
)


@given(json_values)
def test_whatever_is_sent_is_read_or_refused_with_a_place(value):
    try:
        records_of(json.dumps(value).encode("utf-8", "surrogatepass"))
    except BadCall as bad:
        assert bad.place and bad.message


# ---- how often ----


@pytest.fixture
def limits(settings, monkeypatch):
    settings.RATE_LIMITS = True
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "records"}}
    cache.clear()
    yield
    cache.clear()


def test_sec_23_a_platform_calls_sixty_times_a_minute(yunling, key, limits, monkeypatch):
    monkeypatch.setattr(api.time, "time", lambda: 1_800_000_000.0)
    codes = [post(key, b"{}").status_code for _ in range(62)]
    assert codes == [400] * 60 + [429] * 2
    assert post(key, b"{}")["Retry-After"] == "60"


def test_sec_03_wrong_keys_from_one_address_are_slowed_down(yunling, key, limits, monkeypatch):
    monkeypatch.setattr(api.time, "time", lambda: 1_800_000_000.0)
    assert [post("wrong", b"{}").status_code for _ in range(22)] == [401] * 20 + [429] * 2
    assert post(key, b"{}").status_code == 429
