from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from organization.loading import SHIPPED_UNITS, UnitsRefused, import_units


class Command(BaseCommand):
    help = "导入单位（CSV：编码,单位名称,简称,上级编码,单位性质,层级；上级列在下级之前）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=SHIPPED_UNITS)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            count = import_units(file)
        except UnitsRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"已导入 {count} 个单位")
