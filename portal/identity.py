"""Forms by which people say who they are: signing in, the code of the second factor, confirming it, a new password."""

import re
import unicodedata
from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.http import HttpRequest

from core.crypto import blind_index
from core.forms import OperationForm
from core.operations import Refused
from organization.models import Account
from trainees.models import Cadre

WRONG = "用户名或密码不正确，或账号已停用、已锁定"
LONGEST = 60  # organization.Account.username
ID_NUMBER = re.compile(r"[0-9]{15}|[0-9]{17}[0-9X]")


def user_name_of(typed: str) -> str:
    """The user name that was meant. An ID number is looked up by its keyed hash and goes no further (SEC-03).

    What is longer than any user name is nobody's, and is tried as such: a failure like every other.
    """
    if len(typed) > LONGEST:
        return f"#{blind_index(typed)[:24]}"
    number = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", typed)).upper()
    if not ID_NUMBER.fullmatch(number):
        return typed
    rows = Cadre.objects.unscoped("somebody signs in by ID number; only the user name is read")
    cadre = rows.with_id_number(number).select_related("account").first()
    return cadre.account.username if cadre and cadre.account else f"#{blind_index(number)[:24]}"


class SignInForm(AuthenticationForm):
    """用户名和密码; one sentence for every failure, so that nobody learns which names exist or are locked."""

    error_messages = {"invalid_login": WRONG, "inactive": WRONG}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "用户名"
        self.fields["password"].label = "密码"
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写{field.label}"

    def clean_username(self) -> str:
        return user_name_of(self.cleaned_data["username"])


class CodeField(forms.CharField):
    """Six digits as an app shows them, with or without a space in the middle."""

    def __init__(self, **options: Any) -> None:
        wide = {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 7}
        words = {"required": "请填写动态口令"}
        super().__init__(
            label="动态口令", max_length=7, widget=forms.TextInput(attrs=wide), error_messages=words, **options
        )

    def clean(self, value: Any) -> str:
        code = str(super().clean(value)).replace(" ", "")
        if code and not re.fullmatch(r"[0-9]{6}", code):
            raise forms.ValidationError("动态口令是六位数字")
        return code


class CodeForm(OperationForm):
    """The six digits that the phone shows now."""

    code = CodeField(help_text="手机动态口令应用上显示的六位数字，每三十秒变一次")


class ConfirmForm(OperationForm):
    """The password once more, and the code where a second factor is in use."""

    password = forms.CharField(
        label="密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "请填写密码"},
    )  # fmt: skip
    code = CodeField()

    def __init__(self, request: HttpRequest, *args: Any, asks_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        if not asks_code:
            del self.fields["code"]

    def clean_password(self) -> str:
        """Checked like a sign-in: wrong ones count towards the lock."""
        user = self.request.user
        password: str = self.cleaned_data["password"]
        if authenticate(self.request, username=user.get_username(), password=password) != user:
            raise forms.ValidationError("密码不正确，或账号已锁定")
        return password


class NewPasswordForm(SetPasswordForm):
    """A new password, typed twice; the present one is asked unless it was given by somebody else and just used."""

    old_password = forms.CharField(
        label="现在的密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "请填写现在的密码"},
    )  # fmt: skip
    field_order = ("old_password", "new_password1", "new_password2")
    error_messages = {"password_mismatch": "两次输入的新密码不一致"}

    def __init__(self, request: HttpRequest, user: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.request = request
        self.fields["new_password1"].label, self.fields["new_password2"].label = "新密码", "再输一次新密码"
        if user.has_initial_password:
            del self.fields["old_password"]

    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        if authenticate(self.request, username=self.user.get_username(), password=password) != self.user:
            raise forms.ValidationError("现在的密码不正确，或账号已锁定")
        return password


def refused_as_error(form: forms.Form, error: Refused) -> None:
    """Show what a service refused at the head of the form."""
    form.add_error(None, error.message)
