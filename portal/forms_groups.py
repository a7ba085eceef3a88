"""What the page 分组 sends: a group and a committee post for each trainee."""

from typing import Any
from uuid import UUID

from django import forms

from core.forms import SeenForm, unseen
from core.sheets.text import line
from training.models import Enrolment
from training.services.grouping import Place

GROUP, POST = "group-", "post-"
LONGEST = Enrolment._meta.get_field("group").max_length or 0


class GroupsForm(SeenForm):
    """Fields `group-<enrolment>` and `post-<enrolment>`, as a workbook's roster has them: one line, at most 40 characters."""

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        texts = [str(text) for name, text in self.data.items() if name.startswith((GROUP, POST))]
        if any(len(text) > LONGEST for text in texts):
            raise forms.ValidationError(f"组别和班委职务不超过 {LONGEST} 个字")
        if codes := sorted({code for text in texts for code in unseen(text)}):
            raise forms.ValidationError(f"组别或班委职务含有看不见的字符（{'、'.join(codes)}），请删去后重新输入")
        if not self.given():
            raise forms.ValidationError("名册上没有学员，请刷新页面后重试")
        return values

    def given(self) -> dict[UUID, Place]:
        """What was sent, by enrolment; unreadable fields left out."""
        found = {}
        for name in self.data:
            key = _key(str(name))
            if key is not None:
                group, post = self.data[name], self.data.get(f"{POST}{key}", "")
                found[key] = Place(line(str(group)), line(str(post)))
        return found

    def places(self) -> dict[UUID, Place]:
        return self.given()


def _key(name: str) -> UUID | None:
    if not name.startswith(GROUP):
        return None
    try:
        return UUID(name.removeprefix(GROUP))
    except ValueError:
        return None
