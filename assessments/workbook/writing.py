"""A class → its workbook. Read again, it gives an equal ClassBook."""

from itertools import zip_longest

from assessments.sheets import entries, papers, satisfaction
from assessments.sheets.rows import ASPECTS, RATINGS, EntryRow, Paper, Satisfaction
from assessments.workbook import layout
from assessments.workbook.book import ClassBook
from core.sheets.writing import BookWriter, Value
from training.sheets import attendance, facts, roster, timetable
from training.sheets.rows import Attendance, ClassFacts, RosterRow, SessionKey, SessionRow, circled


def write_book(book: ClassBook) -> bytes:
    """Return the workbook of a class: the sheets that it has, in the page's order."""
    file = BookWriter(layout.STYLES)
    _write_facts(file, book.facts)
    _write_rows(file, roster.NAME, layout.ROSTER, [_trainee(row) for row in book.roster])
    _write_rows(file, timetable.NAME, layout.TIMETABLE, [_session(row) for row in book.sessions])
    if book.attendance is not None:
        _write_attendance(file, book, book.attendance)
    if book.entries is not None:
        _write_rows(file, entries.NAME, layout.ENTRIES, [_entry(row) for row in book.entries])
    for name, paper in ((papers.ENTRY, book.entry_exam), (papers.FINAL, book.final_exam)):
        if paper is not None:
            _write_paper(file, name, paper)
    if book.satisfaction is not None:
        _write_rows(file, satisfaction.NAME, layout.SATISFACTION, _ratings(book.satisfaction))
    return file.finish()


def fact_rows(given: ClassFacts) -> list[tuple[str, Value]]:
    """Return (item, value) of a class's facts in the page's order."""
    return [
        ("班次名称", given.name),
        ("班次编号", given.code),
        ("班次类别", given.class_type),
        ("主办单位", given.organizer),
        ("承办单位", given.host),
        ("开始日期", given.start),
        ("结束日期", given.end),
        ("培训地点", given.place),
        ("班主任", given.manager),
        ("计划人数", given.planned),
        ("量化方案", given.scheme),
    ]


def _write_facts(file: BookWriter, given: ClassFacts) -> None:
    sheet = file.sheet(facts.NAME)
    sheet.sheet.set_column(0, 0, 14)
    sheet.sheet.set_column(1, 1, 50)
    for row, (item, value) in enumerate(fact_rows(given)):
        sheet.put(row, 0, item, "required" if item in facts.REQUIRED else "head")
        sheet.put(row, 1, value)


def _write_rows(file: BookWriter, name: str, columns: tuple[str, ...], rows: list[tuple[Value, ...]]) -> None:
    begun = layout.begin(file, name, columns)
    begun.choose(layout.LISTS)
    for number, values in enumerate(rows, start=1):
        begun.sheet.put_row(number, values)


def _trainee(row: RosterRow) -> tuple[Value, ...]:
    return (
        row.serial, row.label, row.sex, row.id_number, row.ethnic_group, row.political_status, row.unit.name, row.post,
        row.post_level, row.rank, row.phone, row.group, row.committee_post,
    )  # fmt: skip


def _session(row: SessionRow) -> tuple[Value, ...]:
    period = row.key.period.label + circled(row.key.number)
    return row.key.date, period, row.title, row.category, row.form, row.teacher, row.place, row.hours


def _entry(row: EntryRow) -> tuple[Value, ...]:
    return row.date, row.person, row.item, row.rating or row.points, row.reason, row.recorder


def heading(session: SessionKey, given: ClassFacts) -> str:
    """Return a session's heading in 考勤, with the year where the class touches two years."""
    year = f"{session.date.year}年" if given.start.year != given.end.year else ""
    return f"{year}{session}"


def _write_attendance(file: BookWriter, book: ClassBook, given: Attendance) -> None:
    marks = {(row.person, row.session): row.mark.sign for row in given.marks}
    begun = layout.begin(file, attendance.NAME, ("姓名", *(heading(key, book.facts) for key in given.sessions)))
    if given.sessions and book.roster:
        layout.offer(begun.sheet, 1, 1, len(book.roster), len(given.sessions), layout.MARKS)
    for number, trainee in enumerate(book.roster, start=1):
        cells = [(trainee.label, session) for session in given.sessions]
        signs = [None if cell in given.blank else marks.get(cell, "√") for cell in cells]
        begun.sheet.put_row(number, (trainee.label, *signs))


def _write_paper(file: BookWriter, name: str, paper: Paper) -> None:
    if not paper.by_answers:
        scores: list[tuple[Value, ...]] = [(row.person, row.score) for row in paper.scores]
        _write_rows(file, name, ("姓名", "得分"), scores)
        return
    begun = layout.begin(file, name, ("姓名", *(str(question.number) for question in paper.questions)))
    begun.sheet.put_row(1, ("标准答案", *(question.key for question in paper.questions)))
    begun.sheet.put_row(2, ("分值", *(question.points for question in paper.questions)))
    for number, row in enumerate(paper.answers, start=3):
        begun.sheet.put_row(number, (row.person, *row.answers))


def _ratings(given: Satisfaction) -> list[tuple[Value, ...]]:
    """Spread the counts over rows again; which rating stands beside which has no meaning."""
    columns = [
        [rating for rating, count in zip(RATINGS, counts, strict=True) for _ in range(count)] for counts in given.counts
    ]
    return list(zip_longest(*columns, given.suggestions)) if len(columns) == len(ASPECTS) else []
