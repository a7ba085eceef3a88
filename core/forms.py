"""Forms that every app shares: an operation carries its `op_id`; a reason has at least five characters; an upload has bounds."""

from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MinLengthValidator

from core.operations import LEAST_REASON
from core.scanning import Infected, demand_clean
from core.sheets.text import invisible

UPLOAD_MEGABYTES = 10
UPLOAD_LIMIT = UPLOAD_MEGABYTES * 1024 * 1024


class VisibleText:
    """Mixed into a form: what people type holds no character that cannot be seen, and none that was lost on its way.

    Controls, surrogates, bidi marks and zero-width signs make two texts look alike, and U+FFFD stands where a browser sent
    what is no text (SEC-28). Passwords are taken exactly as typed.
    """

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        form: forms.BaseForm = self  # type: ignore[assignment]
        for name, value in list(form.cleaned_data.items()):
            secret = isinstance(form.fields[name].widget, forms.PasswordInput)
            if not secret and isinstance(value, str) and (codes := unseen(value)):
                form.add_error(name, f"含有看不见或损坏的字符（{'、'.join(codes)}），请删去后重新输入")


def unseen(text: str) -> list[str]:
    """The characters of a text that nobody sees or that were lost, as U+XXXX; line breaks and tabs are no such."""
    found = [code for code in invisible(text.replace("\r\n", "\n")) if code not in ("U+000A", "U+0009")]
    return [*found, "U+FFFD"] if "\ufffd" in text else found


class DayInput(forms.DateInput):
    """A browser's own field for a day, which reads 2026-03-02 only: any other way of writing it would stand there empty."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class FaultyForm(BadRequest):
    """What was sent is no form of ours, or one with faults; the sentence is for people (HTTP 400)."""


class OperationForm(VisibleText, forms.Form):
    """A form that changes something: `op_id` was made with the page, so that a repeat gives the first answer."""

    op_id = forms.UUIDField(widget=forms.HiddenInput)

    def checked(self) -> dict[str, Any]:
        """The clean values. Raises FaultyForm with the first fault: for buttons, which have no field to show it at."""
        if not self.is_valid():
            raise FaultyForm("；".join(str(error) for errors in self.errors.values() for error in errors))
        return self.cleaned_data


class SeenForm(OperationForm):
    """An act on what a page showed: `seen` is the revision of the row that was on the page (REL-04)."""

    seen = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        error_messages={"required": "请从页面上办理：缺少页面的修订号", "invalid": "页面的修订号不正确，请刷新页面"},
    )


class ReasonForm(OperationForm):
    """An act that needs a reason; it goes to the audit log."""

    reason = forms.CharField(
        label="理由",
        max_length=500,
        strip=True,
        validators=[MinLengthValidator(LEAST_REASON, "理由至少五个字")],
        error_messages={"required": "请写明理由，至少五个字", "max_length": "理由不超过五百字"},
    )


class SeenReasonForm(SeenForm, ReasonForm):
    """An act on what a page showed that needs a reason."""


class ScannedField(forms.FileField):
    """A file that the scanner let pass (SEC-30).

    Raises ScannerDown, which becomes a 503, where a scanner is required and does not answer.
    """

    def clean(self, data: Any, initial: Any = None) -> UploadedFile:
        file: UploadedFile = super().clean(data, initial)
        try:
            demand_clean(file.read())
        except Infected as infected:
            words = f"杀毒软件在文件中发现“{infected.name}”，文件没有保存；请检查您的电脑，从原始文件重新制作后上传"
            raise forms.ValidationError(words) from infected
        file.seek(0)
        return file


class UploadField(ScannedField):
    """A scanned file of at most 10 MB with one of the given endings; what is wrong is said in a sentence."""

    def __init__(self, *, endings: tuple[str, ...], **options: Any) -> None:
        words = {
            "required": "请选择要上传的文件",
            "missing": "请选择要上传的文件",
            "empty": "文件是空的，请检查后重新选择",
            "invalid": "文件没有传上来，请重新选择",
            "max_length": "文件名太长，请改短后重新上传",
        }
        super().__init__(max_length=200, error_messages=words, **options)
        self.endings = endings

    def clean(self, data: Any, initial: Any = None) -> UploadedFile:
        file: UploadedFile = super().clean(data, initial)
        if not str(file.name).lower().endswith(self.endings):
            raise forms.ValidationError(f"只接受 {'、'.join(self.endings)} 文件；旧格式请在 Excel 中另存为 .xlsx")
        if (file.size or 0) > UPLOAD_LIMIT:
            megabytes = (file.size or 0) / 1024 / 1024
            raise forms.ValidationError(f"文件有 {megabytes:.1f} MB，超过了 {UPLOAD_MEGABYTES} MB 的上限")
        return file
