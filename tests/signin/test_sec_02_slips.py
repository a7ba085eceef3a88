"""SEC-02: accounts for a class without text messages: slips that the class manager prints and hands over."""

import io
import re
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from core.jobs import drain
from core.keys import new_key
from core.models import AuditEntry, Batch, StoredFile
from core.operations import Refused
from organization.models import Account
from organization.services import set_password
from tests import factories as make
from tests.signin.conftest import account_of
from tests.signin.people import PASSWORD, attempt
from training.models import LeaveApprover, SlipSheet
from training.models.leave import LeaveLevel
from training.services.slips import free_username, make_slips, order_slips, standing_of, take_slips

pytestmark = pytest.mark.django_db
SECRET = re.compile(r"[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}")


@pytest.fixture
def school_class(town, files_in_memory):
    """Four trainees: one signs in already, one has a slip unused, one has none, one is the department's own."""
    one = make.training_class(town, "云岭市2026年第一期研修班", "YL-2026-1")
    people = [make.cadre(name, town, town) for name in ("沈若溪", "沈若溪", "程砚秋", "顾云舟")]
    people[0].account = account_of("shenruoxi", "沈若溪", town)
    people[3].account = make.account("guyunzhou", "顾云舟", unit=town, initial_until=timezone.now())
    make.grant(people[3].account, "staff", town)
    for place, person in enumerate(people, 1):
        person.save()
        make.enrolment(one, person, place)
    return one


@pytest.fixture
def manager(town, school_class):
    who = account_of("hanzhaoxue", "韩朝雪", town, "school")
    make.class_role(who, school_class)
    return who


def printed(school_class, manager):
    """The text of a sheet that was ordered, made and taken."""
    sheet = order_slips(school_class, actor=manager)
    make_slips(sheet.pk)
    pdf = take_slips(sheet, actor=manager)
    return sheet, "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_sec_02_a_card_for_everybody_without_an_account(school_class, manager):
    sheet, text = printed(school_class, manager)
    sheet.refresh_from_db()
    assert sheet.cards == 2
    assert len(set(SECRET.findall(text))) == 2
    assert "shenruoxi2" in text and "chengyanqiu" in text and "guyunzhou" not in text
    standing = standing_of(school_class)
    assert (standing.ready, len(standing.waiting), standing.apart) == (1, 2, 1)


def test_sec_02_a_slip_opens_the_door_once_and_only_to_a_change(school_class, manager, browser):
    _, text = printed(school_class, manager)
    account = Account.objects.get(username="chengyanqiu")
    secret = next(one for one in SECRET.findall(text) if account.check_password(one))
    client = browser(account, secret)
    assert client.get("/").headers["Location"] == reverse("portal:password_change")
    assert attempt(account.username, secret).status_code == 200
    new = "Qingshan+Lvshui8"
    client.post(reverse("portal:password_change"), {"new_password1": new, "new_password2": new})
    assert client.get("/").status_code == 200
    assert standing_of(school_class).ready == 2


def test_sec_02_a_slip_is_void_after_three_days(school_class, manager):
    _, text = printed(school_class, manager)
    account = Account.objects.get(username="chengyanqiu")
    secret = next(one for one in SECRET.findall(text) if account.check_password(one))
    with time_machine.travel(timezone.now() + timedelta(hours=73)):
        assert attempt(account.username, secret).status_code == 200


def test_sec_02_another_sheet_voids_the_one_before(school_class, manager):
    _, first = printed(school_class, manager)
    _, second = printed(school_class, manager)
    account = Account.objects.get(username="chengyanqiu")
    assert not any(account.check_password(one) for one in SECRET.findall(first))
    assert any(account.check_password(one) for one in SECRET.findall(second))
    assert Account.objects.filter(username__startswith="chengyanqiu").count() == 1


def test_sec_02_secrets_are_kept_as_hashes_only(school_class, manager):
    _, text = printed(school_class, manager)
    rows = [
        *Account.objects.values(),
        *AuditEntry.objects.values(),
        *SlipSheet.objects.values(),
        *Batch.objects.values(),
    ]
    assert not any(secret in repr(rows) for secret in SECRET.findall(text))
    file = StoredFile.objects.get()
    assert file.encrypted and file.delete_after == timezone.localdate()
    events = list(AuditEntry.objects.filter(event__startswith="slips.").order_by("id").values_list("event", flat=True))
    assert events == ["slips.order", "slips.make", "slips.take"]


def test_sec_02_a_sheet_is_taken_once_by_whoever_ordered_it(school_class, manager, staff_of_town):
    sheet = order_slips(school_class, actor=manager)
    with pytest.raises(Refused, match="还在制作"):
        take_slips(sheet, actor=manager)
    make_slips(sheet.pk)
    with pytest.raises(Refused, match="只交给申请的人"):
        take_slips(sheet, actor=staff_of_town)
    take_slips(sheet, actor=manager)
    with pytest.raises(Refused, match="只能下载一次"):
        take_slips(sheet, actor=manager)


@pytest.fixture
def staff_of_town(town):
    return account_of("zuzhibu", "程守拙", town, "staff")


def test_sec_02_nobody_prints_themselves_anothers_rights(school_class, manager):
    """The department's own account was never used; its initial password is not a class manager's to draw."""
    before = Account.objects.get(username="guyunzhou").password
    printed(school_class, manager)
    assert Account.objects.get(username="guyunzhou").password == before


def test_sec_02_nor_the_word_about_leave(school_class, manager, town):
    """A trainee who decides about leave for the school, with an initial password: the card would open that too."""
    office = make.account("chengyanqiu", "程砚秋", unit=town, initial_until=timezone.now())
    person = school_class.enrolments.get(cadre__name="程砚秋").cadre
    person.account = office
    person.save()
    LeaveApprover.objects.create(account=office, unit=town, level=LeaveLevel.OFFICE, since=date(2026, 1, 1))
    before = office.password
    printed(school_class, manager)
    office.refresh_from_db()
    assert office.password == before


def test_sec_02_who_can_sign_in_needs_no_slip(school_class, manager, town):
    for who in standing_of(school_class).waiting:
        account = make.account(free_username(who.name), who.name, unit=town)
        set_password(account, PASSWORD, now=timezone.now())
        who.account = account
        who.save()
    with pytest.raises(Refused, match="都已能登录"):
        order_slips(school_class, actor=manager)


def test_sec_02_user_names_are_pinyin_and_unique(town):
    for _ in range(3):
        make.account(free_username("沈若溪"), "沈若溪")
    assert list(Account.objects.order_by("username").values_list("username", flat=True)) == [
        "shenruoxi", "shenruoxi2", "shenruoxi3",
    ]  # fmt: skip
    assert free_username("·") == "xueyuan"


def test_sec_02_on_the_pages(school_class, manager, browser):
    client = browser(manager)
    page = reverse("portal:class_slips", args=[school_class.pk])
    assert "需要登录条" in client.get(page).content.decode()
    order = reverse("portal:slips_order", args=[school_class.pk])
    op_id = str(new_key())
    for _ in range(2):
        assert client.post(order, {"op_id": op_id}).headers["Location"] == page
    assert SlipSheet.objects.count() == 1
    assert drain(Batch.objects.get(kind="slips").pk) == 1
    take = reverse("portal:slips_take", args=[school_class.pk, SlipSheet.objects.get().pk])
    assert take in client.get(page).content.decode()
    answer = client.post(take, follow=True)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert client.post(take).status_code == 403
    assert take not in client.get(page).content.decode()


def test_sec_04_slips_ask_who_is_there(school_class, manager, browser):
    client = browser(manager)
    page = reverse("portal:class_slips", args=[school_class.pk])
    for minutes in (8, 8):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
            client.get(page)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        answer = client.post(reverse("portal:slips_order", args=[school_class.pk]), {"op_id": str(new_key())})
    assert answer.headers["Location"].startswith("/confirm/?next=")
    assert not SlipSheet.objects.exists()
