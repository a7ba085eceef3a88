"""What a rehearsal must know of the database: units, schemes, cadres, other classes' sessions."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from assessments.models import Item, ScoringScheme
from assessments.sheets.scheme import ItemRules, SchemeRules
from assessments.workbook.checking import CadreFacts, Clash, ClashLookup
from core.crypto import blind_index
from core.sheets.text import key
from organization.directory import UnitDirectory
from organization.models import Unit
from organization.services import authority_of
from trainees.models import Appointment, Cadre
from training.models import Enrolment, Session, TrainingClass
from training.sheets.rows import SessionRow


def directory_of(unit: Unit) -> UnitDirectory:
    """Units by the names that hold inside the authority of `unit` (two queries)."""
    units = Unit.objects.below(authority_of(unit)).prefetch_related("short_names")
    return UnitDirectory.from_rows(
        (str(row.pk), row.name, [short.name for short in row.short_names.all()]) for row in units
    )


def schemes_of(unit: Unit | None) -> dict[str, ScoringScheme]:
    """The newest edition of each scheme that classes of `unit` may use, by name: its own line's, else the shipped one."""
    path = unit.path if unit else ""
    line = Unit.upward(path)
    rows = ScoringScheme.objects.filter(unit=None) | ScoringScheme.objects.filter(unit__path__in=line)
    found: dict[str, ScoringScheme] = {}
    for row in rows.select_related("unit").order_by("edition"):
        there = found.get(row.name)
        if there is None or _depth(row) >= _depth(there):
            found[row.name] = row
    return found


def _depth(scheme: ScoringScheme) -> int:
    return scheme.unit.depth if scheme.unit else 0


def rules_of(schemes: Mapping[str, ScoringScheme]) -> dict[str, SchemeRules]:
    """The schemes as the workbook's readers want them (one query)."""
    items: dict[object, list[ItemRules]] = {}
    rows = Item.objects.filter(block__scheme__in=[scheme.pk for scheme in schemes.values()]).select_related("block")
    for row in rows.order_by("block__position", "position"):
        rules = ItemRules(row.name, row.rule, row.maximum, row.words)
        items.setdefault(row.block.scheme_id, []).append(rules)
    return {name: SchemeRules(name, tuple(items.get(scheme.pk, ()))) for name, scheme in schemes.items()}


def master_records(numbers: Sequence[str]) -> dict[str, CadreFacts]:
    """Master records of the cadres that are known, by ID number, through the keyed index (two queries)."""
    index = {blind_index(number): number for number in numbers}
    rows = Cadre.objects.filter(id_number_index__in=index)
    posts = {row.cadre_id: row for row in Appointment.objects.filter(cadre__in=rows, primary=True, until=None)}
    return {index[row.id_number_index]: _facts(row, posts.get(row.pk)) for row in rows}


def _facts(cadre: Cadre, post: Appointment | None) -> CadreFacts:
    return CadreFacts(
        name=cadre.name,
        unit=str(cadre.unit_id),
        sex=cadre.get_sex_display(),
        ethnic_group=cadre.ethnic_group,
        political_status=cadre.political_status,
        post=post.post if post else "",
        post_level=post.post_level if post else "",
        rank=post.rank if post else "",
    )


def busy_elsewhere(indexes: Sequence[str], known: TrainingClass | None, start: date, end: date) -> dict[str, Enrolment]:
    """Full-time enrolments of these cadres in other classes that overlap the period, by blind index (one query)."""
    rows = Enrolment.objects.on_roster().filter(cadre__id_number_index__in=indexes, full_time=True)
    rows = rows.filter(since__lte=end, until__gte=start).select_related("training_class__unit", "cadre")
    if known is not None:
        rows = rows.exclude(training_class=known)
    return {row.cadre.id_number_index: row for row in rows}


def taken_elsewhere(unit: Unit, known: TrainingClass | None, campus: str) -> ClashLookup:
    """Look for teachers and places that another class of the authority has in the same half-day (one query).

    A teacher is one person wherever; a place is one place only in classes of the same 培训地点 (`campus`).
    """

    def look(sessions: Sequence[SessionRow]) -> Iterator[Clash]:
        others = Session.objects.filter(training_class__unit__in=Unit.objects.below(authority_of(unit)))
        others = others.filter(date__in={session.key.date for session in sessions})
        others = others.exclude(training_class__state=TrainingClass.State.CANCELLED).select_related("training_class")
        taken: dict[object, str] = {}
        for row in others.exclude(training_class=known) if known else others:
            taken[row.date, row.period, "授课人", key(row.teacher_name)] = row.training_class.name
            if key(row.training_class.place) == key(campus):
                taken[row.date, row.period, "地点", key(row.place_name)] = row.training_class.name
        for session in sessions:
            for column, written in (("授课人", session.teacher), ("地点", session.place)):
                other = taken.get((session.key.date, session.key.period, column, key(written)))
                if written and other is not None:
                    yield Clash(session, column, f"这个时段已在班次“{other}”")

    return look
