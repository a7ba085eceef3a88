"""Two managers import the same class at once: one wins, the other is told, nothing is half written."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from assessments.models import Result, WorkbookImport
from assessments.services import commit_workbook, rehearse_workbook
from core.operations import Conflict
from organization.models import Unit
from tests.assessments.story import figures, office, wanted
from tests.samples import workbook
from training.models import Enrolment, TrainingClass


def test_rel_04_one_wins_and_the_other_is_told(own_database):
    actors = [office("anna"), office("ben")]
    city = Unit.objects.get(code="YL")
    waiting = [rehearse_workbook(workbook("clean"), "班.xlsx", actor=actor, unit=city) for actor in actors]
    start = Barrier(2)

    def commit(pair):
        imported, actor = pair
        start.wait()
        try:
            return commit_workbook(imported, actor=actor)
        except Conflict as told:
            return told
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(commit, zip(waiting, actors, strict=True)))
    won = [answer for answer in answers if isinstance(answer, TrainingClass)]
    told = [answer for answer in answers if isinstance(answer, Conflict)]
    assert len(won) == len(told) == 1
    assert "没有写入任何内容" in told[0].message
    assert TrainingClass.objects.count() == 1
    assert Enrolment.objects.count() == Result.objects.count() == len(wanted("clean"))
    assert WorkbookImport.objects.filter(state=WorkbookImport.State.COMMITTED).count() == 1
    assert {name for name, _ in figures(won[0])} == {name for name, _ in wanted("clean")}
