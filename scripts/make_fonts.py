"""Cut the project's typefaces: a subset a font, small enough that a PDF is made quickly, and the list of what they cover.

    scripts/make_fonts.py UNPACKED

UNPACKED is a folder into which these Debian packages were unpacked (`apt-get download NAME`, `dpkg -x FILE UNPACKED`):
texlive-lang-chinese (Fandol Fang), fonts-lxgw-wenkai, fonts-noto-cjk and fonts-noto-cjk-extra (Noto Sans and Serif CJK),
unicode-data (Unihan: which characters 通用规范汉字表 has, on which of its three levels).

Writes core/fonts/*.otf, *.ttf and coverage.json. The same packages give the same bytes. Every font gets a name of its
own, because a subset is a changed font (the OFL reserves the names of the originals, the GPL wants changes marked), and
one set of vertical measures, so that a line does not grow where two fonts meet in it. 仿宋 is redrawn with fewer curves
(scripts/outlines.py), which makes every document some 25 KB smaller.
"""

import bz2
import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import outlines
from fontTools import subset
from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parent.parent / "core" / "fonts"
NOTO = "usr/share/fonts/opentype/noto"
UNIHAN = "usr/share/unicode"
SIMPLIFIED_CHINESE = 2  # the face inside a Noto CJK collection
ASCENT, DESCENT = 880, 120  # thousandths of the em: the ideographic box
VERSION = "1.001"

ASCII = set(range(0x20, 0x7F))
# Typed in offices beside what GBK has: dashes, minus, section sign, superscripts, fractions, ticks, arrows, ellipses.
EXTRA = {ord(character) for character in "–‑•§¶©®™²³¹¼½¾×÷±−≈≠≤≥∞∶∕√✓○●□■△▲☆★→←↑↓℃‰№①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳€￥〇"}


@dataclass(frozen=True)
class Face:
    """One font to be cut: its family name in CSS, the file it comes from and the characters it keeps."""

    family: str
    source: str
    keeps: frozenset[int]
    origin: str
    traced: bool = False  # drawn with far more curves than its shapes need

    @property
    def file_name(self) -> str:
        return self.family.replace(" ", "") + (".ttf" if self.source.endswith(".ttf") else ".otf")


def encodable(encoding: str) -> set[int]:
    """Code points of a two-byte Chinese encoding."""
    found = set()
    for first in range(0x81, 0xFF):
        for second in range(0x40, 0xFF):
            try:
                found.add(ord(bytes((first, second)).decode(encoding)))
            except UnicodeDecodeError:
                continue
    return found


def is_han(code: int) -> bool:
    return 0x3400 <= code < 0xA000 or 0xF900 <= code < 0xFB00 or code >= 0x20000


@cache
def standard_table(unpacked: Path) -> dict[int, int]:
    """通用规范汉字表 (2013): code point → serial number."""
    line = re.compile(r"U\+([0-9A-F]+)\tkTGH\t2013:(\d+)")
    found = {}
    for file in sorted((unpacked / UNIHAN).glob("Unihan_*.txt.bz2")):
        with bz2.open(file, "rt", encoding="utf-8") as rows:
            found.update({int(match[1], 16): int(match[2]) for row in rows if (match := line.match(row))})
    return found


def standard_characters(unpacked: Path, up_to: int) -> set[int]:
    """The table up to a serial number: 3500 ends level one, 6500 level two, 8105 the table."""
    return {code for code, serial in standard_table(unpacked).items() if serial <= up_to}


def punctuation() -> set[int]:
    """What GBK has beside ideographs, without Greek, Cyrillic, kana and frames, which no document here needs.

    Python's two codecs differ on the dot in names and the dash (GB 2312 gives U+30FB and U+2015, GBK U+00B7 and U+2014).
    """
    symbols = {code for code in encodable("gb2312") | encodable("gbk") if not is_han(code) and code > 0x7F}
    unused = [(0x370, 0x530), (0x2500, 0x2580), (0x3040, 0x3130)]
    return ASCII | EXTRA | {code for code in symbols if not any(low <= code < high for low, high in unused)}


def first_level() -> set[int]:
    """The 3,755 common characters of GB 2312 (its rows 16 to 55)."""
    rows = "".join(
        bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF)
    )
    return {ord(character) for character in rows}


def faces(unpacked: Path) -> list[Face]:
    """The six fonts; documents name them after the official typefaces (core/pdf/faces.py)."""
    signs, gb2312, gbk = punctuation(), encodable("gb2312"), encodable("gbk")
    han = {code for code in gb2312 if is_han(code)}
    common = first_level() | standard_characters(unpacked, 3500)
    usual = han | standard_characters(unpacked, 6500)
    table = han | standard_characters(unpacked, 8105)
    rest = {code for code in gbk if is_han(code)} - table
    fandol = "usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/FandolFang-Regular.otf"
    wenkai = "usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf"
    noto = "Noto {} CJK SC (fonts-noto-cjk, SIL OFL 1.1)".format
    return [
        Face(
            "Paper Fang",
            fandol,
            frozenset(signs | usual),
            "Fandol Fang (texlive-lang-chinese, GPL 3 with font exception), outlines simplified",
            traced=True,
        ),
        Face("Paper Kai", wenkai, frozenset(signs | common), "LXGW WenKai (fonts-lxgw-wenkai, SIL OFL 1.1)"),
        Face("Paper Hei", f"{NOTO}/NotoSansCJK-Medium.ttc", frozenset(signs | common), noto("Sans")),
        Face("Paper Title", f"{NOTO}/NotoSerifCJK-SemiBold.ttc", frozenset(signs | usual), noto("Serif")),
        Face("Paper Song", f"{NOTO}/NotoSerifCJK-Regular.ttc", frozenset(signs | gb2312 | table), noto("Serif")),
        Face("Paper Rare", f"{NOTO}/NotoSerifCJK-Regular.ttc", frozenset(rest), noto("Serif")),
    ]


def cut(face: Face, unpacked: Path) -> TTFont:
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.notdef_outline = True
    options.name_IDs = ["*"]
    options.font_number = SIMPLIFIED_CHINESE if face.source.endswith(".ttc") else -1
    options.drop_tables += ["VORG", "vhea", "vmtx", "BASE", "GPOS", "GSUB", "GDEF", "DSIG"]
    font = subset.load_font(str(unpacked / face.source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=face.keeps)
    cutter.subset(font)
    return font


def rename(font: TTFont, face: Face) -> None:
    """Own family and PostScript names; copyright and licence stay, the description says what was changed."""
    postscript = face.family.replace(" ", "") + "-Regular"
    kept = [
        record for record in font["name"].names if record.nameID in (0, 8, 9, 11, 13, 14) and record.langID == 0x409
    ]
    font["name"].names = kept
    own = {
        1: face.family,
        2: "Regular",
        3: f"{VERSION};{postscript}",
        4: face.family,
        5: f"Version {VERSION}",
        6: postscript,
    }
    for number, text in {**own, 10: f"Subset of {face.origin}, renamed, cut by scripts/make_fonts.py"}.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    if "CFF " in font:
        table = font["CFF "].cff
        table.fontNames = [postscript]
        table.topDictIndex[0].FullName = table.topDictIndex[0].FamilyName = face.family


def frequencies(unpacked: Path) -> dict[int, int]:
    """How usual a character is: its count in modern Chinese texts (Unihan's kHanyuPinlu, the sum of its readings).

    Characters without a count follow in the order of 通用规范汉字表, as negative numbers.
    """
    order = {code: -serial for code, serial in standard_table(unpacked).items()}
    with bz2.open(unpacked / UNIHAN / "Unihan_Readings.txt.bz2", "rt", encoding="utf-8") as rows:
        parted = [row.rstrip().split("\t") for row in rows if "\tkHanyuPinlu\t" in row]
    return order | {int(code[2:], 16): sum(map(int, re.findall(r"\((\d+)\)", counts))) for code, _, counts in parted}


def renumber(font: TTFont, often: dict[int, int]) -> None:
    """Put signs first, then characters by frequency, with CIDs 0, 1, 2, ….

    A PDF holds two bytes for each glyph up to the last one it uses, and two for each CID left out between: with the
    original order that is 15 to 25 KB a font and document.
    """
    if "CFF " not in font:
        return
    old = font.getGlyphOrder()
    codes = {name: code for code, name in font.getBestCmap().items()}
    order = sorted(range(1, len(old)), key=lambda gid: (-_weight(codes.get(old[gid], 0), often), gid))
    top = font["CFF "].cff.topDictIndex[0]
    new = [".notdef", *(f"cid{number:05}" for number in range(1, len(old)))]
    names = {old[gid]: name for gid, name in zip([0, *order], new, strict=True)}
    strings = top.CharStrings
    strings.charStrings = {names[name]: strings.charStrings[name] for name in old}
    top.charset = new
    if hasattr(top, "FDSelect"):
        top.FDSelect.gidArray = [top.FDSelect.gidArray[gid] for gid in [0, *order]]
    font["hmtx"].metrics = {names[name]: value for name, value in font["hmtx"].metrics.items()}
    for table in font["cmap"].tables:
        table.cmap = {code: names[name] for code, name in table.cmap.items()}
    font.setGlyphOrder(new)


def _weight(code: int, often: dict[int, int]) -> int:
    return often.get(code, -10_000) if is_han(code) else 10**9


def level(font: TTFont) -> None:
    """The ideographic box as ascent and descent, upright regular weight: families differ, styles do not."""
    units = font["head"].unitsPerEm
    up, down = round(units * ASCENT / 1000), round(units * DESCENT / 1000)
    font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = up, -down, 0
    metrics = font["OS/2"]
    metrics.sTypoAscender, metrics.sTypoDescender, metrics.sTypoLineGap = up, -down, 0
    metrics.usWinAscent, metrics.usWinDescent, metrics.usWeightClass = up, down, 400
    metrics.fsSelection = 0x40
    font["head"].macStyle = 0


def ranges(codes: Iterable[int]) -> str:
    """`4e00-4e03 4e07`: runs of hexadecimal code points."""
    runs: list[list[int]] = []
    for code in sorted(codes):
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return " ".join(f"{low:x}" if low == high else f"{low:x}-{high:x}" for low, high in runs)


def main(unpacked: Path) -> None:
    FONTS.mkdir(exist_ok=True)
    coverage = {}
    often = frequencies(unpacked)
    for face in faces(unpacked):
        font = cut(face, unpacked)
        if face.traced:
            outlines.simplify(font)
        rename(font, face)
        renumber(font, often)
        level(font)
        target = FONTS / face.file_name
        font.save(target, reorderTables=True)
        coverage[face.family] = ranges(font.getBestCmap())
        print(f"{face.file_name}: {len(font.getBestCmap())} characters, {target.stat().st_size:,} bytes")
    (FONTS / "coverage.json").write_text(json.dumps(coverage, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
