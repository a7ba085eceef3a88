"""The page 分组: a proposal is shown and not kept; what was sent is kept once; who was slower is told."""

import pytest
from django.urls import reverse

from core.keys import new_key
from tests import factories as make
from training.models import Enrolment

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(yunling):
    """The cast's open class with four seats, all in 第一组; its page for the class manager."""
    one = yunling.open_class
    for place in range(2, 5):
        make.enrolment(one, make.cadre(f"学员{place}", yunling.bureau, yunling.root), place, state="reported")
    one.refresh_from_db()
    return one, list(Enrolment.objects.of_class(one)), reverse("portal:class_groups", args=[one.pk])


def sent(one, seats, groups, **more):
    fields = {f"group-{who.pk}": group for who, group in zip(seats, groups, strict=True)}
    return fields | {f"post-{who.pk}": "" for who in seats} | {"op_id": str(new_key()), "seen": one.revision} | more


def kept(one):
    return list(Enrolment.objects.of_class(one).values_list("group", flat=True))


def test_a_proposal_is_shown_and_not_kept(yunling, client_of, story):
    one, _, url = story
    page = client_of(yunling.manager).get(url, {"groups": "2"})
    assert [row["people"] for row in page.context["summary"]] == [2, 2]
    assert sorted({row["group"] for row in page.context["rows"]}) == ["第一组", "第二组"]
    assert page.context["changes"] == 2
    assert kept(one) == ["第一组"] * 4


@pytest.mark.parametrize("asked", ["0", "99", "-1", "²", "x", ""])
def test_an_odd_number_of_groups_is_no_fault(yunling, client_of, story, asked):
    page = client_of(yunling.manager).get(story[2], {"groups": asked})
    assert page.status_code == 200
    assert page.context["proposed"] in (0, 1, 4)


def test_what_was_sent_is_kept(yunling, client_of, story):
    one, seats, url = story
    answer = client_of(yunling.manager).post(url, sent(one, seats, ["甲组", "乙组", "甲组", ""]), follow=True)
    assert "分组已保存，4 人有变动" in answer.content.decode()
    assert kept(one) == ["甲组", "乙组", "甲组", ""]


def test_a_repeat_writes_once_and_an_old_page_nothing(yunling, client_of, story):
    one, seats, url = story
    client, form = client_of(yunling.manager), sent(one, seats, ["甲组"] * 4)
    assert [client.post(url, form).status_code for _ in range(2)] == [302, 302]
    assert client.post(url, sent(one, seats, ["乙组"] * 4)).status_code == 409
    assert kept(one) == ["甲组"] * 4


@pytest.mark.parametrize(("group", "words"), [("长" * 41, "不超过 40 个字"), ("甲\u200b组", "看不见的字符")])
def test_faults_are_said_and_nothing_typed_is_lost(yunling, client_of, story, group, words):
    one, seats, url = story
    page = client_of(yunling.manager).post(url, sent(one, seats, ["乙组", group, "", ""]))
    assert page.status_code == 200
    assert words in page.content.decode()
    assert page.context["rows"][0]["group"] == "乙组"
    assert kept(one) == ["第一组"] * 4


def test_the_roster_leads_there_while_the_class_is_worked_with(yunling, client_of, story):
    one, _, url = story
    client = client_of(yunling.manager)
    assert url in client.get(reverse("portal:class_roster", args=[one.pk])).content.decode()
    type(one).objects.filter(pk=one.pk).update(state="closed", closed_on=one.end)
    closed = client.get(url)
    assert closed.status_code in (403, 404)
