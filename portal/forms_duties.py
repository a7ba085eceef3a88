"""What staff send about duties: a reduction with its proof."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import MinLengthValidator

from core.forms import OperationForm
from portal.leave_forms import ProofField
from trainees.models import Exemption
from trainees.services.exemptions import ExemptionFacts

EVERY = [("", "该年度全部要求")]


class ExemptionForm(OperationForm):
    """A reduction of one cadre's year."""

    year = forms.TypedChoiceField(label="年度", coerce=int, error_messages={"invalid_choice": "请选择列出的年度"})
    code = forms.ChoiceField(label="要求", required=False, help_text="只减免其中一项时选择")
    kind = forms.ChoiceField(label="情形", choices=Exemption.Kind.choices)
    share = forms.IntegerField(
        label="减免比例（%）", min_value=1, max_value=100, initial=100, help_text="100 为全部免除",
        error_messages={"min_value": "减免比例应在 1 到 100 之间", "max_value": "减免比例应在 1 到 100 之间"},
    )  # fmt: skip
    reason = forms.CharField(
        label="理由", max_length=200, strip=True, widget=forms.Textarea(attrs={"rows": 2}),
        validators=[MinLengthValidator(4, "理由至少四个字")], error_messages={"required": "请写明减免的理由"},
    )  # fmt: skip
    proof = ProofField(label="证明材料")

    def __init__(self, *args: Any, years: Iterable[int], codes: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year, code = self.fields["year"], self.fields["code"]
        year.choices = [(one, f"{one}年") for one in years]  # type: ignore[attr-defined]
        code.choices = EVERY + list(codes)  # type: ignore[attr-defined]

    def facts(self) -> ExemptionFacts:
        said = self.cleaned_data
        return ExemptionFacts(
            said["year"], said["code"], said["kind"], said["share"], said["reason"], said["proof"]
        )  # fmt: skip

    def payload(self) -> list[Any]:
        """What makes two sendings the same."""
        said = self.cleaned_data
        proof = said["proof"]
        return [*(said[name] for name in ("year", "code", "kind", "share", "reason")), proof.name if proof else ""]
