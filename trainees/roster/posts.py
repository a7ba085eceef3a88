"""What a row means for somebody's primary appointment: nothing, a correction in place, or the next one from a day on."""

from datetime import date, timedelta

from trainees.models import Cadre
from trainees.roster.columns import RosterRow
from trainees.roster.known import Known
from trainees.roster.plan import NextPost


class PostFault(Exception):
    """The row cannot be understood as a change of post; the sentence says why, `column` where."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


def next_post(row: RosterRow, known: Known, day: date) -> NextPost | None:
    """None where the appointment stays as it is. `day` stands for a day that is not written. Raises PostFault.

    A later 任职时间 with another unit, post, level or rank is the next appointment; the same day, or none written, puts
    the present one right; another unit without a day moves on `day`. Whoever is 待核 has no appointment that anybody
    vouches for: theirs is put right.
    """
    status = row.status or known.status
    if known.held is None:
        return _first(row, known, status, day)
    post = _wanted(row, known)
    same = (post.unit, post.post, post.post_level, post.rank) == (
        known.held_unit, known.post, known.post_level, known.rank,
    )  # fmt: skip
    begun = known.since or day
    if status in Cadre.GONE:
        return _last(row, known, post)
    if same and row.since in (None, begun):
        return None
    if same or known.unverified or row.since == begun or (row.since is None and post.unit == known.held_unit):
        post.corrects, post.since = known.held, row.since or begun
        return post
    post.ends, post.since = known.held, row.since or day
    if post.since <= begun:
        raise PostFault("任职时间", f"现任职自 {begun.isoformat()} 起，变动的任职时间应晚于这一天")
    return post


def _wanted(row: RosterRow, known: Known) -> NextPost:
    return NextPost(
        row.unit,
        row.post or known.post,
        row.post_level or known.post_level,
        row.rank or known.rank,
        row.since or date.min,
    )


def _first(row: RosterRow, known: Known, status: str, day: date) -> NextPost | None:
    """Nobody's post today: of who is gone nothing is opened; who is back gets one from the day written."""
    if status in Cadre.GONE:
        if row.unit != known.unit:
            raise PostFault("单位", f"此人已{Cadre.Status(status).label}，请先把状态改回在职，再变动单位")
        return None
    since = row.since or row.status_since
    if since is None and known.status in Cadre.GONE:
        raise PostFault("任职时间", "此人回到在职，请填写任职时间")
    return NextPost(row.unit, row.post, row.post_level, row.rank, since or day)


def _last(row: RosterRow, known: Known, post: NextPost) -> NextPost:
    """Who retires, dies or leaves holds no post from that day; another unit cannot come with it."""
    if post.unit != known.held_unit:
        raise PostFault("单位", "同一行不能既变动单位又写退休、去世或调离，请分两次导入")
    since = row.status_since or (known.status_since if known.status in Cadre.GONE else None)
    if since is None:
        raise PostFault("状态起始", "请填写状态起始")
    begun = known.since or since
    if since < begun:
        raise PostFault("状态起始", f"现任职自 {begun.isoformat()} 起，状态起始不能早于这一天")
    post.corrects, post.since = known.held, begun
    post.until = max(begun, since - timedelta(days=1))
    return post
