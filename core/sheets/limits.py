"""How much of a workbook is read at all (QUALITY.md SEC-24, E3, E4)."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one upload; rows × columns depend on the kind of file, the rest is the same for all."""

    rows: int = 5_000
    columns: int = 300
    cells: int = 300_000
    """Cells with something in them, all sheets together: a thousand trainees with 300 marks or answers each."""
    file_bytes: int = 10 * MEGABYTE
    entries: int = 200
    unpacked_bytes: int = 100 * MEGABYTE
    ratio: int = 100
    ratio_free_bytes: int = 100 * 1024
    """Below this an entry may compress better than `ratio`: it cannot hurt."""
    text_characters: int = 20_000_000
    """All cells together: shared strings let a small file repeat a long text a million times."""
    memory_bytes: int = 1024 * MEGABYTE
    cpu_seconds: int = 60
    wall_seconds: float = 30.0


CLASS_WORKBOOK = Limits()
ROSTER = Limits(rows=50_000, columns=60, cells=3_000_000)
OTHER = Limits(rows=20_000, columns=60, cells=1_200_000)
