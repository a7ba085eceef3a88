"""Two managers in one grid, 200 edits each, on real connections (REL-04): nothing lost, nothing overwritten unseen."""

import random
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from core.models import RowChange
from core.operations import Conflict
from tests import factories as make
from training.models import AttendanceMark, Enrolment, TrainingClass
from training.services.attendance import Edit, Saving, save_marks

MARKS = [None, *AttendanceMark.Mark.values]
EDITS = 200


@pytest.fixture
def story(own_database):
    office = make.unit("YL", "云岭市委组织部")
    where = make.training_class(office, "春季班", "YL-01", state=TrainingClass.State.RUNNING, attendance_kept=False)
    seats = [
        make.enrolment(where, make.cadre(f"学员{n}", office, office), n + 1, state=Enrolment.State.REPORTED)
        for n in range(4)
    ]
    lessons = [make.session(where, n, recorded=False) for n in range(3)]
    actors = [make.account(name, name, unit=office) for name in ("anna", "ben")]
    return where, [(who.pk, when.pk) for who in seats for when in lessons], actors


def manager_at_work(where, cells, actor, start, seed):
    """What one page does: edits with the versions it knows, learns from answers only. Everything that was answered."""
    dice, known, answers = random.Random(seed), dict.fromkeys(cells, (None, 0)), []
    start.wait()
    try:
        for _ in range(EDITS):
            cell = dice.choice(cells)
            mark = dice.choice([mark for mark in MARKS if mark != known[cell][0]])
            saving = saved(where, Edit(*cell, mark=mark, version=known[cell][1]), actor)
            answers.append((cell, mark, known[cell], saving))
            stands = saving.saved[0] if saving.saved else saving.refused[0].current
            known[cell] = stands.mark, stands.version
    finally:
        connection.close()
    return actor.pk, answers


def saved(where, edit: Edit, actor) -> Saving:
    """Again where somebody wrote the same cell in the same moment, as the page does."""
    while True:
        try:
            return save_marks(where, [edit], actor=actor)
        except Conflict:
            continue


def test_rel_04_two_managers_in_one_grid(story):
    where, cells, actors = story
    start = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(lambda n: manager_at_work(where, cells, actors[n], start, seed=n), range(2)))

    accepted = [(actor, cell, mark) for actor, answers in told for cell, mark, _, saving in answers if saving.written]
    stale = [(mark, saving.refused[0]) for _, answers in told for _, mark, _, saving in answers if saving.refused]
    assert stale, "the two never met: the test says nothing"

    # every accepted edit is in the history, with who made it, and nothing else is
    history = RowChange.objects.filter(table_name="training_attendancemark").order_by("id")
    assert history.count() == len(accepted)
    by_actor = defaultdict(int)
    for change in history:
        by_actor[change.actor_id] += 1
    assert by_actor == {actor: sum(who == actor for who, _, _ in accepted) for actor in {who for who, _, _ in accepted}}

    # every stale one got both values
    assert all(refused.wanted == mark and refused.current.mark != mark for mark, refused in stale)

    # what stands is what was accepted last: the history replayed gives the rows
    rows, stands = {}, {}
    for change in history:
        before = rows.get(change.row_id, {})
        rows[change.row_id] = {} if change.verb == "delete" else before | change.after
        cell = (rows[change.row_id] or before)["enrolment_id"], (rows[change.row_id] or before)["session_id"]
        stands[cell] = rows[change.row_id].get("mark")
    marks = AttendanceMark.objects.filter(training_class=where)
    found = {(str(row.enrolment_id), str(row.session_id)): row.mark for row in marks}
    assert found == {cell: mark for cell, mark in stands.items() if mark}
    where.refresh_from_db()
    assert where.revision == len(accepted)


def test_different_cells_never_conflict(story):
    where, cells, actors = story
    start = Barrier(2)

    def halves(n):
        start.wait()
        try:
            return [save_marks(where, [Edit(*cell, mark="late")], actor=actors[n]) for cell in cells[n::2]]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = [saving for half in pool.map(halves, range(2)) for saving in half]
    assert [saving.written for saving in answers] == [1] * len(cells)
    assert AttendanceMark.objects.count() == len(cells)
