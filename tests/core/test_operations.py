"""One intention is carried out once: a repeat gives the first answer, other data under the same id is a conflict."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection

from core.models import AuditEntry, Operation
from core.operations import Conflict, once


def act_and_count(tag):
    def act():
        AuditEntry.objects.create(event=tag)
        return {"made": AuditEntry.objects.filter(event=tag).count()}

    return act


@pytest.mark.django_db
def test_rel_03_a_repeat_gets_the_first_answer():
    op, actor = uuid4(), uuid4()
    answers = [once(op, actor, "make", {"x": 1}, act_and_count("made")) for _ in range(3)]
    assert answers == [{"made": 1}] * 3
    assert AuditEntry.objects.filter(event="made").count() == 1


@pytest.mark.django_db
def test_b33_the_same_id_with_other_data_is_a_conflict():
    op, actor = uuid4(), uuid4()
    once(op, actor, "make", {"x": 1}, act_and_count("made"))
    with pytest.raises(Conflict, match="不同的内容"):
        once(op, actor, "make", {"x": 2}, act_and_count("made"))
    assert AuditEntry.objects.filter(event="made").count() == 1


@pytest.mark.django_db
def test_what_fails_may_be_tried_again_under_the_same_id():
    op, actor = uuid4(), uuid4()

    def fail():
        AuditEntry.objects.create(event="half")
        raise RuntimeError("the lights went out")

    with pytest.raises(RuntimeError):
        once(op, actor, "make", {}, fail)
    assert not Operation.objects.exists() and not AuditEntry.objects.exists()
    assert once(op, actor, "make", {}, act_and_count("made")) == {"made": 1}


def test_rel_03_twenty_posts_at_once_are_one(own_database):
    op, actor = uuid4(), uuid4()

    def post(_):
        try:
            return once(op, actor, "make", {"x": 1}, act_and_count("made"))
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(post, range(20)))
    assert answers == [{"made": 1}] * 20
    assert AuditEntry.objects.filter(event="made").count() == 1
