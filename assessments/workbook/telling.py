"""A rehearsal in plain lines, for the command line."""

from assessments.workbook.rehearsal import Rehearsal


def lines_of(rehearsal: Rehearsal) -> list[str]:
    """The rehearsal as plain lines, faults first, what follows from a fault under it."""
    lines = [f"错误 {len(rehearsal.errors)}，警告 {len(rehearsal.warnings)}，提示 {len(rehearsal.notices)}"]
    for label, faults in (("错误", rehearsal.errors), ("警告", rehearsal.warnings), ("提示", rehearsal.notices)):
        for fault in faults:
            lines.append(f"{label}　{fault.message}")
            lines += [f"　　　由此引起：{follower.message}" for follower in fault.follows]
    return lines
