"""How the ledger's events come about."""

from datetime import date
from decimal import Decimal
from io import StringIO

from django.core.management import call_command

from core.keys import new_key
from tests.audit.drivers.scene import Scene
from trainees.models import FrozenYear
from trainees.services.freezing import Finding, freeze, release
from trainees.services.ledger import Learning, post, settle_anew, withdraw
from trainees.services.recomputing import recompute
from trainees.services.rule_sets import adopt_rule_set, shipped_rules


def learned(scene: Scene) -> Learning:
    who, day = scene.city.cadres[0], date(2026, 3, 13)
    return Learning(who.pk, day, "off_job", Decimal(12), Decimal(2), "春季班", "class", new_key())


def posted(scene: Scene) -> None:
    with scene.request_of("staff") as staff:
        post([learned(scene)], actor=staff, reason="结班")


def withdrawn(scene: Scene) -> None:
    with scene.request_of("staff") as staff:
        one = learned(scene)
        post([one], actor=staff)
        withdraw("class", [one.source_id], actor=staff, reason="重新打开")


def settled(scene: Scene) -> None:
    with scene.request_of("staff") as staff:
        settle_anew([scene.city.cadres[0].pk], actor=staff, reason="合并重复建档")


def rules_adopted(scene: Scene) -> None:
    with scene.request_of("staff") as staff:
        adopt_rule_set(scene.city.root, shipped_rules(), date(2026, 1, 1), "云组〔2026〕1号", actor=staff)


def recomputed(scene: Scene) -> None:
    post([learned(scene)], actor=None)
    rules = shipped_rules()
    rules["channels"]["off_job"]["per_hour"] = "2"
    with scene.request_of("staff") as staff:
        adopt_rule_set(scene.city.root, rules, date(2026, 1, 1), "云组〔2026〕1号", actor=staff)
        recompute(scene.city.root, 2026, actor=staff, reason="规则变更")


def frozen(scene: Scene) -> FrozenYear:
    finding = Finding("balances", scene.city.cadres[0].pk, 2026, "余额与记录合计不符")
    return freeze([finding], new_key())[0]


def released(scene: Scene) -> None:
    row = frozen(scene)
    with scene.request_of("staff") as staff:
        release(row, actor=staff, reason="逐条核对，余额已重建")


DRIVERS = {
    "ledger.recompute": recomputed,
    "ledger.reconcile": (
        lambda scene: call_command("reconcile_ledger", stdout=StringIO()),
        "actor unit object request",
    ),
    "ledger.freeze": (frozen, "actor request"),
    "ledger.release": released,
    "ledger.post": (posted, "object"),
    "ledger.settle": (settled, "unit object"),
    "ledger.withdraw": (withdrawn, "object"),
    "rules.adopt": rules_adopted,
}
