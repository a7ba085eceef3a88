"""Export of people by Excel (django-import-export): columns and rows, never pages.

The roster comes in by `trainees.roster`, which checks and writes tens of thousands of rows at once; its columns stand
here in the same order. A file made here holds no whole ID number and no whole telephone: it is for reading.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any, ClassVar

from django.db.models import QuerySet
from import_export import fields, resources

from organization.models import Account
from organization.resources import Day, LabelWidget
from trainees.models import Appointment, Cadre

AT_ONCE = 2_000


def batches(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """The rows some thousand at a time, by one query."""
    every = rows.iterator(chunk_size=AT_ONCE)
    while people := list(islice(every, AT_ONCE)):
        yield people


class CadreResource(resources.ModelResource):
    """姓名, 身份证号 (masked), …, 参加工作时间: the roster's columns, of people in the account's scope."""

    name = fields.Field("name", "姓名")
    id_number = fields.Field("masked_id_number", "身份证号", readonly=True)
    sex = fields.Field("sex", "性别", widget=LabelWidget(list(Cadre.Sex.choices), ""))
    ethnic_group = fields.Field("ethnic_group", "民族")
    political_status = fields.Field("political_status", "政治面貌")
    unit = fields.Field("unit__name", "单位")
    post = fields.Field(column_name="职务")
    post_level = fields.Field(column_name="职务层次")
    rank = fields.Field(column_name="职级")
    since = fields.Field(column_name="任职时间")
    phone = fields.Field("masked_phone", "手机号", readonly=True)
    managing_authority = fields.Field("managing_authority__name", "管理权限")
    status = fields.Field("status", "状态", widget=LabelWidget(list(Cadre.Status.choices)))
    status_since = fields.Field("status_since", "状态起始", widget=Day())
    entered_on = fields.Field("entered_on", "进入干部队伍", widget=Day())
    party_since = fields.Field("party_since", "入党时间", widget=Day())
    work_since = fields.Field("work_since", "参加工作时间", widget=Day())

    class Meta:
        model = Cadre
        fields: ClassVar = (
            "name", "id_number", "sex", "ethnic_group", "political_status", "unit", "post", "post_level", "rank", "since",
            "phone", "managing_authority", "status", "status_since", "entered_on", "party_since", "work_since",
        )  # fmt: skip
        import_id_fields: ClassVar = ()

    def __init__(self, user: Account) -> None:
        super().__init__()
        self.user = user
        self.posts: dict[Any, Appointment] = {}

    def get_queryset(self) -> QuerySet[Cadre]:
        return Cadre.objects.visible_to(self.user).filter(canonical=None)

    def import_data(self, *args: Any, **kwargs: Any) -> Any:
        """Refused: people come in by the roster only, matched by ID number (trainees.roster)."""
        raise PermissionError("people are imported by trainees.roster")

    def lines(self, rows: QuerySet[Cadre]) -> Iterator[list[Any]]:
        """The cells of these rows, some thousand people at a time; rows out of scope are left out."""
        inside = rows.filter(pk__in=self.get_queryset().order_by().values("pk"))
        chosen = self.get_export_fields()
        for people in batches(inside):
            self.before_export(people)
            for person in people:
                yield [self.export_field(field, person) for field in chosen]

    def before_export(self, people: Any, **kwargs: Any) -> None:
        """Today's posts of these people in one query."""
        held = Appointment.objects.visible_to(self.user).filter(cadre__in=[one.pk for one in people])
        self.posts = {row.cadre_id: row for row in held.filter(primary=True, until=None)}

    def dehydrate_post(self, cadre: Cadre) -> str:
        return self._of_post(cadre, "post")

    def dehydrate_post_level(self, cadre: Cadre) -> str:
        return self._of_post(cadre, "post_level")

    def dehydrate_rank(self, cadre: Cadre) -> str:
        return self._of_post(cadre, "rank")

    def dehydrate_since(self, cadre: Cadre) -> str:
        post = self.posts.get(cadre.pk)
        return post.since.isoformat() if post else ""

    def _of_post(self, cadre: Cadre, name: str) -> str:
        post = self.posts.get(cadre.pk)
        return str(getattr(post, name)) if post else ""
