"""The main job without a browser: a class workbook in; scores, grades, letters and the bulletin out."""

import signal
import sys
from argparse import ArgumentParser
from pathlib import Path
from secrets import token_hex
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assessments.services import commit_workbook, rehearse_for, rehearse_workbook
from assessments.workbook.rehearsal import Rehearsal
from assessments.workbook.telling import lines_of
from core.database import create_database, drop_database, template_database, using_database
from core.models import StoredFile
from core.sheets.refusal import FileRefused
from organization.loading import SHIPPED_UNITS, UnitsRefused, import_units
from organization.models import Account, Unit
from organization.roles import Role
from organization.services import grant
from reports.services import confirm_and_issue, write_files
from reports.workers import WorkerGone, own_worker, wait_for

FAULTY = 2
BAR = 30


class Command(BaseCommand):
    help = "由班次工作簿生成成绩汇总、反馈函、学员考核结果单和综合通报；有错误时退出码为 2，不写任何文件"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("workbook", type=Path, help="班次工作簿 .xlsx")
        parser.add_argument("out", type=Path, help="输出目录")
        parser.add_argument("units", nargs="?", type=Path, default=SHIPPED_UNITS, help="单位 CSV（缺省为示范市）")

    def handle(self, *args: Any, workbook: Path, out: Path, units: Path, **options: Any) -> None:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the worker and the database end with it
        data = self._read(workbook)
        database = f"portal_report_{token_hex(6)}"
        create_database(database, template_database())
        try:
            with using_database(database):
                self._report(data, workbook.name, out, units, database)
        finally:
            drop_database(database)

    def _read(self, workbook: Path) -> bytes:
        try:
            return workbook.read_bytes()
        except OSError as error:
            raise CommandError(f"无法读取 {workbook}：{error.strerror}", returncode=FAULTY) from error

    def _report(self, data: bytes, name: str, out: Path, units: Path, database: str) -> None:
        operator, city = self._set_the_stage(units)
        try:
            rehearsal = rehearse_for(data, city, timezone.localdate())
        except FileRefused as refused:
            raise CommandError(refused.message, returncode=FAULTY) from refused
        self._tell(rehearsal)
        training_class = commit_workbook(rehearse_workbook(data, name, actor=operator, unit=city), actor=operator)
        try:
            with own_worker(database) as children:
                batch = confirm_and_issue(training_class, actor=operator, on=timezone.localdate())
                failed = wait_for(batch, children, self._bar)
        except WorkerGone as gone:
            raise CommandError(str(gone)) from gone
        out.mkdir(parents=True, exist_ok=True)
        written = write_files(training_class, out)
        forget_files()
        self.stdout.write(f"\n已写出 {written} 个文件到 {out}")
        if failed:
            raise CommandError(f"有 {failed} 份公文未能生成，已作废并注明原因")

    def _set_the_stage(self, units: Path) -> tuple[Account, Unit]:
        try:
            import_units(units)
        except UnitsRefused as refused:
            raise CommandError(str(refused), returncode=FAULTY) from refused
        city = one_tree()
        operator = Account.objects.create(username="operator", display_name="命令行操作员", unit=city)
        grant(operator, Role.STAFF, city, timezone.localdate(), actor=None)
        return operator, city

    def _tell(self, rehearsal: Rehearsal) -> None:
        lines = lines_of(rehearsal)
        if rehearsal.errors:
            self.stderr.write("\n".join(lines))
            raise CommandError("工作簿有错误，没有写入任何内容；请改正后重试", returncode=FAULTY)
        self.stdout.write("\n".join(lines))

    def _bar(self, finished: int, total: int) -> None:
        filled = BAR * finished // max(total, 1)
        end = "" if sys.stdout.isatty() else "\n" if finished == total else None
        if end is not None:
            self.stdout.write(f"\r生成公文 [{'█' * filled}{'·' * (BAR - filled)}] {finished}/{total}", ending=end)


def one_tree() -> Unit:
    """The root of the tree; where a file has several, the first takes in the others, in their order."""
    roots = list(Unit.objects.filter(depth=1))
    if not roots:
        raise CommandError("单位文件中没有单位", returncode=FAULTY)
    for other in roots[1:]:
        Unit.objects.get(pk=other.pk).move(Unit.objects.get(pk=roots[0].pk), "last-child")
    return Unit.objects.get(pk=roots[0].pk)


def forget_files() -> None:
    """Delete the bytes that this run stored: its database goes, and nothing would lead to them."""
    for location in StoredFile.objects.values_list("location", flat=True):
        default_storage.delete(location)
