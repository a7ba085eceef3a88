"""What the pages of 签到 show: the manager's list, the wall, the scanned page."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import segno
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from organization.models import Account
from portal.acts import ask, new_op_id
from portal.pages import words
from portal.pages.today import clock, marked_words
from training.models import AttendanceMark, CheckIn, CheckInScan, Enrolment, Session, TrainingClass
from training.rules import Bell, times
from training.rules import check_in as rules
from training.rules.check_in import Window
from training.services.check_in import Scene, Wall

AROUND = timedelta(days=3)
"""How many days before and after today the list shows."""
FEW, MOST = 5, 0.6
"""From how many scans on, and from what share of one network on, another network stands out."""
Row = dict[str, Any]


# ---- the manager ----


def sessions_list(one: TrainingClass, user: Account, now: datetime) -> Row:
    """Sessions around today, with the state of their check-in and how many came."""
    day = timezone.localdate(now)
    rows = list(Session.objects.visible_to(user).of_class(one))
    spans = times(rows, Bell.of(one.unit, day))
    near = [row for row in rows if abs(row.date - day) <= AROUND]
    opened = {row.session_id: row for row in CheckIn.objects.filter(training_class=one)}
    came = scans_by_session(one, user)
    total = Enrolment.objects.visible_to(user).of_class(one).on_roster().count()
    shown = [
        {"date": f"{row.date.month}月{row.date.day}日", "today": row.date == day, "title": row.title,
         "time": f"{clock(spans[row][0])}–{clock(spans[row][1])}", "state": state_of(opened.get(row.pk), now),
         "came": came.get(row.pk, 0) if row.pk in opened else None, "total": total,
         "url": reverse("portal:check_in", args=[one.pk, row.pk]), "open": row.pk in opened,
         "over": rules.window_of(spans[row], 0).closes <= now}
        for row in near
    ]  # fmt: skip
    return {"rows": shown, "around": AROUND.days}


def scans_by_session(one: TrainingClass, user: Account) -> Counter[Any]:
    rows = CheckInScan.objects.visible_to(user).filter(training_class=one, accepted=True)
    return Counter(rows.values_list("session_id", flat=True))


def state_of(check_in: CheckIn | None, now: datetime) -> dict[str, str]:
    if check_in is None:
        return {"tone": "off", "label": "未开启"}
    if now < check_in.opens:
        return {"tone": "info", "label": f"{clock(check_in.opens)} 开始"}
    if now >= check_in.closes:
        return {"tone": "off", "label": "已结束"}
    return {"tone": "good", "label": "正在签到"}


def manage(session: Session, user: Account, usual: Window, now: datetime) -> Row:
    """One session's check-in, before it is opened, while it runs and afterwards."""
    one = session.training_class
    found = CheckIn.objects.filter(session=session).first()
    shown = Window(found.opens, found.late_from, found.closes) if found else usual
    over = found is not None and now >= found.closes
    context: Row = {
        "session": session, "state": state_of(found, now), "opened": found is not None, "over": over,
        "times": [("opens", "开始签到", clock(shown.opens)), ("late_from", "迟到起算", clock(shown.late_from)),
                  ("closes", "签到截止", clock(shown.closes))],
        "open_url": reverse("portal:check_in_open", args=[one.pk, session.pk]), "op_id": new_op_id(),
        "list_url": reverse("portal:class_check_ins", args=[one.pk]),
        "facts": [words.fact("课程", session.title), words.fact("授课", session.teacher_name),
                  words.fact("地点", session.place_name or str(session.room or "")),
                  words.fact("日期", f"{words.day(session.date)} {session.get_period_display()}")],
    }  # fmt: skip
    return context | (of_opened(found, session, user, now) if found else {"wall_url": "", "asks": []})


def of_opened(found: CheckIn, session: Session, user: Account, now: datetime) -> Row:
    end = reverse("portal:check_in_end", args=[session.training_class_id, session.pk])
    text = "二维码随即失效，大屏页面停止显示。没有签到的学员不会自动记为旷课，请在考勤表中登记。"
    over = now >= found.closes
    return {
        "wall_url": "" if over else reverse("portal:wall", args=[rules.wall_token(found)]),
        "asks": [] if over else [ask("end", end, "结束签到", "现在结束签到", text)],
    } | live(found, session, user, now)


def live(found: CheckIn, session: Session, user: Account, now: datetime) -> Row:
    """Who is in, who is not, and what the manager should look at. Three queries."""
    seats = list(Enrolment.objects.visible_to(user).of_class(session.training_class).on_roster())
    marks = AttendanceMark.objects.visible_to(user).filter(training_class=session.training_class_id, session=session)
    marked = {row.enrolment_id: row for row in marks}
    scans = CheckInScan.objects.visible_to(user).filter(training_class=session.training_class_id, session=session)
    rows = list(scans.select_related("enrolment", "account").order_by("-id"))
    taken = {row.enrolment_id: row for row in rows if row.accepted}
    present = [seat_row(seat, marked.get(seat.pk), taken[seat.pk]) for seat in seats if seat.pk in taken]
    absent = [seat_row(seat, marked.get(seat.pk), None) for seat in seats if seat.pk not in taken]
    missing = [row for row in absent if row["state"] is None]
    return {
        "present": present, "absent": missing, "away": [row for row in absent if row["state"] is not None],
        "doubts": doubts(rows), "live_url": reverse("portal:check_in_live", args=[session.training_class_id, session.pk]),
        "running": now < found.closes, "at": now,
        "figures": [
            words.figure("已签到", len(present), f"/ {len(seats)} 人"), words.figure("未签到", len(missing), "人"),
            words.figure("已请假或已登记", len(absent) - len(missing), "人"),
        ],
    }  # fmt: skip


def seat_row(seat: Enrolment, mark: AttendanceMark | None, scan: CheckInScan | None) -> Row:
    state = marked_words(mark) if mark else None
    return {"name": seat.roster_name, "group": seat.group, "state": state, "at": scan.at if scan else None}


def doubts(rows: Sequence[CheckInScan]) -> list[Row]:
    """Refused scans, doubtful ones, and those from another network than nearly all."""
    usual = usual_address(row.source_ip for row in rows if row.accepted)
    found = []
    for row in rows:
        elsewhere = "网络与多数人不同" if row.accepted and usual and row.source_ip != usual else ""
        if why := "；".join(filter(None, [row.refused, row.doubt, elsewhere])):
            name = row.enrolment.roster_name if row.enrolment else str(row.account)
            found.append({"name": name, "why": why, "at": row.at, "accepted": row.accepted})
    return found


def usual_address(addresses: Iterable[str | None]) -> str | None:
    """The network from which most of them came, None where there is none to speak of."""
    counts = Counter(filter(None, addresses))
    if sum(counts.values()) < FEW:
        return None
    address, count = counts.most_common(1)[0]
    return address if count >= MOST * sum(counts.values()) else None


# ---- the wall ----


def wall(found: Wall, token: str) -> Row:
    one, session = found.check_in.training_class, found.check_in.session
    return {
        "class_name": one.name, "title": session.title, "period": session.get_period_display(),
        "day": words.day(session.date), "late_from": clock(found.check_in.late_from), "closes": clock(found.check_in.closes),
        "now_url": reverse("portal:wall_now", args=[token]), "over": found.now >= found.check_in.closes,
        "present": found.present, "total": found.total,
    }  # fmt: skip


def wall_now(found: Wall) -> Row:
    """For static/js/wall.js: state, the clock, the codes of this slot and the next as pictures, the count."""
    check_in, slot = found.check_in, rules.slot_of(found.now)
    state = "early" if found.now < check_in.opens else "over" if found.now >= check_in.closes else "open"
    answer: Row = {
        "state": state, "now": int(found.now.timestamp() * 1000), "opens": clock(check_in.opens),
        "present": found.present, "total": found.total, "late": rules.is_late(check_in, found.now),
    }  # fmt: skip
    if state != "open":
        return answer
    codes = [picture(address_of(check_in, slot + step)) for step in (0, 1)]
    return answer | {
        "codes": codes,
        "until": int(rules.slot_ends(slot).timestamp() * 1000),
        "slot": rules.SLOT_SECONDS * 1000,
    }


def address_of(check_in: CheckIn, slot: int) -> str:
    """What the code on the wall says: an ordinary address that any camera opens."""
    place = reverse("portal:check_in_scan", args=[rules.short_key(check_in), rules.code_of(check_in, slot)])
    return settings.PUBLIC_URL + place


@lru_cache(maxsize=256)
def picture(address: str) -> str:
    """The code as an SVG in a data: address; drawn once, however many walls ask."""
    uri: str = segno.make_qr(address, error="m").svg_data_uri(scale=8, border=2)
    return uri


# ---- the scanned page ----


def no_scene() -> Row:
    return {
        "state": "refused", "title": "二维码无效", "text": "请扫描教室大屏上的二维码。", "head": None, "offer": False
    }  # fmt: skip


def scene(found: Scene, *, remembered: bool) -> Row:
    """One of: a button, a tick, a sentence that says why not."""
    session = found.check_in.session
    if found.seat is None:
        title, text = refusal_words(found)
        return {"state": "refused", "title": title, "text": text, "head": None, "offer": False}
    head = {
        "class_name": found.check_in.training_class.name, "session": session.title,
        "who": found.seat.roster_name,
        "when": f"{words.day(session.date)} {session.get_period_display()}",
    }  # fmt: skip
    if found.refused is not None:
        title, text = refusal_words(found)
        return {"state": "refused", "title": title, "text": text, "head": head, "offer": False}
    if found.at is not None:
        title, text = taken_words(found)
        return {"state": "in", "title": title, "text": text, "head": head, "offer": False}
    late = rules.is_late(found.check_in, found.now)
    text = "已过迟到起算时间，签到记为迟到。" if late else ""
    return {"state": "ready", "title": "签到", "text": text, "head": head, "offer": not remembered}


def taken_words(found: Scene) -> tuple[str, str]:
    """What stands in the attendance after the scan; leave and marks by hand stay."""
    at = clock(found.at) if found.at else ""
    if not found.marked or found.marked == AttendanceMark.Mark.PRESENT:
        return f"已签到 {at}", ""
    label = AttendanceMark.Mark(found.marked).label
    if found.marked == AttendanceMark.Mark.LATE:
        return f"已签到 {at}（迟到）", ""
    if found.by_leave or found.marked in (*AttendanceMark.LEAVE, AttendanceMark.Mark.OFFICIAL):
        return f"已签到 {at}", f"您这次课已请假（{label}），考勤仍按请假；如已返回，请先销假。"
    return f"已签到 {at}", f"班主任已登记为{label}，考勤以登记为准；有出入请联系班主任。"


def refusal_words(found: Scene) -> tuple[str, str]:
    """What was refused, why, and who can help."""
    check_in = found.check_in
    sentences = {
        rules.EXPIRED: ("请再扫一次", "大屏上的二维码每 15 秒更换，您打开的这个已经过期。"),
        rules.STRANGER: ("不能签到", "您不在这个班的学员名册上。请确认教室和班次；确属本班，请联系班主任。"),
        rules.ONE_PHONE: ("不能签到", "这部手机已经为另一名学员签到，一部手机只能签到一人，班主任会看到这次扫码。请用本人手机，或当面找班主任登记。"),
        rules.TOO_EARLY: ("还没有开始", f"{clock(check_in.opens)} 开始签到。"),
        rules.OVER: ("签到已结束", f"{clock(check_in.closes)} 已截止。如已到课，请当面告知班主任登记。"),
    }  # fmt: skip
    return sentences[found.refused or rules.EXPIRED]
