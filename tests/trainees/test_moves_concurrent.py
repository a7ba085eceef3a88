"""Two who move the same cadre at once, on real connections (REL-04): one writes, the other is told."""

from datetime import date
from functools import partial
from threading import Event
from typing import Any

import pytest
from django.db import connection

from core.operations import Conflict, Refused
from organization.models import Account
from tests import factories as make
from tests.threads import at_once
from tests.trainees.ledger.story import learned
from trainees.models import Appointment, Cadre
from trainees.services import moves
from trainees.services.ledger import Posting, post
from trainees.services.merging import merge_cadre
from trainees.services.moves import move_cadre


@pytest.fixture
def office(own_database):
    root = make.unit("YL", "云岭市委组织部", kind="organization_department")
    units = [make.unit(f"YL{n}", f"单位{n}", root) for n in range(2)]
    actors = [make.account(name, name, unit=root) for name in ("anna", "ben")]
    for who in actors:
        make.grant(who, "staff", root)
    return root, units, actors


def test_rel_04_of_two_moves_one_is_written(office):
    root, units, actors = office
    cadre = make.cadre("甘棠", root, root)

    def move(number: int) -> object:
        who = Account.objects.get(pk=actors[number].pk)
        facts: dict[str, Any] = {
            "post": "科长",
            "post_level": "乡科级正职",
            "rank": "",
            "since": date(2026, 3, 1 + number),
        }
        return move_cadre(cadre, unit=units[number], **facts, actor=who, seen=cadre.version)

    told = at_once(partial(move, 0), partial(move, 1))
    assert sum(isinstance(one, Conflict) for one in told) == 1
    made = next(one for one in told if isinstance(one, Appointment))
    row = Cadre.objects.get(pk=cadre.pk)
    assert (row.unit, row.version) == (made.unit, cadre.version + 1)
    assert Appointment.objects.filter(cadre=cadre, until=None).get() == made


def test_two_merges_at_once_make_no_ring(office):
    root, _, actors = office
    pair = [make.cadre("甘棠", root, root) for _ in range(2)]

    def merge(number: int) -> object:
        who = Account.objects.get(pk=actors[number].pk)
        return merge_cadre(pair[number], pair[1 - number], actor=who, reason="号码录错，经本人核对")

    told = at_once(partial(merge, 0), partial(merge, 1))
    assert sum(isinstance(one, Refused) for one in told) == 1
    assert Cadre.objects.living().filter(pk__in=[one.pk for one in pair]).count() == 1


def test_a_move_and_a_posting_never_wait_for_each_other_in_a_ring(office, monkeypatch):
    """Whoever holds a person holds the doubles too, by key: the double here comes before the row that lives on."""
    root, units, actors = office
    double, cadre = sorted((make.cadre("甘棠", root, root) for _ in range(2)), key=lambda one: one.pk)
    Cadre.objects.filter(pk=double.pk).update(canonical=cadre)
    held, real = Event(), moves.demand_place

    def slow(*args: Any, **more: Any) -> Any:
        held.set()
        connection.cursor().execute("SELECT pg_sleep(0.3)")
        return real(*args, **more)

    def poster() -> object:
        held.wait(10)
        return post([learned(cadre)], actor=None)

    monkeypatch.setattr(moves, "demand_place", slow)
    facts: dict[str, Any] = {"post": "科长", "post_level": "乡科级正职", "rank": "", "since": date(2026, 3, 1)}
    told = at_once(lambda: move_cadre(cadre, unit=units[0], **facts, actor=actors[0]), poster)
    assert [type(one) for one in told] == [Appointment, Posting]
