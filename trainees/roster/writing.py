"""A plan into the tables: COPY for who is new, one statement for each thing that changes of the others."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from core.crypto import seal_text
from core.keys import new_key
from core.names import pinyin
from trainees.models import Cadre
from trainees.roster.columns import RosterRow
from trainees.roster.plan import Change, NextPost, Plan
from trainees.rules.levels import band_of

COPY_PEOPLE = """
COPY trainees_cadre (id, name, pinyin, initials, sex, ethnic_group, political_status, id_number_sealed, id_number_index,
    phone_sealed, managing_authority_id, unit_id, status, status_since, band, entered_on, party_since, work_since,
    unverified, version) FROM STDIN
"""
COPY_POSTS = """
COPY trainees_appointment (cadre_id, unit_id, post, post_level, rank, "primary", since, until) FROM STDIN
"""
CHANGE_PEOPLE = """
UPDATE trainees_cadre c SET name = n.name, pinyin = n.pinyin, initials = n.initials, sex = n.sex,
    ethnic_group = n.ethnic_group, political_status = n.political_status, phone_sealed = n.phone, status = n.status,
    status_since = n.status_since, entered_on = n.entered_on, party_since = n.party_since, work_since = n.work_since,
    unit_id = n.unit, managing_authority_id = n.authority, band = n.band, unverified = false, version = c.version + 1
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
    %s::date[], %s::date[], %s::date[], %s::date[], %s::uuid[], %s::uuid[], %s::text[])
    AS n(id, name, pinyin, initials, sex, ethnic_group, political_status, phone, status, status_since, entered_on,
         party_since, work_since, unit, authority, band)
WHERE c.id = n.id
"""
FOLLOW = """
UPDATE trainees_cadre d SET unit_id = c.unit_id, managing_authority_id = c.managing_authority_id, band = c.band,
    status = c.status, status_since = c.status_since
FROM trainees_cadre c WHERE d.canonical_id = c.id AND c.id = ANY(%s)
"""
END_POSTS = """
UPDATE trainees_appointment a SET until = n.until FROM unnest(%s::bigint[], %s::date[]) AS n(id, until) WHERE a.id = n.id
"""
CORRECT_POSTS = """
UPDATE trainees_appointment a SET unit_id = n.unit, post = n.post, post_level = n.post_level, rank = n.rank,
    since = n.since, until = n.until
FROM unnest(%s::bigint[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::date[], %s::date[])
    AS n(id, unit, post, post_level, rank, since, until)
WHERE a.id = n.id
"""
HOLD = "SELECT id FROM trainees_cadre WHERE id = ANY(%(who)s) OR canonical_id = ANY(%(who)s) ORDER BY id FOR UPDATE"
PLAIN = ("sex", "ethnic_group", "political_status", "status", "status_since", "entered_on", "party_since", "work_since")


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows of each kind, and of whom something changed that duties follow: (cadre, first year)."""

    added: int
    changed: int
    moved: int
    followed: Sequence[tuple[UUID, int]]


def chosen(plan: Plan, accepted: Collection[int]) -> list[Change]:
    """What is written of the known: all but names that differ, of which only the rows somebody has ticked."""
    return [one for one in plan.changed if not one.renamed or one.row.row in accepted]


def hold(changes: Sequence[Change]) -> None:
    """Nobody else changes these people or their doubles until the transaction ends; always in one order."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, {"who": [one.known.pk for one in changes]})


def write_plan(plan: Plan, changes: Sequence[Change]) -> Written:
    """All rows of the plan, in the caller's transaction."""
    keys = [new_key() for _ in plan.added]
    _copy(COPY_PEOPLE, (person_line(key, row, plan) for key, row in zip(keys, plan.added, strict=True)))
    _copy(COPY_POSTS, (post_line(key, row, plan.day) for key, row in zip(keys, plan.added, strict=True)))
    if changes:
        _change(changes)
    moved = [one for one in changes if one.moves]
    followed = [(one.known.pk, one.post.since.year) for one in changes if one.post and one.post.ends]
    return Written(len(plan.added), len(changes) - len(moved), len(moved), followed)


def _copy(statement: str, rows: Iterator[Sequence[Any]]) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def person_line(key: UUID, row: RosterRow, plan: Plan) -> Sequence[Any]:
    full, initials = pinyin(row.name)
    place = f"trainees_cadre:{key}:"
    status = row.status or Cadre.Status.SERVING.value
    authority = row.authority or plan.units.authority[row.unit]
    return (
        key, row.name, full, initials, row.sex, row.ethnic_group, row.political_status,
        seal_text(row.number, f"{place}id_number"), row.index, seal_text(row.phone, f"{place}phone"), authority, row.unit,
        status, row.status_since, band_of(row.post_level, row.rank), row.entered_on, row.party_since, row.work_since, False, 1,
    )  # fmt: skip


def post_line(key: UUID, row: RosterRow, day: date) -> Sequence[Any]:
    since, until = row.since or day, None
    if row.status in Cadre.GONE and row.status_since:
        since = min(since, row.status_since)
        until = max(since, row.status_since - timedelta(days=1))
    return (key, row.unit, row.post, row.post_level, row.rank, True, since, until)


def _change(changes: Sequence[Change]) -> None:
    posts = [(one.known.pk, one.post) for one in changes if one.post]
    ended = [(post.ends, post.since - timedelta(days=1)) for _, post in posts if post.ends]
    corrected = [
        (post.corrects, post.unit, post.post, post.post_level, post.rank, post.since, post.until)
        for _, post in posts
        if post.corrects
    ]
    opened = [(who, post) for who, post in posts if not post.corrects]
    with connection.cursor() as cursor:
        cursor.execute(CHANGE_PEOPLE, _columns([_changed(one) for one in changes]))
        cursor.execute(FOLLOW, [[one.known.pk for one in changes]])
        for statement, rows in ((END_POSTS, ended), (CORRECT_POSTS, corrected)):
            if rows:
                cursor.execute(statement, _columns(rows))
    _copy(COPY_POSTS, (_opened(who, post) for who, post in opened))


def _opened(who: UUID, post: NextPost) -> Sequence[Any]:
    return (who, post.unit, post.post, post.post_level, post.rank, True, post.since, post.until)


def _changed(one: Change) -> Sequence[Any]:
    """The person's columns as they will stand."""
    known, post, fields = one.known, one.post, one.fields
    phone = seal_text(fields["phone"], f"trainees_cadre:{known.pk}:phone") if "phone" in fields else known.phone_sealed
    sex, *rest = (fields.get(name, getattr(known, name)) for name in PLAIN)
    unit = post.unit if post else known.unit
    band = band_of(post.post_level, post.rank) if post else known.band
    ethnic_group, political_status, *status_and_days = rest
    return (
        known.pk, one.row.name, *pinyin(one.row.name), sex, ethnic_group, political_status, phone, *status_and_days, unit,
        fields.get("authority", known.authority), band,
    )  # fmt: skip


def _columns(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
