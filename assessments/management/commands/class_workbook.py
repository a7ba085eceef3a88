"""The class workbook on the command line: rehearse, write the empty template, write a class back."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from assessments.services import export_class, rehearse_for, template_workbook
from assessments.workbook.rehearsal import Rehearsal
from assessments.workbook.telling import lines_of
from core.sheets.refusal import FileRefused
from organization.loading import SHIPPED_UNITS, UnitsRefused, directory_from_file
from organization.models import Unit
from training.models import TrainingClass

FAULTY = 2


class Command(BaseCommand):
    help = "班次工作簿：预演（--rehearse）、空模板（--template）、导出一个班（--export）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="班次工作簿 .xlsx")
        parser.add_argument("--rehearse", action="store_true", help="检查工作簿，不写入任何内容；有错误时退出码为 2")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")
        parser.add_argument("--units", type=Path, help="单位 CSV，代替数据库中的单位")
        parser.add_argument("--unit", default="", help="主办机构的单位编码（缺省为最上级单位）")
        parser.add_argument("--template", type=Path, metavar="OUT.xlsx", help="写出空工作簿")
        parser.add_argument("--export", nargs=2, metavar=("CLASS_CODE", "OUT.xlsx"), help="写出一个班的工作簿")

    def handle(self, *args: Any, **options: Any) -> None:
        prepare_if_new()
        if options["template"]:
            self._write(options["template"], template_workbook())
        elif options["export"]:
            self._export(*options["export"])
        elif options["file"] and options["rehearse"]:
            self._rehearse(options)
        else:
            raise CommandError("请写明要做什么：FILE --rehearse、--template OUT.xlsx 或 --export 班次编号 OUT.xlsx")

    def _write(self, path: Path, data: bytes) -> None:
        try:
            path.write_bytes(data)
        except OSError as error:
            raise CommandError(f"无法写入 {path}：{error.strerror}") from error
        self.stdout.write(f"已写出 {path}")

    def _export(self, code: str, out: str) -> None:
        rows = TrainingClass.objects.filter(code=code)
        found = list(rows[:2])
        if len(found) != 1:
            raise CommandError(f"没有编号为“{code}”的班次" if not found else f"编号“{code}”在多个机构下都有，无法确定")
        self._write(Path(out), export_class(found[0], actor=None))

    def _rehearse(self, options: dict[str, Any]) -> None:
        try:
            data = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"无法读取 {options['file']}：{error.strerror}") from error
        try:
            rehearsal = rehearse_read_only(data, options["unit"], options["units"])
        except FileRefused as refused:
            self._refuse(refused, options["json"])
        else:
            self._tell(rehearsal, options["json"])

    def _refuse(self, refused: FileRefused, as_json: bool) -> None:
        fault = {"sheet": None, "row": None, "column": None, "found": "", "message": refused.message}
        errors: list[dict[str, Any]] = [{**fault, "code": refused.code, "follows": []}]
        if as_json:
            self.stdout.write(
                json.dumps({"errors": errors, "warnings": [], "notices": []}, ensure_ascii=False, indent=1)
            )
        else:
            self.stderr.write(refused.message)
        raise SystemExit(FAULTY)

    def _tell(self, rehearsal: Rehearsal, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(rehearsal.to_json(), ensure_ascii=False, indent=1))
        else:
            self.stdout.write("\n".join(lines_of(rehearsal)))
        if rehearsal.errors:
            raise SystemExit(FAULTY)


def prepare_if_new() -> None:
    """Make the schema where there is none yet, so that the command works on a fresh machine."""
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending and "owner" in connections:
        call_command("prepare_database", verbosity=0)


def rehearse_read_only(data: bytes, unit_code: str, units: Path | None) -> Rehearsal:
    """Rehearse in a transaction in which PostgreSQL itself refuses every write.

    Without `units`, the database's units are used; where it has none, the shipped tree.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        rows = Unit.objects.filter(code=unit_code) if unit_code else Unit.objects.filter(depth=1)
        unit = rows.order_by("path").first()
        if unit_code and unit is None:
            raise CommandError(f"没有编码为“{unit_code}”的单位")
        try:
            directory = directory_from_file(units or SHIPPED_UNITS) if units or unit is None else None
        except UnitsRefused as refused:
            raise CommandError(str(refused)) from refused
        return rehearse_for(data, unit, timezone.localdate(), directory)
