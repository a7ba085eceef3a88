"""Paper (core.pdf): what the fonts have, what a document may load, how much it may hold."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from core.pdf import missing_characters
from core.pdf.coverage import FONTS, covers, printable
from core.pdf.faces import resolved_faces
from core.pdf.rendering import PaperFault, html_to_pdf, render_html
from core.pdf.tags import flowing, hours, person, points
from tests.core import pdf_reading

STYLES = ("papers/paper.css", "papers/official.css")
PROJECT = FONTS.parent.parent


def pdf_of(body: str, images: dict[str, bytes] | None = None) -> bytes:
    html = f'<html lang="zh-CN"><head><title>样张</title></head><body>{body}</body></html>'
    return html_to_pdf(html, STYLES, images)


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A local web server that notes what it is asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


# ---- what the fonts have ----


def test_name_characters_that_gb2312_lacks_are_there():
    assert missing_characters("龚䶮张㛃刘𬭎喆堃祎珺玥镕昇翀彧垚犇阿依古丽·买买提〔2026〕12号—“”√−①") == []


def test_what_no_font_has_is_named_once_and_in_order():
    assert missing_characters("张𠮷三😀李𠮷") == ["𠮷", "😀"]


def test_white_space_and_control_characters_are_not_missing():
    assert missing_characters("张　三\t\n\u200b\x07 ") == []


def test_a_missing_character_is_printed_as_geta():
    assert printable("张𠮷") == "张〓"
    assert printable("张三") == "张三"


def test_coverage_is_asked_without_django_or_weasyprint():
    code = "import sys; from core.pdf import missing_characters; missing_characters('张'); print(sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout
    assert "'core.pdf.coverage'" in loaded
    assert not any(f"'{module}'" in loaded for module in ("django", "weasyprint", "fontTools"))


def test_the_list_says_what_the_fonts_have():
    listed = json.loads((FONTS / "coverage.json").read_text(encoding="utf-8"))
    assert len(listed) == 6
    for family in listed:
        [file] = FONTS.glob(family.replace(" ", "") + ".*tf")
        characters = set(map(chr, TTFont(file, lazy=True).getBestCmap()))
        assert covers(family, "".join(characters))
        assert not covers(family, "\U0010fffd")


def test_fonts_have_names_of_their_own_and_are_small():
    for file in (*FONTS.glob("*.otf"), *FONTS.glob("*.ttf")):
        names = TTFont(file, lazy=True)["name"]
        shown = {names.getDebugName(number) for number in (1, 3, 4, 6)}
        assert not any(reserved in name for name in shown for reserved in ("LXGW", "霞鹜", "Noto", "Source", "Fandol"))
        assert file.stat().st_size < 5_000_000
    assert {"GPL-3-with-font-exception.txt", "OFL-1.1.txt", "README.md"} <= {path.name for path in FONTS.iterdir()}


def test_the_project_fonts_stand_in_where_no_official_typeface_is_installed(tmp_path: Path):
    assert _resolved(tmp_path)["仿宋"] == "Paper Fang"
    assert list(resolved_faces()) == ["小标宋", "仿宋", "楷体", "黑体", "宋体"]


def test_an_official_typeface_is_used_where_a_server_has_it(tmp_path: Path):
    font = TTFont(FONTS / "PaperHei.otf")
    for number in (1, 4):
        font["name"].setName("仿宋_GB2312", number, 3, 1, 0x804)
        font["name"].setName("FangSong_GB2312", number, 3, 1, 0x409)
    (tmp_path / "fonts").mkdir()
    font.save(tmp_path / "fonts" / "simfang.otf")
    assert _resolved(tmp_path)["仿宋"] in ("仿宋_GB2312", "FangSong_GB2312")
    assert _resolved(tmp_path)["小标宋"] == "Paper Title"


def _resolved(data_home: Path) -> dict[str, str]:
    """Faces as a process sees them whose user has fonts of their own."""
    code = "import json; from core.pdf.faces import resolved_faces; print(json.dumps(resolved_faces()))"
    environment = {"XDG_DATA_HOME": str(data_home), "PATH": "/usr/bin:/bin", "HOME": str(data_home)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    )
    faces: dict[str, str] = json.loads(done.stdout)
    return faces


def test_choosing_fonts_leaves_the_environment_alone():
    code = "import os; from core.pdf.faces import font_configuration; font_configuration(); print('FONTCONFIG_FILE' in os.environ)"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# ---- tags ----


def test_a_name_with_a_rare_character_is_set_whole_in_the_fallback():
    assert person("龚䶮") == '<span class="rare">龚䶮</span>'
    assert person("阿依古丽·买买提") == "阿依古丽·买买提"
    assert person("<b>䶮") == '<span class="rare">&lt;b&gt;䶮</span>'


def test_the_fallback_sets_the_whole_name():
    pdf = pdf_of(f"<p>{person('龚䶮')}</p>")
    assert list(pdf_reading.fonts(pdf)) == ["Paper-Song"]
    assert pdf_reading.text(pdf).startswith("龚䶮")


def test_what_was_not_assessed_is_a_dash_and_zero_is_a_number():
    assert (points(None), points(Decimal("0")), points(Decimal("8.3"))) == ("—", "0.00", "8.30")
    assert (hours(None), hours(Decimal("76.0")), hours(Decimal("7.5")), hours(Decimal("100"))) == (
        "—",
        "76",
        "7.5",
        "100",
    )


def test_lines_may_end_at_chinese_quotes_but_not_inside_brackets():
    assert flowing("举办的“甲班”于（“乙”）。") == "举办的\u200b“甲班”\u200b于（“乙”）。"


def test_a_number_stays_with_its_unit():
    assert flowing("优秀3人、平均85.00分") == "优秀3\u2060人、平均85.00\u2060分"


# ---- SEC-27, E5, E6: what a document may load and hold ----


def test_sec_27_e6_foreign_resources_stop_the_document(listener: tuple[str, list[str]], tmp_path: Path):
    address, asked = listener
    canary = tmp_path / "canary.txt"
    canary.write_text("CANARY-4711")
    for hostile in (
        f'<img src="{address}/a.png">',
        f'<link rel="stylesheet" href="{address}/b.css">',
        f"<style>@import '{address}/c.css';</style>",
        f'<link rel="attachment" href="{canary.as_uri()}">',
        f'<img src="{canary.as_uri()}">',
        '<img src="data:image/svg+xml,%3Csvg/%3E">',
        f'<svg width="9" height="9" viewBox="0 0 9 9"><image href="{address}/d.svg" width="9" height="9"/></svg>',
        f"<p style=\"background: url('{address}/e.png')\">x</p>",
    ):
        with pytest.raises(PaperFault, match="不得引用外部资源"):
            pdf_of(hostile)
    assert asked == []


def test_sec_27_a_font_face_loads_nothing(listener: tuple[str, list[str]]):
    address, asked = listener
    with pytest.raises(PaperFault):
        pdf_of(f"<style>@font-face {{ font-family: x; src: url('{address}/f.woff') }}</style><p>x</p>")
    assert asked == []


def test_only_png_and_jpeg_are_images():
    for fake in (
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a",
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n" + b"0" * 5_300_000,
    ):
        with pytest.raises(PaperFault, match="PNG"):
            pdf_of('<img src="image:seal">', {"seal": fake})
    with pytest.raises(PaperFault, match="外部资源"):
        pdf_of('<img src="image:other">', {"seal": b"\xff\xd8\xff"})


def test_sec_27_e5_a_cell_of_8000_characters_is_quick_and_cut():
    table = f"<table><tr><th>姓名</th><th>备注</th></tr><tr><td>张伟</td><td>{'学' * 8_000}</td></tr></table>"
    begun = time.perf_counter()
    pdf = pdf_of(table)
    assert time.perf_counter() - begun < 5
    content = pdf_reading.text(pdf)
    assert content.count("学") == 2_000
    assert "……（以下从略）" in content


def test_sec_27_e5_a_long_cell_with_markup_is_cut_as_a_whole():
    content = pdf_reading.text(
        pdf_of(f"<table><tr><td>{'甲' * 1_500}<b>{'乙' * 1_500}</b>{'丙' * 9}</td></tr></table>")
    )
    assert (content.count("甲"), content.count("乙"), content.count("丙")) == (1_500, 500, 0)


def test_b23_a_paragraph_of_20000_characters_without_a_break_ends():
    begun = time.perf_counter()
    pdf_of(f"<p>{'学' * 20_000}</p>")
    assert time.perf_counter() - begun < 20


def test_f14_a_table_of_too_many_rows_is_refused_with_its_reason():
    with pytest.raises(PaperFault, match="3001 行，一份文书最多 3000 行"):
        pdf_of("<table>" + "<tr><td>x</td></tr>" * 3_001 + "</table>")


def test_f14_a_hole_in_a_template_is_a_fault_not_an_empty_place():
    with pytest.raises(PaperFault, match="文书模板缺少内容：name"):
        render_html("papers/_bulletin_exam.html", {})


def test_the_same_document_gives_the_same_bytes():
    assert pdf_of("<p>同样的内容</p>") == pdf_of("<p>同样的内容</p>")


def test_title_and_language_are_in_the_metadata():
    read = pdf_reading.reader(pdf_of("<p>正文</p>"))
    assert read.metadata is not None
    assert read.metadata.title == "样张"
    assert read.root_object["/Lang"] == "zh-CN"
