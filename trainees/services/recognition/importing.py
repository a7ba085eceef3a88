"""A platform's export: uploaded, its columns mapped, rehearsed with all faults by row, then taken in whole (平台记录导入)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from core import files
from core.audit import record
from core.idnumber import hidden, mask
from core.operations import Conflict, Refused, intention, last_word
from core.scope import any_of
from core.sheets.faults import FaultLog, Level
from core.sheets.table import shown
from organization.models import Account, Unit
from organization.roles import Role
from trainees.models import Cadre, Platform, PlatformUpload, Recognition
from trainees.services.recognition.arriving import (
    FAULT,
    LEFT,
    NEW,
    SAME,
    Arrival,
    Asked,
    Judged,
    hours_in,
    judge,
    write,
)
from trainees.services.recognition.holding import State
from trainees.services.recognition.platforms import keep_columns
from trainees.sheets.exports import NAME, Export, Mapped, guess, is_whole, read_export
from trainees.sheets.records import Reader

SAMPLES = 5
TWICE = {"platform_record_once": "其中有的记录刚刚由另一次导入写入，本次没有写入任何内容，请重新核对"}


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What an export comes to: every record judged, every fault said."""

    judged: tuple[Judged, ...]
    faults: FaultLog

    @property
    def digest(self) -> str:
        """Stands for what was shown: other records, outcomes or faults give another one."""
        told = [(one.arrival.place, one.outcome, str(one.row.external_key if one.row else "")) for one in self.judged]
        return hashlib.sha256(repr((told, [fault.message for fault in self.faults.faults])).encode()).hexdigest()

    def found(self) -> dict[str, Any]:
        """What the page shows; numbers of people are masked."""
        count = {kind: sum(one.outcome == kind for one in self.judged) for kind in (NEW, SAME, LEFT)}
        people = {one.row.cadre_id for one in self.judged if one.outcome == NEW and one.row}
        levels = {level.value: [fault.to_json() for fault in self.faults.of(level, ())] for level in Level}
        more = {level.value: self.faults.left_out[level] for level in Level}
        return {
            "rows": len(self.judged), "people": len(people), "hours": str(hours_in(self.judged)), "digest": self.digest,
            "faults": levels, "more": more, **count,
        }  # fmt: skip


@intention
def upload_export(data: bytes, file_name: str, platform: Platform, unit: Unit, *, actor: Account) -> PlatformUpload:
    """Keep the file (sealed, for some days) and, where the platform's columns are known, rehearse it at once.

    Raises FileRefused for what cannot be read as a table at all, Refused for whose upload it is not.
    """
    _demand_uploader(platform, unit, actor)
    export = read_export(data, file_name)
    keep_until = timezone.localdate() + timedelta(days=settings.UPLOAD_KEEP_DAYS)
    upload = PlatformUpload(
        platform=platform, unit=unit, file=files.keep(data, delete_after=keep_until), file_name=file_name[:200],
        uploaded_by_id=actor.pk,
    )  # fmt: skip
    known = is_whole(platform.columns) and set(platform.columns) <= _present(export, platform.columns)
    upload.found = rehearse(export, upload, actor).found() if known else _to_map(export, platform.columns)
    upload.save(force_insert=True)
    _record("recognition.rehearse", upload, actor, {"sha256": hashlib.sha256(data).hexdigest()})
    return upload


def _present(export: Export, mapped: Mapped) -> set[str]:
    """The parts of a mapping that this file can be read by."""
    return set(export.columns(mapped)) | {what for what in mapped if what.endswith("_in")}


def _to_map(export: Export, before: Mapped) -> dict[str, Any]:
    """What the page for mapping columns shows: headings, first rows with numbers masked, what each column may be."""
    guessed = guess(export.headings, export.rows[:SAMPLES]) | {
        what: text for what, text in before.items() if what in _present(export, before)
    }
    samples = [[_sample(cell) for cell in row.cells[: len(export.headings)]] for row in export.rows[:SAMPLES]]
    return {"headings": list(export.headings), "samples": samples, "guess": guessed, "rows": len(export.rows)}


def _sample(cell: Any) -> str:
    text = hidden(shown(cell))[:40]
    return mask(text) if text.isdigit() and len(text) > 10 else text


@intention
def map_columns(upload: PlatformUpload, mapped: Mapped, *, actor: Account) -> PlatformUpload:
    """Say which column holds what; kept with the platform and used without asking the next time."""
    held = _hold(upload)
    _demand_uploader(held.platform, held.unit, actor)
    if held.state == PlatformUpload.State.COMMITTED:
        raise Refused("这个文件已经导入，不能再改列的对应")
    export = _export_of(held)
    told = {what: text for what, text in mapped.items() if text}
    if not is_whole(told) or set(told) > _present(export, told):
        raise Refused("请指明姓名、课程名称、学习时长、完成日期各是哪一列，以及完成比例是哪一列（或全部学完）")
    held.platform = keep_columns(held.platform, told, actor=actor)
    held.found = rehearse(export, held, actor).found()
    held.save(update_fields=["found"])
    _record("recognition.rehearse", held, actor, {})
    return held


@intention
def import_export(upload: PlatformUpload, *, actor: Account) -> int:
    """Take in what was rehearsed, from the stored bytes, as filings that the unit has vetted; how many. Twice is once.

    All or nothing: with a fault left nothing is written. Raises Conflict where something changed since the rehearsal.
    """
    held = _hold(upload)
    _demand_uploader(held.platform, held.unit, actor)
    if held.state == PlatformUpload.State.COMMITTED:
        return held.written or 0
    if "digest" not in held.found:
        raise Refused("请先指明各列是什么，核对之后再导入")
    again = rehearse(_export_of(held), held, actor)
    if again.digest != held.found["digest"]:
        raise Conflict("核对之后，有关干部、记录或列的对应有了变动，本次没有写入任何内容，请重新核对")
    if errors := again.faults.count(Level.ERROR):
        raise Refused(f"文件中还有 {errors} 处错误，没有写入任何内容；请改正后重新上传")
    with last_word(TWICE):
        held.written = write(again.judged)
    held.state, held.committed = PlatformUpload.State.COMMITTED, timezone.now()
    held.save(update_fields=["state", "committed", "written"])
    _record("recognition.import", held, actor, {"written": held.written})
    return held.written


@intention
def rehearse_again(upload: PlatformUpload, *, actor: Account) -> PlatformUpload:
    """The same file by the platform's columns and the people of now."""
    held = _hold(upload)
    _demand_uploader(held.platform, held.unit, actor)
    if held.state == PlatformUpload.State.REHEARSED and is_whole(held.platform.columns):
        held.found = rehearse(_export_of(held), held, actor).found()
        held.save(update_fields=["found"])
        _record("recognition.rehearse", held, actor, {})
    return held


def rehearse(export: Export, upload: PlatformUpload, actor: Account) -> Rehearsal:
    """Judge every row; nothing is written."""
    today, faults, platform = timezone.localdate(), FaultLog(), upload.platform
    reader = Reader(export, platform.columns, platform.minutes_per_hour, today, faults)
    arrivals = [
        Arrival.of(
            one.row, one.name, one.id_number, title=one.title, minutes=one.minutes, share=one.share,
            finished=one.finished, begun=one.begun, record=one.record, provider=one.provider,
        )
        for one in reader.rows()
    ]  # fmt: skip
    judged = judge(arrivals, _asked(upload, actor, today))
    for one in judged:
        _say(one, reader)
    return Rehearsal(tuple(judged), faults)


def _asked(upload: PlatformUpload, actor: Account, today: date) -> Asked:
    area = any_of(Cadre.objects.all().ways(actor.access))
    now = timezone.now()

    def fill(row: Recognition) -> None:
        row.upload, row.filed_by_id, row.vetted_by_id, row.vetted_at = upload, actor.pk, actor.pk, now

    return Asked(upload.platform, area, upload.unit, today, State.VETTED, fill)


def _say(one: Judged, reader: Reader) -> None:
    """A judgement as a fault, a warning or a notice at its cell, with whom it is about."""
    say = {FAULT: reader.faults.error, LEFT: reader.faults.warning, SAME: reader.faults.notice}.get(one.outcome)
    text = one.text
    if one.outcome == NEW and one.warning:
        say, text = reader.faults.warning, one.warning
    if say is not None:
        column = one.column if one.column in reader.columns else NAME
        place, name = one.arrival.place, one.arrival.name
        words = text if column == NAME else f"{name}：{text}"
        say("judged", reader.place(place, column), words, reader.found(place, column))


def _hold(upload: PlatformUpload) -> PlatformUpload:
    rows = PlatformUpload.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("platform", "unit", "file").get(pk=upload.pk)


def _export_of(upload: PlatformUpload) -> Export:
    return read_export(files.load(upload.file), upload.file_name)


def _demand_uploader(platform: Platform, unit: Unit, actor: Account) -> None:
    if not actor.access.covers(unit.path, Role.LIAISON, Role.STAFF):
        raise Refused("平台记录由该单位的联络员或组织部干部教育科导入")
    if platform.retired is not None:
        raise Refused(f"“{platform.name}”已停用，不能再导入")
    if not unit.path.startswith(platform.unit.path):
        raise Refused(f"“{platform.name}”只供{platform.unit}及下属单位使用")


def _record(event: str, upload: PlatformUpload, actor: Account, more: Mapping[str, object]) -> None:
    """The log keeps counts, no people."""
    counts = {name: upload.found[name] for name in ("rows", NEW, SAME, LEFT) if name in upload.found}
    faults = {level: len(rows) for level, rows in upload.found.get("faults", {}).items()}
    record(event, actor=actor.pk, obj=upload, unit_id=upload.unit_id, after={**counts, **faults, **more})


@intention
def sweep_platform_uploads(now: datetime) -> int:
    """What a rehearsal said of people goes with its file."""
    return PlatformUpload.objects.filter(file__deleted__isnull=False).exclude(found={}).update(found={})


@intention
def take_faults(upload: PlatformUpload, *, actor: Account) -> Sequence[Mapping[str, Any]]:
    """All faults of a rehearsal, errors first: names and what was written of people leave the system."""
    faults = upload.found.get("faults", {})
    rows = [{"level": level.value, **fault} for level in Level for fault in faults.get(level.value, ())]
    record("recognition.faults", actor=actor.pk, obj=upload, unit_id=upload.unit_id, after={"rows": len(rows)})
    return rows
