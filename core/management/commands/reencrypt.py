from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.resealing import newest, reseal


class Command(BaseCommand):
    help = "用 FIELD_KEYS 的第一把密钥重新加密全部密文列和文件；中断后再运行即接着做，完成后旧密钥可以撤下"

    def handle(self, *args: Any, **options: Any) -> None:
        done = reseal()
        for place in done.unreadable:
            self.stderr.write(f"打不开：{place}")
        self.stdout.write(f"已改用密钥 {newest()}：密文 {done.columns} 处，文件 {done.files} 个")
        if done.unreadable:
            raise CommandError(f"有 {len(done.unreadable)} 处打不开，旧密钥还不能撤下")
        if old := [key for key in settings.FIELD_KEYS if key != newest()]:
            self.stdout.write(f"可以从 FIELD_KEYS 中撤下 {'、'.join(old)}；旧备份仍要用它们打开，请与备份一起保管到期")
