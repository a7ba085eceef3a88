"""`post_classes 2026 [2027 …]`: what the closed classes of a year gave, gathered anew; the ledger takes the difference."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from training.services.posting import post_year


class Command(BaseCommand):
    help = "按课程表和考勤重新归集各年已结班班次的学时，与台账不同的补记、冲销；已经一致的不动"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("years", nargs="+", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        for year in options["years"]:
            classes, done = post_year(year, actor=None, reason=f"归集 {year} 年已结班班次的学时")
            told = f"新记 {done.awarded} 笔，冲销 {done.reversed} 笔，未变 {done.unchanged} 笔"
            self.stdout.write(f"{year} 年：{classes} 个已结班的班次，{told}")
