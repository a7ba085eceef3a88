"""What people send to the ledger's pages."""

from typing import Any

from django import forms

from core.forms import OperationForm


class CloseYearForm(OperationForm):
    """Closing a year: typed out, so that nobody does it by a slip of the finger; warnings have been read."""

    typed = forms.CharField(
        label="确认", max_length=20, strip=True, error_messages={"required": "请按提示输入确认文字"}
    )
    accepted = forms.BooleanField(label="以上提醒已知悉，仍要结账", required=False)

    def __init__(self, *args: Any, sentence: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sentence = sentence
        self.fields["typed"].help_text = f"请输入“{sentence}”"

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"]
        if typed != self.sentence:
            raise forms.ValidationError(f"没有结账：请一字不差地输入“{self.sentence}”")
        return typed
