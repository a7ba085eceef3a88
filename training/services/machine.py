"""Lists of attendance machines: rehearsed first, then written where nobody else has marked (考勤机)."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from core import files
from core.audit import record
from core.operations import Refused, intention
from organization.models import Account
from organization.preferences import preference
from training.models import AttendanceMark, Enrolment, MachineUpload, Session, TrainingClass
from training.rules.clocking import FAULTS, Judge, Judged, Outcome, Roster
from training.rules.timetable import Bell, times
from training.services.attendance import Edit, hold_for_marks, save_marks
from training.sheets.clockings import Clocking, read_clockings


@intention
def rehearse_machine(data: bytes, file_name: str, training_class: TrainingClass, *, actor: Account) -> MachineUpload:
    """Keep the file (sealed, for some days) and what would become of each row; no mark is written.

    Raises FileRefused for what cannot be read as a list at all.
    """
    rows = read_clockings(data, file_name)
    if not rows:
        raise Refused("文件里没有打卡记录，没有保存任何内容；请检查后重新选择")
    judged = judge_of(training_class).judge(rows)
    keep_until = timezone.localdate() + timedelta(days=settings.UPLOAD_KEEP_DAYS)
    upload = MachineUpload.objects.create(
        training_class=training_class,
        file=files.keep(data, delete_after=keep_until),
        file_name=file_name[:200],
        found=[told(one) for one in judged],
        uploaded_by_id=actor.pk,
    )
    after = {"sha256": hashlib.sha256(data).hexdigest(), **counts(judged)}
    record("attendance.rehearse", actor=actor.pk, obj=upload, unit_id=training_class.unit_id, after=after)
    return upload


@intention
def import_machine(upload: MachineUpload, *, actor: Account) -> int:
    """Write what the list says by now, from the stored bytes; how many cells. Twice is once."""
    held = MachineUpload.objects.select_for_update(of=("self",)).select_related("training_class__unit", "file").get(
        pk=upload.pk
    )  # fmt: skip
    if held.state == MachineUpload.State.IMPORTED:
        return held.written or 0
    one = held.training_class
    hold_for_marks(one)
    judge = judge_of(one)
    judged = judge.judge(read_clockings(files.load(held.file), held.file_name))
    edits = [edit_of(each, judge) for each in judged if each.outcome == Outcome.MARK]
    saving = save_marks(one, edits, actor=actor, source=AttendanceMark.Source.MACHINE) if edits else None
    held.found, held.written = [told(each) for each in judged], saving.written if saving else 0
    held.state, held.imported = MachineUpload.State.IMPORTED, timezone.now()
    held.save(update_fields=["found", "written", "state", "imported"])
    after = {"written": held.written, **counts(judged)}
    record("attendance.import", actor=actor.pk, obj=held, unit_id=one.unit_id, after=after)
    return held.written


def judge_of(one: TrainingClass) -> Judge:
    """What the class's rows are judged by; five queries."""
    today = timezone.localdate()
    sessions = list(Session.objects.of_class(one))
    spans = {
        when: (timezone.localtime(begin), timezone.localtime(end))
        for when, (begin, end) in times(sessions, Bell.of(one.unit, today)).items()
    }
    rows = AttendanceMark.objects.filter(training_class=one)
    return Judge(
        roster=Roster(Enrolment.objects.of_class(one).on_roster()),
        spans=spans,
        standing={(row.enrolment_id, row.session_id): row for row in rows},
        grace=timedelta(minutes=preference(one.unit, "late_minutes", today)),
    )


def edit_of(one: Judged, judge: Judge) -> Edit:
    who, when = one.cell or ("", "")
    there = judge.standing.get((who, when))  # type: ignore[arg-type]
    return Edit(who, when, one.mark, there.version if there else 0)  # type: ignore[arg-type]


def counts(judged: Sequence[Judged]) -> dict[str, int]:
    found = Counter(one.outcome for one in judged)
    return {"rows": len(judged), "marks": found[Outcome.MARK], "faults": sum(found[one] for one in FAULTS)}


def told(one: Judged) -> dict[str, Any]:
    """A row for the rehearsal page."""
    row: Clocking = one.row
    return {"row": row.row, "who": row.who, "at": row.written, "outcome": str(one.outcome), "text": one.text,
            "mark": one.mark}  # fmt: skip


@intention
def sweep_machine_uploads(now: datetime) -> int:
    """What a rehearsal said of people goes with its file; how many rows there were is in the log."""
    return MachineUpload.objects.filter(file__deleted__isnull=False).exclude(found=[]).update(found=[])
