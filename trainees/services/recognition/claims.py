"""What is filed for recognition, and what a filing must say."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.operations import Refused
from core.pictures import Upload
from trainees.models import Platform
from trainees.models.ledger import Channel
from trainees.rules.recognition import (
    BY_DAYS,
    MINUTES_PER_HOUR,
    MOST_HOURS,
    MOST_HOURS_A_DAY,
    STEP,
    hours_of,
    title_key,
)

YEARS_BACK = 5
TITLE_LENGTH = 2
MOST_PROOFS = 5


@dataclass(frozen=True, slots=True)
class Claim:
    """One piece of outside learning as somebody files it.

    On-line learning is told in `minutes` with `share` (per cent of the course that was done); `hours` follow from them.
    Off-the-job learning is told in `hours`, `days` or both: the ledger's rules make the one of the other. Study groups
    are told in `sessions`.
    """

    channel: str
    title: str
    since: date
    until: date
    hours: Decimal = Decimal(0)
    minutes: int | None = None
    days: Decimal = Decimal(0)
    sessions: int = 0
    share: Decimal | None = None
    provider: str = ""
    platform: Platform | None = None
    external_key: str = ""
    proofs: tuple[Upload, ...] = ()

    @property
    def key(self) -> str:
        return title_key(self.title)

    @property
    def counted_hours(self) -> Decimal:
        """Hours to two decimals: of on-line learning by the platform's minutes an hour."""
        if self.channel != Channel.ONLINE or self.minutes is None:
            return self.hours
        return hours_of(self.minutes, self.platform.minutes_per_hour if self.platform else MINUTES_PER_HOUR)

    @property
    def counted_days(self) -> Decimal:
        return self.days if self.channel == Channel.OFF_JOB else Decimal(0)


def demand_sound(claim: Claim, today: date) -> None:
    """Raises Refused with everything that a filing lacks."""
    if faults := list(faults_of(claim, today)):
        raise Refused("；".join(faults))


def faults_of(claim: Claim, today: date) -> Iterator[str]:
    """Sentences about a filing, none for a sound one."""
    if len(claim.key) < TITLE_LENGTH:
        yield "请写明学习内容（课程或班次的名称）"
    yield from _of_dates(claim, today)
    yield from _of_online(claim) if claim.channel == Channel.ONLINE else _of_hours(claim)


def _of_dates(claim: Claim, today: date) -> Iterator[str]:
    if claim.until < claim.since:
        yield "结束日期不能早于开始日期"
    elif claim.until > today:
        yield "学习还没有结束，结束之后才能申报"
    elif claim.since.year < today.year - YEARS_BACK:
        yield f"只受理近 {YEARS_BACK} 年的学习，更早的请由组织部干部教育科办理"
    elif claim.channel not in (Channel.ONLINE, *BY_DAYS) and claim.since.year != claim.until.year:
        yield "跨年度的学习请按年度分别申报"


def _of_online(claim: Claim) -> Iterator[str]:
    if not claim.minutes and not claim.hours:
        yield "网络学习请写明学习时长（分钟）"
    elif not 0 < claim.counted_hours <= MOST_HOURS:
        yield f"一门课程的学时应大于 0、不超过 {MOST_HOURS}"
    if claim.share is None or not 0 <= claim.share <= 100:
        yield "网络学习请写明完成比例，0 到 100"


def _of_hours(claim: Claim) -> Iterator[str]:
    span = (claim.until - claim.since).days + 1
    if claim.channel == Channel.STUDY_GROUP and claim.sessions < 1:
        yield "中心组学习请写明次数"
    if claim.hours <= 0 and claim.counted_days <= 0 and claim.channel != Channel.STUDY_GROUP:
        yield "请写明学时（脱产培训也可以只写天数）" if claim.channel == Channel.OFF_JOB else "请写明学时"
    if claim.hours % STEP or claim.days % STEP:
        yield "学时和天数应为 0.5 的倍数"
    if claim.hours > MOST_HOURS_A_DAY * span:
        yield f"学时太多：一天最多 {MOST_HOURS_A_DAY} 学时"
    if claim.days > span:
        yield f"天数太多：起止之间只有 {span} 天"
