"""SEC-35, SEC-37, F15: every code has its words, refusals are kept, what cannot be recorded does not happen."""

import ast
import re
from pathlib import Path
from typing import get_args

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from core.audit import record
from core.audit.events import label, labels
from core.keys import new_key
from core.models import AuditEntry
from courses.services import Entry
from organization.models import Grant, Unit
from organization.roles import Role
from tests import factories as make
from training.models import TrainingClass

ROOT = Path(__file__).resolve().parents[2]
APPS = ("core", "organization", "trainees", "courses", "training", "assessments", "reports", "portal")
CODE = re.compile(r"[a-z_]+(\.[a-z_]+){1,2}")


def sources():
    return [path for app in APPS for path in (ROOT / app).rglob("*.py") if path.name != "events.py"]


def texts(node):
    return {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def recorded_codes():
    """Literal first arguments of `record(…)` and `entry(…)` in the whole source."""
    found = {}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("record", "entry") and node.args:
                for code in texts(node.args[0]):
                    if CODE.fullmatch(code):
                        found[code] = path.name
    return found


def kinds_of_changes():
    """`Changes("mark", …)`: kinds whose rows are coded kind.verb; papers are of two kinds."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources())
    kinds = set(re.findall(r'Changes\("(\w+)"', text))
    assert 'Changes(f"paper.{kind}"' in text
    return kinds | {"paper.entry", "paper.final"}


def codes_of_changes():
    """kind.verb; a workbook makes a class with one entry for all, takes none away, and corrects entries by reversal."""
    made = {f"{kind}.{verb}" for kind in kinds_of_changes() for verb in ("added", "changed", "removed")}
    return made - {"class.added", "class.removed", "entry.changed"}


def composed_codes():
    """Codes that are put together where they are written: moves of a class, rows of the catalogue."""
    moves = {f"class.{state}" for state in TrainingClass.State.values if state != TrainingClass.State.PLANNED}
    return moves | {f"{row._meta.model_name}.{verb}" for row in get_args(Entry) for verb in ("add", "change")}


def test_sec_35_every_code_in_the_source_is_registered():
    assert {code: where for code, where in recorded_codes().items() if code not in labels()} == {}
    assert (codes_of_changes() | composed_codes()) - labels().keys() == set()


def test_sec_35_every_registered_code_is_used_in_the_source():
    words = {word for path in sources() for word in texts(ast.parse(path.read_text(encoding="utf-8")))}
    assert labels().keys() - words - codes_of_changes() - composed_codes() == set()


def test_sec_35_every_code_has_words_of_its_own():
    assert all(re.fullmatch(r"[\u4e00-\u9fff：]+", words) for words in labels().values())
    assert len(set(labels().values())) == len(labels())
    assert label("results.amend") == "更正成绩"


# ---- refusals ----


def signed_in(account):
    client = Client()
    client.force_login(account)
    return client


def test_sec_35_who_is_not_allowed_is_in_the_log(yunling):
    url = reverse("portal:class_roster", args=[yunling.training_class.pk])
    assert signed_in(yunling.trainee).get(url).status_code == 403
    entry = AuditEntry.objects.get(event="access.refused")
    assert (entry.actor_id, entry.result, entry.source_ip) == (yunling.trainee.pk, "refused", "127.0.0.1")
    tried = [str(yunling.training_class.pk)]
    assert entry.after == {"page": "portal:class_roster", "method": "GET", "tried": tried}
    assert entry.request_id and entry.session_hash


def test_sec_35_trying_keys_of_others_is_in_the_log_without_what_they_hold(cast):
    one = cast.wangjiang.training_class
    assert signed_in(cast.yunling.manager).get(reverse("portal:class_page", args=[one.pk])).status_code == 404
    entry = AuditEntry.objects.get(event="access.not_found")
    assert (entry.actor_id, entry.after["tried"]) == (cast.yunling.manager.pk, [str(one.pk)])
    assert (entry.object_id, entry.unit_id, entry.before) == ("", None, None)


def test_sec_35_a_wrong_address_is_no_refusal(yunling):
    assert signed_in(yunling.manager).get("/no/such/page/").status_code == 404
    assert not AuditEntry.objects.filter(event__startswith="access.").exists()


def test_sec_35_with_which_role(yunling):
    """The grants in force of whoever asks stand beside the act."""
    signed_in(yunling.staff).get(reverse("portal:class_roster_export", args=[yunling.training_class.pk]))
    assert AuditEntry.objects.get(event="roster.export").role == Role.STAFF


def test_sec_31_numbers_in_reasons_are_masked(db):
    entry = record("unit.change", actor=None, reason="身份证号 110101199003071233 录错，电话 13800001234")
    assert entry.reason == "身份证号 1****************3 录错，电话 13*******34"


# ---- no audit, no write ----


@pytest.fixture
def broken_log(own_database, fast_passwords):
    """A portal whose log refuses every entry."""
    unit = make.unit("YL", "云岭市委组织部", kind=Unit.Kind.ORGANIZATION_DEPARTMENT)
    people = {part: make.account(f"yl_{part}", "顾云舟", unit=unit) for part in ("security", "new")}
    make.grant(people["security"], Role.SECURITY_ADMIN, unit)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditentry ADD CONSTRAINT broken CHECK (false) NOT VALID")
    return unit, people


def test_f15_what_cannot_be_recorded_does_not_happen(broken_log):
    unit, people = broken_log
    form = {"account": people["new"].pk, "role": "staff", "unit": unit.pk, "since": "2026-01-01", "op_id": new_key()}
    answer = signed_in(people["security"]).post(reverse("admin:organization_grant_add"), form)
    assert answer.status_code == 503
    assert "不能留痕的操作一律不办理" in answer.content.decode()
    assert not Grant.objects.filter(account=people["new"]).exists()


def test_f15_nobody_takes_a_copy_unrecorded(broken_log):
    unit, people = broken_log
    make.grant(people["new"], Role.STAFF, unit)
    answer = signed_in(people["new"]).get(reverse("portal:class_list_export"))
    assert answer.status_code == 503


def test_f15_a_refusal_stands_when_it_cannot_be_recorded(broken_log):
    _, people = broken_log
    assert signed_in(people["new"]).get(reverse("portal:class_list")).status_code == 403
