"""What the value reader cannot tell of a cell: formulas without a stored value, error values, exact serial numbers.

calamine gives values only and an empty text for all of these; openpyxl cannot tell a stored empty text
(`=IF(A1="","",A1)`) from no stored value. So the sheets that hold such cells are walked once by expat.
"""

import posixpath
import re
import xml.parsers.expat
import zipfile
from dataclasses import dataclass

from defusedxml.ElementTree import fromstring

from core.sheets.cells import index_of

_WORTH_A_WALK = re.compile(rb"""<(?:\w+:)?f[\s>/]|\st=["']e["']""")
_REFERENCE = re.compile(r"([A-Z]+)([0-9]+)")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass(slots=True)
class RawCell:
    """A cell as it stands in the file: its type attribute, whether it has a formula, its stored value."""

    kind: str = "n"
    formula: bool = False
    value: str | None = None

    @property
    def lacks_value(self) -> bool:
        """A formula without a stored value; an empty text is a value where the file says that it is a text."""
        return self.formula and not self.value and self.kind != "str"


RawCells = dict[tuple[int, int], RawCell]


def sheet_parts(package: zipfile.ZipFile) -> dict[str, str]:
    """Return the part's name in the package for each sheet name, as workbook.xml and its relations say."""
    names = {name.lstrip("/").lower(): name for name in package.namelist()}
    root = fromstring(package.read(names["_rels/.rels"]), forbid_dtd=True)
    main = next(r.get("Target", "") for r in root if r.get("Type", "").endswith("/officeDocument")).lstrip("/")
    folder, file = posixpath.split(main)
    relations = fromstring(package.read(names[f"{folder}/_rels/{file}.rels".lstrip("/").lower()]), forbid_dtd=True)
    targets = {r.get("Id"): posixpath.normpath(posixpath.join("/", folder, r.get("Target", ""))) for r in relations}
    workbook = fromstring(package.read(names[main.lower()]), forbid_dtd=True)
    parts: dict[str, str] = {}
    for element in workbook.iter():
        if element.tag.rpartition("}")[2] == "sheet":
            target = targets.get(element.get(_RELATION) or element.get(_STRICT_RELATION), "")
            parts[element.get("name", "")] = names.get(target.lstrip("/").lower(), "")
    return parts


def walk(part: bytes, wanted: set[tuple[int, int]]) -> RawCells:
    """Return the formula cells, the error cells and the `wanted` ones of a worksheet part, by zero-based (row, column).

    Returns at once where there is nothing to look for.
    """
    if not wanted and not _WORTH_A_WALK.search(part):
        return {}
    walker = _Walker(wanted)
    walker.run(part)
    return walker.cells


class _Walker:
    def __init__(self, wanted: set[tuple[int, int]]) -> None:
        self.cells: RawCells = {}
        self._wanted = wanted
        self._row = self._column = -1
        self._cell: RawCell | None = None
        self._text: list[str] | None = None

    def run(self, part: bytes) -> None:
        parser = xml.parsers.expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.Parse(part, True)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if name == "c":
            self._place(attributes.get("r"))
            self._cell = RawCell(attributes.get("t", "n"))
        elif name == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1
        elif self._cell is not None and name == "f":
            self._cell.formula = True
        elif self._cell is not None and name == "v":
            self._text = []

    def _place(self, reference: str | None) -> None:
        found = _REFERENCE.fullmatch(reference) if reference else None
        if found:
            self._row, self._column = int(found[2]) - 1, index_of(found[1])
        else:
            self._column += 1

    def _data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        if name == "v" and self._text is not None and self._cell is not None:
            self._cell.value = "".join(self._text)
            self._text = None
        elif name == "c" and self._cell is not None:
            place = (self._row, self._column)
            if self._cell.formula or self._cell.kind == "e" or place in self._wanted:
                self.cells[place] = self._cell
            self._cell = None
