"""The audit log for its administrator: what is asked for, how an entry reads, and the sheet to take away."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from core.audit.events import labels
from core.forms import DayInput
from core.logs import masked
from core.models import AuditEntry, AuditSeal
from organization.access import AS_DEPUTY
from organization.models import Account, Unit
from organization.roles import Role
from portal.pages import words

RESULTS = {"ok": "成功", "refused": "被拒绝", "failed": "失败"}
FACTS = {
    "rows": "行数", "count": "份数", "sha256": "文件散列", "kind": "种类", "conditions": "条件", "list": "列表", "key": "编号",
    "page": "页面", "method": "方式", "tried": "所试编号", "changed": "变动", "shown": "公示", "confirmed": "确认",
    "trainees": "学员数", "errors": "错误", "warnings": "警告", "notices": "提示", "account": "账号", "role": "角色",
    "until": "至", "since": "自", "username": "用户名", "value": "值", "seals": "封存数", "entries": "记录数",
    "findings": "问题数", "name": "名称", "code": "编码", "number": "文号", "by_hand": "手工给号", "documents": "文件",
    "import": "导入", "total": "总分", "grade": "等次", "candidate": "人选", "override_reason": "特批理由", "enrolment_id": "学员",
    "session": "课次", "title": "名称", "mark": "考勤", "who": "操作人", "event": "操作", "result": "结果", "first": "首号",
    "last": "末号", "file": "文件", "label": "名称", "added": "新增", "removed": "删除", "q": "查找", "verb": "变更",
}  # fmt: skip
COLUMNS = (
    "记录号", "时间", "操作", "操作人", "账号", "以何角色", "对象类型", "对象", "单位", "结果", "理由", "变更前", "变更后",
    "来源地址", "会话", "请求",
)  # fmt: skip
MOST = 20_000  # rows of one export


class Conditions(forms.Form):
    """What to look for; every field may be left empty."""

    who = forms.CharField(label="操作人或所涉账号", max_length=60, required=False, help_text="姓名、用户名")
    event = forms.ChoiceField(label="操作", required=False)
    result = forms.ChoiceField(label="结果", required=False, choices=[("", "全部"), *RESULTS.items()])
    object_type = forms.ChoiceField(label="对象类型", required=False)
    key = forms.CharField(label="编号", max_length=40, required=False, help_text="对象、操作人或请求的编号")
    since = forms.DateField(label="自", required=False, widget=DayInput())
    until = forms.DateField(label="至", required=False, widget=DayInput())

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        events = sorted(labels().items(), key=lambda one: one[1])
        self.fields["event"].choices = [("", "全部"), *events]  # type: ignore[attr-defined]
        self.fields["object_type"].choices = [("", "全部"), *object_types()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("since") and values.get("until") and values["since"] > values["until"]:
            raise ValidationError("起始日期不能晚于截止日期")
        return values

    def chosen(self) -> dict[str, str]:
        """What was asked for, as text for the log; a number that somebody typed is not kept."""
        return (
            {name: masked(str(value)) for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}
        )

    def filter(self, rows: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """The entries asked for; none where a condition cannot be read."""
        if not self.is_valid():
            return rows.none()
        asked = self.cleaned_data
        for name in ("event", "result", "object_type"):
            if asked[name]:
                rows = rows.filter(**{name: asked[name]})
        if asked["since"]:
            rows = rows.filter(at__gte=start_of(asked["since"]))
        if asked["until"]:
            rows = rows.filter(at__lt=start_of(asked["until"] + timedelta(days=1)))
        if asked["who"]:
            rows = rows.filter(about(asked["who"]))
        return rows.filter(with_key(asked["key"])) if asked["key"] else rows


def start_of(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def about(text: str) -> Q:
    """Entries by, or about, the accounts that a name or username fits."""
    found = Account.objects.filter(Q(username__icontains=text) | Q(display_name__icontains=text))
    keys = list(found.values_list("pk", flat=True)[:200])
    return Q(actor_id__in=keys) | Q(object_type=Account._meta.label, object_id__in=[str(key) for key in keys])


def with_key(text: str) -> Q:
    try:
        key = UUID(text.strip())
    except ValueError:
        return Q(object_id=text.strip())
    return Q(object_id=str(key)) | Q(actor_id=key) | Q(request_id=key)


def with_actor(rows: QuerySet) -> QuerySet:
    """Rows with the name and username of their `actor_id`."""
    who = Account.objects.filter(pk=OuterRef("actor_id"))
    return rows.annotate(
        actor_name=Subquery(who.values("display_name")), actor_username=Subquery(who.values("username"))
    )


def told(rows: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
    """Entries with the names of who acted and where."""
    where = Unit.objects.filter(pk=OuterRef("unit_id"))
    return with_actor(rows).annotate(unit_name=Subquery(where.values("name")))


def object_types() -> list[tuple[str, str]]:
    """Models that entries speak of, by their Chinese names."""
    models = [model for model in apps.get_models() if model._meta.app_label in OURS]
    return sorted(((model._meta.label, str(model._meta.verbose_name)) for model in models), key=lambda one: one[1])


OURS = frozenset({"core", "organization", "trainees", "courses", "training", "assessments", "reports"})


def object_label(label: str) -> str:
    """What a model is called: 班次 for training.TrainingClass."""
    return dict(object_types()).get(label, "")


def table_label(table: str) -> str:
    """What the rows of a table are called."""
    found = next((model for model in apps.get_models() if model._meta.db_table == table), None)
    return str(found._meta.verbose_name) if found else table


def role_words(roles: str) -> str:
    """The roles' names; a deputy's keeps its mark."""
    return "、".join(_role_word(role) for role in roles.split(",") if role)


def _role_word(role: str) -> str:
    code = role.removesuffix(AS_DEPUTY)
    return str(dict(Role.choices).get(code, code)) + role[len(code) :]


def seal_of(entry: AuditEntry) -> AuditSeal | None:
    """The seal that covers an entry, None while it waits."""
    spans = AuditSeal.objects.defer("leaves").filter(since__lte=entry.xact, until__gt=entry.xact)
    return spans.filter(first__lte=entry.pk, last__gte=entry.pk, after_id__lt=entry.pk).order_by("-pk").first()


def facts_words(facts: Mapping[str, Any] | None, object_type: str = "") -> str:
    """Before or after as people read it: columns by their Chinese names, numbers of people masked."""
    names = FACTS | column_names(object_type)
    return masked("；".join(f"{names.get(name, name)}：{value_words(value)}" for name, value in (facts or {}).items()))


def column_names(object_type: str) -> dict[str, str]:
    """What the columns of a model, given by its label or its table, are called."""
    found = next((one for one in apps.get_models() if object_type in (one._meta.label, one._meta.db_table)), None)
    fields = found._meta.concrete_fields if found else ()
    return {name: str(field.verbose_name) for field in fields for name in (field.name, field.attname)}


def value_words(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return "（" + "，".join(f"{FACTS.get(name, name)} {value_words(one)}" for name, one in value.items()) + "）"
    return "、".join(map(value_words, value)) if isinstance(value, list) else str("" if value is None else value)


def lines(rows: QuerySet[AuditEntry]) -> Iterator[tuple[Any, ...]]:
    """Rows of the sheet, in the order of COLUMNS."""
    for row in told(rows).order_by("id").iterator(chunk_size=2000):
        one: Any = row
        yield (
            one.pk, f"{timezone.localtime(one.at):%Y-%m-%d %H:%M:%S}", words.event(one.event), one.actor_name or "系统",
            one.actor_username, role_words(one.role), object_label(one.object_type), one.object_id, one.unit_name,
            RESULTS.get(one.result, one.result), masked(one.reason), facts_words(one.before, one.object_type),
            facts_words(one.after, one.object_type),
            one.source_ip, one.session_hash, str(one.request_id or ""),
        )  # fmt: skip
