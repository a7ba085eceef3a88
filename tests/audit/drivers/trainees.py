"""How trainees' events come about."""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone

from core.pictures import Upload
from tests import factories as make
from tests.access import stage_people
from tests.audit.drivers import archive, ledger, recognition, rosters, tables, years
from tests.audit.drivers.scene import Scene
from tests.trainees.forms import lrmx
from trainees.anonymising import anonymise_cadre
from trainees.models import Cadre, Exemption, PersonnelForm
from trainees.rules.requirements import shipped
from trainees.services import link_account
from trainees.services.duties import assign_duties
from trainees.services.exemptions import ExemptionFacts, grant_exemption
from trainees.services.merging import merge_cadre
from trainees.services.moves import Place, change_status, correct_appointment, move_cadre
from trainees.services.online import ClassFacts, make_online_class
from trainees.services.requirement_sets import adopt_requirement_set


def account_linked(scene: Scene) -> None:
    with scene.request_of("staff") as staff:
        link_account(scene.account("liaison"), scene.city.cadres[2], actor=staff)


def checked_with_the_file(scene: Scene) -> None:
    cadre = scene.city.cadres[0]
    Cadre.objects.filter(pk=cadre.pk).update(unverified=True)
    scene.post("staff", "cadre_verify", cadre.pk, seen=cadre.version)


def number_seen(scene: Scene) -> None:
    page = "admin:trainees_cadre_unmask"
    scene.post("staff", page, scene.city.cadres[0].pk, code=200, reason="核对任免文件")


def moved(scene: Scene) -> None:
    facts: dict[str, Any] = {"post": "副局长", "post_level": "县处级副职", "rank": "", "since": date(2026, 3, 1)}
    with scene.request_of("staff") as staff:
        move_cadre(scene.city.cadres[0], unit=scene.city.sibling, actor=staff, **facts)


def corrected(scene: Scene) -> None:
    with scene.request_of("staff") as staff:
        place = Place(scene.city.sibling, "副局长", "县处级副职")
        correct_appointment(scene.city.cadres[0], place, date(2026, 3, 1), actor=staff, reason="文号看错了")


def retired(scene: Scene) -> None:
    with scene.request_of("staff") as staff:
        change_status(scene.city.cadres[0], "retired", date(2026, 4, 1), actor=staff, reason="云组〔2026〕4号")


def merged(scene: Scene) -> None:
    double = make.cadre("司马清扬", scene.city.sibling, scene.city.root)
    with scene.request_of("staff") as staff:
        merge_cadre(double, scene.city.cadres[0], actor=staff, reason="身份证号录入错误")


def form_uploaded(scene: Scene) -> None:
    paper = SimpleUploadedFile("司马清扬.lrmx", lrmx(ShenFenZheng=make.id_number(2)))
    scene.post("staff", "personnel_forms", papers=paper)


def form_taken_in(scene: Scene) -> None:
    form_uploaded(scene)
    paper = PersonnelForm.objects.get(taken_in=None)
    scene.post("staff", "personnel_form", paper.pk, unit=scene.city.bureau.pk, since="2026-03-01")


def online_class(scene: Scene, page: str, **data: Any) -> None:
    stage_people.an_online_class(scene.city)
    what = "online_learner" if page == "online_learner_remove" else "online_class"
    scene.post("staff", page, *scene.city.__dict__[what], **data)


def online_entered(scene: Scene) -> None:
    stage_people.an_empty_online_class(scene.city)
    place = scene.city.__dict__["empty_online_class"]
    scene.post("staff", "online_learners_add", *place, unit=scene.city.bureau.pk, seen=1)


def online_made(scene: Scene) -> None:
    scene.post("staff", "online_make", name="新班", since="2026-01-01", until="2026-12-31", target_hours="50")


def named(scene: Scene) -> None:
    one, _ = make_online_class(
        ClassFacts(scene.city.root, "班", 2026, date(2026, 1, 1), date(2026, 1, 2)), actor=scene.account("staff")
    )
    scene.post("staff", "online_office", one.pk, seen=1, manager=scene.account("manager").username)


def online_exported(scene: Scene) -> None:
    stage_people.an_online_class(scene.city)
    scene.get("staff", "online_export", *scene.city.__dict__["online_class"])


def forgotten(scene: Scene) -> None:
    cadre = scene.city.cadres[2]
    Cadre.objects.filter(pk=cadre.pk).update(status="retired", status_since=date(2010, 1, 1))
    with scene.request_of("staff") as staff:
        anonymise_cadre(cadre, actor=staff, today=date(2026, 6, 1))


def duties_assigned(scene: Scene) -> None:
    with scene.request_of("staff") as staff:
        assign_duties([scene.city.cadres[0].pk], 2026, actor=staff)


def _exempted(scene: Scene) -> Exemption:
    facts = ExemptionFacts(2026, "", "illness", 50, "长期病休", Upload(make.PDF, "证明.pdf"))
    return grant_exemption(scene.city.cadres[0], facts, actor=scene.account("staff"))


def exemption_granted(scene: Scene) -> None:
    year = timezone.localdate().year
    who = scene.city.cadres[0].pk
    scene.post("staff", "exemption_add", who, year=year, kind="illness", share=50, reason="长期病休")


def exemption_revoked(scene: Scene) -> None:
    scene.post("staff", "exemption_revoke", _exempted(scene).pk, seen=1, reason="已经病愈返岗")


def proof_seen(scene: Scene) -> None:
    scene.get("staff", "exemption_proof", _exempted(scene).pk, code=302)


def requirements_adopted(scene: Scene) -> None:
    with scene.request_of("staff") as staff:
        adopt_requirement_set(
            scene.city.root, name="学习要求", since=date(2026, 7, 1), rules=shipped(), note="", actor=staff
        )


DRIVERS = {
    **archive.TRAINEES,
    **ledger.DRIVERS,
    **recognition.DRIVERS,
    **rosters.DRIVERS,
    **tables.DRIVERS,
    "cadre.anonymise": forgotten,
    "cadre.account": account_linked,
    "cadre.unmask": number_seen,
    "keys.reindex": (lambda scene: call_command("reindex"), "actor unit object request"),
    "cadre.move": moved,
    "cadre.correct": corrected,
    "cadre.status": retired,
    "cadre.merge": merged,
    "online_class.make": online_made,
    "online_class.enter": online_entered,
    "online_class.leave": lambda scene: online_class(scene, "online_learner_remove"),
    "online_class.office": named,
    "online_class.remind": lambda scene: online_class(scene, "online_remind", reason="请抓紧完成网络学习"),
    "online_class.export": online_exported,
    "personnel_form.upload": form_uploaded,
    "personnel_form.take_in": form_taken_in,
    "cadre.verify": checked_with_the_file,
    "ledger.export": years.table_taken,
    "ledger_act.ask": years.asked,
    "ledger_act.refuse": years.refused,
    "ledger_year.close": years.closed,
    "exemption.grant": exemption_granted,
    "exemption.proof": proof_seen,
    "exemption.revoke": exemption_revoked,
    "duty.assign": (duties_assigned, "unit object"),
    "requirements.adopt": requirements_adopted,
}
