"""The next version of an authority's rules, as a form: every number with what it does."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

from django import forms

from core.amounts import plain
from core.forms import DayInput, OperationForm
from trainees.models import Cadre, CreditEntry, Duty
from trainees.rules.requirements import ASKS, shipped

Channel = CreditEntry.Channel
MOST = 1000
GENERAL = (
    ("step", "最小单位（学分）", "不足这么多的部分不计，如 0.5"),
    ("half_day_most", "半天最多学时", "课程表上半天排得再多，也只计这么多"),
    ("day_hours", "一天折合学时", "只在没有课程表时使用"),
    ("half_day_hours", "半天折合学时", "只在没有课程表时使用"),
)
PER_CHANNEL = {
    "kind": ("必修或选修", ""),
    "per_hour": ("每学时学分", "0 为不按学时计"),
    "per_session": ("每次学分", "按次计的学习，如中心组学习"),
    "most": ("每次最多学分", "空为不限"),
    "minutes": ("多少分钟为一学时", "平台只记分钟时使用"),
    "least_share": ("最低完成比例（%）", "课程没有学到这个比例的不计"),
    "cap": ("一年最多学分", "空为不限；先学的先计"),
}
CHANNEL_FIELDS = {
    Channel.OFF_JOB: ("kind", "per_hour", "cap"),
    Channel.ONLINE: ("kind", "per_hour", "minutes", "least_share", "cap"),
    Channel.STUDY_GROUP: ("kind", "per_session", "cap"),
    Channel.SELF_STUDY: ("kind", "per_hour", "cap"),
    Channel.TEACHING: ("kind", "per_hour", "most", "cap"),
    Channel.IN_HOUSE: ("kind", "per_hour", "most", "cap"),
    Channel.CARRY: ("per_hour", "most"),
}
CARRY_WORDS = {"per_hour": ("每 1 必修学分结转为选修学分", "0 为不结转"), "most": ("最多结转学分", "空为不限")}


class NextVersionForm(OperationForm):
    """From when it holds, and what it rests on."""

    since = forms.DateField(label="生效日期", widget=DayInput, help_text="这一天起按新的一版，以前的按原来的一版")
    note = forms.CharField(
        label="依据",
        max_length=500,
        strip=True,
        help_text="文件名称和文号，或会议纪要",
        error_messages={"required": "请写明依据"},
    )

    def number(self, name: str, label: str, value: object, words: str = "", *, required: bool = True) -> None:
        """Another field for a number; what stood there until now is its beginning."""
        self.fields[name] = forms.DecimalField(
            label=label,
            help_text=words,
            required=required,
            initial=_shown(value),
            min_value=0,
            max_value=MOST,
            max_digits=7,
            decimal_places=2,
        )

    def group(self, label: str, names: list[str]) -> dict[str, Any]:
        return {"label": label, "fields": [self[name] for name in names]}


class CreditRulesForm(NextVersionForm):
    """The next version of the rules of conversion; begins with those in force."""

    def __init__(self, *args: Any, rules: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = rules
        for name, label, words in GENERAL:
            self.number(name, label, rules[name], words)
        for channel, keys in CHANNEL_FIELDS.items():
            for key in keys:
                self._channel_field(channel, key)

    def _channel_field(self, channel: str, key: str) -> None:
        label, words = CARRY_WORDS[key] if channel == Channel.CARRY else PER_CHANNEL[key]
        stood, name = self.before["channels"][channel], f"{channel}_{key}"
        if key == "kind":
            self.fields[name] = forms.ChoiceField(label=label, choices=CreditEntry.Kind.choices, initial=stood["kind"])
        elif key == "minutes":
            self.fields[name] = forms.IntegerField(
                label=label, help_text=words, min_value=1, max_value=240, initial=int(stood.get(key, 45))
            )
        else:
            value = cap_of(self.before, channel) if key == "cap" else stood.get(key)
            needed = key not in ("most", "cap")
            self.number(name, label, value if value is not None or not needed else 0, words, required=needed)

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The fields as the page shows them: by way of learning."""
        first = [self.group("生效", ["since", "note"])]
        own = [
            self.group(Channel(channel).label, [f"{channel}_{key}" for key in keys])
            for channel, keys in CHANNEL_FIELDS.items()
        ]
        return [*first, *own, self.group("通用", [name for name, _, _ in GENERAL])]

    def rules(self) -> dict[str, Any]:
        """What was typed as a rule set; caps over several channels, which no field shows, stay as they were."""
        found = deepcopy(self.before)
        for name, _, _ in GENERAL:
            found[name] = plain(self.cleaned_data[name])
        caps = [cap for cap in found.get("caps", []) if not _of_one_channel(cap)]
        for channel, keys in CHANNEL_FIELDS.items():
            for key in keys:
                value = self.cleaned_data[f"{channel}_{key}"]
                if key == "cap":
                    caps += [{"channel": str(channel), "credits": plain(value)}] if value is not None else []
                else:
                    found["channels"][channel][key] = plain(value) if isinstance(value, Decimal) else value
        return found | {"caps": caps}


def cap_of(rules: dict[str, Any], channel: str) -> object:
    caps = [cap["credits"] for cap in rules.get("caps", []) if _of_one_channel(cap) and cap["channel"] == channel]
    return caps[0] if caps else None


def _of_one_channel(cap: dict[str, Any]) -> bool:
    return bool(cap.get("channel")) and not cap.get("kind")


def _shown(value: object) -> str | None:
    return None if value in (None, "") else plain(Decimal(str(value)))


class RequirementsForm(NextVersionForm):
    """The next version of what is asked; a line without an amount is not asked any more."""

    ask = forms.ChoiceField(
        label="计量方式", choices=list(ASKS.items()), help_text="按学时要求、按学分要求，或者两样都要求"
    )
    promotion_months = forms.IntegerField(label="提任后补训期限（月）", min_value=1, max_value=60)

    def __init__(self, *args: Any, rules: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = rules
        self.fields["ask"].initial = rules["ask"]
        self.fields["promotion_months"].initial = rules["promotion"]["months"]
        self.known = known_lines(rules)
        for place, (line, asked) in enumerate(self.known):
            words = "空为不作要求"
            self.number(
                f"amount_{place}", _label(line["measure"]), line["amount"] if asked else None, words, required=False
            )
            if line.get("other_measure"):
                other = line["other_amount"] if asked else None
                self.number(
                    f"other_{place}", f"或{_label(line['other_measure'])}", other, "达到其中一项即可", required=False
                )
            if line.get("years", 1) > 1:
                self.fields[f"rolling_{place}"] = forms.BooleanField(
                    label="逐年滚动（以当年为末年）", required=False, initial=line.get("rolling", False)
                )

    @property
    def groups(self) -> list[dict[str, Any]]:
        first = [self.group("生效", ["since", "note"]), self.group("总体", ["ask", "promotion_months"])]
        return first + [
            self.group(f"{line['name']}：{_bands(line)}", self._names(place))
            for place, (line, _) in enumerate(self.known)
        ]

    def _names(self, place: int) -> list[str]:
        return [name for name in (f"amount_{place}", f"other_{place}", f"rolling_{place}") if name in self.fields]

    def rules(self) -> dict[str, Any]:
        values, found = self.cleaned_data, deepcopy(self.before)
        found["ask"], found["promotion"]["months"] = values["ask"], values["promotion_months"]
        found["requirements"] = [
            self._line(line, place) for place, (line, _) in enumerate(self.known) if values[f"amount_{place}"]
        ]
        return found

    def _line(self, line: dict[str, Any], place: int) -> dict[str, Any]:
        values, made = self.cleaned_data, dict(line) | {"amount": _plain_number(self.cleaned_data[f"amount_{place}"])}
        if line.get("other_measure"):
            other = values[f"other_{place}"]
            made = (
                made | {"other_amount": _plain_number(other)}
                if other
                else without(made, "other_measure", "other_amount")
            )
        return made | {"rolling": values[f"rolling_{place}"]} if f"rolling_{place}" in values else made


def known_lines(rules: dict[str, Any]) -> list[tuple[dict[str, Any], bool]]:
    """The lines of a set, and those that come with the portal and are not asked here, to be asked again."""
    own = rules["requirements"]
    there = {_key(line) for line in own}
    return [(line, True) for line in own] + [
        (one, False) for one in shipped()["requirements"] if _key(one) not in there
    ]


def _key(line: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    return line["code"], tuple(line.get("bands", []))


def without(line: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name not in names}


def _plain_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _label(measure: str) -> str:
    return str(Duty.Measure(measure).label)


def _bands(line: dict[str, Any]) -> str:
    return "、".join(Cadre.Band(band).label for band in line.get("bands", [])) or "所有干部"
