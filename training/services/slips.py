"""Sign-in slips: accounts for the trainees of a class, without text messages (SEC-02).

A slip opens its account once, within 72 hours, and only to a change of the password. Whoever has chosen a password needs
none; an account that holds a grant, a role in a class or a word about leave gets its password from the system
administrator alone, so that nobody prints themselves another one's rights.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from core.audit import record
from core.files import keep, load
from core.jobs import Unmakeable, submit
from core.models import StoredFile
from core.names import pinyin
from core.operations import Refused, intention
from core.pdf.codes import qr_code
from core.pdf.rendering import render_pdf
from organization.models import Account, Grant
from organization.services import add_account, renew_initial_password
from trainees.models import Cadre
from training.models import ClassRole, Enrolment, LeaveApprover, SlipSheet, TrainingClass

STYLES = ("papers/paper.css", "papers/slips.css")
RETAKE = timedelta(minutes=10)  # a transfer that broke off can be repeated until then
BY_RULE = "登录条为学员开通的账号按规则生效：不带任何授权"
WHY = "accounts of a class's own roster; its caller fetched the class in scope"


@dataclass(frozen=True, slots=True)
class Standing:
    """Who of a class's roster can sign in: `ready` have a password of their own, `waiting` get a slip, `apart` do not."""

    ready: int
    waiting: Sequence[Cadre]
    apart: int


def standing_of(training_class: TrainingClass) -> Standing:
    """Four queries, however many trainees there are."""
    rows = Enrolment.objects.unscoped(WHY).of_class(training_class).on_roster()
    cadres = [row.cadre for row in rows.select_related("cadre__account", "cadre__unit")]
    held = _with_rights([cadre.account_id for cadre in cadres if cadre.account_id])
    new = [cadre for cadre in cadres if cadre.account is None or cadre.account.has_initial_password]
    apart = [cadre for cadre in new if cadre.account_id in held or (cadre.account and not cadre.account.may_sign_in)]
    kept_apart = {cadre.pk for cadre in apart}
    waiting = [cadre for cadre in new if cadre.pk not in kept_apart]
    return Standing(len(cadres) - len(new), waiting, len(apart))


def _with_rights(accounts: Sequence[UUID]) -> set[UUID]:
    granted = Grant.objects.filter(account__in=accounts).values_list("account_id", flat=True)
    named = ClassRole.objects.filter(account__in=accounts).values_list("account_id", flat=True)
    approving = LeaveApprover.objects.filter(account__in=accounts).values_list("account_id", flat=True)
    return {*granted, *named, *approving}


@intention
def order_slips(training_class: TrainingClass, *, actor: Account) -> SlipSheet:
    """Have a sheet made by the worker. Raises Refused when nobody of the class needs a slip."""
    if not standing_of(training_class).waiting:
        raise Refused("本班学员都已能登录，不需要登录条；忘记密码的，请系统管理员重置")
    sheet = SlipSheet.objects.create(training_class=training_class, ordered_by=actor)
    submit("slips", "登录条", [sheet.pk], actor=actor.pk, subject_id=training_class.pk)
    record("slips.order", actor=actor.pk, obj=sheet, unit_id=training_class.unit_id)
    return sheet


@intention
def make_slips(sheet_id: UUID) -> None:
    """The worker's part: open accounts, draw secrets, print; all of it or nothing."""
    sheet = SlipSheet.objects.select_for_update().select_related("training_class", "ordered_by").get(pk=sheet_id)
    if sheet.file_id is not None:
        return
    waiting = standing_of(sheet.training_class).waiting
    if not waiting:
        raise Unmakeable("本班学员都已能登录，不需要登录条")
    cards = [_card(cadre, sheet.ordered_by) for cadre in waiting]
    context = {"cards": cards, "title": sheet.training_class.name, "made": timezone.localtime()}
    pdf = render_pdf("papers/slips.html", context, STYLES)
    sheet.file, sheet.cards = keep(pdf, delete_after=timezone.localdate()), len(cards)
    sheet.save(update_fields=["file", "cards"])
    unit = sheet.training_class.unit_id
    record("slips.make", actor=sheet.ordered_by_id, obj=sheet, unit_id=unit, after={"cards": len(cards)})


def _card(cadre: Cadre, actor: Account) -> dict[str, Any]:
    """What stands on one card: name, unit, user name, secret, and the way to the sign-in as a QR code."""
    if cadre.account is None:
        account = Account(username=free_username(cadre.name), display_name=cadre.name[:60], unit=cadre.unit)
        secret = add_account(account, actor=actor, by_rule=BY_RULE)
        cadre.account = account
        cadre.version += 1
        cadre.save(update_fields=["account", "version"])
    else:
        account, secret = cadre.account, renew_initial_password(cadre.account, actor=actor)
    address = f"{settings.PUBLIC_URL}/sign-in/"
    return {"name": cadre.name, "unit": cadre.unit.name, "username": account.username, "secret": secret,
            "address": address, "qr": qr_code(f"{address}?username={account.username}")}  # fmt: skip


def free_username(name: str) -> str:
    """The name's pinyin, with a number where somebody has it: never anything of the ID number."""
    base = "".join(letter for letter in pinyin(name)[0] if letter.isascii() and letter.isalnum())[:40] or "xueyuan"
    taken = set(
        Account.objects.filter(Q(username=base) | Q(username__startswith=base)).values_list("username", flat=True)
    )
    number = next(number for number in range(1, len(taken) + 2) if _numbered(base, number) not in taken)
    return _numbered(base, number)


def _numbered(base: str, number: int) -> str:
    return base if number == 1 else f"{base}{number}"


@intention
def take_slips(sheet: SlipSheet, *, actor: Account) -> bytes:
    """The PDF, once, to whoever ordered it; afterwards it is noted as taken. Raises Refused the second time."""
    sheet = SlipSheet.objects.select_for_update(of=["self"]).select_related("file", "training_class").get(pk=sheet.pk)
    if sheet.ordered_by_id != actor.pk:
        raise Refused("登录条只交给申请的人；请自己生成一份，旧的随即作废")
    if sheet.taken is not None:
        raise Refused("这份登录条已经下载过，只能下载一次；需要时请重新生成，旧的随即作废")
    if sheet.file is None:
        raise Refused("登录条还在制作，请稍候")
    data = load(sheet.file)
    sheet.taken = timezone.now()
    sheet.save(update_fields=["taken"])
    record("slips.take", actor=actor.pk, obj=sheet, unit_id=sheet.training_class.unit_id, after={"cards": sheet.cards})
    return data


def sweep_slips(now: datetime) -> int:
    """The secrets of a sheet that was taken are on paper: its file goes within the hour, not with the day."""
    taken = SlipSheet.objects.filter(taken__lte=now - RETAKE).values("file")
    yesterday = timezone.localdate(now) - timedelta(days=1)
    return StoredFile.objects.filter(pk__in=taken, deleted=None, delete_after__gt=yesterday).update(
        delete_after=yesterday
    )
