"""`python -m config.launch demo [--detach] [--port N] | stop | report WORKBOOK OUT [UNITS]`."""

import argparse
import os
import subprocess
import sys

from config import embedded
from config.env import load_env_file
from config.launch import demo


def main() -> int:
    load_env_file()
    arguments = parser().parse_args()
    if arguments.command == "report":
        return report(arguments.workbook, arguments.out, *arguments.units)
    if arguments.command == "stop":
        demo.stop()
    elif arguments.detach:
        demo.detach(arguments.port)
    else:
        demo.run(arguments.port)
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="config.launch", description="启动、停止门户，或不用浏览器出一个班的全部材料")
    commands = top.add_subparsers(dest="command", required=True)
    show = commands.add_parser("demo", help="启动示范门户")
    show.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    show.add_argument("--detach", action="store_true", help="在后台运行，网站应答后返回")
    commands.add_parser("stop", help="停止示范门户")
    papers = commands.add_parser("report", help="由班次工作簿生成成绩、反馈函和通报")
    papers.add_argument("workbook")
    papers.add_argument("out")
    papers.add_argument("units", nargs="*", help="单位表 CSV，默认为示范市的单位")
    return top


def report(*arguments: str) -> int:
    """Run `manage.py class_report` with the services held, so that it and its worker share them; its exit code."""
    try:
        os.environ.update(embedded.attach())
    except embedded.ServiceError as error:
        sys.exit(str(error))
    command = [*demo.MANAGE, "class_report", *arguments]
    with subprocess.Popen(command) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:  # the command got it too, and ends by itself
                continue


if __name__ == "__main__":
    sys.exit(main())
