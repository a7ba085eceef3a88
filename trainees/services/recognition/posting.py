"""Records that a platform posts: each taken or refused by itself, the same one once; they wait for the unit's word."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from core import idnumber
from core.audit import record
from core.names import normalise
from core.operations import intention, last_word
from core.sheets.text import line
from trainees.models import Platform, Recognition
from trainees.services.recognition.arriving import NEW, SAME, Arrival, Asked, Judged, judge, write
from trainees.services.recognition.calls import Sent
from trainees.services.recognition.holding import State

TWICE = {"platform_record_once": "同一编号的记录正在由另一次调用写入，本次没有写入任何内容，请重试"}
BAD_NUMBER = "身份证号不正确，请核对"
Result = dict[str, Any]


@intention
def take_records(platform: Platform, sent: Sequence[Sent]) -> list[Result]:
    """Write what is sound and new; an answer for each record, in their order. One call of a platform at a time.

    A record that was taken before answers as it did the first time. What is refused was not written.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"records:{platform.pk}"])
    today = timezone.localdate()
    area = Q(unit__path__startswith=platform.unit.path) | Q(managing_authority__path__startswith=platform.unit.path)
    asked = Asked(platform, area, None, today, State.FILED, _from_nobody, " records[{}] ")
    sound = [place for place, one in enumerate(sent) if not idnumber.fault_of(idnumber.normalise(one.id_number), today)]
    judged = judge([_arrival(place, sent[place]) for place in sound], asked)
    with last_word(TWICE):
        write(judged)
    answers = {one.arrival.place: _answer(one) for one in judged}
    results = [
        {"number": one.number} | answers.get(place, {"result": "refused", "message": BAD_NUMBER})
        for place, one in enumerate(sent)
    ]
    _record(platform, results)
    return results


def _arrival(place: int, one: Sent) -> Arrival:
    number = idnumber.normalise(one.id_number)
    return Arrival.of(
        place, normalise(one.name), number, title=line(one.course), minutes=one.minutes, share=one.share,
        finished=one.finished, begun=one.begun, record=one.number, provider=line(one.provider),
    )  # fmt: skip


def _from_nobody(row: Recognition) -> None:
    """A platform is no person: `filed_by_id` stays empty."""


def _answer(one: Judged) -> Result:
    if one.outcome in (NEW, SAME) and one.row is not None:
        return {"result": "accepted", "id": str(one.row.pk)}
    return {"result": "refused", "message": one.text.strip()}


def _record(platform: Platform, results: Sequence[Result]) -> None:
    """One entry a call, with counts only."""
    accepted = sum(one["result"] == "accepted" for one in results)
    after = {"records": len(results), "accepted": accepted, "refused": len(results) - accepted}
    record("recognition.records", actor=None, obj=platform, unit_id=platform.unit_id, after=after)
