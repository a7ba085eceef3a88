"""Groups and posts: written at once, refused where the class moved on; a workbook and the page write the same fields."""

import pytest

from assessments.services import commit_workbook, export_class, rehearse_workbook
from core.models import AuditEntry
from core.operations import Conflict, Refused
from tests import factories as make
from training.models import Enrolment, TrainingClass
from training.services.grouping import Place, keep_groups

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(yunling):
    """The cast's open class with its three cadres, all in 第一组, none with a post."""
    one = yunling.open_class
    for place, person in enumerate(yunling.cadres[1:], 2):
        make.enrolment(one, person, place, state="reported")
    one.refresh_from_db()
    return one, list(Enrolment.objects.of_class(one))


def kept(one):
    return list(Enrolment.objects.of_class(one).values_list("group", "committee_post"))


def test_groups_and_posts_are_written_at_once(yunling, story, query_count):
    one, seats = story
    revision = one.revision
    wanted = {seats[0].pk: Place("第一组", "班长"), seats[1].pk: Place("第二组"), seats[2].pk: Place("", "学习委员")}
    assert keep_groups(one, wanted, actor=yunling.manager, seen=revision) == 3
    assert kept(one) == [("第一组", "班长"), ("第二组", ""), ("", "学习委员")]
    one.refresh_from_db()
    assert one.revision == revision + 1
    entry = AuditEntry.objects.get(event="enrolment.groups")
    assert (entry.object_id, entry.after) == (str(one.pk), {"changed": 3, "groups": {"第一组": 1, "第二组": 1}})


def test_who_is_not_named_stays_and_nothing_new_leaves_no_trace(yunling, story):
    one, seats = story
    assert keep_groups(one, {seats[1].pk: Place("第一组")}, actor=yunling.manager) == 0
    assert kept(one) == [("第一组", "")] * 3
    assert not AuditEntry.objects.filter(event="enrolment.groups").exists()
    assert TrainingClass.objects.get(pk=one.pk).revision == one.revision


def test_the_slower_of_two_writes_nothing(yunling, story):
    one, seats = story
    keep_groups(one, {seats[0].pk: Place("第二组")}, actor=yunling.manager, seen=one.revision)
    with pytest.raises(Conflict, match="本班的名册已被他人更改"):
        keep_groups(one, {seats[0].pk: Place("第三组")}, actor=yunling.staff, seen=one.revision)
    assert kept(one)[0] == ("第二组", "")


def test_strangers_and_closed_classes_are_refused(yunling, story):
    one, seats = story
    with pytest.raises(Refused, match="不在本班名册上"):
        keep_groups(one, {yunling.enrolments[1].pk: Place("第二组")}, actor=yunling.manager)
    TrainingClass.objects.filter(pk=one.pk).update(state=TrainingClass.State.CLOSED)
    with pytest.raises(Refused, match="已结班，分组不能再改"):
        keep_groups(one, {seats[0].pk: Place("第二组")}, actor=yunling.manager)


def test_the_number_of_statements_does_not_grow(yunling, story, query_count):
    one, seats = story
    few = query_count(lambda: keep_groups(one, {seats[0].pk: Place("甲组")}, actor=yunling.manager))
    assert query_count(lambda: keep_groups(one, {who.pk: Place("乙组") for who in seats}, actor=yunling.manager)) == few


def test_a_workbook_carries_what_the_page_wrote(yunling, story):
    """Export → import changes nothing; the post and the groups stand in the sheet 花名册."""
    one, seats = story
    wanted = {seats[0].pk: Place("青松组", "班长"), seats[1].pk: Place("第二组"), seats[2].pk: Place("第二组", "组长")}
    keep_groups(one, wanted, actor=yunling.manager)
    data = export_class(one, actor=yunling.manager)
    imported = rehearse_workbook(data, "本班.xlsx", actor=yunling.manager, unit=yunling.root)
    assert imported.faults["errors"] == []
    commit_workbook(imported, actor=yunling.manager)
    imported.refresh_from_db()
    assert {(one["added"], one["changed"], one["removed"]) for one in imported.summary["changes"]} == {(0, 0, 0)}
    assert kept(one) == [("青松组", "班长"), ("第二组", ""), ("第二组", "组长")]


def test_a_sheet_rehearsed_before_the_page_was_saved_writes_nothing(yunling, story):
    one, seats = story
    data = export_class(one, actor=yunling.manager)
    imported = rehearse_workbook(data, "本班.xlsx", actor=yunling.manager, unit=yunling.root)
    keep_groups(one, {seats[1].pk: Place("青松组")}, actor=yunling.manager)
    with pytest.raises(Conflict):
        commit_workbook(imported, actor=yunling.manager)
    assert kept(one)[1] == ("青松组", "")
