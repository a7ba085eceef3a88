"""What rows about cadres, their papers and what comes after a class need before they are asked."""

from collections.abc import Callable
from datetime import date, timedelta

from django.utils import timezone

from core.files import keep
from tests import factories as make
from tests.cast import City
from tests.trainees.forms import lrmx
from trainees.models import Exemption, OnlineLearner, OnlineReminder
from trainees.services.duties import assign_duties
from trainees.services.online import ClassFacts, Office, make_online_class, name_office
from trainees.services.personnel_forms import Given, keep_forms
from training.models import FollowUp
from training.services.report_backs import Told, file_report

TEXT = "向全科同志汇报了培训收获，结合史志编研谈了三点体会，提出下一步打算并作了讨论。"


def _form(city: City, number: str) -> list[object]:
    data = lrmx(XingMing=city.cadres[0].name, ShenFenZheng=number)
    kept, _ = keep_forms([Given(f"{city.word}.lrmx", data)], city.root, actor=city.staff)
    return [kept[0].pk]


def a_personnel_form(city: City) -> None:
    """Of somebody known."""
    city.__dict__["personnel_form"] = _form(city, city.cadres[0].open_id_number())


def a_new_form(city: City) -> None:
    """Of somebody whom nobody knows yet."""
    city.__dict__["new_form"] = _form(city, make.id_number(2))


def a_report_back(city: City) -> None:
    """Filed, not confirmed yet."""
    row = file_report(city.enrolments[0], Told(date(2026, 4, 1), TEXT), actor=city.trainee)
    city.__dict__["report_back"] = [row.pk]


def a_follow_up(city: City) -> None:
    """Answered by both, not closed yet."""
    row = FollowUp.objects.create(
        enrolment=city.enrolments[0], months=3, due=date(2026, 6, 20), own_at=timezone.now(),
        own_answers={"use": 4, "example": f"{city.word}本人的例子"}, superior_at=timezone.now(), superior_answers={"use": 5},
    )  # fmt: skip
    city.__dict__["follow_up"] = [row.pk]


def duties_of_everybody(city: City) -> None:
    """What both cities' cadres have to learn this year."""
    assign_duties(None, timezone.localdate().year, actor=None)


def an_online_class(city: City) -> None:
    """Of the whole city, looked after by the class manager; everybody is behind: it ended yesterday."""
    if "online_class" in city.__dict__:
        return
    yesterday = timezone.localdate() - timedelta(days=1)
    facts = ClassFacts(city.root, f"{city.word}网络班", yesterday.year, yesterday, yesterday)
    one, _ = make_online_class(facts, actor=city.staff)
    name_office(one, Office(city.manager), actor=city.staff)
    city.__dict__["online_class"] = [one.pk]
    city.__dict__["online_learner"] = [one.pk, one.learners.order_by("pk")[0].pk]


def an_empty_online_class(city: City) -> None:
    """Nobody learns in it yet."""
    today = timezone.localdate()
    facts = ClassFacts(city.root, f"{city.word}空班", today.year, today, today)
    one, _ = make_online_class(facts, actor=city.staff, fill=False)
    city.__dict__["empty_online_class"] = [one.pk]


def an_exemption(city: City) -> None:
    """Half a year's illness, with the proof."""
    facts = {"year": 2026, "kind": "illness", "share": 50, "reason": f"{city.word}病休半年"}
    made = Exemption.objects.create(cadre=city.cadres[0], file=keep(make.PDF), **facts)
    city.__dict__["exemption"] = [made.pk]


PREPARATIONS: dict[str, Callable[[City], None]] = {
    "duties_of_everybody": duties_of_everybody,
    "an_exemption": an_exemption,
    "a_personnel_form": a_personnel_form,
    "a_new_form": a_new_form,
    "an_online_class": an_online_class,
    "an_empty_online_class": an_empty_online_class,
    "a_report_back": a_report_back,
    "a_follow_up": a_follow_up,
}


def made(what: str, name: str) -> Callable[[City], object]:
    """The key of the row that a preparation makes, or has made."""

    def find(city: City) -> object:
        if name not in city.__dict__:
            PREPARATIONS[what](city)
        return city.__dict__[name][0]

    return find


def _reminder(city: City) -> object:
    if "online_class" not in city.__dict__:
        an_online_class(city)
    seat = OnlineLearner.objects.filter(online_class=city.__dict__["online_class"][0])[0]
    return OnlineReminder.objects.create(learner=seat, text="请抓紧完成网络学习").pk


ADMIN_OBJECTS: dict[str, Callable[[City], object]] = {
    "trainees.PersonnelForm": made("a_personnel_form", "personnel_form"),
    "trainees.OnlineClass": made("an_online_class", "online_class"),
    "trainees.OnlineReminder": _reminder,
    "training.ReportBack": made("a_report_back", "report_back"),
    "training.FollowUp": made("a_follow_up", "follow_up"),
}
