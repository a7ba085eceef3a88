"""How the events of learning archives come about: papers, data, works, awards."""

from datetime import date

from core.pictures import Upload
from tests import factories as make
from tests.access import stage
from tests.audit.drivers.scene import Scene
from trainees.models import Award, Cadre
from trainees.services.awards import AwardFacts, correct_award, give_award, remove_award
from training.models import LearningWork
from training.services.works import hand_in

GIVEN = AwardFacts("学习型好干部", "中共云岭市委组织部", date(2026, 4, 1))


def somebody(scene: Scene) -> Cadre:
    return scene.city.cadres[0]


def ordered(scene: Scene) -> None:
    scene.post("staff", "cadre_papers", somebody(scene).pk, kind="booklet")


def paper_taken(scene: Scene) -> None:
    stage.an_archive_paper(scene.city)
    scene.get("staff", "archive_paper", scene.city.__dict__["archive_paper"], code=302)


def all_taken(scene: Scene) -> None:
    stage.an_archive_paper(scene.city)
    scene.get("staff", "archive_zip")


def data_taken(scene: Scene) -> None:
    scene.get("staff", "cadre_data", somebody(scene).pk, "json")


def handed_in(scene: Scene) -> None:
    with scene.request_of("manager") as manager:
        hand_in(scene.city.enrolments[0], "report", "调研报告", Upload(make.PDF, "报告.pdf"), actor=manager)


def a_work(scene: Scene) -> LearningWork:
    stage.a_work(scene.city)
    return LearningWork.objects.get(pk=scene.city.__dict__["work"])


def work_taken(scene: Scene) -> None:
    scene.get("manager", "work_take", a_work(scene).pk, code=302)


def work_back(scene: Scene) -> None:
    scene.post("manager", "work_withdraw", a_work(scene).pk)


def given(scene: Scene) -> None:
    with scene.request_of("staff") as staff:
        give_award(somebody(scene), GIVEN, actor=staff)


def an_award(scene: Scene) -> Award:
    stage.an_award(scene.city)
    return Award.objects.get(pk=scene.city.__dict__["award"])


def corrected(scene: Scene) -> None:
    award = an_award(scene)
    with scene.request_of("staff") as staff:
        correct_award(award, GIVEN, actor=staff, seen=1)


def removed(scene: Scene) -> None:
    award = an_award(scene)
    with scene.request_of("staff") as staff:
        remove_award(award, actor=staff, reason="登记在别人名下", seen=1)


REPORTS = {
    "archive.order": ordered,
    "archive.take": paper_taken,
    "archive.export": data_taken,
    "archive.zip": (all_taken, "unit object"),
}
TRAINING = {"work.hand_in": handed_in, "work.take": work_taken, "work.withdraw": work_back}
TRAINEES = {"award.give": given, "award.correct": corrected, "award.remove": removed}
