"""How organization's events come about."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP

from core.keys import new_key as new_op_id
from organization.models import Account, AccountSession, DeviceCredential
from organization.roles import Role
from organization.services import (
    accept_code,
    approve_reset,
    ask_for_reset,
    new_key,
    put_into_use,
    renew_initial_password,
    reset_password,
    set_short_names,
    unlock,
)
from organization.services.devices import add_device, end_device
from tests import factories as make
from tests.audit.drivers.scene import PASSWORD, Scene

NO_INLINES = {
    f"{prefix}-{count}": "0" for prefix in ("short_names", "former_names") for count in ("TOTAL_FORMS", "INITIAL_FORMS")
}
ANOTHER = "Qingshan+Lvshui8"
SINCE = "2026-01-01"


def action(scene: Scene, part: str, page: str, name: str, *rows: object, **more: object) -> Any:
    """An action of the admin's list on chosen rows."""
    chosen = {"action": name, "_selected_action": [str(row) for row in rows], "op_id": str(new_op_id())} | more
    answer: Any = scene.client(part).post(reverse(f"admin:{page}_changelist"), chosen)
    return b"".join(answer.streaming_content) if answer.streaming else answer


def account_opened(scene: Scene) -> None:
    facts = {"username": "xinren", "display_name": "新人", "unit": scene.city.bureau.pk}
    scene.fill_in("system_admin", "admin:organization_account_add", **facts)


def account_disabled(scene: Scene) -> None:
    facts = {"display_name": "方立言", "unit": scene.city.bureau.pk}
    scene.fill_in("system_admin", "admin:organization_account_change", scene.account("liaison").pk, **facts)


def identity_confirmed(scene: Scene) -> None:
    client, _ = scene.sign_in("staff")
    answer = client.post(reverse("portal:confirm"), {"op_id": str(scene.account("staff").pk), "password": PASSWORD})
    assert answer.status_code == 302


def password_chosen(scene: Scene) -> None:
    client, _ = scene.sign_in("staff")
    typed = {"old_password": PASSWORD, "new_password1": ANOTHER, "new_password2": ANOTHER}
    assert client.post(reverse("portal:password_change"), typed).status_code == 302


def password_given_again(scene: Scene) -> None:
    reset_password(scene.account("trainee"), actor=scene.account("system_admin"))
    with scene.request_of("manager") as manager:
        renew_initial_password(scene.account("trainee"), actor=manager)


def code_at(key: bytes, when: Any) -> str:
    totp = TOTP(key)
    totp.time = when.timestamp()
    return f"{totp.token():06}"


def factor_added(scene: Scene) -> None:
    key, now = new_key(), timezone.now()
    with scene.request_of("staff") as staff:
        assert put_into_use(staff, key, code_at(key, now), now=now)


def factor_used(scene: Scene) -> None:
    key, now = new_key(), timezone.now()
    before = now - timedelta(hours=1)
    put_into_use(scene.account("staff"), key, code_at(key, before), now=before)
    with scene.request_of("staff") as staff:
        assert accept_code(staff, code_at(key, now), now=now)


def reset_asked(scene: Scene) -> None:
    facts = {"account": scene.account("staff").pk, "reason": "手机丢失，已核实本人"}
    scene.fill_in("security_admin", "admin:organization_factorreset_add", **facts)


def reset_approved(scene: Scene) -> None:
    reset = ask_for_reset(scene.account("staff"), "手机丢失", actor=scene.account("security_admin"))
    with scene.request_of("system_admin") as actor:
        approve_reset(reset, actor=actor, now=timezone.now())


def unlocked(scene: Scene) -> None:
    with scene.request_of("security_admin") as actor:
        unlock([scene.account("staff")], actor=actor)


def signed_out(scene: Scene) -> None:
    client, _ = scene.sign_in("staff")
    client.post(reverse("portal:sign_out"))


def third_device(scene: Scene) -> None:
    for _ in range(3):
        scene.sign_in("staff")


def own_session_ended(scene: Scene) -> None:
    other = make.signed_in(scene.account("liaison"))
    scene.post("liaison", "session_end", other.pk)


def everybody_out(scene: Scene) -> None:
    make.signed_in(scene.account("liaison"))
    account_disabled(scene)
    assert not AccountSession.objects.filter(account=scene.account("liaison"), ended="").exists()


def role_given(scene: Scene) -> None:
    facts = {"account": scene.account("liaison").pk, "role": Role.STAFF, "unit": scene.city.root.pk, "since": SINCE}
    scene.fill_in("security_admin", "admin:organization_grant_add", **facts)


def role_ended(scene: Scene) -> None:
    held = scene.account("liaison").grants.get()
    scene.fill_in("security_admin", "admin:organization_grant_change", held.pk, until="2026-06-30")


def setting_changed(scene: Scene) -> None:
    facts = {"unit": scene.city.root.pk, "key": "objection_days", "value": "3", "since": SINCE}
    scene.fill_in("staff", "admin:organization_authoritysetting_add", **facts)


def unit_added(scene: Scene) -> None:
    facts = {"parent": scene.city.root.pk, "code": "YL09", "name": "云岭市气象局", "kind": "agency", "level": "city"}
    scene.fill_in("staff", "admin:organization_unit_add", **facts)


def unit_renamed(scene: Scene) -> None:
    facts = {"name": "云岭市史志馆", "kind": "agency", "level": "city", "renamed_on": "2026-07-01", **NO_INLINES}
    scene.fill_in("staff", "admin:organization_unit_change", scene.city.bureau.pk, **facts)


def waiting_account(scene: Scene) -> Account:
    """An account that the system administrator opened."""
    opener = scene.account("system_admin")
    return make.account("xinren", "新人", unit=scene.city.bureau, opened_by=opener, approved_at=None)


def account_approved(scene: Scene) -> None:
    action(scene, "security_admin", "organization_account", "approve", waiting_account(scene).pk)


def account_refused(scene: Scene) -> None:
    chosen = waiting_account(scene).pk
    action(scene, "security_admin", "organization_account", "refuse", chosen, reason="此人已调离本市")


def deputy_named(scene: Scene) -> None:
    today = timezone.localdate()
    facts = {"account": scene.account("sibling_liaison").pk, "since": today, "until": today + timedelta(days=30)}
    held = scene.account("liaison").grants.get()
    client, url = scene.client("security_admin"), reverse("admin:organization_grant_add") + f"?deputises={held.pk}"
    sent = {"deputises": held.pk, "reason": "本人休产假", "op_id": str(new_op_id()), **facts}
    assert client.post(url, sent).status_code == 302


def short_names_given(scene: Scene) -> None:
    with scene.request_of("staff") as actor:
        set_short_names(scene.city.bureau, ["史志中心"], actor=actor)


def passwords_reset(scene: Scene) -> None:
    action(scene, "system_admin", "organization_account", "reset_passwords", scene.account("liaison").pk)


def units_exported(scene: Scene) -> None:
    action(scene, "staff", "organization_unit", "export_units", scene.city.bureau.pk)


def device_added(scene: Scene) -> Any:
    with scene.request_of("liaison") as liaison:
        return add_device(liaison, DeviceCredential.Kind.CALENDAR, "", now=timezone.now(), actor=liaison)[0]


def device_ended(scene: Scene) -> None:
    device = device_added(scene)
    with scene.request_of("liaison") as liaison:
        end_device(device, now=timezone.now(), actor=liaison)


DRIVERS = {
    "device.add": device_added,
    "device.end": device_ended,
    "account.add": account_opened,
    "account.approve": account_approved,
    "account.change": account_disabled,
    "account.confirm": identity_confirmed,
    "account.password": password_chosen,
    "account.password_renew": password_given_again,
    "account.password_reset": passwords_reset,
    "account.refuse": account_refused,
    "account.second_factor": factor_used,
    "account.sign_in": lambda scene: scene.sign_in("staff"),
    "account.sign_in_failed": (lambda scene: scene.sign_in("staff", "Qiuyue+Hanjiang7"), "actor session"),
    "account.sign_out": signed_out,
    "account.unlock": unlocked,
    "grant.add": role_given,
    "grant.deputise": deputy_named,
    "grant.end": role_ended,
    "second_factor.add": factor_added,
    "second_factor.reset": reset_approved,
    "second_factor.reset_ask": reset_asked,
    "session.end": own_session_ended,
    "session.end_all": everybody_out,
    "session.limit": third_device,
    "setting.change": setting_changed,
    "unit.add": unit_added,
    "unit.change": unit_renamed,
    "unit.short_names": short_names_given,
    "units.export": (units_exported, "unit object"),
}
