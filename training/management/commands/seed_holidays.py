"""`seed_holidays 2026 [2027 …]`: the year's public holidays and shifted working days into the editable table."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from training.services.holidays import seed_holidays


class Command(BaseCommand):
    help = "把国务院公布的节假日和调休上班日写入节假日表；已有的日期不改"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("years", nargs="+", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        for year in options["years"]:
            self.stdout.write(f"{year} 年：新增 {seed_holidays(year, actor=None)} 天")
