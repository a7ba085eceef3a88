"""Drafts, issue, replacement, void: which documents there are, in which order, under which numbers."""

from datetime import date

import pytest

from assessments.models import Result
from assessments.services.scoring import confirm_results
from core.models import AuditEntry, Batch, BatchItem
from core.operations import Refused
from organization.models import Unit
from organization.services import set_preference
from reports.models import Document, NumberSeries
from reports.services import (
    amend_and_replace,
    confirm_and_issue,
    give_up_document,
    issue_with_number,
    make_drafts,
    verify,
    void_document,
)
from tests import factories as make
from tests.reports.story import IN_TREE, ISSUED, PEOPLE, a_scored_class, an_actor, enrol
from training.models import Enrolment, TrainingClass

pytestmark = pytest.mark.django_db
Kind, State = Document.Kind, Document.State


@pytest.fixture
def training_class():
    return a_scored_class()


@pytest.fixture
def actor(training_class):
    return an_actor()


@pytest.fixture
def issued(training_class, actor):
    """The class with everything issued and made (the bytes do not matter here)."""
    confirm_and_issue(training_class, actor=actor, on=ISSUED)
    pretend_made()
    return training_class


def pretend_made():
    file = make.keep(make.PDF)
    Document.objects.filter(file=None).update(file=file, pages=1)


def documents(kind, *states):
    return list(Document.objects.filter(kind=kind, state__in=states or State.values).order_by("position", "number"))


def numbers(*states):
    return [document.number_text for kind in Kind for document in documents(kind, *states)]


# ---- drafts ----


def test_a_draft_a_unit_a_trainee_and_one_bulletin(training_class, actor):
    batch = make_drafts(training_class, actor=actor)
    assert [letter.unit.name for letter in documents(Kind.LETTER)] == IN_TREE
    assert [sheet.enrolment.roster_name for sheet in documents(Kind.SHEET)] == [name for name, _ in PEOPLE]
    assert [bulletin.unit.name for bulletin in documents(Kind.BULLETIN)] == ["中共云岭市委组织部"]
    assert {document.state for document in Document.objects.all()} == {State.DRAFT}
    assert numbers() == [""] * 8
    assert (batch.subject_id, batch.items.count(), batch.created_by_id) == (training_class.pk, 8, actor.pk)


def test_somebody_who_dropped_out_is_in_the_letters_too(training_class, actor):
    assert Result.objects.get(enrolment__roster_name="阿依古丽·买买提").grade == "退学"
    make_drafts(training_class, actor=actor)
    assert documents(Kind.LETTER)[-1].unit.name == "清溪县石桥镇人民政府"


def test_drafts_are_refreshed_not_doubled(training_class, actor):
    make_drafts(training_class, actor=actor)
    pretend_made()
    before = set(Document.objects.values_list("pk", flat=True))
    old = Document.objects.first().file
    make_drafts(training_class, actor=actor)
    assert set(Document.objects.values_list("pk", flat=True)) == before
    assert not Document.objects.exclude(file=None).exists()
    old.refresh_from_db()
    assert old.delete_after is not None


def test_a_draft_that_nobody_wants_any_more_is_dropped(training_class, actor):
    make_drafts(training_class, actor=actor)
    Enrolment.objects.filter(roster_name="陈一").update(state=Enrolment.State.WITHDRAWN)
    make_drafts(training_class, actor=actor)
    assert [letter.unit.name for letter in documents(Kind.LETTER)] == [IN_TREE[0], IN_TREE[2]]
    assert [sheet.position for sheet in documents(Kind.SHEET)] == [1, 2, 3]


def test_without_results_there_is_nothing_to_draft(training_class, actor):
    Result.objects.all().delete()
    with pytest.raises(Refused, match="尚未计算成绩"):
        make_drafts(training_class, actor=actor)


def test_a_cancelled_class_gets_no_documents(training_class, actor):
    TrainingClass.objects.update(state="cancelled")
    for act in (make_drafts, lambda one, actor: confirm_and_issue(one, actor=actor, on=ISSUED)):
        with pytest.raises(Refused, match="已取消"):
            act(training_class, actor=actor)


# ---- issue ----


def test_issue_confirms_the_results_and_numbers_in_order(training_class, actor):
    batch = confirm_and_issue(training_class, actor=actor, on=ISSUED)
    assert set(Result.objects.values_list("state", flat=True)) == {"confirmed"}
    assert numbers() == [
        "培函〔2026〕1号", "培函〔2026〕2号", "培函〔2026〕3号",
        "培单〔2026〕1号", "培单〔2026〕2号", "培单〔2026〕3号", "培单〔2026〕4号", "培通〔2026〕1号",
    ]  # fmt: skip
    made = [item.subject_id for item in batch.items.order_by("id")]
    assert made == [document.pk for kind in Kind for document in documents(kind)]
    assert {document.issued_on for document in Document.objects.all()} == {ISSUED}


def test_issue_takes_the_drafts_and_their_watermarked_files_go(training_class, actor):
    make_drafts(training_class, actor=actor)
    pretend_made()
    before = set(Document.objects.values_list("pk", "token"))
    confirm_and_issue(training_class, actor=actor, on=ISSUED)
    assert set(Document.objects.values_list("pk", "token")) == before
    assert not Document.objects.exclude(file=None).exists()


def test_the_office_has_its_own_words_and_one_word_is_one_series(training_class, actor):
    for setting in ("letter_word", "sheet_word"):
        set_preference(training_class.unit, setting, "云培", ISSUED, actor=None)
    confirm_and_issue(training_class, actor=actor, on=ISSUED)
    assert numbers() == [f"云培〔2026〕{number}号" for number in range(1, 8)] + ["培通〔2026〕1号"]


def test_what_was_issued_is_not_issued_again(issued, actor):
    with pytest.raises(Refused, match="已全部印发"):
        confirm_and_issue(issued, actor=actor, on=ISSUED)
    with pytest.raises(Refused, match="已全部印发"):
        make_drafts(issued, actor=actor)
    assert Document.objects.count() == 8


def test_results_that_were_confirmed_before_are_issued_as_they_are(training_class, actor):
    confirm_results(training_class, actor=actor)
    confirm_and_issue(training_class, actor=actor, on=ISSUED)
    assert len(documents(Kind.SHEET, State.ISSUED)) == 4


def test_each_number_is_in_the_audit_log(training_class, actor):
    confirm_and_issue(training_class, actor=actor, on=ISSUED)
    entries = AuditEntry.objects.filter(event="document.issue").order_by("id")
    assert [entry.after["number"] for entry in entries] == numbers()
    assert {entry.actor_id for entry in entries} == {actor.pk}


def test_the_queries_of_an_issue_do_not_grow_with_the_class(training_class, actor, query_count):
    few = query_count(lambda: confirm_and_issue(training_class, actor=actor, on=ISSUED))
    many = [(f"学员{place}", f"YL0{1 + place % 9}") for place in range(30)]
    other = a_scored_class(many, code="2026-02", start=date(2026, 5, 4), end=date(2026, 5, 9))
    assert query_count(lambda: confirm_and_issue(other, actor=actor, on=ISSUED)) <= few


# ---- numbers by hand ----


@pytest.fixture
def draft(training_class, actor):
    make_drafts(training_class, actor=actor)
    confirm_results(training_class, actor=actor)
    return documents(Kind.LETTER)[0]


def test_a_number_by_hand_and_the_series_goes_on_after_it(draft, training_class, actor):
    batch = issue_with_number(draft, 17, actor=actor, on=ISSUED)
    assert batch.items.get().subject_id == draft.pk
    confirm_and_issue(training_class, actor=actor, on=ISSUED)
    assert [letter.number for letter in documents(Kind.LETTER)] == [17, 18, 19]
    entry = AuditEntry.objects.get(event="document.issue", after__by_hand=True)
    assert entry.after["passed_over"] == [1, 16]


def test_a_number_by_hand_under_another_word(draft, actor):
    issue_with_number(draft, 3, actor=actor, on=ISSUED, word="云组函")
    assert documents(Kind.LETTER)[0].number_text == "云组函〔2026〕3号"


def test_a_number_is_given_once(draft, actor):
    issue_with_number(draft, 17, actor=actor, on=ISSUED)
    second = documents(Kind.LETTER)[1]
    for number in (17, 0, -1):
        with pytest.raises(Refused, match="未被占用"):
            issue_with_number(second, number, actor=actor, on=ISSUED)
    with pytest.raises(Refused, match="已经印发"):
        issue_with_number(draft, 18, actor=actor, on=ISSUED)


def test_nothing_is_issued_before_the_results_are_confirmed(training_class, actor):
    make_drafts(training_class, actor=actor)
    with pytest.raises(Refused, match="尚未确认"):
        issue_with_number(documents(Kind.LETTER)[0], 1, actor=actor, on=ISSUED)


# ---- amend and replace ----


def one_more_entry(name, points="1"):
    person = Enrolment.objects.get(roster_name=name)
    make.entry(person, "课堂互动", points, "补记发言")
    return person


def test_a_correction_replaces_what_it_touches(issued, actor):
    one_more_entry("龚䶮", "-0.5")
    batch = amend_and_replace(issued, actor=actor, reason="漏记一次发言", on=ISSUED)
    assert numbers(State.REPLACED) == ["培函〔2026〕1号", "培单〔2026〕3号", "培通〔2026〕1号"]
    new = [
        documents(kind, State.ISSUED)[place] for kind, place in ((Kind.LETTER, 0), (Kind.SHEET, 2), (Kind.BULLETIN, 0))
    ]
    assert [document.number_text for document in new] == ["培函〔2026〕4号", "培单〔2026〕5号", "培通〔2026〕2号"]
    assert [document.replaces.number_text for document in new] == numbers(State.REPLACED)
    assert [item.subject_id for item in batch.items.order_by("id")] == [document.pk for document in new]
    assert len(documents(Kind.LETTER, State.ISSUED)) == 3


def test_a_correction_that_moves_somebody_elses_rank_touches_them_too(issued, actor):
    """陈一 was third behind two equals; 龚䶮 falls back beside 陈一, and both are second now."""
    one_more_entry("龚䶮", "-1")
    amend_and_replace(issued, actor=actor, reason="更正发言记录", on=ISSUED)
    assert [sheet.enrolment.roster_name for sheet in documents(Kind.SHEET, State.REPLACED)] == ["陈一", "龚䶮"]


def test_a_correction_of_a_correction_makes_a_chain(issued, actor):
    for points in ("-0.5", "-0.25"):
        one_more_entry("龚䶮", points)
        amend_and_replace(issued, actor=actor, reason="更正发言记录", on=ISSUED)
        pretend_made()
    first, second, third = [letter for letter in documents(Kind.LETTER) if letter.unit.name == IN_TREE[0]]
    assert (third.replaces, second.replaces, first.replaces) == (second, first, None)
    assert [letter.state for letter in (first, second, third)] == [State.REPLACED, State.REPLACED, State.ISSUED]
    assert verify(first.token).replaced_by == third.number_text


def test_without_a_change_nothing_is_replaced(issued, actor):
    with pytest.raises(Refused, match="没有变化"):
        amend_and_replace(issued, actor=actor, reason="复核", on=ISSUED)
    assert NumberSeries.objects.get(word="培函").last == 3


def test_a_decision_taken_before_touches_its_trainee(issued, actor):
    person = Enrolment.objects.get(roster_name="陈一")
    amend_and_replace(issued, actor=actor, reason="考评组会议决定", on=ISSUED, touched=[person.pk])
    assert [sheet.enrolment for sheet in documents(Kind.SHEET, State.REPLACED)] == [person]


def test_who_moves_to_another_unit_touches_both(issued, actor):
    """Nobody is left in the first unit's letter but 欧阳青山; the other unit gets a letter of its own."""
    Enrolment.objects.filter(roster_name="龚䶮").update(unit=Unit.objects.get(code="YL09"))
    amend_and_replace(issued, actor=actor, reason="单位登记有误", on=ISSUED)
    assert numbers(State.REPLACED) == ["培函〔2026〕1号", "培单〔2026〕3号", "培通〔2026〕1号"]
    assert [letter.unit.name for letter in documents(Kind.LETTER, State.ISSUED)] == [
        IN_TREE[0], IN_TREE[1], "云岭市融媒体中心", IN_TREE[2],
    ]  # fmt: skip


def test_who_was_written_wrongly_gets_a_new_sheet(issued, actor):
    Enrolment.objects.filter(roster_name="龚䶮").update(roster_name="龚䶮䶮")
    amend_and_replace(issued, actor=actor, reason="姓名登记有误", on=ISSUED)
    assert numbers(State.REPLACED) == ["培函〔2026〕1号", "培单〔2026〕3号", "培通〔2026〕1号"]


def test_when_everybody_left_all_is_void(issued, actor):
    Enrolment.objects.update(state=Enrolment.State.WITHDRAWN)
    amend_and_replace(issued, actor=actor, reason="本班作废", on=ISSUED)
    assert set(Document.objects.values_list("state", flat=True)) == {State.VOID}


def test_while_a_batch_is_at_work_nothing_is_amended(training_class, actor):
    confirm_and_issue(training_class, actor=actor, on=ISSUED)
    one_more_entry("龚䶮")
    with pytest.raises(Refused, match="还在生成"):
        amend_and_replace(training_class, actor=actor, reason="漏记一次发言", on=ISSUED)


def test_who_left_the_roster_and_who_came(issued, actor):
    Enrolment.objects.filter(roster_name="陈一").update(state=Enrolment.State.SUBSTITUTED)
    enrol(issued, 5, "新来者", "YL09")
    amend_and_replace(issued, actor=actor, reason="名册更正", on=ISSUED)
    gone = [*documents(Kind.LETTER, State.VOID), *documents(Kind.SHEET, State.VOID)]
    assert [document.number_text for document in gone] == ["培函〔2026〕2号", "培单〔2026〕1号"]
    assert {document.void_reason for document in gone} == {"更正成绩后，本文书所涉学员已不在本班名册"}
    names = [sheet.enrolment.roster_name for sheet in documents(Kind.SHEET, State.ISSUED)]
    assert names == ["欧阳青山", "龚䶮", "阿依古丽·买买提", "新来者"]
    assert [sheet.position for sheet in documents(Kind.SHEET, State.ISSUED)] == [1, 2, 3, 4]


# ---- void ----


def test_a_void_document_keeps_its_number_and_says_why(issued, actor):
    letter = documents(Kind.LETTER)[0]
    void_document(letter, actor=actor, reason="印制有误")
    letter.refresh_from_db()
    assert (letter.state, letter.number_text, letter.void_reason) == (State.VOID, "培函〔2026〕1号", "印制有误")
    assert AuditEntry.objects.get(event="document.void").after == {"number": "培函〔2026〕1号"}
    for reason, match in (("", "现行有效"), ("再次", "现行有效")):
        with pytest.raises(Refused, match=match):
            void_document(letter, actor=actor, reason=reason)


def test_a_void_document_needs_a_reason(issued, actor):
    with pytest.raises(Refused, match="须说明原因"):
        void_document(documents(Kind.LETTER)[0], actor=actor, reason="  ")


def test_after_a_void_one_the_next_is_issued_under_a_new_number_and_names_it(issued, actor):
    void_document(documents(Kind.LETTER)[0], actor=actor, reason="印制有误")
    batch = confirm_and_issue(issued, actor=actor, on=ISSUED)
    new = documents(Kind.LETTER, State.ISSUED)[0]
    assert (new.number_text, new.replaces.number_text) == ("培函〔2026〕4号", "培函〔2026〕1号")
    assert batch.items.get().subject_id == new.pk


def test_what_could_not_be_made_is_void_with_its_reason(training_class, actor):
    confirm_and_issue(training_class, actor=actor, on=ISSUED)
    letter = documents(Kind.LETTER)[0]
    give_up_document(letter.pk, "模板缺少内容")
    letter.refresh_from_db()
    assert (letter.state, letter.void_reason) == (State.VOID, "文件未能生成：模板缺少内容")
    assert (letter.number_text, AuditEntry.objects.get(event="document.void").actor_id) == ("培函〔2026〕1号", None)


def test_a_draft_that_could_not_be_made_stays_a_draft(training_class, actor):
    make_drafts(training_class, actor=actor)
    letter = documents(Kind.LETTER)[0]
    give_up_document(letter.pk, "模板缺少内容")
    letter.refresh_from_db()
    assert (letter.state, letter.file) == (State.DRAFT, None)


def test_a_document_that_has_its_file_is_not_given_up(issued):
    letter = documents(Kind.LETTER)[0]
    give_up_document(letter.pk, "另一批次失败")
    letter.refresh_from_db()
    assert letter.state == State.ISSUED


# ---- genuineness ----


def test_the_open_page_says_current_replaced_or_void_and_names_nobody(issued, actor):
    one_more_entry("龚䶮", "-0.5")
    amend_and_replace(issued, actor=actor, reason="漏记一次发言", on=ISSUED)
    old, new = documents(Kind.SHEET, State.REPLACED)[0], documents(Kind.SHEET, State.ISSUED)[2]
    void = documents(Kind.LETTER, State.ISSUED)[1]
    void_document(void, actor=actor, reason="龚䶮的函件印制有误")
    pages = [verify(document.token) for document in (old, new, void)]
    assert [page.words for page in pages] == ["已被替换", "现行有效", "作废"]
    assert [page.replaced_by for page in pages] == [new.number_text, "", ""]
    assert (pages[1].kind, pages[1].number) == ("学员考核结果单", "培单〔2026〕5号")
    assert (pages[1].office, pages[1].issued_on) == ("中共云岭市委组织部", ISSUED)
    assert not any(name in str(pages) for name, _ in PEOPLE)


def test_a_draft_and_an_unknown_token_are_unknown(training_class, actor):
    make_drafts(training_class, actor=actor)
    assert verify(documents(Kind.LETTER)[0].token) is None
    assert verify("nothing") is None


def test_the_tree_of_units_decides_the_order_not_the_names(training_class, actor):
    """The last unit of the tree moves to the front; its letter follows."""
    Unit.objects.get(code="QX").move(Unit.objects.get(code="YLDX"), "left")
    make_drafts(training_class, actor=actor)
    assert [letter.unit.name for letter in documents(Kind.LETTER)] == [IN_TREE[2], *IN_TREE[:2]]


def test_rel_07_nothing_is_rung_before_the_rows_are_there(training_class, actor):
    confirm_and_issue(training_class, actor=actor, on=ISSUED)
    assert Batch.objects.get().title == "年轻干部培训班：印发文书"
    assert set(BatchItem.objects.values_list("state", "kind")) == {("waiting", "document")}
